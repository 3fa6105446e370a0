"""From a bundle and a site's studies without labels to a bundle of that site, or to the word that nothing was gained.

The averaged weights so far outline each study with all its planes; where they are sure, each plane alone is taught that
outline (a mean teacher, Tarvainen and Valpola 2017, arXiv 1703.01780, whose targets are made anew in rounds). After
each round it is measured on other studies of the site whether the planes agree better; the best weights are kept.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.model import OrthoModel, load_model
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import BundleError, Notice, TrainingError
from OrthoDiffusionLib.lab.training.adaptation.adapted_bundle import write_adapted
from OrthoDiffusionLib.lab.training.adaptation.plane_agreement import (
    Comparison,
    StudyAgreement,
    agreement_of_study,
    agreements_as_text,
    agreements_of_text,
    mean_agreement,
    primary,
)
from OrthoDiffusionLib.lab.training.adaptation.settings import AdaptSettings
from OrthoDiffusionLib.lab.training.adaptation.site_archive import (
    SKIPPED,
    SiteArchive,
    digest_of_plan,
    plan_of_site,
    prepare_site,
)
from OrthoDiffusionLib.lab.training.adaptation.site_loss import site_loss
from OrthoDiffusionLib.lab.training.adaptation.site_study import Reading, SiteStudy
from OrthoDiffusionLib.lab.training.adaptation.study_outlines import outline_study
from OrthoDiffusionLib.lab.training.adaptation.targets import SiteDraws, forget_targets, make_targets
from OrthoDiffusionLib.lab.training.engine.checkpoint import load_checkpoint, restore, save_checkpoint
from OrthoDiffusionLib.lab.training.engine.claim import claim
from OrthoDiffusionLib.lab.training.engine.early_stopping import Stopped, train_with_patience
from OrthoDiffusionLib.lab.training.engine.fabric import Machine, launch
from OrthoDiffusionLib.lab.training.tables.case_dataset import CaseSample
from OrthoDiffusionLib.lab.training.tables.case_preparation import prepared_case
from OrthoDiffusionLib.lab.training.tables.case_splits import TEST, TRAIN, VALIDATION
from OrthoDiffusionLib.lab.training.tables.table_loss import parameter_groups
from OrthoDiffusionLib.lab.training.tables.vocabulary import vocabulary_of
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_text

TRAINING, PREPARED, TARGETS, BUNDLE = "training", "prepared", "targets", "bundle"
"""Folders of a run."""

BEFORE, AGREEMENT = "before.json", "agreement.json"
TEACHER = "teacher.pt"


@dataclass(frozen=True)
class SiteRun:
    """What is adapted to what.

    Attributes:
        start: the bundle to begin with.
        data: a folder of exams, as `batch` takes it.
        out: gets prepared views, checkpoint, log, agreement and `bundle`.
        settings: how to learn.
        name: of the new bundle; "" makes one of the old one's and the folder's.
        side: of all studies, if the user says it.
        unlike_too: use studies that are unlike the bundle's training.
        even_if_worse: write the bundle although the planes of the held-out studies agree less than before.
        device: "auto", "cpu" or "cuda".
        command: for the training record.
    """

    start: Bundle
    data: Path
    out: Path
    settings: AdaptSettings = field(default_factory=AdaptSettings)
    name: str = ""
    side: Side | None = None
    unlike_too: bool = False
    even_if_worse: bool = False
    device: str = "auto"
    command: str = ""


@dataclass(frozen=True)
class Adapted:
    """What came out.

    Attributes:
        bundle: the new one.
        stopped: how the training ended.
        comparison: agreement of the planes on held-out studies, before and after.
        notices: what a user should know.
    """

    bundle: Bundle
    stopped: Stopped
    comparison: Comparison
    notices: tuple[Notice, ...]


def adapt(run: SiteRun, *, report: Callable[[str], None] = print) -> Adapted:
    """Adapt a bundle to a site; call it again with the same arguments to go on.

    Args:
        report: gets a line now and then.

    Returns:
        The new bundle, written whole.

    Raises:
        TrainingError: if the studies cannot teach, nothing was gained, the planes of the held-out studies agree less
            than before or outlines collapsed (unless `even_if_worse`), or the folder holds another run.
        StudyError: if there are no studies. BundleError: if the bundle cannot be adapted.
        OutputError: if something cannot be written; what was finished stays.
    """
    if len(run.start.manifest.views) < 2:
        raise BundleError(Message("adapt", "bundle_of_one_plane"), where=str(run.start.folder))
    archive = site_of(run, report=report)
    model = load_model(run.start)
    fabric = launch(Machine(run.device, 1))
    model.to(fabric.device)
    before = _before(run, archive, model, report)
    stopped = train_with_patience(
        model,
        lambda: parameter_groups(
            model,
            run.settings.trained,
            learning_rate=run.settings.learning_rate,
            encoder_rate=run.settings.encoder_rate,
        ),
        _Rounds(run, archive, model, report).samples,
        lambda sample, step: site_loss(model, sample, step, run.settings),
        lambda module: _score(run, archive, module, before),
        run.out / TRAINING,
        patience=run.settings.patience,
        ema=run.settings.ema,
        seed=run.settings.seed,
        fabric=fabric,
        report=report,
    )
    if stopped.best_step == 0:
        raise TrainingError(Message("adapt", "no_gain", {"count": len(archive.by_split[VALIDATION])}))
    model.load_state_dict(stopped.weights)
    model.eval()
    held_out = archive.by_split[TEST]
    after = measure_agreement(model, held_out, run.start)
    comparison = Comparison({name: before[name] for name in after}, after)
    write_text(run.out / AGREEMENT, _as_text(comparison))
    notices = [*archive.notices(run.out / SKIPPED), *_judged(comparison, run)]
    bundle = write_adapted(
        model.to("cpu"), run.start, run.out / BUNDLE, _named(run), _record(run, archive, stopped, comparison)
    )
    return Adapted(bundle, stopped, comparison, tuple(notices))


def site_of(run: SiteRun, *, report: Callable[[str], None] = print) -> SiteArchive:
    """The site's studies, prepared and split.

    Raises:
        TrainingError, StudyError, OutputError: as `adapt`.
    """
    analyzers: list[Analyzer] = []

    def analyzer() -> Analyzer:
        if not analyzers:
            analyzers.append(Analyzer(run.start, device=run.device))
        return analyzers[0]

    plan = plan_of_site(run.data, run.start, run.out)
    begun = {
        "from": run.start.sha256,
        "studies": digest_of_plan(plan),
        "settings": asdict(run.settings),
        "side": run.side.value if run.side else None,
        "unlike too": run.unlike_too,
    }
    claim(run.out, begun, begun=(run.out / TRAINING).exists())
    reading = Reading(run.out / PREPARED, analyzer, run.side, run.unlike_too)
    return prepare_site(plan, run.start, reading, run.out, seed=run.settings.seed, report=report)


def measure_agreement(model: OrthoModel, studies: Sequence[SiteStudy], start: Bundle) -> dict[str, StudyAgreement]:
    """Study -> how its planes agree by the weights that the model has now."""
    structures, spacing = primary(start.manifest.structures), start.manifest.fusion_spacing_mm
    return {
        study.case.name: agreement_of_study(
            outline_study(model, prepared_case(study.path).views, spacing, alone=True), structures
        )
        for study in studies
    }


def _before(
    run: SiteRun, archive: SiteArchive, model: OrthoModel, report: Callable[[str], None]
) -> dict[str, StudyAgreement]:
    """Agreement of the studies that do not teach by the bundle to begin with; measured once."""
    studies = (*archive.by_split[VALIDATION], *archive.by_split[TEST])
    make_folder(run.out / TRAINING)  # from now on the folder is this run's
    path = run.out / TRAINING / BEFORE
    if path.exists():
        try:
            found = agreements_of_text(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, TypeError, KeyError):
            found = {}  # damaged: it is measured again
        if found.keys() == {study.case.name for study in studies}:
            return found
    report(f"measuring the agreement of the planes in {len(studies)} held-out studies")
    found = measure_agreement(model.eval(), studies, run.start)
    write_text(path, agreements_as_text(found))
    return found


def _score(run: SiteRun, archive: SiteArchive, model: OrthoModel, before: Mapping[str, StudyAgreement]) -> float:
    """1 − agreement on the studies that say when to stop; the weights are the teacher of the next round."""
    teacher = run.out / TRAINING / TEACHER
    first = not teacher.exists()  # the weights to begin with, measured already
    save_checkpoint(teacher, {"weights": {name: value.cpu() for name, value in model.state_dict().items()}})
    studies = archive.by_split[VALIDATION]
    earlier = {study.case.name: before[study.case.name] for study in studies}
    return 1.0 - mean_agreement(earlier if first else measure_agreement(model, studies, run.start), earlier)


class _Rounds:
    """The samples of each round, whose targets the averaged weights at its beginning make."""

    def __init__(self, run: SiteRun, archive: SiteArchive, model: OrthoModel, report: Callable[[str], None]) -> None:
        self._run, self._studies, self._model, self._report = run, archive.by_split[TRAIN], model, report

    def samples(self, begin: int, end: int) -> Iterable[CaseSample]:
        """Samples of the steps `begin` to before `end`, which lie in one round."""
        run, manifest = self._run, self._run.start.manifest
        number = (end - 1) // run.settings.patience.round_steps
        folder = run.out / TARGETS / f"round_{number:03d}"
        spacing = manifest.fusion_spacing_mm
        make_targets(self._teacher(), self._studies, spacing, run.settings, folder, report=self._report)
        forget_targets(folder.parent, folder)
        draws = SiteDraws(
            self._studies, folder, vocabulary_of(manifest), spacing,
            seed=run.settings.seed, pixel_ratio=self._model.pixel_ratio,
        )  # fmt: skip
        return (draws[number] for number in range(begin, end))

    def _teacher(self) -> OrthoModel:
        path = self._run.out / TRAINING / TEACHER
        found = load_checkpoint(path)
        if found is None:
            raise TrainingError(
                "The teacher's weights are missing", where=str(path), remedy="Use another output folder."
            )
        teacher = copy.deepcopy(self._model)
        with torch.no_grad():
            restore(teacher, found["weights"], str(path))
        return teacher.eval()


def _judged(comparison: Comparison, run: SiteRun) -> list[Notice]:
    """What speaks against the new bundle.

    Raises:
        TrainingError: if anything does and the user has not asked for it all the same.
    """
    was, now = comparison.means
    values = {"before": was, "after": now, "count": len(comparison.after)}
    found = []
    if comparison.collapsed:
        found.append(Notice("adapt", "collapsed", {"structures": list(comparison.collapsed)}))
    if now < was:
        found.append(Notice("adapt", "worse", values))
    if found and not run.even_if_worse:
        raise TrainingError(found[0].bare, where=str(run.out / AGREEMENT))
    return found


def _named(run: SiteRun) -> str:
    """The new bundle's name."""
    return run.name or f"{run.start.manifest.name}-adapted"


