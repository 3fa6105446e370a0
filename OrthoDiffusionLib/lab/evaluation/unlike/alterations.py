"""Honest volumes made unlike: what goes wrong on the way to the program, in the scanner, or is no MR at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.phantom.datasets.cohort import PhantomStudy
from OrthoDiffusionLib.lab.phantom.imaging.artefacts import piled_up
from OrthoDiffusionLib.volumes import Volume
from OrthoDiffusionLib.volumes.plane import slice_axis

HOUNSFIELD = {
    "air": -1000.0, "skin": 40.0, "subcutaneous_fat": -100.0, "fat_pad": -90.0, "muscle": 55.0, "fascia": 40.0,
    "bone_marrow": 150.0, "red_marrow": 200.0, "cortical_bone": 1200.0, "cartilage": 80.0, "synovial_fluid": 15.0,
    "meniscus": 90.0, "ligament": 90.0, "tendon": 90.0, "metal": 3000.0,
}  # fmt: skip
"""Tissue -> usual attenuation (assumed, textbook values); what is not named is soft tissue."""

SOFT_TISSUE, CT_NOISE = 50.0, 15.0


@dataclass(frozen=True, eq=False)
class Picture:
    """A volume with its slices first.

    Attributes:
        array: (S, H, W) float32.
        spacing_mm: of slices, rows and columns.
        tissue: name of the tissue at each voxel, as index and names; made when it is asked for.
    """

    array: np.ndarray
    spacing_mm: tuple[float, float, float]
    tissue: Callable[[], tuple[np.ndarray, tuple[str, ...]]]


Alteration = Callable[[Picture, np.random.Generator], np.ndarray]


def shuffled_slices(picture: Picture, rng: np.random.Generator) -> np.ndarray:
    """All slices in an order of chance, as a series read by the wrong tag."""
    return picture.array[rng.permutation(len(picture.array))]


def inverted(picture: Picture, rng: np.random.Generator) -> np.ndarray:
    """Bright is dark."""
    return picture.array.max() - picture.array


def ct_like(picture: Picture, rng: np.random.Generator) -> np.ndarray:
    """The same anatomy in Hounsfield units."""
    from scipy import ndimage

    tissue, names = picture.tissue()
    values = np.array([HOUNSFIELD.get(name, SOFT_TISSUE) for name in names], dtype=np.float32)
    seen = values[tissue] + rng.normal(0.0, CT_NOISE, tissue.shape)
    return np.clip(ndimage.gaussian_filter(seen, (0.0, 0.5, 0.5)), -1024.0, 3000.0)


def metal(picture: Picture, rng: np.random.Generator) -> np.ndarray:
    """A piece of metal of 16 to 32 mm near the middle: no signal, a bright rim, what is beside it moved."""
    array, spacing = picture.array, picture.spacing_mm
    places = [(np.arange(size) - (size - 1) / 2.0) * mm for size, mm in zip(array.shape, spacing, strict=True)]
    grid = np.stack(np.meshgrid(*places, indexing="ij"))
    centre, radii = rng.uniform(-20.0, 20.0, (3, 1, 1, 1)), rng.uniform(8.0, 16.0, (3, 1, 1, 1))
    inside = (((grid - centre) / radii) ** 2).sum(axis=0) < 1.0
    axis, shift_mm = int(rng.integers(1, 3)), float(rng.uniform(10.0, 25.0))
    return piled_up(array - array.min(), inside.astype(np.float32), spacing, axis, shift_mm)


def motion(picture: Picture, rng: np.random.Generator) -> np.ndarray:
    """Strong ghosts: the patient moves to and fro by 2 to 5 mm, 8 to 25 times during the phase encoding."""
    axis = int(rng.integers(1, 3))
    size = picture.array.shape[axis]
    frequency = np.fft.fftshift(np.fft.fftfreq(size))
    time = np.linspace(0.0, 1.0, size)
    cycles, start = rng.uniform(8.0, 25.0), rng.uniform(0.0, 6.0)
    drift = 0.03 * np.cumsum(rng.normal(0.0, 1.0, size))
    pixels = rng.uniform(2.0, 5.0) / picture.spacing_mm[axis] * (np.sin(2 * np.pi * cycles * time + start) + drift)
    lines = np.exp(-2j * np.pi * frequency * pixels) * (1.0 + 0.35 * np.sin(2 * np.pi * cycles * time))
    shape = [1, 1, 1]
    shape[axis] = size
    spectrum = np.fft.fft(picture.array, axis=axis) * np.fft.ifftshift(lines).reshape(shape)
    return np.abs(np.fft.ifft(spectrum, axis=axis))


ALTERATIONS: Mapping[str, Alteration] = {
    "shuffled_slices": shuffled_slices,
    "inverted": inverted,
    "ct_like": ct_like,
    "metal": metal,
    "motion": motion,
}
EVERY_PLANE = ("metal",)
"""Alterations that lie in the patient, and so in every series; of the others one series of a study suffers."""


def altered(phantom: PhantomStudy, kind: str, number: int) -> dict[int, Volume]:
    """The volumes of a study that an alteration is about, altered, by their place among its volumes.

    Args:
        phantom: an honest study.
        kind: one of `ALTERATIONS`.
        number: of the study; decides which series suffers, and all chance.
    """
    alteration, place = ALTERATIONS[kind], list(ALTERATIONS).index(kind)
    suffers = (number + place) % len(phantom.volumes)
    return {
        index: altered_volume(volume, phantom, alteration, np.random.default_rng([number, place, index]))
        for index, volume in enumerate(phantom.volumes)
        if kind in EVERY_PLANE or index == suffers
    }


def altered_volume(volume: Volume, phantom: PhantomStudy, alteration: Alteration, rng: np.random.Generator) -> Volume:
    """One volume of a study, altered; float32."""
    geometry, axis = volume.geometry, slice_axis(volume.geometry)
    slice_mm, row_mm, column_mm = (geometry.spacing_mm[n] for n in (axis, *(n for n in range(3) if n != axis)))

    def tissue() -> tuple[np.ndarray, tuple[str, ...]]:
        tables = phantom.tables
        return np.moveaxis(tables.tissue[phantom.parts_on(geometry)], axis, 0), tuple(tables.tissue_names)

    array = np.moveaxis(np.asarray(volume.array, dtype=np.float32), axis, 0)
    picture = Picture(array, (float(slice_mm), float(row_mm), float(column_mm)), tissue)
    made = np.asarray(alteration(picture, rng), dtype=np.float32)
    return volume.with_array(np.ascontiguousarray(np.moveaxis(made, 0, axis)))
