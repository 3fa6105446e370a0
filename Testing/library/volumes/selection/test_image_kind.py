"""Water, fat, phases, maps and localizers are told by Image Type and by words, and ordinary words stay ordinary."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.volumes import Geometry, Origin, Plane, Study, Volume
from OrthoDiffusionLib.volumes.selection.image_kind import (
    ImageKind,
    contrast_rank,
    kinds_of,
    says_arthrography,
    says_localizer,
)

NAMES = {
    ImageKind.WATER: (
        "pd_tse_dixon_sag_W", "WATER: Sag T2 FLEX", "mDIXON PD SAG W", "pd_dixon_sag_Water", "T2 TSE DIXON FS tra W",
        "water only sag",
    ),
    ImageKind.FAT: ("pd_tse_dixon_sag_F", "FAT: Sag T2 FLEX", "t1_vibe_dixon_sag_F", "pd dixon fat", "Fat only",
                    "DIXON FAT W/O CONTRAST"),
    ImageKind.IN_PHASE: ("pd_tse_dixon_sag_in", "InPhase: Sag", "sag in phase", "mDIXON IP sag"),
    ImageKind.OPPOSED: (
        "pd_tse_dixon_sag_opp", "OutPhase: Sag", "Out of phase", "t2_tse_dixon_cor_opp_ND", "sag opposed phase",
        "Gegenphase sag",
    ),
    ImageKind.MAP: (
        "T2 map", "t2_map_sag", "T2_Images_MAP", "ep2d ADC", "sag_ADC", "T2* MAP", "T1rho map", "fat fraction",
        "PROTON DENSITY MAP", "T2 Mapping", "Cartigram",
    ),
    ImageKind.SUBTRACTION: ("T1 FS dyn SUB", "SUB", "Subtraktion", "subtracted"),
    ImageKind.PROJECTION: ("sag mip", "MIP cor"),
    ImageKind.DIFFUSION: ("DWI b800", "ep2d_diff_sag", "TRACEW", "resolve_tra"),
    ImageKind.RAISED_ARM: ("PD FS ABER", "t1_aber_fs", "abduction external rotation"),
    ImageKind.CALIBRATION: ("B1 map", "Calibration Scan", "ASSET calibration", "SenseRefScan", "field_map"),
    ImageKind.PHASE: (
        "sag_e1_ph", "sag_gre_ph", "sag_real", "sag_imaginary", "sub-01_part-phase_T2starw", "sub-01_part-imag_PDw",
        "Phase images",
    ),
    ImageKind.PLAIN: (
        "sub-01_part-mag_PDw", "sag_e2", "phantom_knee", "real knee",
        "SAG PD FS", "SAG T2 FAT SAT", "Sag PD FatSat", "PD WATER EXCITATION", "T2 W", "t2_w_sag", "PD_W", "sag T1_W",
        "sT2W_mDIXON_SAG", "T2W_mDIXON_FS_sag", "sub-01_knee_sag", "subject12", "T1 MPRAGE", "MPR cor PD", "knee_012_F",
        "patient_M", "post OP sag PD", "post-OP dixon sag", "PD SAG phase AP", "swap phase", "AX T2 FRFSE FS",
        "SAG 3D DESS WE", "pd_spair_tra", "T2 STAR GRE", "PD non fat sat", "IRM genou graisse", "pd_tse_fs_sag_ND",
        "in vivo knee", "PD TSE in plane", "dixon PD fat sat sag", "knee map", "bitmap", "diffuse pain",
        "DP FAT SAT SAG", "IDEAL knee sag", "T2 IN SAG", "sag_f", "PD FS SAG W", "FABER", "Wirbel", "FFE sag",
        "knee adc1", "SAG PD Deep Resolve", "pd_tse_sag_deep_resolve", "PD F/S IDEAL", "IDEAL SAG PD F.S.",
        "SAG DIXON W/O", "SAG mDIXON PD W/ CONTRAST",
    ),
}  # fmt: skip


def volume(name: str = "sag", image_type: tuple[str, ...] = ()) -> Volume:
    array = np.arange(4096, dtype=np.float32).reshape(16, 16, 16)
    geometry = Geometry((16, 16, 16), np.diag((3.5, 1.0, 1.0, 1.0)))
    return Volume(array, geometry, name, description=name, origin=Origin(image_type=image_type))


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in NAMES.items() for name in names])
def test_a_name_tells_the_kind_of_picture(kind, name):
    assert kinds_of([volume(name)]) == [kind]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (r"ORIGINAL\PRIMARY\M\ND", ImageKind.PLAIN),
        (r"ORIGINAL\PRIMARY\M_SE\M\SE", ImageKind.PLAIN),
        (r"ORIGINAL\PRIMARY\OTHER", ImageKind.PLAIN),
        (r"ORIGINAL\PRIMARY\T1\NONE", ImageKind.PLAIN),
        (r"DERIVED\PRIMARY\M\NONE", ImageKind.PLAIN),
        (r"DERIVED\SECONDARY\MPR\CSA MPR", ImageKind.PLAIN),
        (r"DERIVED\PRIMARY\W\W\DERIVED", ImageKind.WATER),
        (r"DERIVED\PRIMARY\DIXON\WATER", ImageKind.WATER),
        (r"DERIVED\PRIMARY\DIXON\FAT", ImageKind.FAT),
        (r"ORIGINAL\PRIMARY\IP\IP\DERIVED", ImageKind.IN_PHASE),
        (r"ORIGINAL\PRIMARY\M\OUT_PHASE", ImageKind.OPPOSED),
        (r"DERIVED\PRIMARY\T2 MAP\ND", ImageKind.MAP),
        (r"DERIVED\PRIMARY\T2\NONE", ImageKind.MAP),
        (r"DERIVED\PRIMARY\DIFFUSION\ADC", ImageKind.MAP),
        (r"ORIGINAL\PRIMARY\PHASE MAP\P\FFE", ImageKind.PHASE),
        (r"ORIGINAL\PRIMARY\QUANT", ImageKind.MAP),
        (r"ORIGINAL\PRIMARY\DIFFUSION\NONE\ND", ImageKind.DIFFUSION),
        (r"DERIVED\PRIMARY\PROJECTION IMAGE\MIP", ImageKind.PROJECTION),
    ],
)
def test_image_type_rules_over_the_name(values, kind):
    assert kinds_of([volume("PD FS SAG", tuple(values.split("\\")))]) == [kind]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("T1 FS ARTHRO", True), ("MR ARTHROGRAM SHOULDER LEFT", True), ("Schulterarthrographie", True),
        ("Arthro-MRT Schulter", True), ("t1_tse_fs_arthro_cor", True), ("artrografía hombro", True),
        ("arthro-IRM", True), ("Artro RM spalla", True), ("AC arthrosis", False), ("post arthroscopy", False),
        ("arthritis", False), ("MRI w/o arthrogram", False), ("MRA neck", False), ("PD FS COR", False),
    ],
)  # fmt: skip
def test_contrast_agent_in_the_joint_is_known_by_the_words_of_series_or_exam(words, said):
    assert says_arthrography(volume(words)) is said
    assert says_arthrography(replace(volume("PD FS"), study_description=words)) is said
    notices = Study.from_volumes([volume(words)], joint="ankle").notices
    assert [notice.code for notice in notices if "arthrography" in notice.what] == ["unlike_training"] * said


def test_a_lone_letter_counts_beside_its_sisters_alone():
    assert kinds_of([volume("knee_f")]) == [ImageKind.PLAIN]
    assert kinds_of([volume("knee_f"), volume("knee_w")]) == [ImageKind.FAT, ImageKind.WATER]
    assert kinds_of([volume("knee_f"), volume("knee_m")]) == [ImageKind.PLAIN, ImageKind.PLAIN]


@pytest.mark.parametrize(
    "name",
    [
        "LOC",
        "3-pl loc",
        "localizer",
        "Survey",
        "AAHScout",
        "AAKneeScout",
        "AAKnee_Scout_MPR_sag",
        "Scanogram",
        "tri plane",
        "repérage",
        "Loc 3 plane",
        "pilot",
        "Übersicht",
    ],
)
def test_a_localizer_is_known_by_its_words(name):
    assert says_localizer(volume(name))


@pytest.mark.parametrize(
    "name", ["velocity", "locked knee", "allocated", "plan", "3D Plane", "in plane", "PD 3A plane", "scanned twice"]
)
def test_ordinary_words_are_no_localizer(name):
    assert not says_localizer(volume(name))


def test_fluid_stands_out_best_where_fat_is_suppressed_and_least_on_t1():
    order = ["PD SPAIR", "dixon PD", "PD non fs sag", "knee", "T1 FS Gd", "T1"]
    assert [contrast_rank(volume(name), ImageKind.PLAIN) for name in order] == [0, 1, 2, 3, 4, 5]
    assert (
        contrast_rank(volume("SAG PD F/S"), ImageKind.PLAIN) == contrast_rank(volume("PD F.S."), ImageKind.PLAIN) == 0
    )
    philips = ["sT2W_SPAIR_SAG", "sPDW_TSE_SAG", "sT1W_TSE_SAG"]
    assert [contrast_rank(volume(name), ImageKind.PLAIN) for name in philips] == [0, 2, 5]


DIXON = ("pd_tse_dixon_sag_opp", "pd_tse_dixon_sag_in", "pd_tse_dixon_sag_F", "pd_tse_dixon_sag_W")


@pytest.mark.parametrize("turn", range(4))
def test_of_a_dixon_sequence_the_water_image_is_used_and_the_others_are_listed(make_volume, turn):
    order = DIXON[turn:] + DIXON[:turn]
    study = Study.from_volumes([make_volume("PIR", name=name, description=name) for name in order], joint="knee")
    assert study.planes[Plane.SAGITTAL].name == DIXON[3]
    assert set(study.not_used) == set(DIXON[:3])
    assert study.not_used[DIXON[0]].text.endswith("the other one is the opposed-phase image")
    assert study.not_used[DIXON[2]].text.endswith("the other one is the fat image")
    assert "unlike_training" not in [notice.code for notice in study.notices]


@pytest.mark.parametrize("turn", range(4))
def test_of_stacks_of_one_series_image_type_finds_the_water_image(make_volume, turn):
    values = ["OUT_PHASE", "IN_PHASE", "FAT", "WATER"]
    values = values[turn:] + values[:turn]
    volumes = [
        make_volume("PIR", name=f"PD SAG ({n})", stack=n, origin=Origin(image_type=("ORIGINAL", "PRIMARY", "M", value)))
        for n, value in enumerate(values)
    ]
    chosen = Study.from_volumes(volumes, joint="knee").planes[Plane.SAGITTAL]
    assert chosen.origin.image_type[-1] == "WATER"
    without = [one for one in volumes if one is not chosen]
    assert Study.from_volumes(without, joint="knee").planes[Plane.SAGITTAL].origin.image_type[-1] == "IN_PHASE"


def test_an_image_the_networks_never_saw_is_used_last_and_said(make_volume):
    opposed = make_volume("PIR", name="sag opposed phase")
    t1 = make_volume("PIR", name="sag T1")
    t2_map = make_volume("PIR", name="T2 map sag", spacing=(0.5, 0.5, 3.5), shape=(80, 72, 30))
    study = Study.from_volumes([t2_map, opposed, t1], joint="knee")
    assert study.planes[Plane.SAGITTAL].name == "sag T1"
    assert Study.from_volumes([t2_map, opposed], joint="knee").planes[Plane.SAGITTAL].name == "sag opposed phase"
    (notice,) = Study.from_volumes([t2_map], joint="knee").notices
    assert (notice.code, notice.where) == ("unlike_training", "T2 map sag")
    assert "a map calculated from other images" in notice.what


def test_the_complete_stack_is_preferred_over_an_aborted_one(make_volume):
    aborted = make_volume("PIR", name="PD FS SAG (1)", shape=(40, 36, 18), spacing=(1, 1, 2.9))
    whole = make_volume("PIR", name="PD FS SAG (2)", shape=(40, 36, 33), spacing=(1, 1, 2.9), stack=1)
    other = make_volume("PIR", name="T1 SAG", shape=(40, 36, 33), spacing=(1, 1, 2.9))
    study = Study.from_volumes([aborted, whole], joint="knee")
    assert study.planes[Plane.SAGITTAL].name == "PD FS SAG (2)"
    assert "covers only a part of the joint" in study.not_used["PD FS SAG (1)"].text
    assert Study.from_volumes([aborted, other], joint="knee").planes[Plane.SAGITTAL].name == "T1 SAG"


def test_the_copy_without_correction_and_the_reformatted_one_come_after_the_original(make_volume):
    names = ["PD FS SAG_ND", "PD FS SAG MPR", "PD FS SAG"]
    study = Study.from_volumes([make_volume("PIR", name=name) for name in names], joint="knee")
    assert study.planes[Plane.SAGITTAL].name == "PD FS SAG"
    assert all(why.text.endswith("the other one is a derived image") for why in study.not_used.values())
    for values in (("DERIVED", "SECONDARY", "MPR"), ("DERIVED", "SECONDARY", "REFORMATTED")):
        copy = make_volume("PIR", name="a sag", origin=Origin(image_type=values))
        study = Study.from_volumes([copy, make_volume("PIR", name="b sag")], joint="knee")
        assert study.planes[Plane.SAGITTAL].name == "b sag"


def test_only_mr_images_are_images_where_there_are_any(make_volume):
    seg = make_volume("PIR", name="a_pd_fs", modality="SEG")
    image = make_volume("PIR", name="sag", modality="MR")
    study = Study.from_volumes([seg, image], joint="knee")
    assert study.planes[Plane.SAGITTAL].name == "sag"
    assert [(notice.code, notice.where) for notice in study.notices] == [("not_mr", "a_pd_fs")]
    with pytest.raises(StudyError):
        Study.from_volumes([], joint="knee")
