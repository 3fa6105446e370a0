"""Prepared views of an archive on disk: shards that are mapped into memory, and a manifest.

A shard is one `.npy` of half-precision numbers, views behind each other, and a `.json` beside it that says what lies
where. The `.json` is written last, so that a shard that has one is complete. `manifest.json` comes when all is there.
Nothing here names a patient, a date or a description; views are images of people all the same, so guard the folder.
"""

from __future__ import annotations

import csv
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.errors import StudyError, TrainingError
from OrthoDiffusionLib.lab.training.pretraining.archive import ArchiveStudy, Skipped, find_studies, list_files
from OrthoDiffusionLib.lab.training.pretraining.archive_views import StudyViews, study_views
from OrthoDiffusionLib.lab.training.pretraining.many_studies import each_study
from OrthoDiffusionLib.views import View, ViewGrid
from OrthoDiffusionLib.views.intensity import RULE
from OrthoDiffusionLib.volumes import Plane
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, make_folder

SCHEMA_VERSION = 1
MANIFEST = "manifest.json"
SKIPPED = "skipped.csv"

SHARD_BYTES = 64_000_000
SHARD_SECONDS = 60.0
"""A shard is closed when it is full or this old: what a kill can cost."""


@dataclass(frozen=True)
class StoredView:
    """Where one view lies and whose it is.

    Attributes:
        plane: its plane.
        shard: the `.npy` file's name.
        offset: of its first number in the shard.
        shape: (S, H, W).
        study: key of its study.
        bucket: its patient's, 0 to 99.
    """

    plane: Plane
    shard: str
    offset: int
    shape: tuple[int, int, int]
    study: str
    bucket: int


class ViewCache:
    """Views of a folder that `prepare_archive` completed.

    Raises:
        TrainingError: if the folder is not complete or was written by another version.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        manifest = _read_json(folder / MANIFEST)
        if manifest is None or manifest.get("schema_version") != SCHEMA_VERSION:
            raise TrainingError(
                "The folder holds no complete set of prepared views",
                where=str(folder),
                remedy="Run `orthodiffusion pretrain` with the studies' folder; it goes on where it was stopped.",
            )
        self.manifest = manifest
        order = {key: number for number, key in enumerate(manifest["studies"])}
        stored = [view for shard in _shards(folder) for view in shard.views if view.study in order]
        # A study that two interrupted runs both prepared counts once.
        first: dict[str, str] = {}
        for view in stored:
            first.setdefault(view.study, view.shard)
        stored = [view for view in stored if first[view.study] == view.shard]
        self.views = sorted(stored, key=lambda view: (order[view.study], view.shard, view.offset))
        self._mapped: dict[str, np.ndarray] = {}

    def of_plane(self, plane: Plane) -> list[StoredView]:
        """The plane's views, in a fixed order."""
        return [view for view in self.views if view.plane is plane]

    def array(self, view: StoredView) -> np.ndarray:
        """(S, H, W) float16, mapped: only what is touched is read."""
        if view.shard not in self._mapped:
            self._mapped[view.shard] = np.load(self.folder / view.shard, mmap_mode="r", allow_pickle=False)
        whole = self._mapped[view.shard][view.offset : view.offset + int(np.prod(view.shape))]
        return whole.reshape(view.shape)

    def __getstate__(self) -> dict:
        return {**self.__dict__, "_mapped": {}}  # a loader's process maps for itself


