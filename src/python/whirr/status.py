"""What a run is doing, told from its record and from the proof of life of its process."""

from __future__ import annotations

import os
from typing import Optional, Union

from whirr import files, lock
from whirr.meta import read_meta


def read_status(run_dir: Union[str, os.PathLike[str]], now: Optional[float] = None) -> Optional[str]:
    """`running`, `completed`, `failed`, `cancelled` or `lost`; None when there is no record.

    A run whose record says `running` and whose lock nobody holds is `lost`: its process, or the keeper of the job, was killed, or its machine
    went down. The run of a job without a lock file, as keepers of the first release leave it, is taken at its word. `now`: seconds since
    1970, for lock files of other machines.
    """
    directory = os.fspath(run_dir)
    record = read_meta(directory)
    if record is None:
        return None
    may_be_lost = "job_id" not in record or os.path.exists(os.path.join(directory, files.LOCK))
    if record.get("status") == "running" and may_be_lost and not lock.is_alive(directory, now):
        # It may have ended between the two looks; the record is written before the lock is let go.
        record = read_meta(directory) or record
        return "lost" if record.get("status") == "running" else str(record.get("status"))
    return str(record.get("status", "running"))


def is_running(run_dir: str) -> bool:
    """Whether a run is alive."""
    return read_status(run_dir) == "running"
