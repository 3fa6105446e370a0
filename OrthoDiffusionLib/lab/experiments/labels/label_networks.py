"""The networks of the experiment on labels: one interface, whatever is inside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from monai.networks.nets import DenseNet, DynUNet
from torch import Tensor, nn
from torch.nn import functional

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.encoders import ByPlane, FeaturePyramid, build_view_encoder
from OrthoDiffusionLib.encoders.view_encoder import EMPTY
from OrthoDiffusionLib.heads import DiagnosisHead
from OrthoDiffusionLib.heads.segmentation_head import PlaneReadout
from OrthoDiffusionLib.lab.experiments.common.evaluation_studies import EvaluationView
from OrthoDiffusionLib.lab.experiments.labels.label_crops import Crop
from OrthoDiffusionLib.lab.training.engine.losses import added, classifier_loss, lesion_loss, segmentation_loss
from OrthoDiffusionLib.lab.training.engine.recipe import FinetuneRecipe
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.volumes import Geometry, Plane

CLASSES = 1 + max(structure.label for structure in KNEE.structures)
FINDINGS = len(KNEE.abnormalities)
LEAST_PIXELS = 3  # fewer of a lesion's halved pixels are its rim at the border of a crop
READING_RATE = 5.0  # of linear readings that are trained alone, as a multiple of the rate: they tolerate and need it
CLASSIFIER_WEIGHT = 0.3  # beside the lesion maps, as in the fine-tuning of a bundle

Views = Mapping[Plane, EvaluationView]


@dataclass(frozen=True)
class Reading:
    """What a network says of one study.

    Attributes:
        labels: plane -> (S, H, W) uint8; none of a network that outlines nothing.
        logits: (A,) of the findings; None of a network that finds nothing.
    """

    labels: Mapping[Plane, np.ndarray]
    logits: np.ndarray | None


class LabelNetwork(nn.Module):
    """What an arm trains and reads."""

    def loss(self, crop: Crop) -> dict[str, Tensor]:
        """Named terms of one crop; "loss" is minimised."""
        raise NotImplementedError

    def read(self, views: Views) -> Reading:
        """What it says of whole views."""
        raise NotImplementedError

    def groups(self, settings: FinetuneRecipe) -> list[dict]:
        """Parameters with their rates; see `build_optimizers`."""
        raise NotImplementedError

    def prepare(self, crops: Sequence[Crop]) -> None:
        """Measure what must be known before the first step; nothing, as a rule."""

    def in_use(self) -> int:
        """Parameters that its answers depend on."""
        return sum(parameter.numel() for parameter in self.parameters())


class ChannelScales(nn.Module):
    """Brings every channel of an encoder's levels to mean 0 and standard deviation 1, as measured once at the start.

    A linear reading of frozen features learns at the pace of their size, which says nothing of their worth. Where the
    features learn as well, they find their own size, and scales taken at the start would only disturb fresh ones.
    """

    def __init__(self, channels: Sequence[int]) -> None:
        super().__init__()
        for level, count in enumerate(channels):
            self.register_buffer(f"mean_{level}", torch.zeros(count))
            self.register_buffer(f"deviation_{level}", torch.ones(count))

    def forward(self, levels: Sequence[Tensor]) -> list[Tensor]:
        """(B, C, S, H, W) a level, to the same."""
        return [
            (value - _over_places(getattr(self, f"mean_{n}"), value))
            / _over_places(getattr(self, f"deviation_{n}"), value)
            for n, value in enumerate(levels)
        ]

    def measure(self, samples: Sequence[Sequence[Tensor]]) -> None:
        """Take mean and deviation over the levels of some crops."""
        for level in range(len(samples[0])):
            values = torch.cat([levels[level][0].float().flatten(1) for levels in samples], dim=1)
            getattr(self, f"mean_{level}").copy_(values.mean(dim=1))
            getattr(self, f"deviation_{level}").copy_(values.std(dim=1).clamp_min(1e-3))


class DenoiserReadout(LabelNetwork):
    """Ours: each plane's diffusion network, a linear reading of its outlines, and the head that marks lesions.

    Args:
        planes: of the views.
        network: a recipe's `network`.
        frozen: train the readings alone.
        pretrained: whether the encoders will be; what starts from nothing learns at the full rate.
    """

    def __init__(self, planes: Sequence[Plane], network: Mapping, *, frozen: bool, pretrained: bool) -> None:
        super().__init__()
        self.frozen, self.pretrained = frozen, pretrained
        self.encoders = ByPlane({plane: build_view_encoder(plane, dict(network)) for plane in planes})
        unet = self.encoders.of(planes[0]).network
        taps, strides = unet.tap_channels[:3], unet.tap_strides[:3]
        self.scales = ByPlane({plane: ChannelScales(unet.tap_channels) for plane in planes})
        self.outlines = ByPlane({plane: PlaneReadout(taps, strides, CLASSES) for plane in planes})
        self.findings = DiagnosisHead(tuple(planes), unet.tap_channels, width=1, abnormalities=FINDINGS)
        if frozen:
            self.encoders.requires_grad_(False)

    def draw_everything(self) -> None:
        """Draw the weights that start at zero as well, or features of chance would be plainer than they need be."""
        for encoder in self.encoders.values():
            for module in encoder.modules():
                if isinstance(module, nn.Conv3d) and not module.weight.any():
                    module.reset_parameters()

    def loss(self, crop: Crop) -> dict[str, Tensor]:
        rows = _rows()
        with autocast():
            pyramids = {plane: self._pyramid(view.image, view.geometry, plane) for plane, view in crop.items()}
            logits = {p: self.outlines.of(p)(pyramid, step=2, start=rows) for p, pyramid in pyramids.items()}
            maps, plane_logits = self.findings.of_planes(pyramids)
        parts: dict[str, list[Tensor]] = {"outlines": [], "lesions": [], "verdict": []}
        for plane, view in crop.items():
            bits = torch.from_numpy(view.lesions).flatten()
            labels = _every_second(torch.from_numpy(view.labels), rows)
            parts["outlines"].append(segmentation_loss(logits[plane].flatten(1), labels.flatten()) / len(crop))
            parts["lesions"].append(lesion_loss(maps[plane].flatten(1), bits) / len(crop))
            parts["verdict"].append(classifier_loss(plane_logits[plane], bits, least=LEAST_PIXELS) / len(crop))
        terms = {name: added(values) for name, values in parts.items()}
        return {**terms, "loss": terms["outlines"] + terms["lesions"] + CLASSIFIER_WEIGHT * terms["verdict"]}

    @torch.inference_mode()
    def read(self, views: Views) -> Reading:
        with autocast():
            pyramids = {plane: self._pyramid(view.image, view.geometry, plane) for plane, view in views.items()}
            logits = {plane: self.outlines.of(plane)(pyramid) for plane, pyramid in pyramids.items()}
            _, plane_logits = self.findings.of_planes(pyramids)
        labels = {plane: value.argmax(dim=0).to(torch.uint8).numpy() for plane, value in logits.items()}
        return Reading(labels, torch.stack(list(plane_logits.values())).float().mean(dim=0).numpy())

    def groups(self, settings: FinetuneRecipe) -> list[dict]:
        share = settings.encoder_rate if self.pretrained else 1.0
        encoders = {
            "params": list(self.encoders.parameters()),
            "lr": settings.learning_rate * share,
            "filter_lr": settings.filter_rate * share,
        }
        heads = [*self.outlines.parameters(), *self.findings.parameters()]
        readings = {"params": heads, "lr": settings.learning_rate * (READING_RATE if self.frozen else 1.0)}
        return [*([] if self.frozen else [encoders]), readings]

    def _pyramid(self, image: np.ndarray, geometry: Geometry, plane: Plane) -> FeaturePyramid:
        encoder = self.encoders.of(plane)
        with torch.set_grad_enabled(torch.is_grad_enabled() and not self.frozen):
            return encoder.pyramid(self.scales.of(plane)(encoder(as_batch(image))), geometry)

    @torch.no_grad()
    def prepare(self, crops: Sequence[Crop]) -> None:
        """Measure the scales of frozen features."""
        if not self.frozen:
            return
        for plane, encoder in self.encoders.each():
            with autocast():
                samples = [encoder(as_batch(crop[plane].image)) for crop in crops]
            self.scales.of(plane).measure(samples)


class Outliner(LabelNetwork):
    """MONAI's DynUNet, the network of nnU-Net, one a plane: outlines alone."""

    _FILTERS = (16, 32, 64, 96, 128)
    _STRIDES = ((1, 1, 1), (1, 2, 2), (1, 2, 2), (2, 2, 2), (2, 2, 2))

    def __init__(self, planes: Sequence[Plane]) -> None:
        super().__init__()
        self.by_plane = ByPlane(
            {
                plane: DynUNet(
                    3, 1, CLASSES, kernel_size=[(1, 3, 3), *[(3, 3, 3)] * 4], strides=self._STRIDES,
                    upsample_kernel_size=self._STRIDES[1:], filters=self._FILTERS,
                )
                for plane in planes
            }
        )  # fmt: skip
        self.multiple = tuple(int(n) for n in np.prod(self._STRIDES, axis=0))

    def loss(self, crop: Crop) -> dict[str, Tensor]:
        rows, terms = _rows(), []
        for plane, view in crop.items():
            with autocast():
                logits = self.by_plane.of(plane)(as_batch(view.image))[0]
            labels = _every_second(torch.from_numpy(view.labels), rows)
            terms.append(segmentation_loss(_every_second(logits, rows).flatten(1), labels.flatten()) / len(crop))
        return {"loss": added(terms)}

    @torch.inference_mode()
    def read(self, views: Views) -> Reading:
        labels = {}
        for plane, view in views.items():
            with autocast():
                logits = self.by_plane.of(plane)(padded(as_batch(view.image), self.multiple))[0]
            labels[plane] = cut(logits, view.image.shape).argmax(dim=0).to(torch.uint8).numpy()
        return Reading(labels, None)

    def groups(self, settings: FinetuneRecipe) -> list[dict]:
        last = [p for _, network in self.by_plane.each() for p in network.output_block.parameters()]
        return body_and_last(self, last, settings)


