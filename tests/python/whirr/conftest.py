"""What the tests of the Python package share: a project of their own, a clean environment, scripts that are run as users run them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[3] / "src" / "python"
sys.path.insert(0, str(SOURCE))

LAUNCHERS = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "LOCAL_WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")
FAMILIES = ("WHIRR_", "SLURM_", "OMPI_", "PMI_", "PMIX_", "TORCHELASTIC_")


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch, tmp_path):
    """No job, no ranks, and a data directory that is the test's own."""
    for name in list(os.environ):
        if name in LAUNCHERS or name.startswith(FAMILIES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PYTHONPATH", str(SOURCE))
    yield
    import whirr

    whirr.finish()


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A directory with `.whirr`, which is the working directory."""
    directory = tmp_path / "project"
    (directory / ".whirr").mkdir(parents=True)
    monkeypatch.chdir(directory)
    return directory


@pytest.fixture
def job(tmp_path, monkeypatch):
    """The run directory of a job as the keeper leaves it to the command."""
    directory = tmp_path / "runs" / "job-7"
    directory.mkdir(parents=True)
    (directory / "meta.json").write_text(
        '{\n  "run_id": "job-7",\n  "name": "digits",\n  "status": "running",\n  "tags": ["demo"],\n  "job_id": 7,\n  "job_uid": "u"\n}\n'
    )
    (directory / "config.json").write_text('{"lr": 0.1, "seed": 1}')
    for name, value in {"JOB_ID": "7", "RUN_ID": "job-7", "RUN_DIR": str(directory), "ATTEMPT": "1"}.items():
        monkeypatch.setenv(f"WHIRR_{name}", value)
    return directory


@pytest.fixture
def script(project):
    """Runs Python text as a script of the project; returns the ended process."""

    def run(text, *arguments, **environment):
        return subprocess.run(
            [sys.executable, *arguments, "-c", text] if arguments else _as_file(project, text),
            cwd=project, env={**os.environ, **environment}, capture_output=True, text=True, timeout=60,
        )

    return run


def _as_file(project, text):
    path = project / "train.py"
    path.write_text(text)
    return [sys.executable, str(path)]


def quiet(**more):
    """Arguments of a run that starts no threads for git and packages."""
    return {"system_metrics": False, "capture_git": False, "capture_pip": False, **more}


def only_run(project):
    """The directory of the project's only run."""
    runs = [path for path in (project / ".whirr" / "runs").iterdir() if not path.name.startswith(".")]
    assert len(runs) == 1, runs
    return runs[0]
