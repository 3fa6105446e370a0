"""What one window of a study without labels teaches: the sure outlines, and its images to the diffusion model."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from OrthoDiffusionLib.analysis.model import OrthoModel, ViewTensor
from OrthoDiffusionLib.diffusion import denoising_loss
from OrthoDiffusionLib.encoders import ViewEncoder
from OrthoDiffusionLib.encoders.view_encoder import EMPTY
from OrthoDiffusionLib.lab.training.adaptation.settings import AdaptSettings
from OrthoDiffusionLib.lab.training.tables.case_dataset import CaseSample
from OrthoDiffusionLib.lab.training.tables.table_loss import ALL, Lesson, case_loss
from OrthoDiffusionLib.precision import autocast

_LESSON = Lesson(outlines=True, findings=False, positive_weight=torch.ones(0))


def site_loss(model: OrthoModel, sample: CaseSample, step: int, settings: AdaptSettings) -> dict[str, Tensor]:
    """All terms; "loss" is their sum.

    The terms of the outlines are those of fine-tuning on label maps: of each plane that the window shows and of these
    planes fused, so that one plane alone is taught what all planes have said together.

    Args:
        step: of the training; the planes take turns in the diffusion model's term.
    """
    terms = case_loss(model, sample, _LESSON)
    if settings.trained != ALL or settings.denoising == 0:
        return terms
    denoising = settings.denoising * _denoising(model, sample, step)
    return {**terms, "denoising": denoising, "loss": terms["loss"] + denoising}


def _denoising(model: OrthoModel, sample: CaseSample, step: int) -> Tensor:
    """The pretraining's loss of one plane's window, with the bundle's own target."""
    device = next(model.parameters()).device
    plane = tuple(sample.views)[step % len(sample.views)]
    view = sample.views[plane]
    image = torch.from_numpy(view.array)[None, None].to(device)
    clean = model.at_encoder_pixels(ViewTensor(image, view.geometry)).array
    encoder = model.encoders.of(plane)
    assert isinstance(encoder, ViewEncoder)  # a ModuleDict keeps no types
    lacking = [(-length) % step for length, step in zip(clean.shape[2:], encoder.network.multiple, strict=True)]
    clean = functional.pad(clean, (0, lacking[2], 0, lacking[1], 0, lacking[0]), value=EMPTY)
    denoiser = encoder.denoiser

    def denoise(x: Tensor, sigma: Tensor) -> Tensor:
        with autocast(device.type):
            return denoiser(x, sigma).float()

    batch = clean.contiguous(memory_format=torch.channels_last_3d)
    return denoising_loss(denoise, batch, sigma_data=denoiser.sigma_data, target=denoiser.target)
