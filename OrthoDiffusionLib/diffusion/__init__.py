"""Diffusion by noise level: preconditioning, loss, sampling. Knows nothing of knees."""

from OrthoDiffusionLib.diffusion.cosine_schedule import STEPS, sigma_of_step, signal_share, step_of_sigma
from OrthoDiffusionLib.diffusion.denoiser import EDM, EPSILON, TARGETS, Denoiser
from OrthoDiffusionLib.diffusion.loss import denoising_loss
from OrthoDiffusionLib.diffusion.noise_levels import cosine_sigmas, sampling_sigmas, training_sigmas
from OrthoDiffusionLib.diffusion.sampling import sample

__all__ = [
    "EDM",
    "EPSILON",
    "STEPS",
    "TARGETS",
    "Denoiser",
    "cosine_sigmas",
    "denoising_loss",
    "sample",
    "sampling_sigmas",
    "sigma_of_step",
    "signal_share",
    "step_of_sigma",
    "training_sigmas",
]
