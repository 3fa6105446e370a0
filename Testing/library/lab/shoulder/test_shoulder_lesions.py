"""Every disease of a digital shoulder lies where it belongs, with its grade, and what looks like it is none.

One healthy person is drawn; each disease is painted into a copy of it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from OrthoDiffusionLib.anatomy import SHOULDER
from OrthoDiffusionLib.lab.phantom.engine.shapes import Canvas, Frame
from OrthoDiffusionLib.lab.phantom.shoulder import parts as p
from OrthoDiffusionLib.lab.phantom.shoulder.biceps import groove_entry
from OrthoDiffusionLib.lab.phantom.shoulder.lesions import look_alikes
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.acromioclavicular import (
    add_slight_wear,
    add_subacromial_spur,
    injure_acromioclavicular,
)
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.biceps_lesions import injure_biceps
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.bursitis import inflame_bursa, wet_bursa
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.cuff_tears import fatten, tear
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.glenohumeral import wear_joint, worn_place
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.injure import Healthy, injure
from OrthoDiffusionLib.lab.phantom.shoulder.lesions.tendon_sheet import sheet_of
from OrthoDiffusionLib.lab.phantom.shoulder.shoulder import SHOULDER_FRAME, BuiltShoulder, build_shoulder

CUFF = {"supraspinatus": p.SSP_BIT, "infraspinatus": p.ISP_BIT, "subscapularis": p.SSC_BIT}
LABELS = {part.name: part.label for part in SHOULDER.structures}


COARSE = Frame(SHOULDER_FRAME.lo_mm, SHOULDER_FRAME.hi_mm, 1.0)
"""Voxels that take half of the time."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(("procedural", 5), id="procedural"),
        pytest.param(("wide", 6), id="wide", marks=pytest.mark.long),
    ],
)
def person(request) -> BuiltShoulder:
    """Somebody without any of the seven diseases."""
    anatomy, seed = request.param
    return build_shoulder(seed, anatomy=anatomy, grades=dict.fromkeys(p.LESIONS, 0), frame=COARSE)


class Ill:
    """A copy of somebody, with one disease.

    Attributes:
        drawn: what the disease says of itself.
    """

    def __init__(self, person: BuiltShoulder, paint: Callable[[Canvas, np.random.Generator], object], seed: int = 3):
        self.before = person.canvas.parts
        self.canvas = Canvas(person.canvas.frame)
        self.canvas.parts[...] = self.before
        self.drawn = paint(self.canvas, np.random.default_rng(seed))

    def mm(self, mask: np.ndarray) -> np.ndarray:
        """(N, 3) canonical mm of the voxels of a mask."""
        frame = self.canvas.frame
        return np.array(frame.lo_mm) + frame.spacing_mm * (np.argwhere(mask) + 0.5)

    def part(self, *names: str) -> np.ndarray:
        """(N, 3) of some parts."""
        return self.mm(p.members(*names)[self.canvas.parts])

    def lesion(self, bit: int) -> np.ndarray:
        """(N, 3) of an abnormality."""
        return self.mm((p.LESION_OF_PART[self.canvas.parts] & bit) > 0)

    def structures_of_lesion(self) -> set[int]:
        """Labels of all voxels that show a disease."""
        return set(np.unique(p.STRUCTURE_OF_PART[self.canvas.parts[p.LESION_OF_PART[self.canvas.parts] > 0]]).tolist())


def torn(person: BuiltShoulder, name: str, grade: int, *, seed: int = 3) -> Ill:
    middle = person.skeleton.head_centre
    return Ill(person, lambda canvas, rng: tear(canvas, person.tendons[name], middle, grade, rng), seed)


def from_head(person: BuiltShoulder, points: np.ndarray) -> np.ndarray:
    return np.linalg.norm(points - person.skeleton.head_centre, axis=1)


def test_somebody_healthy_shows_no_lesion(person):
    assert not p.LESION_OF_PART[person.canvas.parts].any()
    assert not person.lesions


@pytest.mark.parametrize("name", CUFF)
def test_a_tear_lies_in_its_tendon_over_the_head_and_worse_ones_are_larger(person, name):
    sizes = []
    for grade in (1, 3):
        ill = torn(person, name, grade)
        points = ill.lesion(CUFF[name])
        assert ill.structures_of_lesion() <= {LABELS[f"{name}_tendon"], LABELS["joint_fluid"]}
        # Within the tendon: nothing of the tear is where the tendon was not.
        was_tendon = p.members(f"{name}_tendon", *p.TENDINOSIS[name])[ill.before]
        assert was_tendon[(p.LESION_OF_PART[ill.canvas.parts] & CUFF[name]) > 0].all()
        away = from_head(person, points) - person.skeleton.sizes.head_radius_mm
        assert np.percentile(away, 5) > -6 and np.percentile(away, 95) < 16
        sizes.append(len(points))
    assert 30 < sizes[0] < sizes[1]


