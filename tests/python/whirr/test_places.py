"""Where runs go: project, data directory, temporary directory; the directory of a job."""

import json
import os
import re
import tempfile
import warnings

import pytest
from conftest import only_run, quiet

import whirr
from whirr.run import read_meta, read_metrics

ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to another user")


def test_a_run_goes_to_the_nearest_project_above(project, monkeypatch):
    inner = project / "src" / "models"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    run = whirr.init(**quiet())
    assert run.run_dir.parent == project / ".whirr" / "runs"
    assert re.fullmatch(r"local-\d{8}-\d{6}-[0-9a-f]{6}", run.run_id)
    assert run.run_dir.name == run.run_id


def test_without_a_project_it_goes_to_the_data_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = whirr.init(**quiet())
    assert run.run_dir.parent == tmp_path / "data" / "whirr" / "runs"
    monkeypatch.setenv("XDG_DATA_HOME", "not/absolute")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert whirr.init(**quiet()).run_dir.parent == tmp_path / "home" / ".local" / "share" / "whirr" / "runs"


def test_without_any_place_it_goes_to_a_temporary_directory_with_a_warning(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.warns(whirr.WhirrWarning, match="may not last") as told:
        run = whirr.init(**quiet())
    assert any(str(run.run_dir) in str(one.message) for one in told)
    run.log({"a": 1})
    assert len(read_metrics(run.run_dir)) == 1


def test_without_even_that_training_goes_on(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "file"))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "file"))
    with pytest.warns(whirr.WhirrWarning, match="not recorded"):
        run = whirr.init(config={"a": 1})
        run.log({"a": 1})
        run.summary({"a": 1})
        run.alert("title")
        run.finish()


