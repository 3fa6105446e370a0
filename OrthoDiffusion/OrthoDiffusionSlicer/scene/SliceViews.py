"""What the slice views show: each plane's volume, a place, a heat map. Through the scene, without Qt."""

import math

import slicer
import vtk

from OrthoDiffusionSlicer.scene.StudyReader import matrixToWorld

THICKER = 1.5  # a volume is a stack of slices if its largest spacing is so much larger than the next
LEAST_DEGREES = 0.01
CENTRED = 0  # vtkMRMLSliceNode.CenteredJumpSlice

VIEW_OF_PLANE = {"axial": "Red", "sagittal": "Yellow", "coronal": "Green"}


def showInputs(scene, inputs):
    """Put each plane's volume behind the slice view that is made for it, along the volume's own axes.

    The view starts from Slicer's own orientation of that plane, which says what of the patient is on the left of the
    screen (radiological unless the user's settings say otherwise), and is turned from there to the nearest axes of the
    volume: left and right stay, and what is shown are the slices as they were acquired. A plane without a volume of
    its own shows another one, cut across its slices.

    Args:
        scene: the MRML scene.
        inputs: plane name → volume node.

    Returns:
        True if a view shows another volume than before, so that it may not fit.
    """
    changed = False
    for plane, viewName in VIEW_OF_PLANE.items():
        volume = inputs.get(plane) or next(iter(inputs.values()), None)
        composite, view = compositeOf(scene, viewName), viewOf(scene, viewName)
        if volume is None or composite is None or view is None:
            continue
        changed = changed or composite.GetBackgroundVolumeID() != volume.GetID()
        composite.SetBackgroundVolumeID(volume.GetID())
        view.SetOrientation(plane.capitalize())
        toWorld = matrixToWorld(volume)
        if toWorld is None:
            continue  # bent by a transform: it has no axes that a view could follow
        if plane in inputs:
            _turnToSlices(view, volume, toWorld)
        view.RotateToVolumePlane(volume)
    return changed


def _turnToSlices(view, volume, toWorld):
    """Turn a view the shortest way until it looks along a volume's slices, so that the axes of the volume that are
    nearest are those of its slices: a shoulder's oblique ones may be nearer to another plane of the body.

    A volume with voxels about as long as broad has no slices of its own.
    """
    spacing = volume.GetSpacing()
    axis = max(range(3), key=lambda number: spacing[number])
    if spacing[axis] < THICKER * sorted(spacing)[1]:
        return
    directions, toRAS = vtk.vtkMatrix4x4(), view.GetSliceToRAS()
    volume.GetIJKToRASDirectionMatrix(directions)
    along = list((toWorld @ slicer.util.arrayFromVTKMatrix(directions))[:3, axis])
    normal = [toRAS.GetElement(row, 2) for row in range(3)]
    if vtk.vtkMath.Dot(along, normal) < 0:
        along = [-value for value in along]
    about = [0.0, 0.0, 0.0]
    vtk.vtkMath.Cross(normal, along, about)
    angle = math.degrees(math.atan2(vtk.vtkMath.Norm(about), vtk.vtkMath.Dot(normal, along)))
    if angle < LEAST_DEGREES:
        return
    turn = vtk.vtkTransform()
    turn.RotateWXYZ(angle, *about)
    for column in range(3):
        turned = turn.TransformVector([toRAS.GetElement(row, column) for row in range(3)])
        for row in range(3):
            toRAS.SetElement(row, column, turned[row])
    view.UpdateMatrices()


def jumpTo(scene, pointRAS):
    """Centre every slice view on a place."""
    slicer.vtkMRMLSliceNode.JumpAllSlices(scene, *pointRAS, CENTRED)


def showHeatMap(scene, volume, opacity=0.6):
    """Lay a heat map over every slice view; None takes it away, and only ours."""
    for composite in composites(scene):
        if volume is not None:
            composite.SetForegroundVolumeID(volume.GetID())
            composite.SetForegroundOpacity(opacity)
            continue
        shown = scene.GetNodeByID(composite.GetForegroundVolumeID() or "")
        if shown is not None and shown.GetAttribute("OrthoDiffusion.Role") == "evidence":
            composite.SetForegroundVolumeID(None)


def showOutlines(segmentation, shown):
    """Show the outlines of a segmentation node in all slice views, or not; the 3D view keeps its surfaces."""
    display = segmentation.GetDisplayNode()
    if display is not None:
        display.SetVisibility2D(shown)


def composites(scene):
    """The vtkMRMLSliceCompositeNodes of all slice views."""
    count = scene.GetNumberOfNodesByClass("vtkMRMLSliceCompositeNode")
    return [scene.GetNthNodeByClass(index, "vtkMRMLSliceCompositeNode") for index in range(count)]


def compositeOf(scene, viewName):
    """The vtkMRMLSliceCompositeNode of a slice view, None if there is no such view."""
    return next((node for node in composites(scene) if node.GetLayoutName() == viewName), None)


def viewOf(scene, viewName):
    """The vtkMRMLSliceNode of a slice view, None if there is no such view."""
    count = scene.GetNumberOfNodesByClass("vtkMRMLSliceNode")
    nodes = [scene.GetNthNodeByClass(index, "vtkMRMLSliceNode") for index in range(count)]
    return next((node for node in nodes if node.GetLayoutName() == viewName), None)
