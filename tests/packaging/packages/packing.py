"""What the tests of the packages share: where things are, running programs, a root directory that is thrown away."""

import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[3]
BUILT = CHECKOUT / "artifacts" / "package"
# tests/packaging/make-root makes it.
ROOT = CHECKOUT / "artifacts" / "packaging" / "root"


def built(pattern):
    """The package of that name; without it the test says what to type."""
    found = sorted(BUILT.glob(pattern))
    if not found:
        pytest.skip(f"there is no artifacts/package/{pattern} (make deb rpm tarball)")
    return found[-1]


def run(*command, check=True, **options):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False, **options)
    if check and done.returncode != 0:
        raise AssertionError(f"{' '.join(str(part) for part in command)} ended with {done.returncode}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")
    return done


class Root:
    """A root directory that is thrown away: a layer over the Debian of make-root. Nothing runs in it but what is called."""

    def __init__(self, place):
        self.path = place / "root"
        for name in ("upper", "work", "root"):
            (place / name).mkdir()
        place.chmod(0o755)
        run("mount", "-t", "overlay", "overlay", "-o", f"lowerdir={ROOT},upperdir={place}/upper,workdir={place}/work", self.path)
        # .NET and systemd-tmpfiles read it.
        run("mount", "-t", "proc", "proc", self.path / "proc")

    def __call__(self, *command, check=True):
        return run("chroot", self.path, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8", "DEBIAN_FRONTEND=noninteractive", *command, check=check)

    def dpkg(self, *options, check=True):
        return self("dpkg", "--force-confdef", "--force-confold", *options, check=check)

    def install(self, package, check=True):
        shutil.copy(package, self.path / "tmp")
        return self.dpkg("--install", f"/tmp/{package.name}", check=check)

    def mode(self, path):
        return (self.path / path.lstrip("/")).stat().st_mode & 0o7777

    def has(self, path):
        return (self.path / path.lstrip("/")).exists()

    def write(self, path, content):
        file = self.path / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)


def with_version(deb, version, directory):
    tree = directory / "tree"
    run("dpkg-deb", "--raw-extract", deb, tree)
    control = tree / "DEBIAN/control"
    control.write_text("".join(f"Version: {version}\n" if line.startswith("Version:") else line for line in control.read_text().splitlines(keepends=True)))
    package = directory / f"whirr_{version}.deb"
    run("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree, package)
    shutil.rmtree(tree)
    return package


def newest_schema():
    return int(run(CHECKOUT / "packaging/schema").stdout)


def database(schema):
    """A real database with that schema version in its header."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "db")
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA user_version = {schema}")
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
        connection.close()
        return path.read_bytes()
