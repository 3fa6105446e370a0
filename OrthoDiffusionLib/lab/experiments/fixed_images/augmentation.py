"""Another look at the same image: MONAI's transforms, and nothing that the simulator knows."""

from __future__ import annotations

import numpy as np
import torch

from OrthoDiffusionLib.encoders.view_encoder import EMPTY

# In plane alone: slices are two to four times as thick as pixels are wide, so that turning or scaling across them in
# voxels would bend the joint, and in millimetres would mix slices that no scanner mixes. Never mirrored: all joints are
# right ones, and left and right are what tells medial from lateral.
TURN_RAD = np.deg2rad(10.0)
SCALE = 0.1
SHIFT_PIXELS = 6.0

# Strengths as nnU-Net has them (Isensee et al. 2021, its default augmentation), where it has such a transform.
GAMMA = (0.7, 1.5)
BRIGHTNESS = 0.2
BIAS = 0.3
NOISE = 0.1
BLUR_PIXELS = (0.25, 0.8)

CHANCES = {"affine": 0.9, "blur": 0.2, "bias": 0.3, "gamma": 0.3, "brightness": 0.3, "noise": 0.3}
"""How often a view gets each."""


def augmentation_settings() -> dict[str, object]:
    """All that a change depends on beside its seed."""
    return {
        "turn_degrees": round(float(np.rad2deg(TURN_RAD)), 6), "scale": SCALE, "shift_pixels": SHIFT_PIXELS,
        "gamma": GAMMA, "brightness": BRIGHTNESS, "bias": BIAS, "noise": NOISE, "blur_pixels": BLUR_PIXELS,
        "chances": dict(CHANCES),
    }  # fmt: skip


class Augmentation:
    """Changes an image and its labels alike; the same seed gives the same change."""

    def __init__(self) -> None:
        from monai.transforms import (
            Compose,
            RandAdjustContrastd,
            RandAffined,
            RandBiasFieldd,
            RandGaussianNoised,
            RandGaussianSmoothd,
            RandScaleIntensityd,
        )

        image, both = "image", ["image", "labels"]
        self._transforms = Compose(
            [
                RandAffined(
                    both, prob=CHANCES["affine"], rotate_range=(TURN_RAD, 0.0, 0.0), scale_range=(0.0, SCALE, SCALE),
                    translate_range=(0.0, SHIFT_PIXELS, SHIFT_PIXELS), mode=["bilinear", "nearest"],
                    padding_mode="zeros",
                ),
                RandGaussianSmoothd(
                    image, prob=CHANCES["blur"], sigma_x=(1e-3, 1e-3), sigma_y=BLUR_PIXELS, sigma_z=BLUR_PIXELS
                ),
                RandBiasFieldd(image, prob=CHANCES["bias"], coeff_range=(0.0, BIAS)),
                RandAdjustContrastd(image, prob=CHANCES["gamma"], gamma=GAMMA, retain_stats=True),
                RandScaleIntensityd(image, prob=CHANCES["brightness"], factors=BRIGHTNESS),
                RandGaussianNoised(image, prob=CHANCES["noise"], std=NOISE),
            ]
        )  # fmt: skip

    def __call__(self, image: np.ndarray, labels: np.ndarray, *, seed: int) -> tuple[np.ndarray, np.ndarray]:
        """Change one view.

        Args:
            image: (S, H, W) float32, normalised.
            labels: (S, H, W) uint8.
            seed: below 2**32.

        Returns:
            The same shapes and types.
        """
        self._transforms.set_random_state(seed=seed)
        # From air upwards, so that what comes in from outside is air, and shading darkens or brightens the body.
        content = {"image": torch.from_numpy(image - EMPTY)[None], "labels": torch.from_numpy(labels)[None]}
        changed = self._transforms(content)
        values = np.asarray(changed["image"], np.float32)[0] + np.float32(EMPTY)
        return np.ascontiguousarray(values), np.ascontiguousarray(np.asarray(changed["labels"])[0].astype(np.uint8))
