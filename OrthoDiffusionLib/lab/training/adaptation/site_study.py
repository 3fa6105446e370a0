"""One study of a site: read, looked at by the bundle to begin with, prepared for the training, or left out and why."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.batch.cases.case import Case as FoundCase
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.findings.plausibility import ALARMS
from OrthoDiffusionLib.lab.training.tables.case_preparation import (
    REFUSED,
    prepare_case,
    read_prepared,
    write_prepared,
)
from OrthoDiffusionLib.lab.training.tables.case_table import Case
from OrthoDiffusionLib.lab.training.tables.vocabulary import vocabulary_of
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.messages.message import made_of
from OrthoDiffusionLib.unlikeness import CODE as UNLIKE
from OrthoDiffusionLib.unlikeness import LIMIT
from OrthoDiffusionLib.volumes import Study
from OrthoDiffusionLib.volumes.files.atomic import write_text
from OrthoDiffusionLib.volumes.selection.belonging import shows_both_joints
from OrthoDiffusionLib.volumes.selection.two_joints import one_joint

LEAST_PLANES = 2


@dataclass(frozen=True)
class SiteStudy:
    """One study of the site as far as it is known.

    Attributes:
        case: its name, and a key for the patient that names nobody.
        path: of the prepared views.
        why: why it is left out; None if it can be used.
        unlike: how unlike the bundle's training it is; None if the bundle cannot tell.
        planes: how many there are.
    """

    case: Case
    path: Path
    why: Message | None = None
    unlike: float | None = None
    planes: int = 0


@dataclass(frozen=True)
class Reading:
    """How the studies of a site are read.

    Attributes:
        folder: gets the prepared views, which hold image data.
        analyzer: gives the networks of the bundle to begin with; called when the first study needs them.
        side: of all studies, if the user says it.
        unlike_too: use studies that are unlike the bundle's training.
    """

    folder: Path
    analyzer: Callable[[], Analyzer]
    side: Side | None = None
    unlike_too: bool = False


def site_studies(found: FoundCase, reading: Reading, sha256: str) -> Iterator[SiteStudy]:
    """The studies of one case: one, or the right and the left joint where it shows both.

    What was found out before is read again from the folder.

    Args:
        sha256: of the bundle to begin with, which decides what can be used.

    Raises:
        OutputError: if the prepared views cannot be written.
    """
    side = found.side or reading.side
    first = _known(found, found.name, side, reading, sha256)
    if first is not None:
        yield first
        return
    reading.analyzer()  # what is wrong with the bundle or the device is no study's fault
    try:
        study = _read(found, side, reading)
    except OrthoDiffusionError as error:
        if side is not None or not shows_both_joints(error):
            yield _left_out(found, found.name, side, reading, sha256, _said(error))
            return
        for one in Side:
            name = f"{found.name}_{one.value}"
            known = _known(found, name, one, reading, sha256)
            yield known or _prepared(found, name, one, reading, sha256)
        return
    yield _prepared(found, found.name, side, reading, sha256, study)


def _read(found: FoundCase, side: Side | None, reading: Reading) -> Study:
    joint = reading.analyzer().joint
    return read_study(found.inputs, by_plane=found.by_plane, side=side, joint=joint, name=found.name)


def _prepared(
    found: FoundCase, name: str, side: Side | None, reading: Reading, sha256: str, study: Study | None = None
) -> SiteStudy:
    """Look at a study with the bundle and prepare its views, or find out why not."""
    path, key = _place(name, reading), _key(found, side, sha256)
    try:
        study = _read(found, side, reading) if study is None else study
        study, analysis = _looked_at(study, reading)
        case = Case(name, _patient(found, study), study.side)
        manifest = reading.analyzer().bundle.manifest
        prepared = prepare_case(case, study, vocabulary_of(manifest), manifest)
    except OutputError:
        raise
    except OrthoDiffusionError as error:
        return _left_out(found, name, side, reading, sha256, _said(error))
    write_prepared(path, prepared, key)
    unlike = None if analysis.unlike_training is None else analysis.unlike_training.score
    kept = {"key": key, "patient": case.patient, "unlike": unlike, "planes": len(prepared.views)}
    write_text(path.with_suffix(".json"), json.dumps(kept) + "\n")
    return _judged(SiteStudy(case, path, None, unlike, len(prepared.views)), reading)


class _LeftOutError(OrthoDiffusionError):
    """A study that the bundle cannot teach itself by."""


def _looked_at(study: Study, reading: Reading) -> tuple[Study, Analysis]:
    """The study with its side, and what the bundle says of it.

    Raises:
        OrthoDiffusionError: if its outlines cannot be those of the joint, or its side stays unknown.
    """
    analysis = reading.analyzer().analyze(study)
    for notice in analysis.notices:
        # what is only unlike the training is judged apart: whether to use it is the user's choice
        if notice.code in REFUSED or (notice.code in ALARMS and notice.code != UNLIKE):
            raise _LeftOutError(notice.bare)
    if study.side is None:
        if analysis.study.side is None:
            raise _LeftOutError(Message("adapt_left_out", "no_side"))
        study = study.with_side(analysis.study.side, "anatomy")
    return one_joint(study), analysis


def _judged(study: SiteStudy, reading: Reading) -> SiteStudy:
    """Left out if it has too few planes, or is unlike the training and such studies are not wanted."""
    why = None
    if study.planes < LEAST_PLANES:
        why = Message("adapt_left_out", "one_plane")
    elif study.unlike is not None and study.unlike >= LIMIT and not reading.unlike_too:
        why = Message("adapt_left_out", "unlike", {"score": study.unlike})
    return SiteStudy(study.case, study.path, why, study.unlike, study.planes)


def _left_out(found: FoundCase, name: str, side: Side | None, reading: Reading, sha256: str, why: Message) -> SiteStudy:
    path = _place(name, reading)
    kept = {"key": _key(found, side, sha256), "patient": "", "why": why.as_dict()}
    write_text(path.with_suffix(".json"), json.dumps(kept) + "\n")
    return SiteStudy(Case(name, ""), path, why)


def _known(found: FoundCase, name: str, side: Side | None, reading: Reading, sha256: str) -> SiteStudy | None:
    """What an earlier call has found out of a study; None if nothing, or of other files or another bundle."""
    path, key = _place(name, reading), _key(found, side, sha256)
    try:
        kept = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        if kept["key"] != key:
            return None
        if "why" in kept:
            return SiteStudy(Case(name, ""), path, made_of(kept["why"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    prepared = read_prepared(path, key)
    if prepared is None:
        return None
    case = Case(name, kept["patient"], prepared.side)
    return _judged(SiteStudy(case, path, None, kept["unlike"], kept["planes"]), reading)


def _place(name: str, reading: Reading) -> Path:
    return reading.folder / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.npz"


def _key(found: FoundCase, side: Side | None, sha256: str) -> str:
    content = [found.source, side.value if side else "", sha256]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _patient(found: FoundCase, study: Study) -> str:
    """Who a study is of, as a key that names nobody: as the header says it, else each study's own."""
    said = [volume.origin.patient for volume in study.volumes if volume.origin.patient]
    return hashlib.sha256((said[0] if said else found.patient or found.name).encode()).hexdigest()[:16]


def _said(error: OrthoDiffusionError) -> Message:
    return Message("adapt_left_out", values={"reason": error.said})
