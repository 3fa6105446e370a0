"""Tables of an experiment on fixed images: one a share of labels, arms as rows, seen and unseen sites as columns."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np

from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import NOTHING, markdown_table
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Bootstrap, as_text
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done, interval_words
from OrthoDiffusionLib.lab.experiments.fixed_images.budget import PATIENT_ROUNDS, steps_of_round
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import DICE, LOGITS, TRUTH
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import Rates
from OrthoDiffusionLib.lab.experiments.fixed_images.rate_tuning import (
    CANDIDATES,
    TUNING_MINUTES,
    TUNING_SHARE,
    Tried,
    best_of,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import (
    MEASURES,
    Measure,
    ShareFigures,
    kind_of,
    percent,
    rows_of,
    share_figures,
    share_of,
)

NOT_RUN, NOT_DEFINED = "not run", "not defined"


def share_tables(
    experiment: Experiment,
    results: Sequence[CellResult],
    *,
    few: float,
    conclusions: Sequence[str],
    tried: Sequence[Tried],
) -> str:
    """All tables of what is done so far, as Markdown.

    Args:
        few: the share whose structures, findings and cost are shown.
        conclusions: sentences that stand behind the first tables.
        tried: what the tuning of rates has tried.
    """
    figures = share_figures(experiment, results)
    first = next(iter(figures.kinds))
    parts = [cells_done(experiment, results)]
    for share in figures.shares:
        parts += [
            f"**{percent(share)} of the labels{_labelled(figures, results, share)}: mean Dice over the primary"
            " structures and mean AUROC over the findings of the study; phantom numbers**",
            _by_kind(figures, share, partial(_figure_text, figures, share)),
            f"Difference to “{figures.kinds[first]}” on the same studies and seeds. Below 0, “{figures.kinds[first]}”"
            " is better. If the interval excludes 0, the choice of studies alone does not explain the difference:",
            _by_kind(figures, share, partial(_difference_text, figures, share, first), against=first),
        ]
    parts += [
        *conclusions,
        *_kept(figures, few),
        f"**Cost at {percent(few)} of the labels, with pretraining counted as training time**: minutes on one core,"
        " mean over the seeds; without the tuning of learning rates",
        _charged(figures, results, few),
        "**How each run ended**: its steps, and whether validation stopped improving or the run reached its budget;"
        f" a budget of {PATIENT_ROUNDS} rounds or fewer ends before the training could stop by itself",
        _endings(figures, results),
        *_tuning(tried),
        f"**By structure at {percent(few)} of the labels, Dice over all sites, phantom numbers**",
        _by_structure(figures, results, few),
        f"**By finding at {percent(few)} of the labels, AUROC over all sites, phantom numbers**",
        _by_finding(figures, results, few),
        f"{interval_words(results, paired=True)} With several random seeds, results are averaged over them. The"
        " intervals do not cover other seeds.",
    ]
    return "\n\n".join(part for part in parts if part)


def _labelled(figures: ShareFigures, results: Sequence[CellResult], share: float) -> str:
    """How many studies a share of the labels is; "" while no run says so."""
    names = {arm.name for arm in figures.experiment.arms if share_of(arm) == share}
    counts = {
        (facts["labelled"], facts["validated"])
        for result in results
        if result.arm in names and {"labelled", "validated"} <= (facts := result.facts).keys()
    }
    if len(counts) != 1:
        return ""
    ((labelled, validated),) = counts
    return f" ({labelled} studies, {validated} of them for validation)"


def _figure_text(figures: ShareFigures, share: float, measure: Measure, kind: str) -> str:
    return as_text(figures.of(measure, kind, share))


def _difference_text(figures: ShareFigures, share: float, first: str, measure: Measure, kind: str) -> str:
    return as_text(figures.difference(measure, kind, first, share), signed=True)


def cell_text(figures: ShareFigures, measure: Measure, kind: str, share: float, text: str, *, against: str = "") -> str:
    """A figure, or that it was not run, or a dash where the arm does not give it.

    Args:
        against: the arm that the figure is a difference to: only seeds that both have count.
    """
    planned, done = figures.planned(measure, kind, share), figures.run(kind, share)
    if not planned:
        return NOTHING
    if not done:
        return NOT_RUN
    if text == NOTHING:  # of a difference, the other arm was not run; else too few studies have or lack a finding
        return NOT_DEFINED if figures.of(measure, kind, share) is None else NOT_RUN
    if against:
        done = figures.common_seeds(measure, kind, against, share)
    return text if set(planned) <= set(done) else f"{text}, {len(done)} of {len(planned)} seeds"


def _by_kind(figures: ShareFigures, share: float, text: Callable[[Measure, str], str], *, against: str = "") -> str:
    rows = [
        [title, *(cell_text(figures, m, kind, share, text(m, kind), against=against) for m in MEASURES)]
        for kind, title in figures.kinds.items()
        if kind != against and figures.arm(kind, share) is not None
    ]
    shown = [n for n in range(len(MEASURES)) if any(row[1 + n] != NOTHING for row in rows)]
    header = ["", *(MEASURES[n].title for n in shown)]
    return markdown_table(header, [[row[0], *(row[1 + n] for n in shown)] for row in rows]) if rows else ""


def _kept(figures: ShareFigures, few: float) -> list[str]:
    full = max(figures.shares)
    rows = []
    for kind, title in figures.kinds.items():
        texts = [
            cell_text(figures, m, kind, few, as_text(figures.kept(m, kind, few, full), digits=1, scale=100))
            for m in MEASURES
        ]
        rows.append([title, *texts])
    caption = (
        f"**Share of the result that is kept at {percent(few)} of the labels**, in % of the same arm at {percent(full)}"
    )
    return [caption, markdown_table(["", *(m.title for m in MEASURES)], rows)] if full > few else []


def _charged(figures: ShareFigures, results: Sequence[CellResult], few: float) -> str:
    rows = []
    for kind, title in figures.kinds.items():
        facts = [result.facts for result in _of(figures, results, kind, few)]
        reached = [
            cell_text(figures, m, kind, few, as_text(figures.of(m, kind, few)).partition(" (")[0]) for m in MEASURES
        ]
        if not facts:
            rows.append([title, *[NOT_RUN] * 4, *reached])
            continue
        training, before = (_minutes(facts, f"{name}_cpu_seconds") for name in ("training", "pretraining"))
        together = None if training is None or before is None else training + before
        steps = f"{np.mean([fact['steps'] for fact in facts]):.0f}"
        rows.append([title, *(_number(n) for n in (before, training, together)), steps, *reached])
    header = ["", "Pretraining", "Training", "Total", "Steps", *(m.title for m in MEASURES)]
    return markdown_table(header, rows)


def _minutes(facts: Sequence[Mapping], name: str) -> float | None:
    values = [fact.get(name) for fact in facts]
    known = [float(value) for value in values if value is not None]
    return float(np.mean(known)) / 60 if len(known) == len(values) else None


def _number(minutes: float | None) -> str:
    return "not known" if minutes is None else f"{minutes:.1f}"


def _endings(figures: ShareFigures, results: Sequence[CellResult]) -> str:
    done = {(result.arm, result.seed): result.facts for result in results}
    rows = []
    for kind, title in figures.kinds.items():
        row = [title]
        for share in figures.shares:
            arm = figures.arm(kind, share)
            if arm is None:
                row.append(NOTHING)
                continue
            seeds = figures.experiment.seeds if arm.seeds is None else arm.seeds
            row.append("; ".join(f"seed {seed}: {_ending(done.get((arm.name, seed)))}" for seed in seeds))
        rows.append(row)
    return markdown_table(["", *(percent(share) for share in figures.shares)], rows)


def _ending(facts: Mapping | None) -> str:
    if facts is None:
        return NOT_RUN
    if not facts["reached_budget"]:
        return f"{facts['steps']} steps, stopped improving"
    rounds = _rounds(facts)
    few = f" of {rounds} rounds" if rounds is not None and rounds <= PATIENT_ROUNDS else ""
    return f"{facts['steps']} steps, reached its budget{few}"


def _rounds(facts: Mapping) -> int | None:
    """Validations that a run's budget has; None where its facts do not say."""
    if not {"most_steps", "labelled", "validated"} <= facts.keys():
        return None
    return math.ceil(facts["most_steps"] / steps_of_round(facts["labelled"] - facts["validated"]))


