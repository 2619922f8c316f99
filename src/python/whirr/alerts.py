"""`alerts.jsonl`: what a script wants people to know, a JSON object a line. In a job the keeper reads it as it grows and whirrd tells."""

from __future__ import annotations

import json
import sys
from typing import Any

from whirr import clock, values
from whirr.lines import LineFile

LEVELS = ("info", "warn", "error")


def write(file: LineFile, title: Any, text: Any, level: Any) -> None:
    """Appends an alert and prints it to standard error; never raises for either of them. An unknown level is `warn`."""
    title, text = values.clean_text(str(title)), values.clean_text(str(text))
    level = level if level in LEVELS else "warn"
    record = {"_timestamp": clock.now(), "title": title, "text": text, "level": level}
    file.append((json.dumps(record) + "\n").encode("ascii"))
    shown = f"whirr: {level}: {title}" + (f": {text}" if text else "")
    try:
        sys.stderr.write("".join(character if character.isprintable() else " " for character in shown) + "\n")
    except Exception:
        # Closed, or a pipe that nobody reads.
        pass
