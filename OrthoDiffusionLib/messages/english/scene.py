"""What is noticed when results arrive in the scene of 3D Slicer."""

from OrthoDiffusionLib.messages.sentence import Sentence

SCENE = {
    "segments_kept": Sentence("‘{name}’ was {how!w} and is kept; the new prediction is beside it, hidden"),
    "segments_kept.in_editor": Sentence(
        "The earlier segmentation is open in the Segment Editor and was left as it is; the new prediction is in "
        "‘{name}’"
    ),
    "several_studies.in_scene": Sentence(
        "The volumes are of different studies: {studies:,}",
        "Use the result only if they show the same joint in the same place; else choose one study.",
    ),
    "outlines_deleted": Sentence(
        "These findings have no outlines: their segmentation was deleted", "Analyze again to restore them."
    ),
    "volume_changed": Sentence(
        "‘{name}’ was {change!w} during the analysis; the results describe it as it was before", "Analyze again."
    ),
}
