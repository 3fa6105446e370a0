"""Vocabulary: which joint, structures and findings a fine-tuned bundle shall know, read from a small file.

A file names what it wants: a word for what is known already (to the starting bundle or to `anatomy`), a table for
what is new.

    joint = "knee"
    abnormalities = [
        "joint_effusion",
        { name = "bakers_cyst", title = "Baker's cyst", best_planes = ["sagittal", "axial"] },
    ]
    [label_maps]
    covers = ["femur", "tibia"]
    values = { femur = 10, tibia = 20 }
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from OrthoDiffusionLib.anatomy import (
    Abnormality,
    Code,
    Joint,
    Kind,
    Structure,
    find_joint,
    find_structure,
    private_code,
)
from OrthoDiffusionLib.anatomy import abnormality as known_abnormality
from OrthoDiffusionLib.bundles import Manifest
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.tables.table_columns import RESERVED

KEYS = ("joint", "structures", "abnormalities", "label_maps")
LABEL_MAP_KEYS = ("covers", "values")
STRUCTURE_KEYS = ("name", "label", "title", "colour", "auxiliary", "kind", "bone", "small", "see_through")
ABNORMALITY_KEYS = ("name", "title", "structures", "best_planes")

LARGEST_LABEL = 63
"""The evaluation scores labels up to this."""

_DISEASE = Code("SCT", "64572001", "Disease")


@dataclass(frozen=True)
class Vocabulary:
    """What a bundle shall know, and how the label maps of its cases are to be read.

    Attributes:
        joint: name, structures and abnormalities.
        covers: names of the structures that the label maps outline, where a case does not say; None where nothing
            says it.
        values: structure name -> voxel value in the label maps.
    """

    joint: Joint
    covers: tuple[str, ...] | None = None
    values: Mapping[str, int] = field(default_factory=dict)

    @property
    def classes(self) -> int:
        """Background and every label up to the largest."""
        return 1 + max((structure.label for structure in self.joint.structures), default=0)

    def label_of(self, name: str) -> int:
        """The label of a structure, in a bundle's files."""
        return next(structure.label for structure in self.joint.structures if structure.name == name)


def vocabulary_of(manifest: Manifest) -> Vocabulary:
    """What a bundle knows already; label maps hold its own labels. For encoders alone, what is known of their joint."""
    joint = _with_words(manifest).as_joint()
    return Vocabulary(joint, None, {structure.name: structure.label for structure in joint.structures})


def read_vocabulary(path: Path, manifest: Manifest) -> Vocabulary:
    """Read a vocabulary file.

    Args:
        path: TOML or JSON; a key that is left out is taken from the bundle. With another joint, lists that are left
            out are empty.
        manifest: of the starting bundle.

    Raises:
        TrainingError: if the file cannot be read, or is invalid.
    """
    content = _read(path)
    _only(content, KEYS, path, "the vocabulary")
    manifest = _with_words(manifest)
    name = str(content.get("joint", manifest.joint)).strip().lower()
    if not name.replace("_", "").isalnum():
        raise TrainingError(f"The joint's name must be one word, got {name!r} instead", where=str(path))
    same = name == manifest.joint
    structures = manifest.structures
    if "structures" in content or not same:
        structures = _structures(content, manifest, name, path)
    findings = (
        _abnormalities(content, manifest, name, structures, path)
        if "abnormalities" in content or not same
        else manifest.abnormalities
    )
    if not structures and not findings:
        raise TrainingError(
            f"The vocabulary of the {name} has neither structures nor abnormalities",
            where=str(path),
            remedy="Name what shall be outlined or looked for.",
        )
    rules = manifest.joint_rules if same else {}
    joint = replace(manifest, joint=name, structures=structures, abnormalities=findings, joint_rules=rules).as_joint()
    covers, values = _label_maps(content.get("label_maps", {}), joint, path)
    return Vocabulary(joint, covers, values)


