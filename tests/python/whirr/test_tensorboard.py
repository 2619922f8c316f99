"""The import of TensorBoard's event files, from files that the tests write."""

import struct
import subprocess
import sys

import pytest

import whirr.tensorboard
from whirr import eventfile
from whirr.run import read_meta, read_metrics


def varint(number):
    number &= (1 << 64) - 1
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def scalar(tag, value):
    return field(1, field(1, tag.encode()) + varint(2 << 3 | 5) + struct.pack("<f", value))


def tensor(tag, content):
    return field(1, field(1, tag.encode()) + field(8, content))


def event(seconds, step, *values):
    return varint(1 << 3 | 1) + struct.pack("<d", seconds) + varint(2 << 3) + varint(step) + field(5, b"".join(values))


def record(data):
    head = struct.pack("<Q", len(data))
    return head + struct.pack("<I", eventfile.mask(eventfile.crc32c(head))) + data + struct.pack("<I", eventfile.mask(eventfile.crc32c(data)))


VERSION = varint(1 << 3 | 1) + struct.pack("<d", 1.0) + field(3, b"brain.Event:2")
DT_FLOAT, DT_DOUBLE, DT_STRING = (varint(1 << 3) + bytes([kind]) for kind in (1, 2, 7))


def write(directory, *events, name="events.out.tfevents.1.host"):
    directory.mkdir(parents=True, exist_ok=True)
    (directory / name).write_bytes(b"".join(record(one) for one in (VERSION, *events)))
    return directory / name


def test_the_checksum_is_that_of_rfc_3720():
    assert eventfile.crc32c(b"\0" * 32) == 0x8A9136AA
    assert eventfile.crc32c(bytes(range(32))) == 0x46DD794E
    assert eventfile.crc32c(b"123456789") == 0xE3069283


def test_each_directory_becomes_a_run_with_a_line_for_each_step(project):
    logs = project / "logs"
    write(
        logs / "a" / "train",
        event(1700000000.5, 0, scalar("loss", 2.5)),
        event(1700000001.0, 0, scalar("acc", 0.5)),
        event(1700000002.0, 1, scalar("loss", float("nan")), scalar("acc", 0.75)),
        event(1700000003.0, 1, scalar("loss", 1.0)),
        event(1700000004.0, -1, scalar("step", 7.0)),
    )
    write(logs, event(1700000000.0, 5, scalar("x", 1.0)))
    by_name = {read_meta(run)["name"]: run for run in whirr.tensorboard.import_(logs, tags=["old"])}
    assert set(by_name) == {"logs", "a/train"}
    rows = read_metrics(by_name["a/train"])
    assert [(row["_idx"], row["step"]) for row in rows] == [(0, 0), (1, 1), (2, 1), (3, -1)]
    assert (rows[0]["loss"], rows[0]["acc"], rows[0]["_timestamp"]) == (2.5, 0.5, "2023-11-14T22:13:21.000Z")
    assert rows[1]["loss"] != rows[1]["loss"] and rows[3]["step_"] == 7.0
    meta = read_meta(by_name["a/train"])
    assert (meta["status"], meta["tags"], meta["started_at"], meta["duration_seconds"]) == ("completed", ["tensorboard", "old"], "2023-11-14T22:13:21.000Z", 3.0)


def test_tensors_of_one_number_are_scalars_and_others_are_left_out(project):
    write(
        project / "logs",
        event(1.0, 1,
            tensor("content", DT_FLOAT + field(4, struct.pack("<f", 0.5))),
            tensor("packed", DT_FLOAT + field(5, struct.pack("<f", 0.25))),
            tensor("single", DT_FLOAT + varint(5 << 3 | 5) + struct.pack("<f", 0.125)),
            tensor("double", DT_DOUBLE + field(6, struct.pack("<d", 1e300))),
            tensor("two", DT_FLOAT + field(4, struct.pack("<ff", 1, 2))),
            tensor("text", DT_STRING + field(8, b"hello")),
        ),
    )  # fmt: skip
    (run,) = whirr.tensorboard.import_(project / "logs")
    (row,) = read_metrics(run)
    assert {name: value for name, value in row.items() if not name.startswith("_")} == {
        "step": 1, "content": 0.5, "packed": 0.25, "single": 0.125, "double": 1e300,
    }  # fmt: skip


def test_a_file_cut_at_any_byte_gives_the_whole_records_before(project):
    path = write(project / "logs", event(1.0, 1, scalar("a", 1.0)), event(1.0, 2, scalar("a", 2.0)))
    content = path.read_bytes()
    ends = [len(record(VERSION)) + len(record(event(1.0, 1, scalar("a", 1.0)))), len(content)]
    for size in range(len(content) + 1):
        path.write_bytes(content[:size])
        with open(path, "rb") as file:
            assert len(list(eventfile.read_scalars(file))) == sum(size >= end for end in ends), size


def test_a_damaged_record_ends_its_file_with_a_warning(project):
    path = write(project / "logs", event(1.0, 1, scalar("a", 1.0)), event(1.0, 2, scalar("a", 2.0)))
    content = bytearray(path.read_bytes())
    content[-10] ^= 1
    path.write_bytes(content)
    with pytest.warns(whirr.WhirrWarning, match="wrong checksum"):
        (run,) = whirr.tensorboard.import_(project / "logs")
    assert [row["a"] for row in read_metrics(run)] == [1.0]


def test_rubbish_with_a_right_checksum_is_a_warning(project):
    for rubbish in (b"\xff" * 20, b"\x2a\xff\x01", b"\x0b", b"\x2a\x02\x0a\x7f"):
        write(project / "logs", rubbish)
        with pytest.warns(whirr.WhirrWarning, match="no event"):
            whirr.tensorboard.import_(project / "logs")


def test_the_command_prints_the_runs_and_says_where_there_is_nothing(project):
    write(project / "logs", event(1.0, 1, scalar("a", 1.0)))
    done = subprocess.run([sys.executable, "-m", "whirr", "import-tb", "logs", "-t", "x"], cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert read_meta(done.stdout.strip())["tags"] == ["tensorboard", "x"]
    done = subprocess.run([sys.executable, "-m", "whirr", "import-tb", ".whirr/runs"], cwd=project, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "") and "no TensorBoard event file" in done.stderr
