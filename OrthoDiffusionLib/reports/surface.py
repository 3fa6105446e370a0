"""A shaded picture of the segmentation in 3D, without VTK: a report is also made where there is neither screen nor VTK.

Every structure becomes a cloud of points on its smoothed surface, each with a normal. The points are drawn as
small discs into a depth buffer at twice the picture's size, lit, darkened where something lies in front, and
reduced; bones and ligaments first, cartilage as a translucent layer over them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.findings.label_boxes import Box
from OrthoDiffusionLib.reports.theme import PANEL, Colour
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours

_CARTILAGE_OPACITY = 0.86
_GRACE_MM = 1.2
_THIN_LEVEL = 0.4
"""Below one half, as smoothing thins a plate of two voxels until it has holes."""
_SMOOTHING = (1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16)
_COARSE_VOXELS = 500_000
_OVERSAMPLING = 2
_LIGHTS = (
    # towards the light in the picture's frame (right, up, viewer), and its strength
    ((-0.45, 0.65, 0.62), 0.78),
    ((0.75, 0.10, 0.40), 0.22),
)
_AMBIENT = 0.20


@dataclass(frozen=True)
class Viewpoint:
    """Where the viewer stands, in words of the body; each from -1 to 1.

    Attributes:
        name: a key of the catalogue.
        lateral, anterior, superior: direction from the joint to the viewer.
    """

    name: str
    lateral: float
    anterior: float
    superior: float

    def axes_ras(self, side: Side | None) -> np.ndarray:
        """(3, 3) rows: RAS unit vectors to the picture's right, up, and to the viewer."""
        outward = -1.0 if side is Side.LEFT else 1.0
        toward = np.array([outward * self.lateral, self.anterior, self.superior])
        toward /= np.linalg.norm(toward)
        right = np.cross((0.0, 0.0, 1.0), toward)
        right /= np.linalg.norm(right)
        return np.stack([right, np.cross(toward, right), toward])


ANTEROLATERAL = Viewpoint("anterolateral", 0.62, 0.78, 0.16)
POSTEROMEDIAL = Viewpoint("posteromedial", -0.45, -0.86, 0.20)


@dataclass(frozen=True, eq=False)
class SurfacePoints:
    """Points on the surfaces of structures.

    Attributes:
        ras: (N, 3) float32, RAS mm.
        normals: (N, 3) float32 unit vectors, outwards, RAS.
        structure: (N,) index into the segmentation's structures.
        spacing_mm: (N,) distance to the neighbouring point.
    """

    ras: np.ndarray
    normals: np.ndarray
    structure: np.ndarray
    spacing_mm: np.ndarray


def surface_points(segmentation: Segmentation) -> SurfacePoints:
    """The surfaces of all structures that were found, but those drawn see-through; for any number of viewpoints."""
    parts = []
    for number, structure in enumerate(segmentation.structures):
        box = segmentation.box(structure.name)
        if box is None or structure.see_through:
            continue
        level = 0.5 if structure.is_bone else _THIN_LEVEL
        ras, normals, spacing = _surface_of(segmentation, structure.label, box, level)
        parts.append((ras, normals, np.full(len(ras), number), np.full(len(ras), spacing)))
    if not parts:
        return SurfacePoints(np.zeros((0, 3)), np.zeros((0, 3)), np.zeros(0, int), np.zeros(0))
    return SurfacePoints(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def surface_picture(
    segmentation: Segmentation,
    viewpoint: Viewpoint,
    size: tuple[int, int],
    *,
    side: Side | None = None,
    points: SurfacePoints | None = None,
    background: Colour = PANEL,
) -> Image.Image:
    """Draws the structures as seen from a viewpoint, without perspective, superior up.

    Args:
        segmentation: what to draw.
        viewpoint: where from.
        size: (width, height) in pixels; the structures fill it as far as they go.
        side: of the joint, which says where lateral is; unknown counts as right.
        points: `surface_points` of the segmentation, if at hand.
        background: of the picture.

    Returns:
        RGB; empty if there are no structures.
    """
    points = surface_points(segmentation) if points is None else points
    if len(points.ras) == 0:
        return Image.new("RGB", size, background)
    axes = viewpoint.axes_ras(side).astype(np.float32)
    seen = points.ras @ axes.T
    normals = points.normals @ axes.T
    low, high = seen[:, :2].min(axis=0), seen[:, :2].max(axis=0)
    buffer_size = (size[0] * _OVERSAMPLING, size[1] * _OVERSAMPLING)
    scale = float((np.array(buffer_size) / (high - low + 4.0)).min())
    centre = (low + high) / 2.0
    x = buffer_size[0] / 2.0 + (seen[:, 0] - centre[0]) * scale
    y = buffer_size[1] / 2.0 - (seen[:, 1] - centre[1]) * scale
    frame = _Frame(x, y, seen[:, 2], normals, points.spacing_mm * scale, scale, buffer_size)

    structures = segmentation.structures
    colours = np.array([structure.colour for structure in structures], dtype=np.float32)[points.structure]
    is_cartilage = np.array([structure.is_cartilage for structure in structures])[points.structure]
    picture = np.empty((*buffer_size[::-1], 3), dtype=np.float32)
    picture[:] = background
    solid_depth, solid_point = frame.draw(~is_cartilage)
    frame.shade(picture, solid_point, solid_depth, colours, 1.0)
    depth, point = frame.draw(is_cartilage)
    # Cartilage lies on bone: a millimetre of grace keeps the bone from flickering through.
    point[depth < solid_depth - _GRACE_MM] = -1
    frame.shade(picture, point, depth, colours, _CARTILAGE_OPACITY)
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8), "RGB")
    return image.reduce(_OVERSAMPLING)


