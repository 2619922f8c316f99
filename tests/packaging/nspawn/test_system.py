"""whirr as a service of a machine: installed, used by two people, hit, upgraded and purged. Each test goes on where the one before has left it."""

import re
import time
from pathlib import Path

import pytest

from conftest import add_later_version
from jobs import Jobs
from machine import eventually

LATER = "999.0"
MOST_SECONDS_TO_FIRST_JOB = 20
MOST_SECONDS_TO_ANSWER = 1.0
MOST_PRESSURE = 25


@pytest.fixture(scope="module")
def jobs(machine, measured):
    """The queue of the installed package."""
    began = time.monotonic()
    machine.run("apt-get", "update", "-qq")
    machine.run("apt-get", "install", "-y", "-qq", "whirr", limit=180)
    queue = Jobs(machine)
    first = queue.submit("echo hello")
    queue.code = queue.ends_with(first)
    queue.seconds = time.monotonic() - began
    measured(f"from apt install to the end of the first job {queue.seconds:.1f} s (at most {MOST_SECONDS_TO_FIRST_JOB} s)")
    yield queue


def main_pid(machine, unit="whirrd.service"):
    return int(machine.property(unit, "MainPID"))


def restarts(machine):
    return int(machine.property("whirrd.service", "NRestarts"))


def test_the_first_job_is_done_within_20_s_of_apt_install(jobs):
    assert jobs.code == 0
    assert jobs.seconds <= MOST_SECONDS_TO_FIRST_JOB


def test_the_units_run_and_come_again_with_the_machine(machine, jobs):
    units = ("whirrd.service", "whirrd.socket", "whirr-jobs.service")
    assert [machine.property(unit, "ActiveState") for unit in units] == ["active"] * 3
    assert [machine.out("systemctl", "is-enabled", unit) for unit in units] == ["enabled"] * 3
    assert machine.run("systemctl", "is-system-running", check=False).stdout.strip() == "running"


def test_the_units_are_without_fault(machine, jobs):
    said = machine.run("systemd-analyze", "verify", "whirrd.service", "whirrd.socket", "whirr-jobs.service", check=False)
    said = said.stdout + said.stderr
    assert [line for line in said.splitlines() if "whirr" in line and "man " not in line] == []


def test_whirrd_is_exposed_less_than_cron_and_slurmd(machine, jobs, measured):
    machine.run("cp", "/usr/share/peers/slurmd.service", "/run/systemd/system/", check=False)
    machine.run("systemctl", "daemon-reload")
    exposure = {}
    for unit in ("whirrd", "cron", "slurmd"):
        said = machine.run("systemd-analyze", "security", "--no-pager", f"{unit}.service", check=False).stdout
        if found := re.search(r"Overall exposure level for \S+: ([0-9.]+)", said):
            exposure[unit] = float(found[1])
    measured("systemd-analyze security: " + ", ".join(f"{unit} {value}" for unit, value in exposure.items()))
    assert exposure["whirrd"] < min(value for unit, value in exposure.items() if unit != "whirrd")


