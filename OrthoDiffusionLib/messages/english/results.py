"""What an analysis says of itself, of its findings and of its measurements."""

from OrthoDiffusionLib.messages.sentence import Sentence

RESULTS = {
    "clinical_used": Sentence("Beside the images, the findings take account of {columns:and}"),
    "clinical_unused": Sentence(
        "This bundle did not learn from {columns:and}, and left it aside",
        "`orthodiffusion finetune` makes bundles that do, from a table with such columns.",
    ),
    "side_from_anatomy": Sentence(
        "The side was not given; the anatomy looks like a {side!w} {joint!w}",
        "Check it, and give the side if it is the other one: medial and lateral depend on it.",
    ),
    "side_unknown": Sentence(
        "The side was not given, and files that do not say how they lie in the patient do not show it",
        "Give the side; left and right, medial and lateral may be exchanged in these results.",
    ),
    "medial_lateral_exchanged": Sentence(
        "Medial and lateral look exchanged for a {side!w} joint: {structures!W:,}",
        "Check the side; if it is right, do not trust what is said of medial and lateral.",
    ),
    "medial_lateral_pieces": Sentence(
        "Pieces on the wrong side of the joint's middle were given to their counterpart: {structures!W:,}"
    ),
    # notes of findings
    "not_assessed.plane_missing": Sentence("The {planes!w:or} view, which this needs, is missing."),
    "not_assessed.bundle": Sentence("This bundle does not assess it: {reason}."),
    "not_assessed.chance": Sentence(
        "On the bundle's own evaluation this finding could not be told from chance (AUROC {auroc:.2f}, interval "
        "{low:.2f} to {high:.2f})."
    ),
    "lower_confidence": Sentence(
        "The {planes!w:and} {count:view, which shows this best, is|views, which show this best, are} missing; "
        "confidence is lower."
    ),
    # notes of measurements
    "not_measured.not_found": Sentence("The {structure!w} or its bone was not found."),
}
