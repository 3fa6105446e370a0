"""What the tables say in plain words: who is ahead, and whether the aims are met."""

from __future__ import annotations

from collections.abc import Collection

from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import FINDINGS
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import MEASURES, Measure, ShareFigures, percent

AIM_KEPT = 0.97
CHANCE = 0.5


def comparisons(figures: ShareFigures, first: str, share: float) -> list[str]:
    """A sentence a measure: whom the first arm is ahead of, behind, or not distinguishable from, and who is missing."""
    return [words for measure in MEASURES if (words := _compared(figures, first, measure, share))]


def aim_lines(figures: ShareFigures, first: str, *, few: float, full: float, beside: Collection[str] = ()) -> list[str]:
    """The aims and whether they are met: ahead of every other arm at few labels, little lost against all labels.

    Args:
        beside: kinds of arms that the first need not be ahead of.
    """
    lines = []
    for measure in MEASURES:
        if figures.of(measure, first, few) is None:
            lines.append(f"- {measure.title}: not known, because “{figures.kinds[first]}” has no result yet.")
            continue
        ahead, behind, alike, missing = _groups(figures, first, measure, few, beside)
        met = not behind and not alike and bool(ahead)
        some = f"met for the arms that were run, {len(ahead)} of {len(ahead) + len(missing)}"
        said = (
            "not known, because no other arm was run" if not (ahead or behind or alike) else some if met else "missed"
        )
        said = "met" if met and not missing else said
        rivals = [kind for kind in figures.kinds if kind not in beside]
        if met and any(_seeds_missing(figures, kind, first, measure, few) for kind in rivals):
            said += ", with the seeds that were run"
        words = f"- {measure.title}: better than every other arm at {percent(few)} of the labels: {said}"
        lines.append(f"{words}; {_kept(figures, first, measure, few, full)}")
    return lines


def _groups(
    figures: ShareFigures, first: str, measure: Measure, share: float, beside: Collection[str] = ()
) -> tuple[list[str], list[str], list[str], list[str]]:
    """The arms that the first is ahead of, behind, not distinguishable from, and those not run, as sentences name them.

    An arm of which some seeds were not run says how many were.
    """
    ahead: list[str] = []
    behind: list[str] = []
    alike: list[str] = []
    missing: list[str] = []
    for kind, title in figures.kinds.items():
        if kind == first or kind in beside or not figures.planned(measure, kind, share):
            continue
        name = f"“{title}”" + _seeds_missing(figures, kind, first, measure, share)
        draws = figures.difference(measure, kind, first, share)
        estimate = None if draws is None else draws.estimate
        if estimate is None:
            missing.append(f"“{title}”")
        elif estimate.low is None or estimate.high is None:  # run, but of too few patients for an interval
            alike.append(name)
        elif estimate.high < 0:
            ahead.append(name)
        elif estimate.low > 0:
            behind.append(name)
        else:
            alike.append(name)
    return ahead, behind, alike, missing


def _seeds_missing(figures: ShareFigures, kind: str, first: str, measure: Measure, share: float) -> str:
    """With how many seeds two arms were compared, if not with all; "" if with all or with none."""
    both, planned = figures.common_seeds(measure, kind, first, share), figures.planned(measure, kind, share)
    return f" ({len(both)} of {len(planned)} seeds)" if both and not set(planned) <= set(both) else ""


def _compared(figures: ShareFigures, first: str, measure: Measure, share: float) -> str:
    if figures.of(measure, first, share) is None:
        return ""
    hows = ("better than", "worse than", "not distinguishable from")
    *groups, missing = _groups(figures, first, measure, share)
    words = [f"{how} {_listed(group)}" for how, group in zip(hows, groups, strict=True) if group]
    if missing:
        words.append(f"not compared with {_listed(missing)} (not run)")
    if not words:
        return ""
    return f"{measure.title}, {percent(share)} of the labels: “{figures.kinds[first]}” is {'; '.join(words)}."


def _kept(figures: ShareFigures, first: str, measure: Measure, few: float, full: float) -> str:
    """What is left at few labels, and whether that says anything."""
    kept, whole = figures.kept(measure, first, few, full), figures.of(measure, first, full)
    if kept is None or whole is None:
        return f"the share kept of its result at {percent(full)} is not known, because that arm was not run."
    low = whole.estimate.low
    if measure.task == FINDINGS and (low is None or low <= CHANCE):
        return f"its result at {percent(full)} is not distinguishable from chance, so the share kept says nothing."
    share = float(kept.values[0])
    met = "met" if share >= AIM_KEPT else "missed"
    return f"it keeps {percent(share)} of its result at {percent(full)}; the aim of {percent(AIM_KEPT)} is {met}."


def _listed(names: list[str]) -> str:
    return ", ".join(names)
