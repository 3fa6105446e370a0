"""Tables of the experiment on labels: arms are rows; few and all labels stand side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import NOTHING, markdown_table
from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult
from OrthoDiffusionLib.lab.experiments.common.experiment import Arm, Experiment
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Bootstrap, Draws, Rows, as_text, average
from OrthoDiffusionLib.lab.experiments.common.tables import cells_done
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import ALL, FEW, LOGITS, TRUTH, dice_title, percent
from OrthoDiffusionLib.volumes import Plane

SHARES = (FEW, ALL)
OURS, SCRATCH, CHARGED = "finetuned", "scratch", "charged"
AUROC = "AUROC"
AIM_KEPT = 0.97
CHANCE = 0.5


@dataclass(frozen=True)
class Figures:
    """What the finished cells reached, by measure, kind of arm and share of labels.

    Attributes:
        kinds: kind -> its title, in the order of the tables, of those with a finished cell.
        measures: the planes' Dice, and AUROC.
        reached: (measure, kind, share) -> figure, averaged over the seeds.
    """

    kinds: Mapping[str, str]
    measures: tuple[str, ...]
    reached: Mapping[tuple[str, str, float], Draws]

    def of(self, measure: str, kind: str, share: float) -> Draws | None:
        """A figure, or None while no cell of it is done."""
        return self.reached.get((measure, kind, share))

    def difference(self, measure: str, kind: str, share: float) -> Draws | None:
        """How much an arm is above ours, fine-tuned, on the same draws of studies."""
        own, other = self.of(measure, OURS, share), self.of(measure, kind, share)
        return None if own is None or other is None else other.minus(own)

    def kept(self, measure: str, kind: str) -> Draws | None:
        """The figure at few labels as a share of the one at all."""
        few, full = self.of(measure, kind, FEW), self.of(measure, kind, ALL)
        return None if few is None or full is None else few.share_of(full)


def figures_of(experiment: Experiment, results: Sequence[CellResult]) -> Figures:
    """Work out all figures with their bootstrap draws."""
    arms = {arm.name: arm for arm in experiment.arms}
    studies = [study for r in results for table in r.tables for row in table.rows.values() for study in row]
    bootstrap = Bootstrap(sorted(set(studies)))
    planes = [plane for plane in Plane if any(_rows(result, dice_title(plane)) for result in results)]
    found: dict[tuple[str, str, float], list[Draws | None]] = {}
    for result in results:
        kind, share = _kind(arms[result.arm]), _share(arms[result.arm])
        for plane in planes:
            if rows := _rows(result, dice_title(plane)):
                found.setdefault((dice_title(plane), kind, share), []).append(bootstrap.mean(rows))
        if logits := _rows(result, LOGITS):
            found.setdefault((AUROC, kind, share), []).append(bootstrap.auroc(logits, _rows(result, TRUTH)))
    reached = {key: draws for key, several in found.items() if (draws := average(several)) is not None}
    done = {_kind(arms[result.arm]) for result in results}
    kinds = {_kind(arm): arm.title for arm in experiment.arms if _kind(arm) in done}
    return Figures(kinds, (*(dice_title(plane) for plane in planes), AUROC), reached)


def label_tables(experiment: Experiment, results: Sequence[CellResult]) -> str:
    """All tables of what is done so far, as Markdown."""
    if not results:
        return cells_done(experiment, results)
    figures = figures_of(experiment, results)
    plain = [kind for kind in figures.kinds if kind != CHARGED]
    parts = [
        cells_done(experiment, results),
        "**Mean Dice over the 11 primary structures, and mean AUROC over the findings; phantom numbers**",
        _reached_table(figures, plain),
        *_differences(figures, plain),
        *conclusions(figures, plain),
        f"**What is kept at {percent(FEW)} of the labels, % of the same arm's figure at {percent(ALL)}** (the aim for"
        f" ours is {percent(AIM_KEPT)} or more)",
        markdown_table(
            ["", *figures.measures],
            [
                [figures.kinds[kind], *(as_text(figures.kept(m, kind), digits=1, scale=100) for m in figures.measures)]
                for kind in plain
            ],
        ),
    ]
    if CHARGED in figures.kinds:
        names = [arm.name for arm in experiment.arms if _kind(arm) == CHARGED]
        of_charged = sorted({result.seed for result in results if result.arm in names})
        alone = figures_of(experiment, [result for result in results if result.seed in of_charged])
        some = [kind for kind in (OURS, SCRATCH, CHARGED) if kind in alone.kinds]
        seeds = " and ".join(str(seed) for seed in of_charged)
        parts += [
            "**With pretraining charged**: from scratch, with as many supervised steps more as cost what pretraining"
            f" did; all arms of seed {seeds} alone",
            _reached_table(alone, some),
            *_differences(alone, some),
        ]
    parts += [
        f"**By structure at {percent(FEW)} of the labels, Dice, phantom numbers**",
        *(_by_measure(experiment, results, dice_title(plane)) for plane in Plane),
        f"**By finding at {percent(FEW)} of the labels, AUROC, phantom numbers**",
        _by_finding(experiment, results),
        "**Cost**",
        _cost(experiment, results),
        "In brackets: 95 % intervals by bootstrap over the evaluation studies, the same draws for every arm; where"
        " there are several seeds, figures are averaged over them. The intervals say nothing about other seeds.",
    ]
    return "\n\n".join(part for part in parts if part)


def conclusions(figures: Figures, kinds: Sequence[str]) -> list[str]:
    """The aims, and in plain words which are met: ours ahead of every other arm at few labels, and little lost."""
    said = []
    for measure in figures.measures:
        others = {kind: figures.difference(measure, kind, FEW) for kind in kinds if kind != OURS}
        known = {kind: draws.estimate for kind, draws in others.items() if draws is not None}
        groups = {
            "ahead of": [kind for kind, e in known.items() if e.high is not None and e.high < 0],
            "behind": [kind for kind, e in known.items() if e.low is not None and e.low > 0],
        }
        groups["not distinguishable from"] = [
            kind for kind in known if not any(kind in group for group in groups.values())
        ]
        words = [
            f"{how} {', '.join(f'“{figures.kinds[kind]}”' for kind in group)}" for how, group in groups.items() if group
        ]
        if words:
            said.append(f"{measure} at {percent(FEW)} of the labels: ours, fine-tuned, is {'; '.join(words)}.")
        if kept := _kept(figures, measure):
            said.append(kept)
    return [" ".join(said)] if said else []


def _kept(figures: Figures, measure: str) -> str:
    """What is left at few labels, and whether that says anything."""
    kept, full = figures.kept(measure, OURS), figures.of(measure, OURS, ALL)
    if kept is None or full is None:
        return ""
    low = full.estimate.low
    if measure == AUROC and (low is None or low <= CHANCE):
        return f"Its figure at {percent(ALL)} cannot be distinguished from chance, so what is kept of it says nothing."
    share = float(kept.values[0])
    met = "meets" if share >= AIM_KEPT else "misses"
    words = f"It keeps {percent(share)} of its figure at {percent(ALL)}, which {met} the aim of {percent(AIM_KEPT)}"
    plain = figures.kept(measure, SCRATCH)
    if plain is not None and (unaided := float(plain.values[0])) >= AIM_KEPT:
        return f"{words}; so does the same network from scratch ({percent(unaided)}): labels are not what is short."
    return f"{words}."


def _reached_table(figures: Figures, kinds: Sequence[str]) -> str:
    header = ["", *(f"{measure}, {percent(share)}" for measure in figures.measures for share in SHARES)]
    rows = [
        [figures.kinds[kind], *(as_text(figures.of(m, kind, share)) for m in figures.measures for share in SHARES)]
        for kind in kinds
    ]
    return markdown_table(header, rows)


def _differences(figures: Figures, kinds: Sequence[str]) -> list[str]:
    others = [kind for kind in kinds if kind != OURS]
    if OURS not in kinds or not others:
        return []
    header = ["", *(f"{measure}, {percent(share)}" for measure in figures.measures for share in SHARES)]
    rows = [
        [
            figures.kinds[kind],
            *(as_text(figures.difference(m, kind, s), signed=True) for m in figures.measures for s in SHARES),
        ]
        for kind in others
    ]
    return [
        f"**Difference to “{figures.kinds[OURS]}” on the same studies**: below 0, ours is ahead; an interval without 0"
        " is more than chance of studies",
        markdown_table(header, rows),
    ]


def _by_measure(experiment: Experiment, results: Sequence[CellResult], title: str) -> str:
    """Structures as rows, arms as columns: means over studies and seeds."""
    columns: dict[str, dict[str, list[float]]] = {}
    for arm, of_arm in _few(experiment, results).items():
        for result in of_arm:
            for name, row in _rows(result, title).items():
                columns.setdefault(arm, {}).setdefault(name, []).append(float(np.mean(list(row.values()))))
    return _table(title, columns)


def _by_finding(experiment: Experiment, results: Sequence[CellResult]) -> str:
    columns: dict[str, dict[str, list[float]]] = {}
    for arm, of_arm in _few(experiment, results).items():
        for result in of_arm:
            logits, truth = _rows(result, LOGITS), _rows(result, TRUTH)
            for name in logits:
                alone = Bootstrap(logits[name], repeats=1).auroc({name: logits[name]}, {name: truth[name]})
                positives = int(sum(truth[name].values()))
                if alone is not None:
                    row = f"{name} ({positives} of {len(truth[name])} positive)"
                    columns.setdefault(arm, {}).setdefault(row, []).append(float(alone.values[0]))
    return _table("", columns)


def _table(corner: str, columns: Mapping[str, Mapping[str, Sequence[float]]]) -> str:
    names = dict.fromkeys(name for column in columns.values() for name in column)
    rows = [
        [name, *(f"{np.mean(column[name]):.3f}" if name in column else NOTHING for column in columns.values())]
        for name in names
    ]
    return markdown_table([corner, *columns], rows)


def _cost(experiment: Experiment, results: Sequence[CellResult]) -> str:
    arms = {arm.name: arm for arm in experiment.arms}
    by_kind: dict[str, list[CellResult]] = {}
    for result in results:
        by_kind.setdefault(_kind(arms[result.arm]), []).append(result)
    rows = []
    for of_kind in by_kind.values():
        facts = [result.facts for result in of_kind]
        training = np.median([float(fact["training_seconds"]) for fact in facts])
        reading = np.median([float(fact["reading_seconds"]) for fact in facts])
        rows.append(
            [
                arms[of_kind[0].arm].title,
                str(len(of_kind)),
                f"{facts[0]['parameters'] / 1e6:.2f}",
                str(facts[0]["steps"]),
                f"{training:.0f}",
                f"{reading:.0f}",
            ]
        )
    header = ["", "Cells done", "Million parameters a plane", "Steps", "Seconds of training", "Seconds of reading"]
    return markdown_table(header, rows)


def _few(experiment: Experiment, results: Sequence[CellResult]) -> dict[str, list[CellResult]]:
    """Title -> finished cells of the arms with few labels."""
    found: dict[str, list[CellResult]] = {}
    for arm in experiment.arms:
        own = [result for result in results if result.arm == arm.name]
        if own and _share(arm) == FEW:
            found[arm.title] = own
    return found


def _rows(result: CellResult, title: str) -> Rows:
    return next((table.rows for table in result.tables if table.title == title), {})


def _kind(arm: Arm) -> str:
    return str(arm.settings["kind"])


def _share(arm: Arm) -> float:
    return float(arm.settings["labels"])
