"""Where a bundle's weights come from: the commands, the data and the seeds that its manifest keeps."""

from __future__ import annotations

import json
import re
import shlex
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath, PureWindowsPath

from safetensors import safe_open

from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.volumes import Plane

_SHARD = re.compile(r"study_(\d+)\.npz")
COMMAND = "command"
DATA = "data"
SOURCE = "source"
"""Keys of what a file of pretrained weights says of itself; the source is that of weights from elsewhere."""


def this_command(arguments: Sequence[str] | None = None, *, folder: Path | None = None) -> str:
    """The running command as a record keeps it.

    Args:
        arguments: what follows the program's name; None takes those of the process.
        folder: what paths are relative to; None takes the working folder.

    Returns:
        The command with its paths relative to `folder`; of those outside it only the last name. Folders are often
        named after people, and a bundle travels.
    """
    base = (folder or Path.cwd()).resolve()
    words = sys.argv[1:] if arguments is None else arguments
    return shlex.join(["orthodiffusion", *(_relative_to(word, base) for word in words)])


def without_folders(command: str) -> str:
    """A command of an older record with each absolute path reduced to its last name."""
    return shlex.join(_last_name(word) for word in shlex.split(command))


def data_record(folder: Path) -> dict:
    """How many phantom studies a folder of shards holds, and their first and last seed."""
    seeds = sorted(int(found[1]) for path in folder.iterdir() if (found := _SHARD.fullmatch(path.name)))
    return {"studies": len(seeds), "first_seed": seeds[0], "last_seed": seeds[-1]} if seeds else {"studies": 0}


def pretraining_record(files: Mapping[Plane, Path]) -> dict[str, dict]:
    """Plane -> command, data and recipe of its pretraining, as far as the weights' own files state them."""
    record = {}
    for plane, path in files.items():
        with safe_open(path, framework="numpy") as weights:
            facts = weights.metadata() or {}
        entry: dict = {COMMAND: facts[COMMAND]} if COMMAND in facts else {}
        entry |= {DATA: json.loads(facts[DATA])} if DATA in facts else {}
        recipe = json.loads(facts.get("recipe", "{}"))
        if "pretrain" in recipe:
            entry |= {"seed": recipe.get("seed"), "pretrain": recipe["pretrain"]}
        record[plane.value] = entry
    return record


def sources_of_weights(files: Iterable[Path]) -> list[dict[str, str]]:
    """The sources of pretrained weights that come from elsewhere, each once, for a bundle's list of sources."""
    found: list[dict[str, str]] = []
    for path in files:
        with safe_open(path, framework="numpy") as weights:
            source = json.loads((weights.metadata() or {}).get(SOURCE, "{}"))
        if source and source not in found:
            found.append(source)
    return found


def with_command(training: Mapping, command: str) -> dict:
    """A training record with one more command at the end of its list, each once."""
    older: Iterable[str] = training.get("commands", [training[COMMAND]] if COMMAND in training else [])
    commands = [without_folders(text) for text in older]
    kept = {key: value for key, value in training.items() if key not in (COMMAND, "commands")}
    return {"commands": list(dict.fromkeys([*commands, *([command] if command else [])])), **kept}


def _is_absolute(word: str) -> bool:
    return PurePosixPath(word).is_absolute() or PureWindowsPath(word).is_absolute()


def _last_name(word: str) -> str:
    if not _is_absolute(word):
        return word
    return (PurePosixPath(word) if PurePosixPath(word).is_absolute() else PureWindowsPath(word)).name


def _relative_to(word: str, base: Path) -> str:
    if not _is_absolute(word):
        return word
    try:
        return Path(word).resolve().relative_to(base).as_posix()
    except ValueError:
        return _last_name(word)


def beginning_record(bundle: Bundle) -> dict:
    """The bundle a training began with, and how that one was trained."""
    return {**bundle.identity, "training": dict(bundle.manifest.training)}
