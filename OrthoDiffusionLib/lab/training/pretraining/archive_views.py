"""From one archived study to prepared views: what every series can serve, and why one cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.training.pretraining.archive import DAMAGED, ArchiveSeries, ArchiveStudy, Skipped
from OrthoDiffusionLib.views import View, ViewGrid, prepare_views
from OrthoDiffusionLib.volumes import Plane, Study, Volume
from OrthoDiffusionLib.volumes.inputs import read_inputs
from OrthoDiffusionLib.volumes.quality import check_study
from OrthoDiffusionLib.volumes.selection.image_kind import looks_like_labels
from OrthoDiffusionLib.volumes.volume import UNORIENTED

_DISQUALIFYING = ("not_mr", "other_body_part", "label_map")

_HARMLESS = (
    "uneven_slices",
    "duplicate_slices",
    "several_studies",
    "padding",
    "repeated_acquisition",
    "series_joined",
    "missing_file",
)
"""What a reader notices about a volume that it can read all the same."""


@dataclass
class StudyViews:
    """What one study gives.

    Attributes:
        views: prepared, each with its plane.
        skipped: series and files that give none.
        sideless: whether a view is of an unknown side and was taken as it is.
        only_labels: whether all of it are masks, such as lie beside other studies.
    """

    views: list[View] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    sideless: bool = False
    only_labels: bool = False


def study_views(study: ArchiveStudy, grids: Mapping[Plane, ViewGrid], joint: Joint) -> StudyViews:
    """Read a study and prepare all its series that show the joint in a plane we know.

    Every series is asked by itself, as a `Study` of one volume, so that all contrasts of a plane are learned from and
    the rules are those of an analysis. Left joints are mirrored, since the networks see right ones; where no tag says
    the side, the view is taken as it is. Whatever is wrong with a series is a reason, never an error.
    """
    found = StudyViews()
    only_labels = True
    for series in study.series:
        try:
            volumes, notices = read_inputs(series.files)
        except OrthoDiffusionError as error:
            found.skipped.append(Skipped(series.path, _reason(error.what, series)))
            only_labels = False
            continue
        except Exception as error:  # no memory, or a foreign reader's own fault; the archive goes on
            found.skipped.append(Skipped(series.path, f"cannot be read ({type(error).__name__})"))
            only_labels = False
            continue
        found.skipped += [Skipped(series.path, one.what) for one in notices if one.code not in _HARMLESS]
        for volume in volumes:
            reason = _add_views(found, volume, series, grids, joint)
            if reason is not None:
                found.skipped.append(Skipped(series.path, reason))
            only_labels &= reason is not None and looks_like_labels(volume.array)
    found.only_labels = only_labels and not found.views
    if not found.views and not only_labels and study.path not in {one.path for one in found.skipped}:
        found.skipped.append(Skipped(study.path, "The study has no usable series"))
    return found


def _add_views(
    found: StudyViews, volume: Volume, series: ArchiveSeries, grids: Mapping[Plane, ViewGrid], joint: Joint
) -> str | None:
    """Add what a volume serves; or the reason why it serves nothing."""
    try:
        reason = _why_not(volume.notices)
        if reason is not None:
            return reason
        study = Study.from_volumes([volume], joint=joint)
        reason = _why_not(check_study(study))
        if reason is not None:
            return reason
        views = prepare_views(study, grids, mirror=study.side is Side.LEFT)
    except OrthoDiffusionError as error:
        return error.what
    except (ValueError, MemoryError) as error:
        return f"cannot be prepared ({type(error).__name__})"
    found.views += views.values()
    found.sideless |= study.side is None
    return None


def _why_not(notices) -> str | None:
    for notice in notices:
        if notice.code in UNORIENTED:
            return "The file does not say how the image lies in the patient, so its plane is not known"
        if notice.code in _DISQUALIFYING:
            return notice.what.partition(";")[0]
    return None


def _reason(what: str, series: ArchiveSeries) -> str:
    """DICOM's summary of a series quotes descriptions; only its kind is kept."""
    if what.startswith("No volume could be read"):
        return DAMAGED if "damaged" in what else "No volume comes of it: " + _known_kind(what)
    return what


def _known_kind(what: str) -> str:
    for words, kind in (
        ("single slice", "single slices without neighbours"),
        ("compressed", "its pixels are compressed and no decoder for that is installed (pip install 'pylibjpeg[all]')"),
        ("colour", "colour pictures"),
        ("segmentation", "segmentations, not images"),
        ("parametric map", "parametric maps, not images"),
        ("same place", "all slices lie at one and the same place"),
        ("position", "no position or spacing"),
        ("too large", "the stack is too large"),
        ("square to", "the slices are not stacked square to their plane"),
        ("several frames", "several frames without positions"),
    ):
        if words in what:
            return kind
    return "no stack of slices"
