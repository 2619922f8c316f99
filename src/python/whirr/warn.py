"""Warnings that never become exceptions: training goes on, whatever filters the user has set."""

from __future__ import annotations

import sys
import warnings
from typing import Set


class WhirrWarning(UserWarning):
    """Something could not be recorded, or not where it was wanted; the text says what happens instead."""


def warn(message: str) -> None:
    """Warns through `warnings`; on standard error where a filter makes warnings errors."""
    try:
        warnings.warn(f"whirr: {message}", WhirrWarning, stacklevel=_outside())
    except Exception:
        try:
            sys.stderr.write(f"whirr: {message}\n")
        except Exception:
            pass


def _outside() -> int:
    """How many calls up the code of the user is."""
    level = 2
    try:
        frame = sys._getframe(level)
        while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "whirr":
            frame = frame.f_back
            level += 1
    except ValueError:
        pass
    return level


class Once:
    """Warns once of each kind of trouble."""

    def __init__(self) -> None:
        self._told: Set[str] = set()

    def gone(self, run_dir: str) -> None:
        """The whole run directory was deleted: one warning, whichever file is missed first."""
        self("gone", f"the run directory {run_dir} was deleted; training goes on, and nothing more of this run is recorded")

    def __call__(self, kind: str, message: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            warn(message)