def _tuning(tried: Sequence[Tried]) -> list[str]:
    """What the tuning tried, and what it chose."""
    if not tried:
        return []
    rows = []
    for one in tried:
        rivals = [other for other in tried if other.kind == one.kind]
        whole = len(rivals) == len(CANDIDATES[one.kind])  # before that, nothing is chosen
        chosen = "chosen" if whole and one is best_of(rivals) else ""
        steps = f"{one.best_step} of {one.last_step}"
        rows.append([one.kind, _rates_text(one.rates), f"{one.score:.4f}", steps, chosen])
    few = percent(TUNING_SHARE)
    caption = (
        f"**Learning rates tried for each arm**, each for half of a run's minutes, {TUNING_MINUTES:g} at most, on {few}"
        " of the labels, drawn independently of the final runs: some of these studies may be among theirs as well, and"
        f" at 100 % all are. Arms with fewer than {few} of the labels owe their rates to more labels. Score on the"
        " validation studies: 1 - Dice of the outlines, or the ranking loss of the findings where an arm does not"
        " outline; lower is better"
    )
    return [caption, markdown_table(["Arm", "Learning rates", "Validation", "Best step", ""], rows)]


def _rates_text(rates: Rates) -> str:
    muon = f", Muon {rates.filter_rate:g}" if rates.filter_rate else ""
    share = f", encoder {rates.encoder_rate:g} times these" if rates.encoder_rate != 1.0 else ""
    first = f", after {rates.reading_steps} steps of the readings alone" if rates.reading_steps else ""
    return f"AdamW {rates.learning_rate:g}{muon}{share}{first}"


