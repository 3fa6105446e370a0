"""What an analysis leaves in the scene: in the right place, with its provenance, never over somebody's work."""

from collections import Counter

import handmade
import numpy as np
import pytest
import slicer
import vtk
from nodes import add_volume, centroid_ras, matrix_of, segment_mask
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance
from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.SceneWriter import SceneWriter
from OrthoDiffusionSlicer.scene.SegmentationWriter import SegmentationWriter, tag
from OrthoDiffusionSlicer.scene.StudyReader import studyItem, subjectHierarchy, worldMatrix
from OrthoDiffusionSlicer.scene.VoxelHash import markOfSegment

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.errors import OrthoDiffusionError

_Logic = slicer.vtkSlicerSegmentationsModuleLogic


def segments_of(nodes):
    return nodes.segmentation.GetSegmentation()


@pytest.mark.parametrize("name", handmade.BOXES)
def test_each_structure_lies_at_its_place_in_the_patient(written, name):
    centre, half = handmade.BOXES[name]
    segment = segments_of(written).GetSegment(name)
    assert centroid_ras(segment) == pytest.approx(centre, abs=0.01)
    assert segment_mask(segment)[0].sum() == (2 * half) ** 3


def test_all_structures_share_one_layer_and_can_still_be_edited_apart(written):
    segments = segments_of(written)
    assert segments.GetNumberOfLayers() == 1
    segment_mask(segments.GetSegment("tibia"))
    segments.SeparateSegmentLabelmap("femur")
    image = segments.GetSegment("femur").GetRepresentation("Binary labelmap")
    image.GetPointData().GetScalars().Fill(0)
    assert segment_mask(segments.GetSegment("tibia"))[0].any()


def test_segments_carry_terminology_colour_status_and_provenance(written):
    for structure in KNEE.structures:
        segment = segments_of(written).GetSegment(structure.name)
        if structure.name not in handmade.BOXES:
            assert segment is None, "a structure without a voxel is no segment"
            continue
        assert segment.GetName() == structure.title
        assert segment.GetColor() == pytest.approx(structure.colour_unit)
        assert f"{structure.code.scheme}^{structure.code.value}^{structure.code.meaning}" in segment.GetTerminology()
        assert "24028007^Right" in segment.GetTerminology()
        assert _Logic.GetSegmentStatus(segment) == _Logic.InProgress
        assert tag(segment, "OrthoDiffusion.Bundle") == "knee-small 0.1.0"
        assert tag(segment, "OrthoDiffusion.VoxelHash") == markOfSegment(segment)[0] != ""


def test_the_segmentation_says_what_made_it_from_what_and_when(written, inputs):
    node = written.segmentation
    assert node.GetAttribute("OrthoDiffusion.Bundle") == "knee-small"
    assert node.GetAttribute("OrthoDiffusion.BundleVersion") == "0.1.0"
    assert node.GetAttribute("OrthoDiffusion.BundleSHA256") == "ab" * 32
    assert node.GetAttribute("OrthoDiffusion.Created").startswith("20")
    assert "sag_fs" in node.GetAttribute("OrthoDiffusion.Inputs")
    assert Provenance.inputsOf(node) == inputs


def test_the_table_says_what_was_found_and_what_was_not_assessed(written):
    rows = {row.key: row for row in written.findings}
    assert len(rows) == len(KNEE.abnormalities)
    effusion = rows["joint_effusion"]
    assert (effusion.assessed, effusion.probability) == (True, 0.93)
    assert effusion.byPlane == {"sagittal": 0.95, "coronal": 0.86, "axial": 0.91}
    assert effusion.pointRAS == pytest.approx(handmade.EFFUSION_RAS)
    dislocation = rows["patellar_dislocation"]
    assert (dislocation.assessed, dislocation.probability, dislocation.pointRAS) == (False, None, None)
    assert "cannot distinguish" in dislocation.note
    assert written.warnings[0]["what"] == "The volume has only 12 slices"


def test_the_heat_map_is_hottest_where_the_finding_was_seen(written):
    node = written.evidence["medial_meniscus_injury"]
    image = node.GetImageData()
    array = slicer.util.arrayFromVolume(node)
    k, j, i = np.unravel_index(array.argmax(), array.shape)
    matrix = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(matrix)
    assert matrix.MultiplyPoint((i, j, k, 1))[:3] == pytest.approx(handmade.TEAR_RAS, abs=3.0)
    display = node.GetDisplayNode()
    assert display.GetApplyThreshold() and display.GetLowerThreshold() > 0
    assert display.GetColorNode().GetName() == FindingsNodes.HEAT_COLOURS
    assert image.GetScalarTypeAsString() == "unsigned char"


