"""The run that a callback writes to: one it was given, the current one, or one of its own that it ends itself."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

from whirr import session, values
from whirr.run import Run


class BorrowedRun:
    """Finds the run when it is first needed, so that the script may call `whirr.init()` after it made the callback."""

    def __init__(self, run: Optional[Run], name: Optional[str] = None, tags: Optional[Sequence[str]] = None) -> None:
        self._run = run
        self._name = name
        self._tags = tags
        self._is_own = False

    def get(self, config: Any = None) -> Run:
        """The run. `config` is that of a run made here."""
        if self._run is None:
            self._run = session.current_run()
        if self._run is None:
            self._run = session.init(self._name, fitting(config), self._tags)
            self._is_own = True
        return self._run

    def finish(self, failed: Optional[BaseException] = None) -> None:
        """Ends the run if it was made here."""
        if self._is_own and self._run is not None:
            self._run.__exit__(type(failed) if failed else None, failed, None)


def fitting(config: Any) -> Dict[str, Any]:
    """What frameworks know about a training holds objects of theirs; those become their text."""
    if config is None:
        return {}
    found = config if isinstance(config, dict) else vars(config)
    plain = values.plain({str(key): value for key, value in found.items()}, lambda _: None)
    return dict(plain)


def numbers(metrics: Optional[Dict[str, Any]]) -> Dict[str, Any]:
    """The metrics of a framework that are numbers."""
    found = {}
    for name, value in (metrics or {}).items():
        if isinstance(value, (bool, int, float)):
            found[str(name)] = value
            continue
        try:
            number = values.scalar_of(value)
        except TypeError:
            continue
        if isinstance(number, (bool, int, float)):
            found[str(name)] = number
    return found
