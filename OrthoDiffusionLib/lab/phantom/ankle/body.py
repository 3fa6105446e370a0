"""The bones of ankles: the shapes that are stored, mixtures of them, and the foot moved after the talus."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.engine.skeleton.body import THIN, Body, JointSpace, carry_weights
from OrthoDiffusionLib.resources import resource_path

MIXED = "mixed"
LEG = ("tibia", "fibula", "talus")
TARSUS = ("navicular", "cuboid", "lateral_cuneiform", "intermediate_cuneiform", "medial_cuneiform", "forefoot")
_SCHEMA = 1
# What lies beside bones is moved by these; where bones of the joint are less than this apart they face each other.
_CARRIERS = ("tibia", "fibula", "talus", "calcaneus")
_FACING_MM = 4.2


@dataclass(frozen=True, eq=False)
class ShapeSet:
    """The shapes of `Resources/Anatomy/ankle`.

    Attributes:
        mean: bone -> (N, 3) canonical RAS mm of the mean of those that training may see.
        faces: bone -> (M, 3).
        ankles: name -> bone of `LEG` -> (N, 3).
        calcanei: name -> (N, 3), each fitted to the mean talus.
        held_out: names of ankles that no training may see.
        held_out_calcanei: those of `calcanei` that no training may see.
    """

    mean: Mapping[str, np.ndarray]
    faces: Mapping[str, np.ndarray]
    ankles: Mapping[str, Mapping[str, np.ndarray]]
    calcanei: Mapping[str, np.ndarray]
    held_out: tuple[str, ...]
    held_out_calcanei: tuple[str, ...]


def _unreadable(path: Path, error: Exception) -> OrthoDiffusionError:
    return OrthoDiffusionError(
        f"The shapes of the digital ankle cannot be read: {error}",
        where=str(path),
        remedy="Install the package again; its Resources/Anatomy folder is incomplete",
    )


@lru_cache(maxsize=1)
def ankle_facts() -> dict:
    """Names of the shapes and which of them are held out."""
    path = resource_path("Anatomy", "ankle", "ankle_shapes.json")
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["schema_version"] != _SCHEMA:
            raise ValueError(f"schema_version {facts['schema_version']}")
    except (OSError, ValueError, KeyError) as error:
        raise _unreadable(path, error) from error
    return facts


@lru_cache(maxsize=1)
def shape_set() -> ShapeSet:
    """The shapes, read once a process.

    Raises:
        OrthoDiffusionError: if their files are missing.
    """
    facts = ankle_facts()
    path = resource_path("Anatomy", "ankle", "ankle_shapes.npz")
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
            stored = {name: archive[name] for name in archive.files}
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from error
    ends = np.cumsum([facts["vertices"][bone] for bone in LEG])
    whole = stored["mean"] / 100.0
    mean = dict(zip(LEG, np.split(whole, ends[:-1]), strict=True))
    ankles = {
        name: dict(zip(LEG, np.split(whole + moved / 10.0, ends[:-1]), strict=True))
        for name, moved in zip(facts["ankles"], stored["ankles"], strict=True)
    }
    mean["calcaneus"] = stored["calcaneus_mean"] / 100.0
    calcanei = {
        name: mean["calcaneus"] + moved / 10.0
        for name, moved in zip(facts["calcanei"], stored["calcanei"], strict=True)
    }
    mean |= {bone: stored[bone] / 100.0 for bone in TARSUS}
    faces = {bone: stored[f"{bone}_faces"].astype(np.intp) for bone in mean}
    return ShapeSet(mean, faces, ankles, calcanei, tuple(facts["held_out"]), tuple(facts["held_out_calcanei"]))


def anatomy_name(ankle: str) -> str:
    """The name of an ankle among anatomies: "L01" is "standing_l01"."""
    return f"standing_{ankle.lower()}"


def training_anatomies() -> tuple[str, ...]:
    """Names of the anatomies that training may see, one an ankle."""
    facts = ankle_facts()
    return tuple(anatomy_name(one) for one in facts["ankles"] if one not in facts["held_out"])


def held_out_anatomies() -> tuple[str, ...]:
    """Names of the anatomies that no training may see."""
    return tuple(anatomy_name(one) for one in ankle_facts()["held_out"])


@lru_cache(maxsize=1)
def _foot_weights() -> dict[str, np.ndarray]:
    """What moves the bones of the foot: the calcaneus after the talus, the rest after both."""
    shapes = shape_set()
    both = np.concatenate([shapes.mean[bone] for bone in ("talus", "calcaneus")])[::THIN]
    result = {bone: carry_weights(shapes.mean[bone], both) for bone in TARSUS}
    return result | {"calcaneus": carry_weights(shapes.mean["calcaneus"], shapes.mean["talus"][::THIN])}


def draw_body(anatomy: str, rng: np.random.Generator) -> tuple[Body, str]:
    """One person's bones, and the name of their anatomy.

    Args:
        anatomy: "mixed" for a mixture of three ankles that training may see, or the name of one.
    """
    shapes = shape_set()
    names = [one for one in shapes.ankles if one not in shapes.held_out]
    if anatomy == MIXED:
        chosen = rng.choice(len(names), 3, replace=False)
        shares = dict(zip((names[n] for n in chosen), rng.dirichlet((1.0, 1.0, 1.0)), strict=True))
    else:
        shares = {next(one for one in shapes.ankles if anatomy_name(one) == anatomy): 1.0}
    bones = {bone: sum(share * shapes.ankles[one][bone] for one, share in shares.items()) for bone in LEG}
    held = [one for one in shapes.held_out_calcanei if one.lower().endswith(anatomy[-2:]) and anatomy != MIXED]
    kept = [one for one in shapes.calcanei if one not in shapes.held_out_calcanei]
    if held and anatomy in held_out_anatomies():
        calcaneus = shapes.calcanei[held[0]]
    else:
        calcaneus = sum(
            share * shapes.calcanei[one]
            for one, share in zip(kept, rng.dirichlet(np.full(len(kept), 0.7)), strict=True)
        )
    # What a mixture averages away comes back as another shape of the whole.
    factors = rng.normal(1.0, 0.02) * rng.normal(1.0, 0.015, 3) if anatomy == MIXED else np.ones(3)
    weights = _foot_weights()
    bones["calcaneus"] = calcaneus + weights["calcaneus"] @ (bones["talus"] - shapes.mean["talus"])[::THIN]
    moved = np.concatenate([bones[bone] - shapes.mean[bone] for bone in ("talus", "calcaneus")])[::THIN]
    for bone in TARSUS:
        bones[bone] = shapes.mean[bone] + weights[bone] @ moved
    bones = {bone: vertices * factors for bone, vertices in bones.items()}
    size = float(np.ptp(bones["talus"][:, 1]) / np.ptp(shapes.mean["talus"][:, 1]))
    return Body(bones, shapes.faces, shapes.mean, size, _CARRIERS), anatomy


def spaces_for(ankle_gap_mm: float, subtalar_gap_mm: float) -> tuple[JointSpace, ...]:
    """The joint spaces that cartilage fills.

    The ankles were taken standing, where cartilage is pressed thin; the foot moves down, or up, as a whole.
    """
    return (
        JointSpace("tibia", "talus", ankle_gap_mm, ("talus", "calcaneus", *TARSUS), _FACING_MM),
        JointSpace("talus", "calcaneus", subtalar_gap_mm, ("calcaneus", *TARSUS), _FACING_MM),
    )