def _with_words(manifest: Manifest) -> Manifest:
    """A manifest that names something: for a bundle of encoders alone, what `anatomy` knows of its joint."""
    known = find_joint(manifest.joint) if manifest.encoders_only else None
    if known is None:
        return manifest
    return replace(manifest, structures=known.structures, abnormalities=known.abnormalities)


def _read(path: Path) -> dict:
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise TrainingError(
            f"The vocabulary cannot be read: {error.strerror}", where=str(path), remedy="Check the path."
        ) from error
    except ValueError as error:
        raise TrainingError(
            f"The vocabulary is neither valid TOML nor, with the ending .json, valid JSON: {error}", where=str(path)
        ) from error
    if not isinstance(content, dict):
        raise TrainingError("The vocabulary must be a table of keys", where=str(path))
    return content


def _structures(content: Mapping, manifest: Manifest, joint: str, path: Path) -> tuple[Structure, ...]:
    bundled = {structure.name: structure for structure in manifest.structures}
    found = []
    for entry in _list(content, "structures", path):
        name = _name(entry, path, "structures")
        table = entry if isinstance(entry, Mapping) else {}
        _only(table, STRUCTURE_KEYS, path, f"the structure {name}")
        own = bundled.get(name)
        # Joints share names: an ankle's fluid has neither the code nor the label of a knee's.
        base = own if own is not None and joint == manifest.joint else find_structure(name, joint) or own
        if base is None and not {"label", "title"} <= set(table):
            raise TrainingError(
                f"The structure {name!r} is new, and the vocabulary does not describe it",
                where=str(path),
                remedy=f'Write {{ name = "{name}", title = "...", label = 20 }}, '
                f"or one of the known: {', '.join(bundled)}.",
            )
        try:
            found.append(_structure(name, table, base))
        except (TypeError, ValueError) as error:
            raise TrainingError(f"The structure {name!r} is invalid: {error}", where=str(path)) from error
    for what, values in (("name", [s.name for s in found]), ("label", [s.label for s in found])):
        _all_different(values, f"structures with the same {what}", path)
    if found and max(structure.label for structure in found) > LARGEST_LABEL:
        raise TrainingError(f"Labels must be {LARGEST_LABEL} or less", where=str(path))
    return tuple(found)


