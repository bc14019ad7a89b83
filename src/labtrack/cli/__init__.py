"""The command line: ``main`` is the entry point. Nothing heavy is imported before it is known that it is needed."""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that ``arguments`` (else the process's own) name; its exit status.

    0 done (findings, warnings and duplicates too), 1 done but something was refused or found faulty, 2 wrong usage, 3 could not
    be done and nothing changed.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    if list(arguments) == ["--version"]:
        from labtrack import __version__

        sys.stdout.write(f"labtrack {__version__}\n")
        return 0
    from labtrack.cli.run import run

    return run(arguments)
