"""Many studies: their plan, what is not used, what ends a batch, and its page."""

from OrthoDiffusionLib.messages.sentence import Sentence

_SENTENCES = {
    # the plan
    "plan": Sentence(
        "{count:{count} study|{count} studies}; "
        "{unused:{unused} file or folder belongs|{unused} files and folders belong} to none of them."
    ),
    "plan.head": Sentence("study  side  what it holds  where"),
    "plan.missing": Sentence("{name}  {side!w}  not there  {place}"),
    "plan.uncounted": Sentence("{name}  {side!w}  ?  {place}"),
    "plan.images": Sentence("{name}  {side!w}  {files:{files} image file|{files} image files}  {place}"),
    "plan.case": Sentence("{name}  {side!w}  {files:{files} file|{files} files}, {series} series  {place}"),
    "plan.unused": Sentence("{count} not used: {reason}, such as {names:,}"),
    "unused": Sentence("no file of a kind that is read"),
    "unused.no_images": Sentence("a folder without images"),
    "unused.no_file": Sentence("neither a file nor a folder, such as a link that leads to nothing"),
    "unused.damaged": Sentence("damaged: no DICOM header can be read"),
    "unused.results": Sentence("a results folder of an earlier analysis"),
    "unused.beside_exams": Sentence("an image file beside several DICOM exams; to which it belongs is not known"),
    "unused.no_study": Sentence("an image file in no study's folder, and its name does not say whose plane it is"),
    "unused.no_image_series": Sentence("an exam without image series"),
    "unused.no_mr": Sentence("an exam without MR images, of {modalities:and} alone"),
    "unused.other_part": Sentence("an exam of another part of the body ({parts:,}), not of the {joint!w}"),
    "unused.missing": Sentence("listed in the DICOMDIR, but not there"),
    "unused.not_anat": Sentence("not in a folder `anat` of a subject (BIDS)"),
    "unused.label_map": Sentence("a label map, by its name"),
    "unused.no_side": Sentence("an image that names no side, beside those of both sides"),
    "batch.unreadable": Sentence(
        "The studies cannot be read: {error}", "Check that you may read them and that the disk or share is there."
    ),
    "batch.no_out": Sentence("The folder of results is not named", "Name it: --out DIR."),
    "batch.no_table": Sentence(
        "The file is neither a table (CSV) nor a DICOMDIR",
        "Name a folder of studies, a DICOMDIR, or a CSV table; a single study goes to `orthodiffusion analyze`.",
    ),
    "batch.damaged_list": Sentence("The DICOMDIR cannot be read", "Name the folder that holds the images instead."),
    "batch.nothing_used": Sentence(
        "No study was found; {count:1 file or folder was|{count} files and folders were} looked at ({reasons:;})",
        "Name the folder that holds the studies, as DICOM, NIfTI, NRRD or MetaImage files; pictures such as "
        "JPEG are not read.",
    ),
    "batch.case_columns": Sentence(
        "A table of studies needs the column {name} and one of {path} and {planes:,}",
        "Name the columns in the first line.",
    ),
    "batch.case_twice": Sentence("The study {name!q} is in the table twice", "Give each study a name of its own."),
    "batch.case_name": Sentence(
        "The study's name {name!q} cannot be the name of a folder",
        "Use letters, digits, - and _, at most 100 of them, and no name of a patient.",
    ),
    "batch.case_without_path": Sentence("The study {name!q} has no path", "Fill in a path, or delete the line."),
    "batch.case_side": Sentence("The side is {side!q}", "Write right or left, or leave it empty."),
    "batch.no_cases": Sentence("The table names no study", "Add a line for each study."),
    # what ends a batch
    "batch.in_use": Sentence(
        "Another batch writes into this folder: process {pid} on {host}",
        "Wait until it has ended, or choose another folder. Nothing was changed.",
    ),
    "batch.in_use_by_node": Sentence(
        "A DICOM node (listen) writes into this folder: process {pid} on {host}",
        "Choose another folder, or end the node first. Nothing was changed.",
    ),
    "batch.lock_lost": Sentence(
        "Another process has taken this folder over, because this one had stood still for minutes",
        "Let the other one go on. Nothing that is complete was lost.",
    ),
    "batch.other_files": Sentence(
        "The results of this name were made from other images: of another study, or before some came or went",
        "Choose another folder of results, or replace them (option --overwrite; in the console overwrite=True).",
    ),
    "batch.other_side": Sentence(
        "The results of this name are of the {side!w} side",
        "Choose another folder of results, or replace them (option --overwrite; in the console overwrite=True).",
    ),
    "batch.folder_not_writable": Sentence(
        "The folder of results cannot be written: {error}",
        "Free some space or choose a folder you may write to, and run the same command again: it goes on.",
    ),
    "batch.out_holds_images": Sentence(
        "The folder of results holds images, which would be passed over", "Choose a new folder for the results."
    ),
    "batch.results_gone": Sentence(
        "The folder of results is not there any more",
        "Connect the disk or share again, and run the same command again: it goes on where it stopped.",
    ),
    "batch.studies_gone": Sentence(
        "The folder of studies is not there any more",
        "Connect the disk or share again, and run the same command again: it goes on where it stopped.",
    ),
    "batch.bundle_changed": Sentence(
        "The bundle is another one than when the batch began", "Start the batch again when the bundle is complete."
    ),
    "batch.killed_for_memory": Sentence(
        "The system ended the worker because memory ran out, also when the study was tried alone",
        "Use fewer workers or a machine with more memory; analyse this study by itself.",
    ),
    "batch.worker_died": Sentence(
        "The worker ended without a word ({status}), also when the study was tried alone",
        "Analyse this study by itself to see more.",
    ),
    "batch.no_dask": Sentence(
        "The package {package} is missing, which a cluster needs", "Install it: pip install 'orthodiffusion[cluster]'."
    ),
    "batch.no_cluster": Sentence(
        "The cluster cannot be reached: {error}", "Check the address; the scheduler must run, and of the same version."
    ),
    "batch.cluster_version": Sentence(
        "A worker of the cluster has version {version} of this program, here it is {own}",
        "Install the same version everywhere.",
    ),
    "batch.cluster_folder": Sentence(
        "Workers of the cluster do not see the folder {folder}",
        "Studies, results and bundle must lie on a shared disk, at the same path on all machines.",
    ),
    "batch.cluster_empty": Sentence("The cluster has no workers", "Start workers: dask worker ADDRESS --nthreads 1"),
    # the summary of the command line
    "batch_done.unused": Sentence(
        "{count:{count} file or folder belongs|{count} files and folders belong} to no study: see {table}"
    ),
    "batch_done.joint": Sentence(
        "Joint of all studies: {joint!w} (bundle {bundle} {version}); for another one name it (option --joint)"
    ),
    "batch_done.named_otherwise": Sentence(
        "{count:{count} study is|{count} studies are} named as of another joint than the {joint!w}; check the joint: "
        "{names:of {count}}"
    ),
    "batch_done.page": Sentence("All studies on one page: {page}"),
    "batch_done.other_bundle": Sentence(
        "{count} of those done before were analysed by another bundle. Their results are unchanged; --overwrite "
        "analyses them again."
    ),
    # the page
    "batch_page.title": Sentence("Batch: {joint!w}"),
    "batch_page.research": Sentence("For research; not a medical device, and no diagnosis."),
    "batch_page.counts": Sentence("{done} done, {failed} failed, {implausible} not to be used."),
    "batch_page.failures": Sentence("Failed: {count}"),
    "batch_page.first_failures": Sentence("Failed: {count} (the first {shown} of them; results.csv has all)"),
    "batch_page.distributions": Sentence(
        "Distributions of probabilities, volumes and measurements, without results that are not to be used"
    ),
    "batch_page.distribution": Sentence(
        "n = {count}, median {median:.3g}{unit}, quartiles {low:.3g} to {high:.3g}{unit}"
    ),
    "batch_page.volume": Sentence("{structure}, volume"),
    "batch_page.thickness": Sentence("{structure}, mean thickness"),
    "batch_page.tables": Sentence(
        "Bundle {bundle} {version}. All numbers: results.csv. Which series were chosen, and why: series.csv. "
        "What was not used, and why: unused.csv."
    ),
    "batch_page.studies": Sentence(
        "Studies with the probability of each finding, failures first; a column's title sorts by it"
    ),
    "batch_page.find": Sentence("Find a study"),
    "batch_page.positive": Sentence("at or above the bundle's threshold for “positive”"),
    "batch_page.of": Sentence("of"),
    "batch_page.do_not_use": Sentence("do not use: implausible, or of another joint"),
    "batch_page.no_script": Sentence("The list of studies needs JavaScript; results.csv holds the same rows."),
}

_WORDS = {
    "page_study": "study",
    "page_stage": "stage",
    "page_reason": "reason and remedy",
    "read": "reading",
    "select": "choosing series",
    "load": "loading the networks",
    "analyse": "analysing",
    "draw": "drawing",
    "write": "writing",
    "dicom": "DICOM objects",
    "process": "the worker process",
}

BATCH = {**_SENTENCES, **{f"word.{key}": Sentence(word) for key, word in _WORDS.items()}}
