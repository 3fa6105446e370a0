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
from types import FrameType

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.cli.console import print_error
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import ENGLISH, Message, language_of, title_of
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionLib.service.faults import exit_status, unexpected

FAULT = 1
BAD_INPUT = 2
INTERRUPTED = 130
SECONDS_TO_TIDY = 2.0

COMMANDS = {
    "analyze": ("cli.analyze", "analyse the MR series of one joint"),
    "batch": ("cli.batch", "analyse a folder of studies"),
    "pacs": ("cli.pacs", "ask an archive (PACS) for studies, fetch them, send objects to it"),
    "listen": ("cli.listen", "be a DICOM node that analyses the studies sent to it"),
    "report": ("cli.report", "write a page about a results folder"),
    "decide": ("cli.decide", "store what a reader decides about findings"),
    "deidentify": ("cli.deidentify", "copy DICOM files without what identifies a person"),
    "bundle": ("cli.bundle", "list, describe, verify, install, remove or export bundles of weights"),
    "phantom": ("lab.commands.phantom", "make digital joints with known ground truth"),
    "pretrain": ("lab.commands.pretrain", "train the diffusion model of each plane, without labels"),
    "import-published": ("lab.commands.import_published", "convert the original authors' encoders into a bundle"),
    "finetune": ("lab.commands.finetune", "train on labelled cases, your own or digital ones, and write a bundle"),
    "adapt": ("lab.commands.adapt", "adapt a bundle to a site with its own studies, without labels"),
    "corrections": ("lab.commands.corrections", "compare corrected outlines, export them as cases, fine-tune on them"),
    "publish": ("lab.commands.publish", "calibrate a trained bundle and write the one to ship"),
    "reference": ("lab.commands.reference", "enable a bundle to detect studies that are unlike its training"),
    "evaluate": ("lab.commands.evaluate", "evaluate a bundle on digital joints that were not used in training"),
    "unlike": ("lab.commands.unlike", "measure what a bundle finds unlike its training"),
    "recognition": ("lab.commands.recognition", "train or measure the network that recognises the joint"),
    "inspect": ("lab.commands.inspect", "show slice by slice what a bundle predicts for an exam without ground truth"),
    "realism": ("lab.commands.realism", "measure how far digital joints are from real series"),
    "benchmark": ("lab.commands.benchmark", "time every stage on the sample exam"),
    "experiment": ("lab.commands.experiment", "run an experiment, resumable, and write its table and plot"),
    "worker": ("service.worker", "answer the panel's requests (JSON lines on standard input and output)"),
}
"""Name -> (module with `add_arguments(parser)` and `run(arguments)`, one line of help), in the order of the help. The
laboratory's commands are named here and nowhere else in the product; each is imported when it is called."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Args:
        argv: the arguments without the program's name; None takes those of the process.

    Returns:
        The exit status: 0 done, 1 an internal error, 2 what a user can put right, 130 interrupted by Ctrl-C
        with nothing half-written.
    """
    language = ENGLISH
    try:
        words = sys.argv[1:] if argv is None else list(argv)
        called = next((word for word in words if not word.startswith("-")), "")
        arguments = _parsed(build_parser(called), words)
        language = language_of(getattr(arguments, "language", None) or ENGLISH.code)
        with _one_clean_stop():
            return arguments.run(arguments) or 0
    except OrthoDiffusionError as error:
        print_error(error, language=language)
        return exit_status(error)
    except (KeyboardInterrupt, Cancelled):
        if hasattr(signal, "SIGCHLD") and threading.current_thread() is threading.main_thread():
            # torch's handler would complain of its loading processes, which end with this one.
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        print(f"\n{title_of('interrupted', language)}", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of our output has ended, as with `| head`; not worth a traceback.
        sys.stderr.close()
        return FAULT
    except Exception as error:
        problem = unexpected(error)
        print_error(problem, language=language)
        return exit_status(problem)


def _parsed(parser: argparse.ArgumentParser, words: list[str]) -> argparse.Namespace:
    """The arguments; an unknown one is refused with the way to the help of its own command."""
    arguments, unknown = parser.parse_known_args(words)
    if unknown:
        values = {"options": " ".join(unknown), "command": arguments.command}
        parser.error(Message("unknown_options", values=values).words().what)
    return arguments


def build_parser(called: str | None = None) -> argparse.ArgumentParser:
    """The parser; building it imports neither torch nor numpy.

    Args:
        called: the command whose arguments are wanted; the others get their line of help alone. None for all.
    """
    parser = argparse.ArgumentParser(
        prog="orthodiffusion",
        description="Outlines the parts of a joint in ordinary MR series and says how likely its common"
        " injuries are. For research; not a medical device.",
    )
    parser.add_argument("--version", action="version", version=f"orthodiffusion {__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, line) in COMMANDS.items():
        if called not in (None, name):
            subparsers.add_parser(name, help=line)
            continue
        command = importlib.import_module(f"OrthoDiffusionLib.{module}")
        subparser = subparsers.add_parser(name, help=line, description=command.__doc__)
        command.add_arguments(subparser)
        subparser.set_defaults(run=command.run)
    return parser


@contextlib.contextmanager
def _one_clean_stop() -> Iterator[None]:
    """Let Ctrl-C and a polite kill unwind the work; a second one soon after must not disturb the tidying up."""
    signals = (signal.SIGINT, signal.SIGTERM)
    last = -math.inf

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
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
