"""The commit that a script was started from, and what of it was changed. Asks `git`; nothing here raises."""

from __future__ import annotations

import os
import re
from typing import Any, Dict, List, Optional, Tuple

CALL_SECONDS = 5.0
"""The most that one call of git may take; then there is no information."""

MOST_DIFF_BYTES = 1 << 20
_MOST_NAMES = 1000

# Nothing that a repository configures is run: no file-system monitor, no external diff, no pager, no question for a password.
_GIT = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false")


def collect(directory: str) -> Tuple[Optional[Dict[str, Any]], bytes]:
    """`git_info` for meta.json and the content of git.diff (empty when nothing is changed); None outside a repository."""
    commit = _ask(directory, "rev-parse", "--verify", "HEAD")
    status = _ask(directory, "status", "--porcelain=v1", "-z", "--untracked-files=normal")
    if status is None:
        return None, b""
    branch = _ask(directory, "symbolic-ref", "--short", "-q", "HEAD")
    info: Dict[str, Any] = {
        "commit": _line(commit),
        "branch": _line(branch) or ("HEAD" if commit else None),
        "dirty": bool(status),
        "remote_url": mask_credentials(_line(_ask(directory, "config", "--get", "remote.origin.url"))),
    }
    info = {name: value for name, value in info.items() if value is not None}
    if not status:
        return info, b""
    diff, is_cut = _diff(directory, has_commit=commit is not None)
    content = _untracked(status) + diff
    if len(content) > MOST_DIFF_BYTES:
        content, is_cut = content[:MOST_DIFF_BYTES], True
    if content:
        info["diff_file"] = "git.diff"
    if is_cut:
        info["diff_truncated"] = True
    return info, content


def mask_credentials(url: Optional[str]) -> Optional[str]:
    """A URL without its password or token: `https://***@host/x`. The user of ssh is no secret."""
    if url is None:
        return None
    match = re.match(r"^([A-Za-z][A-Za-z0-9+.-]*)://([^/?#]*)@", url)
    if not match:
        return url
    scheme, who = match.group(1), match.group(2)
    if scheme.lower() in ("ssh", "git+ssh", "ssh+git"):
        who = who.split(":", 1)[0] + (":***" if ":" in who else "")
    else:
        who = "***"
    return f"{scheme}://{who}@{url[match.end():]}"


def _untracked(status: bytes) -> bytes:
    """Names of files that git does not know, as lines in front of the diff, which `git apply` passes over."""
    names: List[bytes] = [entry[3:] for entry in status.split(b"\0") if entry.startswith(b"?? ")]
    if not names:
        return b""
    shown = b"".join(b"#   " + name.replace(b"\n", b"?") + b"\n" for name in names[:_MOST_NAMES])
    more = f"#   and {len(names) - _MOST_NAMES} more\n".encode() if len(names) > _MOST_NAMES else b""
    return b"# untracked, and not in this diff:\n" + shown + more + b"\n"


def _diff(directory: str, has_commit: bool) -> Tuple[bytes, bool]:
    import subprocess
    import threading

    against = ("HEAD",) if has_commit else ("--cached",)
    try:
        process = subprocess.Popen(
            (*_GIT, "diff", "--no-ext-diff", "--no-textconv", "--no-color", *against, "--"),
            cwd=directory, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, RuntimeError):
        return b"", False
    assert process.stdout is not None
    is_late: List[bool] = []

    def stop() -> None:
        is_late.append(True)
        process.kill()

    timer = threading.Timer(CALL_SECONDS, stop)
    timer.daemon = True
    with process:
        try:
            timer.start()
            content = process.stdout.read(MOST_DIFF_BYTES + 1)
        finally:
            timer.cancel()
            process.kill()
    return content[:MOST_DIFF_BYTES], bool(is_late) or len(content) > MOST_DIFF_BYTES


def _ask(directory: str, *arguments: str) -> Optional[bytes]:
    import subprocess

    try:
        answer = subprocess.run(
            (*_GIT, *arguments), cwd=directory, env=_environment(), timeout=CALL_SECONDS,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError, RuntimeError):
        return None
    return answer.stdout if answer.returncode == 0 else None


def _environment() -> Dict[str, str]:
    return {**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "GIT_PAGER": "cat"}


def _line(answer: Optional[bytes]) -> Optional[str]:
    return answer.decode("utf-8", "replace").strip() or None if answer is not None else None
