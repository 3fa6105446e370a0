"""OrthoModel: encoders, fusion and heads as one network; its weights to and from a bundle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.anatomy import Structure
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.bundles.manifest import ADJUSTED_GRIDS, Manifest
from OrthoDiffusionLib.encoders import (
    DEFAULT_KIND,
    DETAIL_RATIO,
    NETWORKS,
    ByPlane,
    DetailNet,
    DetailWindow,
    FeaturePyramid,
    build_view_encoder,
    level_affine,
)
from OrthoDiffusionLib.encoders.memory_order import as_batch, of_batch, part_of
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.fusion import CrossViewFusion, FusedGrid, grid_shape
from OrthoDiffusionLib.heads import ClinicalBias, Diagnosis, DiagnosisHead, SegmentationHead
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Geometry, Plane

HEADS_FILE = "heads.safetensors"

DEFAULT_NETWORK = {
    "kind": DEFAULT_KIND,
    "channels": [32, 64, 80, 80],
    "stem_channels": 16,
    "embedding": 64,
    "sigma": 0.1,
    "sigma_data": 0.5,
    "width": 32,
}
OPTIONAL_NETWORK = {
    "target": "edm",
    "detail": False,
    "solid_labels": [],
    "detail_labels": [],
    "clinical": [],
}
"""What a bundle's network may leave out, with what it then means: pretrained as EDM, no finer look, images alone. For
the labels see `network_for`."""


def network_for(network: Mapping, structures: Iterable[Structure]) -> dict:
    """A network's settings with the labels that its structures call for, unless the settings name them.

    Args:
        network: of a recipe, or a manifest's `network` entry; bundles up to 0.2.0 name no labels.
        structures: of the vocabulary.
    """
    structures = tuple(structures)
    labels = {
        "solid_labels": [structure.label for structure in structures if structure.is_bone],
        "detail_labels": [structure.label for structure in structures if structure.small],
    }
    return {**labels, **network}


def encoder_file(plane: Plane) -> str:
    """Name of the file with the weights of one plane's encoder."""
    return f"encoder_{plane.value}.safetensors"


@dataclass(frozen=True)
class ViewTensor:
    """A view as the network takes it.

    Attributes:
        array: (1, 1, S, H, W) float32, normalised.
        geometry: index (s, h, w) to RAS mm.
    """

    array: Tensor
    geometry: Geometry


Window = tuple[slice, slice, slice]
"""Slices, rows and columns of a view."""

WINDOW_STEP = 2 * DETAIL_RATIO
"""A detail window begins and ends on whole pixels of the map of lesions."""


