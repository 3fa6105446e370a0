"""The same work as the sections ‘Corrections’ and ‘Fine-tuning’ for scripts and the Python console; each call waits.

As with `analyze`, Slicer's window is repainted meanwhile.
"""

import time

from slicer.i18n import tr as _

from OrthoDiffusionLib.bundles import bundle_path
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionSlicer.panel.corrections.Comparison import Comparison
from OrthoDiffusionSlicer.panel.corrections.CorrectionExport import CorrectionExport, caseNameOf, patientOf
from OrthoDiffusionSlicer.panel.corrections.FineTuning import FineTuning, Wish
from OrthoDiffusionSlicer.panel.ShownResults import ShownResults
from OrthoDiffusionSlicer.scene import FindingsNodes
from OrthoDiffusionSlicer.worker.SynchronousAnalysis import repaint


def compareOutlines(scene, table=None):
    """How far each outline is from its prediction.

    Args:
        scene: the MRML scene.
        table: findings table of the analysis; None for the newest of the scene.

    Returns:
        segment ID → dict of changed, dice, mean_mm, hd95_mm, before_ml, after_ml, added_ml, removed_ml.

    Raises:
        OrthoDiffusionError: if there are no results, or their predictions were not kept.
    """
    results, comparison = _resultsOf(scene, table), Comparison()
    comparison.want(True)
    try:
        comparison.follow(results.segmentation)
        if not comparison.known:
            raise OrthoDiffusionError(
                _("These results hold no prediction to compare with"), where=results.table.GetName(),
                remedy=_("Analyze the study again; your edits are kept."),
            )  # fmt: skip
        _wait(lambda: comparison.busy)
        if comparison.problem is not None:
            raise comparison.problem
        return {row.segmentId: row.change for row in comparison.rows}
    finally:
        comparison.close()


def exportCorrection(scene, folder, *, table=None, case="", patient="", reader="", allReviewed=False):
    """Add the corrected case to a folder's table, or bring it up to date.

    Args:
        scene, table: as of `compareOutlines`.
        folder: of the table.
        case, patient: names that name no person; empty for those that the panel would propose.
        reader: who corrected.
        allReviewed: whether every outline is right as it is now.

    Returns:
        dict of table, case, number, updated, edited, covered.

    Raises:
        OrthoDiffusionError: saying what is wrong; what was exported before stays.
    """
    results, export = _resultsOf(scene, table), CorrectionExport()
    case = case or caseNameOf(results)
    patient = patient or patientOf(results) or case
    try:
        export.start(results, str(folder), case=case, patient=patient, reader=reader, allReviewed=allReviewed)
        _wait(lambda: export.busy)
        if export.problem is not None:
            raise export.problem
        return export.exported
    finally:
        export.stop()


def fineTune(table, name, *, bundle=None, trained="segmentation", steps=120, measureOnly=False, onProgress=None):
    """Make a new bundle from a table of cases, or say how long that takes.

    Args:
        table: path of the CSV.
        name: of the new bundle.
        bundle: folder or name of the bundle to begin with; None for the default.
        trained: ‘segmentation’, ‘heads’ or ‘all’.
        steps: the most steps.
        measureOnly: try a few steps and return what `orthodiffusion corrections estimate` says.
        onProgress: called with (fraction, message).

    Returns:
        What `orthodiffusion corrections learn` says: bundle, folder, name, version, best_step, dice, …

    Raises:
        OrthoDiffusionError: saying what is wrong; nothing of the run stays.
    """
    tuning = FineTuning(())
    if onProgress is not None:
        tuning.job.progressed.connect(onProgress)
    wish = Wish(str(table), str(bundle_path(bundle)), name, trained, steps)
    try:
        (tuning.measure if measureOnly else tuning.learn)(wish)
        _wait(lambda: tuning.busy)
    finally:
        tuning.stop()
    if tuning.problem is not None:
        raise tuning.problem
    return tuning.estimate[0] if measureOnly else tuning.result


def _resultsOf(scene, table):
    tables = FindingsNodes.tablesIn(scene)
    table = table or (tables[-1] if tables else None)
    results = ShownResults(table) if table is not None else None
    if results is None or results.segmentation is None:
        raise OrthoDiffusionError(
            _("There are no outlines of an analysis in the scene"), remedy=_("Analyze a study before.")
        )
    return results


def _wait(busy):
    while busy():
        repaint()
        time.sleep(0.005)
