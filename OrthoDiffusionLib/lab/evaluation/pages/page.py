"""Scores and proxies as a section of a documentation page, every table under the name of its cohort."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import NOTHING, markdown_table, number, with_interval
from OrthoDiffusionLib.lab.evaluation.pages.displays import save_figures
from OrthoDiffusionLib.lab.evaluation.real_exams.agreement import RealExamProxies
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import bundle_in_words
from OrthoDiffusionLib.volumes.files.atomic import write_text

FEW_PATIENTS = 40
"""With fewer, intervals by resampling of whole patients are too narrow (Cameron and Miller, Journal of Human Resources
2015, name 20 to 50 for balanced ones)."""

STRATA_WORDS = {
    "anatomy": "Anatomy",
    "centre": "Imaging site",
    "centre_kind": "Kind of imaging site",
    "field_strength": "Field strength",
    "missing_plane": "Missing plane",
}


def scores_page(
    scores: Mapping,
    *,
    proxies: RealExamProxies | None = None,
    figures: Mapping[str, str] | None = None,
    level: int = 2,
) -> str:
    """A Markdown section of everything a Scores JSON says.

    Args:
        scores: as `evaluate` returns it or as read from its JSON.
        proxies: of a real exam; put in a section of its own, as its numbers cannot be compared with phantoms'.
        figures: caption → path of a picture, relative to the page.
        level: of the heading.
    """
    kind = "phantom numbers" if scores["phantom_numbers"] else "numbers"
    cohort, bundle = scores["cohort"], scores["bundle"]
    head = "#" * level
    parts = [
        f"{head} {bundle['name']} {bundle['version']} on {cohort['name']}: {kind}",
        _about(scores),
        f"{head}# Structures ({kind}, {cohort['name']})",
        _structures(scores),
        f"{head}# Findings ({kind}, {cohort['name']})",
        _findings(scores),
    ]
    if scores.get("measurements"):
        parts += [f"{head}# Measurements ({kind}, {cohort['name']})", _measurements(scores)]
    for key, values in scores["strata"].items():
        rows = [
            [value, studies_in_words(s), with_interval(s, "dice_mean", 3), with_interval(s, "auroc_mean", 3)]
            for value, s in values.items()
        ]
        title = STRATA_WORDS.get(key, key.replace("_", " "))
        parts += [
            f"{head}# By {title.lower()} ({kind}, {cohort['name']})",
            markdown_table([title, "Studies", "Mean Dice", "Mean AUROC"], rows),
        ]
    if scores["failures"]:
        rows = [[f["study"], f.get("what", "")] for f in scores["failures"]]
        parts += [f"{head}# Studies that could not be analysed", markdown_table(["Study", "Why"], rows)]
    parts += [f"![{caption}]({path})" for caption, path in (figures or {}).items()]
    if proxies is not None:
        parts += [f"{head} On a real exam: proxies", proxies.markdown()]
    return "\n\n".join(part for part in parts if part) + "\n"


def write_scores_page(path: Path | str, scores: Mapping, *, drawn: bool = False, **options) -> None:
    """`scores_page` into a file, whole or not at all.

    Args:
        drawn: with pictures of the scores, in a folder beside the page that is named like it. Measuring takes long,
            so the page is written without them first: a computer without matplotlib has its tables all the same.
        options: of `scores_page`.

    Raises:
        OrthoDiffusionError: if pictures are wanted and matplotlib is missing; the page without them is there.
    """
    path = Path(path)
    write_text(path, scores_page(scores, **options))
    if drawn:
        files = save_figures(scores, path.with_suffix(""))
        figures = {caption: file.relative_to(path.parent).as_posix() for caption, file in files.items()}
        write_text(path, scores_page(scores, figures=figures, **options))


def studies_in_words(stratum: Mapping) -> str:
    """How many, and of how many patients where that is another number."""
    studies, patients = stratum["studies"], stratum.get("patients", stratum["studies"])
    return (
        str(studies) if patients == studies else f"{studies} of {patients} {'patient' if patients == 1 else 'patients'}"
    )


def _about(scores: Mapping) -> str:
    cohort, bundle = scores["cohort"], scores["bundle"]
    size = f"{cohort['count']} studies"
    seed = f" from number {cohort['seed']} on" if cohort["seed"] else ""
    sentences = [
        f"Cohort {cohort['name']}, {size}{seed}; bundle {bundle_in_words(bundle)}.",
        f"Intervals: 95 %, {scores['bootstrap']['repeats']} bootstrap samples of patients.",
        f"A structure that was missed, or predicted although it is absent, counts as Dice 0 and"
        f" {scores['worst_distance_mm']:g} mm.",
    ]
    perfect = scores["bootstrap"].get("perfect")
    sentences.append(
        "An interval from 1 to 1 means that all samples gave 1, not that the figure is known exactly."
        if perfect is None
        else f"Where all samples give 0 or 1, the interval is by another method ({perfect}), or there is none."
    )
    sentences += _patients(scores)
    if scores["phantom_numbers"]:
        sentences.append(
            "These are phantom numbers: they say how well the bundle does on digital joints,"
            " and nothing about patients."
        )
    return " ".join(sentences)


def _patients(scores: Mapping) -> list[str]:
    """That several studies are of one patient; nothing where none are, or where older scores do not say."""
    bootstrap, studies = scores["bootstrap"], scores["cohort"]["count"]
    patients = bootstrap.get("patients", studies)
    if patients == studies:
        return []
    shared = ", of whom those whose bones come from one stored shape are one" if scores["phantom_numbers"] else ""
    said = [
        f"The {studies} studies are of {patients} {'patient' if patients == 1 else 'patients'}{shared}; one of them has"
        f" {bootstrap['most_studies_of_a_patient']} studies."
    ]
    if bootstrap["equal_patients"] < FEW_PATIENTS:
        said.append(
            f"They weigh no more than {bootstrap['equal_patients']:g} patients with equally many studies: with so few"
            " the intervals may be too narrow."
        )
    return said


def _structures(scores: Mapping) -> str:
    header = ["Structure", "Studies", "Missed", "False positive", "Dice", "NSD 1 mm", "NSD 2 mm", "HD95 mm"]
    header += ["ASSD mm", "Volume error %", "Thickness error mm"]
    rows = []
    for name, s in scores["structures"].items():
        rows.append(
            [
                s.get("title", name) + (" (auxiliary)" if s.get("auxiliary") else ""),
                str(s["studies"]),
                str(s["missed"]),
                str(s["false"]),
                with_interval(s, "dice", 3),
                number(s["nsd_1mm"], 3),
                number(s["nsd_2mm"], 3),
                with_interval(s, "hd95_mm", 1),
                number(s["assd_mm"], 2),
                number(s["volume_error_percent"], 1),
                number(s.get("thickness_error_mm"), 2),
            ]
        )
    mean = with_interval(scores["segmentation"], "dice_mean", 3)
    return markdown_table(header, rows) + f"\n\nMean Dice over the structures that are not auxiliary: {mean}."


def _measurements(scores: Mapping) -> str:
    header = ["Measurement", "Unit", "Aim", "True outlines: studies", "Median error", "Met"]
    header += ["Predicted outlines: studies", "Median error", "Met", "Limits of agreement", "Not measured"]
    rows = []
    for name, m in scores["measurements"].items():
        digits = 2 if m["unit"] in ("1", "mm") else 1
        limits = m["limits_of_agreement"]
        rows.append(
            [
                m.get("title", name),
                m["unit"],
                f"{m['aim']:g}",
                str(m["n_truth"]),
                number(m["median_abs_error_truth"], digits),
                _met(m["median_abs_error_truth"], m["aim"]),
                str(m["n"]),
                number(m["median_abs_error_predicted"], digits),
                _met(m["median_abs_error_predicted"], m["aim"]),
                NOTHING if limits is None else f"{limits[0]:.{digits}f} to {limits[1]:.{digits}f}",
                str(m["not_measured"]),
            ]
        )
    text = (
        "Errors are medians of the absolute difference. On true outlines: against landmarks that are known from the"
        " construction of the drawn phantoms; phantoms from label maps have none. On predicted outlines: against the"
        " same measurement on the true outlines, with 95 % limits of agreement. Volume errors are in percent."
    )
    return f"{text}\n\n{markdown_table(header, rows)}"


def _met(error: float | None, aim: float) -> str:
    """Whether an aim is met; not known without an error."""
    return NOTHING if error is None else "yes" if error <= aim else "no"


def _findings(scores: Mapping) -> str:
    header = ["Finding", "Studies", "Positive", "AUROC", "AUPRC", "Threshold", "Sensitivity", "Specificity"]
    header += ["Brier", "ECE", "Distance to the lesion mm", "Within 10 mm"]
    rows, notes = [], []
    for name, a in scores["abnormalities"].items():
        title = a.get("title", name)
        rows.append(
            [
                title,
                str(a["studies"]),
                str(a["positives"]),
                with_interval(a, "auroc", 3),
                with_interval(a, "auprc", 3),
                number(a.get("threshold"), 2),
                with_interval(a, "sensitivity", 2),
                with_interval(a, "specificity", 2),
                number(a.get("brier"), 3),
                number(a.get("ece"), 3),
                number(a.get("point_distance_mm"), 1),
                number(a.get("point_within_10mm"), 2),
            ]
        )
        if a.get("note"):
            notes.append(f"{title}: {a['note']}.")
    mean = with_interval(scores["diagnosis"], "auroc_mean", 3)
    text = markdown_table(header, rows) + f"\n\nMean AUROC over the findings that have one: {mean}."
    return text if not notes else text + "\n\n" + " ".join(notes)
