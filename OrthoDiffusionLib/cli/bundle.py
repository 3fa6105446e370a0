"""List the bundles on this computer, describe or verify one, install, remove, or export one as a MONAI Bundle."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.console import table
from OrthoDiffusionLib.errors import BundleError, OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.progress import ProgressCallback, report

if TYPE_CHECKING:
    from OrthoDiffusionLib.bundles import Bundle


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser(
        "list", help="the bundles on this computer, and which of them is the default of its joint"
    ).set_defaults(act=_list)
    for name, act, about in (
        ("info", _info, "what a bundle knows, what it learned from, and its terms"),
        ("card", _info, "the same: the model card of a bundle"),
        ("verify", _verify, "compare every file with the SHA-256 in the manifest"),
    ):
        action = actions.add_parser(name, help=about)
        action.add_argument("bundle", nargs="?", metavar="B", help="its folder or name; else the default bundle")
        action.set_defaults(act=act)
    _add_installing(actions)
    export = actions.add_parser(
        "export-monai", help="write a MONAI Bundle, which `python -m monai.bundle run` executes"
    )
    export.add_argument("bundle", nargs="?", metavar="B", help="its folder or name; else the default bundle")
    export.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to make")
    export.add_argument("--overwrite", action="store_true", help="replace an earlier export")
    export.set_defaults(act=_export_monai)


def _add_installing(actions: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    install = actions.add_parser("install", help="copy a bundle to this computer, once it is verified")
    install.add_argument("source", type=Path, metavar="SOURCE", help="its folder, a .zip file, or a folder of these")
    install.add_argument("--into", type=Path, metavar="DIR", help="the folder of bundles; else the user's own")
    install.add_argument("--overwrite", action="store_true", help="replace another bundle of this name and version")
    install.add_argument(
        "--in-use", type=Path, metavar="DIR", action="append", default=[], help="a bundle that is not replaced"
    )
    install.add_argument("--events", action="store_true", help="tell every step in JSON lines, for programs")
    install.set_defaults(act=_install)
    remove = actions.add_parser("remove", help="delete an installed bundle, after a question")
    remove.add_argument("bundle", metavar="B", help="its folder or name")
    remove.add_argument("--yes", action="store_true", help="do not ask")
    remove.set_defaults(act=_remove)


def run(arguments: argparse.Namespace) -> int:
    return arguments.act(arguments)


def _list(_arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles import available_bundles, bundle_folders, bundle_path

    entries = available_bundles()
    if not entries:
        print("No bundle in " + ", ".join(str(folder) for folder in bundle_folders()))
        return 0
    defaults = {bundle_path(joint=joint) for joint in {entry.joint for entry in entries if not entry.problem}}
    rows = []
    for entry in entries:
        role = "default" if entry.folder in defaults else "damaged" if entry.problem else ""
        rows.append((entry.name, entry.version, entry.joint, role, str(entry.problem or entry.folder)))
    print(table(rows, indent=""))
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


def _install(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.service.one_job import do_and_tell

    if arguments.events:
        return do_and_tell(
            lambda progress, log: {"installed": [_title(one) for one in _installed(arguments, progress)]}
        )
    for bundle in _installed(arguments, None):
        print(f"{_title(bundle)}: verified, in {bundle.folder}")
    return 0


def _title(bundle: Bundle) -> str:
    return f"{bundle.manifest.name} {bundle.manifest.version}"


def _installed(arguments: argparse.Namespace, progress: ProgressCallback | None) -> Iterator[Bundle]:
    from OrthoDiffusionLib.bundles import bundles_in, install_bundle, user_bundles_folder

    into = arguments.into or user_bundles_folder()
    sources = bundles_in(arguments.source)
    if not sources:
        raise BundleError(Message("bundle", "none_there"), where=str(arguments.source))
    for number, source in enumerate(sources):
        report(progress, "install", number / len(sources), Message("progress", "install", {"name": source.name}))
        yield install_bundle(source, into, overwrite=arguments.overwrite, in_use=arguments.in_use)


def _remove(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.bundles import bundle_path, remove_bundle
    from OrthoDiffusionLib.bundles.installing import check_removable

    folder = bundle_path(arguments.bundle)
    check_removable(folder)
    if not arguments.yes:
        if not sys.stdin.isatty():
            raise OrthoDiffusionError(Message("bundle", "nobody_to_ask"))
        if input(f"Remove {folder}? [y/N] ").strip().lower() not in ("y", "yes"):
            print("Nothing was removed.")
            return 0
    remove_bundle(folder)
    print(f"Removed {folder}")
    return 0


def _export_monai(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.monai_adapter.bundle_folder import export_monai_bundle

    bundle = _open(arguments)
    folder = export_monai_bundle(bundle, arguments.out, overwrite=arguments.overwrite)
    print(f"{_title(bundle)}: written as a MONAI Bundle to {folder}")
    return 0


def _open(arguments: argparse.Namespace) -> Bundle:
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle

    return open_bundle(arguments.bundle)
