"""An encoder that was pretrained elsewhere: of a bundle, or of a folder of `orthodiffusion pretrain`."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from safetensors import safe_open

from OrthoDiffusionLib.analysis.model import DEFAULT_NETWORK, OPTIONAL_NETWORK, encoder_file
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.encoders import DETAIL_RATIO
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file
from OrthoDiffusionLib.volumes import Plane


@dataclass(frozen=True)
class EncoderSource:
    """Where an encoder comes from, and how it looks at views.

    Attributes:
        title: for the page.
        joint: it was trained on; empty where its file does not say.
        path: of its weights.
        network: as a recipe has it.
        pixel_mm: that it is shown.
    """

    title: str
    joint: str
    path: Path
    network: dict
    pixel_mm: float

    @property
    def sha256(self) -> str:
        """Of the weights."""
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def encoder_of_bundle(bundle: Bundle, plane: Plane) -> EncoderSource:
    """The encoder of a bundle.

    Raises:
        TrainingError: if the bundle has none of the plane.
    """
    manifest = bundle.manifest
    path = bundle.weight_paths.get(encoder_file(plane))
    if path is None or plane not in manifest.views:
        raise TrainingError(f"The bundle has no encoder for the {plane.value} plane", where=str(bundle.folder))
    known = {**DEFAULT_NETWORK, **OPTIONAL_NETWORK}
    network = {key: value for key, value in manifest.network.items() if key in known}
    pixel = manifest.views[plane].grid.in_plane_mm * (DETAIL_RATIO if network.get("detail") else 1)
    return EncoderSource(f"{manifest.name} {manifest.version}", manifest.joint, path, network, pixel)


def encoder_of_folder(folder: Path, plane: Plane) -> EncoderSource:
    """The pretrained encoder of a folder.

    Raises:
        TrainingError: if it is missing, or does not say what it is.
    """
    path = pretrained_file(folder, plane)
    if not path.is_file():
        raise TrainingError(
            f"There are no pretrained weights for the {plane.value} plane",
            where=str(path),
            remedy="Run `orthodiffusion pretrain` for this plane first.",
        )
    try:
        with safe_open(path, framework="numpy") as weights:
            recipe = json.loads((weights.metadata() or {})["recipe"])
        network, pixel = dict(recipe["network"]), float(recipe["in_plane_mm"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TrainingError(
            "The pretrained weights do not state their network",
            where=str(path),
            remedy="Pretrain again with this version.",
        ) from error
    return EncoderSource(folder.name, "", path, network, pixel * (DETAIL_RATIO if network.get("detail") else 1))
