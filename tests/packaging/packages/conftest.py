"""What `make deb rpm tarball` has built, unpacked, and a Debian without systemd running to install it into."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

from packing import CHECKOUT, ROOT, Root, built, run, with_version


@pytest.fixture(scope="session")
def deb():
    return built("deb/whirr_*.deb")


@pytest.fixture(scope="session")
def python_deb():
    return built("deb/python3-whirr_*_all.deb")


@pytest.fixture(scope="session")
def rpm():
    return built("rpm/whirr-*.rpm")


@pytest.fixture(scope="session")
def tarball():
    return built("whirr-*.tar.xz")


@pytest.fixture(scope="session")
def files(deb, tmp_path_factory):
    """The files of the Debian package."""
    directory = tmp_path_factory.mktemp("files")
    run("dpkg-deb", "--extract", deb, directory)
    return directory


@pytest.fixture
def root():
    if os.geteuid() != 0:
        pytest.skip("installing into a root directory of its own needs root")
    if "overlay" not in Path("/proc/filesystems").read_text():
        pytest.skip("the kernel has no overlayfs")
    maker = CHECKOUT / "tests/packaging/make-root"
    made = run(maker, ROOT, check=False)
    if made.returncode != 0:
        pytest.skip(f"no Debian root to install into: {made.stderr.strip().splitlines()[-1]}")
    place = Path(tempfile.mkdtemp(prefix="whirr-root-"))
    try:
        yield Root(place)
    finally:
        run("umount", "--recursive", place / "root")
        shutil.rmtree(place)


@pytest.fixture(scope="session")
def quick(deb, tmp_path_factory):
    """The package again, not compressed."""
    return with_version(deb, run("dpkg-deb", "--field", deb, "Version").stdout.strip(), tmp_path_factory.mktemp("quick"))


@pytest.fixture(scope="session")
def later(deb, tmp_path_factory):
    """The package again, but for its version."""
    return with_version(deb, "999.0", tmp_path_factory.mktemp("later"))
