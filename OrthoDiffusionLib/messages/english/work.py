"""How far the work is, and what goes wrong with it."""

from OrthoDiffusionLib.messages.sentence import Sentence

WORK = {
    "progress.install": Sentence("Verifying and copying {name}"),
    "progress.find": Sentence("Looking for studies"),
    "progress.read": Sentence("Reading the volumes"),
    "progress.load": Sentence("Loading the networks"),
    "progress.load_bundle": Sentence("Loading the networks of {bundle}"),
    "progress.side": Sentence("Finding out which side it is"),
    "progress.prepare": Sentence("Preparing the views"),
    "progress.encode": Sentence("Reading the {plane!w} view"),
    "progress.fuse": Sentence("Bringing the views together"),
    "progress.detail": Sentence("Looking closely at the joint"),
    "progress.diagnose": Sentence("Looking for abnormalities"),
    "progress.outline": Sentence("Outlining the structures"),
    "progress.measure": Sentence("Measuring"),
    "progress.analysed": Sentence("Analysed"),
    "progress.draw": Sentence("Drawing overview and report"),
    "progress.write": Sentence("Writing the results"),
    "progress.dicom": Sentence("Writing DICOM objects"),
    "progress.done": Sentence("Done"),
    "progress.study": Sentence("Study {number} of {count}: {name}"),
    "progress.of_study": Sentence("{study}: {step}"),
    "worker.no_temporary_folder": Sentence(
        "No temporary folder can be made: {error}",
        "Free some disk space, or choose another temporary folder in Slicer's settings.",
    ),
    "worker.no_python": Sentence(
        "The analysis cannot start: Slicer's Python (PythonSlicer) was not found",
        "Repair the installation of Slicer, and start it by its own launcher.",
    ),
    "worker.no_cuda": Sentence(
        "There is no CUDA GPU that torch can use", "Choose the device cpu, or install torch for CUDA."
    ),
    "worker.not_started": Sentence(
        "The worker could not be started", "Repair the installation of Slicer, and start it by its own launcher."
    ),
    "worker.internal_error": Sentence(
        "The program stopped because of an internal error",
        "Start it again; if it stops again, send the log, which names no patient, with your report.",
    ),
    "worker.out_of_memory": Sentence(
        "There was not enough memory for this analysis",
        "Close other programs or scenes and analyse again, or choose the device cpu.",
    ),
    "worker.disk_full": Sentence("The disk is full", "Free some space and start again."),
    "worker.package_missing": Sentence(
        "The Python package {package} is missing or damaged",
        "Install the requirements again from the panel, or with pip.",
    ),
    "worker.busy": Sentence("An analysis is running already", "Wait until it is done, or stop it with Ctrl-C."),
    "worker.other_protocol": Sentence(
        "The worker speaks protocol {protocol}, this panel speaks {own}",
        "Restart Slicer, so that panel and worker are of the same version; else install the extension again.",
    ),
    "worker.other_version": Sentence(
        "The worker has version {version}, this panel has {own}",
        "Restart Slicer, so that panel and worker are of the same version; else install the extension again.",
    ),
    "worker.study_version": Sentence(
        "The study was written in version {version} of its format; version {needed} is needed",
        "Use the same version of OrthoDiffusion on both sides.",
    ),
    "worker.not_handed_over": Sentence(
        "The volumes cannot be handed to the worker: {error}",
        "Free some disk space, or choose another folder for temporary files.",
    ),
    "worker.outlines_not_handed_over": Sentence(
        "The outlines cannot be handed to the process: {error}",
        "Free some disk space, or choose another folder for temporary files.",
    ),
    "worker.outlines_unreadable": Sentence(
        "The outlines that were handed to the process cannot be read: {error}", "Try it again."
    ),
    "worker.failed": Sentence("The analysis failed"),
    "worker.no_study": Sentence("The study folder has no readable study.json", "Start the analysis again."),
    "worker.study_unreadable": Sentence("The study folder cannot be read: {error}", "Start the analysis again."),
    "worker.no_hello": Sentence(
        "The worker did not answer within {seconds:.0f} s of its start",
        "{again!C}; if it stays silent, look at the details and restart Slicer.",
    ),
    "worker.silent": Sentence(
        "The worker did not answer within {seconds:.0f} s",
        "{again!C}; if it stays silent, look at the details and restart Slicer.",
    ),
    "worker.killed": Sentence(
        "The analysis was stopped from outside, most often because the computer ran out of memory",
        "Close other programs or scenes and {again}; nothing in the scene has changed.",
    ),
    "worker.stopped": Sentence(
        "The worker stopped without a result", "{again!C}. If it stops again, the details below say more."
    ),
    "worker.stopped_with": Sentence(
        "The worker stopped without a result: {last}", "{again!C}. If it stops again, the details below say more."
    ),
    "worker.short_run": Sentence(
        "Growth is what comes after the first {settled}; a long run of {count} shows none",
        "Ask for {least} or more, or for 0 to leave it out.",
    ),
    "worker.unexpected": Sentence("{kind}: {error}", "Please report this."),
    "again": Sentence("start the analysis again"),
    "again.panel": Sentence("press ‘Analyze’ again"),
    "again.console": Sentence("call analyze again"),
}
