"""From what a user names to a Study and a Bundle, without torch, so that bad input is refused at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.errors import BundleError, Notice, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Plane, Study, Volume
from OrthoDiffusionLib.volumes.files.folders import each_path
from OrthoDiffusionLib.volumes.inputs import read_inputs
from OrthoDiffusionLib.volumes.selection.two_joints import one_joint

OnePathOrMore = str | Path | Iterable[str | Path]


@dataclass(frozen=True)
class _Named:
    """What a user named for a plane, and the volumes in it."""

    plane: Plane
    path: Path
    volumes: tuple[Volume, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class StudyFiles:
    """The volumes behind what a user names, read once: to see which joint they show, then to choose among them.

    Attributes:
        paths: what was named, in the user's order.
        volumes: those that may serve any plane.
        notices: what was noticed while reading them.
        by_plane: what the user named for a plane.
    """

    paths: tuple[Path, ...]
    volumes: tuple[Volume, ...] = ()
    notices: tuple[Notice, ...] = ()
    by_plane: tuple[_Named, ...] = ()

    @classmethod
    def read(cls, paths: OnePathOrMore, *, by_plane: Mapping[str, OnePathOrMore] | None = None) -> StudyFiles:
        """Read files or folders, as `read_study` does.

        Raises:
            OrthoDiffusionError: if nothing was named, or what was named holds no volume.
        """
        paths = each_path(paths)
        wanted = [(Plane(word), path) for word, named in (by_plane or {}).items() for path in each_path(named)]
        if not paths and not wanted:
            raise StudyError(Message("study", "nothing_given"))
        volumes, notices = read_inputs(paths) if paths else ([], [])
        for_planes = []
        for plane, path in wanted:
            found, noticed = read_inputs([path])
            for_planes.append(_Named(plane, path, tuple(found), tuple(noticed)))
        everything = (*paths, *(path for _, path in wanted))
        return cls(everything, tuple(volumes), tuple(notices), tuple(for_planes))

    @property
    def everything(self) -> tuple[Volume, ...]:
        """All volumes that were read, those for a plane as well."""
        return (*self.volumes, *(volume for named in self.by_plane for volume in named.volumes))

    def study(
        self,
        *,
        side: Side | str | None = None,
        joint: Joint | str | None = None,
        name: str = "",
        noticed: Sequence[Notice] = (),
    ) -> Study:
        """Choose a volume for each plane, as `read_study` does.

        Args:
            noticed: what was noticed since they were read.

        Raises:
            OrthoDiffusionError: as `read_study`.
        """
        side = None if side is None else Side(side)
        forced: dict[Plane, list[Volume]] = {}
        notices = [*self.notices, *noticed]
        for named in self.by_plane:
            forced.setdefault(named.plane, []).append(_one_volume(named, side, joint))
            notices += named.notices
        study = Study.from_volumes(
            self.volumes,
            forced=forced,
            side=side,
            joint=joint,
            name=name,
            notices=notices,
        )
        one_joint(study)  # refused now, not after the networks are loaded
        return study


def read_study(
    paths: OnePathOrMore,
    *,
    by_plane: Mapping[str, OnePathOrMore] | None = None,
    side: Side | str | None = None,
    joint: Joint | str | None = None,
    name: str = "",
    on_stage: Callable[[str], None] | None = None,
) -> Study:
    """Read files or folders and choose a volume for each plane.

    Args:
        paths: NIfTI, NRRD, MetaImage or DICOM files, or folders of them; one, or several.
        by_plane: "sagittal", "coronal" or "axial" -> the file or series that must serve it.
        side: the patient's side if the user says it; it rules over tag and anatomy.
        joint: as in `Study.from_volumes`.
        name: what to call the study.
        on_stage: called with "select" when all is read and the choice among the volumes begins.

    Raises:
        OrthoDiffusionError: if nothing was named, what was named holds no volume that can be used, or two are
            forced on one plane. With the code ``two_joints`` if two joints are shown and it is not said which is meant.
    """
    files = StudyFiles.read(paths, by_plane=by_plane)
    if on_stage is not None:
        on_stage("select")
    return files.study(side=side, joint=joint, name=name)


def _one_volume(named: _Named, side: Side | None, joint: Joint | str | None) -> Volume:
    """The volume that a user named for a plane; of a series of several echoes the one a Study would choose."""
    volumes = named.volumes
    if len(volumes) == 1:
        return volumes[0]
    study = Study.from_volumes(volumes, side=side, joint=joint, notices=named.notices, register=False)
    chosen = study.planes.get(named.plane)
    if chosen is None:
        values = {"count": len(volumes), "plane": named.plane}
        raise StudyError(Message("study", "none_of_plane", values), where=str(named.path))
    return chosen


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
