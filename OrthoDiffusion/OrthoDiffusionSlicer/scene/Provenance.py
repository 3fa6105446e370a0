"""What our nodes carry: which bundle made them, from which volumes, when; the same keys in every scene."""

import json

from OrthoDiffusionSlicer.scene.StudyReader import MADE_BY_US

PREFIX = "OrthoDiffusion."
INPUT_ROLE = PREFIX + "Input."  # + plane: node reference to the volume that served it
EVIDENCE_ROLE = PREFIX + "Evidence."  # + finding: node reference to its heat map
MARKUP_ROLE = PREFIX + "Markup."  # + measurement + "." + number of the line: node reference to its markups
THICKNESS_ROLE = PREFIX + "Thickness."  # + cartilage: node reference to its surface
SEGMENTATION_ROLE = PREFIX + "Segmentation"
PREDICTION_ROLE = PREFIX + "Prediction"  # from a segmentation to the hidden one with what it was predicted as

SEGMENTATION, TABLE, EVIDENCE = "segmentation", "findings", "evidence"


def stamp(node, role, findings, inputs):
    """Write the provenance of one analysis on a node.

    Args:
        node: a node that this analysis made.
        role: SEGMENTATION, TABLE or EVIDENCE.
        findings: the content of findings.json.
        inputs: plane name → volume node, as far as the nodes still exist.
    """
    bundle, study = findings["bundle"], findings["study"]
    facts = {
        "Bundle": bundle["name"],
        "BundleVersion": bundle["version"],
        "BundleSHA256": bundle["sha256"],
        "Inputs": json.dumps(study["planes"]),
        "Joint": study["joint"],
        "Side": study["side"] or "unknown",
        "SideSource": study["side_source"],
        "Created": findings["created"],
        "IntendedUse": findings["intended_use"],
    }
    node.SetAttribute(MADE_BY_US, role)
    for name, value in facts.items():
        node.SetAttribute(PREFIX + name, str(value))
    for plane, volume in inputs.items():
        node.SetNodeReferenceID(INPUT_ROLE + plane, volume.GetID())


def madeByUs(scene, role, className):
    """Our nodes of one role, oldest first."""
    count = scene.GetNumberOfNodesByClass(className)
    nodes = [scene.GetNthNodeByClass(index, className) for index in range(count)]
    return [node for node in nodes if node.GetAttribute(MADE_BY_US) == role]


def inputsOf(node):
    """Plane name → volume node that a node of ours was made from, as far as they are still in the scene."""
    found = {}
    for plane in ("sagittal", "coronal", "axial"):
        volume = node.GetNodeReference(INPUT_ROLE + plane)
        if volume is not None:
            found[plane] = volume
    return found


def ofSameStudy(nodes, inputs):
    """The newest of ``nodes`` that shares an input volume with this analysis, None if there is none."""
    wanted = {volume.GetID() for volume in inputs.values()}
    for node in reversed(nodes):
        if wanted & {volume.GetID() for volume in inputsOf(node).values()}:
            return node
    return None


def freeName(scene, name):
    """The name itself, or with a number if a node has it already."""
    return scene.GenerateUniqueName(name) if scene.GetFirstNodeByName(name) else name
