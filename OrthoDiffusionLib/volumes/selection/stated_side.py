"""Which side a volume's header and words state."""

from __future__ import annotations

from collections.abc import Iterable

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.anatomy.side_words import mentions_limb, sides_in
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.volumes.volume import Volume


def sides_in_words(volume: Volume) -> frozenset[Side]:
    """The sides that a volume's name, description, body part and study description name; both if they disagree."""
    texts = (volume.name, volume.description, volume.body_part, volume.study_description)
    return sides_in(*texts, about_limb=any(mentions_limb(text) for text in texts if text))


def stated_side(volume: Volume) -> Side | None:
    """The side of a volume's tag, else the one side of its words."""
    if volume.side is not None:
        return volume.side
    words = sides_in_words(volume)
    return next(iter(words)) if len(words) == 1 else None


def settle_side(user: Side | None, volumes: Iterable[Volume], noticed: list[Notice]) -> tuple[Side | None, str]:
    """The side of the chosen volumes and who said so; what disagrees is noticed.

    The user rules over the tags, and the tags over the words; contradictory tags or words decide nothing.
    """
    volumes = list(volumes)
    tags = {volume.side for volume in volumes if volume.side is not None}
    words = frozenset().union(*(sides_in_words(volume) for volume in volumes))
    if user is not None:
        if tags - {user}:
            values = {"side": user, "tags": tags}
            noticed.append(Notice("side_disagrees", "user_and_tags", values=values))
        elif words == {user.opposite}:
            values = {"side": user, "words": user.opposite}
            noticed.append(Notice("side_disagrees", "user_and_words", values=values))
        return user, "user"
    if len(tags) == 1:
        (side,) = tags
        if words == {side.opposite}:
            values = {"side": side, "words": side.opposite}
            noticed.append(Notice("side_disagrees", "tag_and_words", values=values))
        return side, "tag"
    if tags:
        noticed.append(Notice("side_disagrees", "tags"))
        return None, "unknown"
    if len(words) == 1:
        (side,) = words
        where = _speaking(volumes, words)
        noticed.append(Notice("side_in_description", where=where, values={"side": side}))
        return side, "description"
    if words:
        noticed.append(Notice("side_disagrees", "words", where=_speaking(volumes, words)))
    return None, "unknown"


def _speaking(volumes: Iterable[Volume], sides: frozenset[Side]) -> str:
    """The names of the volumes whose words name a side."""
    return ", ".join(volume.name for volume in volumes if sides_in_words(volume) & sides)