def test_a_job_has_nothing_of_the_sandbox_of_whirrd(machine, jobs):
    machine.run("install", "-o", "root", "-m", "4755", "/usr/bin/id", "/usr/local/bin/id-of-root")
    machine.run("touch", "/tmp/of-the-machine")
    job = jobs.submit(
        "grep -E '^(NoNewPrivs|Seccomp|CapBnd)' /proc/self/status; echo score $(cat /proc/self/oom_score_adj); id-of-root -u; ls -d /tmp/of-the-machine;"
        "touch ~/written; ls /proc/self/fd | tr '\\n' ' '; echo; ls -l /proc/self/ns/mnt; ulimit -Sn; env | grep -E '^(LISTEN|NOTIFY|INVOCATION)' || echo clean")
    assert jobs.ends_with(job) == 0
    log = machine.out("whirrctl", "logs", str(job), user="alice")
    expected = machine.out("grep", "-E", "^(NoNewPrivs|Seccomp|CapBnd)", "/proc/1/status")
    # Capabilities, system call filters: as the machine's first process has them.
    assert log.startswith(expected)
    assert "NoNewPrivs:\t0" in log
    assert "score 0\n" in log
    # A program with the set-user-ID bit, as sudo is one, gets its rights.
    assert re.search(r"^0$", log, re.M), log
    assert "/tmp/of-the-machine" in log
    assert "0 1 2 3 \n" in log, log
    assert machine.out("stat", "-c", "%U", "/home/alice/written") == "alice"
    assert machine.out("readlink", "/proc/1/ns/mnt") in log
    assert machine.out("readlink", f"/proc/{main_pid(machine)}/ns/mnt") not in log
    assert "\n1024\n" in log, log
    assert log.endswith("clean"), log


def test_keeper_and_job_belong_to_the_unit_of_jobs(machine, jobs):
    job, pid = jobs.submit_waiting(0)
    keeper = machine.out("ps", "-o", "ppid=", "-p", str(pid)).strip()
    for process in (pid, keeper):
        assert "/whirr-jobs.service/" in machine.out("cat", f"/proc/{process}/cgroup")
    assert machine.out("cat", f"/sys/fs/cgroup/system.slice/whirrd.service/cgroup.procs") == str(main_pid(machine))
    jobs.release(job)
    assert jobs.ends_with(job) == 0


def test_nobody_but_root_reaches_the_launcher(machine, jobs):
    probe = "import socket; socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET).connect('/run/whirr-jobs/launcher.sock')"
    assert "PermissionError" in machine.run("python3", "-c", probe, user="alice", check=False).stderr
    machine.run("python3", "-c", probe)


def test_two_people_cannot_end_or_read_each_others_jobs(machine, jobs):
    of_alice, pid = jobs.submit_waiting(0)
    of_bob = jobs.submit("sleep 1000", "bob")
    for job, other in ((of_alice, "bob"), (of_bob, "alice")):
        for verb in ("cancel", "logs", "retry"):
            refused = machine.run("whirrctl", verb, str(job), user=other, check=False)
            assert refused.returncode != 0 and "only" in refused.stderr, refused
    assert jobs.is_alive(pid)
    assert machine.run("whirrctl", "cancel", str(of_bob), "--wait", user="bob", check=False).returncode == 0
    jobs.release(of_alice)
    assert jobs.ends_with(of_alice) == 0


def test_a_job_goes_on_when_whirrd_is_killed(machine, jobs):
    job, pid = jobs.submit_waiting(41)
    before = main_pid(machine)
    machine.run("kill", "-9", str(before))
    # In the second until it is started again: the call waits at the socket that systemd holds, it need not be made again.
    submit = machine.run("whirrctl", "submit", "--", "true", user="alice")
    assert "does not answer" not in submit.stderr
    assert main_pid(machine) not in (0, before)
    assert jobs.is_alive(pid)
    jobs.release(job)
    assert jobs.ends_with(job) == 41


def test_a_keeper_that_is_killed_takes_its_job_along(machine, jobs):
    job, pid = jobs.submit_waiting(0)
    machine.run("kill", "-9", machine.out("ps", "-o", "ppid=", "-p", str(pid)).strip())
    eventually(lambda: not jobs.is_alive(pid), "the job has ended with its keeper")
    eventually(lambda: jobs.status(job)["attempt"] == 2 if "attempt" in jobs.status(job) else True, "it is run again")
    machine.run("whirrctl", "cancel", str(job), "--wait", user="alice", check=False)


