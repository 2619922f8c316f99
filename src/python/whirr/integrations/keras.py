"""A callback for Keras: `model.fit(..., callbacks=[WhirrCallback()])`."""

from __future__ import annotations

from typing import Any, Dict, Optional

from whirr.integrations.borrowed import BorrowedRun, numbers
from whirr.run import Run

try:
    from keras.callbacks import Callback
except ImportError:
    from tensorflow.keras.callbacks import Callback


class WhirrCallback(Callback):  # type: ignore[misc]
    """Logs each epoch, and every `log_every` batches where that is given. Without a run it begins one."""

    def __init__(self, run: Optional[Run] = None, log_every: Optional[int] = None) -> None:
        """`log_every`: batches; their metrics are named `batch/...`, with the count of batches as `batch`."""
        super().__init__()
        self._run = BorrowedRun(run)
        self._log_every = log_every
        self._batches = 0

    def on_train_begin(self, logs: Optional[Dict[str, Any]] = None) -> None:
        self._run.get(getattr(self, "params", None))

    def on_train_batch_end(self, batch: int, logs: Optional[Dict[str, Any]] = None) -> None:
        self._batches += 1
        if self._log_every and self._batches % self._log_every == 0:
            found = {f"batch/{name}": value for name, value in numbers(logs).items()}
            self._run.get().log({"batch": self._batches, **found})

    def on_epoch_end(self, epoch: int, logs: Optional[Dict[str, Any]] = None) -> None:
        self._run.get().log(numbers(logs), step=epoch)

    def on_train_end(self, logs: Optional[Dict[str, Any]] = None) -> None:
        found = numbers(logs)
        if found:
            self._run.get().summary(found)
        self._run.finish()
