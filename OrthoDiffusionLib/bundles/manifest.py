"""Manifest: what a bundle's weights expect, know, learned from and may be used for."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NoReturn

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
from OrthoDiffusionLib.bundles.training_reference import TrainingReference
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.findings import Calibration
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Plane

SCHEMA_VERSION = 2
OLDEST_SCHEMA_VERSION = 1
"""Read as well, and written where nothing needs a newer one, so that OrthoDiffusion 0.2.0 reads such a bundle.
Version 2 may have `joint_rules`, `logit_adjustment`, `training_reference` and a calibration's `operating_point`."""

LEAST_DICE = 0.1
"""A structure with less in the bundle's own evaluation is not outlined reliably: that it was not found says nothing
(ours; of the shipped bundles one structure has 0, all others more than 0.4)."""

JsonObject = Mapping[str, Any]
"""An object of manifest.json, whose values may be of any type until they are checked."""

INTENDED_USE = (
    "Research and teaching only. Not a medical device, not for diagnosis or treatment. Learned from digital "
    "phantoms, not from patients; its figures are phantom numbers and say nothing of accuracy in patients."
)

FINEST_FUSION_MM = 0.1
COARSEST_FUSION_MM = 0.7

ADJUSTED_GRIDS = ("coarse", "fine")
"""The grids on which structures are outlined; each has its own `logit_adjustment`."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*\.safetensors")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class ViewSpecification:
    """How the view of one plane is prepared, and where its encoder is tapped.

    Attributes:
        grid: spacing and size.
        hanging: axis codes (slice, row, column), those of the plane.
        intensity: the rule from scanner units to the network's; free.
        noise: the noise convention and levels features are read at; free.
        taps: names of the blocks features are read from.
    """

    grid: ViewGrid
    hanging: str
    intensity: JsonObject = field(default_factory=dict)
    noise: JsonObject = field(default_factory=dict)
    taps: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """The view's entry of manifest.json."""
        return {
            "in_plane_mm": float(self.grid.in_plane_mm),
            "slice_mm": float(self.grid.slice_mm),
            "max_slices": int(self.grid.max_slices),
            "max_size": int(self.grid.max_size),
            "hanging": self.hanging,
            "intensity": dict(self.intensity),
            "noise": dict(self.noise),
            "taps": list(self.taps),
        }


