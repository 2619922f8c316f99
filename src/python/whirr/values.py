"""Turns what scripts measure into what JSON holds, without importing the libraries that the values come from.

Numbers of numpy, 0-d tensors and the like are known by their `item()` method, Decimal and Fraction by `__float__`. Values that are not
finite are not JSON (RFC 8259): they become the strings "NaN", "Infinity" and "-Infinity", and readers turn them back.
"""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List

MOST_NESTED = 32
"""Deeper values become text; readers give up at 64."""

_WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def word_of(number: float) -> str:
    """The string for a number that is not finite."""
    return "NaN" if number != number else "Infinity" if number > 0 else "-Infinity"


def scalar_of(value: Any) -> Any:
    """The Python number in a foreign scalar. Raises TypeError when it is no scalar."""
    item = getattr(value, "item", None)
    if callable(item):
        try:
            inner = item()
        except Exception as error:
            raise TypeError(f"{type(value).__name__} is not a single number: {error}") from None
        if isinstance(inner, (bool, int, float, str)) or inner is None:
            return inner
    elif hasattr(value, "__float__"):
        try:
            return float(value)
        except Exception as error:
            raise TypeError(f"{type(value).__name__} is not a single number: {error}") from None
    raise TypeError(f"{type(value).__name__} is not a single number")


def plain(value: Any, tell: Callable[[str], None], path: str = "", depth: int = 0) -> Any:
    """A copy of a value that JSON can hold; what it cannot hold becomes its text, and `tell` hears the path of it."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else word_of(value)
    if isinstance(value, dict) and depth < MOST_NESTED:
        return {
            clean_text(str(key)): plain(inner, tell, f"{path}.{key}" if path else str(key), depth + 1)
            for key, inner in list(value.items())
            if inner is not None
        }
    if isinstance(value, (list, tuple)) and depth < MOST_NESTED:
        return [plain(inner, tell, f"{path}[{index}]", depth + 1) for index, inner in enumerate(value)]
    try:
        return plain(scalar_of(value), tell, path, depth)
    except TypeError:
        tell(path)
        return _text_of(value, depth)


def _text_of(value: Any, depth: int) -> str:
    if depth >= MOST_NESTED:
        return f"<nested deeper than {MOST_NESTED}>"
    try:
        return clean_text(str(value)[:1000])
    except Exception as error:
        return f"<{type(value).__name__} without text: {type(error).__name__}>"


def clean_text(text: str) -> str:
    """The text without halves of surrogate pairs, which are not UTF-8."""
    try:
        text.encode("utf-8")
        return str(text)
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode("utf-8")


def restore(value: Any) -> Any:
    """Turns the words for numbers that are not finite back into floats, in place, in values at any depth."""
    if isinstance(value, str):
        return _WORDS.get(value, value)
    if isinstance(value, dict):
        for key, inner in value.items():
            if isinstance(inner, (str, dict, list)):
                value[key] = restore(inner)
    elif isinstance(value, list):
        value[:] = [restore(inner) for inner in value]
    return value


def restore_metrics(record: Dict[str, Any]) -> Dict[str, Any]:
    """The same for a line of metrics, whose `_timestamp` is no value."""
    for key, inner in record.items():
        if key != "_timestamp" and isinstance(inner, (str, dict, list)):
            record[key] = restore(inner)
    return record


def words(values: List[str]) -> List[str]:
    """Tags: text, each once, in their order."""
    return list(dict.fromkeys(clean_text(str(value)) for value in values))
