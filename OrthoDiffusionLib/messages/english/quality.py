"""What a study lacks."""

from OrthoDiffusionLib.messages.sentence import Sentence

_LESS_CERTAIN = "Findings that these planes show best are less certain or not assessed."
_ONLY_MR = "Do not rely on the result."

QUALITY = {
    "single_plane": Sentence(
        "Only the {only!w} plane is available; {missing!w:and} are missing, so no view can confirm another",
        _LESS_CERTAIN,
    ),
    "missing_plane": Sentence("The {plane!w} plane is missing", _LESS_CERTAIN),
    "few_slices": Sentence(
        "The volume has only {slices} slices", "Choose the full series; this one looks like a localizer."
    ),
    "short_stack": Sentence(
        "The slices cover only {covered_mm:.0f} mm of the joint", "What is outside is not assessed."
    ),
    "small_field_of_view": Sentence(
        "A slice shows only {sizes_mm:× .0f} mm", "Structures at its border are not measured in full."
    ),
    "coarse_pixels": Sentence(
        "Pixels are as large as {pixel_mm:.1f} mm", "Small tears cannot be seen at this resolution."
    ),
    "thick_slices.apart": Sentence(
        "The slices are {step_mm:.1f} mm apart: ligaments, tendons and small tears cannot be judged on them",
        "An unremarkable result does not rule out an injury; use a series of 4 mm or less.",
    ),
    "thick_slices.thick": Sentence(
        "The slices are {thickness_mm:.1f} mm thick: ligaments, tendons and small tears cannot be judged on them",
        "An unremarkable result does not rule out an injury; use a series of 4 mm or less.",
    ),
    "constant": Sentence("All voxels have the same value"),
    "empty_slices": Sentence("{empty} of {slices} slices {empty:is|are} empty", "Nothing is assessed there."),
    "saturated": Sentence(
        "{share:.0%} of the voxels have the highest value: bright areas are clipped",
        "Use the original images, not a windowed export.",
    ),
    "not_mr.marked": Sentence(
        "The volume is marked {modality}; the models know magnetic resonance images only", _ONLY_MR
    ),
    "not_mr.unmarked": Sentence(
        "The volume looks like computed tomography; the models know magnetic resonance images only", _ONLY_MR
    ),
    "label_map": Sentence("The volume looks like a label map, not an image", "Choose the series it was drawn on."),
    "other_body_part": Sentence(
        "The volume is marked as {part}, not {joint!w}", "Check that the correct series was chosen."
    ),
    "field_of_view_cut": Sentence(
        "The {structures!w:and} {count:is|are} cut off by the field of view: {ends!w:and}",
        "What lies outside is not assessed, and sizes of these structures are too small.",
    ),
    "field_of_view_cut.not_shown": Sentence(
        "Not found, though a usual field of view of the {joint!w} shows it: {structures!w:,}",
        "The field of view may end before it. What is not shown is not assessed.",
    ),
    "views_apart": Sentence(
        "The {one!w} and the {other!w} volume do not overlap in the patient",
        "Check that both belong to one joint and one exam.",
    ),
    "views_apart.moved": Sentence(
        "In this series the joint is shifted by {shift_mm:.0f} mm and rotated by {degrees:.0f}°, as if the patient had "
        "moved between the series",
        "Do not rely on the outlines; analyse the other planes without this one.",
    ),
}