@dataclass(frozen=True)
class Manifest:
    """The content of manifest.json, checked.

    Attributes:
        name, version: of the bundle.
        joint: key of the joint it knows.
        structures: what it outlines, with labels, colours and codes.
        abnormalities: what it looks for; with `structures` the vocabulary that rules.
        views: plane -> how its view is prepared; the planes it has an encoder for.
        mirror: how left joints become right ones before the networks; free.
        fusion_grid: "spacing_mm" of the isotropic RAS grid of the segmentation (0.7 or finer); else free.
        network: the model's hyperparameters; free, read by the model's builder alone.
        calibration: abnormality -> its Calibration.
        training: commands, data and seeds; free.
        figures: what the evaluation measured, with the cohort's name; free.
        licence: of the bundle.
        sources: what it learned from, each with "name", "licence" and "origin".
        intended_use: one sentence or two.
        files: file name -> SHA-256 in hexadecimal.
        created: ISO 8601, may be empty.
        schema_version: of manifest.json.
        logit_adjustment: "coarse" and "fine" -> structure -> what is added to its logits on that grid, so that outlines
            are as large as they should be (logit adjustment, Menon et al. 2021, arXiv 2007.07314); empty for none.
        joint_rules: what `Joint.rules` says of the joint; empty in bundles up to 0.2.0, whose joint is known by name.
        training_reference: what studies like those of the training look like; None in bundles up to 0.2.1, which cannot
            tell whether a study is unlike them.
    """

    name: str
    version: str
    joint: str
    structures: tuple[Structure, ...]
    abnormalities: tuple[Abnormality, ...]
    views: Mapping[Plane, ViewSpecification]
    mirror: JsonObject
    fusion_grid: JsonObject
    network: JsonObject
    calibration: Mapping[str, Calibration]
    training: JsonObject
    figures: JsonObject
    licence: str
    sources: tuple[Mapping[str, str], ...]
    intended_use: str
    files: Mapping[str, str]
    created: str = ""
    schema_version: int = SCHEMA_VERSION
    joint_rules: JsonObject = field(default_factory=dict)
    logit_adjustment: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    training_reference: TrainingReference | None = None

    def as_joint(self) -> Joint:
        """The joint with the bundle's own vocabulary and rules, which need not be known by name."""
        known = find_joint(self.joint)
        if self.joint_rules:
            own = Joint.from_rules(self.joint, self.joint_rules, self.structures, self.abnormalities)
            if known is None:
                return own
            of_program = ("measurements", "whole", "words", "beside_trunk")
            return replace(own, **{name: getattr(known, name) for name in of_program})
        if known is not None:
            return replace(known, structures=self.structures, abnormalities=self.abnormalities)
        title = self.joint.capitalize()
        return Joint(
            name=self.joint,
            title=title,
            code=private_code(self.joint, title),
            structures=self.structures,
            abnormalities=self.abnormalities,
            body_parts=(self.joint.upper(),),
        )

    @property
    def encoders_only(self) -> bool:
        """Whether it outlines nothing and looks for nothing: encoders that can be fine-tuned, not used."""
        return not self.structures and not self.abnormalities

    @property
    def grids(self) -> dict[Plane, ViewGrid]:
        """Plane -> ViewGrid, as `prepare_views` wants them."""
        return {plane: view.grid for plane, view in self.views.items()}

    @property
    def fusion_spacing_mm(self) -> float:
        """Spacing of the fused segmentation's isotropic grid."""
        return float(self.fusion_grid["spacing_mm"])

    def calibration_of(self, abnormality: str) -> Calibration:
        """Its Calibration; one that is not assessable if the bundle brings none."""
        return self.calibration.get(abnormality, Calibration())

    @property
    def unreliable_structures(self) -> tuple[str, ...]:
        """Structures that its own evaluation found next to nothing of; none where it was not evaluated."""
        scores = self.figures.get("structures") or {}
        dice = {one.name: (scores.get(one.name) or {}).get("dice") for one in self.structures}
        return tuple(name for name, value in dice.items() if value is not None and value < LEAST_DICE)

    @property
    def needed_schema_version(self) -> int:
        """The oldest that has a word for all that this manifest says."""
        points = [calibration.operating_point for calibration in self.calibration.values()]
        newer = any((self.joint_rules, self.logit_adjustment, self.training_reference))
        newer = newer or any(point is not None for point in points)
        return SCHEMA_VERSION if newer else OLDEST_SCHEMA_VERSION

    def as_dict(self) -> dict[str, Any]:
        """The content of manifest.json."""
        return {
            "schema_version": self.schema_version,
            "name": self.name,
            "version": self.version,
            "created": self.created,
            "joint": self.joint,
            "structures": [_structure_dict(structure) for structure in self.structures],
            "abnormalities": [_abnormality_dict(abnormality) for abnormality in self.abnormalities],
            "views": {plane.value: view.as_dict() for plane, view in self.views.items()},
            "mirror": dict(self.mirror),
            "fusion_grid": dict(self.fusion_grid),
            "network": dict(self.network),
            "calibration": {name: value.as_dict() for name, value in self.calibration.items()},
            "training": dict(self.training),
            "figures": dict(self.figures),
            "licence": self.licence,
            "sources": [dict(source) for source in self.sources],
            "intended_use": self.intended_use,
            "files": dict(self.files),
            **({"joint_rules": dict(self.joint_rules)} if self.joint_rules else {}),
            **(
                {"logit_adjustment": {grid: dict(values) for grid, values in self.logit_adjustment.items()}}
                if self.logit_adjustment
                else {}
            ),
            **({"training_reference": self.training_reference.as_dict()} if self.training_reference else {}),
        }

    def to_json(self) -> str:
        """manifest.json.

        Raises:
            ValueError: if one of the free parts holds something JSON has no word for, such as NaN.
        """
        return json.dumps(self.as_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str, *, where: str = "") -> Manifest:
        """Reads manifest.json.

        Args:
            text: its content.
            where: its path, for messages.

        Raises:
            BundleError: if it is damaged, of another schema version, lacks a key, has an unknown one,
                names a file that is not plainly in the bundle's own folder, or contradicts itself.
        """
        try:
            content = json.loads(text, parse_constant=_refuse_constant)
        except ValueError as error:
            raise BundleError(Message("bundle", "manifest_damaged", {"error": error}), where=where) from error
        if not isinstance(content, dict):
            raise BundleError(Message("bundle", "manifest_no_object"), where=where)
        _check_schema_version(content.get("schema_version"), where)
        _check_keys(content, where)
        try:
            return cls.from_dict(content)
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            what = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise BundleError(Message("bundle", "manifest_invalid", {"what": what}), where=where) from error

    @classmethod
    def from_dict(cls, content: JsonObject) -> Manifest:
        """Builds a manifest from plain values.

        Raises:
            ValueError, KeyError, TypeError: what is wrong with them.
        """
        structures = tuple(_structure_of(entry) for entry in content["structures"])
        abnormalities = tuple(_abnormality_of(entry) for entry in content["abnormalities"])
        views = {
            Plane.from_name(plane): _view_of(Plane.from_name(plane), entry) for plane, entry in content["views"].items()
        }
        manifest = cls(
            name=_matching(_NAME, "name", content["name"]),
            version=_matching(_NAME, "version", content["version"]),
            joint=_matching(_NAME, "joint", content["joint"]),
            structures=structures,
            abnormalities=abnormalities,
            views=views,
            mirror=_free(content, "mirror"),
            fusion_grid=_free(content, "fusion_grid"),
            network=_free(content, "network"),
            calibration={str(name): _calibration_of(value) for name, value in content["calibration"].items()},
            training=_free(content, "training"),
            figures=_free(content, "figures"),
            licence=_text(content, "licence"),
            sources=tuple({str(key): str(value) for key, value in s.items()} for s in content["sources"]),
            intended_use=_text(content, "intended_use"),
            files={_file_name(name): _matching(_SHA256, name, sha) for name, sha in content["files"].items()},
            created=str(content.get("created", "")),
            schema_version=int(content["schema_version"]),
            joint_rules=_free(content, "joint_rules") if "joint_rules" in content else {},
            logit_adjustment={
                str(grid): {str(name): float(value) for name, value in values.items()}
                for grid, values in content.get("logit_adjustment", {}).items()
            },
            training_reference=(
                TrainingReference.from_dict(content["training_reference"]) if "training_reference" in content else None
            ),
        )
        manifest._check()
        manifest.as_joint()
        try:
            _ = manifest.unreliable_structures
        except (TypeError, AttributeError) as error:  # figures are free, but these are read with every study
            raise ValueError("the figures of structures must be objects with a dice, a number") from error
        return manifest

    def _check(self) -> None:
        if not self.views:
            raise ValueError("there must be a view for one plane at least")
        if not self.files:
            raise ValueError("there must be a file of weights at least")
        for word, items in (("structures", self.structures), ("abnormalities", self.abnormalities)):
            names = [item.name for item in items]
            if len(set(names)) < len(names):
                raise ValueError(f"{word} must have different names")
        labels = [structure.label for structure in self.structures]
        if len(set(labels)) < len(labels):
            raise ValueError("structures must have different labels")
        unknown = set(self.calibration) - {abnormality.name for abnormality in self.abnormalities}
        if unknown:
            raise ValueError(f"calibration must speak of the bundle's abnormalities, got {sorted(unknown)} instead")
        self._check_logit_adjustment()
        reference = self.training_reference
        if reference is not None and reference.file not in self.files:
            raise ValueError(f"the training_reference's file must be one of files, got {reference.file!r} instead")
        if not FINEST_FUSION_MM <= self.fusion_spacing_mm <= COARSEST_FUSION_MM:
            raise ValueError(
                f"the fusion grid's spacing_mm must be in [{FINEST_FUSION_MM}, {COARSEST_FUSION_MM}], "
                f"got {self.fusion_spacing_mm} instead"
            )
        for source in self.sources:
            if not {"name", "licence"} <= set(source):
                raise ValueError(f"each source must have a name and a licence, got {source} instead")

    def _check_logit_adjustment(self) -> None:
        known = {structure.name for structure in self.structures}
        for grid, values in self.logit_adjustment.items():
            if grid not in ADJUSTED_GRIDS:
                raise ValueError(f"logit_adjustment must be of {' or '.join(ADJUSTED_GRIDS)}, got {grid!r} instead")
            unknown = sorted(set(values) - known)
            if unknown:
                raise ValueError(f"logit_adjustment must name the bundle's structures, got {unknown} instead")
            for name, value in values.items():
                if not math.isfinite(value):
                    raise ValueError(f"the logit_adjustment of {name} must be finite, got {value} instead")


