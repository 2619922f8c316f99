"""save_artifact: copies, and names that would leave the directory."""

import os

import pytest
from conftest import quiet

import whirr


@pytest.fixture
def run(project):
    (project / "model.pt").write_bytes(b"weights")
    return whirr.init(**quiet())


def test_a_file_is_copied_under_its_own_or_a_given_name(run, project):
    assert run.save_artifact("model.pt") == run.run_dir / "artifacts" / "model.pt"
    os.chmod(project / "model.pt", 0o755)
    path = run.save_artifact(project / "model.pt", "models/50%/best.pt")
    assert path == run.run_dir / "artifacts" / "models" / "50%" / "best.pt"
    assert path.read_bytes() == b"weights" == (project / "model.pt").read_bytes()
    assert os.access(path, os.X_OK)
    (project / "model.pt").write_bytes(b"better")
    assert run.save_artifact("model.pt").read_bytes() == b"better"
    assert not list(run.run_dir.glob(".artifact*"))


def test_a_directory_is_copied_with_what_its_links_lead_to(run, project):
    tree = project / "checkpoint"
    (tree / "inner").mkdir(parents=True)
    (tree / "inner" / "a").write_text("a")
    (tree / "link").symlink_to(project / "model.pt")
    (tree / "round").symlink_to(tree)
    (tree / "dangling").symlink_to("nowhere")
    (tree / "self").symlink_to("self")
    os.mkfifo(tree / "pipe")
    with pytest.warns(whirr.WhirrWarning):
        path = run.save_artifact(tree)
    assert sorted(str(found.relative_to(path)) for found in path.rglob("*")) == ["inner", "inner/a", "link"]
    assert (path / "link").read_bytes() == b"weights" and not (path / "link").is_symlink()
    (tree / "inner" / "a").unlink()
    path = run.save_artifact(str(tree) + "/")
    assert not (path / "inner" / "a").exists()
    assert not list(run.run_dir.glob(".artifact*"))




def test_a_directory_that_holds_the_run_is_copied_without_it(run, project):
    path = run.save_artifact(project, "all")
    assert (path / "model.pt").exists() and not (path / ".whirr" / "runs" / run.run_id).exists()


def test_a_missing_source_is_named(run):
    with pytest.raises(FileNotFoundError, match="missing.pt"):
        run.save_artifact("missing.pt")


@pytest.mark.parametrize(
    "name",
    ["../x", "a/../../x", "..", "/etc/x", "a\0b", "", ".", "a//b", "a/", "./a", "..\\x", "a\\..\\x", "%2e%2e/x", "%2E%2E%2Fx", "a/%2e%2e/x",
     "%252e%252e/x", "%2fetc/x", "a%00b", "%5c..%5cx", "a\nb", "%25252525252525252525252e%2e/x"],
)  # fmt: skip
def test_names_that_leave_the_directory_are_refused_with_a_sentence(run, project, name):
    before = sorted(project.rglob("*"))
    with pytest.raises(ValueError, match="artifact name"):
        run.save_artifact("model.pt", name)
    assert sorted(project.rglob("*")) == before


def test_links_in_the_directory_are_not_written_through(run, project):
    outside = project / "outside"
    outside.mkdir()
    (outside / "target").write_text("keep")
    artifacts = run.run_dir / "artifacts"
    artifacts.mkdir()
    (artifacts / "link").symlink_to(outside)
    (artifacts / "file").symlink_to(outside / "target")
    for name in ("link/x", "link", "file"):
        with pytest.raises(ValueError, match="link"):
            run.save_artifact("model.pt", name)
    assert [path.name for path in outside.iterdir()] == ["target"]
    assert (outside / "target").read_text() == "keep"


def test_an_artifacts_directory_that_is_a_link_is_refused(run, project):
    (run.run_dir / "artifacts").symlink_to(project)
    with pytest.raises(ValueError, match="link"):
        run.save_artifact("model.pt", "x")


def test_a_file_does_not_replace_a_directory_nor_a_pipe_become_an_artifact(run, project):
    run.save_artifact("model.pt", "a/b")
    with pytest.raises(ValueError, match="is a directory"):
        run.save_artifact("model.pt", "a")
    os.mkfifo(project / "pipe")
    with pytest.raises(ValueError, match="neither a file nor a directory"):
        run.save_artifact("pipe")
