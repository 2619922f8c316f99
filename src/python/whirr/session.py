"""The current run of the process, for scripts that do not hand a run around."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Mapping, Optional, Sequence, Union

from whirr.run import Run

if TYPE_CHECKING:
    from pathlib import Path

_current: Optional[Run] = None


def init(
    name: Optional[str] = None,
    config: Any = None,
    tags: Optional[Sequence[str]] = None,
    system_metrics: bool = True,
    capture_git: bool = True,
    capture_pip: bool = True,
) -> Run:
    """Begins a run and makes it the current one.

    `config`: a dict, argparse.Namespace or dataclass that JSON can hold. `system_metrics`: sample processors, memory and GPUs every 10 s.
    `capture_git`: record commit, branch, remote and the diff of what is changed. `capture_pip`: record the installed packages.
    A current run that has not ended is ended first, as `completed`: a loop over settings that calls `init()` each time makes one run each.
    Raises TypeError or ValueError for a config that JSON cannot hold; never an error for want of a place.
    """
    global _current
    if _current is not None:
        _current.finish()
    _current = None
    _current = Run(name, config, tags, system_metrics, capture_git, capture_pip)
    return _current


def current_run() -> Optional[Run]:
    """The run that the last `init()` began; None when there is none or it has ended."""
    return _current if _current is not None and _current._end is None else None


def log(metrics: Mapping[str, Any], step: Optional[int] = None) -> None:
    """`Run.log()` on the current run."""
    _need("log").log(metrics, step)


def summary(metrics: Mapping[str, Any]) -> None:
    """`Run.summary()` on the current run."""
    _need("summary").summary(metrics)


def save_artifact(source_path: Union[str, os.PathLike[str]], artifact_name: Optional[str] = None) -> Path:
    """`Run.save_artifact()` on the current run."""
    return _need("save_artifact").save_artifact(source_path, artifact_name)


def alert(title: str, text: str = "", level: str = "warn") -> None:
    """`Run.alert()` on the current run."""
    _need("alert").alert(title, text, level)


def finish() -> None:
    """`Run.finish()` on the current run; nothing when there is none."""
    if _current is not None:
        _current.finish()


def _need(verb: str) -> Run:
    if _current is None:
        raise RuntimeError(f"whirr.{verb}() needs a run: call whirr.init() first")
    return _current
