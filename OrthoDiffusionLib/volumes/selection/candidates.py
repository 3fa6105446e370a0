"""Which volumes could serve a plane, the best first: what each is like, and what speaks for the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.plane import Plane, slice_axis
from OrthoDiffusionLib.volumes.selection.image_kind import contrast_rank
from OrthoDiffusionLib.volumes.selection.plane_choice import Ranking, in_plane_mm
from OrthoDiffusionLib.volumes.volume import Volume

_CONTRASTS = ("fat_suppressed", "dixon", "fluid_sensitive", "contrast_not_stated", "t1_fat_suppressed", "t1")
"""Words of the catalogue for what `contrast_rank` returns."""


@dataclass(frozen=True)
class Candidate:
    """A volume that could serve a plane.

    It does not hold the volume: a study would keep the voxels of all its series in memory.

    Attributes:
        number: its index among the volumes that were given.
        name: its name.
        facts: its grid, how much it covers, how thick its slices are if that is said, and its contrast.
        preferred: why the first of the plane is preferred over it; None for the first.
    """

    number: int
    name: str
    facts: Message
    preferred: Message | None


def candidates_of(
    volumes: Sequence[Volume], ranking: Ranking, chosen: Mapping[Plane, Volume]
) -> dict[Plane, tuple[Candidate, ...]]:
    """All that could serve each plane.

    Args:
        volumes: those that were given.
        ranking: those of them that may serve.
        chosen: plane -> the one that serves it; it comes first.
    """
    # What was registered is a copy with the same voxels.
    numbers = {id(volume.array): number for number, volume in enumerate(volumes)}

    def candidate(volume: Volume, preferred: Message | None) -> Candidate:
        return Candidate(numbers[id(volume.array)], volume.name, _facts(volume, ranking), preferred)

    found = {}
    for plane, best in chosen.items():
        if id(best.array) not in numbers:
            continue  # one that was named as a file
        others = [volume for volume in ranking.best_first(plane) if volume.array is not best.array]
        found[plane] = (
            candidate(best, None),
            *(candidate(other, _preferred(ranking, best, other, plane)) for other in others),
        )
    return found


def _preferred(ranking: Ranking, best: Volume, other: Volume, plane: Plane) -> Message:
    reason = ranking.why(best, other, plane) if ranking.knows(best) else Message("left_out", "other_by_hand")
    return Message("candidate", "preferred", {"best": best.name, "reason": reason})


def _facts(volume: Volume, ranking: Ranking) -> Message:
    geometry = volume.geometry
    axis = slice_axis(geometry)
    thick = (Message("remark", "thick", {"thickness_mm": volume.thickness_mm}),) if volume.thickness_mm else ()
    return Message(
        "candidate",
        values={
            "slices": geometry.shape[axis],
            "pixel_mm": in_plane_mm(geometry, axis),
            "step_mm": geometry.spacing_mm[axis],
            "covered_mm": geometry.extent_mm[axis],
            "contrast": _contrast(volume, ranking),
            "remarks": thick,
        },
    )


def _contrast(volume: Volume, ranking: Ranking) -> str:
    if not ranking.knows(volume):
        return "contrast_not_stated"
    kind = ranking.kind(volume)
    return kind.value if kind.penalty > 0 else _CONTRASTS[contrast_rank(volume, kind)]
