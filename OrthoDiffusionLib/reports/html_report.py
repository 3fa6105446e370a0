"""The report as one self-contained page: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from OrthoDiffusionLib.findings import Finding, ResultsRecord, StructureRecord
from OrthoDiffusionLib.findings.plausibility import ALARMS, is_usable
from OrthoDiffusionLib.findings.review import UNSURE
from OrthoDiffusionLib.messages import ENGLISH, Language, number_of, text_of, title_of, word_of
from OrthoDiffusionLib.reports.report import Section, report_of
from OrthoDiffusionLib.reports.report_line import Line
from OrthoDiffusionLib.reports.wording import (
    decimals_of_finding,
    finding_title,
    measurement_definition,
    measurement_title,
    named,
    operating_point_words,
    reader_words,
    sorted_findings,
    usual_words,
    value_words,
    with_unit,
)

if TYPE_CHECKING:
    from PIL import Image

_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --text: #15181c; --quiet: #59626e; --line: #d5dae0;
        --accent: #9a5b00; --alarm: #b22222; }
@media (prefers-color-scheme: dark) { :root { --ground: #0d0f12; --text: #e4e7eb; --quiet: #a8b0ba; --line: #343a43;
        --accent: #f2b45c; } }
@media print { :root { --ground: #fff; --text: #000; --quiet: #444; --line: #bbb; --accent: #6b3f00; }
        img { break-inside: avoid; } }
body { margin: 1.5rem auto; max-width: 64rem; padding: 0 1rem; background: var(--ground); color: var(--text);
       font: 16px/1.45 system-ui, sans-serif; }
h1 { font-weight: 600; font-size: 1.6rem; margin: 0; }
h2 { font-weight: 600; font-size: 1.1rem; margin: 1.2rem 0 .3rem; }
p { margin: .15rem 0; } a { color: inherit; text-decoration-color: var(--line); text-underline-offset: .2em; }
.research { color: var(--accent); font-weight: 600; } .quiet { color: var(--quiet); font-size: .9rem; }
.impression { border-left: 4px solid var(--accent); padding-left: .8rem; font-size: 1.05rem; }
.alarm { background: var(--alarm); color: #fff; padding: .4rem .6rem; font-weight: 600; }
pre { white-space: pre-wrap; font: inherit; } img { width: 100%; height: auto; margin-top: 1rem; } figure { margin: 0; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 500; color: var(--quiet); }
td, th { padding: .25rem .7rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; font-size: .92rem; }
tr:target td { background: color-mix(in srgb, var(--accent) 22%, transparent); }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: 3px; margin-right: .5rem; }
footer { margin-top: 2rem; border-top: 1px solid var(--line); padding-top: .6rem; }
"""


@dataclass(frozen=True)
class Picture:
    """A picture of the page: its file as bytes, the kind ("jpeg", "png"), and what it shows, in words."""

    data: bytes
    kind: str
    shows: str


def jpeg(image: Image.Image, language: Language = ENGLISH) -> Picture:
    """The overview of an analysis, made small."""
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=88)
    return Picture(buffer.getvalue(), "jpeg", title_of("page_overview", language))


def html_report(
    record: ResultsRecord,
    *,
    pictures: Sequence[Picture] = (),
    prior: ResultsRecord | None = None,
    language: Language = ENGLISH,
    edited: str = "",
) -> str:
    """The page as text; save it as UTF-8.

    Each sentence leads to the row that it comes from, in the tables at the end.

    Args:
        record: what to report.
        pictures: embedded.
        prior: an earlier exam of the same joint.
        language: of all words.
        edited: the reader's own text, which then stands in the place of the sentences; the rows stay as they are.
    """
    report = report_of(record, prior=prior)
    research = escape(report.research_use.text(language))
    title = report.title.text(language).rstrip(".")
    parts = [
        f'<p class="research">{research}</p>',
        f"<h1>{escape(title)}</h1>",
        *(f'<p class="quiet">{escape(fact.text(language))}</p>' for fact in report.facts),
    ]
    if edited:
        parts += [f"<section><pre>{escape(edited)}</pre></section>", *map(_embedded, pictures)]
    for section in report.sections if not edited else ():
        parts.append(_section(section, language))
        if section.name == "impression":
            parts += map(_embedded, pictures)
    parts += [_findings(record, language), _measurements(record, language), _structures(record.structures, language)]
    use = escape(text_of(record.intended_use, language))
    parts.append(f'<footer><p class="research">{research}</p><p class="quiet">{use}</p></footer>')
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{escape(', '.join(filter(None, (title, record.created[:10]))))}</title><style>{_STYLE}</style>"
    )
    start = f'<!doctype html>\n<html lang="{language.code}"><head>{head}</head>\n<body>\n'
    return start + "\n".join(parts) + "\n</body></html>\n"


def _section(section: Section, language: Language) -> str:
    kind = ' class="impression"' if section.name == "impression" else ""
    lines = [_paragraph(paragraph, language) for paragraph in section.paragraphs]
    return "\n".join([f"<section{kind}>", f"<h2>{escape(section.title(language))}</h2>", *lines, "</section>"])


