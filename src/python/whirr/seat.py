"""Which run directory this process writes to, and in which role.

One process of a run is its recorder: it writes meta.json and config.json, samples the machine and says how the run ended. It is the one of
rank 0 that holds the lock of metrics.jsonl. Other ranks, children and second processes of a job write metrics files of their own beside it.
"""

from __future__ import annotations

import os
import sys
from typing import Mapping, NamedTuple, Optional

from whirr import meta, place, ranks, status
from whirr.place import Tell

_PARENT = "WHIRR_PARENT_RUN"


class Seat(NamedTuple):
    """What a process of a run is."""

    run_dir: str
    run_id: str
    is_job: bool
    is_new: bool
    is_child: bool
    ranks: ranks.Ranks

    @property
    def may_record(self) -> bool:
        return not self.is_child and (self.is_new or self.ranks.rank == 0)


def take(environment: Mapping[str, str], run_id: Optional[str], run_dir: Optional[str], is_job: bool, tell: Tell) -> Seat:
    """Finds or makes the run directory. Never an error: there is always a place, and a warning where it is not the wanted one."""
    who = ranks.find(environment)
    wanted = run_dir or (environment.get("WHIRR_RUN_DIR") if environment.get("WHIRR_JOB_ID") else None)
    if wanted:
        wanted = os.path.abspath(wanted)
        trouble = _prepare(wanted, may_make=run_dir is not None)
        if trouble is None:
            is_job = is_job or run_dir is None
            has_record = is_job or meta.read_meta(wanted) is not None
            return Seat(wanted, run_id or os.path.basename(wanted), is_job, is_new=not has_record, is_child=False, ranks=who)
        tell("run_dir", f"the run directory {wanted} {trouble}; this run goes to another place")

    parent = _run_of_parent(environment)
    if parent is not None:
        return Seat(parent, os.path.basename(parent), is_job=False, is_new=False, is_child=True, ranks=who)
    if who.size > 1:
        return _meet(environment, who, tell)
    return Seat(*place.make_run_directory(tell, run_id), is_job=False, is_new=True, is_child=False, ranks=who)


def announce(run_dir: str) -> None:
    """Lets the children that multiprocessing starts afresh find the run of this process."""
    os.environ[_PARENT] = f"{os.getpid()}:{run_dir}"


def withdraw(run_dir: str) -> None:
    """Takes the announcement back."""
    if os.environ.get(_PARENT) == f"{os.getpid()}:{run_dir}":
        del os.environ[_PARENT]


def inherit(run_dir: str) -> None:
    """After a fork: a run that this process begins joins the one of its parent."""
    global _inherited
    _inherited = run_dir


_inherited: Optional[str] = None


def _prepare(run_dir: str, may_make: bool) -> Optional[str]:
    if may_make:
        try:
            os.makedirs(run_dir, exist_ok=True)
        except OSError as error:
            return f"cannot be made ({error.strerror})"
    return place.why_unusable(run_dir)


def _run_of_parent(environment: Mapping[str, str]) -> Optional[str]:
    """The run of the process that forked this one or started it by multiprocessing; None when it has none, or this is no such child."""
    if _inherited is not None:
        return _inherited
    module = sys.modules.get("multiprocessing.process")
    parent = module.parent_process() if module is not None else None
    pid, _, run_dir = environment.get(_PARENT, "").partition(":")
    return run_dir if parent is not None and str(parent.pid) == pid and os.path.isdir(run_dir) else None


def _meet(environment: Mapping[str, str], who: ranks.Ranks, tell: Tell) -> Seat:
    runs = next(place.runs_directories(tell), None)
    key = ranks.key_of(environment)
    if who.rank > 0 and runs is not None:
        run_id = ranks.wait_for(runs, key, status.is_running)
        if run_id is None:
            tell("ranks", f"rank 0 made no run within {ranks.WAIT_SECONDS:.0f} s; rank {who.rank} goes on without it")
            ranks.withdraw(runs, key)
        else:
            return Seat(os.path.join(runs, run_id), run_id, is_job=False, is_new=False, is_child=False, ranks=who)

    run_dir, made_id = place.make_run_directory(tell)
    if runs is not None and os.path.dirname(run_dir) == runs:
        try:
            if not ranks.publish(runs, key, made_id, only_if_absent=who.rank > 0):
                os.rmdir(run_dir)
                made_id = ranks.wait_for(runs, key, status.is_running) or made_id
                return Seat(os.path.join(runs, made_id), made_id, is_job=False, is_new=False, is_child=False, ranks=who)
        except OSError as error:
            tell("ranks", f"the other ranks cannot be told of {run_dir} ({error.strerror}); they make runs of their own")
    return Seat(run_dir, made_id, is_job=False, is_new=True, is_child=False, ranks=who)
