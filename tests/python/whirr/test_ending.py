"""How a run ends, and what its record says about it."""

import json
import signal
import subprocess
import sys

import pytest
from conftest import only_run, quiet

import whirr
from whirr.run import read_meta, read_status

BEGIN = "import sys, os, whirr\nrun = whirr.init(system_metrics=False, capture_git=False, capture_pip=False)\nrun.log({'loss': 1})\n"


def end_of(project):
    meta = read_meta(only_run(project))
    return meta["status"], meta.get("exit_code"), meta.get("reason"), meta.get("reason_detail")


def test_finish_says_completed_with_times(project):
    with whirr.init(name="a", config={"lr": 0.1}, tags=["x", "y", "x"], **quiet()) as run:
        assert read_status(run.run_dir) == "running"
        run.summary({"best": 1})
        run.summary({"best": 2})
    meta = json.loads((run.run_dir / "meta.json").read_text())
    assert (run.run_dir / "meta.json").read_text().endswith("\n}\n")
    assert meta["run_id"] == run.run_id and run.run_id.startswith("local-")
    assert (meta["name"], meta["status"], meta["tags"]) == ("a", "completed", ["x", "y"])
    assert (meta["config_file"], meta["summary"]) == ("config.json", {"best": 2})
    assert isinstance(meta["duration_seconds"], float) and meta["finished_at"] >= meta["started_at"]
    assert json.loads((run.run_dir / "config.json").read_text()) == {"lr": 0.1} == run.config
    assert {"command_argv", "workdir", "hostname", "user", "pid", "boot_id", "python"} <= set(meta)
    assert read_status(run.run_dir) == "completed"


def test_an_exception_in_the_with_block_is_raised_again_and_recorded(project):
    with pytest.raises(ZeroDivisionError), whirr.init(**quiet()):
        1 / 0
    assert end_of(project) == ("failed", 1, "exit_code", "ZeroDivisionError: division by zero")


def test_sys_exit_and_ctrl_c_in_the_with_block_are_told_apart(project):
    with pytest.raises(SystemExit), whirr.init(**quiet()):
        sys.exit(0)
    assert end_of(project)[:2] == ("completed", 0)
    for path in (project / ".whirr" / "runs").iterdir():
        path.rename(project / path.name)
    with pytest.raises(KeyboardInterrupt), whirr.init(**quiet()):
        raise KeyboardInterrupt
    assert end_of(project)[:3] == ("cancelled", 130, "cancelled_by_user")


@pytest.mark.parametrize(
    ("rest", "end"),
    [
        ("", ("completed", None, None, None)),
        ("raise ValueError('loss is not finite\\nat all')", ("failed", 1, "exit_code", "ValueError: loss is not finite")),
        ("import json; json.loads('{')", ("failed", 1, "exit_code", None)),
        ("sys.exit(3)", ("failed", 3, "exit_code", "exited with code 3")),
        ("exit(4)", ("failed", 4, "exit_code", "exited with code 4")),
        ("sys.exit()", ("completed", 0, None, None)),
        ("sys.exit('no data')", ("failed", 1, "exit_code", "no data")),
        ("try:\n    sys.exit(3)\nexcept SystemExit as e:\n    assert e.code == 3", ("completed", None, None, None)),
        ("import threading\nt = threading.Thread(target=sys.exit, args=(3,))\nt.start(); t.join()", ("completed", None, None, None)),
        ("def main():\n    return 3\nraise SystemExit(main())", ("failed", 3, "exit_code", "exited with code 3")),
        ("raise SystemExit", ("completed", 0, None, None)),
        ("raise SystemExit('no data')", ("failed", 1, "exit_code", "no data")),
        ("from sys import exit as leave\nleave(5)", ("failed", 5, "exit_code", "exited with code 5")),
        # What is not seen: these are here so that the docs stay true.
        ("try:\n    raise SystemExit(3)\nexcept SystemExit:\n    raise", ("completed", None, None, None)),
        ("raise KeyboardInterrupt", ("cancelled", 130, "cancelled_by_user", "KeyboardInterrupt")),
        ("sys.excepthook = lambda *_: None\nraise ValueError('hidden')", ("failed", 1, "exit_code", "ValueError: hidden")),
        ("import argparse\nargparse.ArgumentParser().parse_args(['--no'])", ("failed", 2, "exit_code", "exited with code 2")),
        ("run.finish()\nraise ValueError('afterwards')", ("completed", None, None, None)),
    ],
)
def test_a_script_that_ends_without_finish_has_a_true_record(script, project, rest, end):
    ended = script(BEGIN + rest)
    found = end_of(project)
    assert found[:3] == end[:3], ended.stderr
    assert found[3] == end[3] or end[3] is None
    assert (ended.returncode == 0) == (found[0] == "completed") or "afterwards" in rest or "except SystemExit:" in rest


def test_exit_names_that_the_script_bound_before_are_watched_too(script, project):
    assert script("from sys import exit\n" + BEGIN + "exit(6)").returncode == 6
    assert end_of(project)[:2] == ("failed", 6)


def test_a_script_that_catches_exits_catches_those_of_everybody(script):
    other = "import sys\nreal = [sys.exit]\n" + BEGIN + "try:\n    real[0](3)\nexcept SystemExit as e:\n    print('caught', e.code)\n"
    assert "caught 3" in script(other).stdout


def test_an_end_without_exit_hooks_is_lost(script, project):
    assert script(BEGIN + "os._exit(3)").returncode == 3
    assert read_status(only_run(project)) == "lost"


def test_sys_exit_passes_its_code_to_the_shell_as_without_whirr(script):
    assert script(BEGIN + "sys.exit(3)").returncode == 3
    ended = script(BEGIN + "sys.exit('no data')")
    assert (ended.returncode, ended.stderr) == (1, "no data\n")


def test_ctrl_c_from_the_terminal_is_cancelled(project):
    text = BEGIN + "print('ready', flush=True)\nimport signal\nsignal.pause()\n"
    with subprocess.Popen([sys.executable, "-c", text], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout.readline() == b"ready\n"
        process.send_signal(signal.SIGINT)
        process.wait(30)
    assert end_of(project)[:3] == ("cancelled", 130, "cancelled_by_user")


def test_errors_of_interactive_work_do_not_fail_the_run(project):
    text = BEGIN + "1 / 0\nprint('goes on')\n"
    ended = subprocess.run([sys.executable, "-i"], input=text, cwd=project, capture_output=True, text=True, timeout=30)
    assert "goes on" in ended.stdout
    assert end_of(project)[0] == "completed"


def test_init_again_ends_the_run_before_and_begins_another(project):
    first = whirr.init(name="first", **quiet())
    second = whirr.init(name="second", **quiet())
    assert first.run_id != second.run_id
    assert read_status(first.run_dir) == "completed"
    assert read_status(second.run_dir) == "running"


def test_a_run_that_is_constructed_ends_with_the_script_too(script, project):
    script("import whirr\nrun = whirr.Run('direct', {'a': 1}, ['t'])\nrun.log({'x': 1})\nrun.config['a']\n")
    meta = read_meta(only_run(project))
    assert (meta["name"], meta["status"], meta["tags"]) == ("direct", "completed", ["t"])