def test_tears_of_the_three_tendons_lie_above_behind_and_in_front(person):
    middle = person.skeleton.head_centre
    supra, infra, sub = (torn(person, name, 3).lesion(bit).mean(axis=0) - middle for name, bit in CUFF.items())
    assert supra[2] > 12 and abs(supra[1]) < 14
    assert infra[1] < -8 and infra[1] < supra[1] - 4
    assert sub[1] > 8 and sub[2] < supra[2] - 8


def test_a_large_tear_of_the_supraspinatus_leaves_nothing_over_its_width_and_a_stump(person):
    ill = torn(person, "supraspinatus", 3)
    assert ill.drawn.side == "full" and ill.drawn.gap_mm >= 18 and 13 <= ill.drawn.width_mm <= 24
    tendon = person.tendons["supraspinatus"]
    before = Canvas(person.canvas.frame)
    before.parts[...] = ill.before
    whole = p.members("supraspinatus_tendon", "supraspinatus_tendinosis")
    sheet = sheet_of(before, tendon, whole, person.skeleton.head_centre)
    now = ill.canvas.parts[tuple(sheet.index.T)]
    core = np.abs(sheet.across_mm - ill.drawn.front_mm - ill.drawn.width_mm / 2) < 0.25 * ill.drawn.width_mm
    gap = core & (sheet.along_mm > 6) & (sheet.along_mm < 0.6 * ill.drawn.gap_mm)
    assert gap.sum() > 100 and not whole[now[gap]].any()
    stump = core & (sheet.along_mm > 1.25 * ill.drawn.gap_mm + 6)
    assert whole[now[stump]].any() or p.members("torn_supraspinatus_tendon")[now[core]].any()


def test_a_partial_tear_leaves_the_other_side_of_the_tendon(person):
    """Articular ones face the head, bursal ones the acromion."""
    depths = {}
    tendon, middle = person.tendons["supraspinatus"], person.skeleton.head_centre
    sheet = sheet_of(person.canvas, tendon, p.members("supraspinatus_tendon"), middle)
    for seed in range(24):
        ill = torn(person, "supraspinatus", 1, seed=seed)
        shown = (p.LESION_OF_PART[ill.canvas.parts[tuple(sheet.index.T)]] & p.SSP_BIT) > 0
        depths.setdefault(ill.drawn.side, []).append(sheet.depth[shown].mean())
        assert ill.drawn.gap_mm == 0
        if {"articular", "bursal"} <= set(depths):
            break
    assert max(depths["articular"]) < -0.2 and min(depths["bursal"]) > 0.2


def test_the_subscapularis_tears_from_above_downwards(person):
    tears = [torn(person, "subscapularis", grade).lesion(p.SSC_BIT)[:, 2] for grade in (1, 2, 3)]
    lowest, highest = [z.min() for z in tears], [z.max() for z in tears]
    assert lowest[0] > lowest[1] > lowest[2]
    assert max(highest) - min(highest) < 4


def test_places_and_widths_of_supraspinatus_tears_are_those_of_people(person):
    """Front edge 7.8 ± 5.7 mm behind the biceps, width 16.3 ± 12.1 (n = 360); as far as the tendon is broad."""
    from OrthoDiffusionLib.lab.phantom.shoulder.lesions import cuff_tears

    sheet = sheet_of(
        person.canvas, person.tendons["supraspinatus"], p.members("supraspinatus_tendon"), person.skeleton.head_centre
    )
    rng = np.random.default_rng(1)
    drawn = np.array([cuff_tears._supraspinatus(sheet, 2 + n % 2, False, rng) for n in range(400)])
    assert np.median(drawn[:, 0]) == pytest.approx(7.8, abs=3.5)
    assert 11 < drawn[:, 1].mean() < 20
    assert (drawn[:, 0] < sheet.width_mm).all()
    behind = np.array([cuff_tears._supraspinatus(sheet, 2, True, rng)[0] for n in range(20)])
    assert behind.min() > np.median(drawn[:, 0])


@pytest.fixture(scope="module")
def injured_biceps(person) -> Callable[..., Ill]:
    groove = groove_entry(person.skeleton, person.biceps)

    def injured(grade: int, seed: int = 3, **more) -> Ill:
        def paint(canvas: Canvas, rng: np.random.Generator) -> object:
            return injure_biceps(canvas, person.skeleton, person.biceps, groove, grade, rng, **more)

        return Ill(person, paint, seed)

    return injured


