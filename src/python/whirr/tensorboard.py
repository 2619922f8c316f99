"""Makes runs of TensorBoard's log directories: `whirr.tensorboard.import_("logs")`, `python -m whirr import-tb logs`."""

from __future__ import annotations

import os
from typing import Any, Dict, Iterator, List, Optional, Sequence, Union

from whirr import clock, eventfile, files, meta, place
from whirr.lines import LineFile
from whirr.metrics import encode_line
from whirr.warn import Once


def import_(logdir: Union[str, os.PathLike[str]], tags: Optional[Sequence[str]] = None) -> List[str]:
    """Makes a completed run of each directory below `logdir` that holds event files, as TensorBoard sees runs. Returns their directories.

    A run has the name of its directory, the tag `tensorboard`, and a line of metrics for each step with the time of the event. Scalars are
    taken, also those written as tensors of one number; images, histograms and texts are not. Of a damaged file what is before the damage is
    taken, with a warning. Importing a directory twice makes two runs. Raises FileNotFoundError when there is no event file.
    """
    root = os.path.abspath(os.fspath(logdir))
    found = [(directory, names) for directory, names in _find(root) if names]
    if not found:
        raise FileNotFoundError(f"there is no TensorBoard event file (*tfevents*) in {root} or below it")
    tell = Once()
    return [_import_directory(root, directory, names, list(tags or ()), tell) for directory, names in found]


def _find(root: str) -> Iterator["tuple[str, List[str]]"]:
    for directory, inner, names in os.walk(root):
        inner.sort()
        yield directory, sorted(name for name in names if "tfevents" in name)


def _import_directory(root: str, directory: str, names: List[str], tags: List[str], tell: Once) -> str:
    run_dir, run_id = place.make_run_directory(tell)
    relative = os.path.relpath(directory, root)
    name = os.path.basename(root) if relative == "." else relative
    file = LineFile(os.path.join(run_dir, files.METRICS), tell)
    first: Optional[float] = None
    last = 0.0
    for row in _rows(directory, names, tell):
        seconds: float = row.pop("_seconds")
        file.append(encode_line(file.next_index, clock.format_utc(seconds), row))
        file.next_index += 1
        first = seconds if first is None else min(first, seconds)
        last = max(last, seconds)
    file.close()
    meta.replace(run_dir, files.CONFIG, b"{}\n")
    record: Dict[str, Any] = {
        "run_id": run_id,
        "name": name,
        "status": "completed",
        "started_at": clock.format_utc(first or 0.0),
        "finished_at": clock.format_utc(last),
        "duration_seconds": round(last - (first or 0.0), 3),
        "tags": ["tensorboard", *tags],
        "config_file": files.CONFIG,
        "hostname": os.uname().nodename,
        "imported_from": directory,
    }
    meta.merge(run_dir, record, tell)
    return run_dir


def _rows(directory: str, names: List[str], tell: Once) -> Iterator[Dict[str, Any]]:
    """Scalars of one step that follow each other make one row; a tag that comes again begins another."""
    row: Dict[str, Any] = {}
    for scalar in _scalars(directory, names, tell):
        tag = f"{scalar.tag}_" if scalar.tag in ("step", "_idx", "_timestamp", "_seconds") else scalar.tag
        if row and (row["step"] != scalar.step or tag in row):
            yield row
            row = {}
        row["_seconds"] = scalar.wall_time if abs(scalar.wall_time) < 1e11 else 0.0
        row["step"] = scalar.step
        row[tag] = scalar.value
    if row:
        yield row


def _scalars(directory: str, names: List[str], tell: Once) -> Iterator[eventfile.Scalar]:
    for name in names:
        path = os.path.join(directory, name)
        try:
            with open(path, "rb") as file:
                yield from eventfile.read_scalars(file)
        except eventfile.DamagedFile as error:
            tell(path, f"{path} is damaged, {error}; what is before that is imported")
        except OSError as error:
            tell(path, f"{path} cannot be read ({error.strerror}) and is left out")


