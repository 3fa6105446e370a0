"""A case is prepared as the Analyzer prepares it, and label maps lie where their images lie."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from OrthoDiffusionLib.analysis.model import weights_by_file
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import write_bundle
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.samples.points import box_of
from OrthoDiffusionLib.lab.training.tables.case_dataset import CaseDraws, DrawSettings, coarse_labels_of
from OrthoDiffusionLib.lab.training.tables.case_preparation import (
    SkippedCaseError,
    prepare_case,
    prepared_key,
    read_prepared,
    study_of,
    write_prepared,
)
from OrthoDiffusionLib.lab.training.tables.table_figures import score_patients
from OrthoDiffusionLib.lab.training.tables.table_finetune import (
    TRAINING,
    TableSettings,
    patient_cohort,
    prepare_table,
)
from OrthoDiffusionLib.lab.training.tables.transfer import transferred_model, with_vocabulary
from OrthoDiffusionLib.lab.training.tables.vocabulary import read_vocabulary
from OrthoDiffusionLib.views import prepare_views
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume, read_volume, write_volume

NODULE = 3


@pytest.fixture
def prepare(vocabulary, untrained):
    def of(case, words=vocabulary):
        return prepare_case(case, study_of(case, words), words, untrained.manifest)

    return of


def centroid(labels, geometry, value) -> np.ndarray:
    return geometry.to_ras(np.argwhere(labels == value)).mean(axis=0)


def test_networks_see_every_joint_as_a_right_one_with_its_labels(change, prepare):
    table = change(lambda rows: None)
    assert {case.side for case in table.cases} == set(Side)
    for case in table.cases:
        view = prepare(case).views[Plane.AXIAL]
        nodule, bone = (centroid(view.labels, view.geometry, value) for value in (NODULE, 1))
        assert nodule[0] - bone[0] > 8  # the lateral nodule lies to the right of the bones


def test_the_views_are_those_of_the_analyzer(change, prepare, vocabulary, untrained):
    case = next(case for case in change(lambda rows: None).cases if case.side is Side.LEFT)
    wanted = prepare_views(study_of(case, vocabulary), untrained.manifest.grids, mirror=True)
    found = prepare(case).views
    assert list(found) == list(wanted)
    for plane, view in wanted.items():
        assert np.array_equal(found[plane].array, view.array)
        assert found[plane].geometry.is_same_grid(view.geometry)


def test_a_folder_of_images_does_as_well_as_their_paths(change, prepare):
    def edit(rows):
        for row in rows[1:2]:
            row.update(folder=row["case"], sagittal="", coronal="", axial="")

    by_path, by_folder = change(lambda rows: None).cases[1], change(edit).cases[1]
    one, other = prepare(by_path), prepare(by_folder)
    assert all(np.array_equal(one.views[plane].array, other.views[plane].array) for plane in one.views)


def test_a_world_label_map_serves_every_plane(archive, change, prepare):
    case = change(lambda rows: None).cases[0]
    labels = read_volume(archive.folder / f"{case.name}/axial_labels.nii.gz")
    write_volume(labels, archive.folder / "world.nii.gz")
    world = prepare(replace(case, label_maps={"world": archive.folder / "world.nii.gz"}))
    own = prepare(case)
    for plane in (Plane.SAGITTAL, Plane.AXIAL):
        view, drawn = world.views[plane], own.views[plane]
        assert centroid(view.labels, view.geometry, 1) == pytest.approx(
            centroid(drawn.labels, drawn.geometry, 1), abs=1.5
        )


@pytest.mark.parametrize("number", [0, 1])
def test_a_side_that_the_label_maps_contradict_is_refused(tmp_path, change, prepare, untrained, number):
    """Such a case would be mirrored, and teach that medial is lateral."""
    path = tmp_path / "pairs.toml"
    path.write_text(
        'joint = "toy"\nabnormalities = []\nstructures = [\n'
        '  { name = "medial_part", title = "Medial part", label = 1 },\n'
        '  { name = "lower_bone", title = "Lower bone", label = 2 },\n'
        '  { name = "lateral_part", title = "Lateral part", label = 3 },\n]\n[label_maps]\ncovers = "all"\n',
        encoding="utf-8",
    )
    words = read_vocabulary(path, untrained.manifest)
    case = replace(change(lambda rows: None).cases[number], covered=("medial_part", "lower_bone", "lateral_part"))
    assert prepare(case, words).side is case.side
    wrong = replace(case, side=case.side.opposite)
    with pytest.raises(
        TrainingError, match=f"lie as in a {case.side.value} toy, but the case is taken for a"
    ) as caught:
        prepare(wrong, words)
    assert "column side" in caught.value.remedy


def test_a_side_that_the_images_contradict_is_told(archive, change, vocabulary, untrained, tmp_path):
    manifest = with_vocabulary(untrained.manifest, vocabulary.joint)
    other = {"right": "left", "left": "right"}[archive.truths[0]["side"]]
    source = archive.folder / archive.truths[0]["name"] / "sagittal.nii.gz"
    image = archive.folder / f"sag {other}.nii.gz"
    image.write_bytes(source.read_bytes())

    def edit(rows) -> None:
        rows[0].update(sagittal=image.name, coronal="", axial="", sagittal_labels="", axial_labels="")

    said: list[str] = []
    table = change(edit)
    model = transferred_model(untrained, manifest)
    prepare_table(table, vocabulary, untrained, manifest, model, tmp_path, TableSettings(), report=said.append)
    (told,) = (line for line in said if "side" in line)
    assert told.startswith(f"case {table.cases[0].name}: You chose the ") and f"say {other}" in told


def test_a_label_map_of_another_grid_is_refused_with_both_grids(archive, change, prepare):
    case = change(lambda rows: None).cases[0]
    labels = read_volume(archive.folder / f"{case.name}/axial_labels.nii.gz")
    affine = labels.geometry.affine.copy()
    affine[2, 3] += 3.0
    moved = archive.folder / "moved.nii.gz"
    write_volume(Volume(labels.array, Geometry(labels.array.shape, affine)), moved)
    with pytest.raises(TrainingError, match="does not lie on the grid of its image") as caught:
        prepare(replace(case, label_maps={"axial": moved}))
    assert caught.value.what.count("Geometry(") == 2
    assert "world_labels" in caught.value.remedy


def test_a_label_map_stored_the_other_way_round_is_turned(archive, change, prepare):
    case = change(lambda rows: None).cases[0]
    turned = archive.folder / "turned.nii.gz"
    write_volume(read_volume(archive.folder / f"{case.name}/axial_labels.nii.gz").reoriented("ASR"), turned)
    one, other = prepare(case), prepare(replace(case, label_maps={**case.label_maps, "axial": turned}))
    assert np.array_equal(one.views[Plane.AXIAL].labels, other.views[Plane.AXIAL].labels)


def test_values_without_a_name_are_told(archive, change, prepare):
    case = change(lambda rows: None).cases[0]
    labels = read_volume(archive.folder / f"{case.name}/axial_labels.nii.gz")
    odd = archive.folder / "odd.nii.gz"
    write_volume(labels.with_array(np.where(labels.array == 2, 7, labels.array).astype(np.uint8)), odd)
    with pytest.raises(TrainingError, match="values without a name: 7") as caught:
        prepare(replace(case, label_maps={"axial": odd}))
    assert "1 upper_bone, 2 lower_bone, 3 nodule" in caught.value.remedy


def test_a_structure_that_is_not_covered_is_not_taught(change, prepare, vocabulary):
    case = replace(change(lambda rows: None).cases[0], covered=("upper_bone",))
    prepared = prepare(case)
    assert set(np.unique(prepared.views[Plane.AXIAL].labels)) <= {0, 1, 255}
    draws = CaseDraws([(case, None)], vocabulary, 0.7, DrawSettings(points=500), seed=0, vary=False)
    sample = draws.sample(case, prepared, np.random.default_rng(0))
    assert sample.known_classes.tolist() == [True, True, False, False]
    assert set(np.unique(sample.points.labels)) <= {0, 1}


def test_points_and_coarse_labels_say_what_the_maps_say(change, prepare, vocabulary):
    case = change(lambda rows: None).cases[0]
    prepared = prepare(case)
    draws = CaseDraws([(case, None)], vocabulary, 0.7, DrawSettings(points=2000), seed=0, vary=False)
    sample = draws.sample(case, prepared, np.random.default_rng(0))
    view = prepared.views[Plane.AXIAL]
    for value in (1, 2, 3):
        places = sample.points.places[sample.points.labels == value]
        assert len(places) > 50
        middle = centroid(view.labels, view.geometry, value)
        assert places.mean(axis=0) == pytest.approx(middle, abs=2.5)
        assert centroid(coarse_labels_of(prepared, sample.coarse), sample.coarse, value) == pytest.approx(
            middle, abs=2.5
        )


def inside(view, low, high):
    """Labels of a view whose pixels lie in a box."""
    places = view.geometry.to_ras(np.stack(np.indices(view.labels.shape), axis=-1).reshape(-1, 3).astype(float))
    return view.labels.ravel()[((places >= low) & (places <= high)).all(axis=1)]


def test_every_structure_counts_as_often_as_it_occurs(change, prepare, vocabulary):
    """However often it is drawn: else outlines would become too large."""
    case = change(lambda rows: None).cases[0]
    prepared = prepare(case)
    draws = CaseDraws([(case, None)], vocabulary, 0.7, DrawSettings(points=40000, whole=True), seed=0, vary=False)
    sample = draws.sample(case, prepared, np.random.default_rng(0))
    points, (low, high) = sample.points, box_of(sample.coarse)
    maps = [inside(view, low, high) for view in prepared.views.values() if view.labels is not None]
    for value in (1, 2, 3):
        occurs = np.mean([(labels == value).sum() / (labels != 255).sum() for labels in maps])
        drawn = (points.labels == value).mean()
        counts = points.weights[points.labels == value].sum() / points.weights.sum()
        assert drawn > 1.5 * occurs
        assert counts == pytest.approx(occurs, rel=0.15)


def test_only_where_outlines_alone_are_taught_a_window_is_shown(change, prepare, vocabulary):
    case = change(lambda rows: None).cases[0]
    prepared = prepare(case)
    window = DrawSettings(crop=(6, 16, 16), fusion_size=10, points=100, whole=False)
    part = CaseDraws([(case, None)], vocabulary, 0.7, window, seed=0).sample(case, prepared, np.random.default_rng(1))
    whole = CaseDraws([(case, None)], vocabulary, 0.7, DrawSettings(), seed=0, vary=False).sample(
        case, prepared, np.random.default_rng(1)
    )
    # What the encoders see of the surroundings is as wide, however fine the views' pixels are.
    finer = CaseDraws([(case, None)], vocabulary, 0.7, window, seed=0, pixel_ratio=2).sample(
        case, prepared, np.random.default_rng(1)
    )
    for plane, view in finer.views.items():
        rows, columns = prepared.views[plane].array.shape[1:]
        assert view.array.shape == (6, min(32, rows), min(32, columns))
    for plane, view in part.views.items():
        assert view.array.shape == (6, 16, 16)
        corner = prepared.views[plane].geometry.to_ijk(view.geometry.to_ras([0, 0, 0]))
        assert corner == pytest.approx(np.rint(corner), abs=1e-6)
    assert {plane: view.array.shape for plane, view in whole.views.items()} == {
        plane: view.array.shape for plane, view in prepared.views.items()
    }


def test_a_prepared_case_is_read_back_and_made_anew_when_a_file_changed(
    tmp_path, archive, change, prepare, vocabulary, untrained
):
    case = change(lambda rows: None).cases[0]
    prepared, path = prepare(case), tmp_path / "case.npz"
    key = prepared_key(case, vocabulary, untrained.manifest)
    write_prepared(path, prepared, key)
    again = read_prepared(path, key)
    assert np.array_equal(again.views[Plane.AXIAL].labels, prepared.views[Plane.AXIAL].labels)
    assert np.allclose(again.views[Plane.AXIAL].array, prepared.views[Plane.AXIAL].array, atol=2e-3)
    assert again.views[Plane.AXIAL].geometry.is_same_grid(prepared.views[Plane.AXIAL].geometry)
    (archive.folder / case.name / "axial.nii.gz").touch()
    assert read_prepared(path, prepared_key(case, vocabulary, untrained.manifest)) is None
    path.write_bytes(path.read_bytes()[:100])
    assert read_prepared(path, key) is None


def test_a_study_without_a_usable_series_is_skipped_with_the_reason(tmp_path, change, vocabulary):
    case = change(lambda rows: None).cases[0]
    grid = Geometry.from_box((-30, -30, -30), (30, 30, 30), 3.0)
    write_volume(Volume(np.zeros(grid.shape, np.uint8), grid), tmp_path / "empty.nii.gz")
    with pytest.raises(SkippedCaseError, match="same value"):
        study_of(replace(case, images={}, folder=tmp_path, label_maps={}), vocabulary)


def test_without_a_side_a_case_of_a_new_joint_is_skipped(change, vocabulary):
    case = replace(change(lambda rows: None).cases[0], side=None)
    with pytest.raises(SkippedCaseError, match="side is not known"):
        study_of(case, vocabulary)
    assert study_of(case, vocabulary, lambda study: Side.LEFT).side is Side.LEFT


def test_a_prepared_case_that_is_gone_is_named_when_it_is_drawn(tmp_path, change, vocabulary):
    case = change(lambda rows: None).cases[0]
    draws = CaseDraws([(case, tmp_path / "gone.npz")], vocabulary, 0.7, DrawSettings(), seed=0)
    with pytest.raises(TrainingError, match="prepared case is missing") as caught:
        draws[0]
    assert caught.value.where.endswith("gone.npz")


def test_a_label_map_that_was_corrected_is_scored_again(archive, change, prepare, vocabulary, untrained, tmp_path):
    """The same command again takes the scores of the call before for cases that are as they were."""
    manifest = with_vocabulary(untrained.manifest, vocabulary.joint)
    fields = {
        key: value for key, value in manifest.as_dict().items() if key not in ("files", "schema_version", "created")
    }
    bundle = write_bundle(tmp_path / "bundle", fields, weights_by_file(transferred_model(untrained, manifest)))
    drawn = tmp_path / "drawn.nii.gz"
    labels = read_volume(archive.folder / f"{archive.truths[0]['name']}/axial_labels.nii.gz")
    table = change(lambda rows: None)
    case = replace(table.cases[0], label_maps={"axial": drawn})

    def nodule_ml(array: np.ndarray) -> float:
        write_volume(labels.with_array(array), drawn)
        write_prepared(tmp_path / "case.npz", prepare(case), "")
        cohort = patient_cohort("held out", table, [(case, tmp_path / "case.npz")], vocabulary, manifest)
        (record,) = score_patients(bundle, cohort, vocabulary, tmp_path / "scores.jsonl", device="cpu")
        return record.structures["nodule"]["truth_ml"]

    less = labels.array.copy()
    less[::2][less[::2] == NODULE] = 0
    before = nodule_ml(labels.array)
    assert 0 < nodule_ml(less) < 0.7 * before


@pytest.mark.parametrize("begun", [True, False])
def test_a_case_that_was_corrected_moves_nobody_of_a_training_that_has_begun(
    change, archive, vocabulary, untrained, tmp_path, begun
):
    """Else who has taught would be held out, and the figures be those of patients that the networks know."""
    manifest = with_vocabulary(untrained.manifest, vocabulary.joint)
    model = transferred_model(untrained, manifest)
    broken = archive.folder / "broken.nii.gz"

    def edit(rows) -> None:
        for plane in ("coronal", "sagittal_labels", "axial", "axial_labels"):
            rows[4][plane] = ""
        rows[4]["sagittal"] = broken.name

    def dealt(image: bytes) -> dict[str, str]:
        broken.write_bytes(image)
        ready = prepare_table(
            change(edit), vocabulary, untrained, manifest, model, tmp_path, TableSettings(), report=lambda text: None
        )
        if begun:
            (tmp_path / TRAINING).mkdir(exist_ok=True)
        return {case.patient: split for split, cases in ready.by_split.items() for case, _ in cases}

    whole = (archive.folder / f"{archive.truths[4]['name']}/sagittal.nii.gz").read_bytes()
    first = dealt(whole[:100])
    assert "p4" not in first
    second = dealt(whole)
    moved = {patient for patient, split in first.items() if second[patient] != split}
    assert bool(moved) is not begun
    assert dealt(whole[:100]) == first
    assert dealt(whole) == second, "nor does he who was left out in between"