def test_everything_lies_under_one_study(scene, written, inputs):
    hierarchy = subjectHierarchy(scene)
    study = studyItem(scene, written.segmentation)
    assert hierarchy.GetItemName(study) == "Knee, right"
    for node in [*inputs.values(), written.table, *written.evidence.values()]:
        assert studyItem(scene, node) == study


def test_a_study_of_the_users_is_used_and_folders_of_the_users_stay(scene, results, inputs):
    hierarchy = subjectHierarchy(scene)
    patient = hierarchy.CreateSubjectItem(hierarchy.GetSceneItemID(), "Patient")
    study = hierarchy.CreateStudyItem(patient, "MR knee 2026")
    hierarchy.CreateItem(study, inputs["sagittal"], "Volumes")
    folder = hierarchy.CreateFolderItem(hierarchy.GetSceneItemID(), "mine")
    hierarchy.CreateItem(folder, inputs["axial"], "Volumes")
    nodes = SceneWriter(scene, results, inputs).write()
    assert studyItem(scene, nodes.segmentation) == study
    assert hierarchy.GetItemParent(hierarchy.GetItemByDataNode(inputs["axial"])) == folder


def test_a_second_analysis_replaces_untouched_predictions_and_leaves_no_double(scene, results, inputs, written):
    before = _kinds(scene)
    again = SceneWriter(scene, results, inputs).write()
    assert again.segmentation is written.segmentation
    assert not again.messages
    assert sorted(segments_of(again).GetSegmentIDs()) == sorted(handmade.BOXES)
    assert _kinds(scene) == before
    assert again.table.GetName() == "Knee findings"


def _kinds(scene):
    """How many nodes there are of each class, display and storage nodes included."""
    return Counter(scene.GetNthNode(index).GetClassName() for index in range(scene.GetNumberOfNodes()))


def test_an_edited_segment_is_kept_and_the_new_prediction_lies_beside_it(scene, results, inputs, written):
    segments = segments_of(written)
    segments.SeparateSegmentLabelmap("femur")
    femur = segments.GetSegment("femur")
    image = femur.GetRepresentation("Binary labelmap")
    mask, _affine = segment_mask(femur)
    k, j, i = np.argwhere(mask)[0]
    extent = image.GetExtent()
    image.SetScalarComponentFromDouble(extent[0] + i, extent[2] + j, extent[4] + k, 0, 0)
    edited = segment_mask(femur)[0].sum()

    again = SceneWriter(scene, results, inputs).write()

    assert segment_mask(segments.GetSegment("femur"))[0].sum() == edited
    beside = again.segments["femur"]
    assert beside != "femur"
    assert segments.GetSegment(beside).GetName() == "Femur (new prediction)"
    assert segment_mask(segments.GetSegment(beside))[0].sum() == edited + 1
    assert not again.segmentation.GetDisplayNode().GetSegmentVisibility(beside)
    assert any("‘Femur’ was edited and is kept" in message.what for message in again.messages)


@pytest.mark.parametrize(("status", "word"), [(_Logic.Completed, "marked completed"), (_Logic.Flagged, "flagged")])
def test_a_reviewed_segment_is_kept(scene, results, inputs, written, status, word):
    _Logic.SetSegmentStatus(segments_of(written).GetSegment("tibia"), status)
    again = SceneWriter(scene, results, inputs).write()
    assert _Logic.GetSegmentStatus(segments_of(again).GetSegment("tibia")) == status
    assert any(f"‘Tibia’ was {word} and is kept" in message.what for message in again.messages)
    assert any(f"was {word} and is kept" in warning["what"] for warning in again.warnings)


def test_a_segment_drawn_by_the_user_is_never_touched(scene, results, inputs, written):
    segments_of(written).AddEmptySegment("mine", "My cyst")
    again = SceneWriter(scene, results, inputs).write()
    assert segments_of(again).GetSegment("mine").GetName() == "My cyst"


def test_a_second_analysis_is_seen_where_it_says_and_not_where_the_first_was(scene, results, inputs, written, tmp_path):
    boxes = {"femur": ((5.0, -8.0, 20.0), 9.0), "tibia": ((0.0, 0.0, -30.0), 12.0)}
    moved = handmade.save_array_results(tmp_path / "moved", labels=handmade.box_labels(handmade.grid(), boxes))
    again = SceneWriter(scene, moved, inputs).write()
    assert sorted(segments_of(again).GetSegmentIDs()) == ["femur", "tibia"]
    femur = segments_of(again).GetSegment("femur")
    assert centroid_ras(femur) == pytest.approx(boxes["femur"][0], abs=0.01)
    assert tag(femur, "OrthoDiffusion.VoxelHash") == markOfSegment(femur)[0]