def _paragraph(lines: Sequence[Line], language: Language) -> str:
    alarm = any(message.code in ALARMS for line in lines for message in line.messages)
    spans = [_sentence(line, language) for line in lines]
    kind = ' class="alarm"' if alarm else ""
    return f"<p{kind}>{' '.join(spans)}</p>"


def _sentence(line: Line, language: Language) -> str:
    words = escape(line.text(language))
    return f'<a href="#{escape(line.key)}">{words}</a>' if line.key else words


def _embedded(picture: Picture) -> str:
    data = base64.b64encode(picture.data).decode("ascii")
    return f'<figure><img alt="{escape(picture.shows)}" src="data:image/{escape(picture.kind)};base64,{data}"></figure>'


def _table(title: str, head: Sequence[str], rows: Sequence[tuple[str, Sequence[str]]], language: Language) -> str:
    """Each row with its anchor; cells are HTML already, title and head are keys of the catalogue."""
    if not rows:
        return ""
    lines = [
        f"<h2>{escape(title_of(title, language))}</h2>",
        "<table><tr>" + "".join(f"<th>{escape(word_of(key, language)) if key else ''}</th>" for key in head) + "</tr>",
    ]
    for key, cells in rows:
        lines.append(f'<tr id="{escape(key)}">' + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    return "\n".join([*lines, "</table>"])


def _findings(record: ResultsRecord, language: Language) -> str:
    usable = is_usable(record.notices)
    rows = [(f"finding-{finding.name}", _finding(finding, usable, language)) for finding in sorted_findings(record)]
    head = ("page_finding", "page_model", "page_reader", "page_operating_point", "page_by_plane", "page_note")
    return _table("page_all_findings", head, rows, language)


def _finding(finding: Finding, usable: bool, language: Language) -> list[str]:
    """Cells of one row: the model's word and the reader's side by side; its number alone where it is not to be used."""
    planes = ", ".join(
        f"{word_of(plane, language)} {number_of(value, '.2f', language)}" for plane, value in finding.by_plane.items()
    )
    model = word_of(finding.word, language)
    if finding.probability is not None:
        number = number_of(finding.probability, f".{decimals_of_finding(finding)}f", language)
        model = f"{model} {number}" if usable else number
    cells = [
        finding_title(finding.name, language),
        model,
        _reader(finding, language),
        operating_point_words(finding, language),
        planes,
        finding.note.words(language).what,
    ]
    return [escape(cell) for cell in cells]


def _reader(finding: Finding, language: Language) -> str:
    review = finding.review
    if review is None:
        return "–"
    word = review.word_beside(finding.word)
    how = "" if word == UNSURE else f" ({word_of(f'review_{review.decision}', language)})"
    earlier = f"; {word_of('review_earlier', language)}" if review.is_of_other(finding.word) else ""
    note = f": {review.note}" if review.note else ""
    who = f", {review.reader}" if review.reader else ""
    return f"{word_of(word, language)}{how}{who}, {review.time.replace('T', ' ')}{earlier}{note}"


def _measurements(record: ResultsRecord, language: Language) -> str:
    """Each with its definition where the pointer rests on it."""
    rows = []
    for one in record.measurements:
        joint = record.study.joint
        known = measurement_definition(joint, one.name)
        about = f' title="{escape(text_of(known.definition, language))}"' if known is not None else ""
        name = f"<span{about}>{escape(measurement_title(joint, one.name, language))}</span>"
        value = value_words(one, language) or word_of("not_measured", language)
        value += f" ({reader_words(one, language)})" if one.reader is not None else ""
        source, note = text_of(one.source, language), one.ruling_note.words(language).what
        usual = escape(usual_words(one, language)).replace(" ", "&nbsp;")  # a range with its unit stays in one line
        rows.append((f"measurement-{one.name}", [name, escape(value), usual, escape(source), escape(note)]))
    head = ("page_measurement", "page_value", "page_usual", "page_source", "page_note")
    return _table("page_measurements", head, rows, language)


def _structures(records: Sequence[StructureRecord], language: Language) -> str:
    rows = []
    for record in records:
        structure = record.structure
        colour = "#{:02x}{:02x}{:02x}".format(*structure.colour)
        title = escape(named(structure.name, structure.title, language))
        name = f'<span class="swatch" style="background: {colour}"></span>{title}'
        if structure.auxiliary:
            name += f" ({escape(word_of('auxiliary', language))})"
        found = record.volume_ml > 0
        whole = "" if record.complete or not found else escape(word_of("cut_off", language))
        if not record.reliable:
            whole = escape(word_of("not_outlined_reliably", language))
        not_found = word_of("not_found", language) if record.reliable else "—"
        volume = with_unit(record.volume_ml, "mL", language) if found else not_found
        rows.append((f"structure-{structure.name}", [name, escape(volume), whole]))
    return _table("page_structures", ("page_structure", "page_volume", ""), rows, language)
