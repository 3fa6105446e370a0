"""Scores as figures and as a page: the numbers, the cohort's name, and the words that they are phantom numbers."""

import json
import re
import sys

import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image

from OrthoDiffusionLib.anatomy import SizeRange
from OrthoDiffusionLib.anatomy.joints.knee import KNEE_SIZES
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate_cohort
from OrthoDiffusionLib.lab.evaluation.drawing.figures import new_figure, save_figure
from OrthoDiffusionLib.lab.evaluation.pages.displays import DiceDisplay, ReliabilityDisplay, RocDisplay, save_figures
from OrthoDiffusionLib.lab.evaluation.pages.page import scores_page, write_scores_page
from OrthoDiffusionLib.lab.evaluation.real_exams.agreement import check_sizes, real_exam_proxies
from OrthoDiffusionLib.lab.evaluation.scores.scores_file import read_scores
from OrthoDiffusionLib.volumes import Study


@pytest.fixture
def scores(reader, bundle, cohort, tmp_path):
    return evaluate_cohort(reader.analyze, bundle, cohort, json=tmp_path / "scores.json", repeats=200)


@pytest.fixture
def study(cohort):
    return Study.from_volumes(cohort.study(1).volumes, name="knee", joint="knee")


def test_the_page_shows_every_number_under_the_cohort_s_name_as_a_phantom_number(scores):
    page = scores_page(scores)
    assert page.startswith("## boxes 1 on boxes-v1: phantom numbers\n")
    for heading in ("Structures", "Findings", "By imaging site", "By missing plane"):
        assert f"### {heading} (phantom numbers, boxes-v1)" in page
    femur = next(line for line in page.splitlines() if line.startswith("| Femur"))
    assert "0.929" in femur
    assert "say how well the bundle does on digital joints, and nothing about patients" in page
    assert "None" not in page and "nan" not in page


def test_the_page_is_the_same_from_the_file_as_from_memory(scores, tmp_path):
    again = read_scores(tmp_path / "scores.json")
    assert scores_page(again) == scores_page(scores)
    write_scores_page(tmp_path / "pages" / "figures.md", again)
    assert (tmp_path / "pages" / "figures.md").read_text(encoding="utf-8") == scores_page(scores)


def test_a_finding_that_cannot_be_scored_is_a_dash_with_its_reason(reader, bundle, cohort):
    scores = evaluate_cohort(reader.analyze, bundle, cohort, count=1, repeats=100)
    page = scores_page(scores)
    effusion = next(line for line in page.splitlines() if line.startswith("| Joint effusion"))
    assert "—" in effusion
    assert "all studies are positive" in page


def test_a_picture_has_a_palette_and_looks_as_it_was_drawn(tmp_path):
    """Thin lines and small dots have few pixels, and their colours are the first that a poor palette loses."""
    figure = new_figure((6.0, 4.0), "a test")
    axes = figure.add_subplot()
    for number in range(10):
        axes.plot([0, 1], [number, number + 0.5], linewidth=0.8, marker="o", markersize=2, label=f"line {number}")
        axes.fill_between([0, 1], [number, number], [number + 0.4, number + 0.8], alpha=0.12)
    axes.legend(fontsize=6)
    save_figure(tmp_path / "folder" / "palette.png", figure, dpi=110)
    figure.savefig(tmp_path / "full.png", dpi=110)
    small, full = (Image.open(tmp_path / name) for name in ("folder/palette.png", "full.png"))
    assert small.mode == "P" and 64 < len(small.getcolors()) <= 128 and small.size == full.size
    pixels, drawn = (np.asarray(one.convert("RGB"), int) for one in (small, full))
    assert np.abs(pixels - drawn).max() <= 24
    assert (pixels[drawn.min(axis=2) == 255] == 255).all()  # what is white stays white
    assert (tmp_path / "folder" / "palette.png").stat().st_size < 0.7 * (tmp_path / "full.png").stat().st_size


def test_a_display_takes_its_numbers_first_and_draws_them_on_given_axes(scores):
    figure = Figure()
    display = DiceDisplay.from_scores(scores, auxiliary=False)
    assert display.titles == ("Femur", "Tibia", "Medial meniscus")
    assert display.dice[0] == pytest.approx(13 / 14)
    axes = display.plot(figure.add_subplot())
    assert [bar.get_width() for bar in axes.patches] == pytest.approx(list(display.dice))
    assert "phantom numbers, boxes-v1, 12 studies" in axes.get_title()


def test_an_interval_that_misses_its_value_is_drawn_to_the_value_and_no_bar_is_negative():
    display = DiceDisplay(("Femur", "Tibia"), (0.9, 0.8), (0.9 + 1e-16 * 2, 0.7), (0.95, 0.8 - 1e-16), "a caption")
    (bars,) = display.plot(Figure().add_subplot()).containers[1].lines[2]
    ends = [[x for x, _ in segment] for segment in bars.get_segments()]
    assert ends == [pytest.approx([0.9, 0.95]), pytest.approx([0.7, 0.8])]


def test_curves_end_in_the_corners_and_name_their_area(scores):
    display = RocDisplay.from_scores(scores)
    assert all(points[0] == (0, 0) and points[-1] == (1, 1) for points in display.curves.values())
    assert display.areas["Joint effusion"] == 1.0
    counted = sum(n for _, _, n in ReliabilityDisplay.from_scores(scores).points["Joint effusion"])
    assert counted == 12


