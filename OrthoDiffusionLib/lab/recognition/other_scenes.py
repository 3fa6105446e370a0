"""Made-up pictures that show none of the joints: limbs between joints, rows of bones, trunks, blobs; two to test with.

They are no anatomy, and not meant to be: a network that has seen them is less ready to call anything a knee.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from OrthoDiffusionLib.lab.recognition.coarse_tissues import TISSUE_NAMES, CoarseTissues, shares_of
from OrthoDiffusionLib.lab.recognition.pictures import contrast
from OrthoDiffusionLib.volumes import Geometry, Volume

_STEP_MM = 2.5
_SIZE = 64  # 160 mm

Scene = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def _number(name: str) -> int:
    return TISSUE_NAMES.index(name)


def _grid() -> np.ndarray:
    """(3, 64, 64, 64) mm from the middle."""
    places = (np.arange(_SIZE) - (_SIZE - 1) / 2.0) * _STEP_MM
    return np.stack(np.meshgrid(places, places, places, indexing="ij")).astype(np.float32)


def _body(rng: np.random.Generator, grid: np.ndarray, radii: tuple[float, float], ends: bool) -> np.ndarray:
    """Skin, fat and muscle: a cylinder along the height, or an ellipsoid."""
    x, y, z = grid
    a, b = radii
    distance = np.sqrt((x / a) ** 2 + (y / b) ** 2 + ((z / rng.uniform(60, 95)) ** 2 if ends else 0.0))
    fat = 1.0 - rng.uniform(3.0, 22.0) / min(a, b)
    tissue = np.full(x.shape, _number("air"))
    tissue[distance < 1.0] = _number("skin")
    tissue[distance < 1.0 - 2.0 / min(a, b)] = _number("subcutaneous_fat")
    tissue[distance < fat] = _number("muscle")
    for _ in range(int(rng.integers(2, 6))):  # fat between muscles
        normal, offset = rng.normal(size=2), rng.uniform(-0.5, 0.5) * min(a, b)
        normal /= np.linalg.norm(normal)
        sheet = np.abs(normal[0] * x + normal[1] * y - offset) < rng.uniform(0.8, 2.5)
        tissue[sheet & (distance < fat)] = _number("loose_fat")
    return tissue


def _rod(tissue: np.ndarray, grid: np.ndarray, start: np.ndarray, end: np.ndarray, radius: float) -> None:
    """A bone from one place to another, with its cortex."""
    along = end - start
    share = np.clip(np.tensordot(along, grid - start[:, None, None, None], 1) / max(float(along @ along), 1e-6), 0, 1)
    distance = np.linalg.norm(grid - start[:, None, None, None] - along[:, None, None, None] * share, axis=0)
    tissue[distance < radius] = _number("cortical_bone")
    tissue[distance < radius - max(1.5, 0.2 * radius)] = _number("bone_marrow")


def limb(rng: np.random.Generator, grid: np.ndarray) -> np.ndarray:
    """A thigh, calf, arm or forearm without a joint: one or two shafts."""
    radius = rng.uniform(25.0, 85.0)
    tissue = _body(rng, grid, (radius, radius * rng.uniform(0.8, 1.2)), ends=False)
    for _ in range(int(rng.integers(1, 3))):
        x, y = rng.uniform(-0.45, 0.45, 2) * radius
        tilt = rng.uniform(-12.0, 12.0, 2)
        start, end = np.array([x - tilt[0], y - tilt[1], -90.0]), np.array([x + tilt[0], y + tilt[1], 90.0])
        _rod(tissue, grid, start, end, rng.uniform(0.12, 0.3) * radius + 2.0)
    return tissue


def rods(rng: np.random.Generator, grid: np.ndarray) -> np.ndarray:
    """A row of thin bones in a flat body, as of a hand."""
    half = rng.uniform(35.0, 60.0)
    tissue = _body(rng, grid, (half, rng.uniform(12.0, 25.0)), ends=bool(rng.random() < 0.5))
    count = int(rng.integers(3, 7))
    for place in np.linspace(-0.75, 0.75, count) * half:
        cut, gap = rng.uniform(-25.0, 25.0), rng.uniform(1.0, 3.0)
        radius = rng.uniform(3.5, 7.0)
        spread = place * rng.uniform(0.6, 0.9)
        _rod(tissue, grid, np.array([spread, 0.0, -85.0]), np.array([place, 0.0, cut - gap - radius]), radius)
        _rod(tissue, grid, np.array([place, 0.0, cut + gap + radius]), np.array([place, 0.0, 85.0]), radius)
    return tissue


def trunk(rng: np.random.Generator, grid: np.ndarray) -> np.ndarray:
    """A column of blocks in a wide body with a few large organs."""
    x, y, z = grid
    tissue = _body(rng, grid, (rng.uniform(90.0, 160.0), rng.uniform(70.0, 110.0)), ends=False)
    for _ in range(int(rng.integers(2, 6))):
        centre, radii = rng.uniform(-60.0, 60.0, 3), rng.uniform(12.0, 45.0, 3)
        inside = sum(((axis - c) / r) ** 2 for axis, c, r in zip(grid, centre, radii, strict=True)) < 1.0
        tissue[inside] = _number(str(rng.choice(["vessel", "synovial_fluid", "muscle", "loose_fat", "air"])))
    back, height, width = rng.uniform(-50.0, 0.0), rng.uniform(24.0, 34.0), rng.uniform(17.0, 26.0)
    column = ((x / width) ** 2 + ((y - back) / (0.75 * width)) ** 2) < 1.0
    step = np.mod(z + rng.uniform(0.0, 40.0), height + 8.0)
    tissue[column & (step < height)] = _number("red_marrow")
    tissue[column & (step >= height)] = _number("meniscus")
    canal = ((x / 9.0) ** 2 + ((y - back + 0.75 * width + 8.0) / 8.0) ** 2) < 1.0
    tissue[canal] = _number("synovial_fluid")
    return tissue


def blobs(rng: np.random.Generator, grid: np.ndarray) -> np.ndarray:
    """Tissues in patches of chance."""
    from scipy import ndimage

    count = int(rng.integers(3, 9))
    names = rng.choice(len(TISSUE_NAMES), count, replace=False)
    sigma = rng.uniform(2.0, 7.0)
    fields = [ndimage.gaussian_filter(rng.normal(size=grid.shape[1:]).astype(np.float32), sigma) for _ in names]
    tissue = names[np.argmax(fields, axis=0)]
    if rng.random() < 0.6:
        body = _body(rng, grid, (rng.uniform(40.0, 90.0), rng.uniform(40.0, 90.0)), ends=bool(rng.random() < 0.5))
        tissue = np.where(body == _number("air"), body, tissue)
    return tissue


def head(rng: np.random.Generator, grid: np.ndarray) -> np.ndarray:
    """Shells around a soft middle with fluid in it. Kept for the test."""
    x, y, z = grid
    a, b, c = rng.uniform(60.0, 75.0), rng.uniform(75.0, 95.0), rng.uniform(70.0, 90.0)
    distance = np.sqrt((x / a) ** 2 + (y / b) ** 2 + (z / c) ** 2)
    shells = (("skin", 1.0), ("subcutaneous_fat", 0.97), ("cortical_bone", 0.91), ("red_marrow", 0.89),
              ("cortical_bone", 0.85), ("synovial_fluid", 0.83), ("nerve", 0.80))  # fmt: skip
    tissue = np.full(x.shape, _number("air"))
    for name, limit in shells:
        tissue[distance < limit] = _number(name)
    for side in (-1.0, 1.0):
        inside = ((x - side * 12.0) / 8.0) ** 2 + (y / 30.0) ** 2 + ((z - 8.0) / 12.0) ** 2 < 1.0
        tissue[inside] = _number("synovial_fluid")
    return tissue


def hip(rng: np.random.Generator, grid: np.ndarray) -> np.ndarray:
    """A ball in a cup, with an oblique neck and a shaft. Kept for the test."""
    side = float(rng.choice([-1.0, 1.0]))
    tissue = _body(rng, grid, (rng.uniform(70.0, 100.0), rng.uniform(60.0, 90.0)), ends=False)
    radius, ball = rng.uniform(20.0, 27.0), np.array([side * -15.0, 0.0, 20.0])
    _rod(tissue, grid, np.array([side * -80.0, -5.0, 60.0]), ball + np.array([side * -8.0, 0.0, 8.0]), radius + 12.0)
    distance = np.linalg.norm(grid - ball[:, None, None, None], axis=0)
    tissue[distance < radius + 4.0] = _number("cartilage")
    shaft = np.array([side * 28.0, 0.0, -15.0])
    _rod(tissue, grid, shaft, np.array([side * 22.0, 0.0, -90.0]), rng.uniform(13.0, 17.0))
    _rod(tissue, grid, ball, shaft, rng.uniform(13.0, 18.0))
    _rod(tissue, grid, ball, ball + 0.1, radius)
    return tissue


TRAINED: Mapping[str, Scene] = {"limb": limb, "rods": rods, "trunk": trunk, "blobs": blobs}
HELD_OUT: Mapping[str, Scene] = {"head": head, "hip": hip}
"""No network has seen these: whether what is new is called none of the joints, too."""


def made_up_scene(family: str, seed: int) -> CoarseTissues:
    """One scene of a family; the same seed gives the same."""
    tissue, rng = _scene(family, seed)
    return CoarseTissues(shares_of(tissue, np.full(3, _STEP_MM)), int(rng.integers(3)), family)


def made_up_volume(family: str, seed: int) -> Volume:
    """One scene of a family as a volume with a contrast and noise of chance; the same seed gives the same."""
    tissue, rng = _scene(family, seed)
    signal = contrast(rng)[tissue]
    signal = np.abs(signal + rng.normal(0.0, rng.uniform(0.0, 0.08), tissue.shape))
    geometry = Geometry.from_axes(
        tissue.shape, spacing_mm=(_STEP_MM,) * 3, directions=np.eye(3), centre_ras=(0.0, 0.0, 0.0)
    )
    return Volume(signal.astype(np.float32), geometry, name=f"{family} {seed}", modality="MR")


def _scene(family: str, seed: int) -> tuple[np.ndarray, np.random.Generator]:
    rng = np.random.default_rng([seed, len(family)])
    return {**TRAINED, **HELD_OUT}[family](rng, _grid()), rng
