"""Facts about the process and its machine for the record of a run. Cheap: nothing is started, nothing is asked over the network."""

from __future__ import annotations

import os
import sys
from typing import Any, Dict, List, Optional

from whirr import lock


def describe_process() -> Dict[str, Any]:
    """Members of meta.json that say who runs what, where."""
    return {
        "command_argv": command_line(),
        "workdir": workdir(),
        "hostname": os.uname().nodename,
        "user": user_name(),
        "pid": os.getpid(),
        "boot_id": lock.boot_id() or None,
    }


def describe_python() -> Dict[str, Any]:
    """The interpreter, and the GPU driver where there is one."""
    return {
        "python": {"version": sys.version.split()[0], "executable": sys.executable or ""},
        "gpu_driver": gpu_driver(),
    }


def command_line() -> List[str]:
    """The arguments of this process as the kernel has them, interpreter and options included."""
    try:
        with open("/proc/self/cmdline", "rb") as file:
            return [argument.decode("utf-8", "replace") for argument in file.read(1 << 20).split(b"\0")[:-1]]
    except OSError:
        return [sys.executable or "", *sys.argv]


def user_name() -> str:
    """The name of the effective user, or its number."""
    try:
        import pwd

        return pwd.getpwuid(os.geteuid()).pw_name
    except (ImportError, KeyError):
        return str(os.geteuid())


def gpu_driver() -> Optional[str]:
    """The version of NVIDIA's kernel driver, `535.54.03`; None without one."""
    try:
        with open("/proc/driver/nvidia/version", encoding="utf-8", errors="replace") as file:
            line = file.readline(1000)
    except OSError:
        return None
    words = [word for word in line.split() if word[:1].isdigit() and "." in word]
    return words[0] if words else None


def workdir() -> Optional[str]:
    """The working directory; None when it was deleted."""
    try:
        return os.fsencode(os.getcwd()).decode("utf-8", "replace")
    except OSError:
        return None
