"""The scene file that `make demo` writes: opened again by Slicer's reader, it holds everything, at its place."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import handmade
import numpy as np
import pytest
from nodes import AXES, add_volume, affine_around_origin, centroid_ras, segment_mask
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance, Scene, SceneExport, SliceViews
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
from OrthoDiffusionSlicer.scene.SegmentationWriter import tag
from OrthoDiffusionSlicer.scene.StudyReader import studyItem, subjectHierarchy
from OrthoDiffusionSlicer.scene.VoxelHash import markOfSegment, sameMark
from PIL import Image

from OrthoDiffusionLib.volumes import Geometry, Volume, write_volume


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """A results folder, its volumes as files, and what the command made of them."""
    folder = tmp_path_factory.mktemp("export")
    results = handmade.save_results(folder / "results")
    (folder / "volumes").mkdir()
    shape = (60, 60, 20)
    for plane, name in handmade.PLANES.items():
        array = np.random.default_rng(0).integers(0, 400, shape).astype(np.int16)
        affine = affine_around_origin(AXES[plane], (1.6, 1.6, 5.0), shape)
        write_volume(Volume(array, Geometry(shape, affine), name=name), folder / "volumes" / f"{name}.nii.gz")
    command = [sys.executable, SceneExport.__file__, str(results), "--volumes", str(folder / "volumes")]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return results, done.stdout


@pytest.fixture
def reopened(exported, tmp_path):
    (tmp_path / "cache").mkdir()
    scene = Scene.newScene(tmp_path / "cache")
    assert scene.ReadFromMRB(str(exported[0] / "scene.mrb"), True)
    return scene


def test_the_command_says_where_scene_and_picture_are(exported):
    results, said = exported
    assert str(results / "scene.mrb") in said and str(results / "scene.png") in said
    assert zipfile.is_zipfile(results / "scene.mrb")


def test_a_results_folder_named_from_where_one_stands_gets_its_picture_too(exported, tmp_path, monkeypatch):
    shutil.copytree(exported[0], tmp_path / "results")
    (tmp_path / "results" / "scene.png").unlink()
    monkeypatch.chdir(tmp_path)
    scene, picture = SceneExport.export(Path("results"), ())
    assert scene == Path("results/scene.mrb") and picture is not None and picture.is_file()


def test_the_picture_shows_bones_on_white(exported):
    image = Image.open(exported[0] / "scene.png").convert("RGB")
    pixels = np.asarray(image).reshape(-1, 3).astype(int)
    assert (pixels.min(axis=1) > 250).mean() > 0.3, "no white ground"
    bone = (pixels[:, 0] > 120) & (pixels[:, 0] - pixels[:, 2] > 30)
    assert bone.mean() > 0.02, "no bone is seen"


def test_segments_come_back_at_their_place_with_all_they_carry(reopened):
    (node,) = Provenance.madeByUs(reopened, Provenance.SEGMENTATION, "vtkMRMLSegmentationNode")
    assert node.GetAttribute("OrthoDiffusion.BundleSHA256") == "ab" * 32
    for name, (centre, _half) in handmade.BOXES.items():
        segment = node.GetSegmentation().GetSegment(name)
        assert centroid_ras(segment) == pytest.approx(centre, abs=0.01)
        predicted = tag(segment, "OrthoDiffusion.VoxelHash"), tag(segment, "OrthoDiffusion.VoxelOrigin")
        assert sameMark(predicted, markOfSegment(segment)), f"{name} would count as edited"
        assert segment_mask(segment)[0].any()


def test_a_row_still_leads_to_its_place_and_its_heat_map(reopened):
    (table,) = FindingsNodes.tablesIn(reopened)
    rows = {row.key: row for row in FindingsNodes.rowsOf(table)}
    row = rows["medial_meniscus_injury"]
    assert row.pointRAS == pytest.approx(handmade.TEAR_RAS)
    volume = FindingsNodes.evidenceNodes(table)["medial_meniscus_injury"]
    SliceViews.jumpTo(reopened, row.pointRAS)
    SliceViews.showHeatMap(reopened, volume)
    count = reopened.GetNumberOfNodesByClass("vtkMRMLSliceNode")
    assert count == 3
    for index in range(count):
        view = reopened.GetNthNodeByClass(index, "vtkMRMLSliceNode")
        centre = [view.GetSliceToRAS().GetElement(axis, 3) for axis in range(3)]
        assert centre == pytest.approx(row.pointRAS, abs=1e-6)
        composite = reopened.GetNthNodeByClass(index, "vtkMRMLSliceCompositeNode")
        assert composite.GetForegroundVolumeID() == volume.GetID()
    SliceViews.showHeatMap(reopened, None)
    assert not reopened.GetNthNodeByClass(0, "vtkMRMLSliceCompositeNode").GetForegroundVolumeID()


def test_warnings_and_not_assessed_findings_come_back(reopened):
    (table,) = FindingsNodes.tablesIn(reopened)
    assert FindingsNodes.warningsOf(table)[0]["what"] == "The volume has only 12 slices"
    row = next(row for row in FindingsNodes.rowsOf(table) if row.key == "patellar_dislocation")
    assert not row.assessed and row.probability is None and "cannot distinguish" in row.note


def test_volumes_and_results_lie_under_one_study(reopened):
    (table,) = FindingsNodes.tablesIn(reopened)
    study = studyItem(reopened, table)
    assert subjectHierarchy(reopened).GetItemName(study) == "Knee, right"
    inputs = Provenance.inputsOf(table)
    assert {plane: node.GetName() for plane, node in inputs.items()} == handmade.PLANES
    assert all(studyItem(reopened, node) == study for node in inputs.values())


def test_a_second_analysis_in_the_reopened_scene_replaces_the_untouched_segments(reopened, exported):
    (table,) = FindingsNodes.tablesIn(reopened)
    nodes = SceneWriter(reopened, exported[0], Provenance.inputsOf(table)).write()
    assert not nodes.messages
    assert sorted(nodes.segmentation.GetSegmentation().GetSegmentIDs()) == sorted(handmade.BOXES)


def test_a_folder_that_is_no_result_is_refused_in_a_sentence(tmp_path):
    command = [sys.executable, SceneExport.__file__, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "findings.json is missing" in done.stderr and "Traceback" not in done.stderr


def test_independent_code_reads_the_segmentation_out_of_the_scene_file(exported, tmp_path):
    """SimpleITK knows nothing of MRML; it must see the same labels at the same millimetres."""
    import SimpleITK as sitk

    with zipfile.ZipFile(exported[0] / "scene.mrb") as archive:
        outlines = [name for name in archive.namelist() if name.endswith(".seg.nrrd")]
        (name,) = [name for name in outlines if "predicted" not in name]  # the copy that edits are compared with
        archive.extract(name, tmp_path)
    image = sitk.ReadImage(str(tmp_path / name))
    labels = {image.GetMetaData(f"Segment{n}_ID"): int(image.GetMetaData(f"Segment{n}_LabelValue")) for n in range(7)}
    array = sitk.GetArrayFromImage(image)
    for segment, (centre, _half) in handmade.BOXES.items():
        k, j, i = np.argwhere(array == labels[segment]).mean(axis=0)
        x, y, z = image.TransformContinuousIndexToPhysicalPoint((i, j, k))
        assert (-x, -y, z) == pytest.approx(centre, abs=0.01)


@pytest.mark.parametrize("handed", [1, -1])
def test_labels_on_an_oblique_grid_stay_where_they_are(scene, tmp_path, handed):
    affine = np.eye(4)
    angle = np.deg2rad(25)
    affine[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    affine[:3, 2] *= handed
    affine[:3, 3] = (-40, 12, -33 * handed)
    geometry = Geometry((70, 60, 66), affine)
    labels = np.zeros(geometry.shape, np.uint8)
    labels[10:20, 30:45, 20:28] = 1
    expected = geometry.to_ras(np.array([14.5, 37.0, 23.5]))
    results = handmade.save_results(tmp_path / "r", labels=Volume(labels, geometry))
    node = add_volume(scene, "sag_fs", "sagittal")
    written = SceneWriter(scene, results, {"sagittal": node}).write()
    femur = written.segmentation.GetSegmentation().GetSegment("femur")
    assert centroid_ras(femur) == pytest.approx(expected, abs=1e-4)
