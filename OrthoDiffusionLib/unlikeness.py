"""How unlike what the model was trained on a study is: a score for each plane, and the words for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.messages import Message

CODE = "unlike_training"

LIMIT = 1.0
"""From this score on a plane is unlike what the model was trained on."""

_DIGITS = 3
_MOST_REASONS = 2
"""Of each plane; one fault of a series shows in several statistics, and the first say it best."""


@dataclass(frozen=True)
class PlaneUnlikeness:
    """The score of one plane, and why.

    Attributes:
        score: of the statistic that is farthest out; 0 is the middle of the training's own studies, 1 the limit.
        reasons: the statistics at or above the limit in words, the farthest first.
    """

    score: float
    reasons: tuple[Message, ...] = ()


@dataclass(frozen=True)
class Unlikeness:
    """How unlike what the model was trained on a study is.

    Attributes:
        by_plane: plane key -> its score.
    """

    by_plane: Mapping[str, float] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """That of the plane which is farthest out."""
        return max(self.by_plane.values(), default=0.0)

    def as_dict(self) -> dict[str, object]:
        """Its entry of findings.json."""
        by_plane = {plane: round(score, _DIGITS) for plane, score in self.by_plane.items()}
        return {"score": round(self.score, _DIGITS), "limit": LIMIT, "by_plane": by_plane}

    @classmethod
    def from_dict(cls, entry: Mapping) -> Unlikeness:
        """What `as_dict` gave."""
        return cls({str(plane): float(score) for plane, score in entry["by_plane"].items()})


def unlike_training(planes: Mapping[str, PlaneUnlikeness], *, joint: str) -> Notice | None:
    """One notice that names each plane at or above the limit, with its reasons; None if there is none.

    Args:
        planes: plane key -> its score.
        joint: what the model knows.
    """
    views = [
        Message("unlike_view", values={"plane": plane, "reasons": list(found.reasons[:_MOST_REASONS])})
        for plane, found in sorted(planes.items(), key=lambda item: -item[1].score)
        if found.score >= LIMIT
    ]
    return Notice("unlike_training", "scored", values={"joint": joint, "views": views}) if views else None
