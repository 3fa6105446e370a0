"""The command `orthodiffusion` and its subcommands; torch is loaded by those that compute, when they do."""

from __future__ import annotations

import argparse
import contextlib
import importlib
import math
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.cli.console import print_error
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionLib.service.worker import unexpected

FAULT = 1
BAD_INPUT = 2
INTERRUPTED = 130
SECONDS_TO_TIDY = 2.0

COMMANDS = {
    "analyze": "cli.analyze",
    "batch": "cli.batch",
    "bundle": "cli.bundle",
    "phantom": "lab.commands.phantom",
    "pretrain": "lab.commands.pretrain",
    "finetune": "lab.commands.finetune",
    "publish": "lab.commands.publish",
    "evaluate": "lab.commands.evaluate",
    "inspect": "lab.commands.inspect",
    "realism": "lab.commands.realism",
    "benchmark": "lab.commands.benchmark",
    "experiment": "lab.commands.experiment",
    "worker": "service.worker",
}
"""Name -> module with `HELP`, `add_arguments(parser)` and `run(arguments)`, in the order of the help."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        argv: the arguments without the program's name; None takes those of the process.

    Returns:
        The exit status: 0 done, 1 a fault of its own, 2 bad input, 130 interrupted by Ctrl-C with nothing half-written.
    """
    try:
        arguments = build_parser().parse_args(argv)
        with _one_clean_stop():
            return arguments.run(arguments) or 0
    except OrthoDiffusionError as error:
        print_error(error)
        return BAD_INPUT
    except (KeyboardInterrupt, Cancelled):
        print("\nInterrupted. Nothing half-written was left behind.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has gone, as with `| head`; not worth a traceback.
        sys.stderr.close()
        return FAULT
    except Exception as error:
        print_error(unexpected(error))
        return FAULT


def build_parser() -> argparse.ArgumentParser:
    """The parser of all subcommands; building it imports neither torch nor numpy."""
    parser = argparse.ArgumentParser(
        prog="orthodiffusion",
        description="Outlines the parts of a joint in ordinary MR series and says how likely its common"
        " injuries are. For research; not a medical device.",
    )
    parser.add_argument("--version", action="version", version=f"orthodiffusion {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, module in COMMANDS.items():
        command = importlib.import_module(f"OrthoDiffusionLib.{module}")
        subparser = subparsers.add_parser(name, help=command.HELP, description=command.__doc__)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


@contextlib.contextmanager
def _one_clean_stop() -> Iterator[None]:
    """Let Ctrl-C and a polite kill unwind the work; a second one soon after must not disturb the tidying up."""
    signals = (signal.SIGINT, signal.SIGTERM)
    last = -math.inf

    def interrupt(_signal, _frame):
        nonlocal last
        # A later one counts again: Python drops an exception that is raised in a callback of its own.
        if time.monotonic() - last > SECONDS_TO_TIDY:
            last = time.monotonic()
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, interrupt) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


if __name__ == "__main__":
    sys.exit(main())
