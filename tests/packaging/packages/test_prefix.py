"""The tarball, installed below a prefix: by somebody who is not root, and for a package of somebody else's making."""

import os
import pwd
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from packing import run


@pytest.fixture
def home():
    """A home of nobody, who is not root."""
    place = Path(tempfile.mkdtemp(prefix="whirr-prefix-"))
    place.chmod(0o755)
    (place / "home").mkdir()
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(place / "home", nobody.pw_uid, nobody.pw_gid)
    yield place / "home"
    shutil.rmtree(place)


@pytest.fixture(scope="module")
def unpacked(tarball):
    """What is in the tarball, readable for everybody."""
    place = Path(tempfile.mkdtemp(prefix="whirr-tarball-"))
    place.chmod(0o755)
    run("tar", "-xJf", tarball, "-C", place, "--no-same-owner")
    yield next(place.iterdir())
    shutil.rmtree(place)


def as_somebody(home, *command, check=True):
    drop = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"] if os.geteuid() == 0 else []
    return run(*drop, "env", "-i", f"HOME={home}", "PATH=/usr/bin:/bin", *command, check=check, cwd="/")


def files_below(directory):
    return {str(path.relative_to(directory)) for path in directory.rglob("*") if not path.is_dir() or path.is_symlink()}


def test_somebody_who_is_not_root_installs_runs_and_removes_it(home, unpacked):
    said = as_somebody(home, unpacked / "install").stdout
    prefix = home / ".local"
    assert f"add {prefix}/bin to PATH" in said
    assert "systemctl --user" in said
    assert f"keeper: {prefix}/lib/whirr/whirr-keeper\n" in as_somebody(home, prefix / "bin/whirrd", "--check-config").stdout
    as_somebody(home, prefix / "bin/whirrctl", "--version")
    for unit in ("whirrd.service", "whirr-jobs.service"):
        # Where the systemd of a user looks.
        text = (prefix / "share/systemd/user" / unit).read_text()
        program = re.search(r"^ExecStart=(\S+)", text, re.MULTILINE)[1]
        assert program.startswith(f"{prefix}/")
        assert os.access(program, os.X_OK)
        assert "=/usr/" not in text
    assert not (prefix / "lib/systemd").exists()

    as_somebody(home, "mkdir", "-p", home / ".local/state/whirr")
    as_somebody(home, unpacked / "install", "--uninstall")
    assert files_below(home) == set()
    assert (home / ".local/state/whirr").is_dir()
    assert not (prefix / "lib").exists()


def test_an_installation_over_an_older_one_removes_what_is_no_longer_there(home, unpacked):
    as_somebody(home, unpacked / "install")
    first = files_below(home)
    stale = home / ".local/lib/whirr/Stale.dll"
    as_somebody(home, "sh", "-c", f"touch {stale} && echo lib/whirr/Stale.dll >>{home}/.local/lib/whirr/installed-files")
    as_somebody(home, unpacked / "install")
    assert files_below(home) == first


def test_a_destination_directory_is_left_out_of_what_the_files_say(home, unpacked):
    destination = home / "package"
    as_somebody(home, unpacked / "install", "--prefix", "/opt/whirr", "--destdir", destination)
    unit = (destination / "opt/whirr/lib/systemd/system/whirrd.service").read_text()
    assert re.search(r"^ExecStart=/opt/whirr/bin/whirrd --system --launcher %t/whirr-jobs/launcher\.sock$", unit, re.MULTILINE)
    assert str(destination) not in unit
    assert (destination / "etc/whirr/whirrd.yaml").stat().st_mode & 0o777 == 0o600
    assert not [name for name in files_below(destination) if not name.startswith(("opt/whirr/", "etc/"))]


def test_a_configuration_that_is_there_is_kept(home, unpacked):
    destination = home / "package"
    as_somebody(home, "sh", "-c", f"mkdir -p {destination}/etc/whirr && echo 'slots: 3' >{destination}/etc/whirr/whirrd.yaml")
    as_somebody(home, unpacked / "install", "--prefix", "/usr/local", "--destdir", destination)
    assert (destination / "etc/whirr/whirrd.yaml").read_text() == "slots: 3\n"


@pytest.mark.parametrize("prefix", ["relative", "/with blank", "/with%percent"])
def test_a_prefix_that_units_could_not_name_is_refused(home, unpacked, prefix):
    refused = as_somebody(home, unpacked / "install", "--prefix", prefix, check=False)
    assert refused.returncode == 2
    assert "prefix" in refused.stderr
    assert files_below(home) == set()


def test_what_is_not_installed_cannot_be_removed(home, unpacked):
    refused = as_somebody(home, unpacked / "install", "--uninstall", check=False)
    assert refused.returncode == 1
    assert "is not installed" in refused.stderr
