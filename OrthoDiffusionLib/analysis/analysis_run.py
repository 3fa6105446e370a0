"""From a Study to a complete results folder: analyse, draw, write; the same for command, batch and worker."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.dicom_objects import DicomObjects
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.analysis import new_results_folder
from OrthoDiffusionLib.findings.array_results import write_array_results
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report
from OrthoDiffusionLib.reports import overview
from OrthoDiffusionLib.reports.html_report import html_report, jpeg
from OrthoDiffusionLib.volumes import Study
from OrthoDiffusionLib.volumes.selection.two_joints import one_joint

if TYPE_CHECKING:
    from PIL.Image import Image


def open_analyzer(bundle: Bundle, *, device: str = "auto", precision: str = "auto") -> Analyzer:
    """The networks of a bundle, ready on a device ("auto", "cpu" or "cuda"), in a number format; see `Analyzer`."""
    return Analyzer(bundle, device=device, precision=precision)


@dataclass(frozen=True)
class Outputs:
    """What `analyze_to_folder` writes.

    Attributes:
        overwrite: replace a complete results folder, once the new one is complete.
        on_inputs: write the labels on the grid of every input volume as well.
        arrays: write what `write_array_results` writes instead, for a caller that shows the results itself.
        dicom: write DICOM objects as well, into the folder ``dicom`` within; see `DicomObjects`.
        language: of report and overview; the data stay English.
    """

    overwrite: bool = False
    on_inputs: bool = False
    arrays: bool = False
    dicom: bool = False
    language: Language = ENGLISH


def analyze_to_folder(
    study: Study,
    folder: Path,
    *,
    analyzer: Analyzer,
    outputs: Outputs | None = None,
    clinical: Mapping[str, object] | None = None,
    progress: ProgressCallback | None = None,
) -> Analysis:
    """Analyse a study and write its results folder, complete or not at all.

    Args:
        study: what to analyse.
        folder: the results folder to make.
        analyzer: its networks stay warm between calls.
        outputs: what to write; None for the results folder alone.
        clinical: what a referral says, as in `Analyzer.analyze`.
        progress: gets every step; may raise `Cancelled`.

    Returns:
        The analysis; its timings also hold "write" and, where it was done, "draw" and "dicom", in seconds.

    Raises:
        OrthoDiffusionError: if the study cannot be analysed or the folder not written.
    """
    outputs = outputs or Outputs()
    # Labels go back to the grids as they were given; everything else knows one joint alone.
    given, study = study, one_joint(study)
    objects = DicomObjects.of(given) if outputs.dicom else None  # refused now, not after the networks ran
    analysis = analyzer.analyze(study, clinical=clinical, progress=part_of(progress, 0.0, 0.88))
    if objects is not None:
        analysis = dataclasses.replace(analysis, notices=(*analysis.notices, *objects.notices))
    clock = _Clock()
    report(progress, "draw", 0.88, Message("progress", "draw"))
    picture = None if outputs.arrays and objects is None else overview(analysis, study, outputs.language)
    page = "" if outputs.arrays or picture is None else _page(analysis, picture, outputs.language)
    clock.stop("draw")

    def write_objects(home: Path) -> None:
        clock.stop("write")
        if objects is not None:
            report(progress, "dicom", 0.96, Message("progress", "dicom"))
            objects.write(analysis, home, overview=picture, language=outputs.language)
            clock.stop("dicom")

    report(progress, "write", 0.94, Message("progress", "write"))
    if outputs.arrays:
        write_array_results(analysis, folder, overwrite=outputs.overwrite, beside=write_objects)
    else:
        grids = {plane: volume.geometry for plane, volume in given.planes.items()} if outputs.on_inputs else None
        headers = {plane: volume.header_geometry for plane, volume in study.planes.items() if volume.header_geometry}
        with new_results_folder(folder, overwrite=outputs.overwrite) as temporary:
            analysis.write_into(temporary, overview=picture, page=page, on_inputs=grids, in_headers=headers)
            write_objects(temporary)
    clock.stop("write")
    report(progress, "done", 1.0, Message("progress", "done"))
    return dataclasses.replace(analysis, timings={**analysis.timings, **clock.seconds})


def _page(analysis: Analysis, picture: Image, language: Language) -> str:
    return html_report(analysis.record, pictures=[jpeg(picture, language)], language=language)


@dataclass
class _Clock:
    """How long each stage took, seconds."""

    seconds: dict[str, float] = field(default_factory=dict)
    _since: float = field(default_factory=time.perf_counter)

    def stop(self, stage: str) -> None:
        """What has passed since the last stop belongs to this stage."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._since
        self._since = now
