"""Rigid registration of two series of one joint, for a patient who moved between them.

Mutual information on the overlap (Mattes et al. 2003, IEEE TMI 22:120), so that the two may differ in contrast and in
plane. A result counts only if two searches from different places end at the same one: an optimiser always returns
something, and a plane that was moved wrongly is worse than one that is missing.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.volumes import itk as sitk
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.itk_border import rigid_to_ras, sitk_from_volume
from OrthoDiffusionLib.volumes.resampling import grids_overlap
from OrthoDiffusionLib.volumes.volume import Volume

# The limits below are ours, chosen on the sample exam and on phantoms that were moved by known amounts.

WORKING_MM = 2.5
"""Both series are smoothed and sampled to about this: fine enough for half a millimetre, quick enough for a click."""

FARTHEST_MM, LARGEST_DEGREES = 45.0, 20.0
"""A larger movement is no movement of a patient in a coil; it is another joint, or a failed search."""

AGREE_MM = 2.5
"""Two searches that end within this of each other, anywhere in the joint, found the same place."""

LEAST_SHARED = 0.15
"""Share of the joint that both series must show, for their likeness to mean something."""

APART_MM, APART_DEGREES = 4.0, 6.0
"""A series of the same space that is off by more than this was taken after the patient moved."""

LEAST_LIKENESS = 0.65
"""Mutual information (nats) that a registration must reach. On the sample exam and on phantoms those below it were
off by up to 10 mm, those above it by less than 1 mm; noise gives 0.1."""

_STARTS_MM = ((0.0, 0.0, 0.0), (9.0, -7.0, 8.0), (-8.0, 8.0, -9.0))
_RADIUS_MM = 40.0
"""How far from its middle a joint's structures lie: a turn is judged by how far it moves them."""


@dataclass(frozen=True, eq=False)
class Motion:
    """How a series must be moved to lie on another one.

    Attributes:
        matrix: (4, 4), RAS mm → RAS mm: from where its header puts it to where it belongs.
        shift_mm: how far that moves the middle of the series.
        degrees: by how much it turns it.
        likeness: mutual information after the movement, nats.
        before: the same before it.
    """

    matrix: np.ndarray
    shift_mm: float
    degrees: float
    likeness: float
    before: float

    @property
    def is_none(self) -> bool:
        """Whether it is less than the method can distinguish from no movement."""
        return self.shift_mm < 1.5 and self.degrees < 1.5

    def applied_to(self, geometry: Geometry) -> Geometry:
        """The grid, moved."""
        return Geometry(geometry.shape, self.matrix @ geometry.affine)


BETTER = 0.06
"""Nats by which a movement must make two series more alike than they are without it, to be believed."""


def find_motion(moving: Volume, fixed: Sequence[Volume]) -> Motion | None:
    """The movement that brings one series onto others that share a space.

    Args:
        moving: the series whose place is in doubt.
        fixed: one or more series that lie right. With two, one search goes to each, so that they check each other.

    Returns:
        None if there is no movement that can be relied on: too little overlap, searches that end in different places,
        a result that no patient's movement can be, or no likeness afterwards.
    """
    fixed = list(fixed)[:2]
    image = _working_image(moving)
    images = [_working_image(volume) for volume in fixed]
    found = _searched(moving, fixed, image, images)
    before = [_likeness(onto, image) for onto in images]
    if found is not None and found.likeness >= found.before + BETTER:
        return found if found.likeness >= LEAST_LIKENESS else None
    # No movement makes them more alike. Where they lie is then their place, if they are less alike all around it.
    if all(_is_peak(onto, image) for onto in images):
        return Motion(np.eye(4), 0.0, 0.0, max(before), max(before))
    return None


