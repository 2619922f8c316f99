"""How a script ended: normally, by an exception, by `sys.exit(n)`, by Ctrl+C.

An exception that nobody caught is in `sys.last_value` when exit hooks run. An exit code is nowhere in Python by then, so `sys.exit` (and
`exit`, `quit`) are wrapped to raise a SystemExit that notices who reads its code: only the interpreter that is about to end does so without
a Python frame around it. One that the script catches, as test runners and notebooks do, changes nothing. The main script also gets such a
SystemExit in the place of the builtin one, for `raise SystemExit(main())`, if all that it does with the name is to raise it.

Not seen by an exit hook: `raise SystemExit(3)` in a module that was imported, or in a main script that also catches it; `from sys import exit`
in a module that was imported before `whirr.init()`; and `os._exit(3)`, which runs no hook, so that the run is lost. In a `with` block the
first two are seen, and the queue knows the exit code of a job whatever it did.
"""

from __future__ import annotations

import builtins
import sys
from typing import Any, NamedTuple, Optional

_MOST_DETAIL = 1000
_MOST_SCRIPT = 4 << 20


class End(NamedTuple):
    """Members of meta.json that tell the end."""

    status: str
    exit_code: Optional[int] = None
    reason: Optional[str] = None
    detail: Optional[str] = None


COMPLETED = End("completed")


def of_exception(error: BaseException) -> End:
    """The end that an exception makes when nothing catches it."""
    if isinstance(error, SystemExit):
        return _of_code(error.code)
    if isinstance(error, KeyboardInterrupt):
        return End("cancelled", 130, "cancelled_by_user", "KeyboardInterrupt")
    return End("failed", 1, "exit_code", _last_line(error))


def of_process() -> End:
    """The end of this process, for exit hooks."""
    if _Noted.is_exiting:
        return _of_code(_Noted.code)
    error = _last_error()
    if error is not None and error is not _Noted.earlier_error and not _is_interactive():
        return of_exception(error)
    return COMPLETED


def watch() -> None:
    """Begins to watch for the end. Errors that interactive work left before this do not count."""
    _Noted.earlier_error = _last_error()
    if _Noted.is_watching:
        return
    _Noted.is_watching = True
    previous = sys.exit

    def exit(status: Any = None, /) -> Any:  # noqa: A001 - its name shows in tracebacks
        try:
            previous(status)
        except SystemExit as error:
            if type(error) is not SystemExit:
                raise
            raise WatchedExit(*error.args) from None

    exit.__doc__ = previous.__doc__
    sys.exit = exit
    _watch_main(previous, exit)
    quitter = type(getattr(builtins, "exit", None))
    if quitter.__name__ == "Quitter":
        _watch_quitter(quitter)


class WatchedExit(SystemExit):
    """A SystemExit that notices when the interpreter reads its code in order to end."""

    @property
    def code(self) -> Any:  # type: ignore[override]
        code = self.args[0] if len(self.args) == 1 else self.args or None
        try:
            sys._getframe(1)
        except ValueError:
            _Noted.is_exiting, _Noted.code = True, code
        return code


class _Noted:
    is_watching = False
    is_exiting = False
    code: Any = None
    earlier_error: Optional[BaseException] = None


def _watch_quitter(quitter: Any) -> None:
    previous = quitter.__call__

    def call(self: Any, code: Any = None) -> Any:
        try:
            previous(self, code)
        except SystemExit as error:
            raise WatchedExit(*error.args) from None

    quitter.__call__ = call


def _watch_main(previous: Any, watched: Any) -> None:
    main = sys.modules.get("__main__")
    names = vars(main) if main is not None else {}
    for name, value in list(names.items()):
        if value is previous:
            names[name] = watched
    if "SystemExit" not in names and _only_raises_exit(getattr(main, "__file__", None)):
        names["SystemExit"] = WatchedExit


def _only_raises_exit(path: Any) -> bool:
    """Whether a script does nothing with the name SystemExit but `raise SystemExit`: one that catches it means each of them."""
    try:
        with open(path, "rb") as file:
            text = file.read(_MOST_SCRIPT)
    except (OSError, TypeError, ValueError):
        return False
    if b"SystemExit" not in text:
        return False
    import re

    uses = re.findall(rb"(\braise[ \t]+)?\bSystemExit\b", text)
    return len(text) < _MOST_SCRIPT and bool(uses) and all(uses)


def _of_code(code: Any) -> End:
    if code is None or code == 0:
        return End("completed", 0)
    if isinstance(code, int):
        return End("failed", code & 0xFF, "exit_code", f"exited with code {code & 0xFF}")
    return End("failed", 1, "exit_code", str(code)[:_MOST_DETAIL])


def _last_error() -> Optional[BaseException]:
    error = getattr(sys, "last_exc", None) or getattr(sys, "last_value", None)
    return error if isinstance(error, BaseException) else None


def _is_interactive() -> bool:
    return hasattr(sys, "ps1") or hasattr(builtins, "__IPYTHON__")


def _last_line(error: BaseException) -> str:
    """The line of the traceback that names the error, `ValueError: loss is not finite`."""
    name = type(error).__qualname__
    module = type(error).__module__
    if module not in ("builtins", "__main__"):
        name = f"{module}.{name}"
    try:
        text = str(error).strip().split("\n", 1)[0]
    except Exception:
        text = "<exception without text>"
    return (f"{name}: {text}" if text else name)[:_MOST_DETAIL]
