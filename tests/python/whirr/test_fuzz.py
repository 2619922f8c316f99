"""Mutated files: whatever happened to metrics.jsonl, meta.json and alerts, reading ends, never raises, and loses no line that is whole.

`make fuzz` mutates 100,000 files of each; SEED=n for others.
"""

import json
import math
import os
import random
import tempfile
import warnings

import pytest
from conftest import quiet

import whirr
from whirr.run import read_meta, read_metrics, read_status

FILES = int(os.environ.get("WHIRR_FUZZ_FILES", "2000"))
SEED = int(os.environ.get("SEED", "20260131"))

PIECES = [
    b"{", b"}", b"[", b"]", b'"', b"\\", b",", b":", b"\n", b"\r\n", b"NaN", b"-Infinity", b'"inf"', b"null", b"true", b"1e999", b"-0", b"\\u00",
    b"\\ud83d", b"\0", b"\xc3\xa9", b"\xff", b"0.", b'{"a": 1}', b'"step": 3, ', b'"_idx": -1', b'"x": {"y": 2}', b"1" * 5000, b" ", b"\xef\xbb\xbf",
    b"[" * 3000, b'{"a":' * 3000,
]  # fmt: skip

META = json.dumps(
    {
        "run_id": "local-1", "name": "träin", "status": "running", "tags": ["a"], "summary": {"loss": "NaN", "acc": 0.5},
        "git_info": {"commit": "abc", "dirty": True}, "hostname": os.uname().nodename, "duration_seconds": 2.5,
    },
    indent=2, ensure_ascii=False,
).encode()  # fmt: skip


@pytest.fixture
def place():
    """A directory in memory, where there is one: the disk is not what is tried here."""
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as path:
        yield path


def lines_of(dice):
    for index in range(dice.randrange(1, 6)):
        values = {f"m{key}": dice.choice((dice.random(), dice.randrange(1 << 64), "NaN", "text \n", {"y": [1, {"z": None}]})) for key in range(3)}
        yield json.dumps({"_idx": index, "_timestamp": "2026-01-31T23:59:59.123Z", **values}).encode() + b"\n"


def mutate(content, dice):
    if dice.randrange(100) == 0:
        return dice.choice((b"", b"[1]", b"7", b"null", b'"x"', b"{}"))
    for _ in range(dice.randrange(1, 4)):
        at = dice.randrange(len(content) + 1)
        kind = dice.randrange(6)
        if kind == 0:
            content = content[:at] + bytes([dice.randrange(256)]) + content[at + 1 :]
        elif kind == 1:
            content = content[:at] + content[at + dice.randrange(1, 20) :]
        elif kind == 2:
            content = content[:at]
        elif kind == 3:
            content = content[:at] + dice.choice(PIECES) + content[at:]
        elif kind == 4:
            content = content[:at] + content[at // 2 : at // 2 + dice.randrange(40)] + content[at:]
        elif at < len(content):
            content = content[:at] + bytes([content[at] ^ (1 << dice.randrange(8))]) + content[at + 1 :]
    return content


def is_whole(line):
    try:
        return isinstance(json.loads(line.decode("utf-8")), dict)
    except (ValueError, RecursionError):
        return False


def test_mutated_metrics_are_read_without_an_error_and_no_whole_line_is_lost(place):
    dice = random.Random(SEED)
    path = os.path.join(place, "metrics.jsonl")
    for number in range(FILES):
        content = mutate(b"".join(lines_of(dice)), dice)
        with open(path, "wb") as file:
            file.write(content)
        records = read_metrics(path)
        assert all(isinstance(record, dict) for record in records), number
        assert len(records) >= sum(is_whole(line) for line in content.split(b"\n")), f"file {number}: {content!r}"
        for record in records:
            assert not any(isinstance(value, str) and value in ("NaN", "Infinity") for name, value in record.items() if name[:1] == "m"), number


def test_mutated_records_are_read_or_are_none(place):
    dice = random.Random(SEED)
    path = os.path.join(place, "meta.json")
    states = set()
    for number in range(FILES):
        content = mutate(META, dice)
        with open(path, "wb") as file:
            file.write(content)
        meta = read_meta(place)
        assert meta is None or isinstance(meta, dict), number
        assert (meta is not None) == (is_whole(content) and json.loads(content.decode()) != {}) or meta is None, number
        status = read_status(place)
        assert status is None or isinstance(status, str), f"file {number}: {content!r}"
        states.add(status)
    assert {None, "lost"} <= states


def test_a_run_goes_on_over_mutated_files(place):
    dice = random.Random(SEED)
    for number in range(max(20, FILES // 100)):
        run_dir = os.path.join(place, str(number))
        os.mkdir(run_dir)
        files = {"meta.json": META, "config.json": b'{"lr": 0.1}', "metrics.jsonl": b"".join(lines_of(dice)), "alerts.jsonl": b'{"title": "a"}\n'}
        for name, content in files.items():
            with open(os.path.join(run_dir, name), "wb") as file:
                file.write(mutate(content, dice))
        before = read_metrics(run_dir)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run = whirr.Run(name="on", run_dir=run_dir, **quiet())
            run.log({"loss": math.inf})
            run.alert("title")
            run.finish()
        after = read_metrics(run_dir)
        assert after[-1]["loss"] == math.inf and len(after) == len(before) + 1, number
        assert read_meta(run_dir)["status"] == "completed", number
        with open(os.path.join(run_dir, "alerts.jsonl"), "rb") as file:
            assert json.loads(file.read().split(b"\n")[-2])["title"] == "title", number