def test_a_restart_touches_none_of_20_jobs_and_answers_within_a_second(machine, jobs, measured):
    machine.run("sh", "-c", "echo 'slots: 24' >> /etc/whirr/whirrd.yaml; systemctl reload whirrd")
    running = [jobs.submit_waiting(7) for _ in range(20)]
    # What else the machine does at the time counts, so the best of three; under pressure from others (PSI) no time is judged.
    seconds = min(restart_and_ask(machine) for _ in range(3))
    pressure = float(re.search(r"some avg10=([0-9.]+)", Path("/proc/pressure/cpu").read_text())[1])
    measured(f"systemctl restart whirrd with 20 running jobs, until whirrctl status has its answer: {seconds:.2f} s"
             f" (at most {MOST_SECONDS_TO_ANSWER} s on a machine that is not busy; processes waited for a processor {pressure:.0f} % of the time)")
    assert all(jobs.is_alive(pid) for _, pid in running)
    for job, _ in running:
        jobs.release(job)
    assert {jobs.ends_with(job) for job, _ in running} == {7}
    if seconds > MOST_SECONDS_TO_ANSWER and pressure > MOST_PRESSURE:
        pytest.skip(f"jobs are untouched; the time of the restart is not judged while other work keeps the processors busy ({pressure:.0f} %)")
    assert seconds <= MOST_SECONDS_TO_ANSWER


def restart_and_ask(machine):
    began = time.monotonic()
    machine.run("systemctl", "restart", "whirrd")
    machine.run("whirrctl", "status", "-n", "1", user="bob")
    return time.monotonic() - began


def test_submits_during_restarts_wait_and_none_fails(machine, jobs):
    loop = machine.start("sh", "-c", "until [ -e ~/enough ]; do whirrctl submit -q -- true || exit 1; done", user="alice")
    for _ in range(3):
        machine.run("systemctl", "restart", "whirrd")
    machine.run("touch", "/home/alice/enough")
    said, complaint = loop.communicate(timeout=60)
    assert loop.returncode == 0, complaint
    ids = said.split()
    assert len(ids) >= 3 and len(set(ids)) == len(ids)


def test_the_watchdog_ends_a_daemon_that_hangs_and_a_job_goes_on(machine, jobs):
    machine.run("sh", "-c", "mkdir -p /run/systemd/system/whirrd.service.d && printf '[Service]\\nWatchdogSec=2\\n' > /run/systemd/system/whirrd.service.d/watchdog.conf && systemctl daemon-reload && systemctl restart whirrd")
    job, pid = jobs.submit_waiting(42)
    before, count = main_pid(machine), restarts(machine)
    machine.run("kill", "-STOP", str(before))
    eventually(lambda: restarts(machine) > count, "the watchdog has fired and whirrd is started again", 30)
    assert "watchdog" in machine.out("journalctl", "-u", "whirrd", "--no-pager", "-n", "50").lower()
    assert jobs.is_alive(pid)
    jobs.release(job)
    assert jobs.ends_with(job) == 42
    machine.run("sh", "-c", "rm -r /run/systemd/system/whirrd.service.d && systemctl daemon-reload && systemctl restart whirrd")


def test_a_socket_at_another_path_than_whirrd_listens_at_is_told_in_words(machine, jobs):
    machine.run("sh", "-c", "mkdir -p /run/systemd/system/whirrd.service.d && printf '[Service]\\nRestart=no\\nEnvironment=WHIRR_SOCKET=/run/whirr/other.sock\\n' > /run/systemd/system/whirrd.service.d/other.conf && systemctl daemon-reload")
    machine.run("systemctl", "restart", "whirrd", check=False)
    assert "systemd passed a socket (whirrd.socket) at /run/whirr/whirr.sock, but whirrd is to listen at /run/whirr/other.sock" in machine.journal()
    machine.run("sh", "-c", "rm -r /run/systemd/system/whirrd.service.d && systemctl daemon-reload && systemctl reset-failed && systemctl restart whirrd.socket whirrd.service")


