"""How the views hang: each plane's series along its own slices, the right way round, and back as the user had them."""

import numpy as np
import pytest
from nodes import AXES, add_volume, affine_around_origin

VIEWS = {"axial": "Red", "sagittal": "Yellow", "coronal": "Green"}
FOUR_UP, CONVENTIONAL = 3, 2


@pytest.fixture
def layout(slicer):
    return slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLLayoutNode")


def composite(slicer, plane):
    return slicer.mrmlScene.GetSingletonNode(VIEWS[plane], "vtkMRMLSliceCompositeNode")


def axes_of(slicer, plane):
    """Right, up and out of the screen of a slice view in RAS, as columns."""
    matrix = slicer.mrmlScene.GetSingletonNode(VIEWS[plane], "vtkMRMLSliceNode").GetSliceToRAS()
    return np.array([[matrix.GetElement(row, column) for column in range(3)] for row in range(3)])


def shown(slicer):
    """Plane → name of the volume behind its view."""
    ids = {plane: composite(slicer, plane).GetBackgroundVolumeID() or "" for plane in VIEWS}
    volumes = {plane: slicer.mrmlScene.GetNodeByID(each) for plane, each in ids.items()}
    return {plane: volume.GetName() if volume is not None else None for plane, volume in volumes.items()}


def rotation(degrees, axis):
    angle, other = np.radians(degrees), [n for n in range(3) if n != axis]
    turned = np.eye(3)
    turned[np.ix_(other, other)] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return turned


def add_oblique(slicer, plane, turned, flipped=False):
    """A series whose slices are tilted against the body's axes; flipped: stored with the other handedness."""
    affine = affine_around_origin(AXES[plane], spacing_mm=(0.6, 0.6, 4.0))
    affine[:3, :3] = turned @ affine[:3, :3]
    affine[:3, 3] = turned @ affine[:3, 3]
    if flipped:
        affine[:3, 3] += affine[:3, 0] * 99
        affine[:3, 0] *= -1
    return add_volume(slicer.mrmlScene, f"{plane} oblique", affine=affine)


@pytest.mark.parametrize("flipped", [False, True])
@pytest.mark.parametrize("planes", [("sagittal", "coronal", "axial"), ("sagittal", "axial"), ("coronal",)])
def test_each_view_shows_its_plane_along_the_slices_as_they_were_acquired(slicer, module, planes, flipped):
    from OrthoDiffusionSlicer.scene import SliceViews

    standard = {}
    for plane in VIEWS:
        slicer.mrmlScene.GetSingletonNode(VIEWS[plane], "vtkMRMLSliceNode").SetOrientation(plane.capitalize())
        standard[plane] = axes_of(slicer, plane)
    turned = rotation(18, 2) @ rotation(-9, 0)
    nodes = {plane: add_oblique(slicer, plane, turned, flipped) for plane in planes}
    SliceViews.showInputs(slicer.mrmlScene, nodes)
    for plane in VIEWS:
        view = axes_of(slicer, plane)
        if plane in nodes:
            assert shown(slicer)[plane] == nodes[plane].GetName()
            across = turned @ np.array(AXES[plane][2])
            assert abs(view[:, 2] @ across) == pytest.approx(1.0, abs=1e-6), "the view cuts across the slices"
        else:
            assert shown(slicer)[plane] == nodes[planes[0]].GetName(), "a plane without a series shows another one"
        # Not turned round or mirrored: every axis within the tilt, and patient's right on the left of the screen.
        assert np.all(np.sum(view * standard[plane], axis=0) > np.cos(np.radians(25)))
        assert np.sign(np.linalg.det(view)) == np.sign(np.linalg.det(standard[plane]))
    assert axes_of(slicer, "axial")[0, 0] < -0.9 and axes_of(slicer, "coronal")[0, 0] < -0.9
    assert axes_of(slicer, "sagittal")[1, 0] < -0.9, "anterior is on the left"


