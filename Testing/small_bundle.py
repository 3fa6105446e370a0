"""A bundle of any joint that is valid and small: its weights are of no use, its manifest says what a bundle says."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import joint as joint_of_name
from OrthoDiffusionLib.bundles import INTENDED_USE, Bundle, ViewSpecification, write_bundle
from OrthoDiffusionLib.bundles.manifest import Manifest
from OrthoDiffusionLib.findings import Calibration
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Plane


def write(folder: Path, joint: str, name: str = "", version: str = "0.1.0", clinical: tuple[str, ...] = ()) -> Bundle:
    """Write it; its name is the joint's and ‘-small’ where no other is given."""
    known = joint_of_name(joint)
    views = {
        plane: ViewSpecification(ViewGrid(plane, 0.8, 3.0, 32, 256), plane.hanging, taps=("down2",)) for plane in Plane
    }
    manifest = Manifest(
        name=name or f"{joint}-small",
        version=version,
        joint=joint,
        structures=known.structures,
        abnormalities=known.abnormalities,
        views=views,
        mirror={"sees": "right"},
        fusion_grid={"spacing_mm": 0.7},
        network={"width": 8, **({"clinical": list(clinical)} if clinical else {})},
        calibration={known.abnormalities[0].name: Calibration(1.0, 0.0, 0.9, 0.8, 0.97)},
        training={"seed": 1},
        figures={},
        licence="CC-BY-4.0",
        sources=({"name": "digital phantoms", "licence": "Apache-2.0", "origin": "this project"},),
        intended_use=INTENDED_USE,
        files={},
    )
    fields = manifest.as_dict()
    del fields["files"]
    return write_bundle(folder, fields, {"weights.safetensors": {"a": np.zeros(4, np.float32)}})
