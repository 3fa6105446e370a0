"""Volume nodes of the scene → Volumes and Studies of the library; Slicer's (K, J, I) ends here."""

import contextlib
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import vtk_to_numpy

from OrthoDiffusionLib.analysis.named_joint import joint_in_words
from OrthoDiffusionLib.anatomy import Side, known_joints
from OrthoDiffusionLib.errors import GeometryError, OrthoDiffusionError, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Geometry, Origin, SourceImage, Study, Volume
from OrthoDiffusionLib.volumes.origin import patient_digest
from OrthoDiffusionSlicer import Words

# Volume nodes that this extension made carry it, and are not offered as input.
MADE_BY_US = "OrthoDiffusion.Role"

_DICOM_SIDES = {"R": Side.RIGHT, "L": Side.LEFT}
_DICOM_TAGS = {
    "modality": "0008,0060",
    "bodyPart": "0018,0015",
    "laterality": "0020,0060",
    "imageLaterality": "0020,0062",
    "description": "0008,103E",
    "protocol": "0018,1030",
    "studyDescription": "0008,1030",
    "patientID": "0010,0020",
    "patientName": "0010,0010",
    "study": "0020,000D",
    "series": "0020,000E",
    "frameOfReference": "0020,0052",
    "seriesNumber": "0020,0011",
    "imageType": "0008,0008",
    "acquisitionDate": "0008,0022",
    "acquisitionTime": "0008,0032",
}


@dataclass(frozen=True)
class LoadedStudy:
    """Volume nodes that belong together, in the order in which they were loaded."""

    name: str
    nodes: tuple


@dataclass(frozen=True)
class SeriesChoice:
    """A volume node that could serve a plane.

    Attributes:
        node: the volume node.
        facts: its grid and contrast in words.
        preferred: why another one is proposed, in words; empty for the proposed one.
    """

    node: object
    facts: str
    preferred: str


@dataclass
class PlaneChoice:
    """Which node serves which plane, and why; what the panel fills its selectors with."""

    nodes: dict = field(default_factory=dict)  # Plane → volume node
    reasons: dict = field(default_factory=dict)  # Plane → sentence
    series: dict = field(default_factory=dict)  # Plane → SeriesChoices, the proposed one first
    side: Side | None = None
    sideSource: str = "unknown"
    notices: tuple = ()
    problem: str = ""  # why nothing was chosen


def matrixToWorld(node):
    """RAS mm of any node itself → RAS mm of the world, (4, 4); None if a parent transform bends space."""
    transform = node.GetParentTransformNode()
    if transform is None:
        return np.eye(4)
    if not transform.IsTransformToWorldLinear():
        return None
    matrix = vtk.vtkMatrix4x4()
    transform.GetMatrixTransformToWorld(matrix)
    return slicer.util.arrayFromVTKMatrix(matrix)


def worldMatrix(node):
    """Index (i, j, k) of a volume node → RAS mm of the world, as a (4, 4) array, parent transforms included.

    Raises:
        GeometryError: if a parent transform bends space; a grid with straight axes cannot follow it.
    """
    toParent = vtk.vtkMatrix4x4()
    node.GetIJKToRASMatrix(toParent)
    toWorld = matrixToWorld(node)
    if toWorld is None:
        raise GeometryError(
            Message("scene", "transformed", {"transform": node.GetParentTransformNode().GetName()}),
            where=Message("volume", values={"name": node.GetName()}),
        )
    return toWorld @ slicer.util.arrayFromVTKMatrix(toParent)


def worldGeometry(node):
    """Geometry of a volume node in the world: shape (I, J, K) and index → RAS mm."""
    image = node.GetImageData()
    if image is None or image.GetNumberOfPoints() == 0:
        raise StudyError(Message("scene", "no_voxels"), where=Message("volume", values={"name": node.GetName()}))
    return Geometry(tuple(image.GetDimensions()), worldMatrix(node))


def outlineFromNode(node):
    """A Volume with the node's place and name but no signal; costs nothing however large the node is.

    Planes are chosen by place, spacing and name; reading 100 MB of voxels for that would stop the window.
    """
    geometry = worldGeometry(node)
    # The library leaves out volumes in which all voxels are the same; a ramp is not. Of no whole numbers: else a volume
    # that is short along its first axis would pass for a label map.
    ramp = np.arange(geometry.shape[0]) + 0.5 if _varies(arrayOf(node)) else np.zeros(geometry.shape[0])
    return Volume(np.broadcast_to(ramp[:, None, None], geometry.shape), geometry, **_facts(node))


def arrayOf(node):
    """The node's voxels, shape (K, J, I), shared with the scene."""
    image = node.GetImageData()
    return vtk_to_numpy(image.GetPointData().GetScalars()).reshape(tuple(reversed(image.GetDimensions())))


