"""Names in a run directory; the same as `src/Whirr.Runs/RunFiles.cs`."""

META = "meta.json"
CONFIG = "config.json"
METRICS = "metrics.jsonl"
SYSTEM = "system.jsonl"
ALERTS = "alerts.jsonl"
LOCK = "run.lock"
DIFF = "git.diff"
REQUIREMENTS = "requirements.txt"
ARTIFACTS = "artifacts"
CHECKPOINTS = "checkpoints"


def metrics_of_rank(rank: int) -> str:
    """The metrics file of a rank of a distributed run; rank 0 writes the run's own file."""
    return METRICS if rank == 0 else f"metrics.rank{rank}.jsonl"


def metrics_of_process(pid: int) -> str:
    """The metrics file of a process that found the run's own file in the hands of another process."""
    return f"metrics.pid{pid}.jsonl"
