"""From a Study to a complete results folder: analyse, draw, write; the same for command, batch and worker."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from pathlib import Path

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.array_results import write_array_results
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report
from OrthoDiffusionLib.reports import overview
from OrthoDiffusionLib.reports.html_report import html_report, jpeg
from OrthoDiffusionLib.volumes import Study
from OrthoDiffusionLib.volumes.selection.two_joints import one_joint


def open_analyzer(bundle: Bundle, *, device: str = "auto", precision: str = "auto") -> Analyzer:
    """The networks of a bundle, ready on a device ("auto", "cpu" or "cuda"), in a number format; see `Analyzer`."""
    return Analyzer(bundle, device=device, precision=precision)


def analyze_to_folder(
    study: Study,
    folder: Path,
    *,
    analyzer: Analyzer,
    overwrite: bool = False,
    on_inputs: bool = False,
    arrays: bool = False,
    clinical: Mapping[str, object] | None = None,
    progress: ProgressCallback | None = None,
    language: Language = ENGLISH,
    dated: bool = True,
) -> Analysis:
    """Analyse a study and write its results folder, complete or not at all.

    Args:
        study: what to analyse.
        folder: the results folder to make.
        analyzer: its networks stay warm between calls.
        overwrite: replace a complete results folder, once the new one is complete.
        on_inputs: write the labels on the grid of every input volume as well.
        arrays: write what `write_array_results` writes instead, for a caller that shows the results itself.
        clinical: what a referral says, as in `Analyzer.analyze`.
        progress: gets every step; may raise `Cancelled`.
        language: of report and overview; the data stay English.
        dated: False leaves out when it was made, so that the same study and bundle give the same bytes.

    Returns:
        The analysis; its timings also hold "write" and, of a results folder, "draw", in seconds.

    Raises:
        OrthoDiffusionError: if the study cannot be analysed or the folder not written.
    """
    # Labels go back to the grids as they were given; everything else knows one joint alone.
    grids = {plane: volume.geometry for plane, volume in study.planes.items()} if on_inputs else None
    study = one_joint(study)
    analysis = analyzer.analyze(study, clinical=clinical, progress=part_of(progress, 0.0, 0.88))
    if not dated:
        analysis = dataclasses.replace(analysis, created="")
    if arrays:
        start = time.perf_counter()
        report(progress, "write", 0.94, Message("progress", "write"))
        write_array_results(analysis, folder, overwrite=overwrite)
        return _done(analysis, {"write": time.perf_counter() - start}, progress)
    report(progress, "draw", 0.88, Message("progress", "draw"))
    start = time.perf_counter()
    picture = overview(analysis, study, language)
    page = html_report(analysis.record, pictures=[jpeg(picture, language)], language=language)
    drawn = time.perf_counter()
    report(progress, "write", 0.94, Message("progress", "write"))
    headers = {plane: volume.header_geometry for plane, volume in study.planes.items() if volume.header_geometry}
    analysis.save(folder, overview=picture, page=page, overwrite=overwrite, on_inputs=grids, in_headers=headers)
    return _done(analysis, {"draw": drawn - start, "write": time.perf_counter() - drawn}, progress)


def _done(analysis: Analysis, timings: Mapping[str, float], progress: ProgressCallback | None) -> Analysis:
    report(progress, "done", 1.0, Message("progress", "done"))
    return dataclasses.replace(analysis, timings={**analysis.timings, **timings})