def _record(run: SiteRun, archive: SiteArchive, stopped: Stopped, comparison: Comparison) -> dict:
    """What the manifest keeps of the adaptation, without a word about whom."""
    was, now = comparison.means
    return {
        "command": run.command,
        "settings": asdict(run.settings),
        "studies": {split: len(studies) for split, studies in archive.by_split.items()},
        "patients": {split: archive.patients(split) for split in archive.by_split},
        "left_out": len(archive.left_out),
        "best_step": stopped.best_step,
        "last_step": stopped.last_step,
        "stopped_early": stopped.early,
        "agreement": {
            "of": "Dice of each plane alone with all planes and of each pair of planes, held-out studies; not accuracy",
            "before": round(was, 4),
            "after": round(now, 4),
            "structures": {n: [round(a, 4), round(b, 4)] for n, (a, b) in comparison.by_structure.items()},
            "collapsed": list(comparison.collapsed),
        },
    }


def _as_text(comparison: Comparison) -> str:
    was, now = comparison.means
    content = {
        "before": was,
        "after": now,
        "structures": comparison.by_structure,
        "collapsed": comparison.collapsed,
        "studies": {
            name: {"before": comparison.before[name].as_dict(), "after": one.as_dict()}
            for name, one in comparison.after.items()
        },
    }
    return json.dumps(content, indent=1) + "\n"
