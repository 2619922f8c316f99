"""Jobs of the users of a machine."""

import json

from machine import eventually


class Jobs:
    def __init__(self, machine):
        self.machine = machine

    def submit(self, script, user="alice", *options, environment=()):
        """Submits a shell script; returns the id of its job."""
        return int(self.machine.out("env", *environment, "whirrctl", "submit", "-q", *options, "--", "/bin/sh", "-c", script, user=user))

    def status(self, job, user="alice"):
        return json.loads(self.machine.out("whirrctl", "status", str(job), "--json", user=user))

    def state(self, job):
        return self.status(job)["state"]

    def pid(self, job):
        """The process of a job that runs: its script has written it to a file in its home."""
        path = f"/home/alice/{job}.pid"
        eventually(lambda: self.state(job) == "running", f"job {job} runs")
        return int(eventually(lambda: self.machine.run("cat", path, check=False).stdout.strip(), f"job {job} says its process"))

    def submit_waiting(self, exit_code, user="alice"):
        """A job that waits for a file and then ends with a code of its own; returns its id and its process."""
        job = self.submit(f'echo $$ > ~/"$WHIRR_JOB_ID".pid; while ! [ -e ~/"$WHIRR_JOB_ID".go ]; do sleep 0.1; done; exit {exit_code}', user)
        return job, self.pid(job)

    def release(self, job):
        self.machine.run("touch", f"/home/alice/{job}.go", user="alice")

    def ends_with(self, job, user="alice"):
        """The exit code of a job, when it has ended."""
        return self.machine.run("whirrctl", "wait", str(job), user=user, check=False).returncode

    def is_alive(self, pid):
        return self.machine.run("kill", "-0", str(pid), check=False).returncode == 0
