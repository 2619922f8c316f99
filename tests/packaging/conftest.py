"""What the tests of what is packaged share: the published programs, what was made for packages, a private daemon."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAMS = Path(os.environ.get("WHIRR_PROGRAMS", ROOT / "artifacts" / "whirr")).resolve()
MAN = ROOT / "artifacts" / "man"
COMPLETIONS = ROOT / "artifacts" / "completions"


def say(*words, **environment):
    """Standard output of a program that ends with 0."""
    return subprocess.run(words, env={**os.environ, **environment}, check=True, capture_output=True, text=True, timeout=60).stdout


class Daemon:
    """A whirrd of this test's own."""

    def __init__(self, place):
        self.place = place
        self.socket = place / "socket"
        self._log = open(place / "log", "wb")
        self.process = subprocess.Popen(
            [
                PROGRAMS / "whirrd", "--user", "--config", "/dev/null", "--slots", "1", "--kill-grace-period", "2s", "--socket", self.socket,
                "--state-dir", place / "state", "--runs-dir", place / "runs", "--keeper", PROGRAMS / "whirr-keeper",
            ],
            stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        # The log says it, but a file has no event for it; whirrctl waits for the daemon by itself.
        while self.process.poll() is None and time.monotonic() < deadline:
            if subprocess.run([PROGRAMS / "whirrctl", "--socket", self.socket, "status"], capture_output=True).returncode == 0:
                return
        raise RuntimeError((place / "log").read_text())

    def ctl(self, *words):
        return say(PROGRAMS / "whirrctl", *words, WHIRR_SOCKET=str(self.socket), XDG_DATA_HOME=str(self.place / "data"))

    def stop(self):
        live = self.ctl("status", "--json")
        for job in json.loads(live)["jobs"]:
            self.ctl("cancel", "--wait", str(job["id"]))
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        self._log.close()


@pytest.fixture(scope="session")
def queue(tmp_path_factory):
    """A daemon with one job that has ended, one that runs and one that waits."""
    place = tmp_path_factory.mktemp("whirr")
    daemon = Daemon(place)
    os.chdir(place)
    script = """
        echo '{"_idx":0,"_timestamp":"2026-01-31T23:59:59.123Z","step":0,"loss":0.5,"val":{"acc":0.9}}' >"$WHIRR_RUN_DIR/metrics.jsonl"
        mkdir -p "$WHIRR_RUN_DIR/artifacts/best" && echo weights >"$WHIRR_RUN_DIR/artifacts/best/model.pt"
    """
    daemon.ctl("submit", "-w", "-n", "it's: done", "-t", "sweep:lr,paper", "--", "sh", "-c", script)
    daemon.ctl("submit", "-n", "goes on", "--", "sleep", "1000")
    daemon.ctl("submit", "-n", "waits", "-t", "later", "--", "true")
    while daemon.ctl("status", "2", "--json").find('"state":"running"') < 0:
        assert daemon.process.poll() is None
    yield daemon
    daemon.stop()
