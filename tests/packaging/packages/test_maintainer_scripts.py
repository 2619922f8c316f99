"""What the packages do while they are installed, upgraded, downgraded, removed and purged, in a Debian where no systemd runs."""

import os
from pathlib import Path

from packing import database, newest_schema, run

DATABASE = "/var/lib/whirr/daemon/whirr.db"
SENTENCE = "was written by a newer whirr"


def status(root):
    return root("dpkg-query", "--show", "--showformat=${db:Status-Abbrev} ${Version}", "whirr", check=False).stdout.split()


def test_an_installation_enables_the_services_and_makes_the_directories(root, quick):
    root.install(quick)
    for unit in ("whirrd.service", "whirr-jobs.service"):
        assert root("systemctl", "is-enabled", unit).stdout.strip() == "enabled"
    assert not list((root.path / "etc/systemd/user").rglob("whirr*")), "each user decides for themselves"
    modes = {path: root.mode(path) for path in ("/var/lib/whirr", "/var/lib/whirr/runs", "/var/lib/whirr/daemon", "/etc/whirr/whirrd.yaml")}
    assert modes == {"/var/lib/whirr": 0o755, "/var/lib/whirr/runs": 0o755, "/var/lib/whirr/daemon": 0o700, "/etc/whirr/whirrd.yaml": 0o600}


def test_the_programs_run_on_a_Debian_that_has_no_NET(root, quick):
    root.install(quick)
    assert root("find", "/", "-xdev", "-name", "dotnet*", "-not", "-path", "/proc/*", "-not", "-path", "/usr/share/doc/*").stdout == ""
    assert "keeper: /usr/lib/whirr/whirr-keeper" in root("whirrd", "--check-config").stdout
    assert root("whirrctl", "--version").stdout.strip()
    # The libraries that are loaded when they are needed: TLS and SQLite are known to dpkg or in the package.
    assert "not found" not in root("sh", "-c", "ldd /usr/lib/whirr/*.so /usr/lib/whirr/whirrd /usr/bin/whirrctl").stdout


def test_an_upgrade_keeps_the_configuration_and_its_mode(root, quick, later):
    root.install(quick)
    root.write("/etc/whirr/whirrd.yaml", b"slots: 3\n")
    (root.path / "etc/whirr/whirrd.yaml").chmod(0o640)
    root.install(later)
    assert status(root) == ["ii", "999.0"]
    assert (root.path / "etc/whirr/whirrd.yaml").read_bytes() == b"slots: 3\n"
    assert root.mode("/etc/whirr/whirrd.yaml") == 0o640


def test_a_downgrade_is_refused_when_the_database_is_newer_and_nothing_changes(root, quick, later):
    root.install(later)
    root.write(DATABASE, database(newest_schema() + 1))
    refused = root.install(quick, check=False)
    assert refused.returncode != 0
    assert SENTENCE in refused.stderr
    assert f"schema version {newest_schema() + 1}" in refused.stderr
    assert f"no more than {newest_schema()}" in refused.stderr
    assert status(root) == ["ii", "999.0"]
    root("whirrd", "--version")


def test_a_downgrade_goes_through_when_the_database_can_be_read(root, quick, later):
    root.install(later)
    root.write(DATABASE, database(newest_schema()))
    root.install(quick)
    assert status(root)[0] == "ii"
    assert status(root)[1] != "999.0"


def test_a_database_that_the_configuration_puts_elsewhere_is_looked_at_too(root, quick):
    root.write("/etc/whirr/whirrd.yaml", b"# state_dir: /nowhere\nstate_dir: /srv/whirr # here\n")
    root.write("/srv/whirr/daemon/whirr.db", database(newest_schema() + 7))
    refused = root.install(quick, check=False)
    assert refused.returncode != 0
    assert f"/srv/whirr/daemon/whirr.db {SENTENCE}" in refused.stderr.replace("\n", " ")


def test_what_is_no_database_does_not_hinder_an_installation(root, quick):
    root.write(DATABASE, b"short")
    root.install(quick)
    assert status(root)[0] == "ii"


def test_a_removal_keeps_queue_and_configuration(root, quick):
    root.install(quick)
    root.write(DATABASE, database(1))
    root.dpkg("--remove", "whirr")
    assert root.has(DATABASE)
    assert root.has("/etc/whirr/whirrd.yaml")
    assert not root.has("/usr/lib/whirr")
    root.install(quick)
    assert root.has(DATABASE)


def test_a_purge_removes_the_queue_and_leaves_the_runs_of_users(root, quick):
    root.install(quick)
    root.write(DATABASE, database(1))
    root.write("/var/lib/whirr/runs/1000/job-1/meta.json", b"{}")
    said = root.dpkg("--purge", "whirr").stdout
    assert not root.has("/var/lib/whirr/daemon")
    assert not root.has("/etc/whirr")
    assert root.has("/var/lib/whirr/runs/1000/job-1/meta.json")
    assert "/var/lib/whirr/runs" in said


def test_a_purge_without_runs_leaves_nothing(root, quick):
    before = everything(root)
    root.install(quick)
    root.dpkg("--purge", "whirr")
    left = {path for path in everything(root) - before if not path.startswith(("var/lib/dpkg", "var/log", "tmp", "var/cache", "etc/needrestart", "run", "var/lib/systemd"))}
    assert left == set()


def test_an_rpm_enables_nothing_by_itself_that_the_presets_do_not_and_makes_the_directories(root, rpm):
    install_rpm(root, rpm)
    assert root.mode("/etc/whirr/whirrd.yaml") == 0o600
    assert root.mode("/var/lib/whirr/daemon") == 0o700
    # Debian's presets enable everything.
    assert root("systemctl", "is-enabled", "whirrd.service").stdout.strip() == "enabled"
    assert "keeper: /usr/lib/whirr/whirr-keeper" in root("whirrd", "--check-config").stdout


def test_an_rpm_is_refused_when_the_database_is_newer(root, rpm):
    root.write(DATABASE, database(newest_schema() + 1))
    refused = install_rpm(root, rpm, check=False)
    assert refused.returncode != 0
    assert SENTENCE in refused.stderr
    assert not root.has("/usr/bin/whirrd")


def test_the_removal_of_an_rpm_disables_the_services_and_keeps_queue_and_changed_configuration(root, rpm):
    install_rpm(root, rpm)
    root.write(DATABASE, database(1))
    root.write("/etc/whirr/whirrd.yaml", b"slots: 3\n")
    run("rpm", "--root", root.path, "--nodeps", "--erase", "whirr")
    assert root.has(DATABASE)
    assert (root.path / "etc/whirr/whirrd.yaml.rpmsave").read_bytes() == b"slots: 3\n"
    assert not root.has("/usr/lib/whirr")
    assert not list((root.path / "etc/systemd/system").rglob("whirr*"))


def install_rpm(root, rpm, check=True):
    # Debian has no rpm packages that could be depended on.
    return run("rpm", "--root", root.path, "--nodeps", "--install", rpm, check=check)


def everything(root):
    found = set()
    for directory, directories, names in os.walk(root.path):
        if Path(directory) == root.path:
            directories.remove("proc")
        found.update(os.path.relpath(os.path.join(directory, name), root.path) for name in (*directories, *names))
    return found
