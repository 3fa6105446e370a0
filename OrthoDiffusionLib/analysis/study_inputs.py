"""From what a user names to a Study and a Bundle, without torch, so that bad input is refused at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.errors import BundleError, Notice, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Plane, Study, Volume
from OrthoDiffusionLib.volumes.inputs import read_inputs
from OrthoDiffusionLib.volumes.selection.two_joints import one_joint


def read_study(
    paths: Iterable[Path],
    *,
    by_plane: Mapping[str, Sequence[Path]] | None = None,
    side: Side | str | None = None,
    joint: Joint | str | None = None,
    name: str = "",
    on_stage: Callable[[str], None] | None = None,
) -> Study:
    """Read files or folders and choose a volume for each plane.

    Args:
        paths: NIfTI, NRRD, MetaImage or DICOM files, or folders of them.
        by_plane: "sagittal", "coronal" or "axial" -> the file or series that must serve it.
        side: the patient's side if the user says it; it rules over tag and anatomy.
        joint: as in `Study.from_volumes`.
        name: what to call the study.
        on_stage: called with "select" when all is read and the choice among the volumes begins.

    Raises:
        OrthoDiffusionError: if nothing was named, what was named holds no volume that can be used, or two are
            forced on one plane. With the code ``two_joints`` if two joints are shown and it is not said which is meant.
    """
    paths, by_plane = list(paths), dict(by_plane or {})
    if not paths and not by_plane:
        raise StudyError(Message("study", "nothing_given"))
    volumes, notices = read_inputs(paths) if paths else ([], [])
    side = None if side is None else Side(side)
    forced: dict[Plane, list[Volume]] = {}
    for word, named in by_plane.items():
        plane = Plane(word)
        for path in named:
            volume, more = _one_volume(path, plane, side, joint)
            forced.setdefault(plane, []).append(volume)
            notices = [*notices, *more]
    if on_stage is not None:
        on_stage("select")
    study = Study.from_volumes(
        volumes,
        forced=forced,
        side=side,
        joint=joint,
        name=name,
        notices=notices,
    )
    one_joint(study)  # refused now, not after the networks are loaded
    return study


def _one_volume(path: Path, plane: Plane, side: Side | None, joint: Joint | str | None) -> tuple[Volume, list[Notice]]:
    """The volume that a user named for a plane; of a series of several echoes the one a Study would choose."""
    volumes, notices = read_inputs([path])
    if len(volumes) == 1:
        return volumes[0], notices
    chosen = Study.from_volumes(volumes, side=side, joint=joint, notices=notices, register=False).planes.get(plane)
    if chosen is None:
        raise StudyError(Message("study", "none_of_plane", {"count": len(volumes), "plane": plane}), where=str(path))
    return chosen, notices


def open_bundle(bundle: str | Path | None, *, joint: str | None = None) -> Bundle:
    """The bundle of that folder or name, its checksums verified; None opens the default bundle.

    Args:
        joint: name of the joint that is to be analysed; None for that of the bundle.

    Raises:
        BundleError: if there is none, it is of another joint, or it is damaged or of another schema version.
    """
    opened = Bundle.open(bundle_path(bundle, joint=joint))
    if joint is not None and opened.manifest.joint != joint:
        known = {"joint": joint, "known": opened.manifest.joint, "bundle": opened.manifest.name}
        raise BundleError(Message("bundle", "of_another_joint", known))
    return opened