@pytest.mark.parametrize("degrees", [35, 55, -55])
def test_oblique_series_of_a_shoulder_are_shown_along_their_slices_though_nearer_to_another_plane(
    slicer, module, degrees
):
    from OrthoDiffusionSlicer.scene import SliceViews

    turned = rotation(degrees, 2)  # a right shoulder's planes, or a left one's, about the body's long axis
    nodes = {plane: add_oblique(slicer, plane, turned) for plane in ("sagittal", "coronal")}
    SliceViews.showInputs(slicer.mrmlScene, nodes)
    for plane in nodes:
        view = axes_of(slicer, plane)
        across = turned @ np.array(AXES[plane][2])
        assert abs(view[:, 2] @ across) == pytest.approx(1.0, abs=1e-6), "the view cuts across the slices"
        assert view[2, 1] == pytest.approx(1.0, abs=1e-6), "up is up"
    assert axes_of(slicer, "coronal")[0, 0] < -0.5, "the patient's right is on the left"
    assert axes_of(slicer, "sagittal")[1, 0] < -0.5, "anterior is on the left"


@pytest.mark.parametrize("degrees", [35, 55])
def test_a_series_under_a_transform_is_shown_along_its_slices_where_it_lies_now(slicer, module, degrees):
    """RotateToVolumePlane of Slicer's views looks at the transform as well."""
    from nodes import matrix_of
    from OrthoDiffusionSlicer.scene import SliceViews

    node = add_oblique(slicer, "sagittal", np.eye(3))
    turned, moving = rotation(degrees, 2), np.eye(4)
    moving[:3, :3] = turned
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "by hand")
    transform.SetMatrixTransformToParent(matrix_of(moving))
    node.SetAndObserveTransformNodeID(transform.GetID())
    SliceViews.showInputs(slicer.mrmlScene, {"sagittal": node})
    across = turned @ np.array(AXES["sagittal"][2])
    assert abs(axes_of(slicer, "sagittal")[:, 2] @ across) == pytest.approx(1.0, abs=1e-6), "it cuts across the slices"


def test_a_series_under_a_transform_that_bends_is_shown_along_the_body(slicer, module, capfd):
    """Slicer's views cannot follow it, and write an error into the log when they are asked to."""
    import vtk
    from OrthoDiffusionSlicer.scene import SliceViews

    node = add_oblique(slicer, "sagittal", rotation(18, 2))
    transform = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLBSplineTransformNode", "bend")
    transform.SetAndObserveTransformFromParent(vtk.vtkThinPlateSplineTransform())
    node.SetAndObserveTransformNodeID(transform.GetID())
    capfd.readouterr()
    SliceViews.showInputs(slicer.mrmlScene, {"sagittal": node})
    assert "non-linear" not in capfd.readouterr().err
    assert shown(slicer)["sagittal"] == node.GetName()
    assert abs(axes_of(slicer, "sagittal")[0, 2]) == pytest.approx(1.0)


def test_a_button_arranges_the_views_and_the_same_button_puts_them_back(slicer, panel, knee, click, layout):
    from OrthoDiffusionSlicer.scene import SliceViews

    mine = add_volume(slicer.mrmlScene, "mine", "axial")
    for plane in VIEWS:
        composite(slicer, plane).SetBackgroundVolumeID(mine.GetID())
    view = slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceNode")
    view.SetOrientation("Coronal")
    view.JumpSliceByCentering(3.0, -7.0, 11.0)
    before = [view.GetSliceToRAS().GetElement(row, column) for row in range(4) for column in range(4)]
    assert panel.ui.arrangeButton.text == "Arrange views"
    click(panel.ui.arrangeButton)
    assert layout.GetViewArrangement() == FOUR_UP
    assert shown(slicer) == {plane: node.GetName() for plane, node in knee.items()}
    assert all(composite(slicer, plane).GetLinkedControl() for plane in VIEWS)
    SliceViews.jumpTo(slicer.mrmlScene, (1.0, 2.0, 3.0))
    assert panel.ui.arrangeButton.text == "Views as before"
    click(panel.ui.arrangeButton)
    assert layout.GetViewArrangement() == CONVENTIONAL
    assert shown(slicer) == dict.fromkeys(VIEWS, "mine")
    assert not any(composite(slicer, plane).GetLinkedControl() for plane in VIEWS)
    after = [view.GetSliceToRAS().GetElement(row, column) for row in range(4) for column in range(4)]
    assert after == pytest.approx(before)


