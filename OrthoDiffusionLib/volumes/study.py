"""Study: one joint at one visit; which volume serves which plane, on which side, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ..anatomy import KNEE, Joint, Side
from ..anatomy import joint as joint_of_name
from ..errors import Notice, StudyError
from .geometry import Geometry, direction_vectors
from .plane import Plane, is_3d, plane_across, plane_of, slice_axis, slice_step_mm
from .volume import Volume

MIN_SLICES = 3
"""Fewer slices than these are a picture, not a volume."""

MAX_LABELS = 64
VOXELS_PER_LABEL = 25
"""Images, 8-bit ones too, have more values, or fewer voxels of each."""

FEW_SLICES = 8
LARGE_STEP_MM = 8.0
"""A stack of fewer slices, or of a larger step, is taken for a localizer."""

SIDE_SOURCES = ("user", "tag", "anatomy", "unknown")

_LOCALIZER = re.compile(
    r"(?<![a-z])loc(ali[sz]er|alizador)?(?![a-z])|scout|survey|3[ -_]?plane|topogram", re.IGNORECASE
)
_FAT_SUPPRESSED = re.compile(
    r"(?<![a-z])(fs|fatsat|fat[ _-]?s(at|up)|stir|tirm|spair|spir|dixon|water|we)(?![a-z])", re.IGNORECASE
)
_FLUID = re.compile(r"(?<![a-z])(pd|pdw|dp|t2|t2w|tse|fse|dess|proton)(?![a-z])", re.IGNORECASE)
_T1 = re.compile(r"(?<![a-z])t1w?(?![a-z])", re.IGNORECASE)


@dataclass(frozen=True)
class Study:
    """One joint of one person at one visit.

    Attributes:
        joint: its vocabulary.
        planes: which Volume serves each plane; at least one. One 3D Volume may serve several.
        side: right or left, None if not known.
        side_source: who said so: ``user``, ``tag``, ``anatomy`` or ``unknown``.
        reasons: a sentence for each plane: what serves it and why; also for planes nothing serves.
        notices: what was noticed while choosing, for the user.
        name: what to call the study; may be empty.

    Raises:
        StudyError: if no plane is served or a volume cannot be cut in the plane it should serve.
        ValueError: for an unknown `side_source`.
    """

    joint: Joint
    planes: dict[Plane, Volume]
    side: Side | None = None
    side_source: str = "unknown"
    reasons: dict[Plane, str] = field(default_factory=dict)
    notices: tuple[Notice, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        if self.side_source not in SIDE_SOURCES or (self.side is None) != (self.side_source == "unknown"):
            raise ValueError(f"side {self.side} cannot come from {self.side_source!r}")
        if not self.planes:
            raise StudyError(
                "There is no volume to analyse",
                remedy="Choose at least one sagittal, coronal or axial series of the joint.",
            )
        for plane, volume in self.planes.items():
            _check_plane(plane, volume)
        object.__setattr__(self, "joint", joint_of_name(self.joint))
        ordered = {plane: self.planes[plane] for plane in Plane if plane in self.planes}
        object.__setattr__(self, "planes", ordered)
        object.__setattr__(self, "notices", tuple(self.notices))

    @property
    def missing_planes(self) -> tuple[Plane, ...]:
        """Planes that nothing serves."""
        return tuple(plane for plane in Plane if plane not in self.planes)

    @property
    def volumes(self) -> tuple[Volume, ...]:
        """Every volume once, in the order of the planes."""
        return tuple({id(volume): volume for volume in self.planes.values()}.values())

    def with_side(self, side: Side | None, source: str, *notices: Notice) -> Study:
        """The same study with its side settled, e.g. by the anatomy."""
        return replace(self, side=side, side_source=source, notices=(*self.notices, *notices))

    @classmethod
    def from_volumes(
        cls,
        volumes: Sequence[Volume],
        *,
        forced: Mapping[Plane, Volume | str | Sequence[Volume | str]] | None = None,
        side: Side | None = None,
        joint: Joint | str = KNEE,
        name: str = "",
        notices: Sequence[Notice] = (),
    ) -> Study:
        """Choose one volume for each plane and settle the side as far as tags and user tell.

        Fat-suppressed or fluid-sensitive series are preferred if their description says so, then the
        first echo, more slices, finer pixels. Localizers are avoided. A volume with a slice step of 2 mm
        or less may serve every plane that has none of its own.

        Args:
            volumes: candidates, in any order.
            forced: what the user wants for a plane: a Volume, or the name of one of `volumes`.
            side: what the user says; it rules over the tags.
            joint: its vocabulary, or the joint's name.
            name: what to call the study.
            notices: what was noticed before, e.g. by `read_inputs`; kept in the study.

        Raises:
            StudyError: if there is nothing to choose from, or a forced choice cannot be.
        """
        noticed = list(notices)
        for volume in volumes:
            noticed += [notice for notice in volume.notices if notice not in noticed]
        chosen, reasons = _forced_choices(volumes, forced or {}, noticed)
        refused_from = len(noticed)
        candidates = _images_rather_than_labels([v for v in volumes if _usable(v, noticed)], noticed)
        for plane in Plane:
            if plane not in chosen:
                _choose(plane, candidates, chosen, reasons, noticed)
        if not chosen:
            raise _nothing_to_analyse(volumes, noticed[refused_from:])
        settled, source = _settle_side(side, list(chosen.values()), noticed)
        return cls(joint_of_name(joint), chosen, settled, source, reasons, tuple(noticed), name)


def _nothing_to_analyse(volumes: Sequence[Volume], refusals: Sequence[Notice]) -> StudyError:
    if len(volumes) == 1 and refusals:
        refusal = refusals[0]
        return StudyError(refusal.what, where=f"‘{refusal.where}’", remedy=refusal.remedy, code=refusal.code)
    return StudyError(
        f"None of the {len(volumes)} volumes can be analysed" if volumes else "There is no volume to analyse",
        where="; ".join(f"‘{notice.where}’: {notice.what}" for notice in refusals),
        remedy="Choose at least one sagittal, coronal or axial series of the joint.",
    )


def is_localizer(volume: Volume) -> bool:
    """Whether it looks like a localizer: by its words, few slices, or a very large step."""
    words = f"{volume.name} {volume.description}"
    axis = slice_axis(volume.geometry)
    few = volume.geometry.shape[axis] < FEW_SLICES and not is_3d(volume.geometry)
    return bool(_LOCALIZER.search(words)) or few or slice_step_mm(volume.geometry) > LARGE_STEP_MM


def _check_plane(plane: Plane, volume: Volume) -> None:
    geometry = volume.geometry
    if is_3d(geometry):
        return
    own = plane_across(geometry, slice_axis(geometry))
    if own is not plane:
        raise StudyError(
            f"‘{volume.name}’ is to serve the {plane.value} plane, but its slices are {own.value}",
            where=f"{slice_step_mm(geometry):.1f} mm from slice to slice",
            remedy=f"Use it for the {own.value} plane, or choose a volume of thin slices.",
        )


def _usable(volume: Volume, noticed: list[Notice]) -> bool:
    """Leave out what nothing can be seen in, and say so."""
    geometry = volume.geometry
    if not _varies(volume):
        noticed.append(
            Notice("constant", "All voxels of the volume have the same value; it is not used",
                   where=volume.name, remedy="Export the series again.")
        )  # fmt: skip
        return False
    if geometry.shape[slice_axis(geometry)] < MIN_SLICES:
        noticed.append(
            Notice("few_slices", f"The volume has fewer than {MIN_SLICES} slices; it is not used",
                   where=volume.name, remedy="Choose the whole series.")
        )  # fmt: skip
        return False
    return True


def _images_rather_than_labels(volumes: list[Volume], noticed: list[Notice]) -> list[Volume]:
    """Masks often lie beside the images they were drawn on, under any name."""
    images = [volume for volume in volumes if not looks_like_labels(volume.array)]
    if not images or len(images) == len(volumes):
        return volumes
    noticed += [
        Notice("label_map", "The volume looks like a label map, not an image; it is not used",
               where=volume.name, remedy="If it is an image, choose it by hand.")
        for volume in volumes if volume not in images
    ]  # fmt: skip
    return images


def looks_like_labels(array: np.ndarray) -> bool:
    """Whether the values are a few whole numbers, each of many voxels, as in a label map or a mask."""
    for sample in (array[::8, ::8, ::8], array[::2, ::2, ::2]):  # the coarse look settles nearly all images
        values = np.unique(sample)
        if len(values) > MAX_LABELS or (values % 1).any():
            return False
    return len(values) * VOXELS_PER_LABEL <= sample.size


def _varies(volume: Volume) -> bool:
    array = volume.array
    # A coarse look settles nearly all volumes at once.
    coarse = array[::8, ::8, ::8]
    return bool(coarse.min() != coarse.max() or array.min() != array.max())


def _forced_choices(
    volumes: Sequence[Volume], forced: Mapping, noticed: list[Notice]
) -> tuple[dict[Plane, Volume], dict[Plane, str]]:
    chosen, reasons = {}, {}
    for key, wanted in forced.items():
        plane = Plane.from_name(key)
        several = [wanted] if isinstance(wanted, (str, Volume)) else list(wanted)
        if len(several) != 1:
            raise StudyError(
                f"{len(several)} volumes are to serve the {plane.value} plane",
                where=", ".join(_called(one) for one in several),
                remedy="Choose one of them.",
            )
        volume = _find(several[0], volumes)
        if not _varies(volume):
            raise StudyError(
                "All voxels of the chosen volume have the same value",
                where=f"‘{volume.name}’",
                remedy="Export the series again, or choose another one.",
            )
        if any(notice.code == "no_orientation" for notice in volume.notices):
            volume = _assume_hanging(volume, plane)
            noticed.append(
                Notice(
                    "orientation_assumed",
                    f"The volume has no orientation; it is taken as {plane.value}, hung as usual "
                    f"({plane.hanging}). Left and right may be exchanged",
                    where=volume.name,
                )
            )
        _check_plane(plane, volume)
        slices = volume.geometry.shape[slice_axis(volume.geometry)]
        if slices < MIN_SLICES:
            raise StudyError(
                f"The chosen volume has {slices} slices; a view needs {MIN_SLICES} or more",
                where=f"‘{volume.name}’",
                remedy="Choose the whole series.",
            )
        chosen[plane] = volume
        reasons[plane] = f"{_title(plane)}: {_describe(volume)}; chosen by hand."
    return chosen, reasons


def _called(volume: Volume | str) -> str:
    return f"‘{volume if isinstance(volume, str) else volume.name}’"


def _find(wanted: Volume | str, volumes: Sequence[Volume]) -> Volume:
    if isinstance(wanted, Volume):
        return wanted
    found = [volume for volume in volumes if volume.name == wanted]
    if len(found) != 1:
        names = ", ".join(f"‘{volume.name}’" for volume in volumes) or "none"
        raise StudyError(
            f"There are {len(found)} volumes called ‘{wanted}’",
            remedy=f"The volumes are: {names}.",
        )
    return found[0]


def _assume_hanging(volume: Volume, plane: Plane) -> Volume:
    """Files without orientation mostly hold (column, row, slice) as they hang in the reading room."""
    column, row, slice_ = plane.hanging[2], plane.hanging[1], plane.hanging[0]
    geometry = Geometry.from_axes(
        volume.geometry.shape,
        spacing_mm=tuple(volume.geometry.spacing_mm),
        directions=direction_vectors(column + row + slice_),
        centre_ras=(0.0, 0.0, 0.0),
    )
    return replace(volume, geometry=geometry)


def _contrast_rank(volume: Volume) -> int:
    """0 fat-suppressed, 1 fluid-sensitive, 2 nothing said, 3 T1."""
    words = f"{volume.name} {volume.description}"
    if _FAT_SUPPRESSED.search(words):
        return 0
    if _T1.search(words):
        return 3
    return 1 if _FLUID.search(words) else 2


def _in_plane_mm(geometry: Geometry, axis: int) -> tuple[float, float]:
    return tuple(float(mm) for n, mm in enumerate(geometry.spacing_mm) if n != axis)


_CRITERIA = (
    "the other one looks like a localizer",
    "its slices were acquired in this plane",
    "its name says that it shows fluid best",
    "it is the earlier echo or stack of its series",
    "it has more slices",
    "its pixels are finer",
)


def _is_reformatted(volume: Volume, plane: Plane) -> bool:
    """Whether the volume was acquired in another plane, or in none."""
    return plane_of(volume.geometry) is not plane


def _rank(volume: Volume, plane: Plane) -> tuple:
    """Smaller is better; one entry for each of `_CRITERIA`."""
    geometry = volume.geometry
    axis = slice_axis(geometry)
    own = not _is_reformatted(volume, plane)
    return (
        is_localizer(volume),
        not own,
        _contrast_rank(volume),
        volume.stack,
        -geometry.shape[axis] if own else 0,
        round(float(np.prod(_in_plane_mm(geometry, axis))), 3),
    )


def _can_serve(volume: Volume, plane: Plane) -> bool:
    geometry = volume.geometry
    return is_3d(geometry) or plane_across(geometry, slice_axis(geometry)) is plane


def _title(plane: Plane) -> str:
    return plane.value.capitalize()


def _describe(volume: Volume) -> str:
    geometry = volume.geometry
    axis = slice_axis(geometry)
    first, second = _in_plane_mm(geometry, axis)
    return (
        f"‘{volume.name}’, {geometry.shape[axis]} slices of {first:.2g} × {second:.2g} mm, "
        f"{geometry.spacing_mm[axis]:.2g} mm apart"
    )


def _choose(plane, candidates, chosen, reasons, noticed) -> None:
    """Fill in the best candidate for `plane`, with the reason; or the reason why there is none."""
    able = sorted(
        (volume for volume in candidates if _can_serve(volume, plane)),
        key=lambda volume: _rank(volume, plane),
    )
    if able and all(is_localizer(volume) for volume in able):
        noticed.append(
            Notice(
                "localizer",
                f"The only {plane.value} volume looks like a localizer and is not used",
                where=able[0].name,
                remedy="If it is the right one, choose it by hand.",
            )
        )
        able = []
    if not able:
        reasons[plane] = f"{_title(plane)}: no volume of this plane."
        return
    best = able[0]
    chosen[plane] = best
    reason = f"{_title(plane)}: {_describe(best)}"
    if _is_reformatted(best, plane):
        reason += "; reformatted from a 3D volume, as nothing better was acquired in this plane"
    if len(able) > 1:
        pairs = zip(_rank(best, plane), _rank(able[1], plane), strict=True)
        why = next((why for (a, b), why in zip(pairs, _CRITERIA, strict=True) if a != b), None)
        reason += f"; preferred over ‘{able[1].name}’ because {why or 'it came first'}"
    reasons[plane] = reason + "."


def _settle_side(side: Side | None, volumes: list[Volume], noticed: list[Notice]) -> tuple[Side | None, str]:
    """The user rules over the tags; contradictory tags decide nothing."""
    tags = {volume.side for volume in volumes if volume.side is not None}
    if side is not None:
        if tags and tags != {side}:
            noticed.append(
                Notice(
                    "side_disagrees",
                    f"You chose the {side.value} side, but the series are tagged "
                    f"{' and '.join(sorted(tag.value for tag in tags))}; your choice is used",
                    remedy="Check the side.",
                )
            )
        return side, "user"
    if len(tags) == 1:
        return tags.pop(), "tag"
    if tags:
        noticed.append(
            Notice(
                "side_disagrees",
                "Some series are tagged right and others left; the tags are not used",
                remedy="Say which side it is, and check that all series belong to one joint.",
            )
        )
    return None, "unknown"
