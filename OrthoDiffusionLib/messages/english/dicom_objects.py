"""DICOM objects of results: what cannot be written, and why."""

from OrthoDiffusionLib.messages.sentence import Sentence

_INSTALL = "Install it: pip install 'highdicom>=0.25'"

DICOM_OBJECTS = {
    # notices
    "no_dicom_source": Sentence(
        "The series does not come from DICOM files, so that no DICOM segmentation was written for it",
        "Give the DICOM files of this series if one is wanted.",
    ),
    "no_dicom_source.identifiers": Sentence(
        "The series' DICOM files lack valid identifiers of study, series or image, which a DICOM segmentation must"
        " name, so that none was written for it",
        "Take the files as the scanner or the archive gave them.",
    ),
    "frame_of_reference.not_valid": Sentence(
        "The series' Frame of Reference UID is not valid; the DICOM objects name another one in its place",
        "A viewer may not lay the outlines over the images. Take the files as the scanner or the archive gave them.",
    ),
    "not_deidentified": Sentence(
        "{count:1 file is no DICOM file that can be read, and was not copied|{count} files are no DICOM files that can"
        " be read, and were not copied}"
    ),
    "not_deidentified.burned_in": Sentence(
        "{count:1 image has|{count} images have} writing in the picture, by what the header says, and {count:was|were}"
        " not copied",
        "Remove the writing by a program made for it.",
    ),
    "not_deidentified.kind": Sentence(
        "{count:1 file is neither a cross-section (MR, CT, PET) nor written by this program, and was not copied|{count}"
        " files are neither cross-sections (MR, CT, PET) nor written by this program, and were not copied}",
        "Pictures and documents of other kinds may hold names in any place; look at them one by one.",
    ),
    "not_deidentified.identifiers": Sentence(
        "{count:1 image lacks|{count} images lack} the identifiers of study or image, and {count:was|were} not copied"
    ),
    # refusals
    "dicom_objects.not_in_database": Sentence(
        "The DICOM objects are written, but Slicer's DICOM database does not list them",
        "Import their folder in the module DICOM.",
    ),
    "dicom_objects.no_report": Sentence(
        "There is no DICOM report to write anew",
        "Leave --dicom out, or analyse with it; orthodiffusion report --dicom --earlier FILE follows a report that is "
        "stored elsewhere.",
    ),
    "dicom_objects.no_report_of_ours": Sentence(
        "The file is no DICOM report of this program, or damaged", "Name a report.dcm that this program wrote."
    ),
    "dicom_objects.report_of_others": Sentence(
        "The DICOM report is of another exam, another side or another bundle than these results",
        "Name the report that was written with the same analysis.",
    ),
    "decided.dicom_before": Sentence(
        "The DICOM report of this folder is older than this decision; write it anew with --dicom"
    ),
    "decided.page_kept": Sentence("{page} was left as it is: it holds a text that a reader edited in the panel"),
    "decided.no_word": Sentence("{word!q} is no decision about a finding", "Say one of these: {known:,}."),
    "decided.twice": Sentence("The finding {finding!q} is decided twice", "Name each finding once."),
    "decided.one_note": Sentence(
        "One note cannot be about several findings", "Decide one finding at a time, each with its note."
    ),
    "decided.note_withdrawn": Sentence(
        "The decision about {finding!q} is withdrawn, and its note with it; a new note would be lost",
        "Leave out the note, or say unsure.",
    ),
    "decided.note_of_another": Sentence(
        "The note about {finding!q} is of another reader, {reader}", "Give your own with --note, which may be empty."
    ),
    "decided.note_without_name": Sentence(
        "The note about {finding!q} is of {reader}, and this decision does not say whose it is",
        "Give the name with --reader, or your own words with --note, which may be empty.",
    ),
    "decided.note_of_nobody": Sentence(
        "The note about {finding!q} does not say whose it is; it would stand beside the name {reader}",
        "Give your own with --note, or repeat that one if it is yours; --note may be empty.",
    ),
    "report_done.nothing_new": Sentence("The DICOM report says already what readers have decided; nothing was written"),
    "deidentify.nothing": Sentence("No file could be copied{reasons:each}", "Give DICOM files of images."),
    "deidentify.several_patients": Sentence(
        "The files are of several patients, and all would get the same name",
        "Copy one patient at a time, or leave --patient out: each then gets a pseudonym.",
    ),
    "deidentify.no_key": Sentence(
        "The file of the secret can neither be read nor made: {error}",
        "Give the file that an earlier export made, or a name that does not exist yet.",
    ),
    "deidentify.other_file": Sentence(
        "This file holds no secret of an earlier export, which is {digits} hexadecimal digits; it was left as it is",
        "Give the file that an earlier export made, or a name that does not exist yet.",
    ),
    "deidentify.done": Sentence(
        "{files:1 file|{files} files} in {series:1 series|{series} series} copied to {folder}; look at some before you"
        " hand them on"
    ),
    "dicom_objects.no_source": Sentence(
        "DICOM objects can only be written for series that come from DICOM files with their identifiers, and none of"
        " these does",
        "Give the DICOM files, or leave --dicom out.",
    ),
    "dicom_objects.source_changed": Sentence(
        "The DICOM file was changed or removed while the study was analyzed",
        "Leave the files in their place until the results are written, and analyze the study again.",
    ),
    "dicom_objects.no_highdicom": Sentence("Writing DICOM objects needs the Python package highdicom", _INSTALL),
    "dicom_objects.old_highdicom": Sentence(
        "Writing DICOM objects needs version {least} or newer of the Python package highdicom; {version} is installed",
        _INSTALL,
    ),
}