def test_without_the_socket_unit_whirrd_listens_itself(machine, jobs):
    machine.run("systemctl", "stop", "whirrd.socket", "whirrd.service")
    assert machine.run("test", "-e", "/run/whirr/whirr.sock", check=False).returncode != 0
    machine.run("systemctl", "start", "whirrd.service")
    assert jobs.ends_with(jobs.submit("true")) == 0
    machine.run("systemctl", "stop", "whirrd.service")
    assert machine.run("test", "-e", "/run/whirr/whirr.sock", check=False).returncode != 0
    machine.run("systemctl", "start", "whirrd.socket", "whirrd.service")


def test_a_user_has_a_daemon_of_their_own(machine, jobs):
    machine.run("loginctl", "enable-linger", "bob")
    eventually(lambda: machine.run("systemctl", "--user", "is-system-running", user="bob", check=False).stdout.strip() in ("running", "degraded"), "the manager of bob is up")
    machine.run("systemctl", "--user", "enable", "--now", "whirrd", user="bob")
    own = "WHIRR_SOCKET=/run/user/1001/whirr/whirr.sock"
    job = jobs.submit("sleep 1000", "bob", environment=[own])
    machine.run("env", own, "sh", "-c", f"until whirrctl status {job} | grep -q running; do :; done", user="bob")
    machine.run("systemctl", "--user", "restart", "whirrd", user="bob")
    assert "running" in machine.out("env", own, "whirrctl", "status", str(job), user="bob")
    groups = machine.out("cat", "/sys/fs/cgroup/user.slice/user-1001.slice/user@1001.service/app.slice/whirr-jobs.service/cgroup.events")
    assert "populated 1" in groups
    machine.run("env", own, "whirrctl", "cancel", str(job), "--wait", user="bob", check=False)
    machine.run("systemctl", "--user", "disable", "--now", "whirrd.service", "whirrd.socket", "whirr-jobs.service", user="bob")
    machine.run("loginctl", "disable-linger", "bob")


def test_an_upgrade_does_not_touch_a_running_job(machine, jobs, packages):
    job, pid = jobs.submit_waiting(43)
    daemon, anchor = main_pid(machine), main_pid(machine, "whirr-jobs.service")
    add_later_version(packages, LATER)
    machine.run("apt-get", "update", "-qq")
    machine.run("apt-get", "upgrade", "-y", "-qq")
    assert machine.out("dpkg-query", "-W", "-f", "${Version}", "whirr") == LATER
    assert main_pid(machine) not in (0, daemon), "whirrd was not restarted"
    assert main_pid(machine, "whirr-jobs.service") == anchor
    assert jobs.is_alive(pid)
    # The launcher is of the version before.
    assert jobs.ends_with(jobs.submit("true")) == 0
    jobs.release(job)
    assert jobs.ends_with(job) == 43


def test_a_purge_leaves_nothing(machine, jobs):
    _, pid = jobs.submit_waiting(0)
    machine.run("apt-get", "purge", "-y", "-qq", "whirr")
    assert not jobs.is_alive(pid)
    left = machine.run("find", "/", "-xdev", "(", "-path", "/proc", "-o", "-path", "/packages", "-o", "-path", "/home", "-o", "-path", "/var/lib/whirr/runs", ")", "-prune",
                       "-o", "-iname", "*whirr*", "-print", check=False).stdout.split()
    # Run directories belong to users; logs and lists of dpkg, apt and journald are theirs.
    left = [path for path in left if not path.startswith(("/var/lib/whirr", "/var/lib/apt", "/var/cache", "/.whirr-root"))]
    assert left == []
    assert machine.run("find", "/var/lib/whirr", "-mindepth", "1", "-not", "-path", "/var/lib/whirr/runs*", check=False).stdout == ""
    assert machine.run("pgrep", "-f", "whirr", check=False).stdout == ""
    assert machine.run("systemctl", "list-units", "--all", "--no-legend", "*whirr*", check=False).stdout.strip() == ""
