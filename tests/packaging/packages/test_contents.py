"""What is in the packages: files and modes, sizes, licences, the default configuration; and what lintian and rpmlint say."""

import fnmatch
import json
import os
import re
import socket
import stat
import subprocess
import sys
from pathlib import Path

from packing import CHECKOUT, run

sys.path.insert(0, str(CHECKOUT / "packaging"))
from assemblies import references  # noqa: E402

MEGABYTE = 1_000_000
MOST_INSTALLED = 120 * MEGABYTE
MOST_DOWNLOADED = 45 * MEGABYTE


def version():
    return re.search(r"<VersionPrefix>(.*)</VersionPrefix>", (CHECKOUT / "Directory.Build.props").read_text())[1]


def test_a_package_is_at_most_120_MB_installed_and_45_MB_to_download(deb, rpm):
    sizes = {
        "deb": (int(run("dpkg-deb", "--field", deb, "Installed-Size").stdout) * 1024, deb.stat().st_size),
        "rpm": (int(run("rpm", "-qp", "--queryformat", "%{SIZE}", rpm).stdout), rpm.stat().st_size),
    }
    for name, (installed, download) in sizes.items():
        print(f"{name}: {installed / MEGABYTE:.1f} MB installed, {download / MEGABYTE:.1f} MB to download")
        assert installed <= MOST_INSTALLED, name
        assert download <= MOST_DOWNLOADED, name


def test_every_package_has_the_version_of_the_build(deb, python_deb, rpm, tarball, files):
    assert run("dpkg-deb", "--field", deb, "Version").stdout.strip() == version()
    assert run("dpkg-deb", "--field", python_deb, "Version").stdout.strip() == version()
    assert run("rpm", "-qp", "--queryformat", "%{VERSION}", rpm).stdout == version()
    assert tarball.name.startswith(f"whirr-{version()}-")
    assert run(files / "usr/bin/whirrd", "--version").stdout.split("+")[0].strip() == version()


def test_only_programs_are_executable_and_nothing_is_writable_for_others(files):
    programs = {"usr/bin/whirrctl", "usr/lib/whirr/whirrd", "usr/lib/whirr/whirr-keeper"}
    for directory, _, names in os.walk(files):
        for name in names:
            path = os.path.join(directory, name)
            facts = os.lstat(path)
            if stat.S_ISLNK(facts.st_mode):
                continue
            relative = os.path.relpath(path, files)
            wanted = 0o600 if relative == "etc/whirr/whirrd.yaml" else 0o755 if relative in programs else 0o644
            assert stat.S_IMODE(facts.st_mode) == wanted, relative


def test_what_a_program_needs_lies_where_it_looks_for_it(files):
    for path in (
        "usr/bin/whirrctl", "usr/lib/whirr/whirr-keeper", "lib/systemd/system/whirrd.service", "lib/systemd/system/whirr-jobs.service",
        "usr/lib/systemd/user/whirrd.service", "usr/lib/systemd/user/whirr-jobs.service", "usr/lib/tmpfiles.d/whirr.conf", "etc/needrestart/conf.d/whirr.conf",
        "usr/share/doc/whirr/copyright", "usr/share/doc/whirr/changelog.gz",
    ):
        assert (files / path).is_file(), path
    assert os.readlink(files / "usr/bin/whirrd") == "../lib/whirr/whirrd"
    # Called by the link, it finds the keeper beside the file.
    said = run(files / "usr/bin/whirrd", "--user", "--check-config", "--config", "/dev/null").stdout
    assert f"keeper: {files}/usr/lib/whirr/whirr-keeper\n" in said


def test_manual_pages_and_completions_are_there(files):
    for made, place in (("artifacts/man", "usr/share/man"), ("artifacts/completions", "usr/share")):
        names = [path.name for path in (CHECKOUT / made).glob("*") if path.is_file()]
        assert names, f"make has put nothing into {made}"
        packed = {path.name.removesuffix(".gz") for path in (files / place).rglob("*")}
        assert {name.removesuffix(".bash") for name in names} <= packed


def test_whirrd_brings_its_runtime_as_it_was_compiled_and_nothing_that_it_refers_to_is_missing(files):
    assert "includedFrameworks" in (files / "usr/lib/whirr/whirrd.runtimeconfig.json").read_text()
    packs = Path(os.environ.get("NUGET_PACKAGES", Path.home() / ".nuget/packages"))
    # Of the frameworks in the cache, those of this version.
    frameworks = json.loads((files / "usr/lib/whirr/whirrd.runtimeconfig.json").read_text())["runtimeOptions"]["includedFrameworks"]
    originals = {path.stem: path for framework in frameworks for path in packs.glob(f"{framework['name'].lower()}.runtime.linux-*/{framework['version']}/runtimes/*/*/**/*.dll")}
    packed = {path.stem: path for path in (files / "usr/lib/whirr").glob("*.dll")}
    assert len(originals) > 200
    assert {"System.Private.CoreLib", "System.Diagnostics.StackTrace", "Microsoft.AspNetCore.Server.Kestrel.Core"} <= packed.keys()
    # Only one library, which sets up that of SQLite, goes through it; the job that runs below shows that this works.
    assert {name for name, path in packed.items() if "netstandard" in references(path)} == {"SQLitePCLRaw.batteries_v2"}
    for name, path in packed.items():
        missing = {reference for reference in references(path) if reference in originals and reference not in packed and name != "netstandard"}
        assert missing == set(), name
        if name in originals:
            assert path.read_bytes() == originals[name].read_bytes(), name
    assert len(packed) < len(originals) - 100, "what nothing refers to is left out"


