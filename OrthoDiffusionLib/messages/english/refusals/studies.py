"""Why a study is refused, and where that lies."""

from OrthoDiffusionLib.messages.sentence import Sentence

STUDY_REFUSALS = {
    "study.other_joint_than_bundle": Sentence(
        "The study is of the {joint!w}, the bundle knows the {known!w}", "Choose a bundle for this joint."
    ),
    "study.clinical_value": Sentence("A clinical value is invalid: {error}", "Correct it, or leave it out."),
    "study.nothing_given": Sentence(
        "No volume was given", "Name the files of the study, or the folder that holds them."
    ),
    "study.none_of_plane": Sentence(
        "None of the {count} volumes there is a {plane!w} one", "Name the file or folder of one {plane!w} series."
    ),
    "study.not_numbers_in_scene": Sentence(
        "The volume holds values that are not numbers (NaN or infinite)",
        "Load it again, or repair it, before analyzing.",
    ),
    "study.not_three_dimensions": Sentence(
        "A volume must have 3 dimensions, this array has {count}", "Choose a 3D image."
    ),
    "study.two_exams": Sentence(
        "The files belong to two exams (studies), one of the right {joint!w} and one of the left",
        (
            "Give the side of the one that is meant (option --side, or the panel's side selector). Give the "
            "folder or the series of one exam; `orthodiffusion batch` analyses many exams, one folder for each."
        ),
    ),
    "study.both_sides": Sentence(
        "Some series are of the right {joint!w} and others of the left",
        (
            "Give the side of the one that is meant (option --side, or the panel's side selector), or the "
            "series of one side alone."
        ),
    ),
    "study.both_places": Sentence(
        "The series lie in two places, as those of a right and of a left {joint!w} do",
        (
            "Give the side of the one that is meant (option --side, or the panel's side selector), or the "
            "series of one side alone."
        ),
    ),
    "study.two_joints": Sentence(
        "The images show two {joint!w}s",
        (
            "Give the side of the {joint!w} to analyse (option --side, or the panel's side selector); it is "
            "cut out of the images by its position."
        ),
    ),
    "study.no_such_side": Sentence("No volume shows the {side!w} {joint!w}"),
    "study.side_needed": Sentence(
        "It is not known whether this is a right or a left {joint!w}, and its planes lie differently in each",
        "Give the side (option --side, or the panel's side selector).",
    ),
    "study.not_its_plane": Sentence(
        "‘{name}’ is to be used for the {plane!w} plane, but its slices are {own!w}",
        "Use it for the {own!w} plane, or choose a volume of thin slices.",
    ),
    "study.same_names": Sentence("There are {count} volumes called ‘{wanted}’", "The volumes are: {names!q:,}."),
    "study.no_volume": Sentence(
        "There is no volume to analyse", "Choose at least one sagittal, coronal or axial series of the joint."
    ),
    "study.several_for_plane": Sentence(
        "{count} volumes are to be used for the {plane!w} plane", "Choose one of them."
    ),
    "study.constant": Sentence(
        "All voxels of the chosen volume have the same value", "Export the series again, or choose another one."
    ),
    "study.few_slices": Sentence(
        "The chosen volume has {slices} slices; a view needs {least} or more", "Choose the whole series."
    ),
    "study.not_numbers": Sentence(
        "{bad:,} of {count:,} voxels are not numbers (NaN or infinite)",
        "Export the image again, or replace these voxels first.",
    ),
    "study.several_patients": Sentence(
        "The files belong to {count} patients",
        ("Give the folder or the series of one exam; `orthodiffusion batch` analyses many exams, one folder for each."),
    ),
    "study.several_exams": Sentence(
        "The files belong to {count} exams (studies)",
        ("Give the folder or the series of one exam; `orthodiffusion batch` analyses many exams, one folder for each."),
    ),
    "study.none_usable": Sentence(
        "{count:The volume|None of the {count} volumes} can{count:not|} be analysed",
        "Choose at least one sagittal, coronal or axial series of the joint.",
    ),
    "study.no_known_plane": Sentence(
        "None of the planes that the bundle knows is in the study", "Add a volume in one of the planes {planes!w:,}."
    ),
    "study.nothing_read": Sentence(
        "There is no volume to analyse",
        "{seen:full}Choose NIfTI, NRRD or MetaImage files, or a folder with the DICOM images of one study.",
    ),
    "study.bad_files": Sentence(
        "{count:The file|None of the {count} files} can{count:not|} be read", "{remedies:sentences}"
    ),
    "study.bad_files_named": Sentence("{count} of the files that were named cannot be read", "{remedies:sentences}"),
    "problem": Sentence("{where}: {what}"),
    "problems": Sentence("{problems:;}"),
    "problems.more": Sentence("{problems:;}; and {more} more"),
    "remedy": Sentence("{problem:remedy}"),
    "reason": Sentence("{reason} ({where})"),
    "volume": Sentence("volume ‘{name}’"),
    "line": Sentence("{file}, line {line}"),
    "step": Sentence("{step_mm:.1f} mm from slice to slice"),
    "exams": Sentence("{exams:;}"),
    "exam.side": Sentence("{sides!w:and}: {names}"),
    "exam.side_and_day": Sentence("{sides!w:and}, {day}: {names}"),
    "exam.both_sides": Sentence("right: {right}; left: {left}"),
}
