"""What was noticed while volumes were chosen for a study."""

from OrthoDiffusionLib.messages.sentence import Sentence

_FOLDER_ALONE = "If you want these, give their folder alone, or choose a volume for each plane by hand."
_ONE_JOINT = "Check that they show one joint at one visit."
_CHECK_SIDE = "Check the side."
_SAY_SIDE = "Say which side it is, and check that all series belong to one joint."
_OTHER_FRAME = (
    "The {plane!w} series has another frame of reference than the other planes, so that the patient may have moved "
    "between them; "
)
_FIT = "Check that the planes fit together."

SELECTION = {
    "few_slices.not_used": Sentence(
        "The volume has fewer than {least} slices; it is not used", "Choose the whole series."
    ),
    "constant.not_used": Sentence(
        "All voxels of the volume have the same value; it is not used", "Export the series again."
    ),
    "label_map.not_used": Sentence(
        "The volume looks like a label map, not an image; it is not used", "If it is an image, choose it by hand."
    ),
    "not_mr.not_used": Sentence("The volume is marked {modality}; it is not used beside MR images"),
    "not_mr.unmarked_not_used": Sentence("The volume looks like computed tomography; it is not used beside MR images"),
    "unlike_training": Sentence(
        "The {plane!w} volume is {kind!w}; the networks never learned from such images",
        "Choose a fat-suppressed or proton density series; do not rely on the result.",
    ),
    "orientation_assumed": Sentence(
        "The volume has no known orientation; it is taken as {plane!w}, hung as usual ({hanging}). Left and right may "
        "be exchanged"
    ),
    "localizer": Sentence(
        "The only {plane!w} volume looks like a localizer and is not used",
        "If it is the right one, choose it by hand.",
    ),
    # patients and exams
    "several_studies.patients_by_hand": Sentence(
        "The volumes chosen by hand belong to different patients; they are used together, as you chose", _ONE_JOINT
    ),
    "several_studies.unknown_by_hand": Sentence(
        "Not all of the volumes chosen by hand say which exam they belong to; they are used together, as you chose",
        _ONE_JOINT,
    ),
    "several_studies.exams_by_hand": Sentence(
        "The volumes chosen by hand belong to different exams (studies); they are used together, as you chose",
        _ONE_JOINT,
    ),
    "several_studies.other_than_by_hand": Sentence(
        "What does not belong to the exam (study) of the volumes chosen by hand is not used", _FOLDER_ALONE
    ),
    "several_studies.without_joint": Sentence(
        "The files belong to several exams (studies); one without images of the {joint!w} is not used", _FOLDER_ALONE
    ),
    "several_studies.unknown": Sentence(
        "Some files do not say which exam (study) they belong to, while others do; what does not is not used",
        _FOLDER_ALONE,
    ),
    "several_studies.patients_of_other_side": Sentence(
        "The files belong to several patients; what is of the {side!w} side is not used", _FOLDER_ALONE
    ),
    "several_studies.exams_of_other_side": Sentence(
        "The files belong to several exams (studies); what is of the {side!w} side is not used", _FOLDER_ALONE
    ),
    "several_studies.both_sides": Sentence(
        "Some series are of the other side, or do not say their side; they are not used",
        "If they belong to this joint, choose them by hand.",
    ),
    "two_joints": Sentence(
        "Two {joint!w}s in one picture; only the {side!w} one, by its place, was analysed",
        "For the other one analyse again with --side {other}.",
    ),
    "two_joints.not_used": Sentence("The volume shows the {side!w} {joint!w} alone; it is not used"),
    # side
    "side_disagrees.user_and_tags": Sentence(
        "You chose the {side!w} side, but the series are tagged {tags!w:and}; your choice is used", _CHECK_SIDE
    ),
    "side_disagrees.user_and_words": Sentence(
        "You chose the {side!w} side, but the words of the series say {words!w}; your choice is used", _CHECK_SIDE
    ),
    "side_disagrees.tag_and_words": Sentence(
        "The series are tagged {side!w}, but their words say {words!w}; the tag is used", _CHECK_SIDE
    ),
    "side_disagrees.tags": Sentence("Some series are tagged right and others left; the tags are not used", _SAY_SIDE),
    "side_disagrees.words": Sentence("The words of the series say right and left; they are not used", _SAY_SIDE),
    "side_in_description": Sentence(
        "The side is not tagged; it is taken from the words of the series, which say {side!w}",
        "Check it, and give the side if it is the other one: medial and lateral depend on it.",
    ),
    # frames of reference
    "frame_of_reference.to_register": Sentence(
        _OTHER_FRAME + "its place will be found by registration, or it is left out", _FIT
    ),
    "frame_of_reference.by_hand": Sentence(
        _OTHER_FRAME + "it could not be registered, and is used where its header puts it, as you chose it", _FIT
    ),
    "frame_of_reference.unmoved": Sentence(
        _OTHER_FRAME + "registration found no movement, and it is used as it lies", _FIT
    ),
    "frame_of_reference.registered": Sentence(
        _OTHER_FRAME + "it was registered to the others (moved by {shift_mm:.0f} mm and turned by {degrees:.0f}°)",
        "Check the outlines on this series.",
    ),
    "frame_of_reference.not_used": Sentence(
        _OTHER_FRAME + "it could not be registered to them and is not used",
        "Choose it by hand if you are sure that the patient did not move.",
    ),
    "frame_of_reference.replaced": Sentence(
        _OTHER_FRAME + "it could not be registered to them; ‘{other}’ is used instead", _FIT
    ),
}