class Classifier(LabelNetwork):
    """MONAI's DenseNet, one a plane: findings alone, taught whether a crop shows them.

    Args:
        crop: (S, H, W) it is trained on; of a whole view it reads the middle of that size, since its average over
            places would drown in what lies around the joint.
    """

    def __init__(self, planes: Sequence[Plane], crop: Sequence[int]) -> None:
        super().__init__()
        self.crop = tuple(crop)
        self.by_plane = ByPlane(
            {
                # With one crop a step, statistics of a batch are those of one patient: groups of channels instead.
                plane: DenseNet(
                    3, 1, FINDINGS, init_features=32, growth_rate=16, block_config=(6, 16, 24),
                    norm=("group", {"num_groups": 8}),
                )
                for plane in planes
            }
        )  # fmt: skip

    def loss(self, crop: Crop) -> dict[str, Tensor]:
        with autocast():
            logits = self._logits({plane: view.image for plane, view in crop.items()})
        return {"loss": classifier_loss(logits, bits_of(crop), least=LEAST_PIXELS)}

    @torch.inference_mode()
    def read(self, views: Views) -> Reading:
        with autocast():
            logits = self._logits({plane: middle(view.image, self.crop) for plane, view in views.items()})
        return Reading({}, logits.numpy())

    def groups(self, settings: FinetuneRecipe) -> list[dict]:
        last = [p for _, network in self.by_plane.each() for p in network.class_layers.parameters()]
        return body_and_last(self, last, settings)

    def _logits(self, images: Mapping[Plane, np.ndarray]) -> Tensor:
        each = [self.by_plane.of(plane)(as_batch(image))[0].float() for plane, image in images.items()]
        return torch.stack(each).mean(dim=0)


