"""What the scene remembers of the panel: inputs only. Results live on their own nodes."""

from typing import Annotated

import slicer
from slicer.parameterNodeWrapper import Choice, Default, WithinRange, parameterNodeWrapper

PLANES = ("sagittal", "coronal", "axial")
SIDES = ("automatic", "right", "left")


@parameterNodeWrapper
class OrthoDiffusionParameters:
    """Inputs of an analysis and how its results are shown.

    sagittal, coronal, axial - the volume of each plane; a plane may stay empty.
    side - which side it is, ‘automatic’ for what tags and anatomy say.
    bundle - name or folder of the bundle; empty for the default one of the joint.
    joint - name of the joint that the user chose; empty for what volumes and earlier choices say.
    chosenByHand - planes the user has filled or emptied, separated by commas; these are not filled again.
    showHeatMap, heatMapOpacity - how a finding that is clicked is shown.
    showOutlines - whether the outlines are shown in the slice views.
    show3D - whether surfaces are made after an analysis.
    """

    sagittal: slicer.vtkMRMLScalarVolumeNode
    coronal: slicer.vtkMRMLScalarVolumeNode
    axial: slicer.vtkMRMLScalarVolumeNode
    side: Annotated[str, Choice(SIDES), Default("automatic")]
    bundle: str = ""
    joint: str = ""
    chosenByHand: str = ""
    showHeatMap: bool = True
    showOutlines: bool = True
    heatMapOpacity: Annotated[float, WithinRange(0.0, 1.0), Default(0.6)]
    show3D: bool = True


def chosenByHand(parameters):
    """Plane → ID of the node that the user chose for it, an empty text where the user left the plane empty."""
    return dict(entry.partition(":")[::2] for entry in parameters.chosenByHand.split(",") if entry)


def rememberByHand(parameters, byHand):
    """The reverse of `chosenByHand`."""
    parameters.chosenByHand = ",".join(f"{plane}:{nodeId}" for plane, nodeId in byHand.items())