def test_each_view_shows_where_the_others_cut_it_while_the_views_are_arranged(slicer, panel, knee, click, layout):
    lines = [slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSliceDisplayNode") for _view in VIEWS]
    lines[0].SetIntersectingSlicesVisibility(True)  # as the user had it
    click(panel.ui.arrangeButton)
    assert [bool(node.GetIntersectingSlicesVisibility()) for node in lines] == [True, True, True]
    lines[1].SetIntersectingSlicesVisibility(False)  # by Slicer's own button
    click(panel.ui.analyzeButton)
    assert not lines[1].GetIntersectingSlicesVisibility(), "what the user set meanwhile stays"
    click(panel.ui.arrangeButton)
    assert [bool(node.GetIntersectingSlicesVisibility()) for node in lines] == [True, False, False]


def test_a_volume_that_was_deleted_meanwhile_is_not_put_back(slicer, panel, knee, click):
    mine = add_volume(slicer.mrmlScene, "mine", "axial")
    composite(slicer, "axial").SetBackgroundVolumeID(mine.GetID())
    click(panel.ui.arrangeButton)
    slicer.mrmlScene.RemoveNode(mine)
    click(panel.ui.arrangeButton)
    assert shown(slicer)["axial"] is None


@pytest.fixture
def analyzed(panel, knee, click, wait_for):
    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)
    return panel


def test_an_analysis_arranges_the_views_and_leaving_gives_the_layout_back(slicer, analyzed, knee, layout):
    assert layout.GetViewArrangement() == FOUR_UP
    assert shown(slicer) == {plane: node.GetName() for plane, node in knee.items()}
    analyzed.exit()
    assert layout.GetViewArrangement() == CONVENTIONAL
    assert not composite(slicer, "axial").GetLinkedControl()
    assert shown(slicer) == {plane: node.GetName() for plane, node in knee.items()}, "the images stay for the editor"
    analyzed.enter()
    assert layout.GetViewArrangement() == FOUR_UP and composite(slicer, "axial").GetLinkedControl()
    analyzed.cleanup()
    assert layout.GetViewArrangement() == CONVENTIONAL


def test_a_layout_that_the_user_chose_himself_is_left_alone(slicer, analyzed, click, wait_for, layout):
    red = layout.SlicerLayoutOneUpRedSliceView
    layout.SetViewArrangement(red)
    click(analyzed.ui.analyzeButton)
    wait_for(lambda: analyzed.run.busy)
    wait_for(lambda: not analyzed.run.busy)
    assert layout.GetViewArrangement() == red
    analyzed.exit()
    assert layout.GetViewArrangement() == red
    analyzed.enter()
    assert layout.GetViewArrangement() == red


def test_who_works_in_another_module_is_not_disturbed_by_an_analysis_that_ends(
    slicer, panel, knee, click, wait_for, layout, standin
):
    standin.tell(pause=0.3)
    panel.session.parameters.show3D = False
    mine = add_volume(slicer.mrmlScene, "label work", "axial")
    for plane in VIEWS:
        composite(slicer, plane).SetBackgroundVolumeID(mine.GetID())
    click(panel.ui.analyzeButton)
    panel.exit()
    wait_for(lambda: panel.session.results is not None and not panel.run.busy)
    assert layout.GetViewArrangement() == CONVENTIONAL and shown(slicer)["sagittal"] == "label work"
    panel.enter()
    assert layout.GetViewArrangement() == FOUR_UP and shown(slicer)["sagittal"] == knee["sagittal"].GetName()


def test_a_closed_scene_gives_the_layout_back_and_forgets_the_views(slicer, analyzed, layout):
    slicer.mrmlScene.Clear(False)
    assert layout.GetViewArrangement() == CONVENTIONAL
    assert not analyzed.session.reading.hanging.arranged and analyzed.ui.arrangeButton.text == "Arrange views"
    assert not analyzed.ui.arrangeButton.enabled


@pytest.mark.parametrize("own", ["NoCrosshair", "ShowIntersection"])
def test_the_crosshair_that_marks_a_place_is_the_users_own_again_afterwards(slicer, analyzed, own):
    """When the panel is left, and when the results that it was about are gone; one that he has set stays as it is."""
    node = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    node.SetCrosshairMode(getattr(node, own))

    def choose():
        ui = analyzed.ui
        ui.findingsTable.cellClicked.emit(analyzed.sections.findings.table.rowOf("joint_effusion"), 0)
        return node.GetCrosshairMode()

    shown = node.ShowSmallBasic if own == "NoCrosshair" else node.ShowIntersection
    assert choose() == shown
    analyzed.exit()
    assert node.GetCrosshairMode() == getattr(node, own)
    analyzed.enter()
    assert choose() == shown
    slicer.mrmlScene.RemoveNode(analyzed.session.results.table)
    assert node.GetCrosshairMode() == getattr(node, own)