def _searched(
    moving: Volume, fixed: Sequence[Volume], image: sitk.Image, images: Sequence[sitk.Image]
) -> Motion | None:
    """The movement that two searches agree on; None if no two do."""
    ends: list[tuple[np.ndarray, float, int]] = []
    for number in range(len(_STARTS_MM) * len(fixed)):
        # Three starts and at most two series: no pair of them comes twice.
        nudge, which = _STARTS_MM[number % len(_STARTS_MM)], number % len(fixed)
        shift = _start_shift(moving.geometry, fixed[which].geometry)
        end = _search(images[which], image, moving.geometry.centre_ras + shift, np.asarray(nudge) - shift)
        if end is None:
            continue
        matrix, likeness = end
        twin = next((one for one in ends if _apart_mm(one[0], matrix, moving.geometry) <= AGREE_MM), None)
        ends.append((matrix, likeness, which))
        if twin is not None:
            best = max(twin, ends[-1], key=lambda one: one[1])
            rival = max(one[1] for one in ends if one[2] == best[2])
            # Two poor ends that agree, beside a better one of the same pair: nothing is sure.
            return None if best[1] < rival - 0.02 else _checked(best, moving, fixed[best[2]], image, images[best[2]])
    return None


def find_displaced(volumes: Sequence[Volume]) -> tuple[Volume, Motion] | None:
    """The series of one space that visibly does not lie where its header puts it, if there is one.

    First a quick look: a series that lies right is more like the others where it is than some millimetres off. Only
    one that fails against all others is registered.

    Args:
        volumes: two or three series that should lie together.

    Returns:
        The series and the movement that would correct it; None where all fit, or nothing is sure.
    """
    images = [_working_image(volume) for volume in volumes]
    numbers = range(len(volumes))

    @functools.cache
    def fits(one: int, other: int) -> bool:
        return _fits(images[one], images[other])

    for number in numbers:
        others = [n for n in numbers if n != number]
        if not others or any(fits(min(number, n), max(number, n)) for n in others):
            continue
        motion = find_motion(volumes[number], [volumes[n] for n in others])
        if motion is not None and (motion.shift_mm > APART_MM or motion.degrees > APART_DEGREES):
            return volumes[number], motion
    return None


def _fits(fixed: sitk.Image, moving: sitk.Image) -> bool:
    """Whether two pictures are as alike where they lie as anywhere near."""
    here, near = _likeness_here_and_near(fixed, moving)
    return near < here + 0.02


def _is_peak(fixed: sitk.Image, moving: sitk.Image) -> bool:
    """Whether two pictures are clearly more alike where they lie than 8 mm off in any direction."""
    here, near = _likeness_here_and_near(fixed, moving)
    return here > 0.25 and near < here - 0.03


def _likeness_here_and_near(fixed: sitk.Image, moving: sitk.Image) -> tuple[float, float]:
    """Likeness where two pictures lie, and the greatest 8 mm off in any direction."""
    steps = np.concatenate([np.eye(3), -np.eye(3)]) * 8.0
    return _likeness(fixed, moving), max(_likeness(fixed, moving, step) for step in steps)


def _checked(
    end: tuple[np.ndarray, float, int], moving: Volume, fixed: Volume, image: sitk.Image, onto: sitk.Image
) -> Motion | None:
    """The movement of a search, if a patient can have made it and the two series are alike afterwards."""
    matrix, likeness, _ = end
    middle = moving.geometry.centre_ras
    shift = float(np.linalg.norm(matrix[:3, :3] @ middle + matrix[:3, 3] - middle))
    degrees = float(np.rad2deg(np.arccos(np.clip((np.trace(matrix[:3, :3]) - 1) / 2, -1, 1))))
    before = _likeness(onto, image)
    moved = Geometry(moving.geometry.shape, matrix @ moving.geometry.affine)
    plausible = shift <= FARTHEST_MM and degrees <= LARGEST_DEGREES and _shared(moved, fixed.geometry) >= LEAST_SHARED
    if not plausible:
        return None
    return Motion(matrix, shift, degrees, likeness, before)


def _start_shift(moving: Geometry, fixed: Geometry) -> np.ndarray:
    """Millimetres to move `moving` by so that a search can begin: none where the boxes share space."""
    return np.zeros(3) if grids_overlap(moving, fixed) else fixed.centre_ras - moving.centre_ras


