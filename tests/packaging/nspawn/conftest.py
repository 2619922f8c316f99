"""One machine for all tests of this directory, which are run in the order in which they are written: from the installation to the purge."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from machine import ARTIFACTS, CHECKOUT, ROOT, Machine


# Whoever ends the run by a signal gets the machine ended, too.
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


FIGURES = []


def why_not():
    """What is missing here for a machine, in words; None when nothing is."""
    if os.geteuid() != 0:
        return "a machine in systemd-nspawn needs root"
    missing = [program for program in ("systemd-nspawn", "debootstrap", "dpkg-scanpackages") if shutil.which(program) is None]
    if missing:
        return f"{', '.join(missing)} not installed (make setup)"
    if "overlay" not in Path("/proc/filesystems").read_text():
        return "the kernel has no overlayfs"
    return None


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """A directory that apt can install from, with the package that is tested; a later version comes in when a test asks for it."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    built = sorted(Path(os.environ.get("WHIRR_PACKAGES", CHECKOUT / "artifacts/package/deb")).glob("whirr_*.deb"))
    if not built:
        pytest.skip("there is no package to install (make deb)")
    directory = tmp_path_factory.mktemp("packages")
    directory.chmod(0o755)
    shutil.copy(built[-1], directory / "whirr.deb")
    return directory


@pytest.fixture(scope="session")
def root():
    """The files of the machines."""
    reason = why_not()
    if reason:
        pytest.skip(reason)
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    made = subprocess.run([CHECKOUT / "tests/packaging/make-root", ROOT], capture_output=True, text=True, check=False)
    if made.returncode != 0:
        pytest.skip(f"no Debian root for the machine: {made.stderr.strip().splitlines()[-1]}")
    return ROOT


@pytest.fixture(scope="session")
def machine(root, packages, request):
    """The machine; its journal is kept when a test failed."""
    index(packages)
    with Machine("whirr-test", packages) as booted:
        yield booted
        booted.keep_log(request.session.testsfailed)


@pytest.fixture(scope="session")
def measured():
    """Puts down a figure, for the end of the run."""
    return FIGURES.append


def pytest_terminal_summary(terminalreporter):
    for line in FIGURES:
        terminalreporter.write_line(f"measured: {line}")


def index(directory):
    """Makes the list of packages anew."""
    listed = subprocess.run(["dpkg-scanpackages", "--multiversion", "."], cwd=directory, capture_output=True, text=True, check=True)
    (directory / "Packages").write_text(listed.stdout)


def add_later_version(directory, version):
    """Adds the package again, unchanged but for its version."""
    tree = directory / "later"
    subprocess.run(["dpkg-deb", "--raw-extract", directory / "whirr.deb", tree], check=True)
    control = tree / "DEBIAN/control"
    control.write_text("".join(f"Version: {version}\n" if line.startswith("Version:") else line for line in control.read_text().splitlines(keepends=True)))
    subprocess.run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, directory / "whirr-later.deb"], check=True, capture_output=True)
    shutil.rmtree(tree)
    index(directory)