def _by_structure(figures: ShareFigures, results: Sequence[CellResult], few: float) -> str:
    """Structures as rows, arms as columns: means over studies and seeds."""
    columns: dict[str, dict[str, list[float]]] = {}
    for kind, title in figures.kinds.items():
        for result in _of(figures, results, kind, few):
            for name, row in rows_of(result, DICE).items():
                columns.setdefault(title, {}).setdefault(name, []).append(float(np.mean(list(row.values()))))
    return _means(columns)


def _by_finding(figures: ShareFigures, results: Sequence[CellResult], few: float) -> str:
    columns: dict[str, dict[str, list[float]]] = {}
    for kind, title in figures.kinds.items():
        for result in _of(figures, results, kind, few):
            logits, truth = rows_of(result, LOGITS), rows_of(result, TRUTH)
            for name in logits:
                alone = Bootstrap(logits[name], {}, repeats=1).auroc({name: logits[name]}, {name: truth[name]})
                positives = int(sum(truth[name].values()))
                if alone is not None:
                    row = f"{name} ({positives} of {len(truth[name])} positive)"
                    columns.setdefault(title, {}).setdefault(row, []).append(float(alone.values[0]))
    return _means(columns)


def _means(columns: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    if not columns:
        return NOT_RUN.capitalize() + "."
    names = dict.fromkeys(name for column in columns.values() for name in column)
    rows = [
        [name, *(f"{np.mean(column[name]):.3f}" if name in column else NOTHING for column in columns.values())]
        for name in names
    ]
    return markdown_table(["", *columns], rows)


def _of(figures: ShareFigures, results: Sequence[CellResult], kind: str, share: float) -> list[CellResult]:
    names = {arm.name for arm in figures.experiment.arms if kind_of(arm) == kind and share_of(arm) == share}
    return [result for result in results if result.arm in names]
