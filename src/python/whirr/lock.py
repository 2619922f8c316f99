"""Proof of life: an open-file-description lock (fcntl(2), F_OFD_SETLK), which the kernel drops when its holder dies.

Such a lock belongs to the open file, not to the process: a forked child holds it too, so each lock here closes its descriptor in
the child. A reader on the same machine asks the kernel. On a shared file system that keeps locks to each machine, the file's
time of change is the sign of life for others.
"""

from __future__ import annotations

import errno
import fcntl
import os
import struct
import time
import weakref
from typing import Optional

from whirr import files

# struct flock of 64-bit Linux: l_type, l_whence, l_start, l_len, l_pid. Length 0 is the whole file.
_FLOCK = struct.Struct("hhqqi4x")
_WHOLE_FILE = _FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
_F_OFD_GETLK = getattr(fcntl, "F_OFD_GETLK", 36)
_F_OFD_SETLK = getattr(fcntl, "F_OFD_SETLK", 37)

TOUCH_SECONDS = 30.0
"""How often a live run changes the time of its lock file, at most."""

STALE_SECONDS = 600.0
"""A lock file of another machine that is older than this is no sign of life; the same as `RunVerdict.ForeignSilence` in the daemon.

What is seen of its time is old by what the file system remembers (a minute on NFS) and by what the two clocks differ, and a machine may be
busy: late news of an end is better than a live run that is called dead.
"""


def try_hold(fd: int) -> bool:
    """Takes the lock of the whole file; False when another open file holds it. A file system without locks says True."""
    try:
        fcntl.fcntl(fd, _F_OFD_SETLK, _WHOLE_FILE)
        return True
    except OSError as error:
        return error.errno not in (errno.EACCES, errno.EAGAIN)


def is_held(path: str) -> bool:
    """Whether some live process holds the lock of a file."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return False
    try:
        answer = fcntl.fcntl(fd, _F_OFD_GETLK, _WHOLE_FILE)
        return bool(_FLOCK.unpack(answer)[0] != fcntl.F_UNLCK)
    except OSError:
        return False
    finally:
        os.close(fd)


def boot_id() -> str:
    """The id of this boot of the machine; empty where the kernel does not tell it."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return file.read().strip()
    except OSError:
        return ""


class RunLock:
    """The lock of a local run, held from before its record says `running` until after it says how it ended."""

    def __init__(self, run_dir: str) -> None:
        """Raises OSError when the file cannot be made."""
        self._path = os.path.join(run_dir, files.LOCK)
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        try:
            try_hold(self._fd)
            os.ftruncate(self._fd, 0)
            os.write(self._fd, f"{os.getpid()} {boot_id()} {os.uname().nodename}\n".encode("utf-8", "replace"))
        except OSError:
            self.release()
            raise
        _open_locks.add(self)

    def touch(self) -> None:
        """Changes the time of the file to now."""
        if self._fd >= 0:
            try:
                os.utime(self._fd)
            except OSError:
                pass

    def release(self) -> None:
        """Lets go. The file stays: it says who the holder was."""
        fd, self._fd = self._fd, -1
        if fd >= 0:
            os.close(fd)


def is_alive(run_dir: str, now: Optional[float] = None) -> bool:
    """Whether the holder of the lock of a run lives: the process of a local run, the keeper of a job."""
    path = os.path.join(run_dir, files.LOCK)
    if is_held(path):
        return True
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            holder = file.read(1024).split()
            age = (time.time() if now is None else now) - os.fstat(file.fileno()).st_mtime
    except OSError:
        return False
    return len(holder) >= 3 and holder[2] != os.uname().nodename and age <= STALE_SECONDS


_open_locks: "weakref.WeakSet[RunLock]" = weakref.WeakSet()


def _forget_in_child() -> None:
    for held in list(_open_locks):
        held.release()


os.register_at_fork(after_in_child=_forget_in_child)
