"""The Analyzer keeps places: whatever a network says, it says it about the right millimetre.

The networks here have random weights, so nothing of this depends on what they have learned.
"""

from __future__ import annotations

import dataclasses
import html
import json

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.anatomy import KNEE, SHOULDER, Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import BundleError, Notice, StudyError
from OrthoDiffusionLib.findings import Calibration, Segmentation
from OrthoDiffusionLib.findings.records import read_record
from OrthoDiffusionLib.lab.evaluation.cohorts.reference_fitting import fit_reference
from OrthoDiffusionLib.lab.training.engine.packaging import with_reference, write_trained_bundle
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model
from OrthoDiffusionLib.messages import language_of
from OrthoDiffusionLib.progress import Cancelled
from OrthoDiffusionLib.reports.html_report import html_report
from OrthoDiffusionLib.volumes import Geometry, Plane, Study, Volume
from OrthoDiffusionLib.volumes.geometry import direction_vectors

NETWORK = {
    "kind": "orthodiffusion-1", "channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16,
    "sigma": 0.1, "sigma_data": 0.5, "width": 8, "detail": True,
}  # fmt: skip


@pytest.fixture(scope="module")
def bundle_folder(tmp_path_factory):
    torch.manual_seed(5)
    recipe = Recipe(network=NETWORK)
    model = new_model(recipe, joint="knee")
    for parameter in model.parameters():  # residual branches start at zero; a network that does nothing proves nothing
        if parameter.abs().sum() == 0:
            torch.nn.init.normal_(parameter, std=0.05)
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    write_trained_bundle(model, recipe, folder, {"command": "none: random weights"}, joint="knee")
    return folder


@pytest.fixture(scope="module")
def analyzer(bundle_folder):
    return Analyzer(bundle_folder, device="cpu", precision="float32")


def stack(plane: Plane, seed: int = 0, *, side=None) -> Volume:
    """A little knee-like blob with detail, so that no two places look alike."""
    geometry = Geometry.from_axes(
        (10, 48, 44),
        spacing_mm=(4.0, 0.9, 0.9),
        directions=direction_vectors(plane.hanging),
        centre_ras=(12.0, -5.0, 8.0),
    )
    index = np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), -1)
    x, y, z = np.moveaxis(geometry.to_ras(index.astype(float)), -1, 0)
    body = np.exp(-((x - 12) ** 2 + (y + 5) ** 2 + (z - 8) ** 2) / 450)
    detail = np.sin(x / 3.1) + np.cos(y / 4.3 + 1) + np.sin((x + 2 * z) / 6.7)
    noise = np.random.default_rng(seed).normal(0, 3, geometry.shape)
    return Volume((body * (300 + 60 * detail) + noise).astype(np.float32), geometry, plane.value, side, "MR")


@pytest.fixture(scope="module")
def right_study():
    return Study.from_volumes([stack(plane) for plane in Plane], side=Side.RIGHT, joint="knee")


@pytest.fixture(scope="module")
def right_analysis(analyzer, right_study):
    return analyzer.analyze(right_study)


def test_the_segmentation_is_isotropic_in_ras_and_as_fine_as_the_manifest_says(right_analysis):
    geometry = right_analysis.segmentation.labels.geometry
    assert geometry.spacing_mm == pytest.approx([0.7, 0.7, 0.7])
    assert geometry.axis_codes == "RAS"


def test_a_left_knee_gets_the_mirror_image_of_what_its_mirror_image_gets(analyzer, right_study, right_analysis):
    mirrored = [volume.mirrored() for volume in right_study.volumes]
    left = analyzer.analyze(Study.from_volumes(mirrored, side=Side.LEFT, joint="knee"))
    expected = right_analysis.segmentation.labels.mirrored().reoriented("RAS")
    found = left.segmentation.labels
    assert found.geometry.is_same_grid(expected.geometry)
    assert np.mean(found.array == expected.array) > 0.999
    for a, b in zip(left.findings, right_analysis.findings, strict=True):
        assert a.by_plane == pytest.approx(dict(b.by_plane), abs=1e-4)


