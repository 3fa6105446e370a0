"""index.html of a batch: failures first, distributions, a thumbnail of each study and the way to its report."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from OrthoDiffusionLib.batch.cases.plan_text import UNUSED
from OrthoDiffusionLib.batch.page.histogram import Distribution
from OrthoDiffusionLib.batch.page.page_style import SCRIPT, STYLE
from OrthoDiffusionLib.batch.page.thumbnails import FOLDER, embedded, make_thumbnail, thumbnail_path
from OrthoDiffusionLib.batch.records.journal import Journal
from OrthoDiffusionLib.batch.records.study_record import FAILED, StudyRecord
from OrthoDiffusionLib.batch.records.tables import SERIES, TABLE
from OrthoDiffusionLib.bundles import Manifest
from OrthoDiffusionLib.findings.calibration import counts_as_positive
from OrthoDiffusionLib.messages import ENGLISH, Language, Message, number_of, text_of, title_of, word_of
from OrthoDiffusionLib.reports.csv_rows import THICKNESS
from OrthoDiffusionLib.reports.wording import (
    decimals_of_probability,
    finding_title,
    measurement_title,
    named,
    unit_sign,
)
from OrthoDiffusionLib.volumes.files.atomic import write_text

PAGE = "index.html"
MOST_EMBEDDED = 200
"""With more studies the thumbnails stay files, of which the page loads those that are looked at."""

LEAST_DISTRIBUTED = 10
"""Of fewer studies the distributions are closed at first: they say little, and the studies stand below them."""

MOST_FAILURES = 500  # in full; results.csv has all of them
SHARE, SECONDS_BETWEEN = 0.02, 60.0
"""While a batch runs, its page is made anew every so often, and takes at most so much of the time."""


class PageWriter:
    """Keeps index.html.

    Args:
        out: the folder of results.
        journal: holds what is shown.
        manifest: of the bundle, for the columns and their titles.
        order: names of studies in the order of the plan.
        language: of the page.
    """

    def __init__(
        self, out: Path, journal: Journal, manifest: Manifest, order: Sequence[str], language: Language = ENGLISH
    ) -> None:
        self._out, self._journal, self._language = out, journal, language
        self._manifest, self._joint = manifest, manifest.joint
        self._order = {name: number for number, name in enumerate(order)}
        self._written, self._cost = time.monotonic(), 0.0

    def put(self, record: StudyRecord) -> None:
        """A study has ended: its thumbnail is made; the page follows now and then."""
        if record.is_done:
            make_thumbnail(self._out / record.study, self._out, record.study)
        if time.monotonic() - self._written > max(SECONDS_BETWEEN, self._cost / SHARE):
            self.finish()

    def finish(self) -> None:
        """Make the page anew.

        Raises:
            OutputError: if it cannot be written.
        """
        began = time.monotonic()
        write_text(self._out / PAGE, self._page())
        self._written = time.monotonic()
        self._cost = self._written - began

    def _page(self) -> str:
        rows, failures, columns = self._gathered()
        done = sum(row["d"] for row in rows)
        doubtful = sum(bool(row["w"]) for row in rows)
        values = {"done": done, "failed": len(rows) - done, "implausible": doubtful}
        title = self._words(Message("batch_page", "title", {"joint": self._joint}))
        parts = [
            f'<p class="research">{escape(self._words(Message("batch_page", "research")))}</p>',
            f"<h1>{escape(title)}</h1><p>{escape(self._words(Message('batch_page', 'counts', values)))}</p>",
            f'<p class="quiet">{escape(text_of(self._manifest.intended_use, self._language))}</p>',
            f"<p>{self._tables()}</p>",
            self._failures(failures, len(rows) - done),
            self._distributions(columns),
            self._studies(rows),
        ]
        head = (
            '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src 'self' file: data:;"
            " style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
            f"<title>{escape(title)}</title><style>{STYLE}</style>"
        )
        start = f'<!doctype html>\n<html lang="{self._language.code}"><head>{head}</head>\n<body>\n'
        return start + "\n".join(filter(None, parts)) + f"\n<script>{SCRIPT}</script></body></html>\n"

    def _tables(self) -> str:
        """What made the numbers, and links to the tables beside the page."""
        values = {"bundle": self._manifest.name, "version": self._manifest.version}
        text = escape(self._words(Message("batch_page", "tables", values)))
        for name in (TABLE, SERIES, UNUSED):
            text = text.replace(name, f'<a href="{name}">{name}</a>')
        return text

    def _gathered(self) -> tuple[list[dict[str, Any]], list[StudyRecord], dict[str, list[float]]]:
        """One short row a study, failures first; the first failures in full; column -> its numbers."""
        names, last = self._journal.studies, len(self._order)
        names.sort(key=lambda name: (self._journal.status(name) != FAILED, self._order.get(name, last), name))
        embed = len(names) <= MOST_EMBEDDED
        rows: list[dict[str, Any]] = []
        failures: list[StudyRecord] = []
        columns: dict[str, list[float]] = {column: [] for column in self._columns()}
        for name in names:
            record = self._journal.record(name)
            if not record.is_done and len(failures) < MOST_FAILURES:
                failures.append(record)
            rows.append(self._short(record, embed))
            if record.is_done and not record.row.get("implausible"):
                _add_numbers(columns, record.row)
        return rows, failures, columns

    def _short(self, record: StudyRecord, embed: bool) -> dict[str, Any]:
        row = record.row
        shown = {"n": record.study, "d": int(record.is_done), "s": row.get("side", "")}
        shown["w"] = int(bool(row.get("implausible")))
        names = [abnormality.name for abnormality in self._manifest.abnormalities]
        shown["p"] = [row.get(name, "") for name in names]
        shown["v"] = [self._probability(name, row.get(name, "")) for name in names]
        # Of a result that is not to be used nothing counts as positive.
        shown["q"] = [int(not shown["w"] and self._is_positive(name, row.get(name, ""))) for name in names]
        shown["e"] = "" if record.is_done else f"{self._stage(row)}: {record.failure(self._language).what}"
        if record.is_done:
            path = thumbnail_path(self._out, record.study)
            shown["t"] = embedded(path) if embed else f"{FOLDER}/{quote(path.name)}"
        return shown

    def _threshold(self, name: str) -> float | None:
        calibration = self._manifest.calibration.get(name)
        point = None if calibration is None else calibration.operating_point
        return None if point is None else point.threshold

    def _is_positive(self, name: str, stored: str) -> bool:
        threshold = self._threshold(name)
        return bool(stored) and threshold is not None and counts_as_positive(float(stored), threshold)

    def _probability(self, name: str, stored: str) -> str:
        """As reports write it; a dash where it was not assessed."""
        if not stored:
            return "–"
        decimals = decimals_of_probability(float(stored), self._threshold(name))
        return number_of(float(stored), f".{decimals}f", self._language)

    def _columns(self) -> dict[str, tuple[str, str]]:
        """Column -> title and unit of what is shown as a distribution."""
        language = self._language
        found = {one.name: (finding_title(one.name, language), "") for one in self._manifest.abnormalities}
        for structure in self._manifest.structures:
            title = named(structure.name, structure.title, language)
            of = {"structure": title}
            found[f"volume_ml_{structure.name}"] = (self._words(Message("batch_page", "volume", of)), "mL")
            if structure.is_cartilage:
                title = self._words(Message("batch_page", "thickness", of))
                found[f"mean_thickness_mm_{structure.name}"] = (title, "mm")
        for measurement in self._manifest.as_joint().measurements:
            if not measurement.name.endswith(THICKNESS):
                title = measurement_title(self._joint, measurement.name, language)
                found[measurement.name] = (title, "" if measurement.unit == "1" else measurement.unit)
        return found

    def _distributions(self, columns: Mapping[str, Sequence[float]]) -> str:
        chance = {abnormality.name for abnormality in self._manifest.abnormalities}
        figures, count = [], 0
        for column, (title, unit) in self._columns().items():
            values = columns[column]
            if not values:
                continue
            count = max(count, len(values))
            one = Distribution(title, unit, values, (0.0, 1.0) if column in chance else None)
            low, middle, high = one.quartiles
            shown = unit_sign(unit, self._language) if unit else ""
            facts = {"count": len(values), "median": middle, "low": low, "high": high, "unit": shown}
            about = self._words(Message("batch_page", "distribution", facts))
            caption = f"<b>{escape(title)}</b> <span>{escape(about)}</span>"
            picture = one.svg(f"{title}: {about}", self._language)
            figures.append(f"<figure>{picture}<figcaption>{caption}</figcaption></figure>")
        if not figures:
            return ""
        title = escape(self._words(Message("batch_page", "distributions")))
        shown = " open" if count >= LEAST_DISTRIBUTED else ""
        return f'<details{shown}><summary>{title}</summary><div class="figures">{"".join(figures)}</div></details>'

    def _failures(self, failures: Sequence[StudyRecord], count: int) -> str:
        if not failures:
            return ""
        title = Message("batch_page", "failures", {"count": count})
        if count > len(failures):
            title = Message("batch_page", "first_failures", {"count": count, "shown": len(failures)})
        lines = [f"<h2>{escape(self._words(title))}</h2><table><tr>{''.join(self._head(_FAILURE_COLUMNS))}</tr>"]
        for record in failures:
            why = record.failure(self._language)
            words = ". ".join(filter(None, (why.what.rstrip("."), why.remedy)))
            cells = (record.study, self._stage(record.row), words)
            lines.append("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in cells) + "</tr>")
        return "\n".join([*lines, "</table>"])

    def _stage(self, row: Mapping[str, str]) -> str:
        return word_of(row.get("stage") or "process", self._language)

    def _head(self, keys: Sequence[str]) -> Iterator[str]:
        return (f"<th>{escape(title_of(key, self._language))}</th>" for key in keys)

    def _studies(self, rows: Sequence[Mapping[str, Any]]) -> str:
        """An empty table, its rows as data, and the words that the script needs."""
        language = self._language
        titles = [finding_title(one.name, language) for one in self._manifest.abnormalities]
        words = {
            "side": {side: word_of(side, language) for side in ("right", "left")},
            "implausible": self._words(Message("batch_page", "do_not_use")),
            "of": self._words(Message("batch_page", "of")),
            "positive": self._words(Message("batch_page", "positive")),
            "findings": titles,
        }
        data = json.dumps({"rows": rows, "words": words}, ensure_ascii=False, separators=(",", ":"))
        data = data.replace("<", "\\u003c")  # no name ends the script that holds it
        title = escape(self._words(Message("batch_page", "studies")))
        find = escape(self._words(Message("batch_page", "find")))
        heads = "".join(
            f'<th data-column="{number}"><button>{escape(name)}</button></th>' for number, name in enumerate(titles)
        )
        return (
            f'<h2>{title}</h2><p><input id="find" type="search" placeholder="{find}" aria-label="{find}">'
            ' <button id="back" aria-label="←">←</button> <span id="place"></span>'
            ' <button id="next" aria-label="→">→</button></p>'
            f'<p class="quiet"><b class="positive"></b> {escape(self._words(Message("batch_page", "positive")))}</p>'
            f'<table id="studies"><thead><tr><th></th><th>{escape(title_of("page_study", language))}</th>{heads}</tr>'
            f'</thead><tbody></tbody></table><script id="data" type="application/json">{data}</script>'
            f"<noscript>{escape(self._words(Message('batch_page', 'no_script')))}</noscript>"
        )

    def _words(self, message: Message) -> str:
        return message.words(self._language).what


_FAILURE_COLUMNS = ("page_study", "page_stage", "page_reason")


def _add_numbers(columns: dict[str, list[float]], row: Mapping[str, str]) -> None:
    for column, values in columns.items():
        if row.get(column):
            values.append(float(row[column]))