def _structure(name: str, table: Mapping, base: Structure | None) -> Structure:
    title = str(table.get("title", base.title if base else name))
    digest = hashlib.sha256(name.encode()).digest()
    label = int(table.get("label", base.label if base else 0))
    colour = tuple(table.get("colour", base.colour if base else [96 + value // 2 for value in digest[:3]]))
    made = Structure(name, label, title, colour, private_code(name, title)) if base is None else base
    return replace(
        made,
        name=name,
        label=label,
        title=title,
        colour=colour,
        auxiliary=bool(table.get("auxiliary", made.auxiliary)),
        kind=Kind(table.get("kind", made.kind)),
        bone=table.get("bone", made.bone),
        small=table.get("small", made.small),
        see_through=table.get("see_through", made.see_through),
    )


def _abnormalities(
    content: Mapping, manifest: Manifest, joint: str, structures: tuple[Structure, ...], path: Path
) -> tuple[Abnormality, ...]:
    bundled = {abnormality.name: abnormality for abnormality in manifest.abnormalities}
    other = bundled.keys() if joint != manifest.joint else set()
    found = []
    for entry in _list(content, "abnormalities", path):
        name = _name(entry, path, "abnormalities")
        table = entry if isinstance(entry, Mapping) else {}
        _only(table, ABNORMALITY_KEYS, path, f"the abnormality {name}")
        base = bundled.get(name) or _or_none(known_abnormality, name)
        if base is None and "title" not in table:
            raise TrainingError(
                f"The abnormality {name!r} is new, and the vocabulary does not describe it",
                where=str(path),
                remedy=f'Write {{ name = "{name}", title = "..." }}, or one of the known: {", ".join(bundled)}.',
            )
        if name in RESERVED:
            raise TrainingError(
                f"A finding cannot be named {name!r}: tables of cases have a column of that name for something else",
                where=str(path),
                remedy="Choose another name.",
            )
        title = str(table.get("title", base.title if base else name))
        about = tuple(map(str, table.get("structures", base.structures if base else ())))
        if "structures" in table and (unknown := sorted(set(about) - {s.name for s in structures})):
            raise TrainingError(
                f"The abnormality {name!r} speaks of {', '.join(unknown)}, which are no structures of this vocabulary",
                where=str(path),
            )
        planes = tuple(map(str, table.get("best_planes", base.best_planes if base else ())))
        # The code and site of a finding of the bundle's joint would place it there.
        code = base.code if base and name not in other else private_code(name, title)
        kind, site = base.kind if base else _DISEASE, base.site if base and name not in other else code
        try:
            found.append(Abnormality(name, title, code, kind, site, about, planes))
        except ValueError as error:
            raise TrainingError(f"The abnormality is invalid: {error}", where=str(path)) from error
    _all_different([abnormality.name for abnormality in found], "abnormalities with the same name", path)
    return tuple(found)


def _label_maps(content: object, joint: Joint, path: Path) -> tuple[tuple[str, ...] | None, dict[str, int]]:
    if not isinstance(content, Mapping):
        raise TrainingError("[label_maps] must be a table", where=str(path))
    _only(content, LABEL_MAP_KEYS, path, "[label_maps]")
    known = [structure.name for structure in joint.structures]
    values = {structure.name: structure.label for structure in joint.structures}
    if "values" in content:
        given = content["values"]
        if not isinstance(given, Mapping) or not all(isinstance(v, int) and 1 <= v <= 65535 for v in given.values()):
            raise TrainingError(
                "values of [label_maps] must be whole numbers from 1, one for each structure's name", where=str(path)
            )
        _known_names(given, known, path)
        _all_different(list(given.values()), "structures with the same value in the label maps", path)
        values = {str(name): int(value) for name, value in given.items()}
    covers = content.get("covers")
    if covers is None:
        # A list of the label maps' values says what they hold.
        return (tuple(values) if "values" in content else None), values
    if covers == "all":
        covers = known
    if not isinstance(covers, list) or not covers:
        raise TrainingError('covers of [label_maps] must be a list of structures or "all"', where=str(path))
    _known_names(covers, known, path)
    return tuple(dict.fromkeys(map(str, covers))), values


def _known_names(names, known: list[str], path: Path) -> None:
    unknown = [str(name) for name in names if name not in known]
    if unknown:
        raise TrainingError(
            f"[label_maps] speaks of unknown structures: {', '.join(unknown)}",
            where=str(path),
            remedy=f"Known are {', '.join(known) or 'none: add them under structures'}.",
        )


def _list(content: Mapping, key: str, path: Path) -> list:
    value = content.get(key, [])
    if not isinstance(value, list):
        raise TrainingError(f"{key} must be a list", where=str(path))
    return value


def _name(entry: object, path: Path, key: str) -> str:
    name = entry.get("name") if isinstance(entry, Mapping) else entry
    if not isinstance(name, str) or not name.isidentifier() or name != name.lower():
        raise TrainingError(
            f"A name in {key} must be one word of small letters, digits and _, got {name!r} instead", where=str(path)
        )
    return name


def _only(table: Mapping, known: tuple[str, ...], path: Path, what: str) -> None:
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise TrainingError(
            f"Unknown keys in {what}: {', '.join(unknown)}", where=str(path), remedy=f"Known are {', '.join(known)}."
        )


def _all_different(values: list, what: str, path: Path) -> None:
    twice = sorted({str(value) for value in values if values.count(value) > 1})
    if twice:
        raise TrainingError(f"The vocabulary has {what}: {', '.join(twice)}", where=str(path))


def _or_none(find, name: str):
    try:
        return find(name)
    except ValueError:
        return None
