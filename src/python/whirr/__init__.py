"""Tracks experiments with three lines and no server: `run = whirr.init(...)`, `run.log({...}, step=n)`, `run.finish()`.

The modules are imported when a name of theirs is first used (PEP 562): a script that may track, and does not, pays nothing.
"""

from __future__ import annotations

from whirr.version import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List

    from whirr.run import Run, read_meta, read_metrics, read_status
    from whirr.session import alert, current_run, finish, init, log, save_artifact, summary
    from whirr.warn import WhirrWarning

__all__ = [
    "Run",
    "WhirrWarning",
    "__version__",
    "alert",
    "current_run",
    "finish",
    "init",
    "log",
    "read_meta",
    "read_metrics",
    "read_status",
    "save_artifact",
    "summary",
]

_HOMES = {
    "run": ("Run", "read_meta", "read_metrics", "read_status"),
    "session": ("alert", "current_run", "finish", "init", "log", "save_artifact", "summary"),
    "warn": ("WhirrWarning",),
}
_MODULES = ("client", "tensorboard", *_HOMES)


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name in _MODULES:
        return import_module(f"whirr.{name}")
    for home, names in _HOMES.items():
        if name in names:
            value = getattr(import_module(f"whirr.{home}"), name)
            globals()[name] = value
            return value
    raise AttributeError(f"module 'whirr' has no attribute {name!r}")


def __dir__() -> List[str]:
    return sorted({*globals(), *__all__, *_MODULES})
