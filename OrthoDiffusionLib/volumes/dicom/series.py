"""DICOM files → one Volume for each coherent stack of slices.

Patient coordinates in DICOM are LPS (PS3.3, C.7.6.2.1.1); they end in `_volume`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import DicomError, GeometryError, Notice, StudyError, VolumeFileError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.dicom.directory import is_directory_list, listed_files
from OrthoDiffusionLib.volumes.dicom.fragments import joined_fragments
from OrthoDiffusionLib.volumes.dicom.kinds import CAPTURE, MODALITIES, MR, RAW_DATA
from OrthoDiffusionLib.volumes.dicom.names import series_title, with_unique_names
from OrthoDiffusionLib.volumes.dicom.pixels import NoDecoder, read_pixels
from OrthoDiffusionLib.volumes.dicom.shared_identifiers import told_apart
from OrthoDiffusionLib.volumes.dicom.slices import (
    FRAMES,
    NO_IMAGE,
    DicomSlice,
    NotAVolumeSlice,
    frames_of,
    import_pydicom,
    looks_like_dicom,
    read_header,
    same_pixels,
    slices_of,
)
from OrthoDiffusionLib.volumes.dicom.stacks import EVEN_STEP, Stack, depths_of, out_of_line_mm, stacks_of
from OrthoDiffusionLib.volumes.dicom.straightening import straightened
from OrthoDiffusionLib.volumes.files.folders import files_below
from OrthoDiffusionLib.volumes.files.nifti import MAX_VOXELS
from OrthoDiffusionLib.volumes.files.voxel_size import LARGEST_PIXEL_MM, SMALLEST_MM
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.itk_border import LPS_TO_RAS
from OrthoDiffusionLib.volumes.origin import Origin, SourceImage
from OrthoDiffusionLib.volumes.volume import Volume

_log = logging.getLogger(__name__)

_Value = TypeVar("_Value")

MAX_BRIDGED_STEPS = 3.5
MAX_BRIDGED_MM = 16.0
"""A gap between slices is filled from its neighbours if it is not wider than the larger of these two (ours)."""

_MOST_NAMED = 3

MAX_MORE_SLICES = 8
"""Resampling to even steps may make at most this many times the slices that are there (ours)."""


def read_dicom_folder(
    folder_or_files: str | Path | Iterable[str | Path],
    *,
    check_cancelled: Callable[[], None] | None = None,
) -> tuple[list[Volume], list[Notice]]:
    """Read every stack of slices from DICOM files.

    A series is split by orientation, matrix and frame of reference, and where positions are taken several times by
    whatever distinguishes the slices there (see `dicom_stacks`). Missing slices are filled by their neighbours. Where
    there are MR images, nothing else is read.

    Args:
        folder_or_files: a folder, searched with its sub-folders, or files. A DICOMDIR stands for the files it lists.
        check_cancelled: called now and then; may raise to stop.

    Returns:
        Volumes in the order of their series numbers, arrays (column, row, slice) on RAS millimetres; of one series
        the one to read a joint from comes first and has the smallest `Volume.stack`. And what was noticed: files
        that are damaged, foreign, compressed or no MR image, slices that are missing or doubled, acquisitions that
        were repeated, files of several studies. Nothing in it comes from the patient's identity.

    Raises:
        DicomError: if pydicom is missing or no stack could be read.
    """
    import_pydicom()
    notices: list[Notice] = []
    files, where = _files(folder_or_files, notices)
    slices = _only_mr(_read_slices(files, notices, check_cancelled), notices)
    slices = joined_fragments(told_apart(_without_copies(slices)), notices)
    volumes = _read_stacks(_usable_stacks(slices, notices), notices, check_cancelled)
    if not volumes:
        raise _no_volume(notices, where)
    named = with_unique_names(volumes)
    _notice_repetitions(named, notices)
    _notice_several(slices, named, notices)
    return [volume for volume, _ in named], notices


def _no_volume(notices: list[Notice], where: str) -> DicomError:
    """The notices are the reasons; what they advise is what to do."""
    if not notices:
        return DicomError(Message("file", "no_dicom_files"), where=where)
    reasons = [
        Message("reason", values={"reason": notice, "where": notice.where}) if notice.where else notice
        for notice in notices
    ]
    advised: dict[str, list[Notice]] = {}
    for notice in notices:
        if notice.remedy:
            advised.setdefault(notice.remedy, []).append(notice)
    if not advised:
        return DicomError(Message("file", "no_dicom_volume", {"reasons": reasons}), where=where)
    remedies = [_advice(those, alone=len(advised) == 1) for those in advised.values()]
    return DicomError(
        Message("file", "no_dicom_volume_advised", {"reasons": reasons, "remedies": remedies}), where=where
    )


def _advice(notices: Sequence[Notice], *, alone: bool) -> Message:
    """What some notices advise alike, with where that is if others advise something else."""
    advice = Message("remedy", values={"problem": notices[0]})
    places = [notice.where for notice in notices]
    if alone or not all(places):
        return advice
    return Message("problem", values={"where": ", ".join(dict.fromkeys(places)), "what": advice})


def _files(folder_or_files: str | Path | Iterable[str | Path], notices: list[Notice]) -> tuple[list[Path], str]:
    """All files to look at, each once, the lists among them replaced by what they list; and what to call them."""
    if isinstance(folder_or_files, (str, Path)):
        folder = Path(folder_or_files)
        if not folder.exists():
            raise DicomError(Message("file", "not_there_named"), where=str(folder))
        files, where = (files_below(folder)[0], str(folder)) if folder.is_dir() else ([folder], str(folder))
    else:
        files = [Path(path) for path in folder_or_files]
        where = str(files[0] if len(files) == 1 else files[0].parent) if files else ""
    found: list[Path] = []
    for path in files:
        if not is_directory_list(path):
            found.append(path)
            continue
        try:
            listed, missing = listed_files(path)
        except ValueError:
            notices.append(Notice("damaged_file", where=path.name, values={"count": 1}))
            continue
        found += listed
        if missing:
            values = {"missing": missing[:_MOST_NAMED], "count": len(missing)}
            notices.append(Notice("missing_file", where=path.name, values=values))
    return list(dict.fromkeys(found)), where


def _read_slices(
    files: Sequence[Path], notices: list[Notice], check_cancelled: Callable[[], None] | None
) -> list[DicomSlice]:
    slices: list[DicomSlice] = []
    foreign: list[Path] = []
    damaged: list[Path] = []
    unfit: dict[tuple[str, Message], list[Path]] = {}
    for number, path in enumerate(files):
        if check_cancelled is not None and number % 50 == 0:
            check_cancelled()
        if not looks_like_dicom(path):
            foreign.append(path)
            continue
        try:
            header = read_header(path)
            found = slices_of(header, path)
            slices += found
            if lost := frames_of(header) - len(found):
                values = {"lost": lost, "frames": frames_of(header)}
                notices.append(Notice("no_volume_file", "frames_without_place", where=path.name, values=values))
        except DicomError:
            damaged.append(path)
        except NotAVolumeSlice as reason:
            unfit.setdefault((reason.kind, reason.advice), []).append(path)
    if foreign:
        notices.append(Notice("foreign_file", where=_few_files(foreign), values={"count": len(foreign)}))
    if damaged:
        notices.append(Notice("damaged_file", where=_few_files(damaged), values={"count": len(damaged)}))
    notices += [_no_volume_file(kind, advice, paths) for (kind, advice), paths in unfit.items()]
    return slices


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else "")


def _few_files(paths: Sequence[Path]) -> str:
    # File names are for the user who gave them; notices are shown, never logged.
    return _few([path.name for path in paths])


def _no_volume_file(kind: str, advice: Message, paths: Sequence[Path]) -> Notice:
    where, count = _few_files(paths), len(paths)
    if kind == RAW_DATA:
        return Notice("no_volume_file", "raw_data", where=where, values={"count": count})
    if kind == NO_IMAGE:
        return Notice("no_volume_file", "no_image", where=where, values={"count": count})
    if kind == FRAMES:
        return Notice("no_volume_file", "frames", where=where, values={"count": count, "advice": advice})
    return Notice("no_volume_file", where=where, values={"count": count, "kind": kind, "advice": advice})


def _only_mr(slices: list[DicomSlice], notices: list[Notice]) -> list[DicomSlice]:
    """Where there are MR images, only these; else whatever else there is."""
    if not any(one.shows == MR for one in slices):
        return slices
    others: dict[str, set[Path]] = {}
    for one in slices:
        if one.shows != MR:
            others.setdefault(one.shows, set()).add(one.path)
    notices += [_beside_mr(shows, sorted(paths)) for shows, paths in others.items()]
    return [one for one in slices if one.shows == MR]


def _beside_mr(shows: str, paths: Sequence[Path]) -> Notice:
    where, count = _few_files(paths), len(paths)
    if shows == CAPTURE:
        return Notice("no_volume_file", "capture_beside_mr", where=where, values={"count": count})
    if not shows:
        return Notice("no_volume_file", "unnamed_beside_mr", where=where, values={"count": count})
    values = {"count": count, "modality": shows}
    if shows not in MODALITIES:
        return Notice("no_volume_file", "unknown_beside_mr", where=where, values=values)
    return Notice("no_volume_file", "beside_mr", where=where, values=values)


def _without_copies(slices: list[DicomSlice]) -> list[DicomSlice]:
    """Each image once: the same file in two folders is no news. Two images of one identifier stay two."""
    kept: dict[tuple[object, ...], DicomSlice] = {}
    others: list[DicomSlice] = []
    for one in slices:
        facts = (one.series, one.size, one.instance, one.echo_ms, one.image_type, *one.position)
        key = (one.sop or str(one.path), one.frame, *facts)
        if key not in kept:
            kept[key] = one
        elif not same_pixels(kept[key].path, one.path):
            others.append(one)
    return [*kept.values(), *others]


def _usable_stacks(slices: list[DicomSlice], notices: list[Notice]) -> list[Stack]:
    """The stacks of two slices and more; the others become notices."""
    stacks, single = [], 0
    for group in _without_lost_places(slices, notices):
        for stack in stacks_of(group):
            if len(stack.slices) < 2:
                single += 1 + stack.dropped
                continue
            stacks.append(stack)
            if stack.dropped:
                notices.append(_about_copies(stack))
    if single:
        notices.append(Notice("few_slices", "single", values={"count": single}))
    return stacks


def _about_copies(stack: Stack) -> Notice:
    where, values = series_title(stack.first), {"count": stack.dropped}
    if stack.dropped < len(stack.slices) / 2:
        return Notice("duplicate_slices", where=where, values=values)
    return Notice("duplicate_slices", "many", where=where, values=values)


def _without_lost_places(slices: list[DicomSlice], notices: list[Notice]) -> list[list[DicomSlice]]:
    """Slices by series, in the order of series numbers, without series whose slices all lie at one place."""
    series: dict[tuple[str, int], list[DicomSlice]] = {}
    for one in slices:
        series.setdefault(one.own_series, []).append(one)
    kept = []
    for group in series.values():
        places = {tuple(np.round(one.position, 2)) for one in group}
        if len(group) > 2 and len(places) == 1 and len({one.frame_of_reference for one in group}) == 1:
            values = {"slices": len(group)}
            notices.append(Notice("same_position", where=series_title(group[0]), values=values))
        else:
            kept.append(group)
    return sorted(kept, key=lambda group: (group[0].series_number is None, group[0].series_number or 0))


def _read_stacks(
    stacks: list[Stack], notices: list[Notice], check_cancelled: Callable[[], None] | None
) -> list[tuple[Volume, Stack]]:
    """Read the pixels of all stacks; those that cannot be decoded are said once for all of them."""
    volumes: list[tuple[Volume, Stack]] = []
    compressed: dict[str, list[Stack]] = {}
    rank: dict[tuple[tuple[str, int], int], int] = {}
    for stack in stacks:
        if check_cancelled is not None:
            check_cancelled()
        try:
            found = _volumes_of(stack, notices)
        except NoDecoder as missing:
            compressed.setdefault(str(missing), []).append(stack)
            continue
        except (GeometryError, StudyError, VolumeFileError) as error:  # of one series, which must not cost the others
            said = {"problem": error.said, "remedy": error.advice}
            notices.append(Notice("unreadable_file", where=series_title(stack.first), values=said))
            continue
        for volume in found:
            key = (stack.first.own_series, stack.family)
            volumes.append((replace(volume, stack=rank.setdefault(key, 0)), stack))
            rank[key] += 1
    for syntax, those in compressed.items():
        files = {one.path for stack in those for one in stack.slices}
        where = _few(list(dict.fromkeys(series_title(stack.first) for stack in those)))
        values = {"files": len(files), "compression": syntax}
        notices.append(Notice("compressed", where=where, values=values))
    return volumes


def _volumes_of(stack: Stack, notices: list[Notice]) -> list[Volume]:
    """Read a stack: one volume, several if there are wide gaps in it, none, with a notice, if none comes of it.

    Raises:
        NoDecoder: if the pixels are compressed in a way that cannot be read here.
        VolumeFileError: if the pixels have an impossible size, so that lengths are not millimetres.
        GeometryError: if the places are no numbers of a patient.
        StudyError: if there are voxels that are no numbers.
    """
    first = stack.first
    where = series_title(first)
    if not SMALLEST_MM <= min(first.pixel_mm) <= max(first.pixel_mm) <= LARGEST_PIXEL_MM:
        raise VolumeFileError(Message("file", "pixel_size", {"sizes_mm": first.pixel_mm}))
    if first.size[0] * first.size[1] * len(stack.slices) > MAX_VOXELS:
        notices.append(Notice("huge", where=where))
        return []
    if _is_sheared(stack.slices):
        notices.append(Notice("sheared", where=where))
        return []
    pixels = read_pixels(stack.slices)
    if pixels.damaged:
        _log.info("%d of %d slices could not be decoded", len(pixels.damaged), len(stack.slices))
        values = {"count": len(pixels.damaged)}
        notices.append(Notice("damaged_file", where=_few_files(pixels.damaged), values=values))
    if len(pixels.kept) < 2:
        return []
    if pixels.padding_matters:
        notices.append(Notice("padding", "around", where=where, values={"share": pixels.padded / pixels.array.size}))
    depths = depths_of(pixels.kept)
    volumes = []
    for part in _blocks(depths, notices, where):
        slices = [pixels.kept[index] for index in part]
        straight, aside_mm = straightened(pixels.array[..., part], slices)
        if aside_mm:
            notices.append(Notice("sheared", "straightened", where=where, values={"aside_mm": aside_mm}))
        array, step = _on_even_steps(straight, depths[part], notices, where)
        volumes.append(_volume(array, step, slices))
    return volumes


def _is_sheared(slices: Sequence[DicomSlice]) -> bool:
    first, last, normal = slices[0], slices[-1], slices[0].normal
    height = float((last.position - first.position) @ normal)
    drift = float(np.linalg.norm(last.position - first.position - normal * height))
    return drift > 0.02 * height + 0.5 or out_of_line_mm(slices) > 2.0


def _volume(array: np.ndarray, step: float, slices: list[DicomSlice]) -> Volume:
    first = slices[0]
    lps = np.eye(4)
    row_mm, column_mm = np.median([one.pixel_mm for one in slices], axis=0)
    lps[:3, 0] = first.orientation[:, 0] * row_mm
    lps[:3, 1] = first.orientation[:, 1] * column_mm
    lps[:3, 2] = first.normal * step
    lps[:3, 3] = first.position
    name, sides = first.title or series_title(first), frozenset[Side]().union(*(one.sides for one in slices))
    contradiction = (Notice("side_disagrees", "tags_of_series", where=name),) if len(sides) > 1 else ()
    return Volume(
        array,
        Geometry(array.shape, LPS_TO_RAS @ lps),
        name=name,
        side=next(iter(sides)) if len(sides) == 1 else None,
        modality=first.modality,
        body_part=first.body_part,
        description=first.description,
        echo_time_ms=first.echo_ms,
        notices=contradiction,
        origin=Origin(
            patient=_common([one.patient for one in slices]) or "",
            study=_common([one.study for one in slices]) or "",
            series=first.series,
            frame_of_reference=_common([one.frame_of_reference for one in slices]) or "",
            series_number=first.series_number,
            image_type=first.image_type,
            acquired=_moment(min(one.acquired for one in slices)),
        ),
        study_description=first.study_description,
        thickness_mm=first.thickness_mm,
        sources=tuple(SourceImage(one.path, one.sop, one.frame) for one in slices),
    )


def _moment(acquired: str) -> str:
    """Date and time without fractions; empty if the date is not known, since a time alone orders nothing."""
    whole = acquired.partition(".")[0]
    return whole if len(whole) >= len("YYYYMMDDhhmm") else ""


def _common(values: Sequence[_Value]) -> _Value | None:
    """The one value that all share, else None."""
    return values[0] if len(set(values)) == 1 else None


def _blocks(depths: np.ndarray, notices: list[Notice], where: str) -> list[np.ndarray]:
    """Indices of the slices between wide gaps: to fill these with invented slices would be dishonest."""
    gaps = np.diff(depths)
    widest = max(MAX_BRIDGED_STEPS * float(np.median(gaps)), MAX_BRIDGED_MM)
    parts = np.split(np.arange(len(depths)), np.flatnonzero(gaps > widest) + 1)
    blocks = sorted((part for part in parts if len(part) > 1), key=len, reverse=True)
    if len(parts) > 1:
        lost = sum(len(part) for part in parts if len(part) == 1)
        widest = gaps.max()
        if lost:
            values = {"widest_mm": widest, "single": lost}
            notices.append(Notice("uneven_slices", "gaps_and_single", where=where, values=values))
        else:
            notices.append(Notice("uneven_slices", "gaps", where=where, values={"widest_mm": widest}))
    return blocks


def _on_even_steps(
    array: np.ndarray, depths: np.ndarray, notices: list[Notice], where: str
) -> tuple[np.ndarray, float]:
    """Put slices of uneven distance on even ones, by linear interpolation between neighbours.

    The step is small enough that no two slices fall together, so that none is lost.
    """
    gaps = np.diff(depths)
    step = float(np.median(gaps))
    length = float(depths[-1] - depths[0])
    if np.abs(gaps - step).max() <= EVEN_STEP * step:
        return array, length / (len(depths) - 1)
    most = MAX_MORE_SLICES * len(depths)
    usual = min(max(2, round(length / step) + 1), most)
    count = usual
    while count <= most:
        if len(set(np.rint((depths - depths[0]) * (count - 1) / length).astype(int))) == len(depths):
            break
        count += 1
    else:
        count = usual
    even = np.linspace(depths[0], depths[-1], count)
    after = np.clip(np.searchsorted(depths, even), 1, len(depths) - 1)
    before = after - 1
    share = (even - depths[before]) / (depths[after] - depths[before])
    filled = array[..., before] * (1.0 - share) + array[..., after] * share
    notices.append(_about_steps(len(depths), count, depths, even, where))
    if array.dtype.kind in "iu":
        filled = np.rint(filled)
    return filled.astype(array.dtype), length / (count - 1)


def _about_steps(slices: int, count: int, depths: np.ndarray, even: np.ndarray, where: str) -> Notice:
    gaps, step = np.diff(depths), float(even[1] - even[0])
    off = np.abs(depths[:, None] - even[None, :]).min(axis=1).max()
    sparse = np.count_nonzero(gaps > 1.5 * step)
    if count > slices and off <= 2 * EVEN_STEP * step and sparse <= max(2, 0.2 * slices):
        return Notice("uneven_slices", "missing", where=where, values={"missing": count - slices, "slices": count})
    together = slices - len(set(np.rint((depths - depths[0]) / step).astype(int)))
    least, most = gaps.min(), gaps.max()
    if together:
        values = {"least_mm": least, "most_mm": most, "step_mm": step, "near": together, "slices": slices}
        return Notice("uneven_slices", "too_near", where=where, values=values)
    values = {"least_mm": least, "most_mm": most, "step_mm": step}
    return Notice("uneven_slices", "steps", where=where, values=values)


def _notice_repetitions(named: list[tuple[Volume, Stack]], notices: list[Notice]) -> None:
    """Say which acquisition was repeated, and which of its attempts is the whole one."""
    for volume, stack in named:
        count = len(stack.slices)
        whole = max(
            (other for other in named if _repeats(volume, stack, *other)),
            key=lambda other: len(other[1].slices),
            default=None,
        )
        if whole is None or count >= len(whole[1].slices):
            continue
        values = {
            "name": volume.name, "slices": count, "whole": whole[0].name, "whole_slices": len(whole[1].slices)
        }  # fmt: skip
        notices.append(Notice("repeated_acquisition", where=series_title(stack.first), values=values))


def _repeats(volume: Volume, stack: Stack, other: Volume, twin: Stack) -> bool:
    """Whether `other` shows the same picture at the same place, so that the smaller one of the two was a try."""
    one, two = stack.first, twin.first
    alike = (
        volume is not other
        and (one.study, one.patient, one.frame_of_reference) == (two.study, two.patient, two.frame_of_reference)
        and (one.title.casefold(), one.picture) == (two.title.casefold(), two.picture)
        and abs((one.echo_ms or 0.0) - (two.echo_ms or 0.0)) < 1.0
        and all(
            stack.traits.get(name) == twin.traits.get(name) for name in ("b_value", "inversion", "flip", "gradient")
        )
        and abs(float(one.normal @ two.normal)) > 0.99
    )
    if not alike or (one.own_series != two.own_series and not one.title):
        return False
    normal, margin = two.normal, abs(float((twin.slices[1].position - two.position) @ two.normal))
    low, high = two.position @ normal - margin, twin.slices[-1].position @ normal + margin
    return all(low <= end.position @ normal <= high for end in (one, stack.slices[-1]))


def _notice_several(slices: list[DicomSlice], named: list[tuple[Volume, Stack]], notices: list[Notice]) -> None:
    """Files of several patients or studies, series of several frames of reference."""
    frames: dict[tuple[str, int], set[str]] = {}
    for volume, stack in named:
        frames.setdefault(stack.first.own_series, set()).add(volume.origin.frame_of_reference)
    for volume, stack in named:
        count = len(frames.pop(stack.first.own_series, ()))
        if count > 1:
            where = volume.description or volume.name
            notices.append(Notice("frame_of_reference", "in_series", where=where, values={"frames": count}))
    patients = {one.patient for one in slices} - {""}
    studies = {volume.origin.study for volume, _ in named} - {""}
    if len(patients) > 1:
        notices.append(Notice("several_studies", "patients_read", values={"count": len(patients)}))
    elif len(studies) > 1:
        notices.append(Notice("several_studies", "studies_read", values={"count": len(studies)}))
