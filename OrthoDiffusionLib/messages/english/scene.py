"""What is noticed when results arrive in the scene of 3D Slicer."""

from OrthoDiffusionLib.messages.sentence import Sentence

SCENE = {
    "segments_kept": Sentence("‘{name}’ was {how!w} and is kept; the new prediction is beside it, hidden"),
    "segments_kept.in_editor": Sentence(
        "The earlier segmentation is open in the Segment Editor and was left as it is; the new prediction is in "
        "‘{name}’"
    ),
    "segments_kept.transformed": Sentence(
        "The earlier segmentation is under a transform and was left as it is; the new prediction is in ‘{name}’"
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
    # why a volume of the scene is refused
    "scene.closed": Sentence(
        "The scene was closed; the analysis was stopped", "Load the study again, and wait until it is analyzed."
    ),
    "scene.transformed": Sentence(
        "The volume is under the non-linear transform ‘{transform}’",
        "Harden the transform on a copy of the volume (Data module, right click), or take the volume out of it, and "
        "analyze again.",
    ),
    "scene.outlines_transformed": Sentence(
        "The outlines are under the non-linear transform ‘{transform}’",
        "Take them out of the transform, or harden it on a copy, and try it again.",
    ),
    "scene.case_transformed": Sentence(
        "The outlines of the case are under the transform ‘{transform}’, which its files cannot follow",
        "Take the outlines out of the transform, or harden it on all of them (Data module, right click); the case is "
        "saved then.",
    ),
    "scene.case_images_transformed": Sentence(
        "The image is under the non-linear transform ‘{transform}’ and the outlines of the case are not, which its "
        "files cannot follow",
        "Take the image out of the transform, or put the outlines under it as well (Data module); the case is saved "
        "then.",
    ),
    "scene.case_saved_unmoved": Sentence(
        "The outlines of ‘{case}’ were saved as they lie without the transform, which its files cannot follow",
        "Open the case again and check where they lie.",
    ),
    "scene.case_scattered": Sentence(
        "Some outlines of the case lie so far from the others that one file cannot hold them",
        "Check the transforms above the outlines (Data module); the case is saved as soon as they lie together again.",
    ),
    "scene.no_voxels": Sentence("The volume has no voxels", "Load it again, or choose another volume."),
    "scene.own_result": Sentence("The volume is a result of an analysis and no image", "Choose the MR volume instead."),
    "scene.not_written": Sentence("The scene cannot be written", "Free some disk space."),
    # columns of the findings table: title, and what stands there
    "column.finding": Sentence("Finding", "What was looked for. A finding is not a diagnosis"),
    "column.assessed": Sentence(
        "Assessed",
        "‘no’ where the bundle cannot distinguish this finding from chance, where that was not evaluated, or where a "
        "view is missing",
    ),
    "column.probability": Sentence("Probability", "Calibrated probability, 0 to 1; nan where it was not assessed"),
    "column.sagittal": Sentence("Sagittal", "Probability by the sagittal view alone; nan where there was none"),
    "column.coronal": Sentence("Coronal", "Probability by the coronal view alone; nan where there was none"),
    "column.axial": Sentence("Axial", "Probability by the axial view alone; nan where there was none"),
    "column.r": Sentence("R", "Where it was seen: to the patient's right"),
    "column.a": Sentence("A", "Where it was seen: to the front"),
    "column.s": Sentence("S", "Where it was seen: to the head"),
    "column.threshold": Sentence(
        "Threshold", "From this probability on it counts as positive; nan where the bundle does not say"
    ),
    "column.sensitivity": Sentence(
        "Sensitivity", "At this threshold, on the studies that the bundle was calibrated on"
    ),
    "column.specificity": Sentence(
        "Specificity", "At this threshold, on the studies that the bundle was calibrated on"
    ),
    "column.review": Sentence(
        "Review", "Whether the reader's word is the model's: accepted, rejected, unsure; empty before a review"
    ),
    "column.reader": Sentence(
        "Reader", "What the reader says: positive or negative; empty if unsure, and before a review"
    ),
    "column.readers_note": Sentence("Reader's note", "The reader's own words"),
    "column.readers_name": Sentence("Reader's name", "Who decided, if that was said; empty before a review"),
    "column.reviewed": Sentence("Reviewed", "When the reader decided, ISO 8601"),
    "column.model_at_review": Sentence(
        "Model at review", "What the model said then; another word than now marks a review made on an earlier result"
    ),
    "column.probability_at_review": Sentence(
        "Probability at review", "The model's probability then; nan where it gave none"
    ),
    "column.note": Sentence("Note", "Why something was not assessed, and what to keep in mind"),
    "column.key": Sentence("Key", "Name of the finding in files"),
    # nodes of the scene
    "node.study": Sentence("{joint!W}, {side!w}"),
    "node.segmentation": Sentence("{joint!W} segmentation"),
    "node.findings": Sentence("{joint!W} findings"),
    "node.evidence": Sentence("Evidence: {finding!w}"),
    "node.as_predicted": Sentence("{name} as predicted"),
    "node.difference": Sentence("Difference to the prediction"),
    "node.new_prediction": Sentence("{title} (new prediction)"),
    "scene.no_volume_loaded": Sentence("No volume is loaded"),
    "bin_folder": Sentence("bin folder of Slicer"),
    "surfaces.stopped": Sentence("the process stopped"),
    "surfaces.not_started": Sentence("the process could not be started"),
}
