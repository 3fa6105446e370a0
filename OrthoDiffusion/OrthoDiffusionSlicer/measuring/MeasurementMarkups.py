"""Measurements as markups: lines and angles through their points, which a reader can take hold of."""

import contextlib

import slicer
import vtk

from OrthoDiffusionLib.anatomy import find_joint
from OrthoDiffusionLib.measurements import definitions
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.scene import Provenance

MEASUREMENT = Provenance.PREFIX + "Measurement"
KIND = "measurement"

# Ours: bright over grey, and none of the colours of the structures.
_COLOURS = ((1.0, 0.85, 0.2), (0.25, 0.9, 1.0), (1.0, 0.45, 0.85), (0.55, 1.0, 0.35), (1.0, 0.6, 0.2), (0.7, 0.65, 1.0))


def definitionsOf(table):
    """Name → MeasurementDefinition of the joint that a findings table is about; empty where our anatomy has none."""
    joint = find_joint(table.GetAttribute(Provenance.PREFIX + "Joint") or "")
    return {one.name: one for one in definitions(joint)} if joint is not None else {}


def titleOf(definition):
    """What people call it, in the language of the application."""
    return Words.named(definition.name, definition.title)


def nodes(table, definition):
    """The markups node of each line, None for one that is not in the scene."""
    return [table.GetNodeReference(_role(definition, number)) for number in range(len(definition.lines))]


def draw(scene, table, definition, pointsRAS, text):
    """Make what is missing of a measurement's markups, hidden at first, and put their points at these places.

    Args:
        scene: the MRML scene.
        table: the findings table.
        definition: a MeasurementDefinition with points.
        pointsRAS: RAS mm of the world, in the order of its roles.
        text: the number, for the label.

    Returns:
        The markups nodes that were made.
    """
    made = []
    for number, node in enumerate(nodes(table, definition)):
        if node is None:
            made.append(_made(scene, table, definition, number))
    place(table, definition, pointsRAS)
    write(table, definition, text)
    return made


def place(table, definition, pointsRAS):
    """Put the points of a measurement at these places."""
    where = dict(zip(definition.points, pointsRAS, strict=True))
    for roles, node in zip(definition.lines, nodes(table, definition), strict=True):
        if node is None:
            continue
        wasModifying = node.StartModify()
        _fill(node, roles, [where[role] for role in roles])
        node.EndModify(wasModifying)


def pointsOf(table, definition):
    """RAS mm of the world in the order of the roles; None if a line is gone or a point has no place."""
    where = {}
    for roles, node in zip(definition.lines, nodes(table, definition), strict=True):
        if node is None or node.GetNumberOfControlPoints() != len(roles):
            return None
        for index, role in enumerate(roles):
            if node.GetNthControlPointPositionStatus(index) != slicer.vtkMRMLMarkupsNode.PositionDefined:
                return None
            point = [0.0, 0.0, 0.0]
            node.GetNthControlPointPositionWorld(index, point)
            where[role] = tuple(point)
    return tuple(where[role] for role in definition.points)


def write(table, definition, text):
    """Show the number at the last point."""
    node = nodes(table, definition)[-1]
    if node is not None and node.GetNumberOfControlPoints():
        node.SetNthControlPointLabel(node.GetNumberOfControlPoints() - 1, f"{titleOf(definition)} {text}".strip())


def isShown(table, definition):
    """Whether any of its lines can be seen."""
    return any(node is not None and bool(node.GetDisplayVisibility()) for node in nodes(table, definition))


def show(table, definition, visible):
    """Show or hide all its lines."""
    for node in nodes(table, definition):
        if node is not None:
            node.SetDisplayVisibility(visible)


def project(table, chosen):
    """Show the points of one measurement faintly beside their own slice too, so that each can be found.

    Args:
        table: the findings table.
        chosen: name of the measurement.
    """
    for node in allNodes(table):
        node.GetDisplayNode().SetSliceProjection(node.GetAttribute(MEASUREMENT) == chosen)


def allNodes(table):
    """Every markups node of a findings table."""
    return [node for definition in definitionsOf(table).values() for node in nodes(table, definition)
            if node is not None]  # fmt: skip


def _role(definition, number):
    return f"{Provenance.MARKUP_ROLE}{definition.name}.{number}"


def _made(scene, table, definition, number):
    roles = definition.lines[number]
    with _activeMarkupsKept(scene):
        node = scene.AddNewNodeByClass(_className(definition, roles), _name(definition, number))
    if node.IsA("vtkMRMLMarkupsCurveNode"):
        node.SetCurveTypeToLinear()
    node.CreateDefaultDisplayNodes()
    for index in range(node.GetNumberOfMeasurements()):  # Slicer's length of a line is not the number that is meant
        node.GetNthMeasurement(index).SetEnabled(False)
    display = node.GetDisplayNode()
    order = [one.name for one in definitionsOf(table).values()]
    colour = _COLOURS[order.index(definition.name) % len(_COLOURS)]
    display.SetSelectedColor(*colour)
    display.SetColor(*colour)
    display.SetActiveColor(1.0, 1.0, 1.0)
    display.SetPropertiesLabelVisibility(False)
    display.SetPointLabelsVisibility(True)
    display.SetSliceProjectionOpacity(0.35)
    if hasattr(display, "SetLineSliceIntersectionPointVisibility"):  # Slicer 5.12; it would be taken for a point
        display.SetLineSliceIntersectionPointVisibility(False)
    display.SetVisibility(False)
    node.SetAttribute(Provenance.MADE_BY_US, KIND)
    node.SetAttribute(MEASUREMENT, definition.name)
    table.SetNodeReferenceID(_role(definition, number), node.GetID())
    return node


@contextlib.contextmanager
def _activeMarkupsKept(scene):
    """Slicer's next click would place a point of any markups that come to the scene; it stays the user's own."""
    selection = scene.GetFirstNodeByClass("vtkMRMLSelectionNode")
    before = (selection.GetActivePlaceNodeClassName(), selection.GetActivePlaceNodeID()) if selection else None
    yield
    if before is not None:
        selection.SetReferenceActivePlaceNodeClassName(before[0])
        selection.SetReferenceActivePlaceNodeID(before[1])


def _className(definition, roles):
    if len(roles) == 1:
        return "vtkMRMLMarkupsFiducialNode"
    if len(roles) == 2:
        return "vtkMRMLMarkupsLineNode"
    return "vtkMRMLMarkupsAngleNode" if len(roles) == 3 and definition.unit == "deg" else "vtkMRMLMarkupsCurveNode"


def _name(definition, number):
    """The measurement's title; of a line that it is only measured against, with the names of its points."""
    title = titleOf(definition)
    if number == len(definition.lines) - 1:
        return title
    return f"{title} ({' – '.join(map(Words.word, definition.lines[number]))})"


def _fill(node, roles, places):
    if node.GetNumberOfControlPoints() != len(roles):
        node.SetFixedNumberOfControlPoints(False)
        node.RemoveAllControlPoints()
        for role, point in zip(roles, places, strict=True):
            index = node.AddControlPointWorld(vtk.vtkVector3d(*point), "")
            node.SetNthControlPointLabel(index, "")
            node.SetNthControlPointDescription(index, Words.word(role))
        node.SetFixedNumberOfControlPoints(True)  # a point more or less would be another measurement
        return
    for index, point in enumerate(places):
        node.SetNthControlPointPositionWorld(index, *point)