def prepare_archive(
    data: Sequence[Path],
    folder: Path,
    grids: Mapping[Plane, ViewGrid],
    joint: Joint,
    *,
    workers: int = 1,
    report: Callable[[str], None] = print,
) -> ViewCache:
    """Prepare all studies below some folders; run it again to go on, or to take in what has been added.

    Args:
        data: folders of studies without labels.
        folder: for the shards, the manifest and `skipped.csv`.
        grids: of the recipe.
        joint: what the studies must show.
        workers: processes that read.
        report: gets a line now and then, and the closing table.

    Raises:
        StudyError: if nothing below the folders can be used; `skipped.csv` says why.
        TrainingError: if the folder holds views that were prepared differently.
        OutputError: if the disk is full.
    """
    settings = {
        "joint": joint.name,
        "intensity": RULE,
        "grids": {plane.value: grid.as_dict() for plane, grid in grids.items()},
    }
    listing = list_files(data)
    known = _checked_manifest(folder, settings)
    if known and known.get("fingerprint") == listing.fingerprint:
        report(f"{len(known['studies'])} studies were prepared before: {folder}")
        return ViewCache(folder)
    make_folder(folder)
    _write_json(folder / "settings.json", {"schema_version": SCHEMA_VERSION, **settings})
    studies, skipped, others = find_studies(
        listing, lambda done, count: report(f"looking at file {done} of {count}") if done else None
    )
    done = {key for shard in _shards(folder) for key in shard.studies}
    missing = [study for study in studies if study.key not in done]
    if len(missing) < len(studies):
        report(f"resuming: {len(studies) - len(missing)} of {len(studies)} studies are prepared")
    _prepare(missing, folder, grids, joint, workers, report)

    gathered = _gathered(folder, studies, skipped)
    _write_skipped(folder / SKIPPED, gathered.skipped)
    report(_summary(gathered, others, folder / SKIPPED))
    if not gathered.views:
        raise _nothing_to_learn_from(len(gathered.studies), data, folder / SKIPPED)
    studies_kept = [study.key for study in gathered.studies]
    content = {"schema_version": SCHEMA_VERSION, **settings, "fingerprint": listing.fingerprint}
    _write_json(folder / MANIFEST, {**content, "studies": studies_kept})
    return ViewCache(folder)


def _nothing_to_learn_from(studies: int, data: Sequence[Path], skipped: Path) -> StudyError:
    return StudyError(
        f"None of the {studies} studies has a series that can be learned from"
        if studies
        else "There is no study below the folders",
        where=", ".join(str(path) for path in data),
        remedy=f"{skipped} says why, file by file.",
    )


@dataclass(frozen=True)
class _Gathered:
    """What all shards hold of an archive as it is now.

    Attributes:
        studies: all but those that held masks alone.
        views: that can be learned from.
        skipped: what cannot, by path.
        sideless: how many studies do not state their side.
    """

    studies: tuple[ArchiveStudy, ...]
    views: tuple[StoredView, ...]
    skipped: tuple[Skipped, ...]
    sideless: int


def _gathered(folder: Path, studies: Sequence[ArchiveStudy], skipped: Sequence[Skipped]) -> _Gathered:
    current = {study.key for study in studies}
    shards = list(_shards(folder))
    found = {Skipped(path, reason) for shard in shards for key, path, reason in shard.skipped if key in current}
    masks = {key for shard in shards for key in shard.masks}
    return _Gathered(
        tuple(study for study in studies if study.key not in masks),
        tuple(view for shard in shards for view in shard.views if view.study in current),
        tuple(sorted({*skipped, *found}, key=lambda one: (one.path, one.reason))),
        len(current & {key for shard in shards for key in shard.sideless}),
    )


def _prepare(
    studies: Sequence[ArchiveStudy],
    folder: Path,
    grids: Mapping[Plane, ViewGrid],
    joint: Joint,
    workers: int,
    report: Callable[[str], None],
) -> None:
    shard = _Shard()
    for number, (study, found) in enumerate(each_study(studies, study_views, (grids, joint), workers), start=1):
        shard.add(study, found)
        if shard.bytes >= SHARD_BYTES or shard.age > SHARD_SECONDS:
            shard.write(folder)
            report(f"prepared {number} of {len(studies)} studies")
            shard = _Shard()
    if shard.studies:
        shard.write(folder)


class _Shard:
    """Views of some studies on their way to the disk."""

    def __init__(self) -> None:
        self.studies: dict[str, int] = {}
        self.views: list[tuple[str, View]] = []
        self.skipped: list[tuple[str, str, str]] = []
        self.sideless: list[str] = []
        self.masks: list[str] = []
        self.bytes = 0
        self._born = time.monotonic()

    @property
    def age(self) -> float:
        return time.monotonic() - self._born

    def add(self, study: ArchiveStudy, found: StudyViews) -> None:
        self.studies[study.key] = study.bucket
        self.views += [(study.key, view) for view in found.views]
        self.skipped += [(study.key, one.path, one.reason) for one in found.skipped]
        self.sideless += [study.key] if found.sideless else []
        self.masks += [study.key] if found.only_labels else []
        self.bytes += sum(2 * view.array.size for view in found.views)

    def write(self, folder: Path) -> None:
        name = f"views_{secrets.token_hex(4)}"
        entries, offset = [], 0
        for key, view in self.views:
            entry = {"plane": view.plane.value, "offset": offset, "shape": list(view.array.shape), "study": key}
            entry |= {"spacing_mm": [round(float(mm), 4) for mm in view.geometry.spacing_mm]}
            entries.append({**entry, "mirrored": view.mirrored, "reformatted": view.reformatted})
            offset += view.array.size
        numbers = np.concatenate(
            [np.zeros(0, np.float16), *(v.array.astype(np.float16).ravel() for _, v in self.views)]
        )
        with atomic_path(folder / f"{name}.npy") as temporary, temporary.open("wb") as file:
            np.save(file, numbers)
        facts = {"studies": self.studies, "views": entries, "skipped": self.skipped}
        facts |= {"sideless": self.sideless, "masks": self.masks}
        _write_json(folder / f"{name}.json", facts)  # last


