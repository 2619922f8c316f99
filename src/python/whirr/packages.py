"""The packages that a script can import, as `pip freeze` writes them, without starting pip.

Reads the heads of the METADATA files on sys.path (the core metadata specification); importlib.metadata would parse them whole.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Dict, List, Optional, Tuple

# What pip freeze leaves out.
_LEFT_OUT = {"pip", "setuptools", "wheel", "distribute"}
_HEAD_BYTES = 4096


def freeze(path: Optional[List[str]] = None) -> List[str]:
    """Lines `name==version`, sorted by name. Of two with one name the first on the path counts, as it does for imports."""
    found: Dict[str, Tuple[str, str]] = {}
    for directory in sys.path if path is None else path:
        try:
            with os.scandir(directory or ".") as entries:
                names = [entry.path for entry in entries if entry.name.endswith((".dist-info", ".egg-info"))]
        except OSError:
            continue
        for name in names:
            package = _read_head(name)
            if package is not None:
                found.setdefault(re.sub(r"[-_.]+", "-", package[0]).lower(), package)
    return [f"{found[key][0]}=={found[key][1]}" for key in sorted(found) if key not in _LEFT_OUT]


def _read_head(directory: str) -> Optional[Tuple[str, str]]:
    file = directory
    if os.path.isdir(directory):
        file = os.path.join(directory, "METADATA" if directory.endswith(".dist-info") else "PKG-INFO")
    try:
        with open(file, "rb") as opened:
            head = opened.read(_HEAD_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    name = re.search(r"^Name:[ \t]*(\S+)", head, re.MULTILINE)
    version = re.search(r"^Version:[ \t]*(\S+)", head, re.MULTILINE)
    return (name.group(1), version.group(1)) if name and version else None
