"""Readings of Linux's /proc for the sampler: proc(5). Every function gives what it could read, and nothing for what it could not."""

from __future__ import annotations

import os
from typing import Dict, Iterator, Optional, Tuple

PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
_SECTOR_BYTES = 512
# Devices whose traffic is that of others below or inside them.
_DERIVED_DISKS = ("loop", "ram", "zram", "dm-", "md", "sr", "fd")
_DERIVED_INTERFACES = ("lo", "veth", "docker", "br-", "virbr", "cni", "flannel", "tun", "tap")


def read_processors() -> Optional[Tuple[int, int]]:
    """Busy and all ticks of all processors since boot. Waiting for disks is not busy; guests count once."""
    line = _read("/proc/stat").split(b"\n", 1)[0].split()
    if len(line) < 6 or line[0] != b"cpu":
        return None
    ticks = [int(word) for word in line[1:9]]
    return sum(ticks) - ticks[3] - ticks[4], sum(ticks)


def read_memory_percent() -> Optional[float]:
    """Memory that is not available to new programs, 0..100."""
    total = available = None
    for line in _read("/proc/meminfo").split(b"\n"):
        if line.startswith(b"MemTotal:"):
            total = int(line.split()[1])
        elif line.startswith(b"MemAvailable:"):
            available = int(line.split()[1])
    return 100.0 * (total - available) / total if total and available is not None else None


def read_disks() -> Optional[Tuple[int, int]]:
    """Bytes read and written by all disks since boot."""
    try:
        disks = {name for name in os.listdir("/sys/block") if not name.startswith(_DERIVED_DISKS)}
    except OSError:
        return None
    read = written = 0
    for line in _read("/proc/diskstats").split(b"\n"):
        words = line.split()
        if len(words) > 9 and words[2].decode("ascii", "replace").replace("/", "!") in disks:
            read += int(words[5]) * _SECTOR_BYTES
            written += int(words[9]) * _SECTOR_BYTES
    return read, written


def read_network() -> Optional[Tuple[int, int]]:
    """Bytes received and sent by interfaces that lead out of the machine, since boot."""
    received = sent = 0
    found = False
    for line in _read("/proc/net/dev").split(b"\n"):
        name, colon, numbers = line.partition(b":")
        words = numbers.split()
        if colon and len(words) >= 9 and not name.strip().decode("ascii", "replace").startswith(_DERIVED_INTERFACES):
            received += int(words[0])
            sent += int(words[8])
            found = True
    return (received, sent) if found else None


def read_tree(root: int) -> Dict[Tuple[int, int], Tuple[int, int]]:
    """Ticks and resident bytes of a process and its descendants, by pid and start time. Ended children of the root count for the root."""
    found: Dict[Tuple[int, int], Tuple[int, int]] = {}
    waiting = [root]
    while waiting:
        pid = waiting.pop()
        # After the name, which may hold anything: state is field 3, utime 14, stime 15, cutime 16, cstime 17, starttime 22, rss 24.
        words = _read(f"/proc/{pid}/stat").rpartition(b")")[2].split()
        if len(words) < 22:
            continue
        ticks = int(words[11]) + int(words[12])
        found[pid, int(words[19])] = (ticks, int(words[21]) * PAGE_BYTES)
        waiting.extend(_children(pid))
    return found


def _children(pid: int) -> Iterator[int]:
    try:
        threads = os.listdir(f"/proc/{pid}/task")
    except OSError:
        return
    for thread in threads:
        for child in _read(f"/proc/{pid}/task/{thread}/children").split():
            yield int(child)


def _read(path: str) -> bytes:
    try:
        with open(path, "rb", buffering=0) as file:
            return file.read()
    except OSError:
        return b""
