"""Be a DICOM node: receive MR studies, analyse each one when it is complete, send the objects back to an archive.

It serves until Ctrl-C or SIGTERM. What it has accepted is on the disk, and after a restart it goes on with it.
"""

from __future__ import annotations

import argparse
import logging
import logging.handlers
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.analyze import add_joint, add_network, add_side
from OrthoDiffusionLib.cli.archive_options import SECRETS, add_certificates
from OrthoDiffusionLib.cli.console import table
from OrthoDiffusionLib.cli.language import add_page_language, page_language
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Language, Message, title_of, word_of

if TYPE_CHECKING:
    from OrthoDiffusionLib.archive.node.settings import Keeping, Listening, Returning

LOG_BYTES, LOG_FILES = 10_000_000, 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--spool", type=Path, required=True, metavar="DIR", help="where received studies lie")
    parser.add_argument("--status", action="store_true", help="print what lies in the spool, and end")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where a results folder for each study goes")
    _add_listening(parser.add_argument_group("who may send, and where"))
    _add_returning(parser.add_argument_group("where the objects go", SECRETS))
    _add_keeping(parser.add_argument_group("what is kept"))
    add_side(parser)
    add_network(parser)
    add_joint(parser, otherwise="that of the bundle; of several, the one that each study shows")
    add_page_language(parser)
    parser.add_argument("--log", type=Path, metavar="FILE", help="the log, which names no patient; else standard error")


def _add_listening(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--allow",
        action="append",
        default=[],
        metavar="AET[@ADDRESS]",
        help="a sender's AE title and its host, IP address or network; several times for several senders",
    )
    group.add_argument("--aet", default="ORTHODIFFUSION", metavar="TITLE", help="the node's own AE title")
    group.add_argument("--port", type=int, default=2762, metavar="N", help="where it listens (2762, DICOM with TLS)")
    group.add_argument("--bind", default="", metavar="ADDRESS", help="listen on this address alone")
    add_certificates(group)
    group.add_argument("--any-client", action="store_true", help="let in senders that show no certificate")
    group.add_argument(
        "--insecure", action="store_true", help="no TLS: patient data and passwords can be read on the network"
    )
    group.add_argument(
        "--connections", type=int, default=20, metavar="N", help="at once (20), half of it of one address"
    )
    group.add_argument("--max-mb", type=int, default=512, metavar="N", help="megabytes of an instance (512)")


def _add_returning(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--send-to", metavar="ADDRESS", help="https://… or dicoms://AET@HOST:PORT; else kept here alone")


def _add_keeping(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--quiet",
        type=float,
        default=60.0,
        metavar="SECONDS",
        help="a study is complete after so long a silence (60)",
    )
    group.add_argument("--keep", action="store_true", help="keep the images of finished studies; else they are deleted")
    group.add_argument("--reserve-mb", type=int, default=2048, metavar="N", help="refuse rather than leave less (2048)")
    group.add_argument("--retry-failed", action="store_true", help="try once more what failed in an earlier run")


def run(arguments: argparse.Namespace) -> int:
    if arguments.status:
        return _status(arguments.spool, page_language(arguments))
    if arguments.out is None:
        raise ArchiveError(Message("archive", "no_results_folder"))
    from OrthoDiffusionLib.analysis.bundle_of_inputs import all_bundles
    from OrthoDiffusionLib.archive.node.analysing import WorkerAnalysis
    from OrthoDiffusionLib.archive.node.node import Node

    node = Node(
        _listening(arguments), _keeping(arguments), _returning(arguments), arguments.side, arguments.retry_failed
    )
    # What cannot be used is refused now, not when the first study is complete.
    bundles = all_bundles(arguments.bundle, arguments.joint)
    _start_log(arguments.log)
    named = arguments.bundle if arguments.joint is None else str(bundles[0].folder)
    analysis = WorkerAnalysis(named, arguments.device, lambda: node.is_ending, arguments.language)
    try:
        node.run(analysis)
    except KeyboardInterrupt:  # the usual way to end a service
        pass
    finally:
        analysis.close()
    return 0


def _listening(arguments: argparse.Namespace) -> Listening:
    from OrthoDiffusionLib.archive.bounded_server import Limits
    from OrthoDiffusionLib.archive.node.callers import Callers
    from OrthoDiffusionLib.archive.node.settings import Listening
    from OrthoDiffusionLib.archive.tls import TlsFiles

    return Listening(
        Callers.parse(arguments.allow),
        ae_title=arguments.aet,
        host=arguments.bind,
        port=arguments.port,
        tls=TlsFiles(arguments.ca, arguments.cert, arguments.key),
        insecure=arguments.insecure,
        any_client=arguments.any_client,
        limits=Limits(
            connections=arguments.connections,
            of_one_host=max(1, arguments.connections // 2),  # one sender's broken ones do not keep the others out
            instance_mb=arguments.max_mb,
        ),
    )


def _keeping(arguments: argparse.Namespace) -> Keeping:
    from OrthoDiffusionLib.archive.node.settings import Keeping

    return Keeping(
        arguments.spool,
        arguments.out,
        quiet_seconds=arguments.quiet,
        keep_images=arguments.keep,
        reserve_mb=arguments.reserve_mb,
    )


def _returning(arguments: argparse.Namespace) -> Returning | None:
    if arguments.send_to is None:
        return None
    from OrthoDiffusionLib.archive.address import parse_address
    from OrthoDiffusionLib.archive.archive import open_named_archive
    from OrthoDiffusionLib.archive.node.settings import Returning
    from OrthoDiffusionLib.cli.archive_options import caller_of

    returning = Returning(parse_address(arguments.send_to, insecure=arguments.insecure), caller_of(arguments))
    with open_named_archive(returning.address, returning.caller):
        return returning  # packages, certificates and password are there


def _start_log(path: Path | None) -> None:
    from OrthoDiffusionLib.archive.node.journal import LOGGER

    handler: logging.Handler
    if path is None:
        handler = logging.StreamHandler(sys.stderr)
    else:
        handler = logging.handlers.RotatingFileHandler(
            path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8"
        )
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z"))
    logger = logging.getLogger(LOGGER)
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


_COLUMNS = ("log", "stage", "instances", "attempts", "study", "reason")


def _status(spool: Path, language: Language) -> int:
    """What lies in the spool; it tells UIDs and reasons, which the log does not."""
    from OrthoDiffusionLib.archive.node.spool import Spool

    if not spool.is_dir():
        raise ArchiveError(Message("archive", "no_spool"), where=str(spool))
    rows = []
    for study in Spool(spool).studies():
        state = study.state()
        counts = (str(study.content()[0]), str(state.attempts))
        rows.append((study.key, word_of(f"spool_{state.stage}", language), *counts, study.uid, state.why(language)))
    if rows:
        head = [title_of(f"spool_{name}", language) for name in _COLUMNS]
        print(table([head, *rows], indent=""))
    else:
        print(Message("listen", "empty").words(language).what)
    return 0
