"""The overview shows what there is and says what there is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image, ImageDraw

from OrthoDiffusionLib.anatomy import KNEE_STRUCTURES, find_structure, joint
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.findings import Analysis, BundleRecord, Finding, Segmentation, StudyRecord
from OrthoDiffusionLib.findings.structure_sizes import StructureSize
from OrthoDiffusionLib.messages import ENGLISH, Message, language_of
from OrthoDiffusionLib.reports import findings_chart, overview
from OrthoDiffusionLib.reports import slice_panel as slice_panel_module
from OrthoDiffusionLib.reports.slice_panel import slice_panel, slice_target
from OrthoDiffusionLib.reports.theme import ACCENT, drawable, shortened, text_width, wrapped
from OrthoDiffusionLib.reports.wording import finding_title, joint_title, not_assessed, sorted_findings
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume

GERMAN = language_of("de")
ANKLE_STRUCTURES = joint("ankle").structures
ANOTHER_JOINT = {"pictured": "ankle", "probability": 0.97, "joint": "knee"}


def test_the_overview_is_one_large_picture_of_every_part(analysis, planes):
    image = overview(analysis, planes)
    assert image.size == (1800, 1256) and image.mode == "RGB"
    pixels = np.asarray(image).astype(int)
    for name in ("tibia", "medial_meniscus", "femoral_cartilage"):
        near = np.abs(pixels - np.array(find_structure(name).colour)).max(axis=-1) < 16
        assert near[84:644].sum() > 30, f"{name} is not outlined"
        assert near[644:706].sum() > 100, f"{name} is not in the legend"


def test_every_structure_that_was_found_is_in_the_legend_also_in_a_third_row(analysis, planes):
    array = np.zeros_like(analysis.segmentation.labels.array)
    for n, structure in enumerate(ANKLE_STRUCTURES):
        array[4 * n + 2 : 4 * n + 5, 20:40, 20:40] = structure.label
    ankle = Segmentation(analysis.segmentation.labels.with_array(array), ANKLE_STRUCTURES)
    many = Analysis(StudyRecord("ankle", None, "unknown", {}), BundleRecord("b", "1", "0"), (), ankle)
    legend = np.asarray(overview(many, planes)).astype(int)[644:730]
    for structure in ANKLE_STRUCTURES:
        swatch = (legend == np.array(structure.colour)).all(axis=-1)
        assert swatch.sum() > 100, f"{structure.name} is not in the legend"


def test_a_result_that_is_not_to_be_relied_on_says_so_in_the_heading(analysis, planes):
    heading = np.asarray(overview(analysis, planes))[:84]
    warned = replace(analysis, notices=(Notice("other_joint_pictured", values=ANOTHER_JOINT),))
    changed = (np.asarray(overview(warned, planes))[:84] != heading).any(axis=-1)
    assert changed[:, 600:1200].sum() > 1000 and changed[:, :500].sum() == 0


def test_a_result_that_is_not_to_be_relied_on_shows_no_finding_as_positive(analysis, planes):
    warned = replace(analysis, notices=(Notice("other_joint_pictured", values=ANOTHER_JOINT),))
    bars = slice(706, 1130), slice(1200, 1530)
    accent = [(np.asarray(overview(one, planes))[bars] == np.array(ACCENT)).all(axis=-1).sum()
              for one in (analysis, warned)]  # fmt: skip
    assert accent[0] > 1000 and accent[1] == 0
    numbers = {"medial_meniscus_injury": 2}
    panels = [slice_panel(warned, planes[Plane.SAGITTAL], Plane.SAGITTAL, (560, 560), some) for some in (numbers, {})]
    assert np.array_equal(np.asarray(panels[0]), np.asarray(panels[1])), "a place is marked"


def test_a_study_is_taken_as_well_as_its_volumes(analysis, planes):
    from_study = overview(analysis, Study.from_volumes(list(planes.values()), joint="knee"))
    assert np.array_equal(np.asarray(from_study), np.asarray(overview(analysis, planes)))


def test_a_missing_plane_changes_its_own_panel_only(analysis, planes):
    whole = np.asarray(overview(analysis, planes))
    without = np.asarray(overview(analysis, {p: v for p, v in planes.items() if p is not Plane.CORONAL}))
    different = np.argwhere((whole != without).any(axis=-1))
    assert different[:, 1].min() >= 612 and different[:, 1].max() < 1188
    assert different[:, 0].min() >= 84 and different[:, 0].max() < 644


def test_nothing_found_and_nothing_assessed_is_still_a_picture(analysis, planes):
    nothing = Segmentation(
        analysis.segmentation.labels.with_array(np.zeros_like(analysis.segmentation.labels.array)), KNEE_STRUCTURES
    )
    empty = Analysis(
        StudyRecord("knee", None, "unknown", {"axial": "一" * 300}),
        BundleRecord("b", "1", "0"),
        tuple(Finding.not_assessed(f.name, "No view") for f in analysis.findings),
        nothing,
    )
    assert overview(empty, {Plane.AXIAL: planes[Plane.AXIAL]}).size == (1800, 1256)


def test_the_slice_goes_through_the_finding_this_plane_shows_best(analysis):
    target, reason = slice_target(analysis, Plane.SAGITTAL, (1, 0, 0))
    assert target[0] == pytest.approx(-16.0) and reason.text == "at finding: medial meniscus injury"
    target, reason = slice_target(analysis, Plane.AXIAL, (0, 0, 1))
    assert target[2] == pytest.approx(26.0, abs=0.2) and reason.text == "through the patella"


def test_a_finding_is_marked_where_it_was_seen_and_only_in_its_slice(analysis, planes):
    numbers = {"medial_meniscus_injury": 2}
    marked = slice_panel(analysis, planes[Plane.SAGITTAL], Plane.SAGITTAL, (560, 560), numbers)
    plain = slice_panel(analysis, planes[Plane.SAGITTAL], Plane.SAGITTAL, (560, 560), {})
    assert np.argwhere((np.asarray(marked) != np.asarray(plain)).any(axis=-1)).size > 200
    axial = [slice_panel(analysis, planes[Plane.AXIAL], Plane.AXIAL, (560, 560), n) for n in (numbers, {})]
    assert np.array_equal(np.asarray(axial[0]), np.asarray(axial[1]))  # the patella's slice is far above


def test_a_slice_that_lies_obliquely_goes_through_the_finding_that_its_caption_names(analysis):
    turned = np.deg2rad(35.0)  # as the slices of a shoulder, or of a leg that is rotated outwards
    across, along = (np.cos(turned), np.sin(turned), 0.0), (np.sin(turned), -np.cos(turned), 0.0)
    grid = Geometry.from_axes(
        (41, 100, 100), spacing_mm=(3.0, 1.2, 1.2), directions=np.array([across, (0, 0, -1), along]).T,
        centre_ras=(0.0, 0.0, 0.0),
    )  # fmt: skip
    array = np.random.default_rng(0).normal(100.0, 20.0, grid.shape).astype(np.float32)
    far = tuple(
        replace(one, point_ras=(-16.0, 30.0, 0.0)) if one.name == "medial_meniscus_injury" else one
        for one in analysis.findings
    )
    drawn = [
        np.asarray(slice_panel(replace(analysis, findings=far), Volume(array, grid), Plane.SAGITTAL, (560, 560), names))
        for names in ({"medial_meniscus_injury": 2}, {})
    ]
    assert (drawn[0] != drawn[1]).any(axis=-1).sum() > 200, "the finding is not in the slice"


@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=lambda language: language.code)
@pytest.mark.parametrize("name", ["knee", "ankle", "shoulder"])
def test_no_caption_cuts_the_name_of_its_finding(name, language, analysis, planes, monkeypatch):
    drawn = []
    monkeypatch.setattr(slice_panel_module, "write", lambda draw, at, text, *style, **more: drawn.append(text))
    for one in joint(name).abnormalities:
        reason = Message("picture", "at_finding", {"finding": one.name})
        monkeypatch.setattr(slice_panel_module, "slice_target", lambda *_, reason=reason: (np.zeros(3), reason))
        plane = Plane(one.best_planes[0])
        drawn.clear()
        slice_panel(analysis, planes[plane], plane, (576, 560), {}, language)
        assert any(text.endswith(reason.words(language).what) for text in drawn), drawn


@pytest.mark.parametrize("name", ["knee", "ankle", "shoulder"])
def test_no_german_name_of_a_finding_is_cut_in_the_chart(name, analysis, monkeypatch):
    drawn = []
    monkeypatch.setattr(findings_chart, "write", lambda draw, at, text, *style, **more: drawn.append(text))
    found = tuple(Finding(one.name, True, 0.5, {}, None) for one in joint(name).abnormalities)
    canvas = ImageDraw.Draw(Image.new("RGB", (1800, 600)))
    said = replace(analysis, findings=found)
    findings_chart.draw_findings(canvas, (832, 0, 1758, 480), said, {}, language=GERMAN)
    assert {finding_title(finding.name, GERMAN) for finding in found} <= set(drawn)


def test_findings_are_sorted_by_probability_and_those_not_assessed_come_last(analysis):
    names = [finding.name for finding in sorted_findings(analysis)]
    assert names[:3] == ["joint_effusion", "medial_meniscus_injury", "anterior_cruciate_ligament_injury"]
    low = Finding("joint_effusion", True, 0.0)
    kept = Analysis(analysis.study, analysis.bundle, (Finding.not_assessed("a", ""), low), analysis.segmentation)
    assert [finding.name for finding in sorted_findings(kept)] == ["joint_effusion", "a"]


def test_words_are_those_of_people(analysis):
    assert joint_title(analysis) == "Right knee"
    assert finding_title("joint_effusion") == "Joint effusion"
    assert finding_title("bone_bruise") == "Bone bruise"
    assert not_assessed(Finding.not_assessed("x", "The axial view is missing")) == (
        "not assessed: the axial view is missing"
    )


def test_text_is_drawn_as_it_is_written_as_far_as_the_font_goes_and_fits():
    words = "Größe ≥ 3 × 2 µm – café, Łódź, Колено, ½ “knee”…"
    assert drawable(words) == words and drawable("a\tb") == "a b"
    assert drawable("ế 膝") == "e ?"
    long = shortened("a very long series description " * 10, 16, 200)
    assert long.endswith("…") and text_width(long, 16) <= 200
    assert shortened("short", 16, 200) == "short"


def test_what_a_line_does_not_hold_goes_on_in_the_next_and_is_cut_in_the_last_only():
    words = "Mean thickness: femoral cartilage 2.0 mm, patellar cartilage 1.7 mm"
    width = text_width("Mean thickness: femoral cartilage 2.0 mm,", 16)
    assert wrapped(words, 16, width, lines=2) == [
        "Mean thickness: femoral cartilage 2.0 mm,", "patellar cartilage 1.7 mm"]  # fmt: skip
    assert wrapped(words, 16, 2 * width, lines=2) == [words]
    (only,) = wrapped(words, 16, width, lines=1)
    assert only.endswith("…") and text_width(only, 16) <= width


@pytest.mark.parametrize("language", [ENGLISH, GERMAN], ids=["english", "german"])
def test_the_thickness_of_every_cartilage_can_be_read_in_the_overview(analysis, planes, monkeypatch, language):
    sizes = [StructureSize(f"{name}_cartilage", "mean_thickness", 2.0, "mm")
             for name in ("femoral", "medial_tibial", "lateral_tibial", "patellar")]  # fmt: skip
    written = []
    monkeypatch.setattr(findings_chart, "write", lambda draw, at, text, *more, **named: written.append(text))
    monkeypatch.setattr(Analysis, "sizes", property(lambda self: tuple(sizes)))
    overview(analysis, planes, language)
    assert sum(text.count("2.0 mm" if language is ENGLISH else "2,0 mm") for text in written) == 4


def test_the_picture_can_be_saved_with_the_results(analysis, planes, tmp_path):
    folder = analysis.save(tmp_path / "results", overview=overview(analysis, planes))
    with Image.open(folder / "overview.png") as image:
        assert image.size == (1800, 1256)
