"""`system.jsonl`: how busy the machine, the script with all it started, and the GPUs are; a line every 10 s.

In a job whose keeper samples (WHIRR_SYSTEM_METRICS=keeper) the package does not. Rates are those since the line before.
"""

from __future__ import annotations

import json
import os
import threading
import time
from typing import Any, Dict, Optional, Tuple

from whirr import clock, procfs
from whirr.lines import LineFile
from whirr.lock import TOUCH_SECONDS, RunLock

INTERVAL_SECONDS = 10.0
STOP_SECONDS = 2.0
_FIRST_SECONDS = 0.1
_MB = 1e6
_MIB = 1 << 20


class Sampler:
    """Fields, each left out where it is not known: `cpu_percent` and `memory_percent` of the machine (0..100), `process_cpu_percent`
    (100 is one processor) and `process_memory_mb` (resident, MiB) of this process and its descendants, `disk_read_mb_s`,
    `disk_write_mb_s`, `network_received_mb_s`, `network_sent_mb_s` of the machine (10^6 bytes a second), and of each GPU
    `gpu_N_utilization` (%), `gpu_N_memory_used` and `gpu_N_memory_total` (MiB), `gpu_N_temperature` (Celsius), `gpu_N_power_watts`."""

    def __init__(self) -> None:
        from whirr import gpu

        self._gpus = gpu.find()
        self._before = self._read()

    def sample(self) -> Dict[str, Any]:
        """One line's worth of readings."""
        before, now = self._before, self._read()
        self._before = now
        seconds = max(now.time - before.time, 1e-3)
        record: Dict[str, Any] = {"_timestamp": clock.now()}
        if now.processors and before.processors and now.processors[1] > before.processors[1]:
            busy, all_ticks = (later - earlier for later, earlier in zip(now.processors, before.processors))
            record["cpu_percent"] = round(min(max(100.0 * busy / all_ticks, 0.0), 100.0), 1)
        memory = procfs.read_memory_percent()
        if memory is not None:
            record["memory_percent"] = round(memory, 1)
        if now.tree:
            ticks = sum(max(ticks - before.tree.get(key, (0, 0))[0], 0) for key, (ticks, _) in now.tree.items())
            record["process_cpu_percent"] = round(100.0 * ticks / procfs.TICKS_PER_SECOND / seconds, 1)
            record["process_memory_mb"] = round(sum(size for _, size in now.tree.values()) / _MIB, 1)
        self._put_rates(record, ("disk_read_mb_s", "disk_write_mb_s"), before.disks, now.disks, seconds)
        self._put_rates(record, ("network_received_mb_s", "network_sent_mb_s"), before.network, now.network, seconds)
        if self._gpus is not None:
            record.update(self._gpus.read())
        return record

    @staticmethod
    def _put_rates(
        record: Dict[str, Any], names: Tuple[str, str], before: Optional[Tuple[int, int]], now: Optional[Tuple[int, int]], seconds: float
    ) -> None:
        if before is not None and now is not None:
            for name, earlier, later in zip(names, before, now):
                record[name] = round(max(later - earlier, 0) / seconds / _MB, 3)

    @staticmethod
    def _read() -> _Counters:
        return _Counters()


class _Counters:
    def __init__(self) -> None:
        self.time = time.monotonic()
        self.processors = procfs.read_processors()
        self.tree = procfs.read_tree(os.getpid())
        self.disks = procfs.read_disks()
        self.network = procfs.read_network()


class Pulse:
    """The thread that samples and gives signs of life. A daemon thread: it keeps no script from ending."""

    def __init__(self, file: Optional[LineFile], held: Optional[RunLock], interval: float) -> None:
        self._file = file
        self._lock = held
        self._interval = max(interval, 0.1)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="whirr-pulse", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; waits at most 2 s for it."""
        self._stop.set()
        self._thread.join(STOP_SECONDS)

    def _run(self) -> None:
        try:
            sampler = Sampler() if self._file is not None else None
            next_sample = time.monotonic() + _FIRST_SECONDS
            self._stop.wait(_FIRST_SECONDS)
            while True:
                if self._lock is not None:
                    self._lock.touch()
                if sampler is not None and self._file is not None and (time.monotonic() >= next_sample or self._stop.is_set()):
                    self._file.append((json.dumps(sampler.sample()) + "\n").encode("ascii"))
                    next_sample = time.monotonic() + self._interval
                if self._stop.is_set():
                    return
                pause = max(next_sample - time.monotonic(), 0.01) if sampler is not None else TOUCH_SECONDS
                if self._stop.wait(min(pause, TOUCH_SECONDS)):
                    return
        except Exception:
            # A machine whose /proc reads otherwise than proc(5) says costs the samples, never the training.
            return
