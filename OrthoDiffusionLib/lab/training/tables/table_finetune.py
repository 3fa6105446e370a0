"""Fine-tuning on a user's own table of cases: from a bundle and a CSV to a new bundle with figures of its own."""

from __future__ import annotations

import copy
import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import torch

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.inference import FUSION_RATIO, encode_views, joint_box
from OrthoDiffusionLib.analysis.model import OrthoModel, weights_by_file
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.bundles import Bundle, Manifest, write_bundle
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError, TrainingError
from OrthoDiffusionLib.findings import Calibration
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import REPEATS
from OrthoDiffusionLib.lab.training.engine.claim import claim
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience, Stopped, train_with_patience
from OrthoDiffusionLib.lab.training.engine.fabric import (
    Machine,
    is_first_process,
    launch,
    leave_the_rest_to_the_first,
    share_of,
    wait_for_all,
)
from OrthoDiffusionLib.lab.training.engine.record import with_command
from OrthoDiffusionLib.lab.training.samples.datasets import stream
from OrthoDiffusionLib.lab.training.tables.case_dataset import CaseDraws, CaseSample, DrawSettings
from OrthoDiffusionLib.lab.training.tables.case_preparation import (
    SkippedCaseError,
    prepare_case,
    prepared_case,
    prepared_key,
    read_prepared,
    study_of,
    write_prepared,
)
from OrthoDiffusionLib.lab.training.tables.case_splits import TEST, TRAIN, VALIDATION, split_by_patient
from OrthoDiffusionLib.lab.training.tables.case_table import Case, CaseTable
from OrthoDiffusionLib.lab.training.tables.table_figures import (
    PatientCohort,
    calibrated_bundle,
    figures_of,
    logits_of_patients,
    score_patients,
    write_figures,
)
from OrthoDiffusionLib.lab.training.tables.table_loss import (
    ALL,
    DIAGNOSIS,
    SEGMENTATION,
    TRAINED,
    Lesson,
    case_loss,
    parameter_groups,
)
from OrthoDiffusionLib.lab.training.tables.transfer import keep_rows, transferred_model, with_vocabulary
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary
from OrthoDiffusionLib.memory import giving_back
from OrthoDiffusionLib.precision import autocast
from OrthoDiffusionLib.progress import ProgressCallback
from OrthoDiffusionLib.table_file import read_table
from OrthoDiffusionLib.views import View
from OrthoDiffusionLib.volumes import Plane, Study
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_rows

if TYPE_CHECKING:
    from lightning_fabric import Fabric

TRAINING = "training"
"""Folder of checkpoint, log and scores, in that of the run."""

SPLITS_FILE, DEALT_FILE = "splits.csv", "patients.csv"
"""The cases that are used, and every patient that this run has ever used, with their splits."""

LARGEST_POSITIVE_WEIGHT = 10.0

SIDE_DISAGREES = "side_disagrees"
"""Notice of a study whose table, tags and words do not say the same side."""

INTENDED_USE = (
    "Research and teaching only. Not a medical device, not for diagnosis or treatment. Fine-tuned on the cases of "
    "one table; its figures are those of that table's held-out patients and say nothing of other places, scanners or "
    "patients."
)


@dataclass(frozen=True)
class TableSettings:
    """How a table is learned from.

    Attributes:
        trained: "heads", "segmentation", "diagnosis" or "all".
        learning_rate: of heads and fusion.
        encoder_rate: the encoders' rate as a share of that.
        patience: when to validate and when to stop.
        ema: of the averaged weights.
        draw: how cases are shown.
        seed: of splits, order and windows.
        repeats: bootstrap draws of patients for the figures.
        accumulate: how many cases a step averages, over all processes.
    """

    trained: str = ALL
    learning_rate: float = 5e-4
    encoder_rate: float = 0.2
    patience: Patience = field(default_factory=Patience)
    ema: float = 0.99
    draw: DrawSettings = field(default_factory=DrawSettings)
    seed: int = 0
    repeats: int = REPEATS
    accumulate: int = 1

    def __post_init__(self) -> None:
        if self.trained not in TRAINED:
            raise TrainingError(f"What is trained must be one of {', '.join(TRAINED)}, got {self.trained!r} instead")
        if not self.learning_rate > 0:
            raise TrainingError(f"The learning rate must be above 0, got {self.learning_rate} instead")
        if self.accumulate < 1:
            raise TrainingError(f"A step must average 1 case or more, got {self.accumulate} instead")

    @property
    def outlines(self) -> bool:
        """Whether label maps teach."""
        return self.trained != DIAGNOSIS

    @property
    def findings(self) -> bool:
        """Whether findings teach."""
        return self.trained != SEGMENTATION