def _working_image(volume: Volume) -> sitk.Image:
    """Smoothed and sampled to about `WORKING_MM`; slices that are thicker stay as thick."""
    image = sitk_from_volume(volume.with_array(volume.array.astype(np.float32)))
    spacing, size = np.array(image.GetSpacing()), np.array(image.GetSize())
    variance = np.maximum(WORKING_MM**2 - spacing**2, 1e-6) / 8
    image = sitk.DiscreteGaussian(image, variance=[float(v) for v in variance], maximumKernelWidth=16)
    count = np.maximum(np.ceil(size * spacing / np.maximum(spacing, WORKING_MM)), 1).astype(int)
    step = size * spacing / count
    direction = np.array(image.GetDirection()).reshape(3, 3)
    first = np.array(image.GetOrigin()) + direction @ ((step - spacing) / 2)
    sampler = sitk.ResampleImageFilter()
    sampler.SetSize([int(n) for n in count])
    sampler.SetOutputSpacing([float(mm) for mm in step])
    sampler.SetOutputOrigin([float(mm) for mm in first])
    sampler.SetOutputDirection(image.GetDirection())
    return sampler.Execute(image)


def _method() -> sitk.ImageRegistrationMethod:
    method = sitk.ImageRegistrationMethod()
    method.SetMetricAsMattesMutualInformation(32)
    method.SetMetricSamplingStrategy(method.RANDOM)
    method.SetMetricSamplingPercentage(0.3, seed=7)  # a fixed seed: the same study always gives the same result
    method.SetInterpolator(sitk.sitkLinear)
    method.SetNumberOfThreads(1)  # the order of sums over threads would change the last digits
    return method


def _search(
    fixed: sitk.Image, moving: sitk.Image, centre_ras: np.ndarray, shift_ras: np.ndarray
) -> tuple[np.ndarray, float] | None:
    """Where one search ends: ((4, 4) from the moving series' space to the fixed one's, likeness); None if lost."""
    transform = sitk.Euler3DTransform()
    flip = np.array([-1.0, -1.0, 1.0])
    transform.SetCenter([float(x) for x in centre_ras * flip])
    transform.SetTranslation([float(x) for x in shift_ras * flip])
    method = _method()
    method.SetOptimizerAsRegularStepGradientDescent(2.0, 0.05, 50, relaxationFactor=0.6)
    method.SetOptimizerScales([_RADIUS_MM**2] * 3 + [1.0] * 3)
    method.SetShrinkFactorsPerLevel([2, 1])
    method.SetSmoothingSigmasPerLevel([2.0, 0.0])
    method.SetInitialTransform(transform, inPlace=True)
    try:
        method.Execute(fixed, moving)
    except RuntimeError:  # the samples left the other picture
        return None
    # ITK's transform leads from the fixed space to the moving one.
    return np.linalg.inv(rigid_to_ras(transform)), -float(method.GetMetricValue())


def _likeness(fixed: sitk.Image, moving: sitk.Image, shift_mm: Sequence[float] = (0.0, 0.0, 0.0)) -> float:
    """Mutual information of two pictures as they lie, or shifted in any direction; 0 where they share nothing."""
    method = _method()
    method.SetInitialTransform(sitk.TranslationTransform(3, [float(mm) for mm in shift_mm]))
    try:
        return -float(method.MetricEvaluate(fixed, moving))
    except RuntimeError:
        return 0.0


def _shared(one: Geometry, other: Geometry) -> float:
    """Share of the smaller of two boxes that lies in the other one."""
    shares = []
    for inner, outer in ((one, other), (other, one)):
        steps = [np.linspace(0, n - 1, 9) for n in inner.shape]
        ijk = np.stack(np.meshgrid(*steps, indexing="ij"), axis=-1).reshape(-1, 3)
        place = outer.to_ijk(inner.to_ras(ijk))
        shares.append(float(((place > -0.5) & (place < np.asarray(outer.shape) - 0.5)).all(axis=1).mean()))
    return max(shares)


def _apart_mm(one: np.ndarray, other: np.ndarray, about: Geometry) -> float:
    """The largest distance between two movements of a joint in the middle of a grid."""
    points = about.centre_ras + np.concatenate([np.eye(3), -np.eye(3)]) * _RADIUS_MM
    first, second = (points @ matrix[:3, :3].T + matrix[:3, 3] for matrix in (one, other))
    return float(np.linalg.norm(first - second, axis=1).max())