def test_a_torn_biceps_leaves_its_groove_empty(person, injured_biceps):
    ill = injured_biceps(3)
    groove = groove_entry(person.skeleton, person.biceps)
    length = person.biceps.length_mm
    for below in (4.0, 12.0, 22.0):
        place = person.biceps.at(groove + below / length)
        near = np.linalg.norm(ill.part("long_head_of_biceps", "torn_long_head_of_biceps") - place, axis=1)
        assert near.min() > 4
        assert np.linalg.norm(ill.part("biceps_gap", "biceps_bed") - place, axis=1).min() < 3
    assert ill.structures_of_lesion() <= {0, LABELS["long_head_of_biceps_tendon"]}


def test_a_subluxed_biceps_lies_medial_of_its_groove(person, injured_biceps):
    ill = next(one for seed in range(12) for one in [injured_biceps(2, seed, cuff_torn=True)]
               if one.drawn.kind == "subluxed")  # fmt: skip
    moved = person.skeleton.to_arm(ill.part("moved_long_head_of_biceps"))
    groove = person.skeleton.to_arm([person.biceps.at(groove_entry(person.skeleton, person.biceps) + 0.07)])[0]
    assert len(moved) > 60
    assert np.percentile(moved[:, 0], 75) - groove[0] > 5  # the arm's first axis points to the head's side


def test_a_slight_injury_of_the_biceps_keeps_it_in_its_groove(person, injured_biceps):
    ill = injured_biceps(1)
    groove = groove_entry(person.skeleton, person.biceps)
    for below in (2.0, 8.0, 30.0):
        place = person.biceps.at(groove + below / person.biceps.length_mm)
        left = ill.part("long_head_of_biceps", "torn_long_head_of_biceps")
        assert np.linalg.norm(left - place, axis=1).min() < 2.5
    assert np.linalg.norm(ill.lesion(p.BICEPS_BIT) - person.biceps.at(groove), axis=1).min() < 6


def test_acromioclavicular_disease_has_spurs_then_oedema_then_effusion(person):
    ills = [
        Ill(person, lambda canvas, rng, n=grade: injure_acromioclavicular(canvas, person.arch, person.bones, n, rng))
        for grade in (1, 2, 3)
    ]
    for grade, ill in enumerate(ills, 1):
        points = ill.lesion(p.AC_BIT)
        assert np.linalg.norm(points - person.arch.joint, axis=1).max() < 24
        assert ill.drawn.spur_mm >= 2.6 and len(ill.part("clavicle_spur", "acromion_spur")) > 20
        assert (len(ill.part("clavicle_lesion_oedema")) > 50) == (grade >= 2)
        assert (len(ill.part("acromioclavicular_effusion")) > 50) == (grade == 3)
        assert ill.structures_of_lesion() <= {0, LABELS["clavicle"], LABELS["scapula"]}


def test_slight_wear_of_the_acromioclavicular_joint_is_no_disease(person):
    ill = Ill(person, lambda canvas, rng: add_slight_wear(canvas, person.arch, rng))
    changed = ill.mm(ill.canvas.parts != ill.before)
    assert len(changed) > 5 and np.linalg.norm(changed - person.arch.joint, axis=1).max() < 14
    assert not p.LESION_OF_PART[ill.canvas.parts].any()


def test_glenohumeral_wear_lies_at_the_lower_middle_of_the_head_and_the_back_of_the_glenoid(person):
    left = []
    for grade in (1, 2, 3):
        ill = Ill(
            person, lambda canvas, rng, grade=grade: wear_joint(canvas, person.skeleton, person.bones, grade, rng)
        )
        left.append(len(ill.part("humeral_cartilage", "glenoid_cartilage")))
        lost = ill.part("glenohumeral_defect", "glenohumeral_fissure")
        assert np.linalg.norm(lost - worn_place(person.skeleton), axis=1).min() < 3
        assert lost[:, 0].max() < person.skeleton.head_centre[0] + 6  # where the head faces the glenoid
        assert (len(ill.part("head_spur")) > 30) == (grade >= 2)
        if grade >= 2:
            assert np.median(ill.part("head_spur")[:, 2]) < person.skeleton.head_centre[2] - 5
    assert left[0] > left[1] > left[2]
    assert len(ill.part("head_cyst", "glenoid_cyst")) > 10
    assert ill.part("worn_labrum")[:, 1].mean() < -4


