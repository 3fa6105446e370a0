"""Which joint some images are of, as far as words say: those of their headers, and of their files."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.anatomy.side_words import plain_words
from OrthoDiffusionLib.volumes import Volume

_FEET_FIRST = re.compile(
    r"(?<![^\W_])(?:foot|feet|füße|fuß|fuss|fuesse|pieds?)[\W_]*(?:first|voran|zuerst|en avant)", re.I
)
"""How a patient lies in the scanner; it names no ankle."""


def named_joint(volumes: Iterable[Volume], joints: Sequence[Joint]) -> Joint | None:
    """The one of some joints that the headers of volumes name; None if they name none of them, or several.

    Body part, series and study description and name are read.

    Args:
        joints: those that may be meant.
    """
    return joint_in_words(map(words_of, volumes), joints)


def words_of(volume: Volume) -> str:
    """What a volume's header and file say of the part of the body."""
    return " ".join((volume.body_part or "", volume.description, volume.study_description, volume.name))


def joint_in_words(texts: Iterable[str], joints: Sequence[Joint]) -> Joint | None:
    """The one of some joints that texts name; None if they name none of them, or several.

    Words count that belong to one joint alone: a leg's are no word of the knee, since an ankle may be said to be of
    it, too. Nor is an upper extremity's one of the shoulder: what a word shares with other joints does not name it.
    """
    found = joints_in_words(texts, joints)
    return found[0] if len(found) == 1 else None


def joints_in_words(texts: Iterable[str], joints: Sequence[Joint]) -> tuple[Joint, ...]:
    """All of some joints that texts name, in English or in one of the languages that the joints have words of."""
    counted = Counter(part for joint in joints for part in joint.body_parts)
    shared = [part for part, count in counted.items() if count > 1]
    own = {part for part in counted if not any(other in part for other in shared)}
    texts = [_FEET_FIRST.sub(" ", text) for text in texts]
    capitals, words = [text.upper() for text in texts], frozenset[str]().union(*map(plain_words, texts))
    return tuple(
        joint
        for joint in joints
        if any(part in own and part in text for part in joint.body_parts for text in capitals)
        or not words.isdisjoint(joint.words)
    )
