"""DICOM files → one Volume for each coherent stack of slices.

Patient coordinates in DICOM are LPS (PS3.3, C.7.6.2.1.1); they end in `_volume_of`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ..errors import DicomError, Notice
from .dicom_slices import (
    DicomSlice,
    NotAVolumeSlice,
    import_pydicom,
    looks_like_dicom,
    quiet_pydicom,
    read_header,
    slices_of,
)
from .folders import files_below
from .geometry import Geometry
from .itk_border import LPS_TO_RAS
from .nifti import MAX_VOXELS
from .volume import Volume

_log = logging.getLogger(__name__)

SAME_DIRECTION = 2e-3
"""Largest difference of a direction cosine within one stack; scanners round to about 1e-6."""

SAME_POSITION_MM = 0.01
"""Slices nearer to each other than this are repetitions of one position."""

EVEN_STEP = 0.05
"""Share of the step by which a slice may be off before it counts as out of its place."""


def read_dicom_folder(
    folder_or_files: str | Path | Iterable[str | Path],
    *,
    check_cancelled: Callable[[], None] | None = None,
) -> tuple[list[Volume], list[Notice]]:
    """Read every stack of slices from DICOM files.

    A series is split by orientation, matrix, picture kind, echo time and b-value, and where positions
    are still taken twice by repetition. Missing slices are filled by their neighbours.

    Args:
        folder_or_files: a folder, searched with its sub-folders, or files.
        check_cancelled: called now and then; may raise to stop.

    Returns:
        Volumes in the order of series number and echo, arrays (column, row, slice) on RAS millimetres;
        and what was noticed: files that are damaged, foreign, compressed or no volume, slices that are
        missing or doubled, files of several studies. Nothing in it comes from the patient's identity.

    Raises:
        DicomError: if pydicom is missing or no stack could be read.
    """
    import_pydicom()
    files, where = _files(folder_or_files)
    notices: list[Notice] = []
    slices = _read_slices(files, notices, check_cancelled)
    volumes: list[Volume] = []
    single = 0
    for stack in _stacks(slices, notices):
        if len(stack) < 2:
            single += 1
            continue
        if check_cancelled is not None:
            check_cancelled()
        volume = _volume_of(stack, notices)
        if volume is not None:
            volumes.append(volume)
    if single:
        notices.append(
            Notice(
                "few_slices",
                "One single slice without neighbours was left out"
                if single == 1
                else f"{single} single slices without neighbours were left out",
                remedy="If you gave one file of a series, give its folder instead.",
            )
        )
    if not volumes:
        raise _no_volume(notices, where)
    if len({one.study for one in slices}) > 1:
        notices.append(
            Notice(
                "several_studies",
                f"The files belong to {len({one.study for one in slices})} studies",
                remedy="Check that all series are of the same joint and visit.",
            )
        )
    return _with_unique_names(volumes), notices


def _no_volume(notices: list[Notice], where: str) -> DicomError:
    """The notices are the reasons; what they advise is what to do."""
    reasons = "; ".join(f"{notice.what} ({notice.where})" if notice.where else notice.what for notice in notices)
    remedies = dict.fromkeys(notice.remedy for notice in notices if notice.remedy)
    return DicomError(
        f"No volume could be read from the DICOM files: {reasons}" if notices else "There are no DICOM files",
        where=where,
        remedy=" ".join(remedies)
        or "Choose a folder with the original images of one MR study, as the scanner made them.",
    )


def _files(folder_or_files) -> tuple[list[Path], str]:
    if isinstance(folder_or_files, (str, Path)):
        folder = Path(folder_or_files)
        if folder.is_dir():
            return files_below(folder)[0], str(folder)
        if not folder.exists():
            raise DicomError("There is no such file or folder", where=str(folder))
        return [folder], str(folder)
    files = [Path(path) for path in folder_or_files]
    return files, str(files[0] if len(files) == 1 else files[0].parent) if files else ""


def _read_slices(files: Sequence[Path], notices: list[Notice], check_cancelled) -> list[DicomSlice]:
    slices: list[DicomSlice] = []
    foreign: list[Path] = []
    damaged: list[Path] = []
    unfit: dict[str, list[Path]] = {}
    for number, path in enumerate(files):
        if check_cancelled is not None and number % 50 == 0:
            check_cancelled()
        if path.name.upper() == "DICOMDIR":
            continue
        if not looks_like_dicom(path):
            foreign.append(path)
            continue
        try:
            slices += slices_of(read_header(path), path)
        except DicomError:
            damaged.append(path)
        except NotAVolumeSlice as reason:
            unfit.setdefault(str(reason), []).append(path)
    for code, what, paths in (
        ("foreign_file", "not DICOM", foreign),
        ("damaged_file", "damaged", damaged),
        *(("no_volume_file", reason, found) for reason, found in unfit.items()),
    ):
        if paths:
            notices.append(_about_files(code, what, paths))
    return slices


def _about_files(code: str, what: str, paths: list[Path]) -> Notice:
    # File names are for the user who gave them; Notices are shown, never logged.
    named = ", ".join(path.name for path in paths[:3]) + (", …" if len(paths) > 3 else "")
    remedy = "Copy or export the series again." if code == "damaged_file" else ""
    if len(paths) == 1:
        return Notice(code, f"One file is {what} and was left out", where=named, remedy=remedy)
    each = "each " if what.startswith(("a ", "an ")) else ""
    return Notice(code, f"{len(paths)} files are {each}{what} and were left out", where=named, remedy=remedy)


def _stacks(slices: list[DicomSlice], notices: list[Notice]) -> list[list[DicomSlice]]:
    """Group slices that belong to one volume, each sorted along its normal."""
    groups: dict[tuple, list[list[DicomSlice]]] = {}
    for one in slices:
        key = (
            one.series,
            one.size,
            one.kind,
            None if one.echo_ms is None else round(one.echo_ms, 3),
            one.b_value,
            tuple(round(mm, 4) for mm in one.pixel_mm),
        )
        for group in groups.setdefault(key, []):
            if np.abs(group[0].orientation - one.orientation).max() <= SAME_DIRECTION:
                group.append(one)
                break
        else:
            groups[key].append([one])
    stacks = []
    for group in (group for found in groups.values() for group in found):
        stacks += _split_repetitions(group, notices)
    stacks.sort(
        key=lambda stack: (
            stack[0].series_number if stack[0].series_number is not None else 1 << 30,
            stack[0].series,
            stack[0].echo_ms or 0.0,
            stack[0].b_value or 0.0,
            min(one.instance for one in stack),
        )
    )
    return stacks


def _depth(one: DicomSlice, normal: np.ndarray) -> float:
    return float(one.position @ normal)


def _split_repetitions(group: list[DicomSlice], notices: list[Notice]) -> list[list[DicomSlice]]:
    """Where positions are taken several times, part the repetitions by what tells them apart."""
    normal = group[0].normal
    group = sorted(group, key=lambda one: (_depth(one, normal), one.instance, one.frame))
    if not _doubled(group, normal):
        return [group]
    for which in range(len(group[0].times)):
        parts: dict = {}
        for one in group:
            parts.setdefault(one.times[which], []).append(one)
        # A good divider leaves no position doubled and makes parts of like size.
        sizes = [len(part) for part in parts.values()]
        alike = len(parts) > 1 and max(sizes) <= 1.5 * min(sizes)
        if alike and not any(_doubled(part, normal) for part in parts.values()):
            return [parts[key] for key in sorted(parts, key=lambda value: (value is None, value))]
    kept: list[DicomSlice] = []
    for one in group:
        if not kept or _depth(one, normal) - _depth(kept[-1], normal) > SAME_POSITION_MM:
            kept.append(one)
    notices.append(
        Notice(
            "duplicate_slices",
            f"{_slices(len(group) - len(kept))} where another one already lies; the first was kept",
            where=_title(group[0]),
        )
    )
    return [kept]


def _slices(count: int) -> str:
    return "One slice lies" if count == 1 else f"{count} slices lie"


def _doubled(group: list[DicomSlice], normal: np.ndarray) -> bool:
    depths = np.sort([_depth(one, normal) for one in group])
    return bool((np.diff(depths) <= SAME_POSITION_MM).any())


def _title(one: DicomSlice) -> str:
    number = "" if one.series_number is None else f"series {one.series_number}"
    if one.title:
        return f"{number} {one.title}".strip() if number else one.title
    return number or "unnamed series"


def _volume_of(stack: list[DicomSlice], notices: list[Notice]) -> Volume | None:
    """Read the pixels of a sorted stack; None, with a notice, if no volume comes of it."""
    first = stack[0]
    where = _title(first)
    if first.size[0] * first.size[1] * len(stack) > MAX_VOXELS:
        notices.append(Notice("huge", "The stack is too large to be read", where=where))
        return None
    stack, pictures = _read_pictures(stack, notices)
    if len(stack) < 2:
        return None
    first, last, normal = stack[0], stack[-1], stack[0].normal
    depths = np.array([_depth(one, normal) for one in stack])
    drift = last.position - first.position - normal * (depths[-1] - depths[0])
    if np.linalg.norm(drift) > 0.02 * (depths[-1] - depths[0]) + 0.5:
        notices.append(Notice("sheared", "The slices are not stacked square to their plane; not used", where=where))
        return None
    array, step = _on_even_steps(np.stack(pictures, axis=-1), depths, notices, where)

    lps = np.eye(4)
    lps[:3, 0] = first.orientation[:, 0] * first.pixel_mm[0]
    lps[:3, 1] = first.orientation[:, 1] * first.pixel_mm[1]
    lps[:3, 2] = normal * step
    lps[:3, 3] = first.position
    sides = {one.side for one in stack}
    return Volume(
        array,
        Geometry(array.shape, LPS_TO_RAS @ lps),
        name=_name(first),
        side=sides.pop() if len(sides) == 1 else None,
        modality=first.modality,
        body_part=first.body_part,
        description=first.description,
        echo_time_ms=first.echo_ms,
        origin=first.origin,
        study_description=first.study_description,
        thickness_mm=first.thickness_mm,
    )


def _name(one: DicomSlice) -> str:
    return one.title or _title(one)


def _read_pictures(stack: list[DicomSlice], notices: list[Notice]) -> tuple[list[DicomSlice], list[np.ndarray]]:
    """(columns, rows) arrays of those slices that can be decoded, rescaled where they must be."""
    scaled = any(one.slope != 1.0 or one.intercept != 0.0 for one in stack)
    kept, pictures, damaged = [], [], []
    opened: tuple[Path, np.ndarray] | None = None
    for one in stack:
        try:
            if opened is None or opened[0] != one.path:
                opened = (one.path, _decode(one.path))
            frames = opened[1]
            picture = frames if frames.ndim == 2 else frames[one.frame]
            if picture.shape != one.size[::-1]:
                raise ValueError("unexpected size")
        except _NoDecoder as missing:
            notices.append(
                Notice(
                    "compressed",
                    f"The pixels are compressed ({missing}) and no decoder for that is installed",
                    where=_title(one),
                    remedy="Install pylibjpeg with its plug-ins (pip install 'pylibjpeg[all]'), or export "
                    "the series uncompressed.",
                )
            )
            return [], []
        except Exception:  # pydicom raises many kinds for damaged pixels; all mean the same here
            damaged.append(one.path)
            continue
        picture = picture.astype(picture.dtype.newbyteorder("="), copy=False)
        if scaled:
            picture = picture.astype(np.float32) * np.float32(one.slope) + np.float32(one.intercept)
        if one.inverted:
            picture = picture.max() - picture
        kept.append(one)
        pictures.append(np.ascontiguousarray(picture.T))
    if damaged:
        _log.info("%d of %d slices could not be decoded", len(damaged), len(stack))
        notices.append(_about_files("damaged_file", "damaged", damaged))
    return kept, pictures


class _NoDecoder(Exception):
    pass


def _decode(path: Path) -> np.ndarray:
    pydicom = import_pydicom()
    with quiet_pydicom():
        dataset = pydicom.dcmread(path, force=True)
        meta = getattr(dataset, "file_meta", None)
        if meta is None or "TransferSyntaxUID" not in meta:
            dataset.ensure_file_meta()
            dataset.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
        syntax = dataset.file_meta.TransferSyntaxUID
        expected = int(dataset.Rows) * int(dataset.Columns) * (int(dataset.BitsAllocated) // 8)
        expected *= int(dataset.get("NumberOfFrames", 1) or 1)
        if not syntax.is_compressed and len(dataset.PixelData) < expected:
            raise ValueError("the pixels end too early")
        try:
            return dataset.pixel_array
        except (RuntimeError, NotImplementedError) as error:
            if (syntax.is_compressed and "depend" in str(error)) or isinstance(error, NotImplementedError):
                raise _NoDecoder(syntax.name) from error
            raise


def _on_even_steps(
    array: np.ndarray, depths: np.ndarray, notices: list[Notice], where: str
) -> tuple[np.ndarray, float]:
    """Put slices of uneven distance on even ones, by linear interpolation between neighbours."""
    gaps = np.diff(depths)
    step = float(np.median(gaps))
    if np.abs(gaps - step).max() <= EVEN_STEP * step:
        return array, float((depths[-1] - depths[0]) / (len(depths) - 1))
    count = max(2, round((depths[-1] - depths[0]) / step) + 1)
    if count > 4 * len(depths):
        # Two blocks far apart: filling the space between with invented slices would be dishonest.
        longest = max(np.split(np.arange(len(depths)), np.flatnonzero(gaps > 3 * step) + 1), key=len)
        notices.append(
            Notice(
                "uneven_slices",
                f"The stack has wide gaps; only its longest block of {len(longest)} slices is used",
                where=where,
            )
        )
        if len(longest) >= 2 and len(longest) < len(depths):
            return _on_even_steps(array[..., longest], depths[longest], notices, where)
    even = np.linspace(depths[0], depths[-1], count)
    after = np.clip(np.searchsorted(depths, even), 1, len(depths) - 1)
    before = after - 1
    share = (even - depths[before]) / (depths[after] - depths[before])
    filled = array[..., before] * (1.0 - share) + array[..., after] * share
    missing = count - len(depths)
    what = (
        f"{missing} of {count} slices are missing and were filled from their neighbours"
        if missing > 0
        else "The slices are not evenly spaced and were moved to even steps"
    )
    notices.append(Notice("uneven_slices", what, where=where, remedy="Export the whole series again."))
    if array.dtype.kind in "iu":
        filled = np.rint(filled)
    return filled.astype(array.dtype), float((depths[-1] - depths[0]) / (count - 1))


def _with_unique_names(volumes: list[Volume]) -> list[Volume]:
    """Tell stacks of one name apart: by echo where that differs, else by a number."""
    counts = Counter(volume.name for volume in volumes)
    named: list[Volume] = []
    seen: Counter = Counter()
    for volume in volumes:
        if counts[volume.name] == 1:
            named.append(volume)
            continue
        twins = [other for other in volumes if other.name == volume.name]
        seen[volume.name] += 1
        number = seen[volume.name]
        echoes = [other.echo_time_ms for other in twins]
        if None not in echoes and len(set(echoes)) == len(echoes):
            label = f"{volume.name}, echo {number} (TE {volume.echo_time_ms:.1f} ms)"
        else:
            label = f"{volume.name} ({number})"
        named.append(replace(volume, name=label, stack=number - 1))
    return named
