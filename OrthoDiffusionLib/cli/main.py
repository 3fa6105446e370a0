"""The command `orthodiffusion` and its subcommands; torch is loaded by those that compute, when they do."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import threading
from collections.abc import Sequence

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.cli.console import print_error
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Cancelled

BAD_INPUT = 2
INTERRUPTED = 130

COMMANDS = (
    "analyze",
    "batch",
    "bundle",
    "phantom",
    "pretrain",
    "finetune",
    "publish",
    "evaluate",
    "benchmark",
    "worker",
)
"""Each is a file of this room with `HELP`, `add_arguments(parser)` and `run(arguments)`, in the order of the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        argv: the arguments without the program's name; None takes those of the process.

    Returns:
        The exit status: 0 done, 2 bad input, 130 interrupted by Ctrl-C with nothing half-written.
    """
    arguments = build_parser().parse_args(argv)
    _stop_cleanly_on_terminate()
    try:
        return arguments.run(arguments) or 0
    except OrthoDiffusionError as error:
        print_error(error)
        return BAD_INPUT
    except (KeyboardInterrupt, Cancelled):
        print("\nInterrupted. Nothing half-written was left behind.", file=sys.stderr)
        return INTERRUPTED
    except MemoryError:
        print_error(
            OrthoDiffusionError(
                "There was not enough memory to go on",
                remedy="Close other programs, or give fewer or smaller volumes.",
            )
        )
        return BAD_INPUT
    except BrokenPipeError:
        # Whoever read our output has gone, as with `| head`; not worth a traceback.
        sys.stderr.close()
        return 1


def build_parser() -> argparse.ArgumentParser:
    """The parser of all subcommands; building it imports neither torch nor numpy."""
    parser = argparse.ArgumentParser(
        prog="orthodiffusion",
        description="Outlines the parts of a joint in ordinary MR series and says how likely its common"
        " injuries are. For research; not a medical device.",
    )
    parser.add_argument("--version", action="version", version=f"orthodiffusion {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        command = importlib.import_module(f"OrthoDiffusionLib.cli.{name}")
        subparser = subparsers.add_parser(name, help=command.HELP, description=command.__doc__)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


def _stop_cleanly_on_terminate() -> None:
    """Let a polite kill unwind as Ctrl-C does, so that temporary folders are removed."""

    def interrupt(_signal, _frame):
        raise KeyboardInterrupt

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, interrupt)


if __name__ == "__main__":
    sys.exit(main())
