"""Words of many languages tell the side; what only looks like such a word tells nothing."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.anatomy.side_words import mentions_limb, sides_in

RIGHT = (
    "RT KNEE", "R KNEE", "knee_R", "KNEE RIGHT", "MRI KNEE RT WO CONTRAST", "Knie rechts", "KNIE RE",
    "Rechtes Kniegelenk", "genou droit", "Genou D", "IRM GENOU DROIT", "rodilla derecha", "RODILLA DER",
    "RM rodilla dcha", "ginocchio destro", "GINOCCHIO DX", "joelho direito", "Joelho D", "JOELHO DIR",
    "rechterknie", "knie rechts", "kolano prawe", "staw kolanowy prawy", "MR kolana prawego", "Kne høyre",
    "knä höger", "knæ højre", "RKnee", "RtKnee", "kneeR", "KneeRight", "knee_right_sag", "RKNEE", "sub-01_R_knee",
    "右膝", "правый коленный сустав", "MR KNEE W/O CONTRAST RT", "PD FS SAG RIGHT KNEE", "Lwr Ext Jt RT",
    "genunchi drept", "KNEE (R)", "Knee, Right", "oikea polvi", "KNEE-R", "MRI RT LOWER EXTREMITY JOINT",
    "RT SHLDR", "épaule D", "Schulter re", "shoulder_R", "RSHLDR", "schulterrechts_sag", "MRT Rückfuß re",
    "Hindfoot RT", "sub-01_hemi-R_acq-sag_PDw", "sağ diz", "SAĞ OMUZ MR", "DİZ MR SAĞ", "pravé koleno",
    "MR kolene pravého", "MR ramene pravého", "R KNEE R/O ACL TEAR", "RT SHOULDER R/C", "KNEE R. PD", "R/KNEE",
    "IRM DE L'EPAULE DROITE", "IRM L EPAULE D", "JOELHO E TORNOZELO DIREITO", "MRI RLE JOINT WO", "SHLD RT",
)  # fmt: skip
LEFT = (
    "PD FS SAG LT KNEE", "KNIE LINKS", "MRI KNEE LEFT", "L KNEE", "knee_L", "Knie li", "LI KNIE",
    "Linkes Kniegelenk", "genou gauche", "Genou G", "rodilla izq", "Rodilla izquierda", "RODILLA IZDA",
    "ginocchio sinistro", "ginocchio sn", "GINOCCHIO SX", "joelho esquerdo", "Joelho E", "joelho esq", "linkerknie",
    "kolano lewe", "staw kolanowy lewy", "Kne venstre", "knä vänster", "LKnee", "kneeL", "LeftKnee",
    "left_knee_sag", "LKNEE", "左膝関節", "левый коленный сустав", "MRI KNEE LT W CONTRAST", "knielinks",
    "LSPRUNGGELENK", "schulterlinks_cor", "Vorfuß li", "Knöchel li", "Sprgg. li", "sub-01_hemi-L_PDw",
    "vasen polvi", "genunchi stâng", "KNEE - LEFT", "t2_fs_sag_left", "sag links pd",
    "sol diz", "SOL OMUZ", "DIZ SOL SAG T2", "levé koleno", "levý kotník",
)  # fmt: skip
NOTHING = (
    # radiotherapy, variants of sequences, vertebrae, directions of the phase encoding, other words
    "RT planning", "RT dose knee RT", "T2 R", "SAG RT", "real time RT", "L3", "L3-L4", "r1_knee", "knee 1 l2",
    "AP/RL", "left-right", "R-L", "Phase R>>L", "PE dir RL", "phase left to right", "phase: left", "LR", "rl",
    "KNEE_L-R", "right-left knee", "left/right", "Rechts-Links", "both knees left and right",
    "pd_tse_fs_sag", "S09_sag_fs", "knee", "Knie", "bright knee", "kneel", "kneeling", "copyright knee", "rights",
    "joelho e tornozelo", "rodilla sin contraste", "Knie Re-Scan x", "dr knee", "dx knee", "der knee", "ax l spine",
    "MRI KNEE R/O ACL TEAR", "R/O KNEE MASS", "knee r/o meniscus", "MR SHOULDER R/C TEAR", "KNEE L.C.L.", "knee R.A.",
    "Knie re/li", "Knie re. u. li.", "Knie re und li", "GENOU D ET G", "Genou dt + gche", "RODILLA D / I", "KNEE R L",
    "rodilla der y izq", "GINOCCHIO DX-SX", "ginocchio dx e sx", "JOELHO D E E", "kolano P+L", "KNEES RT AND LT",
    "IRM de l'épaule", "IRM L’EPAULE", "IRM DE L EPAULE", "IRM D'EPAULE", "l'anca", "OMBRO E COTOVELO",
    "RM JOELHO E TORNOZELO", "rle knee", "rue de la cheville",
    "KNEE L SPINE", "MR KNEE, L/S SPINE", "ankle L-spine", "genou D/G",
    "hemi-R-section", "hemi-anatomy L", "schulterblatt",
    "DIZ SAG PD FS", "SAG DIZ", "sol", "lesão leve",
    "LOC", "knee 3pl", "R2 star", "FS R", "SLT knee", "ALT KNEE", "PD W", "Sagittal", "",
)  # fmt: skip


@pytest.mark.parametrize("text", RIGHT)
def test_words_for_the_right_side_are_read(text):
    assert sides_in(text) == {Side.RIGHT}


@pytest.mark.parametrize("text", LEFT)
def test_words_for_the_left_side_are_read(text):
    assert sides_in(text) == {Side.LEFT}


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_a_side_tells_nothing(text):
    assert sides_in(text) == frozenset()


def test_rt_and_lt_alone_count_where_it_is_known_that_a_limb_is_shown():
    assert sides_in("SAG PD FS LT") == frozenset()
    assert sides_in("SAG PD FS LT", about_limb=True) == {Side.LEFT}
    assert sides_in("SAG RT PD FS", about_limb=True) == frozenset()
    assert mentions_limb("Kniegelenk links") and not mentions_limb("PD FS SAG")


def test_words_that_contradict_each_other_give_both():
    assert sides_in("KNEE LEFT", None, "Knie rechts") == {Side.LEFT, Side.RIGHT}