def test_the_prediction_beside_a_kept_segment_is_brought_up_to_date(scene, results, inputs, written):
    _Logic.SetSegmentStatus(segments_of(written).GetSegment("tibia"), _Logic.Completed)
    second = SceneWriter(scene, results, inputs).write()
    third = SceneWriter(scene, results, inputs).write()
    assert second.segments["tibia"] == third.segments["tibia"] != "tibia"
    _Logic.SetSegmentStatus(segments_of(written).GetSegment("tibia"), _Logic.InProgress)
    fourth = SceneWriter(scene, results, inputs).write()
    assert sorted(segments_of(fourth).GetSegmentIDs()) == sorted(handmade.BOXES)


def test_names_and_colours_that_the_user_gave_stay(scene, results, inputs, written):
    femur = segments_of(written).GetSegment("femur")
    femur.SetName("Thigh bone")
    femur.SetColor(0.1, 0.2, 0.3)
    again = SceneWriter(scene, results, inputs).write()
    assert segments_of(again).GetSegment("femur").GetName() == "Thigh bone"
    assert segments_of(again).GetSegment("femur").GetColor() == pytest.approx((0.1, 0.2, 0.3))


def test_a_segmentation_in_the_segment_editor_is_left_alone(scene, results, inputs, written):
    editor = scene.AddNewNodeByClass("vtkMRMLSegmentEditorNode", "SegmentEditor")
    editor.SetAndObserveSegmentationNode(written.segmentation)
    editor.SetActiveEffectName("Paint")
    again = SceneWriter(scene, results, inputs).write()
    assert again.segmentation is not written.segmentation
    assert "open in the Segment Editor" in again.messages[0].what
    editor.SetActiveEffectName("")
    assert SceneWriter(scene, results, inputs).write().segmentation is again.segmentation


def test_outlines_are_where_the_images_lie_though_those_of_before_were_moved(scene, results, inputs, written):
    """The worker returns places in the world; under the transform of earlier outlines they would move once more."""
    moved = scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "moved")
    moving = np.eye(4)
    moving[:3, 3] = 60.0, -20.0, 10.0
    moved.SetMatrixTransformToParent(matrix_of(moving))
    for node in (*inputs.values(), written.segmentation):
        node.SetAndObserveTransformNodeID(moved.GetID())
    again = SceneWriter(scene, results, inputs).write()
    centre = again.segmentation.GetSegmentCenterRAS("femur")
    assert centre == pytest.approx(handmade.BOXES["femur"][0], abs=0.6)
    assert written.segmentation.GetSegmentation().GetNumberOfSegments() == len(handmade.BOXES)
    assert "under a transform and was left as it is" in again.messages[0].what
    moved.SetMatrixTransformToParent(matrix_of(np.eye(4)))
    written.segmentation.SetAndObserveTransformNodeID(None)
    assert SceneWriter(scene, results, inputs).write().segmentation is again.segmentation


def until_seen(writer):
    """The steps of a writer until its results can be seen; the hashes would follow."""
    for _step in writer.steps():
        if writer.nodes is not None:
            return writer.nodes
    return None


def test_an_analysis_right_after_another_one_takes_no_prediction_for_edited(scene, results, inputs):
    first = until_seen(SceneWriter(scene, results, inputs))
    node = first.segmentation
    assert not any(KeptOutlines.isEdited(node, name) for name in handmade.BOXES)
    segments_of(first).SeparateSegmentLabelmap("tibia")
    segment = segments_of(first).GetSegment("tibia")
    k, j, i = np.argwhere(segment_mask(segment)[0])[0]
    image = segment.GetRepresentation("Binary labelmap")
    low = image.GetExtent()[::2]
    image.SetScalarComponentFromDouble(low[0] + i, low[1] + j, low[2] + k, 0, 0)
    again = SceneWriter(scene, results, inputs).write()
    assert again.segmentation is node
    assert [message.what.split("’")[0] for message in again.messages] == ["‘Tibia"]


