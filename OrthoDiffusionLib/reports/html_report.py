"""One self-contained page of an analysis: no script, nothing loaded from elsewhere."""

from __future__ import annotations

import base64
import io
from html import escape

from PIL import Image

from OrthoDiffusionLib.findings import Analysis, Measurement
from OrthoDiffusionLib.reports.theme import FOOTER
from OrthoDiffusionLib.reports.wording import (
    finding_title,
    joint_title,
    measurement_definition,
    measurement_title,
    not_assessed,
    operating_point_words,
    side_source,
    sorted_findings,
    usual_words,
    with_unit,
)

_STYLE = """
body { margin: 2rem auto; max-width: 72rem; padding: 0 1rem; background: #0d0f12; color: #e4e7eb;
       font: 16px/1.5 system-ui, sans-serif; }
h1 { font-weight: 500; margin-bottom: 0; } h2 { font-weight: 500; margin-top: 2rem; }
p, td, th { color: #a8b0ba; } img { width: 100%; height: auto; }
table { border-collapse: collapse; width: 100%; } th { text-align: left; font-weight: 500; }
td, th { padding: .3rem .8rem .3rem 0; border-bottom: 1px solid #343a43; }
td:first-child { color: #e4e7eb; } meter { width: 10rem; } footer { margin-top: 2rem; }
footer strong { color: #e4e7eb; font-weight: 500; } .swatch { display: inline-block; width: .8rem;
       height: .8rem; border-radius: 3px; margin-right: .5rem; }
"""


def html_report(analysis: Analysis, *, picture: Image.Image | None = None) -> str:
    """The page as text; save it as UTF-8.

    Args:
        analysis: what to show.
        picture: the overview, embedded as JPEG if given.
    """
    title = escape(f"{joint_title(analysis)}, {analysis.created[:10]}")
    planes = ", ".join(f"{plane} {name}" for plane, name in analysis.study.planes.items())
    parts = [
        f"<h1>{escape(joint_title(analysis))}</h1>",
        f"<p>{escape(side_source(analysis))}. Planes: {escape(planes)}. "
        f"Bundle {escape(analysis.bundle.name)} {escape(analysis.bundle.version)}. "
        f"{escape(analysis.created)}</p>",
        _embedded(picture) if picture is not None else "",
        "<h2>Findings</h2>",
        _findings(analysis),
        "<h2>Structures</h2>",
        _structures(analysis),
        "<h2>Measurements</h2>" if analysis.measurements else "",
        _measurements(analysis),
        "<h2>Warnings</h2>",
        _warnings(analysis),
        f"<footer><p><strong>{escape(FOOTER)}</strong> {escape(analysis.intended_use)}</p></footer>",
    ]
    head = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "img-src data:; style-src 'unsafe-inline'\">"
        f"<title>{title}</title><style>{_STYLE}</style>"
    )
    return f'<!doctype html>\n<html lang="en"><head>{head}</head>\n<body>\n' + "\n".join(parts) + "\n</body></html>\n"


def _embedded(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=88)
    data = base64.b64encode(buffer.getvalue()).decode("ascii")
    return f'<img alt="Slices with outlines, structures in 3D, findings" src="data:image/jpeg;base64,{data}">'


def _table(head: list[str], rows: list[list[str]]) -> str:
    """Cells are HTML already."""
    lines = ["<table><tr>" + "".join(f"<th>{escape(word)}</th>" for word in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _findings(analysis: Analysis) -> str:
    rows = []
    for finding in sorted_findings(analysis):
        name = escape(finding_title(finding.name))
        if not finding.assessed:
            rows.append([name, escape(not_assessed(finding)), "", "", "", ""])
            continue
        planes = ", ".join(f"{plane} {value:.2f}" for plane, value in finding.by_plane.items())
        meter = f'<meter min="0" max="1" value="{finding.probability:.4f}"></meter> {finding.probability:.2f}'
        called = "<b>positive</b>" if finding.positive else "negative"
        point = escape(operating_point_words(finding))
        rows.append([name, meter, called, point, escape(planes), escape(finding.note.text)])
    return _table(["finding", "probability", "called", "operating point (phantom numbers)", "by plane", "note"], rows)


def _structures(analysis: Analysis) -> str:
    segmentation = analysis.segmentation
    thickness = {m.structure: m.value for m in analysis.sizes if m.name == "mean_thickness"}
    rows = []
    for structure in segmentation.structures:
        colour = "#{:02x}{:02x}{:02x}".format(*structure.colour)
        name = f'<span class="swatch" style="background: {colour}"></span>{escape(structure.title)}'
        if structure.auxiliary:
            name += " (auxiliary)"
        if not segmentation.is_found(structure.name):
            rows.append([name, "not found", "", ""])
            continue
        whole = "" if segmentation.complete(structure.name) else "cut off by the field of view"
        mm = f"{thickness[structure.name]:.1f} mm" if structure.name in thickness else ""
        rows.append([name, f"{segmentation.volume_ml(structure.name):.1f} mL", mm, whole])
    return _table(["structure", "volume", "mean thickness", ""], rows)


def _measurements(analysis: Analysis) -> str:
    """Each with its definition where the pointer rests on it; outside the usual range is said in words."""
    rows = []
    for measured in analysis.measurements:
        known = measurement_definition(analysis, measured.name)
        about = f' title="{escape(known.definition)}"' if known is not None else ""
        name = f"<span{about}>{escape(measurement_title(analysis, measured.name))}</span>"
        usual = f'<span title="{escape(measured.source)}">{escape(usual_words(measured))}</span>'
        value = "not measured" if measured.value is None else with_unit(measured.value, measured.unit)
        rows.append([name, escape(value), usual, escape(measured.note.text or _outside(measured))])
    return _table(["measurement", "value", "usual", ""], rows) if rows else ""


def _outside(measured: Measurement) -> str:
    if measured.value is None or measured.range is None:
        return ""
    low, high = measured.range
    return "below the usual range" if measured.value < low else "above the usual range" if measured.value > high else ""


def _warnings(analysis: Analysis) -> str:
    if not analysis.notices:
        return "<p>None.</p>"
    return "<ul>" + "".join(f"<li>{escape(str(notice))}</li>" for notice in analysis.notices) + "</ul>"
