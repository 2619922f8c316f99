"""What a disk keeps when the power fails: the writes up to the last flush, and of the later ones any part, in any order.

qemu's driver blklogwrites notes each write of the guest; the format is that of Linux's dm-log-writes
(Documentation/admin-guide/device-mapper/log-writes.rst): a superblock of one sector, then for each request an entry of one sector and
its data. A disk with a cache of its own keeps what was written before a completed flush and may lose or tear what came after.
"""

import os
import random
import struct

MAGIC = 0x6A736677736872
SUPER = struct.Struct("<QQQI")  # magic, version, entries, sector size
ENTRY = struct.Struct("<QQQQ")  # sector, sectors, flags, length of the data
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8


class Kept:
    """How many requests a power cut left whole, in part and not at all."""

    def __init__(self) -> None:
        self.flushed = self.kept = self.torn = self.lost = 0

    def __str__(self) -> str:
        return f"{self.flushed} writes flushed; after the last flush {self.kept} kept, {self.torn} torn, {self.lost} lost"


def entries(log):
    """Yields (offset on the disk in bytes, flags, offset in the log, length) of each complete entry of an open log."""
    magic, version, _, sector = SUPER.unpack(log.read(SUPER.size))
    if magic != MAGIC or version != 1:
        raise ValueError(f"not a log of writes: magic {magic:#x}, version {version}")
    end = os.fstat(log.fileno()).st_size
    at = sector
    while at + sector <= end:
        log.seek(at)
        first, count, flags, length = ENTRY.unpack(log.read(ENTRY.size))
        data = at + sector
        size = 0 if flags & DISCARD else length
        if data + size > end:
            return  # the machine ended while this was noted
        yield first * sector, flags, data, count * sector if flags & DISCARD else length
        at = data + (size + sector - 1) // sector * sector


def lose_power(log_path: str, disk_path: str, chance: random.Random) -> Kept:
    """Brings the disk image to what a disk with a volatile cache may hold after the logged writes and a power cut."""
    kept = Kept()
    with open(log_path, "rb") as log, open(disk_path, "r+b") as disk:
        everything = list(entries(log))
        flushes = [index for index, (_, flags, _, _) in enumerate(everything) if flags & FLUSH]
        safe = flushes[-1] if flushes else -1
        later = everything[safe + 1:]
        chance.shuffle(later)
        for index, (to, flags, data, length) in enumerate(everything[: safe + 1] + later):
            if flags & (DISCARD | MARK) or length == 0:
                continue
            log.seek(data)
            content = log.read(length)
            if index > safe and not flags & FUA:
                fate = chance.random()
                if fate < 0.4:
                    kept.lost += 1
                    continue
                if fate < 0.6:
                    # Sectors of 512 bytes are written whole or not at all; a request of several may end after any of them.
                    content = content[: chance.randrange(length // 512 + 1) * 512]
                    kept.torn += 1
                else:
                    kept.kept += 1
            else:
                kept.flushed += 1
            disk.seek(to)
            disk.write(content)
        disk.flush()
        os.fsync(disk.fileno())
    return kept
