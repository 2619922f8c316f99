"""`meta.json`: what a run is and how it ended, one JSON object.

Several programs write it (the keeper of a job, this package, whirrctl), so nobody writes the whole file: each merges members, at the top
level as RFC 7396 has it, and members it does not know stay. Writers take turns by flock(2) on the run directory; readers need no lock,
as the file is replaced in one step.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import stat
import time
from typing import Any, Callable, Dict, Optional, Union

from whirr import files, values

MOST_BYTES = 8 << 20
"""A larger file is no record of whirr."""

FORMAT_VERSION = 1
_LOCK_SECONDS = 1.0
_LOCK_PAUSE_SECONDS = 0.005

Tell = Callable[[str, str], None]


def merge(run_dir: str, patch: Dict[str, Any], tell: Tell, base: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
    """Merges members into the record and returns the whole. A member that is None is removed.

    A file that is damaged is kept as `meta.json.damaged`, and the record begins anew from `base`. `tell(kind, text)` hears of that and
    of a record of a newer format. Raises OSError when the file cannot be written, ValueError when it would take more than 8 MiB.
    """
    directory = os.open(run_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        has_turn = _take_turn(directory)
        record = _read_at(directory)
        if record is None:
            os.rename(files.META, f"{files.META}.damaged", src_dir_fd=directory, dst_dir_fd=directory)
            tell("damaged", f"{run_dir}/{files.META} is damaged; it is kept as {files.META}.damaged and the record begins anew")
            record = dict(base or {})
        version = record.get("format_version", FORMAT_VERSION)
        if isinstance(version, (int, float)) and version > FORMAT_VERSION:
            newer = f"is of format {version}, newer than this package ({FORMAT_VERSION}); what it does not know is kept"
            tell("format", f"{run_dir}/{files.META} {newer}")
        for name, value in patch.items():
            if value is None:
                record.pop(name, None)
            else:
                record[name] = value
        _write_at(directory, record, has_turn)
        return record
    finally:
        os.close(directory)


def read_meta(run_dir: Union[str, os.PathLike[str]]) -> Optional[Dict[str, Any]]:
    """The record of a run; None when there is none, or when it is damaged. Numbers in `summary` that are not finite are floats."""
    try:
        directory = os.open(os.fspath(run_dir), os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        record = _read_at(directory)
    except OSError:
        return None
    finally:
        os.close(directory)
    if record and isinstance(record.get("summary"), dict):
        values.restore(record["summary"])
    return record or None


def _take_turn(directory: int) -> bool:
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        except OSError as error:
            if error.errno not in (errno.EWOULDBLOCK, errno.EACCES, errno.EINTR) or time.monotonic() >= deadline:
                return False
        time.sleep(_LOCK_PAUSE_SECONDS)


def _read_at(directory: int) -> Optional[Dict[str, Any]]:
    """The record; empty when there is no file, None when it is damaged."""
    try:
        fd = os.open(files.META, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
    except FileNotFoundError:
        return {}
    with open(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(errno.EINVAL, f"{files.META} is not a file")
        content = file.read(MOST_BYTES + 1)
    try:
        record = json.loads(content.decode("utf-8")) if len(content) <= MOST_BYTES else None
    except (ValueError, RecursionError):
        return None
    return record if isinstance(record, dict) else None


def _write_at(directory: int, record: Dict[str, Any], has_turn: bool) -> None:
    try:
        text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    except ValueError:
        # Somebody wrote bare words for numbers that are not finite.
        text = json.dumps(values.plain(record, lambda _: None), indent=2, ensure_ascii=False)
    content = (text + "\n").encode("utf-8", "replace")
    if len(content) > MOST_BYTES:
        most = f"{MOST_BYTES >> 20} MiB"
        raise ValueError(f"{files.META} would take {len(content)} bytes, more than {most}; save what is large as an artifact")
    replace_at(directory, files.META, content, f".{files.META}.py" if has_turn else f".{files.META}.py{os.getpid()}")


def replace_at(directory: int, name: str, content: bytes, temporary: str) -> None:
    """Puts a file in the place of another in one step. Raises OSError, and then the old file is as it was."""
    _remove_at(directory, temporary)
    try:
        fd = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o666, dir_fd=directory)
        with open(fd, "wb", buffering=0) as file:
            rest = memoryview(content)
            while rest:
                rest = rest[file.write(rest) :]
        os.rename(temporary, name, src_dir_fd=directory, dst_dir_fd=directory)
    except OSError:
        _remove_at(directory, temporary)
        raise


def replace(run_dir: str, name: str, content: bytes) -> None:
    """The same, in a run directory."""
    directory = os.open(run_dir, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        replace_at(directory, name, content, f".{name}.py{os.getpid()}")
    finally:
        os.close(directory)


def _remove_at(directory: int, name: str) -> None:
    try:
        os.unlink(name, dir_fd=directory)
    except OSError:
        pass
