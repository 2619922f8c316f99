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

    def submit_waiting(self, exit_code):
        """A job of alice's that waits until it is released and then ends with a code of its own; returns its id and its process."""
        # At a pipe, so that a job that waits takes no processor time.
        script = 'cd; rm -f $WHIRR_JOB_ID.go; mkfifo $WHIRR_JOB_ID.go; echo $$ > $WHIRR_JOB_ID.pid; read line < $WHIRR_JOB_ID.go'
        job = self.submit(f"{script}; exit {exit_code}")
        return job, self.pid(job)

    def release(self, job):
        self.machine.run("sh", "-c", f"echo go > /home/alice/{job}.go", user="alice")

    def ends_with(self, job, user="alice"):
        """The exit code of a job, when it has ended."""
        return self.machine.run("whirrctl", "wait", str(job), user=user, check=False).returncode

    def is_alive(self, pid):
        return self.machine.run("kill", "-0", str(pid), check=False).returncode == 0
