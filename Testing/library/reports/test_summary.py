"""The closing summary of `analyze`: every notice, note and reason of it, in the language that is asked for."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from OrthoDiffusionLib.cli.summary import summary
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings import Finding, Measurement, OperatingPoint
from OrthoDiffusionLib.messages import Language, Message, Sentence
from OrthoDiffusionLib.volumes import Plane, Study

FRENCH = Language(
    {
        "plane_served": Sentence("« {name} », {slices} coupes{remarks:each}."),
        "remark.preferred": Sentence("préférée à « {name} » car {reason}"),
        "better.localizer": Sentence("l'autre est un repérage"),
        "plane_not_served": Sentence("aucun volume."),
        "left_out.served": Sentence("« {best} » sert le plan {plane!w} ; {reason}"),
        "missing_plane": Sentence("Le plan {plane!w} manque", "Ajoutez-le."),
        "not_assessed.plane_missing": Sentence("Il manque le plan {planes!w:or}."),
        "implausible_result": Sentence("Résultat à rejeter : {reasons:;}", "Vérifiez."),
        "implausible.not_found": Sentence("pas de {structure!w}"),
        "word.coronal": Sentence("coronal"),
        "word.patella": Sentence("rotule"),
    }
)


@pytest.fixture
def study(planes) -> Study:
    sagittal = planes[Plane.SAGITTAL]
    scout = replace(sagittal, name="localizer")
    return Study.from_volumes([sagittal, scout, planes[Plane.AXIAL]], joint="knee")


@pytest.fixture
def said(analysis):
    """The analysis with a notice, a note and a reason not to use it."""
    note = Message("not_assessed", "plane_missing", {"planes": ["coronal"]})
    reason = Message("implausible", "not_found", {"structure": "patella"})
    return replace(
        analysis,
        study=replace(analysis.study, planes={"sagittal": "sagittal <pd>", "axial": "axial <pd>"}),
        findings=(*analysis.findings[:2], Finding.not_assessed("patellar_dislocation", note)),
        notices=(
            Notice("implausible_result", values={"joint": "knee", "reasons": [reason]}),
            Notice("missing_plane", values={"plane": "coronal"}),
        ),
    )


def test_what_lies_beyond_a_limit_or_below_a_threshold_does_not_read_as_at_it(analysis, study, tmp_path):
    point = OperatingPoint(0.32, 0.8, 0.9)
    finding = Finding("joint_effusion", True, 0.31964, operating_point=point)
    tilt = Measurement("patellar_tilt", 10.4, "deg", (0.0, 10.0))
    text = summary(replace(analysis, findings=(finding,), measurements=(tilt,)), study, tmp_path)
    assert "31.96 %" in text and "negative (< 32.00 %)" in text
    assert re.search(r"10\.4°\s+usual 0 to 10°  ▲", text)


@pytest.mark.parametrize(("usable", "marks"), [(True, "°▲▼▲▲"), (False, "°°°°°")])
def test_values_outside_the_usual_range_are_marked_as_in_the_panel(said, study, tmp_path, usable, marks):
    """And as there not below a warning not to use the result."""
    measured = [Measurement("patellar_tilt", value, "deg", (0.0, 10.0)) for value in (5.0, 12.0, -2.0, 10.4, 10.6)]
    told = replace(said, measurements=tuple(measured), notices=said.notices[1 if usable else 0 :])
    lines = [line for line in summary(told, study, tmp_path).splitlines() if "usual 0 to 10°" in line]
    assert "".join(line.rstrip()[-1] for line in lines) == marks
    assert "10.4°" in lines[3]


def test_the_summary_says_in_english_why_each_volume_serves_or_does_not(said, study, tmp_path):
    text = summary(said, study, tmp_path)
    for words in (
        "!!! Do not use this result, it is not plausible for a knee: no patella was found.\n    Check",
        "‘sagittal <pd>’, 40 slices of 0.6 × 0.6 mm, 3 mm apart; preferred over ‘localizer’ because the other",
        "coronal   no volume in this plane.",
        "not used  ‘localizer’: ‘sagittal <pd>’ is used for the sagittal plane; the other one looks like a localizer",
        "not assessed: Patellar dislocation\n    The coronal view, which this finding needs, is missing.",
        "  - The coronal plane is missing. Findings that these planes show best",
    ):
        assert words in text


def test_the_summary_speaks_another_language(said, study, tmp_path):
    text = summary(said, study, tmp_path, language=FRENCH)
    for words in (
        "!!! Résultat à rejeter : pas de rotule.\n    Vérifiez.",
        "« sagittal <pd> », 40 coupes; préférée à « localizer » car l'autre est un repérage.",
        "coronal   aucun volume.",
        "‘localizer’: « sagittal <pd> » sert le plan sagittal ; l'autre est un repérage",
        "    Il manque le plan coronal.",
        "  - Le plan coronal manque. Ajoutez-le.",
    ):
        assert words in text
