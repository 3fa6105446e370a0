"""Slices with outlines of structures, hung as radiologists hang them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from OrthoDiffusionLib.anatomy import Structure
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume

_SAMPLE_MM = 0.5
"""Pixel of the label slice whose masks become outlines; finer than any structure's edge is known."""


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


def slice_picture(
    volume: Volume,
    plane: Plane,
    size: tuple[int, int],
    *,
    through_ras: ArrayLike | None = None,
    segmentation: Segmentation | None = None,
    pixels_per_mm: float | None = None,
    outline_px: float = 1.6,
    fill: float = 0.18,
    hidden: Collection[str] = (),
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
        outline_px: width of the outlines.
        fill: opacity of the structures' colours inside, 0 to 1; a third of it in bones, whose inside matters.
        hidden: names of structures to leave out.

    Returns:
        The picture. What lies beyond the slice is black.
    """
    hung = volume.reoriented(plane.hanging)
    count, rows, columns = hung.array.shape
    middle = (np.array(hung.array.shape) - 1.0) / 2.0
    ijk = middle if through_ras is None else hung.geometry.to_ijk(through_ras)
    index = int(np.clip(np.rint(ijk[0]), 0, count - 1))
    step_mm, row_mm, column_mm = (float(mm) for mm in hung.geometry.spacing_mm)
    width, height = size
    if pixels_per_mm is None:
        pixels_per_mm = max(width / (columns * column_mm), height / (rows * row_mm))
    # Half the picture in voxels, and the centre moved so that no black band shows where there is image.
    half = np.array([height / (2 * pixels_per_mm * row_mm), width / (2 * pixels_per_mm * column_mm)])
    limits = np.array([rows, columns]) - 0.5
    centre = np.where(
        2 * half >= limits + 0.5, middle[1:], np.clip(ijk[1:], half - 0.5, np.maximum(half - 0.5, limits - half))
    )
    grey = _window(hung.array, index)
    box = (
        centre[1] - half[1] + 0.5, centre[0] - half[0] + 0.5,
        centre[1] + half[1] + 0.5, centre[0] + half[0] + 0.5,
    )  # fmt: skip
    picture = np.repeat(_cut(grey, box, size)[..., None].astype(np.float32), 3, axis=2)
    directions = hung.geometry.directions
    centre_ras = hung.geometry.to_ras((index, centre[0], centre[1]))
    if segmentation is not None:
        _draw_structures(
            picture, segmentation, centre_ras, directions[:, 2], directions[:, 1], pixels_per_mm,
            outline_px=outline_px, fill=fill, hidden=hidden,
        )  # fmt: skip
    return SlicePicture(
        image=Image.fromarray(np.clip(picture + 0.5, 0, 255).astype(np.uint8), "RGB"),
        plane=plane,
        index=index,
        count=count,
        centre_ras=np.asarray(centre_ras),
        column_ras=directions[:, 2],
        row_ras=directions[:, 1],
        pixels_per_mm=pixels_per_mm,
        step_mm=step_mm,
    )


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


def _draw_structures(
    picture: np.ndarray,
    segmentation: Segmentation,
    centre_ras: np.ndarray,
    column_ras: np.ndarray,
    row_ras: np.ndarray,
    pixels_per_mm: float,
    *,
    outline_px: float,
    fill: float,
    hidden: Collection[str],
) -> None:
    height, width, _ = picture.shape
    labels = label_slice(
        segmentation.labels, centre_ras, column_ras, row_ras,
        (width / pixels_per_mm, height / pixels_per_mm), _SAMPLE_MM,
    )  # fmt: skip
    scale = np.array([height / labels.shape[0], width / labels.shape[1]])  # picture pixels a sample
    by_label: Mapping[int, Structure] = {s.label: s for s in segmentation.structures}
    for label in np.unique(labels):
        structure = by_label.get(int(label))
        if structure is None or structure.name in hidden:
            continue
        rounds = 2 if structure.is_bone else 1
        soft, at = _soft_mask(labels == label, scale, (height, width), rounds)
        slope = np.hypot(*np.gradient(soft))
        distance = (soft - 0.5) / np.maximum(slope, 0.02)  # to the edge in pixels, positive inside
        line = np.clip(outline_px / 2 + 0.5 - np.abs(distance), 0.0, 1.0)
        inside = np.clip(distance + 0.5, 0.0, 1.0) * (fill / 3 if structure.is_bone else fill)
        opacity = np.maximum(line * 0.95, inside)[..., None]
        part = picture[at]
        part += (np.array(structure.colour, dtype=np.float32) - part) * opacity


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
    columns, rows = (max(1, round(length / pixel_mm)) for length in size_mm)
    x = (np.arange(columns) - (columns - 1) / 2.0) * (size_mm[0] / columns)
    y = (np.arange(rows) - (rows - 1) / 2.0) * (size_mm[1] / rows)
    geometry: Geometry = labels.geometry
    inverse = np.linalg.inv(geometry.affine[:3, :3])
    origin = geometry.to_ijk(centre_ras)
    along_x, along_y = inverse @ np.asarray(column_ras), inverse @ np.asarray(row_ras)
    flat = np.zeros((rows, columns), dtype=np.int64)
    inside = np.ones((rows, columns), dtype=bool)
    for axis, size in enumerate(labels.array.shape):
        index = np.rint(origin[axis] + y[:, None] * along_y[axis] + x[None, :] * along_x[axis]).astype(np.int64)
        inside &= (index >= 0) & (index < size)
        flat = flat * size + index
    found = np.zeros((rows, columns), dtype=np.uint8)
    found[inside] = labels.array.reshape(-1)[flat[inside]]
    return found


def _soft_mask(
    mask: np.ndarray, scale: np.ndarray, shape: tuple[int, int], rounds: int
) -> tuple[np.ndarray, tuple[slice, slice]]:
    """A mask enlarged to picture pixels with smooth edges: values 0 to 1 in a box, and where the box lies."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    margin = 4
    low = np.array([rows[0], columns[0]]) - margin
    high = np.array([rows[-1], columns[-1]]) + margin + 1
    part = np.zeros(high - low, dtype=np.float32)
    part[margin:-margin, margin:-margin] = mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    for _ in range(rounds):
        part = _blurred(part)
    start = np.maximum(0, np.floor(low * scale)).astype(int)
    stop = np.minimum(shape, np.ceil(high * scale)).astype(int)
    # Corners of the picture's pixels in samples of the part.
    box = ((start[1] / scale[1]) - low[1], (start[0] / scale[0]) - low[0],
           (stop[1] / scale[1]) - low[1], (stop[0] / scale[0]) - low[0])  # fmt: skip
    box = (max(0.0, box[0]), max(0.0, box[1]), min(part.shape[1], box[2]), min(part.shape[0], box[3]))
    size = (int(stop[1] - start[1]), int(stop[0] - start[0]))
    enlarged = Image.fromarray(part, "F").resize(size, Image.Resampling.BICUBIC, box=box)
    return np.asarray(enlarged), (slice(start[0], stop[0]), slice(start[1], stop[1]))


def _blurred(part: np.ndarray) -> np.ndarray:
    """Weights 1 2 1 along rows and columns: rounds the steps of voxels, moves no straight edge."""
    for axis in (0, 1):
        moved = np.moveaxis(part, axis, 0)
        inner = 0.25 * moved[:-2] + 0.5 * moved[1:-1] + 0.25 * moved[2:]
        moved = moved.copy()
        moved[1:-1] = inner
        part = np.moveaxis(moved, 0, axis)
    return np.ascontiguousarray(part)
