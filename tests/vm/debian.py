#!/usr/bin/env python3
"""Checks an installed whirr in an emulated Debian machine with real systemd: limits, a reboot in the middle of a job, power cuts.

usage: debian.py FOLDER KERNEL INITRAMFS DISK [CUTS [SEED]]

Prints `ok NAME` and `not ok NAME: WHY`, and at the end `vm: N passed, M failed`.
"""

import random
import shutil
import sys
import time

from ledger import Ledger
from machine import Machine


class Results:
    """Counts what was checked."""

    def __init__(self) -> None:
        self.passed = self.failed = 0

    def take(self, line: str) -> None:
        if line.startswith("ok "):
            self.passed += 1
        elif line.startswith("not ok "):
            self.failed += 1
        if line.startswith(("ok ", "not ok ", "# ")):
            print(line, flush=True)

    def check(self, name: str, problems: list[str], facts: str) -> None:
        if not problems:
            self.take(f"ok {name} ({facts})")
            return
        self.take(f"not ok {name} ({facts}): {problems[0]}" + (f", and {len(problems) - 1} more" if len(problems) > 1 else ""))
        for problem in problems[1:20]:
            print(f"#   {problem}")


def checks_inside(machine: Machine, results: Results, mode: str, seconds: float) -> None:
    """Boots and lets the program in the machine do its checks, to the end."""
    finished = False
    machine.boot(mode, reboots=mode == "reboot")
    for line in machine.lines(seconds):
        results.take(line)
        if line == "checks done":
            finished = True
            break
    if not finished:
        results.take(f"not ok the checks of {mode}: they did not come to their end; the console is in {machine.console}")
        machine.pull_the_plug(random.Random(0))
        return
    machine.wait_off(180)


def power_cuts(machine: Machine, results: Results, cuts: int, seed: int) -> None:
    """Cuts the power at random moments while jobs are submitted, run and end; then lets the rest come to its end."""
    chance, ledger = random.Random(seed), Ledger()
    began = time.monotonic()
    for number in range(1, cuts + 1):
        machine.boot("cut")
        try:
            while True:
                line = machine.line(600)
                if line is None:
                    raise TimeoutError("the machine switched itself off")
                ledger.take(line)
                if line == "dumped":
                    break
        except TimeoutError as problem:
            ledger.wrong.append(f"boot {number}: {problem}")
            machine.keep(f"boot-{number}")
        before = len(ledger.acknowledged)
        for line in machine.lines(chance.uniform(0.2, 8)):
            ledger.take(line)
        rest, kept = machine.pull_the_plug(chance)
        for line in rest:
            ledger.take(line)
        print(f"# cut {number}: {len(ledger.acknowledged) - before} submits acknowledged since the boot, {sum(ledger.starts.values())} starts in all; {kept}", flush=True)
        if ledger.wrong:
            machine.keep(f"cut-{number}")
            break
    settle = Results()
    machine.boot("settle")
    for line in machine.lines(1200):
        ledger.take(line)
        settle.take(line)
    machine.wait_off(180)
    results.passed += settle.passed
    results.failed += settle.failed
    again = sum(count for (_, attempt), count in ledger.starts.items() if attempt > 1)
    facts = f"{cuts} cuts, seed {seed}, {len(ledger.acknowledged)} acknowledged submits, {sum(ledger.starts.values())} starts, {again} of them further attempts, {time.monotonic() - began:.0f} s"
    results.check("power cuts lose nothing and double nothing", ledger.wrong, facts)
    results.check("each acknowledged job came to its end", [f"job {number} did not" for number in ledger.unfinished()][:20], facts)
    results.check("the cuts fell into work", [] if ledger.dumps == cuts + 1 and len(ledger.acknowledged) > cuts and again > 0 else ["too little went on to prove anything"], facts)


def main() -> int:
    folder, kernel, initramfs, disk = sys.argv[1:5]
    cuts = int(sys.argv[5]) if len(sys.argv) > 5 else 30
    seed = int(sys.argv[6]) if len(sys.argv) > 6 and sys.argv[6] else random.SystemRandom().randrange(1 << 30)
    shutil.copy(disk, f"{folder}/disk.raw")
    machine, results = Machine(folder, kernel, initramfs, f"{folder}/disk.raw"), Results()
    checks_inside(machine, results, "limits", 900)
    checks_inside(machine, results, "reboot", 900)
    power_cuts(machine, results, cuts, seed)
    print(f"vm: {results.passed} passed, {results.failed} failed")
    return 0 if results.failed == 0 and results.passed > 0 else 1


sys.exit(main())
