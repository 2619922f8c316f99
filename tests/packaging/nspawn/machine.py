"""A Debian 12 with real systemd in systemd-nspawn: a fresh one in seconds, and nothing of it stays behind."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[3]
ARTIFACTS = CHECKOUT / "artifacts" / "packaging"
ROOT = ARTIFACTS / "root"


def eventually(fact, what, limit=30.0):
    """Waits until fact() is true, and returns what it returned."""
    end = time.monotonic() + limit
    while True:
        found = fact()
        if found:
            return found
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not so within {limit:.0f} s")
        time.sleep(0.02)


class Machine:
    """One boot. Its files are a layer over the root that make-root has made; leaving the `with` block takes all of it away."""

    def __init__(self, name, packages, unified=True, log=None):
        self.name = name
        self._packages = packages
        self._unified = unified
        self._log_path = log or ARTIFACTS / f"{name}.log"
        self._process = None
        self._place = None
        self.leader = None

    def __enter__(self):
        self._place = Path(tempfile.mkdtemp(prefix="whirr-nspawn-"))
        try:
            self._boot()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(self, *_):
        if self._process and self._process.poll() is None:
            # SIGTERM lets it shut down in good order; a second one, or SIGKILL, would not wait.
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                if self.leader:
                    os.kill(self.leader, signal.SIGKILL)
                self._process.kill()
                self._process.wait(20)
        if self._place:
            merged = self._place / "root"
            if os.path.ismount(merged):
                subprocess.run(["umount", str(merged)], check=True)
            shutil.rmtree(self._place)

    def _boot(self):
        for directory in ("upper", "work", "root"):
            (self._place / directory).mkdir()
        self._place.chmod(0o755)
        root = self._place / "root"
        layers = f"lowerdir={ROOT},upperdir={self._place}/upper,workdir={self._place}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", layers, str(root)], check=True)
        (root / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/packages ./\n")
        command = [
            "systemd-nspawn", "--quiet", f"--directory={root}", "--boot", "--private-network", "--register=no", "--keep-unit",
            f"--machine={self.name}", "--console=pipe", f"--bind-ro={self._packages}:/packages",
        ]
        command += [f"--bind-ro={path}" for path in os.environ.get("WHIRR_NSPAWN_BIND", "").split(":") if path]
        environment = dict(os.environ, SYSTEMD_NSPAWN_UNIFIED_HIERARCHY="1" if self._unified else "0")
        with open(self._log_path, "w") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=environment)
        self.leader = eventually(self._find_leader, "the machine has a first process")
        eventually(lambda: self.run("systemctl", "is-system-running", check=False).stdout.strip() in ("running", "degraded"), "the machine is up", 60)

    def _find_leader(self):
        if self._process.poll() is not None:
            raise RuntimeError(f"systemd-nspawn ended with {self._process.returncode}:\n{self._log_path.read_text()[-2000:]}")
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        # Before it has become init, its namespaces are not all there yet.
        return int(children[0]) if children and Path(f"/proc/{children[0]}/comm").read_text().strip() == "systemd" else None

    def _enter(self, user):
        enter = ["nsenter", f"--target={self.leader}", "--all", "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
        return enter + ["HOME=/root", "DEBIAN_FRONTEND=noninteractive"] if user is None else enter + [
            "setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", "--reset-env", "env", f"--chdir=/home/{user}", f"XDG_RUNTIME_DIR=/run/user/{self.uid(user)}",
        ]

    @staticmethod
    def uid(user):
        return {"alice": 1000, "bob": 1001}[user]

    def start(self, *command, user=None):
        """Starts a command in it: as root, or as one of its users, in their home."""
        return subprocess.Popen([*self._enter(user), *command], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, *command, user=None, check=True, limit=120):
        """Runs a command in it to its end."""
        done = subprocess.run([*self._enter(user), *command], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=limit, check=False)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done

    def out(self, *command, user=None):
        """What a command says that must succeed."""
        return self.run(*command, user=user).stdout.strip()

    def property(self, unit, name, *options, user=None):
        """A property of a unit, as systemctl show has it."""
        return self.out("systemctl", *options, "show", "--value", "-p", name, unit, user=user)

    def keep_log(self, is_wanted):
        """Keeps what explains a failure: journal and console. Otherwise neither stays behind."""
        if is_wanted:
            self._log_path.with_suffix(".journal").write_text(self.journal())
        else:
            self._log_path.unlink()

    def journal(self):
        """Everything that its services have said."""
        return self.run("journalctl", "--no-pager", "-b", "-o", "short-precise", check=False).stdout
