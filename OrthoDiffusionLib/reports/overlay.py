"""Slices with outlines of structures, hung as radiologists hang them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes, Structure
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.volumes import Plane, Volume

_SAMPLE_MM = 0.5
"""Pixel of the label slice whose masks become outlines; finer than any structure's edge is known."""

_ROUNDING = (0.25, 0.5, 0.25)
"""Weights along rows and columns that round the steps of voxels and move no straight edge."""


@dataclass(frozen=True, eq=False)
class SlicePicture:
    """One slice as a picture, with its place in the patient.

    Attributes:
        image: RGB.
        plane: which plane it was hung as.
        index: number of the slice in the hung volume, 0 first.
        count: how many slices the volume has.
        centre_ras: (3,) middle of the picture, RAS mm.
        column_ras, row_ras: (3,) RAS unit vectors to the picture's right and down.
        pixels_per_mm: scale, the same in both directions.
        step_mm: distance of slices.
    """

    image: Image.Image
    plane: Plane
    index: int
    count: int
    centre_ras: np.ndarray
    column_ras: np.ndarray
    row_ras: np.ndarray
    pixels_per_mm: float
    step_mm: float

    def position(self, point_ras: ArrayLike) -> tuple[float, float]:
        """Where a RAS point falls, (x, y) in pixels, whether or not it lies in the slice."""
        offset = np.asarray(point_ras, dtype=np.float64) - self.centre_ras
        x = self.image.width / 2.0 + float(offset @ self.column_ras) * self.pixels_per_mm
        y = self.image.height / 2.0 + float(offset @ self.row_ras) * self.pixels_per_mm
        return x, y

    def distance_mm(self, point_ras: ArrayLike) -> float:
        """Distance of a RAS point from the slice."""
        normal = np.cross(self.column_ras, self.row_ras)
        return float(abs((np.asarray(point_ras, dtype=np.float64) - self.centre_ras) @ normal))


@dataclass(frozen=True)
class OutlineStyle:
    """How structures are drawn over a slice.

    Attributes:
        width_px: width of the outlines.
        fill: opacity of the structures' colours inside, 0 to 1; a third of it in bones, whose inside matters.
    """

    width_px: float = 1.6
    fill: float = 0.18


