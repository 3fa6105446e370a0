"""What can be said about a real exam without truth: planes analysed alone, and sizes against the literature."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

from OrthoDiffusionLib.anatomy.size_range import TOTAL_CARTILAGE, SizeRange
from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import markdown_table, number
from OrthoDiffusionLib.lab.evaluation.scores.segmentation_scores import imaged_region, score_labels
from OrthoDiffusionLib.progress import ProgressCallback, part_of, report

if TYPE_CHECKING:
    from OrthoDiffusionLib.analysis.analyzer import Analyzer
    from OrthoDiffusionLib.findings import Analysis
    from OrthoDiffusionLib.volumes import Study

INSIDE, BELOW, ABOVE, CUT_OFF, NOT_FOUND = "inside", "below", "above", "cut off", "not found"

CAVEAT = (
    "Proxies, not accuracy: nobody has outlined this exam. Planes that agree may be wrong together, and a size"
    " within the range of the literature says nothing about the place."
)


@dataclass(frozen=True)
class PlaneAgreement:
    """How far two analyses of one structure agree, each by one plane alone.

    Attributes:
        planes: the two planes' keys; "all" is the analysis with every plane.
        dice, assd_mm: on the region that both planes imaged; None if neither found the structure.
    """

    structure: str
    planes: tuple[str, str]
    dice: float | None
    assd_mm: float | None


@dataclass(frozen=True)
class SizeCheck:
    """One measurement beside its range; `outcome` is inside, below, above, cut off or not found."""

    structure: str
    quantity: str
    value: float | None
    unit: str
    low: float
    high: float
    basis: str
    source: str
    outcome: str


@dataclass(frozen=True)
class RealExamProxies:
    """The whole table of one exam."""

    study: str
    bundle: str
    agreement: tuple[PlaneAgreement, ...]
    sizes: tuple[SizeCheck, ...]
    probabilities: Mapping[str, Mapping[str, float | None]]

    def as_dict(self) -> dict:
        """For JSON; dictionaries by structure."""
        agreement: dict[str, dict] = {}
        for row in self.agreement:
            pair = "-".join(row.planes)
            agreement.setdefault(row.structure, {})[pair] = {"dice": row.dice, "assd_mm": row.assd_mm}
        return {
            "study": self.study,
            "bundle": self.bundle,
            "caveat": CAVEAT,
            "agreement": agreement,
            "sizes": [vars(row).copy() for row in self.sizes],
            "probabilities": {name: dict(values) for name, values in self.probabilities.items()},
        }

    def markdown(self) -> str:
        """Three tables with their caveat, for a page."""
        pairs = list(dict.fromkeys(row.planes for row in self.agreement))
        by_structure: dict[str, dict] = {}
        for row in self.agreement:
            by_structure.setdefault(row.structure, {})[row.planes] = row.dice
        agreement = [
            [_words(name), *(number(dice.get(pair), 2) for pair in pairs)] for name, dice in by_structure.items()
        ]
        sources = list(dict.fromkeys(row.source for row in self.sizes if row.source))
        sizes = [
            [
                f"{_words(row.structure)}, {_words(row.quantity)}",
                f"{number(row.value, 2)} {row.unit}",
                f"{row.low:g} to {row.high:g} {row.unit}",
                row.outcome,
                row.basis + (f" [{sources.index(row.source) + 1}]" if row.source else ""),
            ]
            for row in self.sizes
        ]
        columns = list(dict.fromkeys(key for values in self.probabilities.values() for key in values))
        per_plane = [
            [_words(name), *(number(values.get(column), 2) for column in columns)]
            for name, values in self.probabilities.items()
        ]
        parts = [
            f"{CAVEAT} Study: {self.study or 'unnamed'}; bundle: {self.bundle}.",
            "Dice between analyses of two planes, each alone, where both imaged the structure:",
            markdown_table(["Structure", *(" / ".join(pair) for pair in pairs)], agreement),
            "Sizes beside what is known of adults:",
            markdown_table(["Measurement", "Here", "Range", "Outcome", "Basis"], sizes),
            "\n".join(f"[{i}] {source}  " for i, source in enumerate(sources, 1)),
            "Probabilities by the planes that were given:",
            markdown_table(["Finding", *columns], per_plane),
        ]
        return "\n\n".join(part for part in parts if part)


def real_exam_proxies(
    analyzer: Analyzer,
    study: Study,
    *,
    progress: ProgressCallback | None = None,
) -> RealExamProxies:
    """Analyse a study with all its planes and with each alone, and compare.

    Args:
        study: with two planes or more for an agreement; with one only the sizes are checked.
    """
    count = 1 + (len(study.planes) if len(study.planes) > 1 else 0)
    whole = analyzer.analyze(study, progress=part_of(progress, 0.0, 1.0 / count))
    alone: dict[str, Analysis] = {}
    if len(study.planes) > 1:
        for i, (plane, volume) in enumerate(study.planes.items(), 1):
            report(progress, "agreement", i / count, f"The {plane.value} plane alone")
            # The side is settled once, with everything there is: a plane alone must not be mirrored otherwise.
            single = replace(study, planes={plane: volume})
            if study.side is None and whole.study.side is not None:
                single = single.with_side(whole.study.side, "anatomy")
            alone[plane.value] = analyzer.analyze(single, progress=part_of(progress, i / count, (i + 1) / count))
    imaged = {plane.value: [volume.geometry] for plane, volume in study.planes.items()}
    report(progress, "agreement", 1.0, "Compared")
    return RealExamProxies(
        study=study.name,
        bundle=f"{whole.bundle.name} {whole.bundle.version}",
        agreement=compare_planes(whole, alone, imaged),
        sizes=check_sizes(whole, study.joint.sizes),
        probabilities=_probabilities(whole, alone),
    )


def compare_planes(
    whole: Analysis, alone: Mapping[str, Analysis], imaged: Mapping[str, list]
) -> tuple[PlaneAgreement, ...]:
    """Every pair of planes alone, and each plane with the whole, structure by structure.

    Args:
        whole: the analysis of all planes; its grid is the one compared on.
        alone: plane key → the analysis of that plane alone.
        imaged: plane key → geometries of what that plane imaged; elsewhere it cannot say.
    """
    if not alone:
        return ()
    geometry = whole.segmentation.labels.geometry
    labels = {structure.name: structure.label for structure in whole.segmentation.structures}
    maps = {plane: analysis.segmentation.on(geometry).array for plane, analysis in alone.items()}
    seen = {plane: imaged_region(geometry, imaged[plane]) for plane in alone}
    pairs = [*combinations(alone, 2), *((plane, "all") for plane in alone)]
    rows = []
    for first, second in pairs:
        other = whole.segmentation.labels.array if second == "all" else maps[second]
        common = seen[first] if second == "all" else seen[first] & seen[second]
        scores = score_labels(maps[first], other, labels, geometry.spacing_mm, counted=common)
        rows += [PlaneAgreement(name, (first, second), s.dice, s.assd_mm) for name, s in scores.items()]
    order = {name: i for i, name in enumerate(labels)}
    return tuple(sorted(rows, key=lambda row: order[row.structure]))


def check_sizes(analysis: Analysis, ranges: Iterable[SizeRange]) -> tuple[SizeCheck, ...]:
    """Volumes and thicknesses of an analysis beside their ranges; a structure that is cut off is not judged."""
    segmentation = analysis.segmentation
    known = {structure.name for structure in segmentation.structures}
    cartilages = tuple(structure.name for structure in segmentation.structures if structure.is_cartilage)
    measured = {(m.structure, m.name): m.value for m in analysis.sizes}
    rows = []
    for expected in ranges:
        if expected.quantity == "width":
            continue  # no measurement of an analysis, only a check of it
        parts = cartilages if expected.structure == TOTAL_CARTILAGE else (expected.structure,)
        if not parts or not known.issuperset(parts):
            continue
        found = [measured[part, expected.quantity] for part in parts if (part, expected.quantity) in measured]
        value = sum(found) if len(found) == len(parts) else None
        if value is None:
            outcome = NOT_FOUND
        elif expected.quantity == "volume" and not all(segmentation.complete(part) for part in parts):
            outcome = CUT_OFF
        else:
            outcome = BELOW if value < expected.low else ABOVE if value > expected.high else INSIDE
        rows.append(
            SizeCheck(
                structure=expected.structure,
                quantity=expected.quantity,
                value=value,
                unit="mL" if expected.quantity == "volume" else "mm",
                low=expected.low,
                high=expected.high,
                basis=expected.basis,
                source=expected.source,
                outcome=outcome,
            )
        )
    return tuple(rows)


def _probabilities(whole: Analysis, alone: Mapping[str, Analysis]) -> dict[str, dict[str, float | None]]:
    return {
        finding.name: {
            "all": finding.probability,
            **{plane: analysis.finding(finding.name).probability for plane, analysis in alone.items()},
        }
        for finding in whole.findings
    }


def _words(name: str) -> str:
    return name.replace("_", " ")