@dataclass(frozen=True)
class Ready:
    """The cases that can be used, split, with their prepared files and studies' sides.

    Attributes:
        by_split: split -> (case, prepared file).
        skipped: case -> why it cannot be used.
    """

    by_split: Mapping[str, tuple[tuple[Case, Path], ...]]
    skipped: Mapping[str, str]

    def patients(self, split: str) -> int:
        """How many different patients a split has."""
        return len({case.patient for case, _ in self.by_split[split]})


@dataclass(frozen=True)
class Finetuned:
    """What came out.

    Attributes:
        bundle: the new one.
        stopped: how the training ended.
        skipped: case -> why it was not used.
    """

    bundle: Bundle
    stopped: Stopped
    skipped: Mapping[str, str]


def finetune_on_table(
    table: CaseTable,
    vocabulary: Vocabulary,
    start: Bundle,
    out: Path,
    settings: TableSettings,
    *,
    name: str | None = None,
    command: str = "",
    device: str = "cpu",
    machine: Machine | None = None,
    workers: int = 1,
    progress: ProgressCallback | None = None,
    report: Callable[[str], None] = print,
    on_step: Callable[[int], None] | None = None,
) -> Finetuned:
    """Fine-tune a bundle on a table of cases; run again with the same arguments to resume.

    Args:
        table: checked.
        vocabulary: what the new bundle shall know.
        start: the bundle to begin with.
        out: gets splits, prepared cases, checkpoints, scores and `bundle`.
        settings: how to learn.
        name: of the new bundle; None makes one of the old one's and the table's.
        command: for the training record.
        device: where training and evaluation run: "auto", "cpu" or "cuda".
        machine: the processes that share the training; None for one on `device`. All but the first end with it.
        workers: processes that make samples ahead; 0 makes them in this one.
        progress: gets the steps of what follows the training.
        on_step: called with the number of each step of the training before it; may raise `Cancelled`.

    Returns:
        The new bundle, written whole.

    Raises:
        TrainingError: if the table cannot teach what was asked, or the folder holds another run.
        OutputError: if something cannot be written; what was finished stays.
    """
    check_teaching(table, settings)
    manifest = _new_manifest(table, vocabulary, start, settings, name)
    torch.manual_seed(settings.seed)  # what is new in the vocabulary starts alike in every process and every run
    model = transferred_model(start, manifest)
    first = {key: value.clone() for key, value in model.state_dict().items()}

    def prepared(tell: Callable[[str], None]) -> Ready:
        if is_first_process():
            _claim(out, table, vocabulary, start, settings, manifest.name)
        return prepare_table(table, vocabulary, start, manifest, model, out, settings, device=device, report=tell)

    fabric, ready = _launched(machine or Machine(device, 1), prepared, out, report)
    lesson = _lesson(ready, vocabulary, settings)
    stopped = _train(model, ready, vocabulary, start, manifest, settings, lesson, out, workers, fabric, report, on_step)
    leave_the_rest_to_the_first(fabric)
    kept = _kept_calibrations(start, vocabulary, settings, ready)
    keep = settings.trained == DIAGNOSIS
    model.to("cpu").load_state_dict(keep_rows(stopped.weights, first, manifest, kept) if keep else stopped.weights)
    trained = _write_uncalibrated(model, manifest, start, table, ready, settings, stopped, command, out)
    bundle = _finish(trained, table, vocabulary, start, ready, settings, kept, out, device, progress)
    return Finetuned(bundle, stopped, ready.skipped)


def _new_manifest(
    table: CaseTable, vocabulary: Vocabulary, start: Bundle, settings: TableSettings, name: str | None
) -> Manifest:
    return replace(
        with_vocabulary(start.manifest, vocabulary.joint, table.clinical if settings.findings else ()),
        name=name or f"{start.manifest.name}-{_slug(table.name)}",
        version="0.1.0",
    )


