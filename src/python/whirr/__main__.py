"""`python -m whirr`: exit code 0, 1 when something could not be done, 2 for a wrong command line."""

from __future__ import annotations

import argparse
import sys
from typing import List, Optional

from whirr.version import __version__


def main(arguments: Optional[List[str]] = None) -> int:
    """Runs a command and returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m whirr", description="The Python side of whirr; whirrctl has the other commands.")
    parser.add_argument("--version", action="version", version=f"whirr {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    importing = commands.add_parser("import-tb", help="make runs of a TensorBoard log directory")
    importing.add_argument("directory", help="each directory in it with event files becomes a run")
    importing.add_argument("-t", "--tag", action="append", default=[], help="a tag for the runs; may be given more than once")
    given = parser.parse_args(arguments)

    from whirr import tensorboard

    try:
        for run_dir in tensorboard.import_(given.directory, given.tag):
            print(run_dir)
        return 0
    except OSError as error:
        print(f"whirr: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
