"""Colour tables of our own, one of each name in a scene."""

import slicer


def colourTable(scene, name, entries):
    """The scene's colour table of a name, made if it is not there.

    Args:
        scene: the MRML scene.
        name: of the node.
        entries: (name, red, green, blue) for each colour, 0 to 1.
    """
    node = scene.GetFirstNodeByName(name)
    if node is not None and node.IsA("vtkMRMLColorTableNode"):
        return node
    node = slicer.vtkMRMLColorTableNode()
    node.SetName(name)
    node.SetTypeToUser()
    entries = list(entries)
    node.SetNumberOfColors(len(entries))
    for index, entry in enumerate(entries):
        node.SetColor(index, *entry, 1.0)
    node.SetHideFromEditors(False)
    return scene.AddNode(node)
