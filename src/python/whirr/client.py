"""A client of whirr's HTTP interface, on urllib.

Results are dicts whose members are attributes too: `job["status"]`, `job.status`.
"""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from http.client import HTTPException
from typing import Any, Dict, List, Optional, Sequence

TIMEOUT_SECONDS = 30.0
_ACTIVE = ("queued", "allocated", "starting", "running")


class WhirrClientError(Exception):
    """`Server error: ...` for what the server refused, `Connection error: ...` when it could not be reached.

    `status`: the HTTP status, None for a connection error.
    """

    def __init__(self, message: str, status: Optional[int] = None) -> None:
        super().__init__(message)
        self.status = status


class Result(Dict[str, Any]):
    """A JSON object of the server."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"the server's answer has no member {name!r}") from None


class WhirrClient:
    """Talks to one server. Safe with threads; keeps no connection open."""

    def __init__(self, server_url: str, timeout: float = TIMEOUT_SECONDS) -> None:
        """`server_url` such as `http://head-node:8080`; `timeout` in seconds for each call."""
        self.server_url = server_url.rstrip("/")
        self.timeout = timeout

    def submit_job(
        self,
        command_argv: Sequence[str],
        workdir: str,
        name: Optional[str] = None,
        config: Optional[Dict[str, Any]] = None,
        tags: Optional[Sequence[str]] = None,
    ) -> Result:
        """Submits a job. Returns `job_id`, `run_id`, `run_dir` and `message`."""
        body = {
            "command_argv": list(command_argv),
            "workdir": str(workdir),
            "name": name,
            "config": config,
            "tags": list(tags) if tags else None,
        }
        return self._object("POST", "/jobs", {key: value for key, value in body.items() if value is not None})

    def wait_for_job(self, job_id: int, poll_interval: float = 1.0, timeout: Optional[float] = None) -> Result:
        """Waits for the end of a job and returns it. Times in seconds; without `timeout` for ever.

        Raises TimeoutError, and WhirrClientError for an unknown job or a server that cannot be reached. The job goes on in all cases.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            job = self.get_job(job_id)
            if job is None:
                raise WhirrClientError(f"Server error: job {job_id} not found", 404)
            if job.get("status") not in _ACTIVE:
                return job
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError(f"job {job_id} is {job.get('status')} after {timeout} s; it goes on, and can be waited for again")
            time.sleep(poll_interval if left is None else min(poll_interval, left))

    def submit_and_wait(
        self,
        command_argv: Sequence[str],
        workdir: str,
        name: Optional[str] = None,
        config: Optional[Dict[str, Any]] = None,
        tags: Optional[Sequence[str]] = None,
        poll_interval: float = 1.0,
        timeout: Optional[float] = None,
    ) -> Result:
        """Both in one. A job that is not done in time is not cancelled."""
        submitted = self.submit_job(command_argv, workdir, name, config, tags)
        return self.wait_for_job(submitted["job_id"], poll_interval, timeout)

    def get_job(self, job_id: int) -> Optional[Result]:
        """A job; None when there is none of this number."""
        return self._object_or_none(f"/jobs/{_quote(job_id)}")

    def get_run(self, run_id: str) -> Optional[Result]:
        """A run; None when there is none of this id."""
        return self._object_or_none(f"/runs/{_quote(run_id)}")

    def get_runs(self, status: Optional[str] = None, tag: Optional[str] = None, limit: int = 50) -> List[Result]:
        """Runs, the newest first; `limit` 1..500."""
        asked = {"status": status, "tag": tag, "limit": limit}
        query = urllib.parse.urlencode({key: value for key, value in asked.items() if value is not None})
        return self._list(f"/runs?{query}", "runs")

    def get_status(self) -> Result:
        """Counts of jobs and workers."""
        return self._object("GET", "/status")

    def cancel_job(self, job_id: int) -> Result:
        """Asks for a job to be cancelled. Returns `message` and `previous_status`; no error when it has ended already."""
        return self._object("POST", f"/jobs/{_quote(job_id)}/cancel", {})

    def get_metrics(self, run_id: str) -> List[Result]:
        """The metrics of a run; numbers that are not finite are floats."""
        from whirr import values

        metrics = self._list(f"/runs/{_quote(run_id)}/metrics", "metrics")
        for record in metrics:
            values.restore_metrics(record)
        return metrics

    def list_artifacts(self, run_id: str) -> List[Result]:
        """All files of a run directory: `path`, `size` (bytes) and `modified`."""
        return self._list(f"/runs/{_quote(run_id)}/artifacts", "artifacts")

    def get_artifact(self, run_id: str, path: str) -> bytes:
        """The content of a file of a run directory."""
        return self._call("GET", f"/runs/{_quote(run_id)}/artifacts/{urllib.parse.quote(path, safe='/')}")

    def _object_or_none(self, path: str) -> Optional[Result]:
        try:
            return self._object("GET", path)
        except WhirrClientError as error:
            if error.status == 404:
                return None
            raise

    def _object(self, method: str, path: str, body: Optional[Dict[str, Any]] = None) -> Result:
        content = self._call(method, path, body)
        try:
            result = json.loads(content, object_pairs_hook=Result)
        except ValueError:
            result = None
        if not isinstance(result, Result):
            raise WhirrClientError(f"Server error: {method} {path} was answered with something else than a JSON object")
        return result

    def _list(self, path: str, member: str) -> List[Result]:
        found = self._object("GET", path).get(member)
        if not isinstance(found, list):
            raise WhirrClientError(f"Server error: the answer to GET {path} has no list {member!r}")
        return found

    def _call(self, method: str, path: str, body: Optional[Dict[str, Any]] = None) -> bytes:
        request = urllib.request.Request(f"{self.server_url}/api/v1{path}", method=method, headers={"Accept": "application/json"})
        if body is not None:
            request.data = json.dumps(body).encode("utf-8")
            request.add_header("Content-Type", "application/json")
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:
                content: bytes = answer.read()
                return content
        except urllib.error.HTTPError as error:
            raise WhirrClientError(f"Server error: {error.code} {_detail(error)}", error.code) from None
        except urllib.error.URLError as error:
            raise WhirrClientError(f"Connection error: {self.server_url}: {error.reason}") from error
        except (OSError, HTTPException) as error:
            raise WhirrClientError(f"Connection error: {self.server_url}: {error or type(error).__name__}") from error


def _quote(part: Any) -> str:
    return urllib.parse.quote(str(part), safe="")


def _detail(error: urllib.error.HTTPError) -> str:
    """The text of an error body `{"detail": text}`, or whatever came instead."""
    try:
        content = error.read(65536)
    except (OSError, HTTPException):
        return str(error.reason)
    try:
        detail = json.loads(content)["detail"]
        return detail if isinstance(detail, str) else json.dumps(detail)
    except (ValueError, KeyError, TypeError):
        return content.decode("utf-8", "replace").strip()[:500] or str(error.reason)
