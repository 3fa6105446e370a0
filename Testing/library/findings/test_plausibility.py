"""What cannot be a knee is named, and no honest knee is: on outlines of real knees, moved and bent by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE, KNEE_STRUCTURES, Side
from OrthoDiffusionLib.anatomy.joints.knee import KNEE_SIZES
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.findings.plausibility import PlaneOutlines, implausible, plane_agreements
from OrthoDiffusionLib.volumes import Geometry, Volume

TOY = replace(KNEE, name="toy")
STEP = 1.4
SHAPE = (76, 86, 100)


def ball(array: np.ndarray, label: int, centre, radii) -> None:
    """Paint an ellipsoid; places and radii in mm, the origin in the middle of the joint."""
    axes = [(np.arange(n) - (n - 1) / 2) * STEP for n in array.shape]
    x, y, z = np.meshgrid(*axes, indexing="ij", sparse=True)
    inside = sum(((a - c) / r) ** 2 for a, c, r in zip((x, y, z), centre, radii, strict=True)) < 1
    array[inside] = label


def knee(side: Side = Side.RIGHT) -> Segmentation:
    """A right or left knee of simple shapes in their places, of an adult's sizes; the bones leave the picture."""
    array = np.zeros(SHAPE, np.uint8)
    out = 1 if side is Side.RIGHT else -1
    labels = {structure.name: structure.label for structure in KNEE_STRUCTURES}
    shapes = {
        "femur": ((0, -5, 34), (38, 32, 40)), "tibia": ((0, -5, -36), (36, 26, 36)),
        "patella": ((0, 44, 22), (20, 10, 20)), "fibula": ((out * 34, -28, -45), (9, 9, 30)),
        "medial_meniscus": ((-out * 22, -5, -1), (12, 14, 3)), "lateral_meniscus": ((out * 22, -5, -1), (12, 14, 3)),
        "medial_tibial_cartilage": ((-out * 22, -5, -5), (13, 18, 2)),
        "lateral_tibial_cartilage": ((out * 22, -5, -5), (13, 18, 2)),
        "anterior_cruciate_ligament": ((0, 0, 2), (5, 8, 10)), "posterior_cruciate_ligament": ((0, -16, 2), (5, 6, 12)),
    }  # fmt: skip
    for name, (centre, radii) in shapes.items():
        ball(array, labels[name], centre, radii)
    geometry = Geometry.from_axes(SHAPE, spacing_mm=(STEP,) * 3, directions=np.eye(3), centre_ras=(0.0, 0.0, 0.0))
    return Segmentation(Volume(array, geometry), KNEE_STRUCTURES, imaged=np.ones(SHAPE, bool))


def said(segmentation: Segmentation, side: Side | None = Side.RIGHT, **more) -> str:
    notice = implausible(segmentation, side=side, joint=KNEE, **more)
    if notice is None:
        return ""
    assert notice.code == "implausible_result" and notice.what.startswith("Do not use this result") and notice.remedy
    return notice.what


def changed(segmentation: Segmentation, array=None, affine=None) -> Segmentation:
    array = segmentation.labels.array if array is None else np.ascontiguousarray(array)
    affine = segmentation.labels.geometry.affine if affine is None else affine
    labels = Volume(array, Geometry(array.shape, affine))
    return Segmentation(labels, segmentation.structures, imaged=np.ones(array.shape, bool))


def scaled(segmentation: Segmentation, factor: float) -> Segmentation:
    return changed(segmentation, affine=segmentation.labels.geometry.affine @ np.diag([factor] * 3 + [1.0]))


@pytest.mark.parametrize("side", Side)
def test_an_honest_knee_of_either_side_is_not_doubted(side):
    assert said(knee(side), side) == ""


@pytest.mark.parametrize("factor", [0.8, 0.9, 1.15, 1.25])
def test_small_and_tall_people_are_not_doubted(factor):
    assert said(scaled(knee(), factor)) == ""


@pytest.mark.parametrize(("factor", "words"), [(0.5, "the possible minimum"), (2.0, "the possible maximum")])
def test_a_file_with_spacing_wrong_by_two_shows_no_knee(factor, words):
    what = said(scaled(knee(), factor))
    assert "the femur is" in what and words in what and "patella" in what


