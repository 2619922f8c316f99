"""A logger for PyTorch Lightning: `Trainer(logger=WhirrLogger())`."""

from __future__ import annotations

import argparse
from typing import Any, Dict, Optional, Sequence

from whirr.integrations.borrowed import BorrowedRun, fitting, numbers
from whirr.run import Run

try:
    from lightning.pytorch.loggers.logger import Logger
except ImportError:
    from pytorch_lightning.loggers.logger import Logger


class WhirrLogger(Logger):  # type: ignore[misc]
    """Writes metrics to a run. Without a run it begins one, named `name`, with the first hyperparameters as its configuration."""

    def __init__(self, run: Optional[Run] = None, name: Optional[str] = None, tags: Optional[Sequence[str]] = None) -> None:
        super().__init__()
        self._run = BorrowedRun(run, name, tags)
        self._hyperparameters: Dict[str, Any] = {}

    @property
    def experiment(self) -> Run:
        """The run."""
        return self._run.get(self._hyperparameters)

    @property
    def name(self) -> str:
        return "whirr"

    @property
    def version(self) -> str:
        return self.experiment.run_id

    @property
    def save_dir(self) -> str:
        return str(self.experiment.run_dir)

    def log_hyperparams(self, params: Any, *args: Any, **kwargs: Any) -> None:
        self._hyperparameters.update(fitting(vars(params) if isinstance(params, argparse.Namespace) else params))
        self.experiment.add_config(self._hyperparameters)

    def log_metrics(self, metrics: Dict[str, Any], step: Optional[int] = None) -> None:
        self.experiment.log(numbers(metrics), step=step)

    def finalize(self, status: str) -> None:
        self._run.finish(None if status in ("success", "finished") else RuntimeError(f"training ended as {status}"))