def _surface_of(segmentation: Segmentation, label: int, box: Box, level: float) -> tuple[np.ndarray, np.ndarray, float]:
    """Points and normals, RAS, of one structure where its smoothed mask is `level`, and their spacing in mm."""
    from scipy.ndimage import correlate1d

    geometry = segmentation.labels.geometry
    mask = (segmentation.labels.array[box] == label).view(np.uint8)
    start = np.array([side.start for side in box], dtype=np.float64)
    step = 1
    if mask.size > _COARSE_VOXELS:
        # Bones are smooth: blocks of 2 voxels a side, whose fill is a finer edge than a mask's.
        step = 2
        mask = np.pad(mask, [(0, size % 2) for size in mask.shape])
        halves = mask.reshape(mask.shape[0] // 2, 2, mask.shape[1] // 2, 2, mask.shape[2] // 2, 2)
        field = halves.sum(axis=(1, 3, 5), dtype=np.uint8).astype(np.float32) / 8.0
    else:
        field = mask.astype(np.float32)
    margin = 3
    field = np.pad(field, margin)
    for axis in range(3):
        field = correlate1d(field, _SMOOTHING, axis, mode="constant")
    inside = field > level
    flat = np.flatnonzero(inside & with_face_neighbours(~inside))
    if len(flat) == 0:  # thinner than the smoothing: every voxel is surface
        flat = np.flatnonzero(field > level / 2)
    strides = (field.shape[1] * field.shape[2], field.shape[2], 1)
    values = field.ravel()
    gradient = np.stack([values[flat + s] - values[flat - s] for s in strides], axis=1) * 0.5
    length = np.maximum(np.linalg.norm(gradient, axis=1, keepdims=True), 1e-3)
    outward = -gradient / length
    # From the voxel's centre to where the smoothed field is at the level.
    shift = np.clip((values[flat][:, None] - level) / length, -1.0, 1.0)
    at = np.stack(np.unravel_index(flat, field.shape), axis=1) + outward * shift
    ijk = start + (at - margin) * step + (step - 1) / 2.0
    to_ras = geometry.affine[:3, :3]
    normals = outward @ np.linalg.inv(to_ras)  # normals go by the inverse transpose
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    spacing = float(geometry.spacing_mm.max()) * step
    return geometry.to_ras(ijk).astype(np.float32), normals.astype(np.float32), spacing


@dataclass(frozen=True, eq=False)
class _Frame:
    """Points in the picture's frame: x, y in buffer pixels, depth in mm towards the viewer."""

    x: np.ndarray
    y: np.ndarray
    depth: np.ndarray
    normals: np.ndarray
    spacing_px: np.ndarray
    scale: float
    size: tuple[int, int]

    def draw(self, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Depth buffer (-inf where empty) and the number of the nearest point (-1 where empty)."""
        width, height = self.size
        chosen = chosen & (self.normals[:, 2] > -0.15)
        radii = 0.95 * self.spacing_px
        margin = int(np.ceil(radii.max())) + 1
        stride = width + 2 * margin
        depth = np.full(stride * (height + 2 * margin), -np.inf, dtype=np.float32)
        point = np.full(depth.shape, -1, dtype=np.int32)
        for radius in np.unique(radii[chosen]):
            order = np.flatnonzero(chosen & (radii == radius))
            order = order[np.argsort(self.depth[order], kind="stable")]  # of equal pixels the last write wins
            column = np.rint(self.x[order]).astype(np.int64) + margin
            row = np.rint(self.y[order]).astype(np.int64) + margin
            start, z = row * stride + column, self.depth[order]
            # The disc lies in the surface's plane: its depth changes with the normal.
            normals = self.normals[order] / (np.maximum(self.normals[order, 2:], 0.35) * self.scale)
            number = order.astype(np.int32)
            reach = int(radius + 0.5)
            for down in range(-reach, reach + 1):
                for along in range(-reach, reach + 1):
                    if down * down + along * along > radius * radius + 0.5:
                        continue
                    here = z + (normals[:, 1] * down - normals[:, 0] * along)
                    at = start + (down * stride + along)
                    nearer = here > depth[at]
                    at = at[nearer]
                    depth[at] = here[nearer]
                    point[at] = number[nearer]
        inside = (slice(margin, margin + height), slice(margin, margin + width))
        return depth.reshape(-1, stride)[inside], point.reshape(-1, stride)[inside]

    def shade(
        self, picture: np.ndarray, point: np.ndarray, depth: np.ndarray, colours: np.ndarray, opacity: float
    ) -> None:
        """Lights the points of a layer and lays them over the picture."""
        hit = point >= 0
        if not hit.any():
            return
        rows, columns = np.flatnonzero(hit.any(axis=1)), np.flatnonzero(hit.any(axis=0))
        crop = (slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1))
        hit, point, depth = hit[crop], point[crop], depth[crop]
        weight = hit.astype(np.float32)
        layers = np.zeros((*hit.shape, 3), dtype=np.float32)
        layers[hit] = self.normals[point[hit]]
        radius = max(1, round(0.5 * float(np.median(self.spacing_px))))
        covered = _box_blur(weight, radius)
        normals = _box_blur(layers, radius)[hit]
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)

        light = np.full(len(normals), _AMBIENT, dtype=np.float32)
        shine: np.ndarray = np.zeros(len(normals), dtype=np.float32)
        for number, (direction, strength) in enumerate(_LIGHTS):
            toward = np.array(direction, dtype=np.float32)
            toward /= np.linalg.norm(toward)
            light += strength * np.maximum(normals @ toward, 0.0)
            if number == 0:
                half = toward + np.array((0.0, 0.0, 1.0), dtype=np.float32)
                half /= np.linalg.norm(half)
                shine = 0.16 * np.maximum(normals @ half, 0.0) ** 24
        light *= 0.72 + 0.28 * np.clip(normals[:, 2], 0.0, 1.0)  # edges turn away into the dark
        light *= self._unshadowed(hit, depth, weight)
        colour = colours[point[hit]] * light[:, None] + 255.0 * shine[:, None]
        edge = np.clip(covered[hit] * 2.0 - 0.3, 0.0, 1.0)[:, None] * opacity
        under = picture[crop][hit]
        picture[crop][hit] = under + (colour - under) * edge

    def _unshadowed(self, hit: np.ndarray, depth: np.ndarray, weight: np.ndarray) -> np.ndarray:
        """Below 1 where the neighbourhood stands nearer to the viewer: hollows and what lies behind an edge."""
        coarse = (slice(None, None, 4), slice(None, None, 4))  # shadows are soft
        z, weight = np.where(hit, depth, 0.0)[coarse], weight[coarse]
        darkness = np.zeros(z.shape, dtype=np.float32)
        for reach_mm in (3.0, 9.0):
            radius = max(1, round(reach_mm * self.scale / 4))
            around = _box_blur(z, radius) / np.maximum(_box_blur(weight, radius), 1e-3)
            darkness += np.clip((around - z) / (2.5 * reach_mm), 0.0, 0.45)
        fine = np.repeat(np.repeat(_box_blur(darkness, 1), 4, axis=0), 4, axis=1)
        return 1.0 - np.minimum(fine[: hit.shape[0], : hit.shape[1]][hit], 0.6)


def _box_blur(array: np.ndarray, radius: int) -> np.ndarray:
    """Mean over a square of 2 radius + 1 pixels, zeros beyond the border; (rows, columns) or with channels."""
    from scipy.ndimage import uniform_filter

    return uniform_filter(array, (2 * radius + 1, 2 * radius + 1, 1)[: array.ndim], mode="constant")