@pytest.mark.parametrize("codes", ["RAS", "LPS", "PIR", "ASR"])
def test_how_a_volume_is_stored_does_not_matter(analyzer, right_study, right_analysis, codes):
    volumes = {}
    for plane, volume in right_study.planes.items():
        turned = volume.reoriented(codes)
        volumes[plane] = turned.with_array(np.ascontiguousarray(turned.array))
    again = analyzer.analyze(Study.from_volumes([], forced=volumes, side=Side.RIGHT, joint="knee"))
    assert again.segmentation.labels.geometry.is_same_grid(right_analysis.segmentation.labels.geometry)
    assert np.mean(again.segmentation.labels.array == right_analysis.segmentation.labels.array) > 0.999


@pytest.mark.parametrize("planes", [(Plane.SAGITTAL,), (Plane.CORONAL, Plane.AXIAL)])
def test_any_subset_of_planes_works_and_what_is_missing_is_said(analyzer, planes):
    analysis = analyzer.analyze(Study.from_volumes([stack(plane) for plane in planes], side=Side.RIGHT, joint="knee"))
    assert set(analysis.study.planes) == {plane.value for plane in planes}
    codes = {notice.code for notice in analysis.notices}
    assert codes & {"single_plane", "missing_plane"}


def test_one_3d_volume_serves_all_planes(analyzer):
    geometry = Geometry.from_axes(
        (30, 48, 44), spacing_mm=(1.4, 0.9, 0.9), directions=direction_vectors("LIP"), centre_ras=(12.0, -5.0, 8.0)
    )
    noise = np.random.default_rng(0).normal(100, 30, geometry.shape).astype(np.float32)
    analysis = analyzer.analyze(
        Study.from_volumes([Volume(noise, geometry, "3d", None, "MR")], side=Side.RIGHT, joint="knee")
    )
    assert set(analysis.study.planes.values()) == {"3d"} and len(analysis.study.planes) == 3


def test_where_neither_side_shows_what_lies_lateral_none_is_claimed(analyzer):
    volume = stack(Plane.SAGITTAL)
    alike = dataclasses.replace(volume, array=volume.array + volume.array[::-1])  # lateral as medial
    analysis = analyzer.analyze(Study.from_volumes([alike], joint="knee"))
    assert analysis.study.side is None and analysis.study.side_source == "unknown"
    assert "side_unclear" in {notice.code for notice in analysis.notices}


@pytest.mark.parametrize("code", ["no_orientation", "orientation_unknown"])
def test_a_file_that_does_not_say_how_it_lies_shows_no_side(analyzer, code):
    notice = Notice.stored_as("no orientation", code=code)
    unknown = dataclasses.replace(stack(Plane.SAGITTAL), notices=(notice,))
    analysis = analyzer.analyze(Study.from_volumes([unknown], joint="knee"))
    assert analysis.study.side is None and analysis.study.side_source == "unknown"
    codes = {notice.code for notice in analysis.notices}
    assert {code, "side_unknown"} <= codes and "side_from_anatomy" not in codes
    told = analyzer.analyze(Study.from_volumes([unknown], side=Side.LEFT, joint="knee"))
    assert told.study.side is Side.LEFT and "side_disagrees" not in {notice.code for notice in told.notices}


@pytest.mark.parametrize(
    ("fields", "source"),
    [
        ({"description": "MRI KNEE LEFT"}, "description"),
        ({"side": Side.LEFT}, "tag"),
    ],
)
def test_a_side_that_contradicts_the_anatomy_is_noticed(analyzer, monkeypatch, fields, source):
    study = Study.from_volumes([dataclasses.replace(stack(Plane.SAGITTAL), **fields)], joint="knee")
    assert (study.side, study.side_source) == (Side.LEFT, source)
    labels = np.zeros((40, 40, 40), np.uint8)
    labels[5:15, :, :20], labels[30:36, :, :20] = 2, 12  # tibia, and the fibula to the right of it
    geometry = Geometry.from_axes((40, 40, 40), spacing_mm=(1, 1, 1), directions=np.eye(3), centre_ras=(0, 0, 0))
    outlines = Segmentation(Volume(labels, geometry), KNEE.structures)
    monkeypatch.setattr(Analyzer, "_segmentation", lambda *args, **kwargs: (outlines, []))
    notices = analyzer.analyze(study).notices
    (doubt,) = [notice for notice in notices if notice.code == "implausible_result"]
    assert "fibula" in doubt.what and doubt.remedy.endswith("analyse again as right.")


