"""Full disks, vanished directories, read-only places: one warning, never an exception, never a hang."""

import os
import subprocess
import warnings

import pytest
from conftest import quiet

import whirr
from whirr.run import read_meta, read_metrics


@pytest.fixture
def small_disk(tmp_path):
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small tmpfs")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"a tmpfs cannot be mounted here: {mounted.stderr.strip()}")
    yield place
    whirr.finish()
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(path):
    with open(path, "wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 4096)
        except OSError:
            pass


def test_a_full_disk_is_one_warning_and_lines_come_after_when_there_is_room(small_disk):
    run = whirr.Run(run_dir=small_disk / "run", **quiet())
    run.log({"n": 0})
    fill(small_disk / "ballast")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for n in range(1, 1000):
            run.log({"n": n, "text": "x" * 50})
        run.summary({"n": 1})
    assert sorted({str(one.message).split(" cannot")[0].rpartition("/")[2] for one in told}) == ["meta.json", "metrics.jsonl"]
    assert len(told) == 2
    os.unlink(small_disk / "ballast")
    run.log({"n": 1000})
    run.finish()
    assert [(record["_idx"], record["n"]) for record in read_metrics(run.run_dir)] == [(n, n) for n in range(1001)]
    assert (read_meta(run.run_dir)["summary"], read_meta(run.run_dir)["status"]) == ({"n": 1}, "completed")


def test_what_waits_for_room_is_bounded_and_the_numbering_has_no_gap(small_disk):
    run = whirr.Run(run_dir=small_disk / "run", **quiet())
    fill(small_disk / "ballast")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for _ in range(3000):
            run.log({"text": "x" * 1000})
    assert len(run._metrics._file._pending) <= 1 << 20
    os.unlink(small_disk / "ballast")
    run.log({"last": 1})
    subprocess.run(["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    run.log({"last": 2})
    run.finish()
    records = read_metrics(run.run_dir)
    assert [record["_idx"] for record in records] == list(range(len(records)))
    assert records[-1]["last"] == 2


def test_a_run_begins_and_ends_on_a_full_disk(small_disk):
    fill(small_disk / "ballast")
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        run = whirr.Run(run_dir=small_disk / "run", config={"a": 1}, **quiet())
        run.log({"n": 1})
        run.finish()
    assert told


def test_a_read_only_disk_is_a_warning(small_disk):
    run = whirr.Run(run_dir=small_disk / "run", **quiet())
    # A disk with files open for writing does not become read-only.
    run._metrics._file._close_locked()
    run._lock.release()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        for n in range(10):
            run.log({"n": n})
        run.summary({"a": 1})
        run.finish()
    assert len(told) in (2, 3)


def test_a_deleted_run_directory_is_told_once_and_training_goes_on(script, project):
    ended = script(
        "import shutil, whirr, whirr.lines\n"
        "run = whirr.init(capture_git=False, capture_pip=False)\n"
        "run.log({'n': 0})\n"
        "shutil.rmtree(run.run_dir)\n"
        "run._metrics._file._looked_at = -1.0\n"
        "for n in range(100): run.log({'n': n})\n"
        "run.summary({'a': 1})\n"
        "run.checkpoint_dir\n"
        "print('trained')\n"
    )
    assert (ended.returncode, ended.stdout) == (0, "trained\n"), ended.stderr
    assert ended.stderr.count("WhirrWarning") == 1 == ended.stderr.count("was deleted")
    assert "Traceback" not in ended.stderr


def test_a_deleted_metrics_file_is_noticed_and_begun_again(project):
    run = whirr.init(**quiet())
    run.log({"n": 0})
    (run.run_dir / "metrics.jsonl").unlink()
    # It looks once a second.
    run._metrics._file._looked_at = -1.0
    with pytest.warns(whirr.WhirrWarning, match="was deleted"):
        run.log({"n": 1})
    assert [(record["_idx"], record["n"]) for record in read_metrics(run.run_dir)] == [(1, 1)]


def test_warnings_that_are_errors_do_not_reach_training(script, project):
    ended = script(
        "import warnings, whirr\n"
        "warnings.simplefilter('error')\n"
        "run = whirr.init(system_metrics=False, capture_git=False, capture_pip=False)\n"
        "run.log({'odd': {1, 2}})\n"
        "print('trained')\n"
    )
    assert (ended.returncode, ended.stdout) == (0, "trained\n"), ended.stderr
    assert "written as its text" in ended.stderr


def test_a_machine_without_threads_still_trains(project, monkeypatch):
    import threading

    def refuse(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    with pytest.warns(whirr.WhirrWarning, match="no thread"):
        run = whirr.init()
    run.log({"a": 1})
    run.finish()
    assert read_meta(run.run_dir)["status"] == "completed"
