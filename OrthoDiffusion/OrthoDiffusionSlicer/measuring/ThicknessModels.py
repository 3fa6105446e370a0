"""Surfaces coloured by the thickness of cartilage, as model nodes with a legend."""

import slicer

from OrthoDiffusionSlicer.measuring.ThicknessScale import NAME, SCALARS, THICKEST_MM, colourAt
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance
from OrthoDiffusionSlicer.scene.ColourTables import colourTable

KIND = "thickness"
PLATE = Provenance.PREFIX + "Plate"
_STEPS = 256


def nodes(table):
    """Name of a cartilage → its model node, of those that are in the scene."""
    models = FindingsNodes.referenced(table, (Provenance.THICKNESS_ROLE,))
    return {model.GetAttribute(PLATE): model for model in models}


def put(scene, table, plate, title, surface):
    """Give a cartilage its coloured surface; the node is made where there is none.

    Args:
        scene: the MRML scene.
        table: the findings table.
        plate: name of the cartilage.
        title: the node's name.
        surface: vtkPolyData in RAS mm with the scalars `SCALARS`.

    Returns:
        The model node, and whether it was made.
    """
    node = nodes(table).get(plate)
    made = node is None
    if made:
        node = scene.AddNewNodeByClass("vtkMRMLModelNode", title)
        node.SetAttribute(Provenance.MADE_BY_US, KIND)
        node.SetAttribute(PLATE, plate)
        node.SetSelectable(False)  # a click in the 3D view is for what lies under it
        table.SetNodeReferenceID(Provenance.THICKNESS_ROLE + plate, node.GetID())
    node.SetAndObservePolyData(surface)
    if made:
        node.CreateDefaultDisplayNodes()
        _colour(scene, node.GetDisplayNode())
    return node, made


def show(table, visible):
    """Show or hide all of them, with the legend at the first."""
    for index, node in enumerate(nodes(table).values()):
        node.GetDisplayNode().SetVisibility(visible)
        legend = slicer.vtkSlicerColorLogic.GetColorLegendDisplayNode(node)
        if index == 0 and legend is None and visible:
            legend = slicer.vtkSlicerColorLogic.AddDefaultColorLegendDisplayNode(node)
            legend.SetTitleText(SCALARS)
            legend.SetNumberOfLabels(int(THICKEST_MM) + 1)
            legend.SetLabelFormat("%.0f")
            legend.SetMaxNumberOfColors(_STEPS)
        if legend is not None:
            legend.SetVisibility(visible and index == 0)


def isShown(table):
    """Whether any of them can be seen."""
    return any(bool(node.GetDisplayNode().GetVisibility()) for node in nodes(table).values())


def _colour(scene, display):
    display.SetAndObserveColorNodeID(_colours(scene).GetID())
    display.SetActiveScalarName(SCALARS)
    display.SetScalarVisibility(True)
    display.SetScalarRangeFlag(slicer.vtkMRMLDisplayNode.UseManualScalarRange)
    display.SetScalarRange(0.0, THICKEST_MM)
    display.SetVisibility2D(False)
    display.SetBackfaceCulling(False)
    display.SetAmbient(0.35)  # colours are read off: not too dark on the side away from the light
    display.SetDiffuse(0.75)
    display.SetSpecular(0.0)


def _colours(scene):
    """The scene's colour table for thickness."""
    steps = (index / (_STEPS - 1) * THICKEST_MM for index in range(_STEPS))
    return colourTable(scene, NAME, ((f"{millimetres:.2f} mm", *colourAt(millimetres)) for millimetres in steps))
