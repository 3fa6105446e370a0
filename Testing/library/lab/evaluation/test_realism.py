"""Realism: regions lie in what they claim, lengths come out in millimetres, and the classifier finds what there is."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.realism.gap import Gap, compare, measure_gap
from OrthoDiffusionLib.lab.evaluation.realism.matching import matched_phantom, matched_view
from OrthoDiffusionLib.lab.evaluation.realism.measures import Measure, measure
from OrthoDiffusionLib.lab.evaluation.realism.regions import Disc, Region, disc_on, real_series, series_named
from OrthoDiffusionLib.lab.evaluation.realism.report import write_report
from OrthoDiffusionLib.lab.evaluation.realism.slice_features import FEATURE_NAMES, slice_features
from OrthoDiffusionLib.lab.evaluation.realism.texture import correlation_length_mm, edge_widths_mm, spectrum_slope
from OrthoDiffusionLib.lab.evaluation.realism.two_sample import Slices, two_sample_test
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry
from OrthoDiffusionLib.volumes.geometry import direction_vectors

SERIES = real_series()
EXAM = [name for name, series in SERIES.items() if series.contrast == "fat_suppressed"]


@pytest.fixture(scope="module")
def means() -> dict[str, dict[str, list[float]]]:
    """Series, tissue, mean of each disc."""
    found = {}
    for name, series in SERIES.items():
        volume = series.volume()
        discs = series.discs(volume.geometry)
        found[name] = {tissue: [d.values(volume.array).mean() for d in placed] for tissue, placed in discs.items()}
    return found


@pytest.mark.parametrize("name", EXAM)
def test_in_the_fat_suppressed_exam_fluid_is_bright_and_fatty_marrow_dark(means, name):
    of = means[name]
    assert min(of["joint_fluid"]) > 1.3 * max(of["muscle"])
    assert max(of["femur_marrow"]) < 0.8 * np.median(of["muscle"])
    assert max(of["tibia_marrow"]) < 0.8 * np.median(of["muscle"])


def test_in_the_spin_echo_series_fat_is_bright_and_muscle_dark(means):
    of = means["spin_echo_sagittal"]
    for fatty in ("femur_marrow", "tibia_marrow", "subcutaneous_fat", "infrapatellar_fat_pad"):
        assert min(of[fatty]) > 2.0 * max(of["muscle"])


@pytest.mark.parametrize("name", list(SERIES))
def test_tendon_and_cortex_are_nearly_black_and_air_darker_than_all_that_is_soft(means, name):
    of = means[name]
    muscle = np.median(of["muscle"])
    for dark in ("patellar_tendon", "cortical_bone", "posterior_cruciate_ligament", "meniscus"):
        assert max(of.get(dark, [0.0])) < 0.55 * muscle
    assert max(of["air"]) < 0.1 * muscle


def test_the_slice_that_people_read_is_the_slice_of_the_disc():
    content = json.loads(resource_path("Realism", "regions.json").read_text(encoding="utf-8"))
    assert "nobody qualified" in content["placed"]
    for name, entry in content["series"].items():
        discs = [disc for placed in SERIES[name].discs(SERIES[name].volume().geometry).values() for disc in placed]
        assert sorted(disc.slice for disc in discs) == sorted(region["slice"] for region in entry["regions"])


@pytest.mark.parametrize("pixel_mm", [0.4, 0.7])
def test_grain_of_one_millimetre_has_a_correlation_length_of_two(pixel_mm):
    grain = _blurred(np.random.default_rng(0).normal(size=(256, 256)), 1.0 / pixel_mm)
    assert correlation_length_mm(grain, pixel_mm) == pytest.approx(2.0, rel=0.1)


def test_white_noise_has_a_flat_spectrum_and_smooth_noise_falls_as_it_was_made():
    rng = np.random.default_rng(1)
    white = rng.normal(size=(96, 96))
    frequency = np.hypot(np.fft.fftfreq(96)[:, None], np.fft.fftfreq(96)[None, :])
    frequency[0, 0] = 1.0
    smooth = np.fft.ifft2(np.fft.fft2(white) / frequency**1.5).real
    assert spectrum_slope(white) == pytest.approx(0.0, abs=0.3)
    assert spectrum_slope(smooth) == pytest.approx(-3.0, abs=0.4)


@pytest.mark.parametrize("pixel_mm", [0.5, 0.8])
def test_the_width_of_a_blurred_edge_comes_out_in_millimetres(pixel_mm):
    rows, columns = np.indices((160, 160)) * pixel_mm
    ball = (np.hypot(rows - 64 * pixel_mm * 1.25, columns - 80 * pixel_mm) < 45 * pixel_mm).astype(float) * 300 + 20
    deviation_mm = 1.0
    widths = edge_widths_mm(_blurred(ball, deviation_mm / pixel_mm), pixel_mm, body=np.ones(ball.shape, bool))
    # A Gaussian edge rises from 10 to 90 % over 2.563 standard deviations.
    assert np.median(widths) == pytest.approx(2.563 * deviation_mm, rel=0.12)


def test_levels_are_told_against_muscle_and_noise_in_air_too():
    rng = np.random.default_rng(2)
    image = np.zeros((8, 96, 96), np.float32)
    image[:, 10:86, 10:86] = 100.0
    image[:, 20:40, 20:40] = 300.0
    noise = rng.normal(size=image.shape).astype(np.float32) * 4.0
    discs = {
        "muscle": (Disc(4, 60.0, 60.0, 12.0),),
        "joint_fluid": (Disc(4, 30.0, 30.0, 6.0),),
        "air": (Disc(4, 5.0, 48.0, 4.0),),
    }
    found = measure(image + noise, (3.0, 0.5, 0.5), discs)
    assert found[Measure("ratio", "joint_fluid", "ratio to muscle")] == pytest.approx(3.0, rel=0.02)
    assert found[Measure("spread", "muscle", "variation within a disc")] == pytest.approx(0.04, rel=0.15)
    assert found[Measure("noise", "air", "deviation, share of muscle")] == pytest.approx(0.04, rel=0.3)


@pytest.fixture(scope="module")
def knee_slices():
    """One digital knee taken many times in small, with another pose, contrast and noise each time."""
    features, series_names, sources = [], [], []
    knee = matched_phantom(SERIES["exam_sagittal"], 3)
    for name in ("exam_sagittal", "exam_coronal"):
        series = replace(SERIES[name], regions=())
        grid = Geometry.from_axes(
            (8, 96, 96), spacing_mm=(7.0, 1.4, 1.4), directions=direction_vectors(series.plane.hanging),
            centre_ras=(0, 0, 0),
        )  # fmt: skip
        for seed in range(18):
            found, _ = slice_features(matched_view(series, grid, knee, seed).image, 1.4)
            features.append(found)
            series_names += [name] * len(found)
            sources += [seed] * len(found)
    return np.concatenate(features), np.array(series_names), np.array(sources)


def as_slices(knee_slices, change=lambda features: features) -> Slices:
    """One third plays the real ones."""
    features, series, sources = knee_slices
    real = sources % 3 == 0
    features = np.where(real[:, None], change(features), features)
    return Slices(features, real, series, sources, sources % 3 == 1, np.arange(len(real)) % 2)


@pytest.mark.long
def test_phantoms_cannot_be_told_from_phantoms_of_other_seeds(knee_slices):
    separation = two_sample_test(as_slices(knee_slices), FEATURE_NAMES)
    assert 0.3 < separation.auroc.value < 0.7
    assert separation.auroc.low < 0.5 < separation.auroc.high


@pytest.mark.long
@pytest.mark.parametrize("within", [False, True])
def test_pictures_that_are_plainly_different_are_told_apart_and_the_feature_is_named(knee_slices, within):
    number = FEATURE_NAMES.index("median local variation")

    def noisy(features):
        return features + 1.0 * (np.arange(features.shape[1]) == number)

    separation = two_sample_test(as_slices(knee_slices, noisy), FEATURE_NAMES, within=within)
    assert separation.auroc.value > 0.95
    assert separation.features[0][0] == "median local variation" and separation.features[0][2]


def test_slices_that_are_all_alike_cannot_be_told_apart_whatever_their_order():
    """Real ones stand first in the rows: ties in that order would make them the least real of all."""
    number = np.arange(80)
    real, series = number % 40 < 20, np.where(number < 40, "one", "two")
    slices = Slices(np.ones((80, len(FEATURE_NAMES))), real, series, number, number % 40 >= 30, number % 2)
    assert two_sample_test(slices, FEATURE_NAMES).value == 0.5


def test_slices_that_are_all_real_where_they_are_tested_are_refused():
    features = np.random.default_rng(0).normal(size=(40, len(FEATURE_NAMES)))
    real, training = np.arange(40) < 20, np.arange(40) >= 30
    half = np.where(real, np.arange(40) % 2, -1)  # phantoms lie in neither half
    half[30:] = np.arange(10) % 2
    slices = Slices(features, real, np.full(40, "one"), np.arange(40), training, half)
    with pytest.raises(OrthoDiffusionError, match="all real, or all of phantoms"):
        two_sample_test(slices, FEATURE_NAMES, within=True)


@pytest.mark.long
def test_a_phantom_is_measured_where_its_own_labels_say():
    series = SERIES["exam_sagittal"]
    geometry = series.volume().geometry.cropped((6, 0, 0), (13, 320, 320))
    wanted = ("muscle", "femur_marrow", "joint_fluid", "air")
    regions = tuple(
        r for r in series.regions if r.tissue in wanted and 0 <= round(geometry.to_ijk(r.centre_ras)[0]) < 7
    )
    chosen, knee = replace(series, regions=regions), matched_phantom(series, 1)
    view = matched_view(chosen, geometry, knee, 1)
    assert view.image.shape == (7, 320, 320)
    level = {tissue: np.median([d.values(view.image).mean() for d in found]) for tissue, found in view.discs.items()}
    assert level["joint_fluid"] > level["muscle"] > level["femur_marrow"] > level["air"]
    # The same seed gives the same picture and the same places.
    again = matched_view(chosen, geometry, knee, 1)
    assert np.array_equal(view.image, again.image) and view.discs == again.discs


def test_a_series_that_does_not_exist_is_refused_with_those_that_do(capsys):
    with pytest.raises(OrthoDiffusionError, match="no real series called 'exam_oblique'") as caught:
        series_named(("exam_oblique",))
    assert "exam_sagittal" in caught.value.remedy
    assert main(["realism", "--out", "nowhere", "--series", "exam_oblique"]) == 2
    assert "exam_sagittal" in capsys.readouterr().err


def test_too_few_knees_are_refused():
    with pytest.raises(OrthoDiffusionError, match="at least 4"):
        measure_gap((1, 2, 3))


def test_a_region_outside_its_volume_or_between_slices_is_refused_by_name():
    geometry = Geometry.from_axes((4, 50, 50), spacing_mm=(3, 1, 1), directions=np.eye(3), origin_ras=(0, 0, 0))
    assert disc_on(geometry, Region("muscle", (3.0, 20.0, 20.0), 5.0)).slice == 1
    with pytest.raises(OrthoDiffusionError, match="does not lie in its volume") as caught:
        disc_on(geometry, Region("muscle", (3.0, 3.0, 20.0), 5.0), where="test")
    assert "test: muscle at RAS 3.0, 3.0, 20.0 mm" in caught.value.where
    with pytest.raises(OrthoDiffusionError, match="between two slices"):
        disc_on(geometry, Region("muscle", (4.5, 20.0, 20.0), 5.0))
    with pytest.raises(OrthoDiffusionError, match="no tissue called 'brain'"):
        Region("brain", (0.0, 0.0, 0.0), 1.0)


def test_regions_of_another_version_are_refused(tmp_path):
    path = tmp_path / "regions.json"
    path.write_text('{"schema_version": 7}', encoding="utf-8")
    with pytest.raises(OrthoDiffusionError, match="schema version 1"):
        real_series(path)


@pytest.mark.long
def test_the_report_says_what_lies_inside_and_what_outside(tmp_path, knee_slices):
    level, width = Measure("level", "muscle", "level, body units"), Measure("edges", "", "width, mm")
    phantoms = [{level: v, width: v + 1.0} for v in np.float32([0.1, 0.2, 0.3, 0.4])]
    rows = compare("exam_sagittal", {level: np.float32(0.25), width: np.float32(0.8)}, phantoms)
    separation = two_sample_test(as_slices(knee_slices), FEATURE_NAMES)
    gap = Gap(
        seeds=(0, 1, 2, 3), series=(SERIES["exam_sagittal"], SERIES["exam_coronal"]), rows=tuple(rows),
        across=separation, within=separation, across_by_chance=(0.4, 0.6), within_by_chance=(0.5, 0.6),
        pictures={"exam_sagittal": (np.ones((30, 20)), np.ones((30, 20)))},
    )  # fmt: skip
    table, numbers, plot, pairs, regions = write_report(tmp_path / "new" / "folder", gap)
    text = table.read_text(encoding="utf-8")
    assert "1 lie between" in text and "| **outside** |" in text and "0.50 (0.40 to 0.60)" in text
    stored = {row["name"]: row["inside"] for row in json.loads(numbers.read_text(encoding="utf-8"))["rows"]}
    assert stored == {"level, body units": True, "width, mm": False}
    with Image.open(plot) as drawn, Image.open(pairs) as shown, Image.open(regions) as marked:
        assert drawn.size[0] > 500 and shown.size == (600, 300)
        assert np.ptp(np.asarray(marked, np.int16), axis=2).max() > 100  # the discs are in colour


def test_a_blinded_look_at_an_uneven_number_of_slices_is_refused(tmp_path, capsys):
    assert main(["realism", "--out", str(tmp_path), "--blinded-look", "5"]) != 0
    assert "even number of slices" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.long
def test_a_blinded_look_mixes_real_and_digital_slices_and_keeps_the_key_apart(tmp_path):
    assert main(["realism", "--out", str(tmp_path), "--blinded-look", "4"]) == 0
    key = json.loads((tmp_path / "blinded_look_key.json").read_text(encoding="utf-8"))
    assert [entry["number"] for entry in key] == [1, 2, 3, 4]
    assert sorted(entry["real"] for entry in key) == [False, False, True, True]
    assert all((entry["seed"] is None) == entry["real"] and entry["series"] in SERIES for entry in key)
    with Image.open(tmp_path / "blinded_look_1.png") as sheet:
        assert sheet.size == (1200, 300)


def _blurred(picture: np.ndarray, deviation_pixels: float) -> np.ndarray:
    """Circular Gaussian blur."""
    rows, columns = (np.fft.fftfreq(n) for n in picture.shape)
    transfer = np.exp(-2.0 * (np.pi * deviation_pixels) ** 2 * (rows[:, None] ** 2 + columns[None, :] ** 2))
    return np.fft.ifft2(np.fft.fft2(picture) * transfer).real
