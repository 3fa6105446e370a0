"""What every command that speaks to an archive is told: its address, certificates, our own AE title."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from OrthoDiffusionLib.archive.archive import Archive, Caller

SECRETS = (
    "User and password come from the variables ORTHODIFFUSION_PACS_USER and ORTHODIFFUSION_PACS_PASSWORD, a token from"
    " ORTHODIFFUSION_PACS_TOKEN, else all of them from the system's keyring; never from the command line."
)


def add_address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "address",
        metavar="ADDRESS",
        help="https://HOST[:PORT]/PATH for DICOMweb, dicoms://AET@HOST[:PORT] for DIMSE with TLS",
    )


def add_connection(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("the connection", SECRETS)
    add_certificates(group)
    group.add_argument("--aet", default="ORTHODIFFUSION", metavar="TITLE", help="our own AE title, of DIMSE")
    group.add_argument(
        "--insecure",
        action="store_true",
        help="allow an address without TLS: patient data and passwords can be read on the network",
    )


def add_certificates(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--ca", type=Path, metavar="PEM", help="the authority to trust, instead of the system's")
    group.add_argument("--cert", type=Path, metavar="PEM", help="our own certificate")
    group.add_argument("--key", type=Path, metavar="PEM", help="its private key, where it is not in the same file")


def add_move(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("C-MOVE, for archives without C-GET")
    group.add_argument(
        "--move", type=int, default=0, metavar="PORT", help="fetch by C-MOVE; the archive sends to this port of ours"
    )
    group.add_argument("--move-host", default="", metavar="ADDRESS", help="our address that listens; else all of them")


def caller_of(arguments: argparse.Namespace) -> Caller:
    from OrthoDiffusionLib.archive.address import check_ae_title
    from OrthoDiffusionLib.archive.archive import Caller
    from OrthoDiffusionLib.archive.tls import TlsFiles

    return Caller(
        tls=TlsFiles(arguments.ca, arguments.cert, arguments.key),
        ae_title=check_ae_title(arguments.aet),
        move_port=getattr(arguments, "move", 0),
        move_host=getattr(arguments, "move_host", ""),
    )


def archive_of(arguments: argparse.Namespace) -> Archive:
    """The archive that the arguments name, with the credentials of environment or keyring."""
    from OrthoDiffusionLib.archive.address import parse_address
    from OrthoDiffusionLib.archive.archive import open_named_archive

    return open_named_archive(parse_address(arguments.address, insecure=arguments.insecure), caller_of(arguments))
