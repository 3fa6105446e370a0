"""What was noticed while volumes were chosen for a study."""

from OrthoDiffusionLib.messages.sentence import Sentence

_FOLDER_ALONE = "If you want these, give their folder alone, or choose a volume for each plane by hand."
_ONE_JOINT = "Check that they show one joint in one exam."
_CHECK_SIDE = "Check the side."
_SAY_SIDE = "Give the side, and check that all series belong to one joint."
_OTHER_FRAME = (
    "The {plane!w} series has another frame of reference than the other planes, so the patient may have moved "
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
        "{count:The volume looks like a label map, not an image; it is|{count} volumes look like label maps, not "
        "images; they are} not used",
        "If {count:it|one of them} is an image, choose it by hand.",
    ),
    "not_mr.not_used": Sentence("The volume is marked {modality}; it is not used beside MR images"),
    "not_mr.unmarked_not_used": Sentence("The volume looks like computed tomography; it is not used beside MR images"),
    "unlike_training": Sentence(
        "The {plane!w} volume is {kind!w}; the networks were not trained with such images",
        "Choose a fat-suppressed or proton density series; do not rely on the result.",
    ),
    "unlike_training.arthrography": Sentence(
        "The descriptions of the images say that there is contrast agent in the joint (MR arthrography); the networks "
        "were not trained with such images",
        "Fluid in the joint or a bursa is no finding then; do not rely on the result.",
    ),
    "orientation_assumed": Sentence(
        "The orientation of the volume is not known; it is taken as {plane!w}, displayed as usual ({hanging}). Left "
        "and right may be exchanged"
    ),
    "localizer": Sentence(
        "The only {plane!w} volume looks like a localizer and is not used",
        "If it is the correct one, choose it by hand.",
    ),
    # patients and exams
    "several_studies.patients_by_hand": Sentence(
        "The volumes chosen by hand belong to different patients; they are used together, as you chose", _ONE_JOINT
    ),
    "several_studies.unknown_by_hand": Sentence(
        "Not all of the volumes chosen by hand state their exam; they are used together, as you chose",
        _ONE_JOINT,
    ),
    "several_studies.exams_by_hand": Sentence(
        "The volumes chosen by hand belong to different exams (studies); they are used together, as you chose",
        _ONE_JOINT,
    ),
    "several_studies.other_than_by_hand": Sentence(
        "Volumes that do not belong to the exam (study) of those chosen by hand are not used", _FOLDER_ALONE
    ),
    "several_studies.without_joint": Sentence(
        "The files belong to several exams (studies); one without images of the {joint!w} is not used", _FOLDER_ALONE
    ),
    "several_studies.unknown": Sentence(
        "Some files do not state their exam (study), while others do; those without are not used",
        _FOLDER_ALONE,
    ),
    "several_studies.patients_of_other_side": Sentence(
        "The files belong to several patients; those of the {side!w} side are not used", _FOLDER_ALONE
    ),
    "several_studies.exams_of_other_side": Sentence(
        "The files belong to several exams (studies); those of the {side!w} side are not used", _FOLDER_ALONE
    ),
    "several_studies.both_sides": Sentence(
        "Some series show the other side, or do not state their side; they are not used",
        "If they belong to this joint, choose them by hand.",
    ),
    "plane_disagrees": Sentence(
        "The name says {words!w}, but by their positions the slices are {plane!w}; the volume is used for the "
        "{plane!w} plane",
        "Check the orientation; if the name is right, export the series again, preferably as DICOM.",
    ),
    "plane_disagrees.or_side": Sentence(
        "The name says {words!w}, but slices that lie so are {plane!w} if the side is {side!w}; the volume is used for "
        "the {plane!w} plane",
        "Check the side: if it is {other!w}, the slices are {words!w}. If the side is correct, check the orientation.",
    ),
    # joint
    "joint_not_said.descriptions": Sentence(
        "Analysed as the {joint!w}: the descriptions of the images name it",
        "If it is another joint, name it (option --joint).",
    ),
    "joint_not_said.path": Sentence(
        "Analysed as the {joint!w}: the name of the files or of their folder says so; the headers name no joint",
        "If it is another joint, name it (option --joint).",
    ),
    "joint_not_said.picture": Sentence(
        "Analysed as the {joint!w}: nothing names the joint, and the images look like {joint!a} ({probability:.0%})",
        "Check it; if it is another joint, name it (option --joint).",
    ),
    "joint_not_said.likely": Sentence(
        "Analysed as the {joint!w}: nothing names the joint, and the images look most like {joint!a} "
        "({probability:.0%}), which is not certain",
        "Check it; if it is another joint, name it (option --joint).",
    ),
    "joint_not_said.usual": Sentence(
        "Analysed as the {joint!w}: neither headers nor names of files say which joint it is, nor do the pictures show "
        "it clearly",
        "Check that it is one; if it is another joint, name it (option --joint).",
    ),
    "joint_not_recognised": Sentence(
        "No header names the joint, and the images are not clearly recognised as the {joint!w} ({probability:.0%})",
        "Check that they show the {joint!w}.",
    ),
    "joint_not_recognised.rather": Sentence(
        "No header names the joint, and the images are not clearly recognised as the {joint!w} ({probability:.0%}); "
        "they look more like {pictured!a} ({likeliest:.0%})",
        "Check that they show the {joint!w}; otherwise name the joint (option --joint, or the panel's joint selector).",
    ),
    "other_joint_pictured": Sentence(
        "The images look like {pictured!a} ({probability:.0%}), but were analysed as the {joint!w}",
        "Do not use this result unless you have seen that the images show the {joint!w}; otherwise name the joint "
        "(option --joint, or the panel's joint selector).",
    ),
    "other_joint_pictured.none": Sentence(
        "The images look like none of the joints that are known, {known!w:and} ({probability:.0%}); they were "
        "analysed as the {joint!w}",
        "Do not use this result unless you have seen that the images show the {joint!w}.",
    ),
    "other_joint": Sentence(
        "The descriptions or names of the images name the {named!w}, not the {joint!w}, which the bundle knows",
        "Check the joint; if the images show the {named!w}, do not use this result.",
    ),
    "two_joints": Sentence(
        "The images show two {joint!w}s; only the {side!w} one, recognised by its position, was analysed",
        "For the other one, analyse again with the side {other} (option --side, or the panel's side selector).",
    ),
    "two_joints.not_used": Sentence("The volume shows the {side!w} {joint!w} alone; it is not used"),
    # side
    "side_disagrees.user_and_tags": Sentence(
        "You chose the {side!w} side, but the series are tagged {tags!w:and}; your choice is used", _CHECK_SIDE
    ),
    "side_disagrees.user_and_words": Sentence(
        "You chose the {side!w} side, but the series descriptions say {words!w}; your choice is used", _CHECK_SIDE
    ),
    "side_disagrees.tag_and_words": Sentence(
        "The series are tagged {side!w}, but their descriptions say {words!w}; the tag is used", _CHECK_SIDE
    ),
    "side_disagrees.tags": Sentence("Some series are tagged right and others left; the tags are not used", _SAY_SIDE),
    "side_disagrees.tags_of_series": Sentence(
        "The tags of one series say both right and left; they are not used", _SAY_SIDE
    ),
    "side_disagrees.words": Sentence("The series descriptions say both right and left; they are not used", _SAY_SIDE),
    "side_in_description": Sentence(
        "The side is not tagged; it is taken from the series descriptions, which say {side!w}",
        "Check it, and give the side if it is wrong: medial and lateral depend on it.",
    ),
    # frames of reference
    "frame_of_reference.to_register": Sentence(
        _OTHER_FRAME + "its position will be found by registration, otherwise it is left out", _FIT
    ),
    "frame_of_reference.by_hand": Sentence(
        _OTHER_FRAME + "it could not be registered and is used at the position in its header, as you chose it", _FIT
    ),
    "frame_of_reference.unmoved": Sentence(
        _OTHER_FRAME + "registration found no movement, and it is used unchanged", _FIT
    ),
    "frame_of_reference.registered": Sentence(
        _OTHER_FRAME + "it was registered to the others (shifted by {shift_mm:.0f} mm and rotated by {degrees:.0f}°)",
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
