"""Which process of a distributed training this is, from the variables that its launcher sets, and where its ranks meet.

In a job all ranks have the job's run directory. Outside one, rank 0 makes the run and leaves its id in `.ranks/<key>` beside the runs;
the others read it there. The key is made of what all ranks of one launch have in common and other launches have not.
"""

from __future__ import annotations

import os
import time
from typing import Callable, Mapping, NamedTuple, Optional

WAIT_SECONDS = 30.0
"""How long a rank waits for rank 0 to make the run. After that the first of those that wait makes it."""

_PAUSE_SECONDS = 0.02
_EARLIER_SECONDS = 5.0
_KEPT_SECONDS = 86400.0
_RANKS = ("RANK", "SLURM_PROCID", "OMPI_COMM_WORLD_RANK", "PMI_RANK", "LOCAL_RANK")
_SIZES = ("WORLD_SIZE", "SLURM_NTASKS", "OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "LOCAL_WORLD_SIZE")


class Ranks(NamedTuple):
    """`rank` is 0..size-1; 0 and 1 where nothing is distributed."""

    rank: int
    size: int


def find(environment: Mapping[str, str]) -> Ranks:
    """The rank and the number of ranks. The first variable that is set decides, and its size is the one of the same launcher."""
    for rank_name, size_name in zip(_RANKS, _SIZES):
        rank = _number(environment.get(rank_name))
        if rank is not None:
            size = _number(environment.get(size_name))
            return Ranks(rank, max(size or 1, rank + 1))
    return Ranks(0, 1)


def key_of(environment: Mapping[str, str]) -> str:
    """The meeting place of one launch: 24 hex digits."""
    import hashlib

    get = environment.get
    parts = []
    for names in (
        ("TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT", "MASTER_ADDR", "MASTER_PORT"),
        ("SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_STEPID", "SLURM_RESTART_COUNT"),
        ("PMIX_NAMESPACE", "OMPI_MCA_ess_base_jobid"),
        ("MASTER_ADDR", "MASTER_PORT"),
    ):
        if get(names[0]):
            parts = [f"{name}={get(name, '')}" for name in names]
            break
    # Where all ranks are on this machine they are children of one launcher, which tells apart launches that have the same port.
    if not parts or ("LOCAL_WORLD_SIZE" in environment and get("LOCAL_WORLD_SIZE") == get("WORLD_SIZE")):
        parts.append(f"parent={os.getppid()}@{started_at(os.getppid())}")
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:24]


def publish(runs: str, key: str, run_id: str, only_if_absent: bool = False) -> bool:
    """Says which run the ranks of a key belong to. False when another did so first. Raises OSError."""
    directory = os.path.join(runs, ".ranks")
    os.makedirs(directory, exist_ok=True)
    _forget_old(directory)
    temporary = os.path.join(directory, f".{key}.{os.getpid()}")
    path = os.path.join(directory, key)
    with open(temporary, "w", encoding="ascii") as file:
        file.write(run_id + "\n")
    try:
        if only_if_absent:
            os.link(temporary, path)
            os.unlink(temporary)
        else:
            os.rename(temporary, path)
        return True
    except FileExistsError:
        os.unlink(temporary)
        return False


def wait_for(runs: str, key: str, is_live: Callable[[str], bool], seconds: float = WAIT_SECONDS) -> Optional[str]:
    """The id of the run that rank 0 made; None when it made none in time.

    An entry of an earlier launch with the same key is not taken for ours: its run must be alive, or the entry must not be older than
    this process.
    """
    path = os.path.join(runs, ".ranks", key)
    deadline = time.monotonic() + seconds
    oldest = _own_start() - _EARLIER_SECONDS
    while True:
        try:
            with open(path, encoding="ascii") as file:
                run_id = file.read(256).strip()
                written = os.fstat(file.fileno()).st_mtime
            if run_id and "/" not in run_id and (written >= oldest or is_live(os.path.join(runs, run_id))):
                return run_id
        except (OSError, UnicodeDecodeError):
            pass
        if time.monotonic() >= deadline:
            return None
        time.sleep(_PAUSE_SECONDS)


def withdraw(runs: str, key: str) -> None:
    """Removes the entry of an earlier launch."""
    try:
        os.unlink(os.path.join(runs, ".ranks", key))
    except OSError:
        pass


def started_at(pid: int) -> int:
    """When a process started, in clock ticks after boot (proc(5), field 22 of stat); 0 when it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return int(file.read().rpartition(b")")[2].split()[19])
    except (OSError, IndexError, ValueError):
        return 0


def _own_start() -> float:
    age = time.clock_gettime(time.CLOCK_BOOTTIME) - started_at(os.getpid()) / os.sysconf("SC_CLK_TCK")
    return time.time() - age


def _forget_old(directory: str) -> None:
    try:
        with os.scandir(directory) as entries:
            for entry in entries:
                if time.time() - entry.stat(follow_symlinks=False).st_mtime > _KEPT_SECONDS:
                    os.unlink(entry.path)
    except OSError:
        pass


def _number(text: Optional[str]) -> Optional[int]:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else None
