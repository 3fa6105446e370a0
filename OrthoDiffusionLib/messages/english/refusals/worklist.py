"""Why a worklist or a case of it cannot be read or written."""

from OrthoDiffusionLib.messages.sentence import Sentence

WORKLIST_REFUSALS = {
    "worklist.no_label_map": Sentence(
        "The file is no label map: {error}",
        "Name a file that holds one whole number for each structure, 0 where there is none.",
    ),
    "worklist.reading_damaged": Sentence(
        "The decisions on the findings cannot be read: {error}",
        "Correct the file, or move it away to begin anew.",
    ),
    "worklist.segmentation_unreadable": Sentence(
        "The segmentation cannot be read: {error}",
        "Take an earlier version of the case; each lies in a folder of its own.",
    ),
    "worklist.folder_not_written": Sentence(
        "The worklist's folder cannot be written: {error}",
        "Copy the worklist into a folder you may write to; the images may stay where they are.",
    ),
    "worklist.open": Sentence(
        "The worklist is open already: by {reader} on {computer}",
        "Close it there first; two programs would overwrite each other's work.",
    ),
    "worklist.open_since": Sentence(
        "The worklist is open already: by {reader} on {computer} since {time}",
        "Close it there first; two programs would overwrite each other's work.",
    ),
    "worklist.slices_elsewhere": Sentence(
        "The slices do not lie where the outlines lie",
        "Choose a volume of the same exam, without a transform between them.",
    ),
    "worklist.missing": Sentence(
        "There is no such worklist",
        "Choose another file, or make a new worklist.",
    ),
    "worklist.unreadable": Sentence(
        "The worklist cannot be read: {error}",
        "Check that you may read the file, and that its disk is connected.",
    ),
    "worklist.other_file": Sentence(
        "The file is no worklist",
        "Choose a file named {file}.",
    ),
    "worklist.other_version": Sentence(
        "The worklist has schema version {version}; this program reads version {own}",
        "Open it with the version of OrthoDiffusion that wrote it.",
    ),
    "worklist.damaged": Sentence(
        "The worklist is damaged: {error}",
        "Choose the file worklist.json if this is another one; else correct it with a text editor, or take it from a "
        "backup. The label maps beside it are not touched.",
    ),
    "worklist.no_images_column": Sentence(
        "The table has no column with images",
        "Name the columns case and folder, or case, sagittal, coronal, axial in the first line.",
    ),
    "worklist.same_name": Sentence(
        "Two rows are named ‘{name}’",
        "Give each row a name of its own in the column case.",
    ),
    "worklist.no_rows": Sentence(
        "The table has no rows",
        "Write one line for each case.",
    ),
    "worklist.no_image": Sentence(
        "The row names no image",
        "Fill the column folder, or one of a plane.",
    ),
    "worklist.correction_first": Sentence(
        "A correction in slices is not applied yet",
        "Apply or discard it; then the worklist and its cases can be opened.",
    ),
    "worklist.process_ended": Sentence(
        "The process that saves and reads cases has ended: {reason}",
        "Nothing was lost; it is started again. If it happens again, free memory and restart Slicer.",
    ),
}