class OrthoModel(nn.Module):
    """Everything between prepared views and logits.

    Args:
        network: the manifest's `network` entry; with "clinical", a list of columns, what a referral says may be an
            input beside the images.
        planes: which encoders there are.
        classes: structures and background.
        abnormalities: how many findings.

    Attributes:
        pixel_ratio: the encoders' pixel, in pixels of the views they are given.
        solid_labels: structures inside which nothing fine is to be found: bones.
        detail_labels: structures so small that their surroundings deserve the finer look.
    """

    def __init__(self, network: Mapping, *, planes: tuple[Plane, ...], classes: int, abnormalities: int) -> None:
        super().__init__()
        if network.get("kind") not in NETWORKS:
            raise BundleError(Message("bundle", "unknown_network", {"kind": network.get("kind"), "kinds": NETWORKS}))
        network = {**OPTIONAL_NETWORK, **network}
        self.planes = planes
        self.pixel_ratio = DETAIL_RATIO if network["detail"] else 1
        self.solid_labels = tuple(network["solid_labels"])
        self.detail_labels = tuple(network["detail_labels"])
        self.encoders = ByPlane({plane: build_view_encoder(plane, dict(network)) for plane in planes})
        first = self.encoders.of(planes[0]).network
        taps, strides = first.tap_channels, first.tap_strides
        width = network["width"]
        self.fusion = CrossViewFusion(planes, taps, width=width)
        self.segmentation = SegmentationHead(planes, taps, strides, width=width, classes=classes)
        self.diagnosis = DiagnosisHead(planes, taps, width=width, abnormalities=abnormalities)
        columns = tuple(network["clinical"])
        self.clinical = ClinicalBias(columns, abnormalities) if columns else None
        self.detail = ByPlane({plane: DetailNet(taps[0]) for plane in planes} if network["detail"] else {})
        self.to(memory_format=torch.channels_last_3d)  # type: ignore[call-overload]  # torch's stubs do not know it

    def at_encoder_pixels(self, view: ViewTensor) -> ViewTensor:
        """A view averaged to the pixels that the encoders see."""
        if self.pixel_ratio == 1:
            return view
        stride = (1, self.pixel_ratio, self.pixel_ratio)
        array = functional.avg_pool3d(view.array, stride)
        return ViewTensor(array, Geometry(grid_shape(array[0]), level_affine(view.geometry, stride)))

    def sharpen(self, pyramid: FeaturePyramid, view: ViewTensor, window: Window, plane: Plane) -> FeaturePyramid:
        """The features of a view with a window of it looked at in the view's own pixels.

        Args:
            pyramid: from `encode`.
            view: at the view's own pixels.
            window: within the encoder's finest level, in-plane borders on multiples of `WINDOW_STEP`.
            plane: of the view.
        """
        slices, *in_plane = window
        halves = (slice(part.start // DETAIL_RATIO, part.stop // DETAIL_RATIO) for part in in_plane)
        coarse = part_of(pyramid.levels[0].features, slices, *halves)
        image = view.array[(..., *window)].contiguous(memory_format=torch.channels_last_3d)
        features = of_batch(self.detail.of(plane)(image, as_batch(coarse)))
        start = (slices.start, in_plane[0].start, in_plane[1].start)
        affine = view.geometry.affine.copy()
        affine[:3, 3] = view.geometry.to_ras(np.array(start, dtype=float))
        return FeaturePyramid(pyramid.levels, DetailWindow(features, affine, start))

    def encode(self, view: ViewTensor, plane: Plane) -> FeaturePyramid:
        """The features of one view at the encoder's pixels."""
        encoder = self.encoders.of(plane)
        return encoder.pyramid(encoder(view.array.contiguous(memory_format=torch.channels_last_3d)), view.geometry)

    def plane_logits(
        self, pyramid: FeaturePyramid, plane: Plane, *, step: int = 1, start: tuple[int, int] = (0, 0)
    ) -> Tensor:
        """(K, S, H', W') what one view alone says of the structures, at every `step`-th row and column."""
        return self.segmentation.of_plane(plane, pyramid, step=step, start=start)

    def detail_logits(
        self, pyramid: FeaturePyramid, plane: Plane, *, step: int = 1, start: tuple[int, int] = (0, 0)
    ) -> Tensor:
        """As `plane_logits`, in the view's detail window and at its resolution."""
        return self.segmentation.of_detail(plane, pyramid, step=step, start=start)

    def fuse(self, pyramids: Mapping[Plane, FeaturePyramid], geometry: Geometry) -> FusedGrid:
        """The views' features on one coarse grid."""
        return self.fusion.on_grid(pyramids, geometry)

    def coarse_logits(self, grid: FusedGrid) -> Tensor:
        """(K, I, J, K') logits of the structures on the coarse grid."""
        return self.segmentation.on_grid(grid)

    def fine_logits(self, pyramids: Mapping[Plane, FeaturePyramid], grid: FusedGrid, points: Tensor) -> Tensor:
        """Logits of the structures at any points, (N, 3) RAS mm to (N, K)."""
        return self.segmentation.at_points(self.fusion.at_points(pyramids, grid, points))

    def clinical_logits(self, values: Mapping[str, float]) -> Tensor:
        """(A,) what clinical values add to the logits; 0 where none is known or the bundle uses none.

        Args:
            values: column -> number, by `encode_clinical`; unknown ones left out.
        """
        if self.clinical is None:
            return torch.zeros(())
        return self.clinical(values)

    def diagnose(self, pyramids: Mapping[Plane, FeaturePyramid], grid: FusedGrid) -> Diagnosis:
        """Looks for every abnormality."""
        return self.diagnosis(pyramids, grid)


def build_model(manifest: Manifest) -> OrthoModel:
    """The network that a manifest describes, with fresh weights.

    Raises:
        ValueError, KeyError, TypeError: if the manifest's `network` entry describes none.
        BundleError: if it is of a kind that this version does not know.
    """
    unknown = sorted((set(manifest.network) - set(OPTIONAL_NETWORK)) ^ set(DEFAULT_NETWORK))
    if unknown:
        raise ValueError(f"{', '.join(unknown)} must be given exactly as this version knows it")
    return OrthoModel(
        network_for(manifest.network, manifest.structures),
        planes=tuple(plane for plane in Plane if plane in manifest.views),
        classes=1 + max((structure.label for structure in manifest.structures), default=0),
        abnormalities=len(manifest.abnormalities),
    )


def load_model(bundle: Bundle) -> OrthoModel:
    """The network of a bundle whose checksums have been verified, on the CPU, ready to use.

    The manifest's logit adjustment is part of it, as offsets of the last layers: it costs no time.

    Raises:
        BundleError: if the weights do not fit the network that the manifest describes.
    """
    try:
        model = build_model(bundle.manifest)
    except (KeyError, TypeError, ValueError) as error:
        raise BundleError(Message("bundle", "no_network", {"error": error}), where=str(bundle.folder)) from error
    for plane in model.planes:
        _load(model.encoders.of(plane), bundle, encoder_file(plane))
    heads = _heads(model)
    _load(heads, bundle, HEADS_FILE)
    model.segmentation.adjust(*logit_adjustment(bundle.manifest, model.segmentation.classes))
    return model.eval()


def logit_adjustment(manifest: Manifest, classes: int) -> tuple[Tensor, Tensor]:
    """(K,) each, what the manifest adds to the structures' logits on the coarse and on the fine grid."""
    found = torch.zeros(len(ADJUSTED_GRIDS), classes)
    for number, grid in enumerate(ADJUSTED_GRIDS):
        values = manifest.logit_adjustment.get(grid, {})
        for structure in manifest.structures:
            found[number, structure.label] = values.get(structure.name, 0.0)
    return found[0], found[1]


def weights_by_file(model: OrthoModel) -> dict[str, dict[str, np.ndarray]]:
    """The weights in half precision, by bundle file; what `load_model` reads."""
    heads = _heads(model)
    files: dict[str, nn.Module] = {encoder_file(plane): model.encoders.of(plane) for plane in model.planes}
    return {
        name: {key: value.detach().half().contiguous().numpy() for key, value in module.state_dict().items()}
        for name, module in {**files, HEADS_FILE: heads}.items()
    }


def _heads(model: OrthoModel) -> nn.ModuleDict:
    """Everything but the encoders; an empty module leaves no trace in the file."""
    parts = ("fusion", "segmentation", "diagnosis", "detail", "clinical")
    return nn.ModuleDict({name: part for name in parts if (part := getattr(model, name)) is not None})


def _load(module: nn.Module, bundle: Bundle, name: str) -> None:
    path = bundle.weight_paths.get(name)
    if path is None:
        raise BundleError(Message("bundle", "lacks_part", {"name": name}), where=str(bundle.folder))
    found = load_file(path)
    expected = module.state_dict()
    wrong = [
        f"{key}: expected {tuple(value.shape)}, found {tuple(found[key].shape) if key in found else 'nothing'}"
        for key, value in expected.items()
        if key not in found or found[key].shape != value.shape
    ] + [f"{key}: not part of this network" for key in found if key not in expected]
    if wrong:
        raise BundleError(
            Message("bundle", "weights_do_not_fit", {"count": len(wrong), "first": wrong[0]}), where=str(path)
        )
    module.load_state_dict({key: value.float() for key, value in found.items()})