@dataclass(frozen=True)
class ShardFacts:
    """What the `.json` of a complete shard says.

    Attributes:
        studies: keys of all that were looked at.
        views: where they lie.
        skipped: (study's key, path, reason).
        sideless: studies of unknown side.
        masks: keys of what held masks alone.
    """

    studies: frozenset[str]
    views: tuple[StoredView, ...]
    skipped: tuple[tuple[str, str, str], ...]
    sideless: frozenset[str]
    masks: frozenset[str]


def _shards(folder: Path) -> Iterable[ShardFacts]:
    """Of every complete shard what it holds."""
    for path in sorted(folder.glob("views_*.json")):
        content = _read_json(path)
        array = path.with_suffix(".npy")
        if content is None or not array.exists():
            continue
        buckets = content["studies"]
        views = tuple(
            StoredView(
                Plane(one["plane"]), array.name, one["offset"], tuple(one["shape"]), one["study"], buckets[one["study"]]
            )
            for one in content["views"]
        )
        skipped = tuple(tuple(row) for row in content["skipped"])
        sideless, masks = frozenset(content["sideless"]), frozenset(content["masks"])
        yield ShardFacts(frozenset(buckets), views, skipped, sideless, masks)


def _checked_manifest(folder: Path, settings: Mapping) -> dict | None:
    """The manifest of an earlier run with the same settings, None if it did not come to its end."""
    before = _read_json(folder / "settings.json")
    if before is not None:
        for name, value in {"schema_version": SCHEMA_VERSION, **settings}.items():
            if before.get(name) != value:
                raise TrainingError(
                    f"The prepared views are of other settings than the recipe's: {name} was {before.get(name)}, "
                    f"is {value}",
                    where=str(folder),
                    remedy="Name another folder with --cache, or delete this one.",
                )
    return _read_json(folder / MANIFEST)


def _summary(gathered: _Gathered, others: int, where: Path) -> str:
    views, sideless, skipped = gathered.views, gathered.sideless, gathered.skipped
    lines = [f"{len({view.study for view in views})} of {len(gathered.studies)} studies can be learned from:"]
    lines += [
        f"  {plane.value:<10}{sum(v.plane is plane for v in views):>7} views of "
        f"{len({v.study for v in views if v.plane is plane})} studies"
        for plane in Plane
    ]
    if sideless:
        lines.append(f"  in {sideless} of them no tag states the side, and they are taken as they are")
    if len({view.study for view in views}) > 1 and len({view.bucket for view in views}) == 1:
        lines.append(
            "  all of them name the same patient, so that none can be held back to measure with; if that is an"
            " anonymisation that gave all patients one PatientID, give each its own"
        )
    counts: dict[str, int] = {}
    for one in skipped:
        counts[one.reason] = counts.get(one.reason, 0) + 1
    if counts:
        lines.append(f"Skipped, each with its path in {where}:")
        lines += [f"  {count:>5}  {reason}" for reason, count in sorted(counts.items(), key=lambda item: -item[1])]
    if others:
        files = "1 file of another kind is" if others == 1 else f"{others} files of other kinds are"
        lines.append(f"{files} not read (tables, texts and the like)")
    return "\n".join(lines)


def _write_skipped(path: Path, skipped: Sequence[Skipped]) -> None:
    with atomic_path(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["path", "reason"])
        writer.writerows([one.path, one.reason] for one in skipped)


def _write_json(path: Path, content: Mapping) -> None:
    with atomic_path(path) as temporary:
        temporary.write_text(json.dumps(content), encoding="utf-8")


def _read_json(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
