"""Label maps of real knees brought into the canonical frame of a right knee as phantom parts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import SimpleITK as sitk

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.engine.shapes import FLOAT, Canvas, Frame, noise, signed_distance
from OrthoDiffusionLib.lab.phantom.knee import parts as p
from OrthoDiffusionLib.resources import resource_path

TRAINING_ATLASES = ("mskt_dess_right_10labels", "mskt_right_knee_example_7labels", "spl_knee_atlas_left")
# No training may ever see these: evaluation alone asks for them, by name.
HELD_OUT_ANATOMIES = ("mskt_t2_test_7labels",)
ATLASES = TRAINING_ATLASES + HELD_OUT_ANATOMIES
# Maps whose cartilage labels hold more than cartilage (6 mm in places), and the thickness they are worn down to.
_OVERPAINTED_MM = {"spl_knee_atlas_left": 2.7}

# This map's anterior cruciate stands upright and ends short of the tibia, its medial collateral ends 20 mm below the
# joint line and its lateral one is 9 mm thick: drawn ones take their place.
_RENAMED = {
    ("spl_knee_atlas_left", "anterior_cruciate_ligament"): "fat_of_the_notch",
    ("spl_knee_atlas_left", "tibial_collateral_ligament"): "unnamed_in_source",
    ("spl_knee_atlas_left", "fibular_collateral_ligament"): "unnamed_in_source",
}
_SAME_NAME = (
    "femoral_cartilage", "medial_tibial_cartilage", "lateral_tibial_cartilage", "patellar_cartilage",
    "medial_meniscus", "lateral_meniscus", "anterior_cruciate_ligament", "posterior_cruciate_ligament",
)  # fmt: skip
_PART_OF_LABEL = {name: name for name in _SAME_NAME} | {
    "femur": "femur_marrow",
    "tibia": "tibia_marrow",
    "patella": "patella_marrow",
    "fibula": "fibula_marrow",
    "fibular_collateral_ligament": "lateral_collateral_ligament",
    "tibial_collateral_ligament": "medial_collateral_ligament",
    "patellar_ligament": "patellar_tendon",
    "infrapatellar_fat_body": "infrapatellar_fat_pad",
    "iliotibial_tract": "iliotibial_band",
    "unnamed_in_source": "intermuscular_fat",
    "fat_of_the_notch": "other_fat_pad",
}


def _part_of_label(name: str, value: int) -> int:
    if name in _PART_OF_LABEL:
        return p.part_number(_PART_OF_LABEL[name])
    if "muscle" in name:
        return p.part_number(("muscle_a", "muscle_b", "muscle_c")[value % 3])
    for word, part in (("tendon", "other_tendon"), ("artery", "artery"), ("vein", "vein"), ("nerve", "nerve")):
        if word in name:
            return p.part_number(part)
    return p.part_number("intermuscular_fat")


def _posterior_condyles_angle(image: sitk.Image, femur: int, origin, axes) -> float:
    """Angle (radians) of the line behind both femoral condyles in the canonical axial plane."""
    step = 3
    where = np.argwhere(sitk.GetArrayViewFromImage(image)[::step, ::step, ::step] == femur)[:, ::-1] * step
    directions = np.array(image.GetDirection()).reshape(3, 3) * np.array(image.GetSpacing())
    mm = (where @ directions.T + np.array(image.GetOrigin()) - origin) @ axes
    low = mm[(mm[:, 2] > 8) & (mm[:, 2] < 26)]
    medial, lateral = low[low[:, 0] < -8], low[low[:, 0] > 8]
    medial, lateral = medial[medial[:, 1].argmin()], lateral[lateral[:, 1].argmin()]
    return float(np.arctan2(lateral[1] - medial[1], lateral[0] - medial[0]))


def _canonical_axes(labels: dict[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """Origin and axes (columns lateral, anterior, superior) of a first canonical frame in LPS mm.

    The x axis runs from the medial to the lateral tibial plateau, so a left knee is mirrored on the way.
    """
    medial, lateral = labels["medial_tibial_cartilage"], labels["lateral_tibial_cartilage"]
    x = (lateral - medial) / np.linalg.norm(lateral - medial)
    z = np.array([0, 0, 1.0])
    z -= (z @ x) * x
    z /= np.linalg.norm(z)
    y = np.array([0, -1.0, 0])
    y -= (y @ x) * x
    y -= (y @ z) * z
    y /= np.linalg.norm(y)
    return (medial + lateral) / 2 + 1.8 * z + 5.0 * y, np.stack([x, y, z], axis=1)


def _resample_smoothly(image: sitk.Image, values: list[tuple[int, int]], origin, axes, frame: Frame) -> np.ndarray:
    """Sample each label as a smooth field and let the strongest win, so that no staircase is left."""
    size = np.array(image.GetSize())
    parts = np.zeros(frame.shape, np.uint8)
    strongest = np.full(frame.shape, FLOAT(0.5))
    transform = sitk.AffineTransform(3)
    transform.SetMatrix(axes.ravel().tolist())
    transform.SetTranslation(origin.tolist())
    bounds = sitk.LabelShapeStatisticsImageFilter()
    bounds.Execute(image)
    canvas = Canvas(frame)
    for value, number in values:
        if not bounds.HasLabel(value):
            continue
        first = np.array(bounds.GetBoundingBox(value)[:3])
        extent = np.array(bounds.GetBoundingBox(value)[3:])
        lo = np.maximum(first - 4, 0)
        hi = np.minimum(first + extent + 4, size)
        piece = sitk.RegionOfInterest(image, [int(v) for v in hi - lo], [int(v) for v in lo])
        soft = sitk.SmoothingRecursiveGaussian(sitk.Cast(piece == value, sitk.sitkFloat32), 0.5)
        corners = [
            (np.array(image.TransformIndexToPhysicalPoint([int(v) for v in c])) - origin) @ axes
            for c in np.stack(np.meshgrid(*zip(lo, hi - 1, strict=True), indexing="ij"), -1).reshape(-1, 3)
        ]
        box = canvas.box(np.min(corners, 0), np.max(corners, 0))
        target = sitk.Image([int(v) for v in box.shape], sitk.sitkFloat32)
        target.SetSpacing([frame.spacing_mm] * 3)
        target.SetOrigin([float(box.x.flat[0]), float(box.y.flat[0]), float(box.z.flat[0])])
        sampled = sitk.Resample(soft, target, transform, sitk.sitkLinear, 0.0)
        field = np.swapaxes(sitk.GetArrayFromImage(sampled), 0, 2)
        view = strongest[box.slices]
        # The half level is the surface; between two labels the larger share wins.
        wins = field > np.where(parts[box.slices] > 0, view, FLOAT(0.5))
        wins |= (field > 0.34) & (field > view) & (parts[box.slices] == 0)
        np.copyto(view, field, where=wins)
        np.copyto(parts[box.slices], np.uint8(number), where=wins)
    return parts


def _cut_margin_mm(image: sitk.Image, axes: np.ndarray, across_mm: float) -> float:
    """Height of the wedge that an oblique end of the field of view cuts off a column `across_mm` wide."""
    directions = axes.T @ np.array(image.GetDirection()).reshape(3, 3)
    up = directions[:, np.abs(directions[2]).argmax()]
    return 2.5 + across_mm * float(np.abs(up[:2]).sum() / np.abs(up[2]))


def _extend_shaft(
    parts: np.ndarray, number: int, upward: bool, frame: Frame, target_radius: float, target_xy_mm, margin_mm: float
) -> None:
    """Carry a bone on to the end of the frame, slimming from its last full slice to a shaft."""
    mask = parts == number
    heights = np.flatnonzero(mask.any((0, 1)))
    if len(heights) == 0:
        return
    margin = round(margin_mm / frame.spacing_mm)
    last = heights[-1] - margin if upward else heights[0] + margin
    beyond = range(last + 1, parts.shape[2]) if upward else range(last - 1, -1, -1)
    if (heights[-1] if upward else heights[0]) in (0, parts.shape[2] - 1):
        return
    section = mask[:, :, last]
    where = np.argwhere(section)
    if len(where) == 0:
        return
    centre = where.mean(0)
    radius = np.sqrt(len(where) / np.pi) * frame.spacing_mm
    slimmest = min(1.0, target_radius / radius)
    ni, nj = section.shape
    target = np.array([frame.index(0, target_xy_mm[0]), frame.index(1, target_xy_mm[1])])
    for n in beyond:
        away = abs(n - last) * frame.spacing_mm
        moved = centre + (target - centre) * (1 - np.exp(-away / 40))
        scale = slimmest + (1 - slimmest) * np.exp(-away / 22)
        i = np.clip(np.rint(centre[0] + (np.arange(ni) - moved[0]) / scale), 0, ni - 1).astype(int)
        j = np.clip(np.rint(centre[1] + (np.arange(nj) - moved[1]) / scale), 0, nj - 1).astype(int)
        plane = parts[:, :, n]
        plane[plane == number] = 0
        plane[section[np.ix_(i, j)]] = number


def _extend_soft_tissue(parts: np.ndarray, frame: Frame, margin_mm: float) -> None:
    """Repeat the last full slice of everything that is no bone towards both ends."""
    soft = (parts > 0) & ~p.CORE[parts]
    heights = np.flatnonzero(soft.sum((0, 1)) > 50)
    if len(heights) == 0:
        return
    margin = round(margin_mm / frame.spacing_mm)
    for last, beyond in (
        (heights[-1] - margin, range(heights[-1] - margin + 1, parts.shape[2])),
        (heights[0] + margin, range(heights[0] + margin)),
    ):
        section = np.where(p.CORE[parts[:, :, last]], p.part_number("muscle_a"), parts[:, :, last])
        ni, nj = section.shape
        for n in beyond:
            # Swelling and leaning a little, so that no straight pillar is left.
            away = abs(n - last) * frame.spacing_mm
            scale = 1 + 0.16 * np.sin(away / 38)
            lean = 3.0 * np.sin(away / 17), 3.0 * np.sin(away / 23 + 1) - 3.0 * np.sin(1)
            i = np.clip(np.rint((np.arange(ni) - ni / 2 - lean[0]) / scale + ni / 2), 0, ni - 1).astype(int)
            j = np.clip(np.rint((np.arange(nj) - nj / 2 - lean[1]) / scale + nj / 2), 0, nj - 1).astype(int)
            plane = parts[:, :, n]
            plane[...] = np.where(p.BONE[plane], plane, section[np.ix_(i, j)])


def _add_cortex(parts: np.ndarray, frame: Frame) -> None:
    """Turn the outer layer of each bone into cortex, thin at the joint and thick at the shafts."""
    canvas = Canvas(frame)
    canvas.parts = parts
    z = np.abs(frame.axis(2))
    thickness = (0.8 + 1.8 * np.clip((z - 32) / 45, 0, 1)).astype(FLOAT)
    for bone in ("femur", "tibia", "patella", "fibula"):
        number = p.part_number(f"{bone}_marrow")
        mask = parts == number
        if not mask.any():
            continue
        where = [np.flatnonzero(mask.any(tuple(m for m in range(3) if m != n))) for n in range(3)]
        region = tuple(slice(max(w[0] - 2, 0), w[-1] + 3) for w in where)
        distance = signed_distance(mask[region], frame.spacing_mm)
        mm = FLOAT(0.9) if bone in ("patella", "fibula") else thickness[region[2]]
        view = parts[region]
        # The map is 0 on the outermost voxels, so one voxel of cortex is there already.
        view[(view == number) & (distance > FLOAT(frame.spacing_mm - 0.05) - mm)] = p.part_number(f"{bone}_cortex")


@lru_cache(maxsize=4)
def atlas_parts(name: str, frame: Frame) -> np.ndarray:
    """One label map as phantom parts on a frame, (I, J, K) uint8, read-only; cached for the process.

    Args:
        name: one of `ATLASES`.
        frame: canonical frame of a right knee; a left map arrives mirrored.

    Raises:
        OrthoDiffusionError: if there is no such map, or its files are missing.
    """
    if name not in ATLASES:
        raise OrthoDiffusionError(f"There is no anatomy named {name}", remedy=f"Choose one of: {', '.join(ATLASES)}")
    volume, table = resource_path("Anatomy", f"{name}.nrrd"), resource_path("Anatomy", f"{name}.json")
    for path in (volume, table):
        if not path.is_file():
            raise OrthoDiffusionError(
                "A label map of the digital knee is missing",
                where=str(path),
                remedy="Install the package again; its Resources/Anatomy folder is incomplete",
            )
    labels = json.loads(table.read_text(encoding="utf-8"))["labels"]
    centroids = {label["name"]: np.array(label["centroid_LPS_mm"], dtype=float) for label in labels}
    origin, axes = _canonical_axes(centroids)
    values = [
        (int(label["value"]), _part_of_label(_RENAMED.get((name, label["name"]), label["name"]), int(label["value"])))
        for label in labels
    ]
    # Larger things first: where two fields tie the finer structure, painted later, needs a clear majority.
    values.sort(key=lambda pair: not p.CORE[pair[1]])
    image = sitk.ReadImage(str(volume), sitk.sitkUInt8)
    femur = next(int(label["value"]) for label in labels if label["name"] == "femur")
    for _ in range(2):
        angle = _posterior_condyles_angle(image, femur, origin, axes)
        c, s = np.cos(angle), np.sin(angle)
        axes = axes @ np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
    parts = _resample_smoothly(image, values, origin, axes, frame)
    for bone, upward, radius, target in (
        ("femur", True, 14.0, (0.0, 5.0)),
        ("tibia", False, 13.5, (1.0, -1.0)),
        ("fibula", False, 6.5, (32.0, -14.0)),
    ):
        margin = _cut_margin_mm(image, axes, 3 * radius)
        _extend_shaft(parts, p.part_number(f"{bone}_marrow"), upward, frame, radius, target, margin)
    if name == "spl_knee_atlas_left":
        _extend_soft_tissue(parts, frame, _cut_margin_mm(image, axes, 80.0))
    if name in _OVERPAINTED_MM:
        canvas = Canvas(frame)
        canvas.parts = parts
        thin_cartilage(canvas, _OVERPAINTED_MM[name])
    _add_cortex(parts, frame)
    parts.setflags(write=False)
    return parts


@dataclass(frozen=True)
class Warp:
    """A smooth bending of space: each axis is displaced by a few waves along itself and one other axis.

    Attributes:
        factors: (3,) scale along each axis.
        waves: (4, 5), a row for each of `PAIRS` (moved axis, other axis): amplitude mm, two wave numbers (1/mm), two
            phases.
    """

    factors: np.ndarray
    waves: np.ndarray

    PAIRS = ((1, 0), (2, 0), (0, 1), (2, 1))


def draw_warp(factors, rng: np.random.Generator) -> Warp:
    """A bending of about 1 to 2 mm over half-waves of 35 to 80 mm (assumed), on top of a scaling."""
    rows = len(Warp.PAIRS)
    waves = np.column_stack(
        [rng.uniform(0.4, 1.6, rows), np.pi / rng.uniform(35, 80, (rows, 2)), rng.uniform(0, 2 * np.pi, (rows, 2))]
    )
    return Warp(np.asarray(factors, dtype=float), waves)


def warped(parts: np.ndarray, frame: Frame, warp: Warp) -> np.ndarray:
    """A volume of parts scaled about the origin and bent, (I, J, K) uint8.

    Two passes of whole planes: planes across x move along y and z, then planes across y move along x and z.
    """
    axes = [frame.axis(n).astype(np.float64) for n in range(3)]

    def source(n: int, position: np.ndarray) -> np.ndarray:
        i = np.floor((position - frame.lo_mm[n]) / frame.spacing_mm).astype(np.intp)
        return np.clip(i, 0, frame.shape[n] - 1)

    def moved(row: int, other: float) -> np.ndarray:
        n, _ = Warp.PAIRS[row]
        amplitude, own, across, phase, shift = warp.waves[row]
        return axes[n] + amplitude * np.sin(own * axes[n] + phase) * np.sin(across * other + shift)

    first = np.empty_like(parts)
    index_x = source(0, axes[0] / warp.factors[0])
    for i, x in enumerate(axes[0]):
        from_y, from_z = source(1, moved(0, x) / warp.factors[1]), source(2, moved(1, x) / warp.factors[2])
        first[i] = parts[index_x[i]][from_y][:, from_z]
    second = np.empty_like(parts)
    for j, y in enumerate(axes[1]):
        from_x, from_z = source(0, moved(2, y)), source(2, moved(3, y))
        second[:, j] = first[from_x, j][:, from_z]
    return second


def thin_cartilage(canvas: Canvas, thickness_mm: float, rng: np.random.Generator | None = None) -> None:
    """Wear the cartilage of an atlas knee down to a thickness above its bone and let the femur down on the tibia.

    Args:
        rng: for an uneven surface; None for an even one.
    """
    box = canvas.box((-48, -45, -16), (48, 62, 62))
    view = canvas.view(box)
    cartilage = p.CARTILAGE[view]
    distance = signed_distance(p.BONE[view], canvas.frame.spacing_mm)
    left = FLOAT(thickness_mm) if rng is None else thickness_mm + FLOAT(0.25) * noise(box, rng, 6)
    view[cartilage & (distance > left)] = 0
    _close_joint_space(canvas.parts, canvas.frame)


def _close_joint_space(parts: np.ndarray, frame: Frame) -> None:
    """Cut a layer out at the middle of a joint space that is wider than a film of fluid.

    Column by column the cut lies between the bones, so that neither loses anything; what bridges them gets shorter.
    """
    low, high = frame.index(2, -16.0), frame.index(2, 30.0)
    slab = parts[:, :, low:high]
    tibia = (p.TIBIA | p.members("medial_tibial_cartilage", "lateral_tibial_cartilage"))[slab]
    femur = (p.FEMUR | p.members("femoral_cartilage"))[slab]
    top = tibia.shape[2] - tibia[:, :, ::-1].argmax(2)
    under = femur.argmax(2)
    both = tibia.any(2) & femur.any(2) & (under >= top)
    bearing = (
        both & ~p.MENISCUS[slab].any(2) & p.members("medial_tibial_cartilage", "lateral_tibial_cartilage")[slab].any(2)
    )
    if not bearing.any():
        return
    # The tighter of the two compartments decides; one voxel is left for fluid.
    side = frame.axis(0)[:, None] > 0
    spaces = [np.median((under - top)[bearing & half]) for half in (side, ~side) if (bearing & half).any()]
    steps = int(min(spaces)) - 1
    if steps < 1:
        return
    k = np.arange(slab.shape[2])
    cut = np.where(both, (top + under - steps) // 2, frame.index(2, 0.0) - low)
    source = np.where(k < cut[:, :, None], k, k + steps)
    closed = np.take_along_axis(parts[:, :, low : high + steps], source, axis=2)
    parts[:, :, high:-steps] = parts[:, :, high + steps :].copy()
    slab[...] = closed