def candidates(scene):
    """Scalar volumes that may be input: no label maps, no colour images, nothing that this extension made."""
    nodes = []
    for index in range(scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode")):
        node = scene.GetNthNodeByClass(index, "vtkMRMLScalarVolumeNode")
        image = node.GetImageData()
        if node.GetClassName() != "vtkMRMLScalarVolumeNode" or node.GetAttribute(MADE_BY_US) or image is None:
            continue
        if node.GetHideFromEditors() or image.GetNumberOfScalarComponents() != 1 or image.GetNumberOfPoints() == 0:
            continue
        nodes.append(node)
    return nodes


def ownVolumes(scene):
    """Scalar volumes that this extension made: heat maps."""
    count = scene.GetNumberOfNodesByClass("vtkMRMLScalarVolumeNode")
    nodes = [scene.GetNthNodeByClass(index, "vtkMRMLScalarVolumeNode") for index in range(count)]
    return [node for node in nodes if node.GetAttribute(MADE_BY_US)]


def loadedStudies(scene):
    """Studies in the scene, so that neither two patients nor two knees are mixed.

    By the subject hierarchy's studies, by patient and Study Instance UID, then by place.
    """
    byItem = {}
    for node in candidates(scene):
        origin = _origin(node, _dicomTags(node))
        byItem.setdefault((studyItem(scene, node), origin.patient, origin.study), []).append(node)
    hierarchy = subjectHierarchy(scene)
    studies = []
    for (item, _patient, _study), nodes in byItem.items():
        name = _studyName(hierarchy, item) if item else ""
        groups = _byPlace(nodes)
        for number, group in enumerate(groups, 1):
            label = name or group[0].GetName()
            studies.append(LoadedStudy(f"{label} ({number})" if name and len(groups) > 1 else label, tuple(group)))
    return studies


def choosePlanes(nodes, joint, *, side=None):
    """Let the library choose one of ``nodes`` for each plane of a Joint; what cannot be read is left out and named."""
    outlines, notices = {}, []
    for node in nodes:
        try:
            outlines[node] = outlineFromNode(node)
        except OrthoDiffusionError as error:
            notices.append(Words.error(error))
    if not outlines:
        return PlaneChoice(problem=" ".join(notices) or Words.said(Message("scene", "no_volume_loaded")))
    try:
        study = Study.from_volumes(list(outlines.values()), side=side, joint=joint, register=False)
    except OrthoDiffusionError as error:
        return PlaneChoice(notices=tuple(notices), problem=Words.error(error))
    chosen = {
        plane: next(node for node, outline in outlines.items() if outline is volume)
        for plane, volume in study.planes.items()
    }
    notices += [Words.what(notice) for notice in study.notices]
    reasons = {plane: Words.reasonOfPlane(reason) for plane, reason in study.reasons.items()}
    nodesInOrder = list(outlines)
    series = {
        plane: [
            SeriesChoice(nodesInOrder[one.number], Words.sentence(one.facts), Words.sentence(one.preferred))
            for one in candidates
        ]
        for plane, candidates in study.candidates.items()
    }
    return PlaneChoice(chosen, reasons, series, study.side, study.side_source, tuple(notices))


def namedJoint(nodes, joints):
    """Name of the joint that the headers and names of volume nodes name; empty if they name none, or several.

    Args:
        joints: Joints that there are bundles of; others that are known by name may be named as well.
    """
    names = {joint.name for joint in joints}
    others = [joint for joint in known_joints() if joint.name not in names]
    texts = []
    for node in nodes:
        tags = _dicomTags(node)
        texts += [tags.get(key) or "" for key in ("bodyPart", "description", "protocol", "studyDescription")]
        texts.append(node.GetName() or "")
    joint = joint_in_words(texts, [*joints, *others])
    return joint.name if joint is not None else ""


def picturedJoint(nodes):
    """Name of the joint that the voxels of volume nodes show for certain, whatever they are called; empty if none.

    About a tenth of a second for a study.
    """
    from OrthoDiffusionLib.recognition import joint_picture  # not for Slicer's start

    volumes = []
    for node in nodes:
        with contextlib.suppress(OrthoDiffusionError):  # told where the planes are chosen
            volumes.append(outlineFromNode(node).with_array(arrayOf(node).transpose(2, 1, 0)))
    try:
        return joint_picture(volumes).joint or ""
    except OrthoDiffusionError:  # a damaged installation; the analysis says so
        return ""


def subjectHierarchy(scene):
    return slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)


def studyItem(scene, node):
    """Item of the study that the node lies in, 0 if it is in none."""
    hierarchy = subjectHierarchy(scene)
    item = hierarchy.GetItemByDataNode(node) if hierarchy else 0
    return hierarchy.GetItemAncestorAtLevel(item, "Study") if item else 0


