"""Headings and words of pages, pictures and the command line's summary."""

from OrthoDiffusionLib.messages.sentence import Sentence

_SENTENCES = {
    "joint_of_side": Sentence("{side!W} {joint!w}"),
    "operating_point": Sentence(
        "positive from {threshold:.{digits}f} on (sensitivity {sensitivity:.2f}, specificity {specificity:.2f})"
    ),
    "usual_range": Sentence("{low:number {unit}} to {high:in {unit}}"),
    "readers_value": Sentence("{how!w}; model: {model:in {unit}}"),
    "readers_value.alone": Sentence("{how!w}; model: no value"),
    # pictures
    "picture.slice": Sentence("slice {number} of {count}"),
    "picture.at_finding": Sentence("at finding: {finding!w}"),
    "picture.through": Sentence("through the {structure!w}"),
    "picture.no_volume": Sentence("No {plane!w} volume"),
    "picture.planes": Sentence("Planes: {planes}"),
    "picture.without": Sentence("without {planes!w:and}"),
    "picture.thickness": Sentence("Mean thickness: {thicknesses:,}"),
    "picture.many_missing": Sentence("Not found: {count} of the structures"),
    "picture.warnings": Sentence("{count:1 warning|{count} warnings}:"),
    "picture.more": Sentence("(and {count} more, see findings.json)"),
    # the command line
    "results_in": Sentence("Results in {folder}"),
    "file_on_input": Sentence("the same on the {plane!w} volume's own grid"),
    "batch_done": Sentence("{analysed} analysed, {before} done before, {failed} failed."),
    "unknown_options": Sentence(
        "unrecognized arguments: {options}; `orthodiffusion {command} --help` lists the options"
    ),
    "batch_done.table": Sentence("One row a study: {table}"),
    "batch_done.with_clinical": Sentence(
        "{count} of those done before have clinical values in the table. Their results are unchanged; --overwrite "
        "analyses them again with these values."
    ),
    "batch_done.loose_files": Sentence(
        "{count:1 image file beside the folders was passed over: {name}|{count} image files beside the folders were "
        "passed over, such as {name}}. Several studies need a folder each: "
        "put the files of each study into a folder of its own."
    ),
    "batch_done.implausible": Sentence("Results not to be used, implausible or of another joint: {names:,}"),
}

_WORDS = {
    # who said which side it is
    "side_by_user": "side given by the user",
    "side_by_tag": "side from the DICOM tag",
    "side_by_description": "side from the series descriptions",
    "side_by_anatomy": "side from the anatomy",
    "side_by_unknown": "side unknown",
    # tables
    "page_all_findings": "all findings: the model's word and the reader's",
    "page_finding": "finding",
    "page_model": "model",
    "page_reader": "reader",
    "page_operating_point": "threshold (its figures on the studies that it was chosen on: too favourable)",
    "page_by_plane": "by plane",
    "page_note": "note",
    "page_measurements": "measurements",
    "page_measurement": "measurement",
    "page_value": "value",
    "page_usual": "usual",
    "page_source": "source",
    "page_structures": "structures",
    "page_structure": "structure",
    "page_volume": "volume",
    "page_overview": "slices with outlines, structures in 3D, findings",
    "page_views": "slice and 3D views",
    "auxiliary": "auxiliary",
    "auxiliary_ones": "auxiliary",
    "cut_off": "cut off by the field of view",
    "not_found": "not found",
    "not_outlined_reliably": "not outlined reliably by this bundle",
    "not_measured": "not measured",
    "not_used": "not used",
    "bundle": "bundle",
    "warnings": "warnings",
    "no_warnings": "no warnings",
    "picture_in_report": "see the report",
    # how a reader changed a measurement
    "reader_points": "points moved by the reader",
    "reader_outlines": "from corrected outlines",
    # a review
    "review_accepted": "accepted",
    "review_rejected": "rejected",
    "review_unsure": "unsure",
    "review_earlier": "made on an earlier result",
    # pictures
    "findings": "findings",
    "probability": "probability",
    "fused": "fused",
    "picture_plane": "plane",
    "picture_threshold": "threshold",
    "short_sagittal": "sag",
    "short_coronal": "cor",
    "short_axial": "ax",
    "anterolateral": "from the front and lateral",
    "posteromedial": "from behind and medial",
    "no_structures": "no structures were found",
    "picture_footer": "research use only. Not a medical device. Learned from digital phantoms.",
    "picture_do_not_rely": "do not rely on this result, see the warnings",
    "picture_estimates": "numbers are a network's calibrated estimates. Outlines are unreviewed.",
    # the command line
    "summary_findings": "findings (probabilities of the model, not a diagnosis)",
    "error": "error",
    "error_where": "where",
    "error_remedy": "what to do",
    "error_details": "details",
    "interrupted": "interrupted. Nothing half-written was left behind.",
    "results_folder": "results folder",
    "bundle_folder": "bundle folder",
    "monai_bundle": "MONAI Bundle",
    "study_folder": "study folder",
    "pacs_patient": "patient ID",
    "pacs_accession": "accession",
    "pacs_date": "date",
    "pacs_description": "description",
    "pacs_modalities": "modalities",
    "pacs_series": "series",
    "pacs_instances": "instances",
    "pacs_uid": "UID",
    "file_report": "the report, to be read in a browser",
    "file_overview": "one picture of everything",
    "file_table": "the findings as a table",
    "file_data": "everything as data",
    "file_outlines": "the outlines, for 3D Slicer",
    "file_labels": "the outlines as label values",
    "file_evidence": "where each finding was seen",
    "file_dicom": "segmentations, report and picture as DICOM objects",
}

PAGES = {**_SENTENCES, **{f"word.{key}": Sentence(word) for key, word in _WORDS.items()}}
