"""Report: the comparison as tables in Markdown, numbers in JSON, a plot and pictures."""

from __future__ import annotations

from json import dumps
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.lab.evaluation.drawing.figures import new_figure, save_figure
from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import markdown_table
from OrthoDiffusionLib.lab.evaluation.realism.gap import Gap, Row
from OrthoDiffusionLib.lab.evaluation.realism.pictures import pairs_picture, regions_picture
from OrthoDiffusionLib.lab.evaluation.realism.two_sample import Separation
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, make_folder, write_text

SCHEMA = 1
TABLE, NUMBERS, PLOT, PAIRS, REGIONS = "table.md", "numbers.json", "gap.png", "pairs.jpg", "regions.jpg"
_WORST = 20
_PLOTTED = 32
_REACH = 8.0
_COLOURS = ("#1f6f8b", "#d1495b", "#3a7d44", "#e0a030")


def write_report(folder: Path | str, gap: Gap) -> tuple[Path, ...]:
    """Write the five files; each appears only when it is whole.

    Raises:
        OutputError: if the folder cannot be written.
        OrthoDiffusionError: if matplotlib, which draws the plot, is not installed.
    """
    folder = Path(folder)
    make_folder(folder)
    write_text(folder / TABLE, table_page(gap))
    write_text(folder / NUMBERS, dumps(as_dict(gap), indent=1, ensure_ascii=False, allow_nan=False) + "\n")
    for name, picture in ((PAIRS, pairs_picture(gap.pictures)), (REGIONS, regions_picture(gap.series))):
        with atomic_path(folder / name) as temporary:
            picture.save(temporary, "JPEG", quality=72, optimize=True)
    save_figure(folder / PLOT, plot(gap), dpi=110)
    return tuple(folder / name for name in (TABLE, NUMBERS, PLOT, PAIRS, REGIONS))


def as_dict(gap: Gap) -> dict:
    """The comparison as plain numbers."""
    rows = [
        {
            "series": row.series, "group": row.measure.group, "tissue": row.measure.tissue, "name": row.measure.name,
            "real": row.real, "phantom_median": row.median, "phantom_low": row.low, "phantom_high": row.high,
            "phantoms": row.count, "inside": row.inside,
        }
        for row in gap.rows
    ]  # fmt: skip
    return {
        "schema_version": SCHEMA,
        "seeds": list(gap.seeds),
        "rows": rows,
        "two_sample_across_series": _separation_dict(gap.across, gap.across_by_chance),
        "two_sample_within_series": _separation_dict(gap.within, gap.within_by_chance),
    }


def table_page(gap: Gap) -> str:
    """All tables in Markdown."""
    inside = sum(row.inside for row in gap.rows)
    parts = [
        "# Real series against digital knees: the numbers",
        f"{len(gap.seeds)} digital knees (seeds {_span(gap.seeds)}), taken in the plane, grid and contrast of each real"
        f" series. Of {len(gap.rows)} measures of the real series {inside} lie between the phantoms' 5 and 95 %."
        " One real knee stands behind each table: nothing here is a rate. *Off* counts from the phantoms' median, and"
        " ±1 is the end of their range on that side: beyond is outside.",
        "## Most off",
        markdown_table(_HEADER, [_cells(row, gap) for row in sorted(gap.rows, key=lambda r: -abs(r.off))[:_WORST]]),
        "## Two-sample test",
        _separation_text(gap),
    ]
    for series in gap.series:
        rows = [row for row in gap.rows if row.series == series.name]
        parts += [
            f"## {series.title}",
            f"{sum(row.inside for row in rows)} of {len(rows)} measures inside.",
            markdown_table(_HEADER[1:], [_cells(row, gap)[1:] for row in rows]),
        ]
    return "\n\n".join(parts) + "\n"


_HEADER = ("Series", "Measure", "Real", "Phantoms, median", "Phantoms, 5 to 95 %", "Off", "")


