"""The model card: a bundle's manifest as a page for people."""

from __future__ import annotations

from collections.abc import Mapping

from OrthoDiffusionLib.bundles.manifest import JsonObject, Manifest
from OrthoDiffusionLib.findings import Calibration
from OrthoDiffusionLib.messages.bundle_reasons import reason_in

_BEFORE = {"began_with": "It began with", "encoders_from": "Its encoders are those of"}
"""Entry of a training's record that names a bundle of before, and how the card says it."""


def model_card(manifest: Manifest) -> str:
    """A page in Markdown: what the bundle is for, knows, learned from, and what was measured."""
    parts = [
        f"# {manifest.name} {manifest.version}",
        manifest.intended_use,
        "## What it does",
        _abilities(manifest),
        "## Findings",
        _findings(manifest),
        "## What it learned from",
        "\n".join(_source(source) for source in manifest.sources) or "Nothing is said about it.",
        "## Training",
        _training(manifest.training),
        "## Figures",
        "Measured on the cohort named below; phantom numbers are not numbers of patients.\n\n"
        + (_figures(manifest) or "Nothing was measured."),
        "## Licence",
        manifest.licence,
        "## Files",
        "\n".join(f"- `{name}`: SHA-256 `{sha}`" for name, sha in manifest.files.items()),
    ]
    return "\n\n".join(parts) + "\n"


def _abilities(manifest: Manifest) -> str:
    views = "; ".join(
        f"{plane.value} (hung {view.hanging}, {view.grid.in_plane_mm:g} mm in the plane, up to "
        f"{view.grid.max_slices} slices)"
        for plane, view in manifest.views.items()
    )
    lines = [f"- Joint: {manifest.joint}.", f"- Planes: {views}."]
    primary = [s.title for s in manifest.structures if not s.auxiliary]
    auxiliary = [s.title for s in manifest.structures if s.auxiliary]
    lines.append(
        f"- Outlines {len(primary)} structures on a grid of {manifest.fusion_spacing_mm:g} mm: {', '.join(primary)}."
    )
    if auxiliary:
        lines.append(f"- As help for these, and less reliable: {', '.join(auxiliary)}.")
    reference = manifest.training_reference
    if reference is not None:
        lines.append(f"- Says when a study is unlike {reference.studies} studies of {reference.cohort}.")
    return "\n".join(lines)


def _findings(manifest: Manifest) -> str:
    rows = ["| finding | AUROC of its evaluation | positive from | reported |", "|---|---|---|---|"]
    for abnormality in manifest.abnormalities:
        calibration = manifest.calibration_of(abnormality.name)
        if not calibration.evaluated:
            rows.append(f"| {abnormality.title} | not evaluated | — | {_not_evaluated(manifest, abnormality.name)} |")
            continue
        interval = f"{calibration.auroc:.2f} ({calibration.auroc_low:.2f} to {calibration.auroc_high:.2f})"
        reported = "yes" if calibration.assessable else "no: cannot be distinguished from chance"
        rows.append(f"| {abnormality.title} | {interval} | {_operating_point(calibration)} | {reported} |")
    return "\n".join(rows)


def _not_evaluated(manifest: Manifest, name: str) -> str:
    reason = reason_in(manifest.figures, name)
    words = " ".join(str(reason).split()).replace("|", "\\|")  # others write what they like; a cell is one line
    return f"no: not evaluated ({words})" if reason else "no: not evaluated"


def _operating_point(calibration: Calibration) -> str:
    point = calibration.operating_point
    if point is None:
        return "— (no operating point: a probability alone, neither positive nor negative)"
    return (
        f"{point.threshold:.2f} (calibration cohort: sensitivity {point.sensitivity:.2f}, "
        f"specificity {point.specificity:.2f})"
    )


def _source(source: Mapping[str, str]) -> str:
    origin = f", {source['origin']}" if source.get("origin") else ""
    return f"- {source['name']} ({source['licence']}){origin}"


def _training(record: JsonObject) -> str:
    """The record of a training, then those of the bundles that it began with, oldest last.

    Their recipes are named alone: in full they stand in the manifest.
    """
    own = {key: value for key, value in record.items() if key not in _BEFORE and value is not None}
    parts = [_outline(own) or "Nothing is said about it."]
    for key, words in _BEFORE.items():
        before = record.get(key)
        if not isinstance(before, Mapping):
            continue
        earlier = dict(before.get("training") or {})
        recipe = earlier.pop("recipe", None) or {}
        named = {"recipe": f"{recipe['name']} {recipe['version']}"} if {"name", "version"} <= set(recipe) else {}
        head = f"### {words} {before.get('name', '')} {before.get('version', '')}".rstrip()
        parts.append(f"{head}\n\n{_training({'sha256': before.get('sha256'), **named, **earlier})}")
    return "\n\n".join(parts)


def _figures(manifest: Manifest) -> str:
    """The scores of `evaluate` as tables of what counts most; other figures, which are free, as they are."""
    figures = manifest.figures
    try:
        cohort = figures["cohort"]
        lines = [f"Cohort `{cohort['name']}`, version {cohort['version']}, {cohort['count']} studies.", ""]
        lines += ["| structure | Dice | HD95 mm |", "|---|---:|---:|"]
        for structure in manifest.structures:
            scores = figures["structures"][structure.name]
            lines.append(
                f"| {structure.title} | {_with_interval(scores, 'dice')} | {_with_interval(scores, 'hd95_mm')} |"
            )
        lines += ["", "| finding | studies | with it | AUROC |", "|---|---:|---:|---:|"]
        for abnormality in manifest.abnormalities:
            scores = figures["abnormalities"][abnormality.name]
            count = f"{scores['studies']} | {scores['positives']}"
            lines.append(f"| {abnormality.title} | {count} | {_with_interval(scores, 'auroc')} |")
    except (KeyError, TypeError, ValueError):
        return _outline(figures)
    return "\n".join([*lines, "", "The manifest holds all figures, also by anatomy, centre and missing plane."])


def _with_interval(scores: JsonObject, name: str) -> str:
    if scores[name] is None:
        return "—"
    low, high = scores.get(f"{name}_low"), scores.get(f"{name}_high")
    interval = "" if low is None or high is None else f" ({low:.2f} to {high:.2f})"
    return f"{scores[name]:.2f}{interval}"


def _outline(value: object, depth: int = 0) -> str:
    """Nested dicts and lists as an indented list; numbers short."""
    indent = "  " * depth
    if isinstance(value, Mapping):
        lines = []
        for key, item in value.items():
            if isinstance(item, list | tuple) and all(isinstance(one, int | float) for one in item):
                lines.append(f"{indent}- {key}: {', '.join(map(_short, item))}")
            elif isinstance(item, Mapping | list | tuple) and item:
                lines.append(f"{indent}- {key}:\n{_outline(item, depth + 1)}")
            else:
                lines.append(f"{indent}- {key}: {_short(item)}")
        return "\n".join(lines)
    if isinstance(value, list | tuple):
        if all(not isinstance(item, Mapping | list | tuple) for item in value):
            return "\n".join(f"{indent}- {_short(item)}" for item in value)
        return "\n".join(_outline(item, depth) for item in value)
    return f"{indent}- {_short(value)}"


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)