def test_no_finding_has_a_probability_before_the_bundle_is_calibrated(right_analysis):
    assert [finding.assessed for finding in right_analysis.findings] == [False] * len(KNEE.abnormalities)
    said = {finding.note.text for finding in right_analysis.findings}
    assert said == {"How well this bundle recognises this finding was not measured."}


def test_a_finding_that_an_evaluation_could_not_tell_from_chance_says_so_with_its_numbers(bundle_folder):
    bundle = Bundle.open(bundle_folder)
    manifest = dataclasses.replace(bundle.manifest, calibration={"joint_effusion": Calibration(1, 0, 0.6, 0.41, 0.78)})
    analyzer = Analyzer(dataclasses.replace(bundle, manifest=manifest), device="cpu", precision="float32")
    study = Study.from_volumes([stack(Plane.SAGITTAL)], side=Side.RIGHT, joint="knee")
    note = analyzer.analyze(study).finding("joint_effusion").note.text
    assert "could not be distinguished from chance (AUROC 0.60, interval 0.41 to 0.78)" in note


PUBLISHED_REASONS = {
    "the table's validation and held-out patients have no label of it": "sagt die Tabelle, ob er ihn hat",
    "1 of the table's held-out patients is labelled as with it, at least 5 must be": (
        "laut der Tabelle hat ihn 1 der zurückgehaltenen Patienten, nötig sind mindestens 5"
    ),
    "0 of the table's validation patients are labelled as without it, at least 1 must be": (
        "laut der Tabelle haben ihn 0 der Validierungspatienten nicht, nötig sind mindestens 1"
    ),
    "its AUROC could not be measured": "seine AUROC war nicht zu bestimmen",
    "its AUROC on the table's held-out patients is 0.60 (0.40 to 0.80)": (
        "seine AUROC bei den zurückgehaltenen Patienten der Tabelle ist 0,60 (0,40 bis 0,80)"
    ),
    "the encoders were adapted to a site without labels, and the finding was not calibrated and evaluated again": (
        "die Encoder wurden ohne Angaben zu Befunden an einen Standort angepasst"
    ),
    "a site's own words, 7 of them": "a site's own words, 7 of them",
    "7 of the table's other patients are labelled as with it, at least 5 must be": "7 of the table's other patients",
}
"""Why a finding is not assessed, as published bundles have it in English, and what a German report says."""


def test_a_german_report_says_in_german_why_a_bundle_does_not_assess_a_finding(bundle_folder, tmp_path):
    bundle = Bundle.open(bundle_folder)
    study = Study.from_volumes([stack(Plane.SAGITTAL)], side=Side.RIGHT, joint="knee")
    of_finding = dict(zip(PUBLISHED_REASONS, [a.name for a in KNEE.abnormalities], strict=True))
    figures = {"abnormalities": {name: {"not_assessed": reason} for reason, name in of_finding.items()}}
    manifest = dataclasses.replace(bundle.manifest, calibration={}, figures=figures)
    analyzer = Analyzer(dataclasses.replace(bundle, manifest=manifest), device="cpu", precision="float32")
    analysis = analyzer.analyze(study)
    folder = analysis.save(tmp_path / "results")
    page, german = read_record(folder), language_of("de")
    told = {finding.name: finding.note for finding in page.findings}
    for reason, name in of_finding.items():
        assert told[name].text == f"This bundle does not assess it: {reason}."
        assert PUBLISHED_REASONS[reason] in told[name].words(german).what
        assert PUBLISHED_REASONS[reason] in html.unescape(html_report(page, language=german))


