"""Tracks experiments with three lines and no server: `run = whirr.init(...)`, `run.log({...}, step=n)`, `run.finish()`."""

from whirr.run import Run, read_meta, read_metrics, read_status
from whirr.session import alert, current_run, finish, init, log, save_artifact, summary
from whirr.version import __version__
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