def test_two_analyses_of_a_study_that_end_at_once_share_one_segmentation(scene, results, inputs, monkeypatch):
    """The panel's and one of the console, which lets the panel work on: the second sees what the first has left."""
    commit, console = SegmentationWriter.commit, []

    def commitAfterTheOther(writer):
        if not console:
            console.append(None)
            console[0] = SceneWriter(scene, results, inputs).write()
        return commit(writer)

    monkeypatch.setattr(SegmentationWriter, "commit", commitAfterTheOther)
    panel = SceneWriter(scene, results, inputs).write()
    assert panel.segmentation is console[0].segmentation and not panel.messages
    tables = [node for node in FindingsNodes.tablesIn(scene) if node.GetNodeReference(Provenance.SEGMENTATION_ROLE)]
    assert tables == [panel.table]


def test_an_edited_table_is_kept(scene, results, inputs, written):
    written.table.SetCellText(0, written.table.GetNumberOfColumns() - 2, "seen by M., agreed")
    again = SceneWriter(scene, results, inputs).write()
    assert scene.IsNodePresent(written.table) and again.table is not written.table


def test_what_slicer_clones_belongs_to_the_user(scene, results, inputs, written):
    """A backup of outlines before an edit, say: no analysis replaces it, and it is not taken for the results."""
    hierarchy = subjectHierarchy(scene)
    clone = slicer.vtkSlicerSubjectHierarchyModuleLogic.CloneSubjectHierarchyItem
    for node, name in ((written.table, "my findings"), (written.segmentation, "my outlines")):
        clone(hierarchy, hierarchy.GetItemByDataNode(node), name)
    assert scene.GetFirstNodeByName("my findings").GetAttribute("OrthoDiffusion.Role") == "findings"
    assert FindingsNodes.tablesIn(scene) == [written.table]
    mine = scene.GetFirstNodeByName("my outlines").GetSegmentation().GetSegment("femur")
    image = mine.GetRepresentation("Binary labelmap")
    before = image.GetMTime()
    again = SceneWriter(scene, results, inputs).write()
    assert again.segmentation is written.segmentation and FindingsNodes.tablesIn(scene)[-1] is again.table
    assert mine.GetRepresentation("Binary labelmap") is image and image.GetMTime() == before


def test_another_study_gets_its_own_nodes(scene, results, written):
    other = {"sagittal": add_volume(scene, "other", "sagittal")}
    nodes = SceneWriter(scene, results, other).write()
    assert nodes.segmentation is not written.segmentation
    assert nodes.table is not written.table


@pytest.mark.parametrize(
    ("write", "file", "said"),
    [
        (handmade.save_array_results, "arrays/segmentation.npy", r"segmentation\.npy cannot be read"),
        (handmade.save_results, "segmentation.nii.gz", r"no readable segmentation \(.*segmentation\.nii\.gz"),
    ],
)
def test_a_broken_results_folder_changes_nothing_and_says_which_file(scene, inputs, tmp_path, write, file, said):
    broken = write(tmp_path / "broken") / file
    broken.write_bytes(broken.read_bytes()[:-200])
    before = scene.GetNumberOfNodes()
    with pytest.raises(OrthoDiffusionError, match=said):
        SceneWriter(scene, tmp_path / "broken", inputs).write()
    assert scene.GetNumberOfNodes() == before


def test_a_results_folder_of_the_command_line_fills_the_scene_as_what_is_handed_back(scene, inputs, written, tmp_path):
    nodes = SceneWriter(scene, handmade.save_results(tmp_path / "saved"), {}).write()
    for name in handmade.BOXES:
        here, there = (segments_of(each).GetSegment(name) for each in (nodes, written))
        assert markOfSegment(here) == markOfSegment(there)
    assert nodes.findings == written.findings
    for name, volume in written.evidence.items():
        same = nodes.evidence[name]
        assert np.array_equal(slicer.util.arrayFromVolume(same), slicer.util.arrayFromVolume(volume))
        assert np.allclose(worldMatrix(same), worldMatrix(volume))


def test_a_volume_deleted_meanwhile_is_left_out(scene, results, inputs):
    scene.RemoveNode(inputs["coronal"])
    nodes = SceneWriter(scene, results, inputs).write()
    assert set(Provenance.inputsOf(nodes.segmentation)) == {"sagittal", "axial"}


def test_structures_and_findings_that_only_the_bundle_knows_are_shown_by_their_names(scene, results, inputs):
    for path in (results / "findings.json", results / "arrays" / "arrays.json"):
        content = (
            path.read_text(encoding="utf-8")
            .replace('"femur"', '"popliteal_cyst"')
            .replace('"joint_effusion"', '"bone_island"')
        )
        path.write_text(content, encoding="utf-8")
    nodes = SceneWriter(scene, results, inputs).write()
    assert segments_of(nodes).GetSegment("popliteal_cyst").GetName() == "Popliteal cyst"
    assert "Bone island" in [row.title for row in nodes.findings]
