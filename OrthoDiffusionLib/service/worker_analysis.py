"""What the worker does with one request, with the networks of the last bundles kept warm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.messages import Message, language_of
from OrthoDiffusionLib.progress import part_of, report
from OrthoDiffusionLib.service.protocol import Analyze, Batch, BatchResult, Options, Result, Row, Work

if TYPE_CHECKING:
    from OrthoDiffusionLib.analysis.analyzer import Analyzer
    from OrthoDiffusionLib.analysis.study_inputs import StudyFiles
    from OrthoDiffusionLib.anatomy import Joint
    from OrthoDiffusionLib.bundles import Bundle
    from OrthoDiffusionLib.errors import Notice
    from OrthoDiffusionLib.service.worker import Report
    from OrthoDiffusionLib.volumes import Study
    from OrthoDiffusionLib.volumes.files.study_folder import HandedStudy

BUNDLES_KEPT_WARM = 2


class WarmAnalysis:
    """Carries out requests; an Analyzer is built once for each bundle, device and precision."""

    def __init__(self) -> None:
        self._analyzers: dict[tuple[str, str, str], Analyzer] = {}
        self._own_threads = 0  # how many torch takes by itself, once somebody wants another number

    def prepare(self) -> str:
        """Load torch and the packages that need it, and name the device the work will run on."""
        import torch

        import OrthoDiffusionLib.analysis.analysis_run  # noqa: F401 - its seconds are spent here, before the first click

        return f"cuda ({torch.cuda.get_device_name()})" if torch.cuda.is_available() else "cpu"

    def __call__(self, work: Work, progress: Report) -> Result | BatchResult:
        """Do what one request names.

        Raises:
            OrthoDiffusionError: if an input, the bundle or the results folder is not as it should be.
            Cancelled: if `progress` asked for it.
        """
        report(progress, "load", 0.01, Message("progress", "load"))
        return self._batch(work, progress) if isinstance(work, Batch) else self._analyze(work, progress)

    def _analyze(self, work: Analyze, progress: Report) -> Result:
        from OrthoDiffusionLib.analysis.analysis_run import Outputs, analyze_to_folder
        from OrthoDiffusionLib.analysis.shown_joint import bundle_before_reading
        from OrthoDiffusionLib.findings.analysis import check_results_folder

        out, options = Path(work.out), work.options
        check_results_folder(out, overwrite=options.overwrite)
        inputs = _Inputs(work.inputs)
        bundle = bundle_before_reading(work.bundle, inputs.joint)
        if bundle is None:  # the images say of which joint it has to be
            report(progress, "read", 0.02, Message("progress", "read"))
            bundle = inputs.bundle()
        analyzer = self._analyzer(bundle, options)
        report(progress, "read", 0.02, Message("progress", "read"))
        analyze_to_folder(
            inputs.study(analyzer.joint),
            out,
            analyzer=analyzer,
            outputs=Outputs(
                overwrite=options.overwrite,
                arrays=options.arrays,
                dicom=options.dicom,
                language=language_of(options.language),
            ),
            clinical=options.clinical,
            progress=part_of(progress, 0.04, 1.0),
        )
        return Result(work.id, work.out)

    def _batch(self, work: Batch, progress: Report) -> BatchResult:
        from OrthoDiffusionLib.batch.bundle_of_batch import bundle_of_batch
        from OrthoDiffusionLib.batch.study_batch import Effort, StudyBatch
        from OrthoDiffusionLib.errors import StudyError

        if not Path(work.studies).exists():  # refused now, not after the bundle is checked
            raise StudyError(Message("batch", "no_folder"), where=work.studies)
        options = work.options
        bundle = bundle_of_batch(Path(work.studies), Path(work.out), bundle=work.bundle, joint=None)
        outcome = StudyBatch(
            Path(work.studies),
            Path(work.out),
            bundle,
            lambda: self._analyzer(bundle, options),
            side=work.side,
            clinical=work.clinical,
            overwrite=options.overwrite,
            dicom=options.dicom,
            language=language_of(options.language),
            progress=progress,
            on_row=lambda number, count, row: progress(Row(work.id, number, count, row)),
            effort=Effort(work.workers, work.cluster, options.threads, options.device, options.precision),
        ).run()
        return BatchResult(work.id, work.out, outcome.exit_status, **asdict(outcome))

    def _analyzer(self, bundle: Bundle, options: Options) -> Analyzer:
        from OrthoDiffusionLib.analysis.analysis_run import open_analyzer

        self._use_threads(options.threads)
        # The hash is of the manifest, which holds the weights' own: a bundle changed on disk is loaded anew.
        key = (bundle.sha256, options.device, options.precision)
        known = self._analyzers.pop(key, None)
        analyzer = known or open_analyzer(bundle, device=options.device, precision=options.precision)
        self._analyzers[key] = analyzer
        while len(self._analyzers) > BUNDLES_KEPT_WARM:
            self._analyzers.pop(next(iter(self._analyzers)))
        return analyzer

    def _use_threads(self, wanted: int) -> None:
        """Let torch compute with so many threads; 0 for its own number."""
        import torch

        self._own_threads = self._own_threads or torch.get_num_threads()
        if torch.get_num_threads() != (wanted or self._own_threads):
            torch.set_num_threads(wanted or self._own_threads)


class _Inputs:
    """The volumes of a request, read once, when something of them is asked for first.

    Args:
        inputs: as of `Analyze`.
    """

    def __init__(self, inputs: Mapping[str, Any]) -> None:
        self._inputs = inputs
        self._noticed: tuple[Notice, ...] = ()

    @property
    def joint(self) -> str | None:
        """Name of the joint, if whoever handed a study folder over said it."""
        return self._handed.joint if "study" in self._inputs else None

    def bundle(self) -> Bundle:
        """The bundle of the joint that the images show, if no bundle was named.

        Raises:
            BundleError: if they do not say it, or there is none.
        """
        from OrthoDiffusionLib.analysis.shown_joint import bundle_of_images

        handed = "study" in self._inputs
        volumes, paths = (self._handed.volumes, ()) if handed else (self._files.everything, self._files.paths)
        bundle, self._noticed = bundle_of_images(volumes, paths=paths)
        return bundle

    def study(self, joint: Joint) -> Study:
        """The study of a joint."""
        if "study" in self._inputs:
            return self._handed.study(joint=joint, noticed=self._noticed)
        return self._files.study(side=self._inputs.get("side"), joint=joint, noticed=self._noticed)

    @cached_property
    def _handed(self) -> HandedStudy:
        from OrthoDiffusionLib.volumes.files.study_folder import HandedStudy

        return HandedStudy.read(Path(self._inputs["study"]))

    @cached_property
    def _files(self) -> StudyFiles:
        from OrthoDiffusionLib.analysis.study_inputs import StudyFiles
        from OrthoDiffusionLib.volumes import Plane

        inputs = self._inputs
        planes = {plane.value: [Path(inputs[plane.value])] for plane in Plane if inputs.get(plane.value)}
        return StudyFiles.read([Path(path) for path in inputs.get("files", ())], by_plane=planes)
