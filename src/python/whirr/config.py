"""The configuration of a run: any dict, argparse.Namespace or dataclass that JSON can hold."""

from __future__ import annotations

import json
import math
import os
from typing import Any, Dict, Tuple

from whirr import values

MOST_BYTES = 16 << 20


class ReadOnlyDict(Dict[str, Any]):
    """A dict that refuses changes: the configuration is on disk already."""

    def _refuse(self, *_: Any, **__: Any) -> Any:
        raise TypeError("run.config is read-only; give the configuration to whirr.init(config=...)")

    __setitem__ = __delitem__ = clear = pop = popitem = setdefault = update = __ior__ = _refuse  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return dict, (dict(self),)


def to_plain(config: Any) -> Dict[str, Any]:
    """The configuration as JSON holds it.

    Numbers of other libraries become plain, paths their text, tuples lists, numbers that are not finite the words of `whirr.values`.
    Raises TypeError with the key of a value that JSON cannot hold, and ValueError for a configuration that contains itself.
    """
    if config is None:
        return {}
    plain = _convert(config, "config", ())
    if not isinstance(plain, dict):
        raise TypeError(f"config is {type(config).__name__}; it has to be a dict, an argparse.Namespace or a dataclass")
    return plain


def to_json(plain: Dict[str, Any]) -> bytes:
    """The content of config.json. Raises ValueError when it takes more than 16 MiB."""
    content = (json.dumps(plain, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")
    if len(content) > MOST_BYTES:
        largest = max(plain, key=lambda key: len(json.dumps(plain[key])))
        raise ValueError(
            f"config takes {len(content) >> 20} MiB as JSON and may take {MOST_BYTES >> 20}; the largest is config.{largest}: "
            "put data into a file and use save_artifact()"
        )
    return content


def _convert(value: Any, path: str, above: Tuple[int, ...]) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return values.clean_text(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else values.word_of(value)
    if isinstance(value, os.PathLike):
        return values.clean_text(os.fsdecode(value))
    if id(value) in above:
        raise ValueError(f"{path} contains itself; JSON cannot hold it")
    if len(above) > values.MOST_NESTED:
        raise ValueError(f"{path} is nested deeper than {values.MOST_NESTED}")
    above += (id(value),)
    if isinstance(value, dict):
        return {_name(key, path): _convert(inner, f"{path}.{key}", above) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_convert(inner, f"{path}[{index}]", above) for index, inner in enumerate(value)]
    if not isinstance(value, type):
        fields = getattr(value, "__dataclass_fields__", None)
        if fields is not None:
            return {name: _convert(getattr(value, name), f"{path}.{name}", above) for name in fields if hasattr(value, name)}
        if type(value).__name__ == "Namespace":
            return {_name(key, path): _convert(inner, f"{path}.{key}", above) for key, inner in vars(value).items()}
        try:
            return _convert(values.scalar_of(value), path, above)
        except TypeError:
            pass
    raise TypeError(f"{path} is {type(value).__name__}, which JSON cannot hold; convert it or leave it out of config")


def _name(key: Any, path: str) -> str:
    if isinstance(key, str):
        return values.clean_text(key)
    if isinstance(key, (bool, int, float)):
        return str(key)
    raise TypeError(f"a key of {path} is {type(key).__name__} ({key!r}); keys of a config are text")
