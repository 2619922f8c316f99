"""What is recorded about code, packages and machine."""

import os
import subprocess
import threading

import numpy
import pytest
from conftest import only_run

import whirr
from whirr import gitinfo, packages
from whirr.run import read_meta


def git(directory, *arguments):
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", *arguments], cwd=directory, check=True, capture_output=True)


@pytest.fixture
def repository(project, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    git(project, "init", "-b", "main")
    (project / ".gitignore").write_text(".whirr/\n")
    (project / "train.py").write_text("lr = 0.1\n")
    git(project, "add", ".")
    git(project, "commit", "-m", "begin")
    git(project, "remote", "add", "origin", "https://user:secret@example.com/a/b.git")
    return project


def run_once():
    run = whirr.init(system_metrics=False, capture_pip=False)
    run.finish()
    return run, read_meta(run.run_dir)


def test_a_clean_tree_has_commit_branch_and_remote_without_credentials(repository):
    run, meta = run_once()
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=repository, capture_output=True, text=True, check=True).stdout.strip()
    assert meta["git_info"] == {"commit": head, "branch": "main", "dirty": False, "remote_url": "https://***@example.com/a/b.git"}
    assert not (run.run_dir / "git.diff").exists()


def test_a_changed_tree_has_a_diff_that_git_applies(repository):
    (repository / "train.py").write_text("lr = 0.2\n")
    (repository / "new.py").write_text("x\n")
    run, meta = run_once()
    assert (meta["git_info"]["dirty"], meta["git_info"]["diff_file"], "diff_truncated" in meta["git_info"]) == (True, "git.diff", False)
    diff = (run.run_dir / "git.diff").read_text()
    assert "#   new.py" in diff and "+lr = 0.2" in diff
    git(repository, "checkout", "train.py")
    git(repository, "apply", str(run.run_dir / "git.diff"))
    assert (repository / "train.py").read_text() == "lr = 0.2\n"


def test_a_large_diff_is_cut_at_a_mebibyte(repository):
    (repository / "train.py").write_text("x = 1\n" * 400_000)
    run, meta = run_once()
    assert meta["git_info"]["diff_truncated"] is True
    assert (run.run_dir / "git.diff").stat().st_size == 1 << 20


def test_a_repository_without_commits_and_a_detached_head_are_no_error(project):
    git(project, "init", "-b", "main")
    _, meta = run_once()
    assert "commit" not in meta["git_info"]
    (project / "a").write_text("")
    git(project, "add", "a")
    git(project, "commit", "-m", "a")
    git(project, "checkout", "--detach")
    assert run_once()[1]["git_info"]["branch"] == "HEAD"


def test_outside_a_repository_and_without_git_there_is_no_information(project, monkeypatch):
    assert "git_info" not in run_once()[1]
    monkeypatch.setenv("PATH", "")
    assert "git_info" not in run_once()[1]


def test_a_git_that_hangs_delays_neither_init_nor_the_end_for_long(repository, monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text("#!/bin/sh\nexec sleep 60\n")
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")
    monkeypatch.setattr(gitinfo, "CALL_SECONDS", 0.05)
    assert "git_info" not in run_once()[1]


def test_the_repository_starts_no_program_of_its_own(repository, tmp_path):
    for name in ("core.fsmonitor", "diff.external", "core.pager"):
        git(repository, "config", name, f"touch {tmp_path / 'started'}; true")
    (repository / "train.py").write_text("changed\n")
    assert run_once()[1]["git_info"]["dirty"] is True
    assert not (tmp_path / "started").exists()


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("https://token@github.com/a/b", "https://***@github.com/a/b"),
        ("http://u:p@h:80/a@b", "http://***@h:80/a@b"),
        ("ssh://git@h/a", "ssh://git@h/a"),
        ("ssh://git:p@h/a", "ssh://git:***@h/a"),
        ("git@github.com:a/b.git", "git@github.com:a/b.git"),
        ("/srv/a.git", "/srv/a.git"),
        ("https://h/a@b", "https://h/a@b"),
        (None, None),
    ],
)
def test_credentials_in_remotes_are_masked(url, masked):
    assert gitinfo.mask_credentials(url) == masked


def test_packages_are_listed_as_pip_freeze_does(tmp_path):
    for place, name, version in (("a", "Zeta", "1.0"), ("a", "alpha_b", "2.0"), ("a", "pip", "9"), ("b", "alpha.B", "1.0"), ("b", "mid", "3")):
        info = tmp_path / place / f"{name}-{version}.dist-info"
        info.mkdir(parents=True)
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: wrong\n")
    (tmp_path / "b" / "old.egg-info").write_text("Name: old\nVersion: 0.1\n")
    (tmp_path / "b" / "broken-1.dist-info").mkdir()
    assert packages.freeze([str(tmp_path / "a"), str(tmp_path / "b"), "/missing"]) == ["alpha_b==2.0", "mid==3", "old==0.1", "Zeta==1.0"]


def test_installed_packages_are_in_requirements_txt(project):
    run = whirr.init(system_metrics=False, capture_git=False)
    run.finish()
    lines = (run.run_dir / "requirements.txt").read_text().splitlines()
    assert f"numpy=={numpy.__version__}" in lines


def test_init_waits_for_neither_git_nor_packages(project, monkeypatch):
    gate = threading.Event()
    monkeypatch.setattr(gitinfo, "collect", lambda _: (gate.wait(30), ({"commit": "late"}, b""))[1])
    run = whirr.init(system_metrics=False, capture_pip=False)
    assert "git_info" not in read_meta(run.run_dir)
    gate.set()
    run.finish()
    assert read_meta(only_run(project))["git_info"] == {"commit": "late"}
