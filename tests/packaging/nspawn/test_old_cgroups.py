"""A machine whose systemd uses cgroup v1: what needs no limit by cgroup works as everywhere, and such a limit is refused in words."""

import pytest

from conftest import index
from jobs import Jobs
from machine import Machine


@pytest.fixture(scope="module")
def old(root, packages, request):
    index(packages)
    with Machine("whirr-old", packages, unified=False) as booted:
        booted.run("apt-get", "update", "-qq")
        booted.run("apt-get", "install", "-y", "-qq", "whirr", limit=180)
        yield booted
        booted.keep_log(request.session.testsfailed)


def test_a_job_outlives_restarts_of_whirrd_and_is_not_in_its_unit(old):
    jobs = Jobs(old)
    assert old.run("test", "-e", "/sys/fs/cgroup/cgroup.controllers", check=False).returncode != 0
    job, pid = jobs.submit_waiting(44)
    groups = old.out("cat", f"/proc/{pid}/cgroup")
    assert "whirr-jobs.service" in groups and "whirrd.service" not in groups
    old.run("systemctl", "restart", "whirrd")
    assert jobs.is_alive(pid)
    jobs.release(job)
    assert jobs.ends_with(job) == 44


def test_a_limit_of_memory_is_refused_with_the_reason(old):
    refused = old.run("whirrctl", "submit", "--memory", "1G", "--", "true", user="alice", check=False)
    assert refused.returncode != 0
    assert "memory cannot be limited on this machine" in refused.stderr and "cgroup" in refused.stderr, refused.stderr
