"""The command line: ``main`` is the entry point. Nothing heavy is imported before it is known that it is needed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import suppress


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (else the process's own) name; its exit status.

    0 done (findings, warnings and duplicates too), 1 done but something was refused or found faulty, 2 wrong usage, 3 could not
    be done and nothing changed.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if list(arguments) == ["--version"]:
        from labtrack import __version__

        # What cannot be written is told as any such error is, below.
        with suppress(OSError, AttributeError):
            sys.stdout.write(f"labtrack {__version__}\n")
            sys.stdout.flush()
            return 0
    try:
        from labtrack.cli.quick import start

        status = start(arguments)
        if status is not None:
            return status
        from labtrack.cli.run import run

        return run(arguments)
    except KeyboardInterrupt:
        return 3
