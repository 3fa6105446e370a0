"""Pictures of one training study: as drawn, without its faults, in a given contrast, and with a given pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.lab.phantom.engine.pose import Pose
from OrthoDiffusionLib.lab.phantom.engine.sampling import sample_parts
from OrthoDiffusionLib.lab.phantom.engine.view_parts import ViewParts
from OrthoDiffusionLib.lab.phantom.imaging.acquisition import Acquisition
from OrthoDiffusionLib.lab.phantom.imaging.contrast import Protocol
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import (
    ImagingSite,
    SeriesSetting,
    draw_field_strength,
    draw_setting,
    draw_subject,
    site_named,
)
from OrthoDiffusionLib.lab.phantom.imaging.scanner import render_view, sample_view
from OrthoDiffusionLib.lab.phantom.phantom import Phantom
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume

_FAULTS = (
    "noise", "noise_spread", "bias", "fat_shift_mm", "fat_failure", "flow_ghost", "motion", "windowed", "slice_jitter",
    "dark_border", "compressed",
)  # fmt: skip
"""Strengths and chances of `Artefacts` that are 0 in a picture without faults; blur and resolution stay."""

PROTOCOLS: Mapping[str, Protocol] = {
    "pd-fs": Protocol("PD FSE fat-suppressed", "fast_spin_echo", 3000, 34, fat_left=0.06),
    "pd": Protocol("PD FSE", "fast_spin_echo", 3000, 34),
    "t2-fs": Protocol("T2 FSE fat-suppressed", "fast_spin_echo", 3800, 60, fat_left=0.08),
    "t1": Protocol("T1 SE", "spin_echo", 560, 12),
    "dess": Protocol("DESS water excitation", "dess", 16.5, 5.0, flip_deg=25.0, fat_left=0.06),
}
"""The contrasts that are compared, each at 1.5 T and in all three planes; numbers as in `imaging_sites`."""

_SITE_OF_CONTRASTS = "clinic_15t_a"  # its field strength and faults, whatever the contrast
_UNIT = 1000.0  # stored value of the brightest tissues


@dataclass(frozen=True)
class How:
    """How a study's pictures are made.

    Attributes:
        contrast: a key of `PROTOCOLS`; "" draws the series as training does.
        clear: without noise and the other faults.
        pixel_mm: stored and acquired in-plane pixel of a picture without faults, in place of the training's.
    """

    contrast: str = ""
    clear: bool = False
    pixel_mm: float | None = None

    def setting(self, drawn: SeriesSetting) -> SeriesSetting:
        """What was drawn for a series, changed accordingly."""
        strengths = dict(drawn.strengths)
        if self.clear:
            strengths |= dict.fromkeys(_FAULTS, 0.0) | {"gamma": 1.0}
        if self.pixel_mm is not None:
            strengths |= {"acquired_mm": self.pixel_mm, "blur_mm": 0.0, "sharpening": 0.0, "partial_fourier": 1.0}
        return replace(drawn, strengths=strengths)


@dataclass(frozen=True, eq=False)
class ScannedKnee:
    """A right joint in the scanner, with the stacks that training cut from it.

    Attributes:
        phantom, pose, stacks: what `draw_scan` draws of the seed.
        seed: of all of it, and of its pictures.
    """

    phantom: Phantom
    pose: Pose
    stacks: Mapping[Plane, Acquisition]
    seed: int

    def views(self, pixel_mm: float | None = None) -> dict[Plane, ViewParts]:
        """The parts of every stack, with the training's pixel or another one."""
        stacks = list(self.stacks.values())
        if pixel_mm is not None:
            stacks = [replace(stack, geometry=_with_pixel(stack.geometry, pixel_mm)) for stack in stacks]
        return {stack.plane: sample_view(self.phantom, self.pose, stack) for stack in stacks}

    def labels_on(self, geometry: Geometry) -> np.ndarray:
        """(I, J, K) uint8 true structure labels at the voxel centres of a grid in RAS mm."""
        parts = sample_parts(self.phantom.blocks, self.phantom.geometry, self.pose, geometry)[0]
        return self.phantom.tables.structure[parts]

    def study(self, views: Mapping[Plane, ViewParts], how: How) -> Study:
        """One person's study; the same chance decides whatever `how` asks for, so that studies differ in that alone."""
        rng = np.random.default_rng([self.seed, 11])
        names = self.phantom.tables.tissue_names
        subject, strength = draw_subject(names, rng), draw_field_strength(rng)
        volumes = []
        for plane, view in views.items():
            setting = draw_setting(_site(how), plane, names, rng, subject, strength)
            # A generator for each picture: what one of them draws does not change the next.
            chance = np.random.default_rng([self.seed, 12, list(Plane).index(plane)])
            image = np.round(render_view(view, how.setting(setting), chance) * _UNIT).clip(0, 32767).astype(np.int16)
            description = setting.protocol.name if setting.protocol else "random contrast"
            joint = self.phantom.joint
            volumes.append(
                Volume(
                    image, view.geometry, plane.value, Side.RIGHT, "MR", joint.upper(), f"{plane.value} {description}"
                )
            )
        return Study.from_volumes(volumes, side=Side.RIGHT, joint=self.phantom.joint)


def _site(how: How) -> ImagingSite:
    if not how.contrast:
        return site_named("training")
    protocols = dict.fromkeys(Plane, (PROTOCOLS[how.contrast],))
    return replace(site_named(_SITE_OF_CONTRASTS), name=how.contrast, protocols=protocols)


def _with_pixel(geometry: Geometry, pixel_mm: float) -> Geometry:
    """A stack (S, H, W) over the same field of view with another in-plane pixel."""
    slices, *size = geometry.shape
    step, *pixel = (float(mm) for mm in geometry.spacing_mm)
    height, width = (round(count * mm / pixel_mm) for count, mm in zip(size, pixel, strict=True))
    return Geometry.from_axes(
        (slices, height, width),
        spacing_mm=(step, pixel_mm, pixel_mm),
        directions=geometry.affine[:3, :3] / geometry.spacing_mm,
        centre_ras=geometry.centre_ras,
    )
