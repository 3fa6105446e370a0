"""Tissues look in each sequence as radiologists know them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.lab.phantom.engine.part import TISSUES as TISSUES_OF_PARTS
from OrthoDiffusionLib.lab.phantom.imaging.contrast import TISSUES, Protocol, signals, tissue_values, vary

PD = Protocol("PD FSE", "fast_spin_echo", 3000, 30)
PD_FS = replace(PD, fat_left=0.06)
T1 = Protocol("T1 SE", "spin_echo", 550, 12)
T2_FS = Protocol("T2 FSE fat-suppressed", "fast_spin_echo", 4000, 65, fat_left=0.06)
DESS = Protocol("DESS", "dess", 16.5, 5, flip_deg=25, fat_left=0.06)
GRADIENT_ECHO = Protocol("GRE", "gradient_echo", 400, 9, flip_deg=30)


def stir(field_strength_t: float) -> Protocol:
    fat_t1 = tissue_values(("subcutaneous_fat",), field_strength_t).t1_ms[0]
    return Protocol("STIR", "inversion_recovery", 4000, 30, ti_ms=0.69 * float(fat_t1))


def seen(protocol: Protocol, field_strength_t: float = 1.5) -> dict[str, float]:
    names = tuple(TISSUES)
    water, fat = signals(tissue_values(names, field_strength_t), protocol)
    return dict(zip(names, (water + fat * protocol.fat_left).tolist(), strict=True))


@pytest.mark.parametrize("field_strength_t", [1.5, 3.0])
def test_fat_is_several_times_as_bright_as_muscle_in_a_fast_spin_echo(field_strength_t):
    plain = seen(replace(PD, tr_ms=2450, te_ms=25), field_strength_t)
    assert 2.5 < plain["subcutaneous_fat"] / plain["muscle"] < 6.0
    assert plain["bone_marrow"] < plain["subcutaneous_fat"]


def test_a_sheet_that_shares_its_voxel_with_fat_is_grey_and_stays_grey_without_fat():
    plain, suppressed = seen(PD), seen(PD_FS)
    assert plain["fascia"] < plain["thin_fascia"] < plain["subcutaneous_fat"]
    assert suppressed["thin_fascia"] > suppressed["subcutaneous_fat"]


def test_every_tissue_of_the_parts_has_values():
    assert set(TISSUES_OF_PARTS) == set(TISSUES)


@pytest.mark.parametrize("field_strength_t", [0.3, 1.5, 3.0])
def test_fat_is_bright_without_fat_suppression_and_dark_with_it(field_strength_t):
    plain, suppressed = seen(PD, field_strength_t), seen(PD_FS, field_strength_t)
    for fat in ("subcutaneous_fat", "bone_marrow"):
        assert plain[fat] > plain["muscle"]
        assert plain[fat] > plain["cartilage"]
        assert suppressed[fat] < suppressed["muscle"]
        assert suppressed[fat] < 0.6 * suppressed["cartilage"]


@pytest.mark.parametrize("field_strength_t", [0.3, 1.5, 3.0])
@pytest.mark.parametrize("protocol", [PD_FS, T2_FS, DESS], ids=lambda protocol: protocol.name)
def test_fluid_is_the_brightest_tissue_where_fat_is_suppressed(protocol, field_strength_t):
    tissues = seen(protocol, field_strength_t)
    assert max(tissues, key=tissues.get) == "synovial_fluid"


def test_fluid_is_dark_and_fat_is_bright_in_t1():
    tissues = seen(T1)
    assert tissues["synovial_fluid"] < 0.5 * tissues["subcutaneous_fat"]
    assert tissues["synovial_fluid"] < tissues["muscle"]


@pytest.mark.parametrize("field_strength_t", [0.3, 1.5, 3.0])
def test_inversion_recovery_nulls_fat_without_suppression(field_strength_t):
    tissues = seen(stir(field_strength_t), field_strength_t)
    assert tissues["subcutaneous_fat"] < 0.1 * tissues["synovial_fluid"]


@pytest.mark.parametrize("protocol", [PD, PD_FS, T1, T2_FS, DESS, GRADIENT_ECHO], ids=lambda protocol: protocol.name)
def test_air_metal_cortex_and_tendon_are_dark_in_every_sequence(protocol):
    tissues = seen(protocol)
    brightest = max(tissues.values())
    assert tissues["air"] == tissues["metal"] == 0.0
    assert tissues["cortical_bone"] < 0.1 * brightest
    assert tissues["tendon"] < 0.5 * brightest


def test_disease_shines_in_fat_suppressed_pictures():
    tissues = seen(T2_FS)
    assert tissues["marrow_oedema"] > 2 * tissues["bone_marrow"]
    assert tissues["torn_ligament"] > 2 * tissues["ligament"]
    assert tissues["torn_meniscus"] > 4 * tissues["meniscus"]
    assert tissues["soft_tissue_oedema"] > 2 * tissues["subcutaneous_fat"]


def test_t1_grows_with_the_field():
    low, high = (tissue_values(("cartilage", "muscle"), tesla).t1_ms for tesla in (0.3, 3.0))
    assert (high > 1.2 * low).all()


def test_people_differ_around_the_typical_values():
    typical = tissue_values(("cartilage",), 1.5)
    people = [vary(typical, np.random.default_rng(seed)).t1_ms[0] for seed in range(200)]
    assert np.median(people) == pytest.approx(typical.t1_ms[0], rel=0.05)
    assert 0.10 < np.std(people) / typical.t1_ms[0] < 0.20


def test_an_unknown_tissue_or_sequence_is_named_with_the_possible_ones():
    with pytest.raises(ValueError, match=r"cartilage.*got chewing_gum instead"):
        tissue_values(("chewing_gum",), 1.5)
    with pytest.raises(ValueError, match=r"fast_spin_echo.*got 'ultrasound' instead"):
        Protocol("?", "ultrasound", 1, 1)
