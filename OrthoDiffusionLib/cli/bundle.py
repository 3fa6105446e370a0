"""List the bundles on this computer, describe one, or verify that one is complete and unchanged."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.console import table

if TYPE_CHECKING:
    from OrthoDiffusionLib.bundles import Bundle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="the bundles on this computer").set_defaults(act=_list)
    for name, act, about in (
        ("info", _info, "what a bundle knows, what it learned from, and its terms"),
        ("verify", _verify, "compare every file with the SHA-256 in the manifest"),
    ):
        action = actions.add_parser(name, help=about)
        action.add_argument("bundle", nargs="?", metavar="B", help="its folder or name; else the default bundle")
        action.set_defaults(act=act)


def run(arguments: argparse.Namespace) -> int:
    return arguments.act(arguments)


def _list(_arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles import available_bundles, bundle_folders

    entries = available_bundles()
    if not entries:
        print("No bundle in " + ", ".join(str(folder) for folder in bundle_folders()))
        return 0
    print(table([(e.name, e.version, e.joint, str(e.problem or e.folder)) for e in entries], indent=""))
    return 0


def _info(arguments: argparse.Namespace) -> int:
    print(_open(arguments).model_card())
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    bundle = _open(arguments)  # opening is verifying
    rows = [(name, checksum) for name, checksum in bundle.manifest.files.items()]
    print(f"{bundle.manifest.name} {bundle.manifest.version}: complete and unchanged")
    print(table([*rows, ("manifest.json", bundle.sha256)]))
    return 0


def _open(arguments: argparse.Namespace) -> Bundle:
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle

    return open_bundle(arguments.bundle)
