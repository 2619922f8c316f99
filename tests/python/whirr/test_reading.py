"""read_metrics, and going on after a torn line."""

import math

import pytest
from conftest import quiet

import whirr
from whirr.run import read_meta, read_metrics

LINES = [
    b'{"_idx": 0, "_timestamp": "2026-01-31T23:59:59.123Z", "step": 0, "loss": 2.5}\n',
    b'{"_idx": 1, "_timestamp": "2026-01-31T23:59:59.124Z", "step": 1, "na\\"me\\n": "NaN"}\n',
    b'{"_idx": 2, "_timestamp": "2026-01-31T23:59:59.125Z", "step": 2, "loss": 0.5}\n',
]


def test_a_missing_and_an_empty_file_give_an_empty_list(tmp_path):
    (tmp_path / "empty").write_bytes(b"")
    assert read_metrics(tmp_path / "missing") == [] == read_metrics(str(tmp_path / "empty"))


def test_a_file_torn_at_any_byte_gives_the_lines_before(tmp_path):
    path = tmp_path / "metrics.jsonl"
    content = b"".join(LINES)
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        # A line is whole when only its newline is missing.
        whole = sum(1 for index in range(3) if size >= len(b"".join(LINES[: index + 1])) - 1)
        assert [record["_idx"] for record in read_metrics(path)] == list(range(whole)), size


def test_a_file_torn_at_any_byte_is_gone_on_with_and_nothing_is_overwritten(job):
    path = job / "metrics.jsonl"
    content = b"".join(LINES)
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        before = read_metrics(path)
        run = whirr.Run(**quiet())
        run.log({"new": 1}, step=9)
        run.finish()
        after = read_metrics(path)
        assert path.read_bytes().startswith(content[:size])
        assert after[:-1] == before or str(after[:-1]) == str(before)
        assert (after[-1]["new"], after[-1]["_idx"]) == (1, len(before)), size


def test_the_index_goes_on_after_rubbish_at_the_end(job):
    (job / "metrics.jsonl").write_bytes(LINES[0] + LINES[1] + b"\0" * 70000)
    run = whirr.Run(**quiet())
    run.log({"loss": 1})
    run.finish()
    assert [record["_idx"] for record in read_metrics(job)] == [0, 1, 2]


def test_lines_that_cannot_be_parsed_are_left_out(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(b'{"a": 1}\n\nnot json\n[1]\n{"a": \xff}\n' + b"[" * 100000 + b"\n" + b'{"a": ' + b"9" * 5000 + b'}\n{"b": 2}\n')
    assert [list(record) for record in read_metrics(path)][-1] == ["b"]
    assert read_metrics(path)[0] == {"a": 1}


def test_bare_words_and_strings_are_floats(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('{"_timestamp": "NaN", "a": NaN, "b": "Infinity", "c": {"d": [-Infinity, "-Infinity"]}}\n')
    (record,) = read_metrics(path)
    assert math.isnan(record["a"]) and record["b"] == math.inf and record["c"]["d"] == [-math.inf, -math.inf]
    assert record["_timestamp"] == "NaN"


def test_read_meta_gives_none_for_what_is_missing_or_damaged(tmp_path):
    assert read_meta(tmp_path) is None
    assert read_meta(tmp_path / "missing") is None
    (tmp_path / "meta.json").write_text("{")
    assert read_meta(tmp_path) is None


@pytest.mark.parametrize("content", [b"[1]", b'{"a": 1} x', b"\xff", b"{" * 5000])
def test_a_damaged_record_is_kept_and_begun_anew(job, content):
    (job / "meta.json").write_bytes(content)
    with pytest.warns(whirr.WhirrWarning, match="damaged"):
        run = whirr.Run(name="anew", **quiet())
    run.finish()
    assert (job / "meta.json.damaged").read_bytes() == content
    assert read_meta(job)["name"] == "anew"


def test_a_record_that_is_damaged_while_the_run_lives_loses_nothing_the_run_knew(project):
    run = whirr.init(name="mine", tags=["t"], **quiet())
    run.summary({"best": 1})
    (run.run_dir / "meta.json").write_text('{"run_id": ')
    with pytest.warns(whirr.WhirrWarning, match="damaged"):
        run.finish()
    meta = read_meta(run.run_dir)
    assert (meta["run_id"], meta["name"], meta["tags"], meta["summary"], meta["status"]) == (run.run_id, "mine", ["t"], {"best": 1}, "completed")


def test_a_summary_that_is_too_large_is_refused_and_the_record_stays(project):
    run = whirr.init(**quiet())
    with pytest.raises(ValueError, match="8 MiB"):
        run.summary({"data": "x" * (9 << 20)})
    run.summary({"best": math.inf})
    run.finish()
    assert read_meta(run.run_dir)["summary"] == {"best": math.inf}
