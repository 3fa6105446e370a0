"""The finished cases of a worklist as corrected cases: what a reader left, beside the analysis it began with."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.annotation.case import Case, CaseState
from OrthoDiffusionLib.annotation.case_folder import CaseFolder
from OrthoDiffusionLib.annotation.label_layers import CREATED_TAG, LabelLayers, SegmentRecord
from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.annotation.worklist_file import full_path, read_worklist
from OrthoDiffusionLib.errors import OrthoDiffusionError, TrainingError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.lab.corrections.corrected_case import CorrectedCase, CorrectedStructure, voxels_of
from OrthoDiffusionLib.volumes import Study, Volume

_STATUS, _COMPLETED = "Segmentation.Status", "completed"


def cases_of_worklist(
    path: Path, *, reader: str = "", only: str = ""
) -> Iterator[tuple[str, CorrectedCase | OrthoDiffusionError]]:
    """The cases that are finished: with a final version, or completed by a reader.

    Args:
        path: of the worklist's file.
        reader: whose versions are taken; empty for the final version of each case, else that of the only reader who
            completed it.
        only: name of one case, empty for all.

    Yields:
        Name, and the case or why it cannot be used. A case that nobody has finished is passed over.

    Raises:
        WorklistError: if the worklist cannot be read.
    """
    worklist = read_worklist(path)
    for case in worklist.cases:
        if only and case.name != only:
            continue
        try:
            found = _corrected(case, path.parent, reader)
        except OrthoDiffusionError as error:
            yield case.name, error
        else:
            if found is not None:
                yield case.name, found


def _corrected(case: Case, home: Path, reader: str) -> CorrectedCase | None:
    folder = CaseFolder(home, case.name)
    segmentation, who = _finished(case, folder, reader)
    if segmentation is None:
        return None
    if not (folder.analysis / "findings.json").is_file():
        raise TrainingError(
            "The case was not analyzed, so that there is no prediction beside its outlines",
            where=case.name,
            remedy="Open it in the worklist; its analysis runs in the background. Then export again.",
        )
    analysis = Analysis.load(folder.analysis)
    names = [structure.name for structure in analysis.segmentation.structures]
    study = read_study(
        [full_path(image, home) for image in case.images if image not in case.planes.values()],
        by_plane={plane: [full_path(image, home)] for plane, image in case.planes.items()},
        side=case.side or analysis.study.side, joint=analysis.study.joint, name=case.name,
    )  # fmt: skip
    return CorrectedCase(
        name=case.name,
        patient=patient_of(study, case.name),
        joint=analysis.study.joint,
        side=study.side or analysis.study.side,
        volumes=study.planes,
        # Who completes a case says that all of its outlines are right.
        structures=structures_of_layers(analysis, read_layers(segmentation), names),
        grid=analysis.segmentation.labels.geometry,
        bundle=analysis.bundle,
        predicted=analysis.created,
        reader=who,
    )


def _finished(case: Case, folder: CaseFolder, reader: str) -> tuple[Path | None, str]:
    """The file that counts and whose it is; (None, "") for a case that is not finished."""
    finals = folder.finals()
    if not reader and finals:
        return finals[-1].segmentation, case.final.reader if case.final is not None else ""
    done = [name for name, work in case.readers.items() if work.state is CaseState.COMPLETED]
    done = [name for name in done if reader in ("", name)]
    if not done:
        return None, ""
    if len(done) > 1:
        raise TrainingError(
            f"{len(done)} readers have completed the case: {', '.join(done)}",
            where=case.name,
            remedy="Choose its final version in the worklist, or name one reader.",
        )
    versions = folder.versions(done[0])
    return (versions[-1].segmentation, done[0]) if versions else (None, "")


def structures_of_layers(
    analysis: Analysis, layers: LabelLayers, reviewed: Collection[str] = ()
) -> tuple[CorrectedStructure, ...]:
    """The structures of an analysis, and what a segmentation file holds of them.

    A structure without a segment was deleted only if the outlines began as this prediction, which its date shows; that
    of a batch has none. Those that began as a label map of anybody's say nothing about what is not in it: it stays as
    predicted, and teaches nothing.

    Args:
        analysis: what was predicted.
        layers: what a person left; a segment says by its tag or by its name which structure it is.
        reviewed: names of those that a person says are right; those with the status ‘completed’ are anyway.
    """
    made = []
    made_when = {segment.tags.get(CREATED_TAG) for segment in layers.segments} - {""}
    deleted = analysis.created in made_when
    for structure in analysis.segmentation.structures:
        segment = _segment_of(layers, structure.name)
        mask = layers.mask(segment) if segment is not None else np.zeros(layers.geometry.shape, bool)
        completed = segment is not None and segment.tags.get(_STATUS) == _COMPLETED
        before = Volume(
            analysis.segmentation.mask(structure.name).astype(np.uint8), analysis.segmentation.labels.geometry
        )
        predicted = voxels_of(before)
        if not (mask.any() or completed or deleted):
            made.append(CorrectedStructure(structure.name, structure.label, predicted, predicted))
            continue
        drawn = voxels_of(Volume(mask.astype(np.uint8), layers.geometry))
        right = completed or structure.name in reviewed
        made.append(CorrectedStructure(structure.name, structure.label, predicted, drawn, right))
    return tuple(made)


def _segment_of(layers: LabelLayers, name: str) -> SegmentRecord | None:
    """The segment of a structure: the one with its ID, else the first that says so, else one of its name."""
    tagged = [segment for segment in layers.segments if segment.key == name]
    named = [segment for segment in layers.segments if segment.name.strip().lower().replace(" ", "_") == name]
    exact = [segment for segment in tagged if segment.id == name]
    return next(iter([*exact, *tagged, *named]), None)


def patient_of(study: Study, name: str) -> str:
    """A key of the patient from the DICOM headers; the case's name where they do not say, or differ."""
    digests = {volume.origin.patient for volume in study.volumes} - {""}
    return digests.pop() if len(digests) == 1 else name
