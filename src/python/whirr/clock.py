"""Times as run directories hold them: UTC with milliseconds, `2026-01-31T23:59:59.123Z`."""

from __future__ import annotations

import time
from typing import Optional


def format_utc(seconds: float) -> str:
    """Formats seconds since 1970. Milliseconds are cut, not rounded, so that a time is never in the future."""
    whole = int(seconds // 1)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)) + f".{int((seconds - whole) * 1000):03d}Z"


def now() -> str:
    """The current time."""
    return format_utc(time.time())


def parse_utc(text: object) -> Optional[float]:
    """Seconds since 1970 of a time with or without a fraction; None when it is no such time."""
    import calendar

    if not isinstance(text, str):
        return None
    whole, _, rest = text.partition(".")
    try:
        fraction = float(f"0.{rest.rstrip('Z')}") if rest else 0.0
        return calendar.timegm(time.strptime(whole.rstrip("Z"), "%Y-%m-%dT%H:%M:%S")) + fraction
    except ValueError:
        return None
