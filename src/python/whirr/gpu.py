"""GPU readings: NVIDIA's NVML where its library loads, else `nvidia-smi`. N in `gpu_N_...` is the index that both give a GPU."""

from __future__ import annotations

import ctypes
from typing import Dict, List, Optional

SMI_SECONDS = 5.0
_MOST_FAILURES = 3
_MIB = 1 << 20

Reading = Dict[str, float]


def find() -> Optional[Nvml | Smi]:
    """The way to ask that this machine has; None when it has no GPU that can be asked."""
    nvml = Nvml.load()
    if nvml is not None:
        return nvml
    import shutil

    path = shutil.which("nvidia-smi")
    return Smi(path) if path else None


class _Utilization(ctypes.Structure):
    _fields_ = [("gpu", ctypes.c_uint), ("memory", ctypes.c_uint)]


class _Memory(ctypes.Structure):
    _fields_ = [("total", ctypes.c_ulonglong), ("free", ctypes.c_ulonglong), ("used", ctypes.c_ulonglong)]


class Nvml:
    """NVML through ctypes: nvmlDeviceGetUtilizationRates and others (NVML API reference)."""

    _TEMPERATURE_OF_GPU = 0

    def __init__(self, library: ctypes.CDLL, count: int) -> None:
        self._library = library
        self._count = count

    @classmethod
    def load(cls, name: str = "libnvidia-ml.so.1") -> Optional[Nvml]:
        try:
            library = ctypes.CDLL(name)
            count = ctypes.c_uint()
            if library.nvmlInit_v2() != 0 or library.nvmlDeviceGetCount_v2(ctypes.byref(count)) != 0 or count.value == 0:
                return None
            return cls(library, count.value)
        except (OSError, AttributeError):
            return None

    def read(self) -> Reading:
        """What each GPU tells; what one does not tell is left out."""
        result: Reading = {}
        library = self._library
        for index in range(self._count):
            handle = ctypes.c_void_p()
            if library.nvmlDeviceGetHandleByIndex_v2(ctypes.c_uint(index), ctypes.byref(handle)) != 0:
                continue
            utilization, memory, celsius, milliwatts = _Utilization(), _Memory(), ctypes.c_uint(), ctypes.c_uint()
            if library.nvmlDeviceGetUtilizationRates(handle, ctypes.byref(utilization)) == 0:
                result[f"gpu_{index}_utilization"] = utilization.gpu
            if library.nvmlDeviceGetMemoryInfo(handle, ctypes.byref(memory)) == 0:
                result[f"gpu_{index}_memory_used"] = round(memory.used / _MIB, 1)
                result[f"gpu_{index}_memory_total"] = round(memory.total / _MIB, 1)
            if library.nvmlDeviceGetTemperature(handle, ctypes.c_uint(self._TEMPERATURE_OF_GPU), ctypes.byref(celsius)) == 0:
                result[f"gpu_{index}_temperature"] = celsius.value
            if library.nvmlDeviceGetPowerUsage(handle, ctypes.byref(milliwatts)) == 0:
                result[f"gpu_{index}_power_watts"] = round(milliwatts.value / 1000, 1)
        return result


class Smi:
    """The program `nvidia-smi`; after three failures in a row it is not asked again."""

    _FIELDS = ("utilization", "memory_used", "memory_total", "temperature", "power_watts")
    _QUERY = "index,utilization.gpu,memory.used,memory.total,temperature.gpu,power.draw"

    def __init__(self, path: str) -> None:
        self._path = path
        self._failures = 0

    def read(self) -> Reading:
        """What each GPU tells; empty when the program fails or takes longer than 5 s."""
        import subprocess

        if self._failures >= _MOST_FAILURES:
            return {}
        try:
            answer = subprocess.run(
                [self._path, f"--query-gpu={self._QUERY}", "--format=csv,noheader,nounits"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=SMI_SECONDS, check=True,
            )  # fmt: skip
        except (OSError, subprocess.SubprocessError, RuntimeError):
            self._failures += 1
            return {}
        self._failures = 0
        return self.parse(answer.stdout.decode("utf-8", "replace"))

    @classmethod
    def parse(cls, text: str) -> Reading:
        """Reads lines `0, 95, 8192, 24576, 61, 285.12`; `[N/A]` and the like are left out."""
        result: Reading = {}
        for line in text.splitlines():
            words: List[str] = [word.strip() for word in line.split(",")]
            if len(words) != 1 + len(cls._FIELDS) or not words[0].isdigit():
                continue
            for field, word in zip(cls._FIELDS, words[1:]):
                try:
                    number = float(word)
                except ValueError:
                    continue
                result[f"gpu_{words[0]}_{field}"] = int(number) if number.is_integer() else number
        return result
