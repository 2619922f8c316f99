"""`metrics.jsonl`: a JSON object a line, `{"_idx": 0, "_timestamp": "...Z", "step": 0, "loss": 2.34}` (the Python API of whirr)."""

from __future__ import annotations

import json
import os
import time
from json import encoder
from typing import Any, Callable, Dict, List, Optional, Union

from whirr import files, values
from whirr.lines import LineFile
from whirr.warn import Once


def _make_encoder() -> Callable[[Dict[str, Any]], str]:
    """JSONEncoder builds its C part anew for each call, which is half of its time; here it is built once, where it can be.

    Without a check for values that contain themselves: those end as RecursionError.
    """
    try:
        internals: Any = encoder
        quote = internals.encode_basestring_ascii
        parts = internals.c_make_encoder(None, values.scalar_of, quote, None, ": ", ", ", False, False, False)

        def encode(metrics: Dict[str, Any]) -> str:
            return "".join(parts(metrics, 0))

        if encode({"a": 0.5, "b": {}}) == '{"a": 0.5, "b": {}}':
            return encode
    except Exception:
        pass
    return json.JSONEncoder(allow_nan=False, default=values.scalar_of).encode


_encode = _make_encoder()
_MOST_BRACKETS = values.MOST_NESTED


class MetricsWriter:
    """Writes one line for each `log()`. Costs a few microseconds; safe with threads and in signal handlers."""

    def __init__(self, file: LineFile, warn_once: Once) -> None:
        self._file = file
        self._guard = file.guard
        self._warn_once = warn_once
        self._second = -1
        self._second_text = ""

    def log(self, metrics: Dict[str, Any], step: Any) -> None:
        """Appends a line. A member `step` of `metrics` replaces the argument; members that are None are left out."""
        try:
            body = _encode(metrics)
            if (
                "step" in metrics
                or "_idx" in metrics
                or "_timestamp" in metrics
                or "null" in body
                or "\\ud" in body
                or body.count("{") + body.count("[") > _MOST_BRACKETS
                or (step is not None and type(step) is not int)
            ):
                body, step = self._encode_slowly(metrics, step)
        except (ValueError, TypeError, RuntimeError, OverflowError):
            body, step = self._encode_slowly(metrics, step)

        file = self._file
        with self._guard:
            now = time.time()
            second = int(now)
            if second != self._second:
                self._second_text = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
                self._second = second
            index = file.next_index
            file.next_index = index + 1
            step_text = "" if step is None else f', "step": {step}'
            rest = f", {body[1:]}" if len(body) > 2 else "}"
            line = f'{{"_idx": {index}, "_timestamp": "{self._second_text}.{int((now - second) * 1000):03d}Z"{step_text}{rest}\n'
            if not file.append(line.encode("ascii"), now) and file.next_index == index + 1:
                file.next_index = index

    def close(self) -> None:
        """Closes the file."""
        self._file.close()

    def _encode_slowly(self, metrics: Dict[str, Any], step: Any) -> tuple[str, Optional[str]]:
        record = values.plain(metrics, self._tell_text)
        step = record.pop("step", None) if record.get("step") is not None else values.plain(step, self._tell_text)
        for own in ("_idx", "_timestamp"):
            if own in record:
                record[f"{own}_"] = record.pop(own)
                self._warn_once(own, f"the name {own} is whirr's own; yours is written as {own}_")
        return _encode(record), None if step is None else _encode(step)

    def _tell_text(self, path: str) -> None:
        self._warn_once("text", f"the metric {path!r} is not a number, text, list or dict; it is written as its text")


def encode_line(index: int, timestamp: str, metrics: Dict[str, Any]) -> bytes:
    """A whole line with a time of one's own, for imports."""
    return (_encode(values.plain({"_idx": index, "_timestamp": timestamp, **metrics}, lambda _: None)) + "\n").encode("ascii")


def read_metrics(path: Union[str, os.PathLike[str]]) -> List[Dict[str, Any]]:
    """The lines of a metrics file (or of the metrics file in a run directory), in the order of the file.

    Lines that cannot be parsed are left out: a torn last line, or half a line of a full disk. The strings "NaN", "Infinity" and
    "-Infinity" become floats, as do the bare words. A missing or empty file gives an empty list.
    """
    name = os.fspath(path)
    if os.path.isdir(name):
        name = os.path.join(name, files.METRICS)
    records: List[Dict[str, Any]] = []
    try:
        with open(name, "rb") as file:
            for line in file:
                record = _parse(line)
                if record is not None:
                    records.append(record)
    except FileNotFoundError:
        pass
    return records


def _parse(line: bytes) -> Optional[Dict[str, Any]]:
    if not line.strip():
        return None
    try:
        record = json.loads(line.decode("utf-8", "replace"))
        return values.restore_metrics(record) if isinstance(record, dict) else None
    except (ValueError, RecursionError):
        return None
