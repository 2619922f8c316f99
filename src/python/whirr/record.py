"""What the recorder of a run writes about it: meta.json and config.json. Trouble with the disk is told once and never raised."""

from __future__ import annotations

import json
import os
import threading
from typing import Any, Dict, List, Optional

from whirr import clock, config as configs, ending, files, machine, meta, values
from whirr.warn import Once


class Record:
    """The record of one run directory. `_guard` guards all fields."""

    def __init__(self, run_dir: str, tell: Once) -> None:
        self._dir = run_dir
        self._tell = tell
        self._guard = threading.RLock()
        self._known: Dict[str, Any] = {}
        self._unsaved: Dict[str, Any] = {}

    def begin(self, run_id: str, name: Optional[str], tags: List[str], world_size: int, is_new: bool) -> None:
        """Says that the run is running. Of a run that exists (a job's) the name stays where none is given, and tags are added."""
        patch: Dict[str, Any] = {"status": "running", "finished_at": None, "duration_seconds": None, **machine.describe_python()}
        if is_new:
            patch = {"run_id": run_id, "name": run_id, "started_at": clock.now(), "tags": [], "config_file": files.CONFIG, **patch}
            patch.update(machine.describe_process())
        if name is not None:
            patch["name"] = values.clean_text(str(name))
        if tags:
            earlier = (meta.read_meta(self._dir) or {}).get("tags")
            patch["tags"] = values.words([*(earlier if isinstance(earlier, list) else []), *tags])
        if world_size > 1:
            patch["world_size"] = world_size
        self.merge(patch)

    def end(self, end: ending.End, seconds: float) -> None:
        """Says how the run ended, and how long it took."""
        self.merge(
            {
                "status": end.status,
                "finished_at": clock.now(),
                "duration_seconds": round(seconds, 3),
                "exit_code": end.exit_code,
                "reason": end.reason,
                "reason_detail": end.detail,
            }
        )

    def begin_config(self, config: Dict[str, Any], content: bytes, is_given: bool, is_new: bool) -> Dict[str, Any]:
        """Writes config.json and returns the configuration: in a job, what was given at submit with what the script gives over it."""
        path = os.path.join(self._dir, files.CONFIG)
        if not is_new:
            config = {**_read_config(path), **config}
            content = configs.to_json(config)
        if is_new or is_given or not os.path.exists(path):
            self.write_config(content)
        return config

    def write_config(self, content: bytes) -> None:
        """Puts config.json in its place."""
        try:
            meta.replace(self._dir, files.CONFIG, content)
        except OSError as error:
            self._tell("config", f"{self._dir}/{files.CONFIG} cannot be written ({error.strerror})")

    def merge(self, patch: Dict[str, Any]) -> None:
        """Merges members into meta.json; what cannot be written now is tried again with the next. Raises ValueError above 8 MiB."""
        with self._guard:
            whole = {**self._unsaved, **patch}
            base = {name: value for name, value in {**self._known, **whole}.items() if value is not None}
            try:
                meta.merge(self._dir, whole, self._tell, base)
                self._unsaved = {}
            except OSError as error:
                if not os.path.isdir(self._dir):
                    self._tell.gone(self._dir)
                    return
                self._unsaved = whole
                self._tell("meta", f"{self._dir}/{files.META} cannot be written ({error.strerror}); training goes on")
            self._known = base


def _read_config(path: str) -> Dict[str, Any]:
    try:
        with open(path, "rb") as file:
            config = json.loads(file.read(configs.MOST_BYTES + 1))
    except (OSError, ValueError, RecursionError):
        return {}
    return config if isinstance(config, dict) else {}