def test_results_of_before_say_it_in_german_as_well(bundle_folder, tmp_path):
    """Until now their messages held the manifest's English sentence."""
    study = Study.from_volumes([stack(Plane.SAGITTAL)], side=Side.RIGHT, joint="knee")
    folder = Analyzer(bundle_folder, device="cpu").analyze(study).save(tmp_path / "results")
    content = json.loads((folder / "findings.json").read_text(encoding="utf-8"))
    values = {"reason": "its AUROC could not be measured"}
    content["findings"][0]["note_message"] = {"code": "not_assessed", "variant": "bundle", "values": values}
    (folder / "findings.json").write_text(json.dumps(content), encoding="utf-8")
    assert "seine AUROC war nicht zu bestimmen" in html_report(read_record(folder), language=language_of("de"))


def calibrated(bundle_folder, **changes) -> Analyzer:
    """The same networks with every finding distinguished from chance, and other changes to the manifest."""
    bundle = Bundle.open(bundle_folder)
    calibration = {a.name: Calibration(1.0, 0.0, 0.8, 0.7, 0.9) for a in KNEE.abnormalities}
    manifest = dataclasses.replace(bundle.manifest, calibration=calibration, **changes)
    return Analyzer(dataclasses.replace(bundle, manifest=manifest), device="cpu", precision="float32")


@pytest.mark.parametrize("seen", list(Plane))
def test_a_finding_is_not_assessed_where_none_of_the_views_that_show_it_is_there(bundle_folder, seen):
    analysis = calibrated(bundle_folder).analyze(Study.from_volumes([stack(seen)], side=Side.RIGHT, joint="knee"))
    for abnormality in KNEE.abnormalities:
        finding = analysis.finding(abnormality.name)
        assert finding.assessed == (seen.value in abnormality.best_planes)
        if not finding.assessed:
            assert finding.probability is None and finding.point_ras is None
            assert (
                f"The {' or '.join(abnormality.best_planes)} view" in finding.note.text
                and "missing" in finding.note.text
            )


def test_a_bundle_with_other_names_for_its_structures_is_used_without_a_line_of_code(bundle_folder, right_study):
    """No fibula tells the side, and no femur is the sign of a knee, where a bundle knows neither."""
    structures = tuple(dataclasses.replace(s, name=f"part_{s.label}") for s in KNEE.structures)
    analysis = calibrated(bundle_folder, structures=structures).analyze(right_study)
    assert analysis.segmentation.structures == structures
    assert "joint_not_found" not in {notice.code for notice in analysis.notices}


def test_a_calibrated_finding_has_probability_point_and_heat_map_inside_what_was_imaged(bundle_folder, right_study):
    analyzer = calibrated(bundle_folder)
    finding = analyzer.analyze(right_study).findings[0]
    assert finding.assessed and 0 <= finding.probability <= 1
    assert set(finding.by_plane) == {"sagittal", "coronal", "axial"}
    assert finding.evidence.array.dtype == np.uint8 and finding.evidence.array.max() == 100
    low, high = (
        getattr(np.concatenate([volume.geometry.corners_ras for volume in right_study.volumes]), edge)(axis=0)
        for edge in ("min", "max")
    )
    assert ((low - 2 < finding.point_ras) & (finding.point_ras < high + 2)).all()


def test_the_work_can_be_stopped_at_every_step(analyzer, right_study):
    steps = []
    analyzer.analyze(right_study, progress=steps.append)
    assert [step.fraction for step in steps] == sorted(step.fraction for step in steps)
    for number in range(0, len(steps), 3):
        seen = []

        def stop(step, seen=seen, number=number):
            seen.append(step)
            if len(seen) > number:
                raise Cancelled

        with pytest.raises(Cancelled):
            analyzer.analyze(right_study, progress=stop)
        assert len(seen) == number + 1


def test_a_study_of_another_joint_is_refused(analyzer):
    with pytest.raises(StudyError, match="shoulder"):
        analyzer.analyze(Study.from_volumes([stack(Plane.SAGITTAL)], joint=SHOULDER))