@dataclass(frozen=True, eq=False)
class _Excerpt:
    """The part of one slice that fills a picture.

    Attributes:
        index: number of the slice.
        centre: (row, column) of the picture's middle, in voxels.
        half: (2,) half the picture's height and width, in voxels.
        pixels_per_mm: scale.
    """

    index: int
    centre: np.ndarray
    half: np.ndarray
    pixels_per_mm: float

    @classmethod
    def of(cls, hung: Volume, size: tuple[int, int], through_ras, pixels_per_mm: float | None) -> _Excerpt:
        """As `slice_picture` says; moved so that no black band shows where there is image."""
        count, rows, columns = hung.array.shape
        middle = (np.array(hung.array.shape) - 1.0) / 2.0
        ijk = middle if through_ras is None else hung.geometry.to_ijk(through_ras)
        _, row_mm, column_mm = (float(mm) for mm in hung.geometry.spacing_mm)
        width, height = size
        if pixels_per_mm is None:
            pixels_per_mm = max(width / (columns * column_mm), height / (rows * row_mm))
        half = np.array([height / (2 * pixels_per_mm * row_mm), width / (2 * pixels_per_mm * column_mm)])
        limits = np.array([rows, columns]) - 0.5
        inside = np.clip(ijk[1:], half - 0.5, np.maximum(half - 0.5, limits - half))
        centre = np.where(2 * half >= limits + 0.5, middle[1:], inside)
        return cls(int(np.clip(np.rint(ijk[0]), 0, count - 1)), centre, half, pixels_per_mm)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom as voxel edges."""
        top, left = self.centre - self.half + 0.5
        bottom, right = self.centre + self.half + 0.5
        return left, top, right, bottom


def slice_picture(
    volume: Volume,
    plane: Plane,
    size: tuple[int, int],
    *,
    through_ras: ArrayLike | None = None,
    segmentation: Segmentation | None = None,
    pixels_per_mm: float | None = None,
    style: OutlineStyle = OutlineStyle(),
    axes: Axes = BODY_AXES,
) -> SlicePicture:
    """Draws one slice, sagittal with anterior to the left, coronal and axial with the patient's right left.

    Args:
        volume: any geometry; its own slices are shown, not reformatted, and its obliquity is kept.
        plane: how to hang it; the volume must be cut in that plane or be 3D.
        size: (width, height) in pixels.
        through_ras: the slice nearest to this point, centred on it as far as the slice fills the picture;
            None takes the middle.
        segmentation: structures to outline, on any grid.
        pixels_per_mm: scale; None shows the largest part that fills the picture.
        style: of the outlines.
        axes: of this side's joint, in RAS, which the planes are those of.

    Returns:
        The picture. What lies beyond the slice is black.
    """
    hung = volume.reoriented(plane.hanging, axes)
    excerpt = _Excerpt.of(hung, size, through_ras, pixels_per_mm)
    grey = _cut(_window(hung.array, excerpt.index), excerpt.box, size)
    directions = hung.geometry.directions
    picture = SlicePicture(
        image=Image.fromarray(grey, "L").convert("RGB"),
        plane=plane,
        index=excerpt.index,
        count=hung.array.shape[0],
        centre_ras=np.asarray(hung.geometry.to_ras((excerpt.index, *excerpt.centre))),
        column_ras=directions[:, 2],
        row_ras=directions[:, 1],
        pixels_per_mm=excerpt.pixels_per_mm,
        step_mm=float(hung.geometry.spacing_mm[0]),
    )
    return picture if segmentation is None else _outlined(picture, segmentation, style)


def _window(array: np.ndarray, index: int) -> np.ndarray:
    """One slice as 0..255 over the range that holds the tissue; the range is the same for all slices."""
    sample = array[:: max(1, array.shape[0] // 16), ::4, ::4].astype(np.float32)
    low = float(np.percentile(sample, 1.0))
    tissue = sample[sample > low]
    high = float(np.percentile(tissue, 99.5)) if tissue.size else low + 1.0
    scale = 255.0 / max(high - low, 1e-6)
    return np.clip((array[index].astype(np.float32) - low) * scale, 0, 255).astype(np.uint8)


def _cut(grey: np.ndarray, box: tuple[float, float, float, float], size: tuple[int, int]) -> np.ndarray:
    """The part of a slice in `box` (left, top, right, bottom; voxel edges), enlarged; black beyond the slice."""
    rows, columns = grey.shape
    left, top, right, bottom = box
    pad = int(max(0, np.ceil(max(-left, -top, right - columns, bottom - rows))))
    padded = np.pad(grey, pad)
    resized = Image.fromarray(padded, "L").resize(
        size, Image.Resampling.BICUBIC, box=(left + pad, top + pad, right + pad, bottom + pad)
    )
    return np.asarray(resized)


def _outlined(picture: SlicePicture, segmentation: Segmentation, style: OutlineStyle) -> SlicePicture:
    """The picture with the structures that its plane cuts."""
    pixels = np.asarray(picture.image).astype(np.float32)
    height, width, _ = pixels.shape
    size_mm = width / picture.pixels_per_mm, height / picture.pixels_per_mm
    labels = label_slice(
        segmentation.labels, picture.centre_ras, picture.column_ras, picture.row_ras, size_mm, _SAMPLE_MM
    )
    scale = np.array([height / labels.shape[0], width / labels.shape[1]])  # picture pixels a sample
    by_label: Mapping[int, Structure] = {s.label: s for s in segmentation.structures}
    for label in np.unique(labels):
        structure = by_label.get(int(label))
        if structure is None:
            continue
        rounds = 2 if structure.is_bone else 1
        soft, at = _soft_mask(labels == label, scale, (height, width), rounds)
        slope = np.hypot(*np.gradient(soft))
        distance = (soft - 0.5) / np.maximum(slope, 0.02)  # to the edge in pixels, positive inside
        line = np.clip(style.width_px / 2 + 0.5 - np.abs(distance), 0.0, 1.0)
        inside = np.clip(distance + 0.5, 0.0, 1.0) * (style.fill / 3 if structure.is_bone else style.fill)
        opacity = np.maximum(line * 0.95, inside)[..., None]
        part = pixels[at]
        part += (np.array(structure.colour, dtype=np.float32) - part) * opacity
    return replace(picture, image=Image.fromarray(np.clip(pixels + 0.5, 0, 255).astype(np.uint8), "RGB"))


def label_slice(
    labels: Volume,
    centre_ras: ArrayLike,
    column_ras: ArrayLike,
    row_ras: ArrayLike,
    size_mm: tuple[float, float],
    pixel_mm: float,
) -> np.ndarray:
    """Labels on a plane of any orientation.

    Args:
        labels: (I, J, K) uint8 on any grid.
        centre_ras: (3,) middle of the plane, RAS mm.
        column_ras, row_ras: (3,) RAS unit vectors along the columns and down the rows.
        size_mm: (width, height).
        pixel_mm: sampling distance.

    Returns:
        (rows, columns) uint8, nearest neighbour, 0 beyond the grid.
    """
    from scipy.ndimage import affine_transform

    columns, rows = (max(1, round(length / pixel_mm)) for length in size_mm)
    steps_ras = np.stack([np.asarray(row_ras) * size_mm[1] / rows, np.asarray(column_ras) * size_mm[0] / columns])
    steps = np.linalg.solve(labels.geometry.affine[:3, :3], steps_ras.T)
    first = labels.geometry.to_ijk(centre_ras) - steps @ [(rows - 1) / 2.0, (columns - 1) / 2.0]
    # `grid-constant` and not `constant`, which leaves out the outer half of the voxels at the border.
    return affine_transform(labels.array, steps, first, (rows, columns), order=0, mode="grid-constant")


def _soft_mask(
    mask: np.ndarray, scale: np.ndarray, shape: tuple[int, int], rounds: int
) -> tuple[np.ndarray, tuple[slice, slice]]:
    """A mask enlarged to picture pixels with smooth edges: values 0 to 1 in a box, and where the box lies."""
    from scipy.ndimage import correlate1d

    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    margin = 4
    low = np.array([rows[0], columns[0]]) - margin
    high = np.array([rows[-1], columns[-1]]) + margin + 1
    part = np.zeros(high - low, dtype=np.float32)
    part[margin:-margin, margin:-margin] = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    for _ in range(rounds):
        for axis in (0, 1):
            part = correlate1d(part, _ROUNDING, axis, mode="constant")
    start = np.maximum(0, np.floor(low * scale)).astype(int)
    stop = np.minimum(shape, np.ceil(high * scale)).astype(int)
    # Corners of the picture's pixels in samples of the part.
    box = ((start[1] / scale[1]) - low[1], (start[0] / scale[0]) - low[0],
           (stop[1] / scale[1]) - low[1], (stop[0] / scale[0]) - low[0])  # fmt: skip
    box = (max(0.0, box[0]), max(0.0, box[1]), min(part.shape[1], box[2]), min(part.shape[0], box[3]))
    size = (int(stop[1] - start[1]), int(stop[0] - start[0]))
    enlarged = Image.fromarray(part, "F").resize(size, Image.Resampling.BICUBIC, box=box)
    return np.asarray(enlarged), (slice(start[0], stop[0]), slice(start[1], stop[1]))
