"""Why results and tables cannot be read or written."""

from OrthoDiffusionLib.messages.sentence import Sentence

_ANALYZE_THE_STUDY = "Analyze the study again."

RESULTS_REFUSALS = {
    "results.no_report": Sentence("These results are of an earlier version and hold no report", _ANALYZE_THE_STUDY),
    "results.only_with_dicom": Sentence(
        "--earlier and --events are for a DICOM report", "Add --dicom, or leave them out."
    ),
    "results.not_with_dicom": Sentence(
        "--prior and --out are for a page", "Leave them out: a DICOM report lies in the folder of the results."
    ),
    "results.no_such_finding": Sentence("The results have no finding {finding!q}", "Name one of these: {known:,}."),
    "results.page_exists": Sentence("The page is there already", "Choose another name, or add --overwrite."),
    "results.overview_unreadable": Sentence("The overview cannot be read", "Analyse the study again."),
    "results.disk_nearly_full": Sentence(
        "The disk is full: {free_mb:.0f} MB are free",
        "Free some space (about 30 MB), or choose a folder on another disk.",
    ),
    "results.no_segmentation": Sentence("The results folder has no readable segmentation", _ANALYZE_THE_STUDY),
    "results.no_version": Sentence("findings.json names no schema version", _ANALYZE_THE_STUDY),
    "results.other_version": Sentence(
        "These results have schema version {version}; this program reads versions {least} to {most}",
        "Open them with the version of OrthoDiffusion that wrote them, or analyze the study again.",
    ),
    "results.lacks": Sentence("findings.json lacks {missing:,}", _ANALYZE_THE_STUDY),
    "results.missing": Sentence(
        "No results in this folder: findings.json is missing", "Choose a folder that an analysis was saved to."
    ),
    "results.unreadable": Sentence(
        "The results cannot be read: {error}",
        "Choose the folder that an analysis was saved to, and see that it may be read.",
    ),
    "results.damaged": Sentence("findings.json is damaged: {error}", _ANALYZE_THE_STUDY),
    "results.contradiction": Sentence("findings.json contradicts itself: {what}", _ANALYZE_THE_STUDY),
    "results.array_unreadable": Sentence(
        "{name} cannot be read: {error}", "Analyze again; if it happens again, check the free disk space."
    ),
    "results.array_version": Sentence(
        "{name} has schema version {version}; {needed} is needed",
        "Analyze again; if it happens again, check the free disk space.",
    ),
    "results.prior_of_other_joint": Sentence(
        "The prior exam shows {prior!a}, this one {joint!a}", "Choose a prior exam of the same joint."
    ),
    "results.prior_of_other_side": Sentence(
        "The prior exam is of the {prior!w} side, this one of the {side!w}", "Choose a prior exam of the same side."
    ),
    "folder.invalid_name": Sentence("The name of the {kind!w} is invalid", "Choose another name."),
    "folder.top_of_disk": Sentence("The {kind!w} is the top of a disk", "Choose a new folder inside it."),
    "folder.is_file": Sentence("The {kind!w} is a file", "Choose another name, or move the file away."),
    "folder.other_files": Sentence(
        "The {kind!w} holds other files, such as {file}", "Choose a new folder; files of others are never deleted."
    ),
    "folder.decisions": Sentence(
        "The results folder holds a reader's decisions, such as that on {finding}",
        "Move this folder elsewhere to analyse the study again; decisions are never deleted.",
    ),
    "folder.exists": Sentence(
        "The {kind!w} exists already", "Choose another folder, or allow overwriting (--overwrite)."
    ),
    "folder.disk_full": Sentence(
        "The disk is full", "Free some space (about 30 MB), or choose a folder on another disk."
    ),
    "folder.not_allowed": Sentence(
        "The {kind!w} cannot be written", "Choose a folder you may write to, such as one in your home folder."
    ),
    "folder.not_written": Sentence("The {kind!w} could not be written: {error}", "Choose another folder."),
    "batch.several_joints": Sentence(
        "The studies are of several joints: {joints!w:and} ({counts:,} studies); a batch is of one joint",
        "Put the studies of each joint into a folder of their own, and run the batch once for each, with --joint. Of "
        "studies that are image files --joint leaves out none.",
    ),
    "batch.no_folder": Sentence("There is no such folder", "Name the folder that holds the studies."),
    "batch.clinical_of_nobody": Sentence(
        "Clinical values are given for {count:a study that is|{count} studies that are} not there, "
        "{count:|such as }‘{name}’",
        "The column study must hold the names of the studies' folders.",
    ),
    "batch.internal_error": Sentence(
        "The program stopped because of an internal error: {kind}: {error}", "Analyse this study alone to see more."
    ),
    "batch.table_not_made": Sentence(
        "The table of results cannot be read or made", "Move the file away, or choose another folder you may write to."
    ),
    "batch.table_not_written": Sentence(
        "The table of results cannot be written: {error}",
        "Free some space or close the program that has it open, and run the same command again.",
    ),
    "batch.alike_column": Sentence(
        "The table of clinical values has a column ‘{column}’; is ‘{meant}’ meant?", "Rename the column, or delete it."
    ),
    "batch.clinical_value": Sentence("A clinical value is invalid: {error}", "Correct or empty it."),
    "batch.loose_files": Sentence(
        "The folder holds {count:{count} image file|{count} image files}, but no folders, one for each study",
        (
            "If the files are a single study, use `orthodiffusion analyze`. Several studies need a folder "
            "each: put the files of each study into a folder of its own."
        ),
    ),
    "batch.no_folders": Sentence(
        "The folder holds no folders, one for each study, and no images",
        "Check that it is the folder that holds the studies. For a single study use `orthodiffusion analyze`.",
    ),
    "batch.clinical_columns": Sentence(
        "The table of clinical values needs the column {study} and at least one of {columns:,}",
        "Its first line has: {header}.",
    ),
    "batch.unnamed_study": Sentence("No study is named"),
    "batch.study_twice": Sentence("The study ‘{study}’ is in the table of clinical values twice"),
    "table.unreadable": Sentence("The table cannot be read: {error}", "Check the path."),
    "table.no_text": Sentence("The table is no UTF-8 text", "Save it as CSV with the encoding UTF-8."),
    "table.too_many_values": Sentence(
        "Line {line} has {values} values for {columns} columns",
        "Put values that hold the delimiter into quotation marks.",
    ),
    "table.no_csv": Sentence(
        "The table is no valid CSV, at line {line}: {error}",
        "Look for a quotation mark that is not closed, or save it anew as CSV.",
    ),
}