def test_a_job_runs_with_the_programs_of_the_package(files, tmp_path):
    ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    ready.bind(str(tmp_path / "notify"))
    ready.settimeout(60)
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path), "WHIRR_SOCKET": str(tmp_path / "whirr/whirr.sock")}
    daemon = subprocess.Popen([files / "usr/bin/whirrd", "--user"], env={**environment, "NOTIFY_SOCKET": str(tmp_path / "notify")}, stderr=subprocess.PIPE, text=True)
    try:
        while b"READY=1" not in ready.recv(4096):
            assert daemon.poll() is None
        whirrctl = files / "usr/bin/whirrctl"
        run(whirrctl, "submit", "--", "/bin/echo", "from the package", env=environment, cwd=tmp_path)
        run(whirrctl, "wait", "1", env=environment, timeout=60)
        assert "from the package" in run(whirrctl, "logs", "1", env=environment).stdout
    finally:
        daemon.terminate()
        _, said = daemon.communicate(timeout=60)
        ready.close()
    assert daemon.returncode == 0, said


def test_nothing_for_debuggers_is_packed(files):
    names = os.listdir(files / "usr/lib/whirr")
    assert not [name for name in names if name.startswith(("libmscord", "libclrgc", "createdump", "libcoreclrtrace")) or name.endswith((".xml", ".dbg", ".lock.json"))]


def test_the_copyright_file_names_every_library_of_others(files):
    text = (files / "usr/share/doc/whirr/copyright").read_text()
    patterns = [pattern for line in re.findall(r"^Files: (.*)$", text, re.MULTILINE) for pattern in line.split() if pattern != "*"]
    ours = ("Whirr.", "whirrd", "whirr-keeper")
    for name in os.listdir(files / "usr/lib/whirr"):
        if not name.startswith(ours):
            assert any(fnmatch.fnmatch(f"usr/lib/whirr/{name}", pattern) for pattern in patterns), name
    notices = os.listdir(files / "usr/share/doc/whirr/notices")
    assert {name.removesuffix(".gz") for name in notices} >= {"Microsoft.NETCore.App.txt", "Microsoft.AspNetCore.App.txt"}


def test_the_default_configuration_names_every_setting_and_says_the_defaults(files, tmp_path):
    whirrd = files / "usr/bin/whirrd"
    lines = (files / "etc/whirr/whirrd.yaml").read_text().splitlines()
    settings = [line[1:] for line in lines if re.match(r"#[a-z_]+:", line)]
    described = re.findall(r"^(?:# )?([a-z_]+): ", run(whirrd, "--user", "--check-config", "--config", "/dev/null").stdout, re.MULTILINE)
    assert sorted(line.split(":")[0] for line in settings) == sorted(described)
    assert [line for line in lines if line and not line.startswith("#")] == []

    # As root the defaults are those of the system daemon; what is an example, or depends on the machine, is left out.
    examples = ("slots", "keeper", "notify_command", "notify_webhook", "notify_mail", "min_free_space") + (() if os.geteuid() == 0 else ("socket", "state_dir", "runs_dir"))
    every, defaults = tmp_path / "every.yaml", tmp_path / "defaults.yaml"
    every.write_text("\n".join(settings).replace("retention_size: off", "retention_size: 1GiB").replace("retention_removes: records", "retention_removes: runs") + "\n")
    defaults.write_text("\n".join(line for line in settings if not line.startswith(examples)) + "\n")
    run(whirrd, "--check-config", "--config", every)
    without = run(whirrd, "--check-config", "--config", "/dev/null").stdout
    assert run(whirrd, "--check-config", "--config", defaults).stdout.splitlines()[1:] == without.splitlines()[1:]


def test_lintian_finds_nothing(deb, python_deb):
    done = run("lintian", "--allow-root", "--fail-on", "error,warning", deb, python_deb, check=False)
    said = [line for line in done.stdout.splitlines() if line]
    assert (said, done.returncode) == ([], 0)


def test_every_lintian_override_has_a_reason_and_is_needed(deb):
    lines = (CHECKOUT / "packaging/deb/whirr.lintian-overrides").read_text().splitlines()
    assert all(lines[i - 1].startswith("#") for i, line in enumerate(lines) if not line.startswith("#"))
    assert "unused-override" not in run("lintian", "--allow-root", "--display-info", "--show-overrides", deb, check=False).stdout


def test_rpmlint_finds_nothing(rpm):
    done = run("rpmlint", "--config", CHECKOUT / "packaging/rpm/rpmlint.toml", rpm, check=False)
    assert "0 errors, 0 warnings" in done.stdout, done.stdout


def test_the_python_package_is_the_source(python_deb, tmp_path):
    run("dpkg-deb", "--extract", python_deb, tmp_path)
    packed = tmp_path / "usr/lib/python3/dist-packages/whirr"
    source = CHECKOUT / "src/python/whirr"
    names = sorted(str(path.relative_to(source)) for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    assert sorted(str(path.relative_to(packed)) for path in packed.rglob("*") if path.is_file()) == names
    assert all((packed / name).read_bytes() == (source / name).read_bytes() for name in names)
    said = run("/usr/bin/python3", "-c", "import whirr; print(whirr.__file__)", env={"PYTHONPATH": str(packed.parent), "PATH": "/usr/bin", "PYTHONDONTWRITEBYTECODE": "1"}).stdout
    assert said.startswith(str(packed))
