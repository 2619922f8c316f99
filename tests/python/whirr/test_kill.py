"""kill -9 at any moment: every line that log() returned from is there, and the run is lost, not running."""

import os
import random
import select
import signal
import struct

from conftest import quiet

import whirr
from whirr import lock
from whirr.lines import LineFile
from whirr.run import read_metrics, read_status
from whirr.warn import Once

ROUNDS = 200


def test_after_kill_9_at_200_random_moments_no_line_is_missing_and_the_run_is_lost(tmp_path):
    dice = random.Random(int(os.environ.get("SEED", "20260131")))
    begun = 0
    for number in range(ROUNDS):
        run_dir = tmp_path / f"run-{number}"
        reports, end = os.pipe()
        pid = os.fork()
        if pid == 0:
            _log_for_ever(run_dir, end)
        os.close(end)
        wanted = dice.choice((0, 0, 1, 2, dice.randrange(200), dice.randrange(2000)))
        returned = _read_reports(reports, wanted)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        returned += _read_reports(reports, None)
        os.close(reports)

        records = read_metrics(run_dir / "metrics.jsonl")
        assert [record["_idx"] for record in records] == list(range(len(records)))
        assert [record["loss"] for record in records] == [index / 7 for index in range(len(records))]
        assert len(records) >= returned, f"round {number}"
        status = read_status(run_dir)
        # Before its record is written a run does not exist.
        assert status == "lost" or (status is None and returned == 0), f"round {number}"
        begun += status == "lost"
    assert begun > ROUNDS / 2


def _log_for_ever(run_dir, reports):
    try:
        run = whirr.Run(run_dir=run_dir, **quiet())
        index = 0
        while True:
            run.log({"loss": index / 7}, step=index)
            os.write(reports, b"x")
            index += 1
    finally:
        os._exit(1)


def _read_reports(reports, wanted):
    count = 0
    while wanted is None or count < wanted:
        data = os.read(reports, 65536 if wanted is None else min(wanted - count, 65536))
        if not data:
            break
        count += len(data)
    return count


def test_a_live_run_is_running_for_other_processes_and_lost_when_it_is_killed(tmp_path):
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            run = whirr.Run(run_dir=tmp_path / "run", **quiet())
            os.write(tell, b"x")
            signal.pause()
        finally:
            os._exit(1)
    os.close(tell)
    assert os.read(ready, 1) == b"x"
    assert read_status(tmp_path / "run") == "running"
    words = (tmp_path / "run" / "run.lock").read_text().split()
    assert words == [str(pid), lock.boot_id(), os.uname().nodename]
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    os.close(ready)
    assert read_status(tmp_path / "run") == "lost"


def test_a_forked_worker_that_outlives_the_run_does_not_keep_it_alive(tmp_path):
    ready, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            whirr.Run(run_dir=tmp_path / "run", **quiet())
            worker = os.fork()
            if worker == 0:
                os.write(tell, struct.pack("i", os.getpid()))
                signal.pause()
            signal.pause()
        finally:
            os._exit(1)
    os.close(tell)
    (worker,) = struct.unpack("i", os.read(ready, 4))
    try:
        assert read_status(tmp_path / "run") == "running"
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        assert read_status(tmp_path / "run") == "lost"
        assert LineFile(str(tmp_path / "run" / "metrics.jsonl"), Once()).open(exclusive=True), "the worker holds the metrics of the dead"
        assert not select.select([ready], [], [], 0)[0], "the worker has ended too, so this showed nothing"
    finally:
        os.kill(worker, signal.SIGKILL)
        os.close(ready)


def test_the_time_of_the_lock_file_is_the_sign_of_life_for_other_machines(tmp_path):
    run = whirr.Run(run_dir=tmp_path, **quiet())
    touched = (tmp_path / "run.lock").stat().st_mtime
    run.finish()
    meta = (tmp_path / "meta.json").read_text()
    (tmp_path / "meta.json").write_text(meta.replace('"completed"', '"running"'))
    assert read_status(tmp_path) == "lost"
    (tmp_path / "run.lock").write_text("1 boot elsewhere\n")
    os.utime(tmp_path / "run.lock", (touched, touched))
    assert read_status(tmp_path, now=touched + lock.STALE_SECONDS - 1) == "running"
    assert read_status(tmp_path, now=touched + lock.STALE_SECONDS + 1) == "lost"


def test_the_record_of_a_job_is_taken_at_its_word_where_its_keeper_leaves_no_lock(job):
    assert read_status(job) == "running"


def test_a_job_lives_while_its_keeper_holds_the_lock(job):
    with open(job / "run.lock", "w") as keeper:
        keeper.write(f"1 {lock.boot_id()} {os.uname().nodename}\n")
        keeper.flush()
        assert lock.try_hold(keeper.fileno())
        assert read_status(job) == "running"
    assert read_status(job) == "lost"
