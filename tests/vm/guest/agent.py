#!/usr/bin/python3
"""The program in the emulated machine: does what the kernel's command line says (whirr.mode=), and says what happens on /dev/hvc0, a fact a line."""

import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

OUT = os.open("/dev/hvc0", os.O_WRONLY | os.O_NOCTTY)
STATE = pathlib.Path("/var/lib/whirr-vm")


def say(*words: object) -> None:
    os.write(OUT, (" ".join(str(word) for word in words) + "\n").encode())


def run(*command: str, user: str | None = None, check: bool = True) -> subprocess.CompletedProcess:
    as_user = ["runuser", "-u", user, "--"] if user else []
    done = subprocess.run([*as_user, *command], capture_output=True, text=True, cwd=f"/home/{user}" if user else "/")
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit code {done.returncode}: {done.stderr.strip()}")
    return done


def whirrctl(*words: str, user: str | None = None, check: bool = True) -> subprocess.CompletedProcess:
    return run("whirrctl", *words, user=user, check=check)


def jobs() -> list[dict]:
    return json.loads(whirrctl("status", "-a", "-n", "1000000", "--json").stdout)["jobs"]


def job(number: int | str) -> dict:
    return json.loads(whirrctl("status", str(number), "--json").stdout)


def until(fact, seconds: float = 120) -> bool:
    limit = time.monotonic() + seconds
    while not fact():
        if time.monotonic() > limit:
            return False
        time.sleep(0.1)
    return True


def check(name: str, actual: object, expected: object) -> None:
    say(f"ok {name}" if actual == expected else f"not ok {name}: is {actual!r}, should be {expected!r}")


def check_that(name: str, holds: bool, facts: object = "") -> None:
    say(f"ok {name} ({facts})" if holds else f"not ok {name}: {facts}")


def wait_for_daemon() -> None:
    if not until(lambda: whirrctl("status", check=False).returncode == 0, 300):
        say("not ok whirrd answers after a boot:", run("systemctl", "status", "whirrd", check=False).stdout.replace("\n", " | "))
        off()


def dump() -> None:
    """All that the queue and the index of runs know, for the reader to compare with what it was told."""
    import sqlite3
    with sqlite3.connect("file:/var/lib/whirr/daemon/whirr.db?mode=ro", uri=True) as database:
        say("integrity", database.execute("PRAGMA integrity_check").fetchone()[0])
    for one in jobs():
        say("job", one["id"], one["name"], one["state"], one["attempt"], one["reason"] or "-")
    for one in json.loads(whirrctl("runs", "-n", "1000000", "--json").stdout)["runs"]:
        say("run", one["run_id"], one["state"])
    say("dumped")


def submit_without_end(boot: str, lane: int) -> None:
    number = 0
    while True:
        number += 1
        name = f"{boot}-{lane}-{number}"
        done = whirrctl("submit", "-q", "-n", name, "--client-job-id", name, "--", "/opt/whirr-vm/job", user="alice", check=False)
        if done.returncode != 0:
            say("refused", name, done.stderr.strip().replace("\n", " "))
            time.sleep(0.2)
            continue
        identifier = done.stdout.strip()
        say("ack", identifier, name)
        if lane == 0:
            whirrctl("wait", identifier, user="alice", check=False)
            say("ended", identifier, job(identifier)["state"])


def cut() -> None:
    """Submits until the power is cut."""
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
    wait_for_daemon()
    dump()
    for lane in range(3):
        threading.Thread(target=submit_without_end, args=(boot, lane)).start()


def settle() -> None:
    """Waits until everything has run, says how it is, and switches off."""
    wait_for_daemon()
    calm = until(lambda: not json.loads(whirrctl("status", "--json").stdout)["jobs"], 900)
    check("all jobs come to an end after the last cut", calm, True)
    dump()
    off()


