"""A file of JSON lines that one process appends to, each line with one write: what was written survives kill -9.

Trouble with the disk is told once and never raised. Bytes that found no room wait in memory (up to 1 MiB) and go first when there is
room again, so a line that was cut by a full disk is completed.
"""

from __future__ import annotations

import json
import os
import threading
import time
import weakref
from typing import Optional

from whirr import lock
from whirr.warn import Once

_MOST_PENDING = 1 << 20
_MOST_LOOKED_BACK = 1 << 20


class LineFile:
    """Opened at the first append. `self.guard` guards all fields; it is reentrant, since a signal handler may log too."""

    def __init__(self, path: str, warn_once: Once) -> None:
        self.path = path
        self.guard = threading.RLock()
        self.next_index = 0
        self._warn_once = warn_once
        self._fd = -1
        self._pending = b""
        self._looked_at = -1.0
        _open_files.add(self)

    def open(self, exclusive: bool = False) -> bool:
        """Opens the file, ends a torn last line and finds the next `_idx`.

        Returns False when `exclusive` and another process writes to it. Raises OSError when it cannot be opened.
        """
        with self.guard:
            flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
            fd = os.open(self.path, flags, 0o666)
            try:
                if exclusive and not lock.try_hold(fd):
                    os.close(fd)
                    return False
                index, is_torn = find_end(fd)
            except OSError:
                os.close(fd)
                raise
            self._fd = fd
            self.next_index = max(self.next_index, index)
            if is_torn:
                self._pending = b"\n" + self._pending
            return True

    def append(self, line: bytes, now: Optional[float] = None) -> bool:
        """Writes a whole line, which ends in a newline. False when it was dropped; never raises OSError."""
        with self.guard:
            try:
                second = (time.time() if now is None else now) // 1
                if second != self._looked_at:
                    self._look_after_file_locked(second)
                if self._fd < 0:
                    return self._keep_locked(line)
                data = self._pending + line if self._pending else line
                written = os.write(self._fd, data)
                if written == len(data):
                    if self._pending:
                        self._pending = b""
                    return True
                self._pending = data[written:]
                return True
            except OSError as error:
                if not os.path.isdir(os.path.dirname(self.path)):
                    self._warn_once.gone(os.path.dirname(self.path))
                    return False
                self._warn_once(
                    f"write {self.path}",
                    f"{self.path} cannot be written ({error.strerror}); training goes on, lines wait for room up to 1 MiB",
                )
                return self._keep_locked(line)

    def close(self) -> None:
        """Writes what waits, if there is room, and closes."""
        with self.guard:
            if self._pending and self._pending != b"\n":
                self._looked_at = -1.0
                self.append(b"")
                if self._pending and os.path.isdir(os.path.dirname(self.path)):
                    lost = self._pending.count(b"\n")
                    self._warn_once(f"lost {self.path}", f"{lost} lines of {self.path} found no room and are lost")
            self._close_locked()

    def _keep_locked(self, line: bytes) -> bool:
        if len(self._pending) + len(line) > _MOST_PENDING:
            return False
        self._pending += line
        return True

    def _look_after_file_locked(self, second: float) -> None:
        """Once a second: a file that was deleted takes writes in silence, and a failed open may succeed now."""
        self._looked_at = second
        if self._fd >= 0 and os.fstat(self._fd).st_nlink == 0:
            self._close_locked()
            if os.path.isdir(os.path.dirname(self.path)):
                self._warn_once(f"gone {self.path}", f"{self.path} was deleted; what is logged from here on goes into a new file")
        if self._fd < 0:
            self.open()

    def _close_locked(self) -> None:
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)

    def _forget_in_child(self) -> None:
        self.guard = threading.RLock()
        self._pending = b""
        self._close_locked()


def find_end(fd: int) -> tuple[int, bool]:
    """The `_idx` after the last line that has one, and whether the file ends inside a line."""
    size = os.fstat(fd).st_size
    if size == 0:
        return 0, False
    is_torn = os.pread(fd, 1, size - 1) != b"\n"
    tail = b""
    at = size
    looked_at = 0
    while at > 0 and size - at < _MOST_LOOKED_BACK:
        start = max(0, at - (1 << 16))
        tail = os.pread(fd, at - start, start) + tail
        at = start
        lines = tail.split(b"\n")
        # The first may begin before what has been read.
        whole = lines if at == 0 else lines[1:]
        for line in reversed(whole[: len(whole) - looked_at]):
            index = index_of(line)
            if index is not None:
                return index + 1, is_torn
        looked_at = len(whole)
    return _count_lines(fd, size), is_torn


def index_of(line: bytes) -> Optional[int]:
    """The `_idx` of a line; None when it is not a whole line with one."""
    if not line.strip():
        return None
    try:
        record = json.loads(line.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    index = record.get("_idx") if isinstance(record, dict) else None
    return index if isinstance(index, int) and not isinstance(index, bool) and index >= 0 else None


def _count_lines(fd: int, size: int) -> int:
    count = 0
    for start in range(0, size, 1 << 20):
        count += os.pread(fd, 1 << 20, start).count(b"\n")
    return count


_open_files: "weakref.WeakSet[LineFile]" = weakref.WeakSet()


def _forget_in_child() -> None:
    for file in list(_open_files):
        file._forget_in_child()


os.register_at_fork(after_in_child=_forget_in_child)
