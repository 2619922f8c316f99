"""Metrics of a process that is not the first of its run, in a file beside the run's own."""

from __future__ import annotations

from typing import Any, Callable, Dict

from whirr.metrics import MetricsWriter


class BesideWriter:
    """Says with its first line that it goes to another file than the run's own; then the writer itself takes its place."""

    def __init__(self, writer: MetricsWriter, announce: Callable[[MetricsWriter], None]) -> None:
        self._writer, self._announce = writer, announce

    def log(self, metrics: Dict[str, Any], step: Any) -> None:
        """The first line."""
        self._announce(self._writer)
        self._writer.log(metrics, step)

    def close(self) -> None:
        """Ends without a line."""
        self._writer.close()
