"""A results folder and the label map that a person made of it, as a corrected case."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.findings import Analysis
from OrthoDiffusionLib.lab.corrections.corrected_case import (
    CorrectedCase,
    CorrectedStructure,
    structures_of_maps,
)
from OrthoDiffusionLib.lab.corrections.worklist_cases import patient_of, structures_of_layers
from OrthoDiffusionLib.volumes import Study, Volume, read_volume

CORRECTED_FILES = ("corrected.nii.gz", "corrected.seg.nrrd", "corrected.nii", "corrected.nrrd", "corrected.mha")
"""Names of a corrected label map inside of a results folder. Its values are those of segmentation.nii.gz; a file of
Slicer's segmentations names its structures itself."""


def corrected_file(results: Path) -> Path | None:
    """The corrected label map of a results folder, None if there is none."""
    return next((path for name in CORRECTED_FILES if (path := results / name).is_file()), None)


def corrected_structures(
    analysis: Analysis, corrected: Path, reviewed: Collection[str] = ()
) -> tuple[CorrectedStructure, ...]:
    """The structures of an analysis beside those of a corrected label map.

    Args:
        corrected: a label map, or a segmentation of Slicer's (``.seg.nrrd``); one without segments is a label map.
        reviewed: structures that a person says are right, edited or not.

    Raises:
        TrainingError: if a label map holds values without a name, or lies elsewhere in the patient.
        VolumeFileError: if the file cannot be read.
    """
    structures = _read_structures(analysis, corrected, reviewed)
    pairs = [(one.before, one.after) for one in structures if one.before is not None and one.after is not None]
    if pairs and not any(_meet(before, after) for before, after in pairs):
        raise TrainingError(
            "The corrected label map does not lie where the prediction lies",
            where=str(corrected),
            remedy="Save it with its place in the patient, as segmentation.nii.gz has it; converters may drop that.",
        )
    return structures


def _meet(one: Volume, other: Volume) -> bool:
    """Whether the boxes around two volumes have a place in common, RAS mm."""
    ends = [(corners.min(axis=0), corners.max(axis=0)) for corners in (v.geometry.corners_ras for v in (one, other))]
    return bool((np.maximum(ends[0][0], ends[1][0]) <= np.minimum(ends[0][1], ends[1][1])).all())


def _read_structures(analysis: Analysis, corrected: Path, reviewed: Collection[str]) -> tuple[CorrectedStructure, ...]:
    if corrected.name.lower().endswith(".seg.nrrd"):
        layers = read_layers(corrected)
        if not layers.names_nothing:
            return structures_of_layers(analysis, layers, reviewed)
    labels = {structure.name: structure.label for structure in analysis.segmentation.structures}
    return structures_of_maps(analysis.segmentation.labels, read_volume(corrected), labels, reviewed=reviewed)


def case_of_results(
    results: Path,
    study: Study,
    *,
    corrected: Path | None = None,
    reviewed: Collection[str] = (),
    patient: str = "",
    name: str = "",
    reader: str = "",
) -> CorrectedCase:
    """Bring prediction, correction and images together.

    Args:
        results: a complete results folder.
        study: the images that it is about; its side counts, also where the analysis took them for the other one.
        corrected: the label map; None for the one in the folder.
        reviewed: structures that a person says are right, edited or not.
        patient: a key; empty for what DICOM headers say, else the case's name.
        name: of the case; empty for that of the folder.
        reader: who corrected.

    Raises:
        TrainingError: if there is no corrected label map, or it holds values without a name; if a word of `reviewed`
            names no structure.
        OutputError: if the folder is no results folder.
    """
    analysis = Analysis.load(results)
    path = corrected or corrected_file(results)
    if path is None:
        raise TrainingError(
            "There is no corrected label map",
            where=str(results),
            remedy=f"Save it there as {CORRECTED_FILES[0]}, with the values of segmentation.nii.gz.",
        )
    labels = {structure.name: structure.label for structure in analysis.segmentation.structures}
    unknown = sorted(set(reviewed) - set(labels))
    if unknown:
        raise TrainingError(
            f"There is no structure named {', '.join(unknown)}", remedy=f"Choose among: {', '.join(labels)}."
        )
    before = analysis.segmentation.labels
    name = name or results.resolve().name
    return CorrectedCase(
        name=name,
        patient=patient or patient_of(study, name),
        joint=analysis.study.joint,
        side=study.side or analysis.study.side,
        volumes=study.planes,
        structures=corrected_structures(analysis, path, reviewed),
        grid=before.geometry,
        bundle=analysis.bundle,
        predicted=analysis.created,
        reader=reader,
    )
