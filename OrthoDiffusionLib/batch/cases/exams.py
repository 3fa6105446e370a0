"""DICOM files of any order -> exams, by patient and Study Instance UID; and the names of their cases."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.anatomy import Joint, Side
from OrthoDiffusionLib.anatomy.side_words import mentions_limb, sides_in
from OrthoDiffusionLib.batch.cases.case import Case, Unused
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.dicom.exam_header import ExamHeader
from OrthoDiffusionLib.volumes.dicom.kinds import MR

_DIGITS = 10  # of a digest in a name: two of a million exams share it once in two

LOOSE = "study"
"""What a case is called, in front of its digest, whose folder does not give it a name."""


def short_digest(text: str) -> str:
    """The same in every run; of a text that no name is to show."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:_DIGITS]


@dataclass(frozen=True)
class Exam:
    """The files of one patient and one study.

    Attributes:
        headers: of all its files, in the order in which they were found.
    """

    headers: tuple[ExamHeader, ...]

    @property
    def key(self) -> tuple[str, str]:
        return self.headers[0].patient, self.headers[0].study

    @property
    def files(self) -> tuple[Path, ...]:
        return tuple(header.path for header in self.headers)

    @property
    def series(self) -> frozenset[str]:
        return frozenset(header.series for header in self.headers)

    @property
    def images(self) -> frozenset[str]:
        """SOP Instance UIDs, to tell a copy from another part of the same exam."""
        return frozenset(header.sop for header in self.headers)

    @property
    def date(self) -> str:
        return min((header.date for header in self.headers if header.date), default="")

    @property
    def sides(self) -> frozenset[Side]:
        """The sides that its tags state, else its words."""
        tags = {header.side for header in self.headers if header.side is not None}
        if tags:
            return frozenset(tags)
        texts = {word for header in self.headers for word in (*header.words, header.body_part)}
        return sides_in(*sorted(texts), about_limb=any(map(mentions_limb, texts)))

    @property
    def digest(self) -> str:
        """Short, the same in every run, and no name: of patient and study, or of the files' place without them."""
        text = "|".join(self.key) if self.key[1] else "|".join((self.key[0], *sorted(self.images)))
        return short_digest(text)

    @property
    def _source(self) -> str:
        """Of patient, study and images; reports and segmentations that join them later do not change it."""
        shown = [header for header in self.headers if header.is_image] or self.headers
        images = sorted(f"{header.series}/{header.sop}" for header in shown)
        return hashlib.sha256("|".join((*self.key, *images)).encode()).hexdigest()[:16]

    def case(self, name: str, joint: Joint | None, inputs: Sequence[Path] = ()) -> Case:
        """Its case; `inputs` are its files if nothing else is given."""
        sides = self.sides
        parts = {header.body_part for header in self.headers}
        of_joint = joint is not None and any(part and joint.fits_body_part(part) for part in parts)
        return Case(
            name,
            tuple(inputs) or self.files,
            series=len(self.series),
            files=len(self.headers),
            source=self._source,
            patient=self.headers[0].patient_id or self.headers[0].patient,
            date=self.date,
            joint=joint.name if joint is not None and of_joint else "",
            stated_side=next(iter(sides)).value if len(sides) == 1 else "",
            words=tuple(sorted(parts.union(*(header.words for header in self.headers)) - {""})),
        )

    def why_not(self, joint: Joint | None) -> Message | None:
        """Why it cannot be analysed, seen by its headers alone; None if it may."""
        images = [header for header in self.headers if header.is_image]
        if not images:
            return Message("unused", "no_image_series")
        kinds = {header.shows for header in images}
        if kinds <= {kind for kind in kinds if kind not in (MR, "")}:
            return Message("unused", "no_mr", {"modalities": sorted(kinds)})
        parts = {header.body_part for header in images if header.shows in (MR, "")}
        if joint is not None and parts and not any(map(joint.fits_body_part, parts)):
            return Message("unused", "other_part", {"parts": sorted(parts), "joint": joint.name})
        return None


def exams_of(headers: Iterable[ExamHeader]) -> list[Exam]:
    """Headers by patient and study, in the order in which each was met first.

    A header that names no patient goes with the one patient whose study it shares.
    """
    groups: dict[tuple[str, str], list[ExamHeader]] = {}
    for header in headers:
        groups.setdefault((header.patient, header.study), []).append(header)
    for key in [key for key in groups if not key[0] and key[1]]:
        named = [other for other in groups if other[1] == key[1] and other[0]]
        if len(named) == 1:
            groups[named[0]] += groups.pop(key)
    return [Exam(tuple(group)) for group in groups.values()]


def split_cases(exams: Sequence[Exam], joint: Joint | None, *, prefix: str = LOOSE) -> tuple[list[Case], list[Unused]]:
    """A case for each exam, named by its digest; those of another kind are not used."""
    cases, unused = [], []
    for exam in exams:
        why = exam.why_not(joint)
        if why is None:
            cases.append(exam.case(f"{prefix}_{exam.digest}", joint))
        else:
            unused += [Unused(path, why) for path in exam.files]
    return cases, unused
