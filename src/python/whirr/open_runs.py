"""The runs of this process that have not ended: they end with the process, and a forked child knows them as its parent's."""

from __future__ import annotations

import atexit
import os
from typing import TYPE_CHECKING, Set

from whirr import ending

# What is called in a forked child is called in the order in which it is registered: locks and files are let go before runs forget them.
from whirr import lines, lock  # noqa: F401

if TYPE_CHECKING:
    from whirr.run import Run

_runs: Set[Run] = set()
_is_watching = False


def add(run: Run) -> None:
    """From now on the end of the process ends this run."""
    global _is_watching
    ending.watch()
    if not _is_watching:
        _is_watching = True
        atexit.register(_finish_all)
    _runs.add(run)


def discard(run: Run) -> None:
    """It has ended."""
    _runs.discard(run)


def _finish_all() -> None:
    end = ending.of_process()
    for run in list(_runs):
        run._finish(end)


def _become_children() -> None:
    for run in list(_runs):
        run._become_child()


os.register_at_fork(after_in_child=_become_children)
