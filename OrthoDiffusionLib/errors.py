"""Errors and warnings that say what is wrong, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _sentence(text: str) -> str:
    text = text.strip()
    return text if not text or text[-1] in ".!?…" else text + "."


def _printable(text: str) -> str:
    """File names of another character set hold parts that can be neither printed nor written."""
    return str(text).encode("utf-8", "replace").decode()


class OrthoDiffusionError(Exception):
    """Something a user can mend. A caller's programming mistake is a `ValueError` instead.

    Attributes:
        what: what is wrong, in one sentence.
        where: the file, series, volume or setting it is about; may be empty. May name a file to the
            user, so it is shown and never logged.
        remedy: what to do next; may be empty.
        log_path: a file that holds the technical details; may be empty.
        code: one word for machines, that of the notice which says the same where the work can go on,
            e.g. ``two_joints``; empty for the many refusals that have no such notice.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", log_path: str = "", code: str = "") -> None:
        self.what = str(what)
        self.where = _printable(where)
        self.remedy = str(remedy)
        self.log_path = str(log_path)
        self.code = str(code)
        super().__init__(self.what)

    def __str__(self) -> str:
        what = f"{self.what.rstrip('.')} ({self.where})" if self.where else self.what
        return " ".join(part for part in (_sentence(what), _sentence(self.remedy)) if part)

    def as_dict(self) -> dict[str, str]:
        """The five parts, as the worker sends them to the panel."""
        return {
            "what": self.what,
            "where": self.where,
            "remedy": self.remedy,
            "log_path": self.log_path,
            "code": self.code,
        }

    def __reduce__(self):
        # Exception's own pickling drops keyword-only arguments; errors cross process borders.
        return _rebuild, (type(self), self.as_dict())


def _rebuild(kind: type[OrthoDiffusionError], parts: dict[str, str]) -> OrthoDiffusionError:
    return kind(**parts)


class GeometryError(OrthoDiffusionError):
    """A position in space cannot be right: a singular affine, grids that do not overlap."""


class VolumeFileError(OrthoDiffusionError):
    """An image file cannot be read or written, or does not hold a 3D grey image."""


class DicomError(OrthoDiffusionError):
    """DICOM files hold no volume that can be used."""


class StudyError(OrthoDiffusionError):
    """The volumes do not make up a study that can be analysed."""


class BundleError(OrthoDiffusionError):
    """A bundle is missing, damaged, or made for another version."""


class OutputError(OrthoDiffusionError):
    """Results cannot be written where they should go."""


class TrainingError(OrthoDiffusionError):
    """A training run cannot start or go on."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One warning that travels with a result: the work went on, but somebody should know.

    Attributes:
        code: one word for machines, e.g. ``side_disagrees``; stable between versions.
        what: what was noticed, in one sentence.
        where: the volume, series or file it is about; may be empty.
        remedy: what could be done; may be empty.
        values: what the sentence was made from, for programs and translations: numbers, texts and lists of them.
    """

    code: str
    what: str
    where: str = ""
    remedy: str = ""
    values: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not self.code or not self.what:
            raise ValueError("a Notice must have a code and must say what was noticed")
        object.__setattr__(self, "where", _printable(self.where))

    def __str__(self) -> str:
        what = f"{self.what.rstrip('.')} ({self.where})" if self.where else self.what
        return " ".join(part for part in (_sentence(what), _sentence(self.remedy)) if part)

    def as_dict(self) -> dict[str, object]:
        """Its parts, as they stand in findings.json."""
        parts = {"code": self.code, "what": self.what, "where": self.where, "remedy": self.remedy}
        return {**parts, "values": dict(self.values)}
