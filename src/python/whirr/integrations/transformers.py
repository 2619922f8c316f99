"""A callback for the Trainer of Hugging Face: `Trainer(..., callbacks=[WhirrCallback()])`."""

from __future__ import annotations

from typing import Any, Dict, Optional

from transformers import TrainerCallback

from whirr.integrations.borrowed import BorrowedRun, numbers
from whirr.run import Run


class WhirrCallback(TrainerCallback):  # type: ignore[misc]
    """Logs what the Trainer logs, with its global step. Without a run it begins one, with the training arguments as configuration."""

    def __init__(self, run: Optional[Run] = None) -> None:
        self._run = BorrowedRun(run)

    def on_train_begin(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if state.is_world_process_zero:
            self._run.get(args.to_dict() if hasattr(args, "to_dict") else args)

    def on_log(self, args: Any, state: Any, control: Any, logs: Optional[Dict[str, Any]] = None, **kwargs: Any) -> None:
        found = numbers(logs)
        if state.is_world_process_zero and found:
            self._run.get().log(found, step=state.global_step)

    def on_train_end(self, args: Any, state: Any, control: Any, **kwargs: Any) -> None:
        if not state.is_world_process_zero:
            return
        summary = numbers({"best_metric": state.best_metric, "global_step": state.global_step, "epoch": state.epoch})
        self._run.get().summary(summary)
        self._run.finish()
