"""A site of toy joints on disk, and a bundle of a tiny network that is certain of what it outlines, right or wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from joints.toy_joint import TOY, TOY_JOINT
from library.lab.training.adaptation.adaptation_to_kill import FINE_MM

from OrthoDiffusionLib.anatomy import Joint, Kind
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.lab.phantom.datasets.study_files import write_studies
from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS
from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model

STUDIES = 6
NETWORK = {
    "kind": "orthodiffusion-1", "channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16,
    "sigma": 0.1, "sigma_data": 0.5, "width": 8,
}  # fmt: skip
CERTAINTY = 12.0
"""How much larger the last layers' weights are made: a network that has learned nothing is certain of nothing."""


def write_site(folder: Path, count: int = STUDIES) -> None:
    """Studies of three planes as NIfTI files, a folder each; label maps lie beside the images."""
    known = BUILDERS.get("toy")
    BUILDERS["toy"] = TOY
    try:
        write_studies(folder, count, seed=3, joint="toy", prevalence=0.5, anatomy="plain")
    finally:
        BUILDERS.pop("toy") if known is None else None


def lenient_joint() -> Joint:
    """The toy joint without rules on sizes and places, which outlines of an untrained network break."""
    structures = tuple(replace(structure, kind=Kind.OTHER, bone="") for structure in TOY_JOINT.structures)
    return replace(TOY_JOINT, structures=structures, layout=None, sizes=(), side_rule=None)


def write_bundle_of_site(folder: Path) -> Bundle:
    """The bundle to begin with."""
    torch.manual_seed(5)
    recipe, joint = Recipe(network=NETWORK, in_plane_mm=1.6, fine_spacing_mm=FINE_MM), lenient_joint()
    model = new_model(recipe, joint=joint)
    with torch.no_grad():
        for layer in (model.segmentation.coarse, model.segmentation.fine):
            layer.weight *= CERTAINTY
    return write_trained_bundle(model, recipe, folder, {"command": "none: random weights"}, joint=joint)
