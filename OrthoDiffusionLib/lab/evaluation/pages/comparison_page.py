"""The comparison of two bundles as a section in Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import NOTHING, markdown_table, number


def comparison_page(comparison: Mapping) -> str:
    """A section of what `compare_scores` found; differences are first − second."""
    first, second = comparison["first"], comparison["second"]
    studies = comparison["studies"]
    dice = [["Mean of the structures", _difference(comparison["dice_mean"])]]
    dice += [[row["title"], _difference(row)] for row in comparison["structures"].values()]
    areas = [
        [row["title"], number(row["first"], 3), number(row["second"], 3), _difference(row), number(row["p_value"], 4)]
        for row in comparison["abnormalities"].values()
    ]
    notes = [f"{row['title']}: {row['note']}." for row in comparison["abnormalities"].values() if row["note"]]
    parts = [
        f"## {first} against {second} on {comparison['cohort']}",
        f"Both bundles were evaluated on the same {studies} studies. Differences are {first} − {second}, with 95 %"
        " confidence intervals in brackets (Dice: bootstrap over patients; AUROC: DeLong's test, with its two-sided"
        " p, where every patient has one study).",
        markdown_table(["Structure", "Dice"], dice),
        markdown_table(["Finding", first, second, "AUROC", "p"], areas),
        " ".join(notes),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _difference(row: Mapping) -> str:
    value, low, high = row.get("difference"), row.get("low"), row.get("high")
    if value is None:
        return NOTHING
    return f"{value:+.3f}" if low is None or high is None else f"{value:+.3f} ({low:+.3f} to {high:+.3f})"