def thickness(ill: Ill, *names: str) -> float:
    """Of the thickest place of a layer, mm: of the largest balls in it nine in ten are smaller."""
    mask = p.members(*names)[ill.canvas.parts]
    where = np.argwhere(mask)
    low, high = where.min(axis=0), where.max(axis=0) + 1
    box = np.pad(mask[tuple(slice(a, b) for a, b in zip(low, high, strict=True))], 1)
    return float(2 * distance_transform_edt(box, sampling=ill.canvas.frame.spacing_mm).max())


def test_a_bursitis_is_above_three_millimetres_thick_and_lies_under_acromion_or_deltoid(person):
    thick = []
    for grade in (1, 2, 3):
        ill = Ill(person, lambda canvas, rng, grade=grade: inflame_bursa(canvas, person.skeleton, grade, rng))
        points = ill.lesion(p.BURSA_BIT)
        thick.append(thickness(ill, "inflamed_bursa", "bursal_synovium"))
        assert ill.structures_of_lesion() == {LABELS["subacromial_subdeltoid_bursa"]}
        assert points[:, 2].mean() > person.skeleton.head_centre[2] - 12
        assert points[:, 0].mean() > person.skeleton.head_centre[0]
        assert np.percentile(from_head(person, points), 1) > 0.85 * person.skeleton.sizes.head_axial_mm
    assert 2.8 < thick[0] < thick[1] < thick[2]


def test_a_little_fluid_in_the_bursa_is_no_bursitis(person):
    ill = Ill(person, lambda canvas, rng: wet_bursa(canvas, person.skeleton, 2.2, rng))
    assert len(ill.part("bursa")) > (p.members("bursa")[ill.before]).sum()
    assert not p.LESION_OF_PART[ill.canvas.parts].any()


LOOK_ALIKES = {
    "supraspinatus_tendinosis": lambda b, canvas, rng: look_alikes.add_tendinosis(
        canvas, b.tendons["supraspinatus"], b.skeleton.head_centre, rng
    ),
    "magic_angle": lambda b, canvas, rng: look_alikes.add_magic_angle(
        canvas, b.tendons["supraspinatus"], b.skeleton.head_centre, rng
    ),
    "calcific_deposit": lambda b, canvas, rng: look_alikes.add_calcific_deposit(
        canvas, b.tendons["supraspinatus"], b.skeleton.head_centre, rng
    ),
    "infraspinatus_cyst": lambda b, canvas, rng: look_alikes.add_tuberosity_cyst(
        canvas, b.tendons["infraspinatus"], b.skeleton.head_centre, rng
    ),
    "wet_sheath": lambda b, canvas, rng: look_alikes.add_wet_sheath(
        canvas, b.biceps, groove_entry(b.skeleton, b.biceps), rng
    ),
    "superior_recess": lambda b, canvas, rng: look_alikes.add_superior_recess(canvas, b.skeleton, rng),
    "bare_spot": lambda b, canvas, rng: look_alikes.add_bare_spot(canvas, b.skeleton, rng),
    "effusion": lambda b, canvas, rng: look_alikes.add_effusion(canvas, b.skeleton, rng),
    "subacromial_spur": lambda b, canvas, rng: add_subacromial_spur(canvas, b.arch, rng),
    "supraspinatus_fat": lambda b, canvas, rng: fatten(canvas, "supraspinatus", 0.4, rng),
}


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_what_looks_like_a_disease_is_seen_and_is_none(person, name):
    ill = Ill(person, lambda canvas, rng: LOOK_ALIKES[name](person, canvas, rng))
    # Who has it already may get no more of it.
    assert (ill.canvas.parts != ill.before).sum() > 8 or name in person.distractors
    assert not p.LESION_OF_PART[ill.canvas.parts].any()


@pytest.mark.long
def test_companions_come_in_at_most_half_of_the_ill_and_also_alone(person):
    ill = {"supraspinatus_injury": 3, "glenohumeral_joint_disease": 2}
    counts = {}
    for grades in ({}, ill):
        names = []
        for seed in range(16):
            canvas = Canvas(person.canvas.frame)
            canvas.parts[...] = person.canvas.parts
            groove = groove_entry(person.skeleton, person.biceps)
            healthy = Healthy(canvas, person.skeleton, person.arch, person.bones, person.tendons, person.biceps, groove)
            names += injure(healthy, grades, (seed,))[1]
        counts[bool(grades)] = names
    for name in ("bursal_fluid", "effusion", "wet_sheath", "infraspinatus_tendinosis"):
        assert counts[False].count(name) > 0, name
        assert counts[True].count(name) <= 12, name
    assert counts[True].count("supraspinatus_tendinosis") == 0
