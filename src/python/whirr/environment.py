"""Collects what git and the installed packages tell, in a thread beside the training."""

from __future__ import annotations

import threading
from typing import Any, Callable, Dict, Optional

from whirr import files, gitinfo, machine, meta, packages


def start(
    run_dir: str, with_git: bool, with_packages: bool, merge: Callable[[Dict[str, Any]], None], tell: Callable[[str, str], None]
) -> threading.Thread:
    """Starts the thread, a daemon. It merges `git_info` into meta.json and writes git.diff and requirements.txt."""
    # The script may change to another directory while git is asked.
    directory = machine.workdir()

    def collect() -> None:
        if with_git:
            _collect_git(directory, run_dir, merge)
        if with_packages:
            lines = packages.freeze()
            if lines:
                meta.replace(run_dir, files.REQUIREMENTS, ("\n".join(lines) + "\n").encode("utf-8"))

    def run() -> None:
        try:
            collect()
        except OSError as error:
            tell("environment", f"what git and the packages tell could not be kept in {run_dir} ({error.strerror})")
        except Exception as error:
            tell("environment", f"git and the packages could not be asked ({type(error).__name__}: {error})")

    thread = threading.Thread(target=run, name="whirr-environment", daemon=True)
    thread.start()
    return thread


def _collect_git(directory: Optional[str], run_dir: str, merge: Callable[[Dict[str, Any]], None]) -> None:
    info, diff = gitinfo.collect(directory) if directory else (None, b"")
    if info:
        if diff:
            meta.replace(run_dir, files.DIFF, diff)
        merge({"git_info": info})
