"""What a machine said before each power cut, held against what it knows after it."""

import collections

ENDED = {"completed", "failed", "cancelled", "lost"}


class Ledger:
    """Collects the facts of all boots; `wrong` has a sentence for each that does not fit."""

    def __init__(self) -> None:
        self.acknowledged: dict[int, str] = {}
        self.starts: collections.Counter[tuple[int, int]] = collections.Counter()
        self.done: set[tuple[int, int]] = set()
        self.ended: dict[int, str] = {}
        self.dumps = 0
        self.wrong: list[str] = []
        self._jobs: dict[int, tuple[str, str, int, str]] = {}
        self._runs: dict[str, str] = {}

    def take(self, line: str) -> None:
        """Notes one line of the machine."""
        words = line.split()
        match words:
            case ["ack", number, name]:
                self._acknowledge(int(number), name)
            case ["start", number, attempt]:
                self._start(int(number), int(attempt))
            case ["done", number, attempt]:
                self.done.add((int(number), int(attempt)))
            case ["ended", number, state]:
                self._end(int(number), state)
            case ["refused", name, *why]:
                self.wrong.append(f"the submit of {name} was refused: {' '.join(why)}")
            case ["integrity", *result] if result != ["ok"]:
                self.wrong.append(f"integrity_check: {' '.join(result)}")
            case ["job", number, name, state, attempt, reason]:
                self._jobs[int(number)] = (name, state, int(attempt), reason)
            case ["run", run, state]:
                self._runs[run] = state
            case ["dumped"]:
                self._compare()
            case ["not", "ok", *why]:
                self.wrong.append(" ".join(why))

    def _acknowledge(self, number: int, name: str) -> None:
        if self.acknowledged.setdefault(number, name) != name:
            self.wrong.append(f"job {number} was acknowledged as {self.acknowledged[number]} and as {name}")

    def _start(self, number: int, attempt: int) -> None:
        self.starts[number, attempt] += 1
        if self.starts[number, attempt] > 1:
            self.wrong.append(f"attempt {attempt} of job {number} started {self.starts[number, attempt]} times")
        if number in self.ended:
            self.wrong.append(f"attempt {attempt} of job {number} started after the job had ended as {self.ended[number]}")

    def _end(self, number: int, state: str) -> None:
        if state not in ENDED:
            self.wrong.append(f"job {number} was said to have ended, and is {state}")
        elif self.ended.setdefault(number, state) != state:
            self.wrong.append(f"job {number} ended as {self.ended[number]} and then was {state}")

    def _compare(self) -> None:
        self.dumps += 1
        for number, name in self.acknowledged.items():
            if number not in self._jobs:
                self.wrong.append(f"job {number} ({name}) was acknowledged and is not there")
            elif self._jobs[number][0] != name:
                self.wrong.append(f"job {number} was acknowledged as {name} and is {self._jobs[number][0]}")
        names = collections.Counter(name for name, *_ in self._jobs.values())
        self.wrong += [f"{count} jobs are called {name}, which was submitted once" for name, count in names.items() if count > 1]
        for number in self.ended:
            if number in self._jobs and self._jobs[number][1] != self.ended[number]:
                self.wrong.append(f"job {number} had ended as {self.ended[number]} and is {self._jobs[number][1]}")
        for number, (_, state, attempt, reason) in self._jobs.items():
            if state in ENDED:
                self._end(number, state)
                self._compare_end(number, state, attempt, reason)
        self._jobs, self._runs = {}, {}

    def _compare_end(self, number: int, state: str, attempt: int, reason: str) -> None:
        # The script is shorter than the list of attempts it may lose: nothing but completion is right, or the end of too many losses.
        if state == "completed" and (number, attempt) not in self.done:
            self.wrong.append(f"job {number} is completed, and its attempt {attempt} never said that it was done")
        if state != "completed" and reason != "max_attempts":
            self.wrong.append(f"job {number} is {state} ({reason})")
        run = self._runs.get(f"job-{number}")
        if run is None:
            self.wrong.append(f"job {number} is {state} and has no run")
        elif run != state:
            self.wrong.append(f"job {number} is {state}, its run {run}")

    def unfinished(self) -> list[int]:
        """Acknowledged jobs of which no dump has shown the end."""
        return [number for number in self.acknowledged if number not in self.ended]
