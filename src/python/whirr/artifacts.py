"""Copies files and directories into `artifacts/` of a run directory.

Names come from scripts and from their users, and the directory is shown by servers later. So a name that would leave it is refused,
also where only a decoder of percent signs would see that, and no link inside it is followed. A copy is made beside its place and
put there in one step: a reader never sees a part of it.
"""

from __future__ import annotations

import itertools
import os
import shutil
import stat
from pathlib import Path
from typing import Callable, List, Set, Tuple
from urllib.parse import unquote

from whirr import files

_MOST_DECODED = 8
_numbers = itertools.count()


def save(run_dir: str, source: str, name: str, tell: Callable[[str], None]) -> Path:
    """Copies `source` to `artifacts/<name>` and returns the path of the copy.

    What is there under that name is replaced. Of a directory, links are copied as what they lead to; pipes, sockets and links to nowhere
    are left out, and `tell` hears of them. Raises ValueError for a name that is refused, FileNotFoundError, OSError.
    """
    parts = parts_of(name)
    try:
        facts = os.stat(source)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no file {source} to save as an artifact") from None
    if not stat.S_ISREG(facts.st_mode) and not stat.S_ISDIR(facts.st_mode):
        raise ValueError(f"{source} is neither a file nor a directory; only those are saved as artifacts")

    parent = _open_parents(run_dir, parts, name)
    temporary = f".artifact.{os.getpid()}.{next(_numbers)}"
    staged = os.path.join(run_dir, temporary)
    try:
        _refuse_other_kind(parent, parts[-1], name, is_directory=stat.S_ISDIR(facts.st_mode))
        if stat.S_ISDIR(facts.st_mode):
            own = os.stat(run_dir)
            _copy_directory(source, staged, {(own.st_dev, own.st_ino)}, tell)
            _move_away(parent, parts[-1], run_dir, f"{temporary}.old")
        else:
            shutil.copy(source, staged)
        os.rename(staged, parts[-1], dst_dir_fd=parent)
    finally:
        os.close(parent)
        _remove(staged)
        _remove(f"{staged}.old")
    return Path(run_dir, files.ARTIFACTS, *parts)


def parts_of(name: str) -> List[str]:
    """The parts of a name below `artifacts/`. Raises ValueError with a sentence for a name that is refused."""
    decoded = name
    for _ in range(_MOST_DECODED):
        _refuse(decoded, name)
        once_more = unquote(decoded)
        if once_more == decoded:
            return name.split("/")
        decoded = once_more
    raise ValueError(f"artifact name {name!r} is percent-encoded many times over; give it a plain name")


def _refuse(decoded: str, name: str) -> None:
    why = None
    if not decoded:
        why = "is empty"
    elif "\0" in decoded or any(character < " " or character == "\x7f" for character in decoded):
        why = "holds a control character"
    elif "\\" in decoded:
        why = "holds a backslash, which is a separator elsewhere"
    elif decoded.startswith("/"):
        why = "is absolute"
    elif any(part == ".." for part in decoded.split("/")):
        why = "leaves the artifacts directory"
    elif any(part in ("", ".") for part in decoded.split("/")):
        why = "has an empty part"
    if why:
        raise ValueError(f"artifact name {name!r} {why}; use a relative name such as 'models/best.pt'")


def _open_parents(run_dir: str, parts: List[str], name: str) -> int:
    """The directory that the name lies in, made if it is not there; no link on the way is followed."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOFOLLOW
    at = os.open(run_dir, flags)
    for part in [files.ARTIFACTS, *parts[:-1]]:
        try:
            try:
                os.mkdir(part, dir_fd=at)
            except FileExistsError:
                pass
            inner = os.open(part, flags, dir_fd=at)
        except NotADirectoryError:
            raise ValueError(f"artifact name {name!r} goes through {part!r}, a link or a file in the artifacts directory") from None
        except OSError as error:
            if os.path.islink(f"/proc/self/fd/{at}/{part}"):
                raise ValueError(f"artifact name {name!r} goes through {part!r}, which is a link in the artifacts directory") from error
            raise
        finally:
            os.close(at)
        at = inner
    return at


def _refuse_other_kind(parent: int, last: str, name: str, is_directory: bool) -> None:
    try:
        mode = os.stat(last, dir_fd=parent, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise ValueError(f"artifact name {name!r} is a link in the artifacts directory; it is not written through")
    if stat.S_ISDIR(mode) != is_directory:
        there = "directory" if stat.S_ISDIR(mode) else "file"
        raise ValueError(f"artifact {name!r} exists and is a {there}; save under another name")


def _copy_directory(source: str, target: str, above: Set[Tuple[int, int]], tell: Callable[[str], None]) -> None:
    facts = os.stat(source)
    above = above | {(facts.st_dev, facts.st_ino)}
    os.mkdir(target)
    with os.scandir(source) as entries:
        for entry in entries:
            inner = os.path.join(target, entry.name)
            try:
                facts = entry.stat()
            except OSError as error:
                tell(f"{entry.path} cannot be followed ({error.strerror}) and is not saved")
                continue
            if stat.S_ISREG(facts.st_mode):
                shutil.copy(entry.path, inner)
            elif stat.S_ISDIR(facts.st_mode):
                # The run directory itself, or a link to a directory above.
                if (facts.st_dev, facts.st_ino) not in above:
                    _copy_directory(entry.path, inner, above, tell)
            else:
                tell(f"{entry.path} is neither a file nor a directory and is not saved")


def _move_away(parent: int, last: str, run_dir: str, temporary: str) -> None:
    try:
        os.rename(last, os.path.join(run_dir, temporary), src_dir_fd=parent)
    except FileNotFoundError:
        pass


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except IsADirectoryError:
        shutil.rmtree(path, ignore_errors=True)
    except OSError:
        pass