def test_figures_are_files_named_by_what_they_show(scores, tmp_path):
    files = save_figures(scores, tmp_path / "figures")
    assert {file.name for file in files.values()} == {"dice.png", "roc_curves.png", "reliability.png"}
    assert all(file.stat().st_size > 5000 for file in files.values())
    assert all("phantom numbers" in caption for caption in files)


def test_a_page_with_pictures_links_to_them_and_is_there_without_them_where_they_cannot_be_drawn(
    scores, tmp_path, monkeypatch
):
    page = tmp_path / "scores.md"
    write_scores_page(page, scores, drawn=True)
    links = re.findall(r"!\[.*phantom numbers.*\]\((.+)\)", page.read_text(encoding="utf-8"))
    assert links == ["scores/dice.png", "scores/roc_curves.png", "scores/reliability.png"]
    assert all((tmp_path / link).is_file() for link in links)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(OrthoDiffusionError, match="needs matplotlib"):
        write_scores_page(tmp_path / "plain.md", scores, drawn=True)
    assert (tmp_path / "plain.md").read_text(encoding="utf-8") == scores_page(scores)


def test_without_matplotlib_the_error_names_what_to_install(scores, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(OrthoDiffusionError, match="needs matplotlib") as caught:
        DiceDisplay.from_scores(scores).plot()
    assert "orthodiffusion[figures]" in caught.value.remedy


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot be read"),
        ("{", "not JSON"),
        ('{"schema_version": 99}', "schema version 99"),
        ("[]", "version None"),
    ],
)
def test_a_file_that_is_no_scores_is_refused_with_the_reason(content, message, tmp_path):
    file = tmp_path / "scores.json"
    if content is not None:
        file.write_text(content)
    with pytest.raises(OrthoDiffusionError, match=message):
        read_scores(file)


def test_a_page_that_cannot_be_written_says_where(scores, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be made"):
        write_scores_page(tmp_path / "file" / "page.md", scores)


def test_planes_alone_agree_where_both_saw_the_structure(reader, study):
    proxies = real_exam_proxies(reader, study)
    assert reader.calls == 4
    found = {(row.structure, row.planes): row for row in proxies.agreement}
    assert found["femur", ("sagittal", "coronal")].dice == 1.0
    # The axial plane alone puts everything one voxel of 1.5 mm higher: 13 of 14 voxels in common.
    assert found["femur", ("sagittal", "axial")].dice == pytest.approx(13 / 14)
    assert found["femur", ("axial", "all")].dice == pytest.approx(13 / 14)
    # Only caps move: 20 × 16 of the surface voxels at either end lie off, by 1.5 mm each way.
    assert found["femur", ("sagittal", "axial")].assd_mm < 1.5
    assert set(proxies.probabilities["joint_effusion"]) == {"all", "sagittal", "coronal", "axial"}


def test_a_single_plane_has_no_agreement_but_its_sizes_are_checked(reader, study):
    volume = next(iter(study.planes.values()))
    proxies = real_exam_proxies(reader, Study.from_volumes([volume], name="one plane", joint="knee"))
    assert proxies.agreement == ()
    assert "one plane" in proxies.markdown()


def test_sizes_are_held_against_the_literature_and_cut_structures_are_not_judged(reader, study):
    analysis = reader.analyze(study)
    meniscus_ml = analysis.segmentation.volume_ml("medial_meniscus")
    assert meniscus_ml == pytest.approx(6 * 12 * 4 * 1.5**3 / 1000)
    ranges = [
        SizeRange("medial_meniscus", "volume", meniscus_ml - 0.1, meniscus_ml + 0.1, "assumed"),
        SizeRange("femur", "volume", 100.0, 200.0, "assumed"),
        SizeRange("patella", "volume", 9.0, 30.0, "assumed"),
    ]
    rows = {row.structure: row for row in check_sizes(analysis, ranges)}
    assert rows["medial_meniscus"].outcome == "inside"
    assert rows["femur"].outcome == "below"
    assert "patella" not in rows  # the bundle does not know it
    ranges = [SizeRange("femur", "volume", 1.0, 2.0, "assumed")]
    reader.shift_mm = 9.0  # the femur now leaves the grid at the top
    (row,) = check_sizes(reader.analyze(study), ranges)
    assert row.outcome == "cut off"


def test_every_published_range_names_its_source_and_every_other_says_that_it_is_assumed():
    for expected in KNEE_SIZES:
        assert expected.low < expected.high
        assert bool(expected.source) == (expected.basis != "assumed")
        if expected.source:
            assert "http" in expected.source


def test_the_table_of_a_real_exam_says_that_it_is_no_accuracy(reader, study):
    proxies = real_exam_proxies(reader, study)
    text = proxies.markdown()
    assert "Proxies, not accuracy" in text
    assert "| femur | 1.00 | 0.93 | 0.93 |" in text
    assert json.loads(json.dumps(proxies.as_dict()))["agreement"]["femur"]["sagittal-coronal"]["dice"] == 1.0
    assert np.isfinite([row.value for row in proxies.sizes if row.value is not None]).all()