def test_a_deleted_working_directory_is_no_error(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    run = whirr.init()
    assert run.run_dir.parent == tmp_path / "data" / "whirr" / "runs"


@ROOT_ONLY
@pytest.mark.parametrize("part", [".whirr", ".whirr/runs"])
def test_a_project_of_somebody_else_is_not_used(project, tmp_path, part):
    (project / ".whirr" / "runs").mkdir()
    os.chown(project / part, 12345, 12345)
    with pytest.warns(whirr.WhirrWarning, match="another user"):
        run = whirr.init(**quiet())
    assert run.run_dir.parent == tmp_path / "data" / "whirr" / "runs"


def test_in_a_job_it_joins_the_run_directory_and_keeps_what_others_wrote(job):
    run = whirr.init(name="mine", config={"lr": 0.2, "layers": 3}, tags=["demo", "new"], **quiet())
    assert (run.run_id, run.run_dir, run.attempt, run.resumed) == ("job-7", job, 1, False)
    assert run.config == {"lr": 0.2, "seed": 1, "layers": 3} == json.loads((job / "config.json").read_text())
    run.log({"loss": 1})
    run.finish()
    meta = read_meta(job)
    assert (meta["name"], meta["tags"], meta["job_id"], meta["job_uid"], meta["status"]) == ("mine", ["demo", "new"], 7, "u", "completed")
    assert not (job / "run.lock").exists()


def test_in_a_job_the_name_of_the_queue_stays_where_none_is_given(job):
    whirr.init(**quiet()).finish()
    assert read_meta(job)["name"] == "digits"
    assert json.loads((job / "config.json").read_text()) == {"lr": 0.1, "seed": 1}


def test_on_the_second_attempt_the_numbering_goes_on(job, monkeypatch):
    whirr.init(**quiet()).log({"n": 0})
    whirr.finish()
    monkeypatch.setenv("WHIRR_ATTEMPT", "2")
    monkeypatch.setenv("WHIRR_CHECKPOINT_DIR", str(job / "checkpoints"))
    run = whirr.init(**quiet())
    assert (run.attempt, run.resumed, run.checkpoint_dir) == (2, True, job / "checkpoints")
    assert run.checkpoint_dir.is_dir()
    run.log({"n": 1})
    assert [(record["_idx"], record["n"]) for record in read_metrics(job)] == [(0, 0), (1, 1)]
    assert read_meta(job)["status"] == "running"


def test_a_second_process_of_the_job_writes_beside_the_first(job, script):
    run = whirr.init(**quiet())
    run.log({"n": 0})
    ended = script("import whirr\nrun = whirr.init(name='inner', config={'b': 1})\nrun.log({'n': 1})\n")
    assert ended.returncode == 0 and "metrics.pid" in ended.stderr
    assert [record["n"] for record in read_metrics(job)] == [0]
    assert (read_meta(job)["status"], read_meta(job)["name"]) == ("running", "digits")
    assert len(list(job.glob("metrics.pid*.jsonl"))) == 1


@ROOT_ONLY
def test_a_run_directory_of_somebody_else_is_not_used(job, project):
    os.chown(job, 12345, 12345)
    with pytest.warns(whirr.WhirrWarning, match="another user"):
        run = whirr.init(**quiet())
    run.log({"a": 1})
    assert run.run_dir == only_run(project)
    assert sorted(path.name for path in job.iterdir()) == ["config.json", "meta.json"]


def test_a_run_directory_that_is_gone_is_told(project, monkeypatch, tmp_path):
    monkeypatch.setenv("WHIRR_JOB_ID", "7")
    monkeypatch.setenv("WHIRR_RUN_DIR", str(tmp_path / "gone"))
    with pytest.warns(whirr.WhirrWarning, match="gone"):
        assert whirr.init(**quiet()).run_id.startswith("local-")


def test_one_of_the_two_variables_makes_no_job(project, monkeypatch):
    monkeypatch.setenv("WHIRR_JOB_ID", "7")
    assert whirr.init(**quiet()).run_id.startswith("local-")


def test_a_record_of_a_newer_format_is_kept_with_a_warning(job):
    meta = json.loads((job / "meta.json").read_text())
    (job / "meta.json").write_text(json.dumps({**meta, "format_version": 2, "future": {"a": [None, 1e300]}}))
    with pytest.warns(whirr.WhirrWarning, match="format 2"):
        whirr.init(**quiet()).finish()
    assert (read_meta(job)["future"], read_meta(job)["format_version"]) == ({"a": [None, 1e300]}, 2)


def test_writers_of_the_record_take_turns(script, project, tmp_path):
    ended = script(
        "import multiprocessing, whirr.meta, sys\n"
        "def work(n):\n"
        "    for i in range(50): whirr.meta.merge('.', {f'm{n}-{i}': i}, print)\n"
        "context = multiprocessing.get_context('fork')\n"
        "children = [context.Process(target=work, args=(n,)) for n in range(4)]\n"
        "[c.start() for c in children]; [c.join() for c in children]\n"
    )
    assert ended.returncode == 0, ended.stderr
    assert len(read_meta(project)) == 200
    assert not list(project.glob(".meta*"))


def test_a_writer_that_never_lets_go_delays_by_a_second_at_most(job, monkeypatch):
    import fcntl

    from whirr import meta

    monkeypatch.setattr(meta, "_LOCK_SECONDS", 0.05)
    fd = os.open(job, os.O_RDONLY)
    fcntl.flock(fd, fcntl.LOCK_EX)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        meta.merge(str(job), {"late": 1}, pytest.fail)
    os.close(fd)
    assert read_meta(job)["late"] == 1


@pytest.mark.parametrize("kind", ["pipe", "link"])
def test_a_record_that_is_no_file_is_a_warning(job, kind, tmp_path):
    (job / "meta.json").unlink()
    if kind == "pipe":
        os.mkfifo(job / "meta.json")
    else:
        (tmp_path / "secret").write_text("{}")
        (job / "meta.json").symlink_to(tmp_path / "secret")
    with pytest.warns(whirr.WhirrWarning, match="cannot be written"):
        whirr.init(name="x", **quiet()).finish()
    if kind == "link":
        assert (tmp_path / "secret").read_text() == "{}"