def test_the_corners_of_a_volume_that_was_turned_to_an_oblique_joint_were_not_imaged(tmp_path):
    """A 3D volume of a shoulder along the body's axes is cut in the joint's planes; the box around it is larger."""
    recipe = Recipe(network=NETWORK)
    model = new_model(recipe, joint="shoulder")
    write_trained_bundle(model, recipe, tmp_path / "tiny", {"command": "none: random weights"}, joint="shoulder")
    geometry = Geometry.from_axes((30, 30, 24), spacing_mm=(2, 2, 2), directions=np.eye(3), centre_ras=(-160, 0, 0))
    volume = Volume(np.random.default_rng(0).normal(100, 20, geometry.shape), geometry, "space 3d")
    study = Study.from_volumes([volume], side=Side.LEFT, joint="shoulder")
    analysis = Analyzer(tmp_path / "tiny", device="cpu", precision="float32").analyze(study)
    segmentation = analysis.segmentation
    places = segmentation.labels.geometry.to_ras(np.argwhere(segmentation.imaged))
    low, high = geometry.corners_ras.min(axis=0), geometry.corners_ras.max(axis=0)
    assert (places >= low - 3.0).all() and (places <= high + 3.0).all()
    np.testing.assert_allclose(places.max(axis=0) - places.min(axis=0), high - low, atol=6.0)
    assert all(view.is_same_grid(geometry) for view in analysis.study.field_of_view.views.values())


def test_weights_that_do_not_fit_the_manifest_are_refused_with_the_shapes(bundle_folder, tmp_path):
    import json
    import shutil

    folder = tmp_path / "other"
    shutil.copytree(bundle_folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["network"]["width"] = 16
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError, match="expected .* found"):
        Analyzer(folder, device="cpu")


@pytest.mark.parametrize(
    ("key", "value"), [("channels", "x"), ("width", 12), ("kind", "another"), ("surprise", 1), ("sigma", None)]
)
def test_a_network_that_cannot_be_built_is_refused_in_words(bundle_folder, tmp_path, key, value):
    import json
    import shutil

    folder = tmp_path / "other"
    shutil.copytree(bundle_folder, folder)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["network"][key] = value
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(BundleError):
        Analyzer(folder, device="cpu")


@pytest.fixture(scope="module")
def knowing_analyzer(bundle_folder, analyzer, tmp_path_factory):
    """The same networks with a training reference, fitted to studies like those of these tests."""
    studies = [
        Study.from_volumes([stack(plane, seed) for plane in Plane], side=Side.RIGHT, joint="knee") for seed in range(8)
    ]
    reference, tensors = fit_reference([analyzer.observed(study) for study in studies], cohort="blobs")
    folder = tmp_path_factory.mktemp("knowing") / "tiny"
    return Analyzer(with_reference(Bundle.open(bundle_folder), folder, reference, tensors), device="cpu")


def test_a_reference_changes_no_weights(knowing_analyzer, analyzer):
    before, after = analyzer.bundle.manifest.files, knowing_analyzer.bundle.manifest.files
    assert {name: after[name] for name in before} == before and len(after) == len(before) + 1


def test_a_study_like_the_training_has_a_low_score_and_no_warning(knowing_analyzer, right_study):
    analysis = knowing_analyzer.analyze(right_study)
    assert "unlike_training" not in [notice.code for notice in analysis.notices]
    assert analysis.unlike_training.score < 1.0
    assert set(analysis.as_dict()["unlike_training"]["by_plane"]) == {"sagittal", "coronal", "axial"}


def test_slices_out_of_order_are_said_first_with_the_plane(knowing_analyzer, right_study):
    coronal = right_study.planes[Plane.CORONAL]
    order = np.random.default_rng(3).permutation(coronal.array.shape[0])
    shuffled = coronal.with_array(np.ascontiguousarray(coronal.array[order]))
    study = dataclasses.replace(right_study, planes={**right_study.planes, Plane.CORONAL: shuffled})
    analysis = knowing_analyzer.analyze(study)
    first = next(notice for notice in analysis.notices if notice.code != "implausible_result")
    assert first.code == "unlike_training" and "coronal view" in first.what
    assert "do not continue each other" in first.what
    assert analysis.unlike_training.by_plane["coronal"] >= 1.0 > analysis.unlike_training.by_plane["axial"]


def test_a_bundle_without_a_reference_says_that_it_cannot_tell(right_analysis):
    assert "likeness_unknown" in [notice.code for notice in right_analysis.notices]
    assert right_analysis.unlike_training is None and "unlike_training" not in right_analysis.as_dict()
