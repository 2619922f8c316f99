"""What a run is doing, told from its record and from the proof of life of its process."""

from __future__ import annotations

import os
from typing import Optional, Union

from whirr import lock
from whirr.meta import read_meta


def read_status(run_dir: Union[str, os.PathLike[str]], now: Optional[float] = None) -> Optional[str]:
    """`running`, `completed`, `failed`, `cancelled` or `lost`; None when there is no record.

    A local run whose record says `running` and whose lock nobody holds is `lost`: its process was killed or its machine went down. For
    the run of a job the record is taken at its word, since the queue knows. `now`: seconds since 1970, for lock files of other machines.
    """
    directory = os.fspath(run_dir)
    record = read_meta(directory)
    if record is None:
        return None
    if record.get("status") == "running" and "job_id" not in record and not lock.is_alive(directory, now):
        # It may have ended between the two looks; the record is written before the lock is let go.
        record = read_meta(directory) or record
        return "lost" if record.get("status") == "running" else str(record.get("status"))
    return str(record.get("status", "running"))


def is_running(run_dir: str) -> bool:
    """Whether a local run is alive."""
    return read_status(run_dir) == "running"
