"""Where results lie in the subject hierarchy: with the volumes they came from, under one study."""

from OrthoDiffusionSlicer.scene.StudyReader import studyItem, subjectHierarchy

_OWNERS = {
    "vtkMRMLScalarVolumeNode": "Volumes",
    "vtkMRMLSegmentationNode": "Segmentations",
    "vtkMRMLTableNode": "Tables",
    "vtkMRMLMarkupsFiducialNode": "Markups",
    "vtkMRMLMarkupsLineNode": "Markups",
    "vtkMRMLMarkupsAngleNode": "Markups",
    "vtkMRMLMarkupsCurveNode": "Markups",
    "vtkMRMLModelNode": "Models",
}


MEASUREMENTS = "Measurements"  # folder of markups and coloured surfaces in the study


def gather(scene, title, inputs, nodes):
    """Put results under the study of the first input volume; make that study if there is none.

    Volumes that lie in no folder are moved along; those that the user has put in a folder stay there.

    Args:
        scene: the MRML scene.
        title: name of a study that has to be made.
        inputs: volume nodes.
        nodes: result nodes.

    Returns:
        The item of the study.
    """
    hierarchy = subjectHierarchy(scene)
    root = hierarchy.GetSceneItemID()
    study = next((item for item in (studyItem(scene, node) for node in inputs) if item), 0)
    if not study:
        study = hierarchy.CreateStudyItem(root, title)
    for node in inputs:
        if hierarchy.GetItemParent(_item(hierarchy, node)) in (root, 0):
            hierarchy.SetItemParent(_item(hierarchy, node), study)
    for node in nodes:
        hierarchy.SetItemParent(_item(hierarchy, node), study)
    return study


def gatherIn(scene, study, name, nodes):
    """Put nodes into a folder of this name in a study; it is made if there is none."""
    hierarchy = subjectHierarchy(scene)
    folder = hierarchy.GetItemChildWithName(study, name) or hierarchy.CreateFolderItem(study, name)
    for node in nodes:
        hierarchy.SetItemParent(_item(hierarchy, node), folder)


def _item(hierarchy, node):
    """The node's item; Slicer makes it by itself, a scene without Slicer's window does not."""
    item = hierarchy.GetItemByDataNode(node)
    if item:
        return item
    return hierarchy.CreateItem(hierarchy.GetSceneItemID(), node, _OWNERS.get(node.GetClassName(), ""))