def test_a_structure_that_is_cut_off_is_not_judged_by_its_size():
    small = scaled(knee(), 0.5)
    imaged = np.zeros(SHAPE, bool)
    imaged[20:56, :, :] = True  # both sides of the bones lie outside of what was imaged
    cut = Segmentation(
        small.labels.with_array(np.where(imaged, small.labels.array, 0)), small.structures, imaged=imaged
    )
    assert "femur is" not in said(cut)


@pytest.mark.parametrize("name", ["femur", "tibia", "patella"])
def test_a_bone_that_is_missing_though_its_place_was_imaged_is_named(name):
    whole = knee()
    array = whole.labels.array.copy()
    array[whole.mask(name)] = 0
    assert f"no {name} was found" in said(changed(whole, array))


def test_a_patella_that_was_not_imaged_is_not_missed():
    whole = knee()
    array = np.where(whole.mask("patella"), 0, whole.labels.array)
    imaged = np.ones(SHAPE, bool)
    imaged[:, 60:] = False
    labels = whole.labels.with_array(array.astype(np.uint8))
    assert said(Segmentation(labels, whole.structures, imaged=imaged)) == ""


def test_nothing_at_all_is_no_knee():
    assert "no knee was found" in said(changed(knee(), np.zeros(SHAPE, np.uint8)))


def test_a_knee_upside_down_and_one_that_looks_backwards_are_named():
    assert "the femur lies below the tibia" in said(changed(knee(), knee().labels.array[:, :, ::-1]))
    assert "the patella lies behind the femur" in said(changed(knee(), knee().labels.array[:, ::-1]))


def test_small_parts_far_from_the_joint_are_named_together():
    whole = knee()
    array = whole.labels.array.copy()
    for name, centre in (("medial_meniscus", (-22, -5, 60)), ("anterior_cruciate_ligament", (0, 0, -60))):
        array[whole.mask(name)] = 0
        ball(array, whole.structure(name).label, centre, (8, 8, 4))
    what = said(changed(whole, array))
    assert "not between femur and tibia: medial meniscus, anterior cruciate ligament" in what


def test_a_fibula_on_the_medial_side_is_named_and_the_other_side_proposed():
    notice = implausible(knee(Side.LEFT), side=Side.RIGHT, joint=KNEE)
    assert "fibula lies on the medial side of a right joint" in notice.what
    assert "analyse again as left" in notice.remedy


def plane_of(segmentation: Segmentation, shift_mm=(0.0, 0.0, 0.0)) -> PlaneOutlines:
    affine = segmentation.labels.geometry.affine.copy()
    affine[:3, 3] += shift_mm
    return PlaneOutlines(segmentation.labels.array[:, ::2, ::2], affine @ np.diag([1.0, 2.0, 2.0, 1.0]))


def test_planes_that_see_the_bones_in_different_places_contradict_each_other():
    whole = knee()
    near = {"sagittal": plane_of(whole), "axial": plane_of(whole, (2.0, 3.0, 0.0))}
    assert said(whole, agreements=plane_agreements(near, whole.structures)) == ""
    far = {**near, "coronal": plane_of(whole, (0.0, 0.0, 35.0))}
    what = said(whole, agreements=plane_agreements(far, whole.structures))
    assert "the sagittal and the coronal volume contradict each other" in what
    assert "the axial and the coronal volume contradict each other" in what
    assert "the sagittal and the axial" not in what


def test_a_bundle_with_other_structures_is_judged_by_what_it_knows():
    bones = tuple(replace(s, name=f"other_{s.name}", bone="") for s in KNEE_STRUCTURES)
    labels = knee().labels
    assert implausible(Segmentation(labels, bones), side=Side.RIGHT, joint=TOY) is None
    empty = labels.with_array(np.zeros(SHAPE, np.uint8))
    assert implausible(Segmentation(empty, ()), side=None, joint=TOY) is None
    assert "no toy was found" in implausible(Segmentation(empty, bones), side=None, joint=TOY).what


def test_no_published_range_lies_outside_of_what_is_plausible():
    for size in KNEE_SIZES:
        assert size.least is None or size.least < size.low
        assert size.most is None or size.most > size.high