TOP_LEVEL_KEYS = (
    "schema_version", "name", "version", "created", "joint", "structures", "abnormalities", "views", "mirror",
    "fusion_grid", "network", "calibration", "training", "figures", "licence", "sources", "intended_use", "files",
    "joint_rules", "logit_adjustment", "training_reference",
)  # fmt: skip
OPTIONAL_KEYS = ("created", "joint_rules", "logit_adjustment", "training_reference")


_READ = range(OLDEST_SCHEMA_VERSION, SCHEMA_VERSION + 1)


def _check_schema_version(version: object, where: str) -> None:
    if isinstance(version, int) and not isinstance(version, bool) and version in _READ:
        return
    if version is None:
        raise BundleError(Message("bundle", "no_version"), where=where)
    version = json.dumps(version)  # "1" in quotes is not 1
    raise BundleError(
        Message("bundle", "other_version", {"version": version, "least": _READ[0], "most": _READ[-1]}), where=where
    )


def _check_keys(content: JsonObject, where: str) -> None:
    unknown = sorted(set(content) - set(TOP_LEVEL_KEYS))
    if unknown:
        raise BundleError(Message("bundle", "unknown_keys", {"unknown": unknown}), where=where)
    missing = [key for key in TOP_LEVEL_KEYS if key not in content and key not in OPTIONAL_KEYS]
    if missing:
        raise BundleError(Message("bundle", "manifest_lacks", {"missing": missing}), where=where)