def _cells(row: Row, gap: Gap) -> tuple[str, ...]:
    title = next(series.title for series in gap.series if series.name == row.series)
    words = "inside" if row.inside else "**outside**"
    return (
        title, str(row.measure), f"{row.real:.2f}", f"{row.median:.2f}", f"{row.low:.2f} to {row.high:.2f}",
        f"{row.off:+.1f}", words,
    )  # fmt: skip


def _separation_text(gap: Gap) -> str:
    titles = {series.name: series.title for series in gap.series}
    rows = []
    for words, separation, chance in (
        ("trained on the other series", gap.across, gap.across_by_chance),
        ("trained on the other half of the series", gap.within, gap.within_by_chance),
    ):
        if separation is not None:
            e = separation.auroc
            interval = "—" if e.low is None else f"{e.low:.2f} to {e.high:.2f}"
            by_chance = f"{np.median(chance):.2f} ({min(chance):.2f} to {max(chance):.2f})" if chance else "—"
            rows.append((words, "all", f"{e.value:.2f}", interval, by_chance))
            rows += [(words, titles[name], f"{area:.2f}", "—", "—") for name, area in separation.by_series.items()]
    table = markdown_table(("Test", "Tested on", "AUROC", "95 % interval", "One phantom as the real one"), rows)
    shown = [row for row in gap.within.features if not row[0].startswith("random")][:12]
    features = [(name, f"{area:.2f}", "more" if more else "less") for name, area, more in shown]
    alone = markdown_table(("Feature alone", "AUROC, mean over series", "Real slices have"), features)
    return f"{table}\n\n{alone}"


def _separation_dict(separation: Separation | None, chance: tuple[float, ...]) -> dict | None:
    if separation is None:
        return None
    estimate = separation.auroc
    features = [{"name": name, "auroc": area, "real_has_more": more} for name, area, more in separation.features]
    return {
        "auroc": estimate.value, "auroc_low": estimate.low, "auroc_high": estimate.high,
        "by_series": separation.by_series, "phantoms_in_the_place_of_real": list(chance), "features": features,
    }  # fmt: skip


def _span(seeds: tuple[int, ...]) -> str:
    return (
        f"{seeds[0]} to {seeds[-1]}" if seeds == tuple(range(seeds[0], seeds[-1] + 1)) else ", ".join(map(str, seeds))
    )


def plot(gap: Gap):
    """A matplotlib Figure: how far off the real value of each measure is, one dot a series; grey is inside.

    Raises:
        OrthoDiffusionError: if matplotlib is not installed.
    """
    measures: dict[str, list[Row]] = {}
    for row in gap.rows:
        measures.setdefault(str(row.measure), []).append(row)
    worst = sorted(measures, key=lambda name: -np.median([abs(row.off) for row in measures[name]]))[:_PLOTTED]
    figure = new_figure((8.5, 1.4 + 0.24 * len(worst)), "the comparison")
    axes = figure.add_subplot()
    axes.axvspan(-1, 1, color="#d9dde0")
    axes.axvline(0, color="#888888", linewidth=0.8)
    for n, (series, colour) in enumerate(zip(gap.series, _COLOURS * len(gap.series), strict=False)):
        points = [
            (row.off, place) for place, name in enumerate(worst) for row in measures[name] if row.series == series.name
        ]
        if points:
            off, place = np.array(points).T
            axes.scatter(
                np.clip(off, -_REACH, _REACH), place + 0.12 * (n - 1.5), s=18, color=colour, label=series.title
            )
    axes.set_yticks(range(len(worst)), worst, fontsize=7)
    axes.invert_yaxis()
    axes.set(xlim=(-_REACH - 0.4, _REACH + 0.4))
    axes.set_xlabel(
        f"real value from the phantoms' median; ±1 is the end of their 5-95 % range (cut at ±{_REACH:g})", fontsize=8
    )
    axes.set_title(f"Measures that are most off; {len(gap.seeds)} digital knees, grey: inside", fontsize=9)
    axes.legend(fontsize=7, loc="lower left")
    return figure
