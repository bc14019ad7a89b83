"""From arguments to an exit status: every error becomes a message that says what to do next, and no traceback reaches a person."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer
from typer.core import TyperGroup

from labtrack.cli.help import help_on, named, usage
from labtrack.cli.output import abandon_stdout, note, prepare
from labtrack.core.errors import LabtrackError, UsageError
from labtrack.core.text import visible

#: Exit statuses (interfaces, *Commands*).
DONE, REFUSED, WRONG_USAGE, FAILED = 0, 1, 2, 3

# The parser's own usage error has no public name of its own.
_ParserError: type[Exception] = typer.BadParameter.__bases__[0]


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit status. Never raises."""
    prepare()
    before, sys.unraisablehook = sys.unraisablehook, _log_unraisable
    try:
        return _run(arguments)
    finally:
        sys.unraisablehook = before


def _run(arguments: Sequence[str]) -> int:
    try:
        try:
            status = _invoke(_decoded(arguments))
        finally:
            sys.stdout.flush()
    except typer.Exit as left:
        return int(left.exit_code)
    except _ParserError as error:
        return _wrong_usage(error, arguments)
    except UsageError as error:
        return told(error, WRONG_USAGE)
    except LabtrackError as error:
        return told(error, FAILED)
    except BrokenPipeError:
        # Whoever read the output has had enough (``labtrack … | head``): nothing is wrong, and nothing more is to be said.
        abandon_stdout()
        return DONE
    except (KeyboardInterrupt, EOFError, typer.Abort):
        note("Stopped. A change or an import that was not finished has left the clinic as it was.")
        return FAILED
    except OSError as error:
        abandon_stdout()
        what = f"{error.filename}:" if error.filename else "The output cannot be written:"
        return told(LabtrackError(f"{what} {error.strerror or error}.", "Make room or name another place, then try again."), FAILED)
    except Exception as error:  # noqa: BLE001 - the last resort: whatever it is, a person gets a sentence and the log the rest
        return unexpected(error)
    return status


def _log_unraisable(raised: sys.UnraisableHookArgs) -> None:
    """What goes wrong while something half-read is put away is for the log, not for the person."""
    from logging import getLogger

    getLogger("labtrack").debug("while putting away %s", type(raised.object).__name__, exc_info=raised.exc_value)


def _invoke(arguments: list[str]) -> int:
    from labtrack.cli.app import command

    parser = command()
    if _asks_for_help(arguments):
        sys.stdout.write(help_on(parser, arguments))
        return DONE
    with parser.make_context("labtrack", arguments) as context:
        status = parser.invoke(context)
    return status if isinstance(status, int) else DONE


def _asks_for_help(arguments: Sequence[str]) -> bool:
    """Help is given whatever else the line holds, and before any of it is read."""
    before = arguments[: arguments.index("--")] if "--" in arguments else arguments
    return not {"--help", "-h"}.isdisjoint(before)


def _decoded(arguments: Sequence[str]) -> list[str]:
    """The arguments; UsageError where one holds bytes that are no text, which could be neither stored nor shown."""
    for each in arguments:
        if any("\ud800" <= character <= "\udfff" for character in each):
            raise UsageError(f"{visible(each)} is not text in UTF-8.", "Type it again with the terminal set to UTF-8, or rename the file.")
    return list(arguments)


def told(error: LabtrackError, status: int) -> int:
    """What could not be done and the next step, on stderr; the status."""
    note(f"labtrack: {error.message}")
    if error.next_step:
        note(f"  {error.next_step}")
    return status


def _wrong_usage(error: Exception, arguments: Sequence[str]) -> int:
    """What is wrong with the request, and the right one."""
    from labtrack.cli.app import command

    message = error.format_message() if hasattr(error, "format_message") else str(error)
    it, path = named(command(), arguments)
    lines = [f"labtrack: {message}", usage(it, path)]
    lines += [f"Commands: {', '.join(it.commands)}"] if isinstance(it, TyperGroup) else []
    for line in (*(each for text in lines for each in text.splitlines()), f"More: {path} --help"):
        note(line)
    return WRONG_USAGE


def unexpected(error: Exception) -> int:
    """One line for the person; everything for the log."""
    from logging import getLogger

    from labtrack.cli.log import current_log

    log = current_log()
    getLogger("labtrack").error("unexpected error", exc_info=error)
    place = f" The whole of it is in {log}." if log.exists() else ""
    note(f"labtrack: something unexpected went wrong ({type(error).__name__}).{place}")
    return FAILED
