"""A bundle that is valid and of no use: for what the panel lists, describes, copies and hands on."""

import numpy as np

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.bundles import INTENDED_USE, write_bundle
from OrthoDiffusionLib.bundles.manifest import Manifest, ViewSpecification
from OrthoDiffusionLib.findings import Calibration
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Plane


def write(folder, name="knee-small", version="0.1.0", clinical=()):
    """Write it; returns the Bundle."""
    views = {
        plane: ViewSpecification(ViewGrid(plane, 0.8, 3.0, 32, 256), plane.hanging, taps=("down2",)) for plane in Plane
    }
    manifest = Manifest(
        name=name,
        version=version,
        joint="knee",
        structures=KNEE.structures,
        abnormalities=KNEE.abnormalities,
        views=views,
        mirror={"sees": "right"},
        fusion_grid={"spacing_mm": 0.7},
        network={"width": 8, **({"clinical": list(clinical)} if clinical else {})},
        calibration={"joint_effusion": Calibration(1.0, 0.0, 0.9, 0.8, 0.97)},
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
