"""Packing the same tree again, from another directory, at another time and with another umask, gives the same bytes. `make reproducible` builds twice."""

import filecmp
import os
import shutil
import subprocess

import pytest

from packing import BUILT, CHECKOUT

MOMENT = "1700000000"
QUICK = {"DEB_COMPRESSION": "-Znone", "RPM_PAYLOAD": "w0.gzdio", "TARBALL_LEVEL": "0", "SOURCE_DATE_EPOCH": MOMENT}


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """The tree and the Python package, and a copy of them that was made at another time."""
    if not (BUILT / "tree").exists() or not (BUILT / "python").exists():
        pytest.skip("there is no artifacts/package/tree (make deb)")
    copy = tmp_path_factory.mktemp("copy")
    for name in ("tree", "python"):
        shutil.copytree(BUILT / name, copy / name, symlinks=True)
        for directory, _, names in os.walk(copy / name):
            for entry in names:
                os.utime(os.path.join(directory, entry), (1_600_000_000, 1_600_000_000), follow_symlinks=False)
    return BUILT, copy


@pytest.mark.parametrize(
    ("kind", "parts"),
    [("deb/build", ["0.9", "{0}/tree", "{0}/python"]), ("rpm/build", ["0.9", "{0}/tree"]), ("tarball", ["0.9-linux", "{0}/tree"])],
)
def test_the_same_tree_makes_the_same_package(trees, tmp_path, kind, parts):
    made = []
    for place, umask, zone in zip(trees, (0o022, 0o027), ("UTC", "Asia/Tokyo"), strict=True):
        output = tmp_path / f"{umask:o}"
        command = [CHECKOUT / "packaging" / kind, *(part.format(place) for part in parts), output]
        done = subprocess.run(command, env={**os.environ, **QUICK, "TZ": zone, "TMPDIR": str(tmp_path)}, umask=umask, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        made.append(output)
    names = sorted(path.name for path in made[0].iterdir())
    assert names
    assert filecmp.cmpfiles(*made, names, shallow=False) == (names, [], [])
    for output in made:
        shutil.rmtree(output)
