"""A small bundle, written as training will write the real one."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE_ABNORMALITIES, KNEE_STRUCTURES
from OrthoDiffusionLib.bundles import Bundle, ViewSpecification, write_bundle
from OrthoDiffusionLib.findings import Calibration, OperatingPoint
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Plane


@pytest.fixture
def fields() -> dict:
    """What a training run says about its bundle."""
    views = {
        plane.value: ViewSpecification(
            grid=ViewGrid(plane, in_plane_mm=0.8, slice_mm=3.0, max_slices=36, max_size=224),
            hanging=plane.hanging,
            intensity={"rule": "percentiles"},
            noise={"sigma": [0.06, 0.17]},
            taps=("middle", "up_1"),
        )
        for plane in Plane
    }
    return {
        "name": "knee-small",
        "version": "0.1",
        "joint": "knee",
        "structures": KNEE_STRUCTURES,
        "abnormalities": KNEE_ABNORMALITIES,
        "views": views,
        "mirror": {"network_side": "right"},
        "fusion_grid": {"spacing_mm": 0.7},
        "network": {"channels": [16, 32]},
        "calibration": {
            "joint_effusion": Calibration(1.2, -0.3, 0.95, 0.9, 0.98, OperatingPoint(0.3, 0.9, 0.8)),
            "lateral_meniscus_injury": Calibration(0.4, 0.1, 0.55, 0.45, 0.65),
        },
        "logit_adjustment": {"coarse": {"femur": -0.5}, "fine": {"femur": -1.25, "medial_meniscus": 0.5}},
        "training": {"commands": ["orthodiffusion pretrain --plane sagittal"], "seeds": [1, 2]},
        "figures": {"cohort": "phantom-knees-1", "structures": {"femur": {"dice": 0.9123456}}},
        "licence": "Apache-2.0",
        "sources": [{"name": "mskt label maps", "licence": "MIT", "origin": "mskt 0.1.22"}],
    }


@pytest.fixture
def bundle(fields, tmp_path) -> Bundle:
    weights = {"weight": np.linspace(-1, 1, 24, dtype=np.float16).reshape(2, 3, 4)}
    return write_bundle(
        tmp_path / "knee-small", fields, {"fusion.safetensors": weights, "sagittal.safetensors": weights}
    )