def is_weights_name(name: str) -> bool:
    """Whether it may name a file of weights: plainly in the folder, ending in .safetensors."""
    return _FILE.fullmatch(name) is not None


def _file_name(name: str) -> str:
    if not is_weights_name(name):
        raise ValueError(f"files must be .safetensors directly in the bundle's folder, got {name!r} instead")
    if Path(name).name != name:
        raise ValueError(f"{name!r} is not a plain file name")
    return name


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _matching(pattern: re.Pattern[str], key: str, value: object) -> str:
    if not isinstance(value, str) or pattern.fullmatch(value) is None:
        raise ValueError(f"{key} must match {pattern.pattern}, got {value!r} instead")
    return value


def _text(content: JsonObject, key: str) -> str:
    value = content[key]
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key} must be text, got {value!r} instead")
    return value


def _free(content: JsonObject, key: str) -> dict[str, Any]:
    if not isinstance(content[key], Mapping):
        raise ValueError(f"{key} must be an object, got {content[key]!r} instead")
    return dict(content[key])


def _code_of(name: str, entry: JsonObject | Code | None) -> Code:
    if isinstance(entry, Code):
        return entry
    if entry is None:
        raise ValueError(f"{name}: a code must have scheme, value and meaning, got None instead")
    return Code(entry["scheme"], entry["value"], entry["meaning"])


