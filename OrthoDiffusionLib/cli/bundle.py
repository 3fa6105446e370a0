"""List the bundles on this computer, tell about one, or verify that one is complete and unchanged."""

from __future__ import annotations

import argparse

from OrthoDiffusionLib.cli.console import table

HELP = "list, describe or verify bundles of weights"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="the bundles on this computer").set_defaults(act=_list)
    for name, act, about in (
        ("info", _info, "what a bundle knows, what it learned from, and its terms"),
        ("verify", _verify, "compare every file with the SHA-256 in the manifest"),
    ):
        action = actions.add_parser(name, help=about)
        action.add_argument("bundle", nargs="?", metavar="B", help="its folder or name; else the one that came along")
        action.set_defaults(act=act)


def run(arguments: argparse.Namespace) -> int:
    return arguments.act(arguments)
