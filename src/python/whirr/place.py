"""Where the directory of a local run goes: the project, else the user's data directory, else a temporary directory. Never an error."""

from __future__ import annotations

import os
import stat
import time
from typing import Callable, Iterator, Optional, Tuple

Tell = Callable[[str, str], None]


def new_run_id() -> str:
    """`local-<UTC yyyyMMdd-HHmmss>-<6 hex digits>`."""
    return f"local-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{os.urandom(3).hex()}"


def runs_directories(tell: Tell) -> Iterator[str]:
    """Directories of runs to try, in order; each exists when it is given out."""
    project = find_project()
    if project is not None:
        trouble = why_unusable(project)
        runs = os.path.join(project, "runs")
        if trouble is None and os.path.lexists(runs):
            trouble = why_unusable(runs)
        if trouble is None and _try_make(runs):
            yield runs
        else:
            tell("project", f"{project} {trouble or 'cannot be written'}; the run goes into your data directory")

    data = os.environ.get("XDG_DATA_HOME", "")
    if not os.path.isabs(data):
        data = os.path.join(os.path.expanduser("~"), ".local", "share")
    if os.path.isabs(data):
        runs = os.path.join(data, "whirr", "runs")
        if _try_make(runs) and os.access(runs, os.W_OK | os.X_OK, effective_ids=True):
            yield runs


def find_project() -> Optional[str]:
    """The nearest `.whirr` directory at or above the working directory; None when there is none."""
    try:
        at = os.getcwd()
    except OSError:
        return None
    while True:
        candidate = os.path.join(at, ".whirr")
        if os.path.isdir(candidate):
            return candidate
        above = os.path.dirname(at)
        if above == at:
            return None
        at = above


def why_unusable(directory: str) -> Optional[str]:
    """Why a directory is no place for our runs, as the rest of a sentence; None when it is one.

    One that belongs to somebody else is not used: they could read and change what is put there.
    """
    try:
        facts = os.stat(directory)
    except OSError as error:
        return f"cannot be used ({error.strerror})"
    if not stat.S_ISDIR(facts.st_mode):
        return "is not a directory"
    if facts.st_uid not in (os.geteuid(), 0):
        return f"belongs to another user (uid {facts.st_uid})"
    if not os.access(directory, os.W_OK | os.X_OK, effective_ids=True):
        return "cannot be written"
    return None


def make_run_directory(tell: Tell, run_id: Optional[str] = None) -> Tuple[str, str]:
    """Makes the directory of a new run and returns the directory and the run id."""
    for runs in runs_directories(tell):
        try:
            return _make_in(runs, run_id)
        except OSError as error:
            tell("runs", f"{runs} takes no run ({error.strerror})")

    import tempfile

    try:
        runs = tempfile.mkdtemp(prefix="whirr-")
        made = _make_in(runs, run_id)
        tell("temporary", f"no directory for runs can be written; this run is in {made[0]}, which may not last")
        return made
    except OSError as error:
        name = run_id or new_run_id()
        tell("nowhere", f"no directory can be written ({error.strerror}); training goes on and this run is not recorded")
        return os.path.join("/nonexistent", name), name


def _make_in(runs: str, wanted: Optional[str]) -> Tuple[str, str]:
    while True:
        run_id = wanted or new_run_id()
        path = os.path.join(runs, run_id)
        try:
            os.mkdir(path)
            return path, run_id
        except FileExistsError:
            if wanted is not None:
                raise


def _try_make(directory: str) -> bool:
    try:
        os.makedirs(directory, exist_ok=True)
        return True
    except OSError:
        return False