def body_and_last(network: nn.Module, last: Sequence[nn.Parameter], settings: FinetuneRecipe) -> list[dict]:
    """Two groups: everything but the last layer, and that layer."""
    known = {id(parameter) for parameter in last}
    body = [p for p in network.parameters() if id(p) not in known and p.requires_grad]
    return [
        {"params": body, "lr": settings.learning_rate, "filter_lr": settings.filter_rate},
        {"params": list(last), "lr": settings.learning_rate},
    ]


def _over_places(values: Tensor, like: Tensor) -> Tensor:
    """(C,) as it meets (B, C, S, H, W)."""
    return values.to(like.dtype)[None, :, None, None, None]


def as_batch(image: np.ndarray) -> Tensor:
    """(S, H, W) to (1, 1, S, H, W)."""
    return torch.from_numpy(image)[None, None].contiguous(memory_format=torch.channels_last_3d)


def bits_of(crop: Crop) -> Tensor:
    """Bit masks of the lesions in all views of a crop, one after the other."""
    return torch.cat([torch.from_numpy(view.lesions).flatten() for view in crop.values()])


def padded(views: Tensor, multiple: Sequence[int]) -> Tensor:
    """(B, 1, S, H, W) with air behind the end of each axis, up to whole multiples."""
    pad = [(-length) % step for length, step in zip(views.shape[2:], multiple, strict=True)]
    return functional.pad(views, (0, pad[2], 0, pad[1], 0, pad[0]), value=EMPTY)


def cut(array: Tensor, shape: Sequence[int]) -> Tensor:
    """The first (S, H, W) of (..., S', H', W')."""
    return array[..., : shape[0], : shape[1], : shape[2]]


def middle(image: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """The middle of a view, with air around it where the view is smaller."""
    result = np.full(tuple(size), EMPTY, np.float32)
    source, target = [], []
    for have, want in zip(image.shape, size, strict=True):
        length = min(have, want)
        source.append(slice((have - length) // 2, (have - length) // 2 + length))
        target.append(slice((want - length) // 2, (want - length) // 2 + length))
    result[tuple(target)] = image[tuple(source)]
    return result


def _rows() -> tuple[int, int]:
    """A random start for every second pixel and row: they teach as much as all of them, at a quarter of the cost."""
    number = int(torch.randint(4, ()))
    return number // 2, number % 2


def _every_second(array: Tensor, start: tuple[int, int]) -> Tensor:
    return array[..., start[0] :: 2, start[1] :: 2]
