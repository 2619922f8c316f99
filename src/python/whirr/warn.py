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
        warnings.warn(f"whirr: {message}", WhirrWarning, stacklevel=3)
    except Exception:
        try:
            sys.stderr.write(f"whirr: {message}\n")
        except Exception:
            pass


class Once:
    """Warns once of each kind of trouble."""

    def __init__(self) -> None:
        self._told: Set[str] = set()

    def __call__(self, kind: str, message: str) -> None:
        if kind not in self._told:
            self._told.add(kind)
            warn(message)
