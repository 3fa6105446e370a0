"""By field strength and imaging site: what a bundle's scores say of the places its studies were taken at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.bundles import bundle_path
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.evaluation.cohorts.evaluator import evaluate
from OrthoDiffusionLib.lab.evaluation.drawing.markdown_tables import markdown_table, number, with_interval
from OrthoDiffusionLib.lab.evaluation.pages.page import studies_in_words
from OrthoDiffusionLib.lab.evaluation.scores.diagnosis_scores import Estimate
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import bundle_in_words
from OrthoDiffusionLib.lab.evaluation.scores.scores_file import read_scores
from OrthoDiffusionLib.lab.experiments.common.arm_plot import write_arm_plot
from OrthoDiffusionLib.lab.experiments.common.experiment import Experiment
from OrthoDiffusionLib.lab.experiments.common.page import update_page
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import HELD_OUT_SITES, IMAGING_SITES

EXPERIMENT = Experiment(
    "centres",
    "By field strength and imaging site",
    "Does a bundle work as well on scanners it was not trained on, and at low field strength, as on those of its"
    " training?",
    (),
)

AIM_POINTS = 3.0
"""The worst imaging site is to be within so many points (hundredths) of the best."""

HELD_OUT = "held out from training"

_STRATA = {
    "centre_kind": "Seen and held-out imaging sites",
    "field_strength": "Field strength",
    "centre": "Imaging site",
}
_MEASURES = {"dice_mean": "Mean Dice", "auroc_mean": "Mean AUROC"}

_CAVEATS = """- Phantom numbers. Here an imaging site is a list of protocols and artefacts; real hospitals differ in
  more than that.
- Each imaging site has different knees, so part of the differences is chance, as the intervals show. With few studies
  per site, the best and the worst of nine sites differ by chance alone.
- Field strength and imaging site cannot be separated: each site has one magnet."""


@dataclass(frozen=True)
class PreparedSites:
    """The scores to show, and where they come from if they are not there.

    Attributes:
        out: folder of the scores, if they are made here.
        scores: a Scores JSON of `evaluate`; None evaluates the bundle.
        bundle: a folder, a name, or None for the default bundle.
        evaluated: how many studies of the frozen cohort are evaluated; None for all.
    """

    out: Path
    scores: Path | None
    bundle: Path | str | None
    evaluated: int | None

    def run(self, *, only: Sequence[str] = (), jobs: int = 1) -> None:
        """Evaluate the bundle unless scores were given; a stopped evaluation goes on.

        Raises:
            TrainingError: for arms, of which this experiment has none.
            BundleError: if the bundle cannot be used.
        """
        if only:
            raise TrainingError("The experiment on imaging sites has no arms", remedy="Leave --only out.")
        if self.scores is None:
            evaluate(bundle_path(self.bundle), count=self.evaluated, json=self._file)

    def publish(self, page: Path) -> str:
        """Write page and plot; returns the tables.

        Raises:
            OrthoDiffusionError: if the scores cannot be read.
        """
        if self.scores is None and not self._file.exists():
            return "No scores yet."
        scores = read_scores(self._file)
        tables = site_tables(scores)
        picture = page.with_suffix(".png")
        cohort, bundle = scores["cohort"], scores["bundle"]
        rows = {name: _title(name) for name in scores["strata"]["centre"]}
        caption = f"{bundle['name']} {bundle['version']} by imaging site: phantom numbers, {cohort['name']}"
        measures = {
            title: {name: _estimate(scores["strata"]["centre"][name], key) for name in rows}
            for key, title in _MEASURES.items()
        }
        marked = {name: HELD_OUT for name in rows if name in HELD_OUT_SITES}
        write_arm_plot(picture, rows, measures, caption, marked=marked)
        parts = [
            "## Set-up",
            "```\northodiffusion evaluate --bundle BUNDLE --json scores.json\n"
            "orthodiffusion experiment centres --scores scores.json --out runs/centres\n```",
            f"Bundle {bundle_in_words(bundle)} on"
            f" {cohort['count']} studies of {cohort['name']}. Without `--scores` the command evaluates the bundle.",
            "## Results",
            tables,
            f"![Mean Dice and mean AUROC of each imaging site]({picture.name})",
            "## Caveats",
            _CAVEATS,
        ]
        update_page(page, EXPERIMENT, "\n\n".join(parts))
        return tables

    @property
    def _file(self) -> Path:
        return self.scores or self.out / "scores.json"


def prepared_sites(
    out: Path, *, scores: Path | None, bundle: Path | str | None, evaluated: int | None
) -> PreparedSites:
    """The experiment on a scores file, or on a bundle.

    Raises:
        OrthoDiffusionError: if the given scores cannot be read, or were split by nothing.
    """
    if scores is not None and "centre" not in read_scores(scores).get("strata", {}):
        raise TrainingError(
            "The scores are not split by imaging site", where=str(scores),
            remedy="Give a file written by `orthodiffusion evaluate --json FILE`.",
        )  # fmt: skip
    return PreparedSites(out, scores, bundle, evaluated)


def site_tables(scores: Mapping) -> str:
    """Strata as rows, each with its studies and its two means; then structures by imaging site."""
    parts = []
    for key, title in _STRATA.items():
        strata = scores["strata"].get(key, {})
        rows = [
            [_title(name), studies_in_words(s), *(with_interval(s, measure, 3) for measure in _MEASURES)]
            for name, s in strata.items()
        ]
        parts += [f"**{title}, phantom numbers**", markdown_table(["", "Studies", *_MEASURES.values()], rows)]
    parts.append(spread_sentence(scores["strata"]["centre"]))
    sites = scores["strata"]["centre"]
    structures = {name: s for name, s in scores["structures"].items() if not s.get("auxiliary")}
    rows = [
        [s.get("title", name), *(number(c["dice"].get(name), 2) for c in sites.values())]
        for name, s in structures.items()
    ]
    parts += ["**Dice of each structure by imaging site, phantom numbers**", markdown_table(["", *sites], rows)]
    parts.append("In brackets: 95 % confidence intervals (bootstrap over the patients of that row).")
    return "\n\n".join(part for part in parts if part)


def spread_sentence(sites: Mapping[str, Mapping]) -> str:
    """How far the worst imaging site lies behind the best, in points, and whether the aim is met."""
    said = []
    for key, title in _MEASURES.items():
        known = {name: s[key] for name, s in sites.items() if s[key] is not None}
        if len(known) < 2:
            continue
        best, worst = max(known, key=known.__getitem__), min(known, key=known.__getitem__)
        points = 100 * (known[best] - known[worst])
        met = "met" if points <= AIM_POINTS else "missed"
        said.append(
            f"{title}: the worst imaging site ({_title(worst)}, {known[worst]:.3f}) is {points:.1f} points below the"
            f" best ({_title(best)}, {known[best]:.3f}). The aim of at most {AIM_POINTS:g} points is {met}."
        )
    return " ".join(said)


def _title(name: str) -> str:
    return IMAGING_SITES[name].title if name in IMAGING_SITES else name


def _estimate(stratum: Mapping, key: str) -> Estimate:
    return Estimate(stratum[key], stratum.get(f"{key}_low"), stratum.get(f"{key}_high"))