def _varies(array):
    coarse = array[::8, ::8, ::8]  # settles nearly all volumes at once
    return coarse.min() != coarse.max() or array.min() != array.max()


def _facts(node):
    """Name, side, modality, body part and description, from the DICOM database where the node came from there."""
    tags = _dicomTags(node)
    laterality = tags.get("laterality") or tags.get("imageLaterality") or node.GetAttribute("DICOM.Laterality") or ""
    return {
        "name": node.GetName() or "",
        "side": _DICOM_SIDES.get(laterality.strip().upper()[:1]),
        "modality": tags.get("modality") or None,
        "body_part": tags.get("bodyPart") or None,
        "description": " ".join(filter(None, (tags.get("description"), tags.get("protocol")))) or node.GetName() or "",
        "study_description": tags.get("studyDescription") or "",
        "origin": _origin(node, tags),
    }


def _origin(node, tags):
    """Which patient, study and frame of reference a node is of; the subject hierarchy knows some without a database."""
    hierarchy = subjectHierarchy(node.GetScene()) if node.GetScene() is not None else None
    item = hierarchy.GetItemByDataNode(node) if hierarchy else 0
    study = hierarchy.GetItemAncestorAtLevel(item, "Study") if item else 0
    number = tags.get("seriesNumber", "").strip()
    return Origin(
        patient=patient_digest(tags.get("patientID"), tags.get("patientName")),
        study=tags.get("study") or _uid(hierarchy, study),
        series=tags.get("series") or _uid(hierarchy, item),
        # A user who moves a volume decides where it lies among the others.
        frame_of_reference=tags.get("frameOfReference", "") if node.GetParentTransformNode() is None else "",
        series_number=int(number) if number.lstrip("-").isdigit() else None,
        image_type=tuple(part.strip().upper() for part in tags.get("imageType", "").split("\\") if part.strip()),
        acquired=_digits(tags.get("acquisitionDate", "")) + _digits(tags.get("acquisitionTime", ""))[:6],
    )


def _uid(hierarchy, item):
    return hierarchy.GetItemUID(item, slicer.vtkMRMLSubjectHierarchyConstants.GetDICOMUIDName()) if item else ""


def _digits(text):
    """The digits of a DICOM date or time up to its fraction."""
    return "".join(sign for sign in text.partition(".")[0] if sign.isdigit())


def _dicomTags(node):
    instances = (node.GetAttribute("DICOM.instanceUIDs") or "").split()
    database = getattr(slicer, "dicomDatabase", None)
    if not instances or database is None or not database.isOpen:
        return {}
    return {name: database.instanceValue(instances[0], tag) or "" for name, tag in _DICOM_TAGS.items()}


def sourcesOf(node):
    """The DICOM images that a volume was loaded from, for objects that shall refer to them.

    Returns:
        SourceImages; empty where Slicer's database does not know them, where one file holds many slices, and where a
        transform moves the volume away from its images.
    """
    instances = (node.GetAttribute("DICOM.instanceUIDs") or "").split()
    database = getattr(slicer, "dicomDatabase", None)
    if len(instances) < 2 or database is None or not database.isOpen or node.GetParentTransformNode() is not None:
        return ()
    files = [database.fileForInstance(instance) for instance in instances]
    if not all(files):
        return ()
    return tuple(SourceImage(Path(path), instance) for path, instance in zip(files, instances, strict=True))


def _studyName(hierarchy, item):
    patient = hierarchy.GetItemAncestorAtLevel(item, "Patient")
    names = [hierarchy.GetItemName(part) for part in (patient, item) if part]
    return " · ".join(name for name in names if name)


def _byPlace(nodes):
    """Groups of nodes whose boxes overlap by more than half of the smaller one along every axis."""
    groups = []
    for node in nodes:
        box = _box(node)
        touching = [group for group in groups if any(_overlap(box, other) for _, other in group)]
        merged = [member for group in touching for member in group] + [(node, box)]
        groups = [group for group in groups if group not in touching] + [merged]
    order = {node: place for place, node in enumerate(nodes)}
    groups = [sorted((node for node, _ in group), key=order.get) for group in groups]
    return sorted(groups, key=lambda group: order[group[0]])


def _box(node):
    bounds = [0.0] * 6
    node.GetRASBounds(bounds)  # in the world, parent transforms included, also non-linear ones
    return np.array(bounds).reshape(3, 2)


def _overlap(one, other):
    shared = np.minimum(one[:, 1], other[:, 1]) - np.maximum(one[:, 0], other[:, 0])
    smaller = np.minimum(one[:, 1] - one[:, 0], other[:, 1] - other[:, 0])
    return bool((shared > 0.5 * smaller).all())