def _launched(
    machine: Machine, prepared: Callable[[Callable[[str], None]], Ready], out: Path, report: Callable[[str], None]
) -> tuple[Fabric, Ready]:
    """The processes, and the cases that the first of them has prepared before the others start or go on."""
    ready = prepared(report) if is_first_process() else None
    fabric = launch(machine)
    wait_for_all(fabric, out)
    return fabric, ready or prepared(lambda line: None)


def prepare_table(
    table: CaseTable,
    vocabulary: Vocabulary,
    start: Bundle,
    manifest: Manifest,
    model: OrthoModel,
    out: Path,
    settings: TableSettings,
    *,
    device: str = "cpu",
    report: Callable[[str], None] = print,
) -> Ready:
    """Prepare every case once, leave out what cannot be used and say so, and split the rest by patient.

    Raises:
        TrainingError: with every label map that cannot be right; and if no case is left, or a split is empty.
    """
    folder = out / "prepared"
    make_folder(folder)
    settle = _side_settler(start, manifest, device)
    knows_structures = {s.name for s in start.manifest.structures} & {s.name for s in manifest.structures}
    box_of = (lambda views: _box_of(model, views, manifest)) if knows_structures else None
    files: dict[str, Path] = {}
    skipped: dict[str, str] = {}
    faults = []
    for number, case in enumerate(table.cases):
        path = folder / f"{hashlib.sha256(case.name.encode()).hexdigest()[:16]}.npz"
        key = prepared_key(case, vocabulary, manifest)
        if read_prepared(path, key) is None:
            try:
                study = study_of(case, vocabulary, settle)
                for notice in study.notices:
                    if notice.code == SIDE_DISAGREES:
                        report(f"case {case.name}: {notice.what}")
                write_prepared(path, prepare_case(case, study, vocabulary, manifest, box_of), key)
            except SkippedCaseError as error:
                skipped[case.name] = str(error)
                report(f"case {case.name} is left out: {error}")
                continue
            except OutputError:
                raise
            except OrthoDiffusionError as error:
                faults.append(f"{case.name}: {error}")
                continue
        files[case.name] = path
        if (number + 1) % 20 == 0:
            report(f"{number + 1} of {len(table.cases)} cases prepared")
    write_rows(out / "skipped.csv", ["case", "why"], sorted(skipped.items()))
    _refuse_faults(faults, table.name)
    return _split(table, files, skipped, settings, out)


def _refuse_faults(faults: Sequence[str], where: str) -> None:
    if faults:
        raise TrainingError(
            f"{len(faults)} case{'s' * (len(faults) > 1)} cannot be right:\n" + "\n".join(faults[:12]),
            where=where,
            remedy="Mend them and run the same command again; what was prepared stays.",
        )


def _split(
    table: CaseTable, files: Mapping[str, Path], skipped: Mapping[str, str], settings: TableSettings, out: Path
) -> Ready:
    """The prepared cases by split, written to `splits.csv` too."""
    usable = [case for case in table.cases if case.name in files]
    if not usable:
        raise TrainingError(
            f"None of the table's {len(table.cases)} cases can be used; the first: {next(iter(skipped.values()))}",
            where=table.name,
        )
    dealt = _dealt_before(out)
    splits = _splits(usable, settings, dealt)
    write_rows(out / DEALT_FILE, ["patient", "split"], sorted({**dealt, **splits}.items()))
    write_rows(
        out / SPLITS_FILE, ["case", "patient", "split"], [(c.name, c.patient, splits[c.patient]) for c in usable]
    )
    by_split = {
        split: tuple((case, files[case.name]) for case in usable if splits[case.patient] == split)
        for split in (TRAIN, VALIDATION, TEST)
    }
    return Ready(by_split, skipped)


def _dealt_before(out: Path) -> dict[str, str]:
    """Patient -> split, of those that a training that has begun in a folder was given; nothing before it has begun.

    Which cases can be used changes between two calls: an image is corrected, a disk is away. That must move nobody who
    has taught to the held-out patients.
    """
    found = next((path for path in (out / DEALT_FILE, out / SPLITS_FILE) if path.exists()), None)
    if found is None or not (out / TRAINING).exists():
        return {}
    rows, _ = read_table(found, error=TrainingError)
    return {row["patient"]: row["split"] for _, row in rows}