def _code_or_none(name: str, entry: JsonObject | Code | None) -> Code | None:
    return None if entry is None else _code_of(name, entry)


def _colour_of(name: str, values: Iterable[float]) -> tuple[int, int, int]:
    colour = [int(value) for value in values]
    if len(colour) != 3:
        raise ValueError(f"{name}: colour must be three numbers in 0 to 255")
    return colour[0], colour[1], colour[2]


def _code_dict(code: Code | None) -> dict[str, Any] | None:
    return None if code is None else code.as_dict()


def _structure_dict(structure: Structure) -> dict[str, Any]:
    return {
        "name": structure.name,
        "label": structure.label,
        "title": structure.title,
        "colour": list(structure.colour),
        "auxiliary": structure.auxiliary,
        "code": _code_dict(structure.code),
        "category": _code_dict(structure.category),
        "modifier": _code_dict(structure.modifier),
        "region": _code_dict(structure.region),
        **structure.traits(),
    }


def _structure_of(entry: JsonObject | Structure) -> Structure:
    if isinstance(entry, Structure):
        return entry
    name = str(entry["name"])
    known = find_structure(name) if "kind" not in entry else None
    traits = known.traits() if known is not None else entry  # bundles up to 0.2.0 name no traits
    return Structure(
        name=name,
        label=int(entry["label"]),
        title=str(entry["title"]),
        colour=_colour_of(name, entry["colour"]),
        code=_code_of(name, entry["code"]),
        category=_code_of(name, entry["category"]),
        modifier=_code_or_none(name, entry["modifier"]),
        region=_code_or_none(name, entry["region"]),
        auxiliary=bool(entry["auxiliary"]),
        kind=Kind(traits.get("kind", Kind.OTHER.value)),
        bone=str(traits.get("bone", "")),
        small=bool(traits.get("small", False)),
        see_through=bool(traits.get("see_through", False)),
    )


def _abnormality_dict(abnormality: Abnormality) -> dict[str, Any]:
    return {
        "name": abnormality.name,
        "title": abnormality.title,
        "code": _code_dict(abnormality.code),
        "kind": _code_dict(abnormality.kind),
        "site": _code_dict(abnormality.site),
        "structures": list(abnormality.structures),
        "best_planes": list(abnormality.best_planes),
    }


def _abnormality_of(entry: JsonObject | Abnormality) -> Abnormality:
    if isinstance(entry, Abnormality):
        return entry
    name = str(entry["name"])
    if not name.isidentifier():
        raise ValueError(f"an abnormality's name must be a key, got {entry['name']!r} instead")
    return Abnormality(
        name=name,
        title=str(entry["title"]),
        code=_code_of(name, entry["code"]),
        kind=_code_of(name, entry["kind"]),
        site=_code_of(name, entry["site"]),
        structures=tuple(str(name) for name in entry["structures"]),
        best_planes=tuple(str(name) for name in entry["best_planes"]),
    )


def _view_of(plane: Plane, entry: JsonObject | ViewSpecification) -> ViewSpecification:
    if isinstance(entry, ViewSpecification):
        return entry
    if entry["hanging"] != plane.hanging:
        raise ValueError(f"the {plane.value} view must hang {plane.hanging}, got {entry['hanging']!r} instead")
    grid = ViewGrid(
        plane=plane,
        in_plane_mm=float(entry["in_plane_mm"]),
        slice_mm=float(entry["slice_mm"]),
        max_slices=int(entry["max_slices"]),
        max_size=int(entry["max_size"]),
    )
    return ViewSpecification(
        grid=grid,
        hanging=plane.hanging,
        intensity=_free(entry, "intensity"),
        noise=_free(entry, "noise"),
        taps=tuple(str(tap) for tap in entry["taps"]),
    )


def _calibration_of(entry: JsonObject | Calibration) -> Calibration:
    if isinstance(entry, Calibration):
        return entry
    return Calibration.from_dict(entry)
