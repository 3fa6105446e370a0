"""A Study's volumes as a folder of arrays, the way the panel hands them to its worker."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.errors import GeometryError, Notice, OutputError, StudyError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.array_steps import write_array_in_steps
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.origin import Origin, SourceImage
from OrthoDiffusionLib.volumes.plane import Plane
from OrthoDiffusionLib.volumes.study import Study
from OrthoDiffusionLib.volumes.volume import Volume

SCHEMA_VERSION = 1
FILE_NAME = "study.json"


@dataclass(frozen=True, eq=False)
class SentVolume:
    """A volume on its way to a worker.

    Attributes:
        plane: that the user chose it for, None to leave that to the reader.
        volume: its place and what is known of it; the voxels too, unless `array` has them.
        array: the voxels (I, J, K) where they are kept apart, as a scene keeps them.
    """

    plane: Plane | None
    volume: Volume
    array: np.ndarray | None = None


def write_study_folder(
    folder: str | Path,
    volumes: Mapping[Plane | None, Volume] | Sequence[tuple[Plane | None, Volume]],
    *,
    side: Side | None,
    joint: Joint | str | None,
    name: str = "",
) -> Path:
    """Write volumes as ``.npy`` arrays beside a ``study.json``.

    Args:
        folder: made if it is not there.
        volumes: each with the plane the user chose it for, None to leave that to the reader. The same
            Volume given for several planes is written once.
        side: what the user said, None if nothing.
        joint: of the study; None for that of the bundle which analyses it.
        name: what to call the study.

    Returns:
        The path of ``study.json``, which is written last: where it is, all is.

    Raises:
        OutputError: if the folder cannot be written to.
    """
    pairs = volumes.items() if isinstance(volumes, Mapping) else volumes
    sent = [SentVolume(plane, volume) for plane, volume in pairs]
    for _ in write_study_in_steps(folder, sent, side=side, joint=joint, name=name):
        pass
    return Path(folder) / FILE_NAME


def write_study_in_steps(
    folder: str | Path,
    volumes: Sequence[SentVolume],
    *,
    side: Side | None,
    joint: Joint | str | None,
    name: str = "",
) -> Iterator[None]:
    """`write_study_folder` in steps of a few milliseconds; it is done when the iterator is at its end.

    Raises:
        OutputError: if the folder cannot be written to.
        StudyError: if a voxel is not a number.
    """
    folder = Path(folder)
    entries: list[dict[str, object]] = []
    stored: dict[int, str] = {}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for sent in volumes:
            if id(sent.volume) not in stored:
                stored[id(sent.volume)] = f"{len(stored)}.npy"
                array = sent.volume.array if sent.array is None else sent.array
                for part in write_array_in_steps(folder / stored[id(sent.volume)], array):
                    _check_numbers(part, sent.volume)
                    yield
            entries.append(_entry(stored[id(sent.volume)], sent.plane, sent.volume))
        content = {
            "schema_version": SCHEMA_VERSION,
            "joint": joint.name if isinstance(joint, Joint) else joint,
            "side": side.value if side else None,
            "name": name,
            "volumes": entries,
        }
        temporary = folder / f".{uuid.uuid4().hex[:8]}.partial"
        temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False), encoding="utf-8")
        temporary.replace(folder / FILE_NAME)
    except OSError as error:
        raise OutputError(
            Message("worker", "not_handed_over", {"error": error.strerror or error}), where=str(folder)
        ) from error


def _check_numbers(part: np.ndarray, volume: Volume) -> None:
    if part.dtype.kind == "f" and not np.isfinite(part).all():
        raise StudyError(
            Message("study", "not_numbers_in_scene"), where=Message("volume", values={"name": volume.name})
        )


def read_study_folder(folder: str | Path, *, joint: Joint) -> Study:
    """Read what `write_study_folder` wrote and choose the planes that were left open.

    Args:
        folder: or the path of its ``study.json``.
        joint: of the bundle that shall analyse it.

    Raises:
        StudyError: if the folder is not complete, was written for another version or joint, or two volumes are
            to serve one plane.
    """
    return HandedStudy.read(folder).study(joint=joint)


@dataclass(frozen=True)
class HandedStudy:
    """The volumes of a study folder, read once: to see which joint they show, then to choose among them.

    Attributes:
        volumes: all of them.
        forced: plane -> the volumes that must serve it.
        side: as the user says it.
        joint: name of the joint, if the writer said it.
        name: of the study.
    """

    volumes: tuple[Volume, ...]
    forced: Mapping[Plane, Sequence[Volume]] = field(default_factory=dict)
    side: Side | None = None
    joint: str | None = None
    name: str = ""

    @classmethod
    def read(cls, folder: str | Path) -> HandedStudy:
        """Read what `write_study_folder` wrote.

        Raises:
            StudyError: if the folder is not complete, or was written for another version.
        """
        return _read(folder)

    def study(self, *, joint: Joint, noticed: Sequence[Notice] = ()) -> Study:
        """Choose the planes that were left open.

        Args:
            joint: of the bundle that shall analyse it.
            noticed: what was noticed before.

        Raises:
            StudyError: if it was written for another joint, or two volumes are to serve one plane.
        """
        if self.joint not in (None, joint.name):
            values = {"joint": self.joint, "known": joint.name}
            raise StudyError(Message("study", "other_joint_than_bundle", values))
        return Study.from_volumes(
            self.volumes, forced=self.forced, side=self.side, joint=joint, name=self.name, notices=noticed
        )


def _read(folder: str | Path) -> HandedStudy:
    folder = Path(folder)
    folder = folder.parent if folder.name == FILE_NAME else folder
    try:
        content = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        version = content["schema_version"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StudyError(Message("worker", "no_study"), where=str(folder)) from error
    if version != SCHEMA_VERSION:
        raise StudyError(
            Message("worker", "study_version", {"version": version, "needed": SCHEMA_VERSION}), where=str(folder)
        )
    volumes: dict[str, Volume] = {}
    forced: dict[Plane, list[Volume]] = {}
    try:
        for entry in content["volumes"]:
            if entry["array"] not in volumes:
                volumes[entry["array"]] = _volume(folder, entry)
            if entry.get("plane"):
                forced.setdefault(Plane(entry["plane"]), []).append(volumes[entry["array"]])
        side = Side(content["side"]) if content.get("side") else None
    except GeometryError as error:
        raise StudyError(error.said, where=str(folder), remedy=error.ready_remedy) from error
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise StudyError(Message("worker", "study_unreadable", {"error": error}), where=str(folder)) from error
    return HandedStudy(
        tuple(volumes.values()), forced, side, content.get("joint") or None, str(content.get("name", ""))
    )


def _entry(array: str, plane: Plane | None, volume: Volume) -> dict[str, object]:
    return {
        "array": array,
        "affine": volume.geometry.affine.tolist(),
        "name": volume.name,
        "plane": plane.value if plane else None,
        "side": volume.side.value if volume.side else None,
        "modality": volume.modality,
        "body_part": volume.body_part,
        "description": volume.description,
        "study_description": volume.study_description,
        "thickness_mm": volume.thickness_mm,
        "origin": asdict(volume.origin),
        "sources": [{"path": str(one.path), "uid": one.uid, "frame": one.frame} for one in volume.sources],
    }


def _volume(folder: Path, entry: Mapping[str, Any]) -> Volume:
    name = str(entry["array"])
    if Path(name).name != name:
        raise ValueError("an array lies outside of the folder")
    array = np.load(folder / name, allow_pickle=False)  # a pickle could carry code
    if array.ndim != 3:
        raise StudyError(
            Message("study", "not_three_dimensions", {"count": array.ndim}), where=str(entry.get("name", ""))
        )
    return Volume(
        array,
        Geometry(array.shape, np.asarray(entry["affine"], dtype=np.float64)),
        name=str(entry.get("name", "")),
        side=Side(entry["side"]) if entry.get("side") else None,
        modality=entry.get("modality"),
        body_part=entry.get("body_part"),
        description=str(entry.get("description", "")),
        study_description=str(entry.get("study_description", "")),
        thickness_mm=entry.get("thickness_mm"),
        origin=_origin(entry.get("origin") or {}),
        sources=tuple(
            SourceImage(Path(one["path"]), str(one["uid"]), int(one.get("frame", 0)))
            for one in entry.get("sources") or ()
        ),
    )


def _origin(entry: Mapping[str, Any]) -> Origin:
    """The Origin of an entry; empty where the writer stated none. What a later version adds is ignored."""
    known = {part.name: entry[part.name] for part in fields(Origin) if part.name in entry}
    return Origin(**{**known, "image_type": tuple(known.get("image_type", ()))})