def check_teaching(table: CaseTable, settings: TableSettings) -> None:
    """Whether a table can teach what was asked, as far as the table alone shows; before minutes are spent.

    Raises:
        TrainingError: if no case has what is taught, or a split cannot have a patient.
    """
    if not any(_teaches(case, settings) for case in table.cases):
        raise TrainingError(
            f"No case of the table has {_wanted(settings)}, which --train {settings.trained} learns from",
            where=table.name,
            remedy="Fill these columns, or train something else.",
        )
    _splits(table.cases, settings)


def _wanted(settings: TableSettings) -> str:
    words = (("label maps", settings.outlines), ("findings", settings.findings))
    return " or ".join(word for word, on in words if on)


def _teaches(case: Case, settings: TableSettings) -> bool:
    return bool((settings.outlines and case.label_maps) or (settings.findings and case.findings))


def _splits(
    cases: Sequence[Case], settings: TableSettings, dealt: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Patient -> split: as dealt before, else as the table says it, else dealt out now."""
    labels: dict[str, list[str]] = {}
    for case in cases:
        known = labels.setdefault(case.patient, [])
        known += [name for name, present in case.findings.items() if present]
        known += ["label map"] if case.label_maps else []
    fixed = {case.patient: case.split for case in cases if case.split is not None}
    fixed |= {patient: split for patient, split in dealt.items() if patient in labels}
    return split_by_patient(labels, fixed, seed=settings.seed)


def _lesson(ready: Ready, vocabulary: Vocabulary, settings: TableSettings) -> Lesson:
    """What can be taught; refused where the cases have nothing of it, or the validation patients cannot judge it."""
    for split in (TRAIN, VALIDATION):
        if not any(_teaches(case, settings) for case, _ in ready.by_split[split]):
            raise TrainingError(
                f"No case of the {split} patients has {_wanted(settings)}, "
                f"which --train {settings.trained} learns from",
                remedy="Fill these columns, or train something else.",
            )
    counts: Counter[tuple[str, bool]] = Counter()
    for case, _ in ready.by_split[TRAIN]:
        counts.update((name, present) for name, present in case.findings.items())
    weights = []
    for abnormality in vocabulary.joint.abnormalities:
        positives, negatives = counts[abnormality.name, True], counts[abnormality.name, False]
        weights.append(min(LARGEST_POSITIVE_WEIGHT, max(1.0, negatives / max(1, positives))))
    return Lesson(settings.outlines, settings.findings, torch.tensor(weights))


def _findings_taught(ready: Ready) -> set[str]:
    return {name for case, _ in ready.by_split[TRAIN] for name in case.findings}


def _teaching(cases: Sequence[tuple[Case, Path]], settings: TableSettings) -> list[tuple[Case, Path]]:
    """Those that have anything of what is taught."""
    return [(case, path) for case, path in cases if _teaches(case, settings)]


def _samples(taught: CaseDraws, share: int, fabric: Fabric, workers: int) -> Callable[[int, int], Iterable[CaseSample]]:
    """This process's cases from one step to before another."""
    processes = fabric.world_size

    def samples(begin: int, end: int) -> Iterable[CaseSample]:
        first, stop = begin * share * processes + fabric.global_rank, end * share * processes
        if workers == 0:
            return (taught[number] for number in range(first, stop, processes))
        return stream(taught, first, stop, step=processes)

    return samples


def _train(
    model: OrthoModel,
    ready: Ready,
    vocabulary: Vocabulary,
    start: Bundle,
    manifest: Manifest,
    settings: TableSettings,
    lesson: Lesson,
    out: Path,
    workers: int,
    fabric: Fabric,
    report: Callable[[str], None],
    on_step: Callable[[int], None] | None,
) -> Stopped:
    torch.manual_seed(settings.seed)
    model.to(fabric.device)  # so that the first validation is on the same device as the others
    whole = settings.draw.whole and settings.findings and bool(_findings_taught(ready))
    draw = replace(settings.draw, whole=whole)
    spacing = manifest.fusion_spacing_mm
    started = {structure.name for structure in start.manifest.structures}
    before = copy.deepcopy(model).requires_grad_(False).eval()

    def draws(split: str, vary: bool) -> CaseDraws:
        cases = _teaching(ready.by_split[split], settings)
        return CaseDraws(
            cases, vocabulary, spacing, draw,
            seed=settings.seed, started=started, pixel_ratio=model.pixel_ratio, vary=vary,
        )  # fmt: skip

    taught, judged = draws(TRAIN, True), draws(VALIDATION, False)

    share = share_of(settings.accumulate, fabric, report, "cases")

    def loss(sample: CaseSample, step: int) -> dict[str, torch.Tensor]:
        if on_step is not None:
            on_step(step)
        return case_loss(model, sample, lesson, before)

    def score(module: OrthoModel) -> float:
        return validation_loss(module, judged, lesson, before)

    return train_with_patience(
        model,
        lambda: parameter_groups(
            model, settings.trained, learning_rate=settings.learning_rate, encoder_rate=settings.encoder_rate
        ),
        _samples(taught, share, fabric, workers),
        loss,
        score,
        out / TRAINING,
        patience=settings.patience,
        ema=settings.ema,
        seed=settings.seed,
        share=share,
        fabric=fabric,
        report=report,
    )


@giving_back
@torch.no_grad()
def validation_loss(model: OrthoModel, cases: CaseDraws, lesson: Lesson, before: OrthoModel | None = None) -> float:
    """Mean of each term over the cases that have it, summed: a case without outlines says nothing of them.

    What is seen in the detail windows is left out: they move while the network learns, and may be missing at first. The
    fine outlines, which are made of it, count.
    """
    sums: dict[str, list[float]] = {}
    for number in range(len(cases)):
        for term, value in case_loss(model, cases[number], lesson, before).items():
            sums.setdefault(term, []).append(float(value))
    for term in ("loss", "detail"):
        sums.pop(term, None)
    return float(sum(np.mean(values) for values in sums.values()))


def _kept_calibrations(
    start: Bundle, vocabulary: Vocabulary, settings: TableSettings, ready: Ready
) -> dict[str, Calibration]:
    """Of findings whose weights are what they were, to the bit: they keep their old calibration and AUROC.

    Where the outlines were trained, the joint's box and the close looks follow them, and the logits change a little.
    """
    taught = _findings_taught(ready) if settings.findings else set()
    if settings.trained not in (SEGMENTATION, DIAGNOSIS) or vocabulary.joint.name != start.manifest.joint:
        return {}
    known = {abnormality.name for abnormality in start.manifest.abnormalities}
    return {
        abnormality.name: start.manifest.calibration_of(abnormality.name)
        for abnormality in vocabulary.joint.abnormalities
        if abnormality.name in known and abnormality.name not in taught
    }


def _write_uncalibrated(
    model: OrthoModel,
    manifest: Manifest,
    start: Bundle,
    table: CaseTable,
    ready: Ready,
    settings: TableSettings,
    stopped: Stopped,
    command: str,
    out: Path,
) -> Bundle:
    record = {
        "from": start.identity,
        "table": {"name": table.name, "sha256": table.sha256, "cases": len(table.cases), "skipped": len(ready.skipped)},
        "patients": {split: ready.patients(split) for split in ready.by_split},
        "cases": {split: len(cases) for split, cases in ready.by_split.items()},
        "settings": asdict(settings),
        "clinical_inputs": list(manifest.network.get("clinical", ())),
        "best_step": stopped.best_step,
        "last_step": stopped.last_step,
        "stopped_early": stopped.early,
    }
    training = {**with_command(start.manifest.training, command), "finetuning": record}
    own = dict(table.source) or {
        "name": f"Table {table.name}: {len(table.cases) - len(ready.skipped)} cases of their owner",
        "licence": "not stated",
        "origin": "the user's own archive",
    }
    fields = replace(
        manifest,
        training=training,
        sources=(*start.manifest.sources, own),
        intended_use=INTENDED_USE,
    ).as_dict()
    for key in ("files", "schema_version", "created"):
        fields.pop(key)
    return write_bundle(out / "uncalibrated", fields, weights_by_file(model), overwrite=True)


def _finish(
    trained: Bundle,
    table: CaseTable,
    vocabulary: Vocabulary,
    start: Bundle,
    ready: Ready,
    settings: TableSettings,
    kept: Mapping[str, Calibration],
    out: Path,
    device: str,
    progress: ProgressCallback | None,
) -> Bundle:
    def cohort(split: str, words: str) -> PatientCohort:
        name = f"table {table.name}, {words} patients"
        return patient_cohort(name, table, ready.by_split[split], vocabulary, trained.manifest)

    validation = logits_of_patients(
        trained, cohort(VALIDATION, "validation"), out / "validation.studies.jsonl", device=device, progress=progress
    )
    held_out = cohort(TEST, "held-out")
    records = score_patients(
        trained, held_out, vocabulary, out / "scores.studies.jsonl", device=device, progress=progress
    )
    figures = figures_of(records, held_out, trained, patients=ready.patients(TEST), repeats=settings.repeats)
    bundle = calibrated_bundle(
        trained,
        out / "bundle",
        validation=validation,
        held_out=records,
        figures=figures,
        kept=kept,
        kept_from=f"{start.manifest.name} {start.manifest.version}",
        repeats=settings.repeats,
    )
    write_figures(out / "scores.json", figures, records, bundle.manifest, settings.repeats)
    return bundle


def patient_cohort(
    name: str, table: CaseTable, cases: Sequence[tuple[Case, Path]], vocabulary: Vocabulary, manifest: Manifest
) -> PatientCohort:
    """Prepared cases as a cohort, whose version is of the table and of the files that it names.

    Scores that are kept from an earlier call are of that version: a label map that was corrected since is scored again.

    Args:
        cases: with the prepared file of each, which knows the side.
    """
    made_of = [table.sha256, *(prepared_key(case, vocabulary, manifest) for case, _ in cases)]
    version = hashlib.sha256("\n".join(made_of).encode()).hexdigest()[:12]
    pairs = [(case, study_of(case, vocabulary, _always(prepared_case(path).side))) for case, path in cases]
    return PatientCohort(name, version, tuple(pairs))


def _side_settler(start: Bundle, manifest: Manifest, device: str) -> Callable[[Study], Side] | None:
    """Asks the starting bundle for the side that the anatomy shows; another joint's, or encoders alone, cannot know."""
    if start.manifest.joint != manifest.joint or start.manifest.encoders_only:
        return None
    analyzer: list[Analyzer] = []

    def settle(study: Study) -> Side:
        if not analyzer:
            analyzer.append(Analyzer(start, device=device))
        side = analyzer[0].analyze(study).study.side
        if side is None:
            raise StudyError("The side is not known", remedy="Fill the table's column side.")
        return side

    return settle


@giving_back
def _box_of(model: OrthoModel, views: Mapping[Plane, View], manifest: Manifest) -> np.ndarray:
    """(2, 3) the joint's box as the Analyzer finds it."""
    device = next(model.parameters()).device.type
    pyramids = encode_views(model.eval(), views, device=device, precision="auto", timings={})
    with torch.inference_mode(), autocast(device):
        grid = joint_box(model, pyramids, FUSION_RATIO * manifest.fusion_spacing_mm)
    corners = grid.corners_ras
    return np.stack([corners.min(axis=0), corners.max(axis=0)])


def _claim(
    out: Path, table: CaseTable, vocabulary: Vocabulary, start: Bundle, settings: TableSettings, name: str
) -> None:
    """One folder holds one run: what is in it was made by these very arguments, or it is refused."""
    content = {
        "from": start.sha256,
        "table": table.sha256,
        "joint": vocabulary.joint.name,
        "structures": {structure.name: structure.label for structure in vocabulary.joint.structures},
        "abnormalities": [abnormality.name for abnormality in vocabulary.joint.abnormalities],
        "values": dict(vocabulary.values),
        "covers": vocabulary.covers,
        "settings": {key: value for key, value in asdict(settings).items() if (key, value) != ("accumulate", 1)},
        "name": name,
    }
    # Until training has begun, a corrected table may take over what was prepared: each case knows its origin.
    claim(out, content, begun=(out / TRAINING).exists())


def _always(side: Side) -> Callable[[Study], Side]:
    return lambda _: side


def _slug(text: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in text.lower())
    return "-".join(part for part in kept.split("-") if part) or "table"