def limits() -> None:
    """Limits by cgroup, as a user of an installed whirr gives them."""
    wait_for_daemon()
    unit = run("systemctl", "show", "-P", "ActiveState", "whirr-jobs.service").stdout.strip()
    check("whirr-jobs.service is active", unit, "active")
    doctor = json.loads(whirrctl("doctor", "--json", user="alice", check=False).stdout)
    say("# doctor:", "; ".join(f"{one['name']}: {one['result']}" for one in doctor["checks"]))

    def submit(*words: str) -> str:
        return whirrctl("submit", "-q", *words, user="alice").stdout.strip()

    def ended(number: str) -> dict:
        whirrctl("wait", number, user="alice", check=False)
        return job(number)

    eater = ended(submit("--memory", "64M", "--", "dd", "if=/dev/zero", "of=/dev/null", "bs=512M", "count=1"))
    check("a job over its memory limit has the reason", eater["reason"], "memory_limit")
    modest = ended(submit("--memory", "256M", "--", "dd", "if=/dev/zero", "of=/dev/null", "bs=32M", "count=1"))
    check("a job within its memory limit is completed", modest["state"], "completed")

    began = time.monotonic()
    busy = ended(submit("--cpus", "0.25", "--", "sh", "-c", "for i in 1 2; do timeout 8 sh -c 'while :; do :; done' & done; wait; exit 0"))
    took = time.monotonic() - began
    check_that("two loops at a quarter of a processor take at most 30 % of one", busy["cpu_seconds"] <= 0.3 * took,
               f"{busy['cpu_seconds']:.1f} s in {took:.1f} s")

    bomb = submit("--pids", "40", "--", "sh", "-c", 'b() { b | b & }; trap "" TERM; b 2>/dev/null; sleep 1000; sleep 1000')
    leaf = None

    def full() -> bool:
        nonlocal leaf
        found = list(pathlib.Path("/sys/fs/cgroup").glob(f"system.slice/whirr-jobs.service/**/{bomb}-1"))
        leaf = found[0] if found else None
        return leaf is not None and int((leaf / "pids.current").read_text()) >= 35

    check("a fork bomb fills its limit of processes", until(full), True)
    check_that("and stays below it", int((leaf / "pids.current").read_text()) <= 40, (leaf / "pids.current").read_text().strip())
    whirrctl("cancel", bomb, "--wait", user="alice", check=False)
    check("a fork bomb that is cancelled is", job(bomb)["state"], "cancelled")
    check("nothing of it is left", leaf.exists(), False)
    off()


def reboot() -> None:
    """A real `systemctl reboot` in the middle of a job."""
    wait_for_daemon()
    note = STATE / "rebooted"
    if not note.exists():
        number = whirrctl("submit", "-q", "--", "sh", "-c", 'echo "start $WHIRR_JOB_ID $WHIRR_ATTEMPT" >/dev/hvc0; [ "$WHIRR_ATTEMPT" -gt 1 ] || sleep 1000',
                          user="alice").stdout.strip()
        waiting = whirrctl("submit", "-q", "-n", "waits", "--", "true", user="alice").stdout.strip()
        until(lambda: job(number)["state"] == "running")
        whirrctl("wait", waiting, user="alice", check=False)
        note.write_text(number)
        os.sync()
        say("rebooting")
        run("systemctl", "reboot", "--no-block")
        return
    number = note.read_text()
    check("whirrd starts by itself after a reboot", run("systemctl", "is-active", "whirrd").stdout.strip(), "active")
    whirrctl("wait", number, user="alice", check=False)
    again = job(number)
    check("a job that a reboot interrupted is run again to its end", again["state"], "completed")
    check("in a second attempt", again["attempt"], 2)
    first = again["attempts"][0]
    check("the first one was ended by the reboot", first["reason"], "node_rebooted")
    say("#", whirrctl("events", number).stdout.replace("\n", " | "))
    off()


def off() -> None:
    say("checks done")
    run("systemctl", "poweroff", "--no-block", check=False)
    sys.exit(0)


def main() -> None:
    STATE.mkdir(exist_ok=True)
    os.chmod("/dev/hvc0", 0o666)
    mode = re.search(r"whirr\.mode=(\w+)", pathlib.Path("/proc/cmdline").read_text()).group(1)
    say("boot", mode)
    try:
        {"cut": cut, "settle": settle, "limits": limits, "reboot": reboot}[mode]()
    except Exception as problem:  # the reader sees this line; nobody sees a traceback in here
        say(f"not ok the program in the machine: {type(problem).__name__}: {problem}".replace("\n", " "))
        off()


main()
