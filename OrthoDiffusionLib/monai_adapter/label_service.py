"""Labels for one image of a study: what a server of MONAI Label is asked for, without a line of MONAI Label."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.anatomy import Side, Structure
from OrthoDiffusionLib.volumes import Geometry, Study, Volume
from OrthoDiffusionLib.volumes.files.segmentation_file import write_segmentation_nrrd
from OrthoDiffusionLib.volumes.files.volume_file import write_volume
from OrthoDiffusionLib.volumes.inputs import read_inputs
from OrthoDiffusionLib.volumes.selection.two_joints import one_joint

if TYPE_CHECKING:
    from OrthoDiffusionLib.findings import Analysis

STUDY_MARK = "__"
"""What stands between the study's name and the image's in a folder of files, as in `knee017__sagittal.nii.gz`."""

SEGMENTATION_ENDING = ".seg.nrrd"


def images_of_study(image: str, images: Iterable[str]) -> list[str]:
    """The images of one study, by their names: those that begin as `image` does, up to `STUDY_MARK`.

    An image without the mark is a study by itself: nothing in a NIfTI file says whose it is, and images of two patients
    must never be read as one.

    Args:
        image: a name such as "knee017__sagittal".
        images: all names there are.

    Returns:
        The names, sorted, `image` among them.
    """
    study, mark, _ = image.partition(STUDY_MARK)
    if not (study and mark):
        return [image]
    return sorted({image, *(other for other in images if other.startswith(study + mark))})


def label_numbers(structures: Sequence[Structure]) -> dict[str, int]:
    """Structure name -> value in the label maps that are served: 1, 2, 3 and so on in the order of the labels.

    Slicer's client gives the n-th name to value n; a bundle whose labels have gaps would get wrong names.
    """
    ordered = sorted(structures, key=lambda structure: structure.label)
    return {structure.name: number for number, structure in enumerate(ordered, 1)}


@dataclass(frozen=True, eq=False)
class ImageLabels:
    """What was found in a study, on the grid of one of its images.

    Attributes:
        labels: (I, J, K) uint8 on the image's own grid, where its header puts it; values of `label_numbers`.
        structures: what the values mean, `label` being the value.
        analysis: the whole study's.
    """

    labels: Volume
    structures: tuple[Structure, ...]
    analysis: Analysis

    def write(self, path: Path) -> None:
        """Write the labels; a name that ends in `SEGMENTATION_ENDING` gets names, colours and terminology as well."""
        if path.name.endswith(SEGMENTATION_ENDING):
            write_segmentation_nrrd(self.labels, self.structures, path, side=self.analysis.study.side)
        else:
            write_volume(self.labels, path)

    def told(self) -> dict[str, object]:
        """What goes with the labels, as plain values: names of the labels, findings, measurements, notices."""
        content = self.analysis.as_dict()
        named = ("measurements", "warnings", "bundle", "intended_use")
        study = {key: content["study"][key] for key in ("joint", "side", "side_source", "planes")}  # no UIDs
        return {
            "label_names": {structure.name: structure.label for structure in self.structures},
            "study": study,
            # The heat maps stay here: the protocol has room for one file.
            "findings": [{key: said for key, said in one.items() if key != "evidence"} for one in content["findings"]],
            **{key: content[key] for key in named},
        }


def label_services(bundle: str | Path | None = None, *, device: str = "auto") -> tuple[LabelService, ...]:
    """A service of the bundle that is named; without one, a service for each joint that there is a bundle of.

    Raises:
        BundleError: if there is none, or one is damaged.
    """
    from OrthoDiffusionLib.analysis.bundle_of_inputs import all_bundles

    return tuple(LabelService(one.folder, device=device) for one in all_bundles(bundle))


class LabelService:
    """The networks of one bundle, kept warm, for one request at a time.

    The last study's analysis is kept as well: its other images are then labelled without computing anew.

    Args:
        bundle: a bundle's folder or name; None for the default bundle.
        device: "auto", "cpu" or "cuda".
    """

    def __init__(self, bundle: str | Path | None = None, *, device: str = "auto") -> None:
        from OrthoDiffusionLib.analysis.analysis_run import open_analyzer
        from OrthoDiffusionLib.analysis.study_inputs import open_bundle

        self.manifest = (opened := open_bundle(bundle)).manifest
        self._analyzer = open_analyzer(opened, device=device)
        self._last: tuple[object, Study, Analysis] | None = None
        self._one_at_a_time = threading.Lock()

    @property
    def label_names(self) -> dict[str, int]:
        """Structure name -> value in what `label` gives."""
        return label_numbers(self.manifest.structures)

    def label(self, image: Path, study: Sequence[Path], *, side: str | None = None) -> ImageLabels:
        """Analyse a study as the command `analyze` does, and carry its labels to the grid of one image.

        Args:
            image: the file, or folder of a DICOM series, whose grid is wanted. It need serve no plane itself.
            study: files and folders of the whole study.
            side: "right" or "left" if the user says it.

        Raises:
            OrthoDiffusionError: for what the command refuses, in the same words.
        """
        with self._one_at_a_time:
            given, analysis = self._analysis(tuple(study), side)
            grid = grid_of_image(image, given)
            structures = self._numbered()
            found = analysis.segmentation.on(grid.in_study)
        values = np.zeros(256, np.uint8)
        for old, new in zip(sorted(s.label for s in self.manifest.structures), structures, strict=True):
            values[old] = new.label
        labels = replace(found, array=values[found.array], geometry=grid.in_header)
        return ImageLabels(labels, structures, analysis)

    def _numbered(self) -> tuple[Structure, ...]:
        numbers = label_numbers(self.manifest.structures)
        by_number = sorted(self.manifest.structures, key=lambda structure: structure.label)
        return tuple(replace(structure, label=numbers[structure.name]) for structure in by_number)

    def _analysis(self, paths: tuple[Path, ...], side: str | None) -> tuple[Study, Analysis]:
        from OrthoDiffusionLib.analysis.study_inputs import read_study

        key = (side, tuple(_state_of(path) for path in paths))
        if self._last is not None and self._last[0] == key:
            return self._last[1:]
        self._last = None  # not two studies in memory
        study = read_study(paths, side=side and Side(side), joint=self.manifest.as_joint())
        analysis = self._analyzer.analyze(one_joint(study))
        self._last = (key, study, analysis)
        return study, analysis


@dataclass(frozen=True)
class ImageGrid:
    """The grid of an image: where its header puts it, and where it lies in the space of the study."""

    in_header: Geometry
    in_study: Geometry


def grid_of_image(image: Path, study: Study) -> ImageGrid:
    """Where an image lies; the two differ if registration moved the volume of that grid into the study's space.

    Raises:
        OrthoDiffusionError: if the image cannot be read.
    """
    volumes, _ = read_inputs([image])
    for volume in volumes:
        for served in study.volumes:
            header = served.header_geometry or served.geometry
            if volume.geometry.reoriented("RAS").is_same_grid(header.reoriented("RAS")):
                moved = served.geometry.affine @ np.linalg.inv(header.affine) @ volume.geometry.affine
                return ImageGrid(volume.geometry, Geometry(volume.geometry.shape, moved))
    return ImageGrid(volumes[0].geometry, volumes[0].geometry)


def _state_of(path: Path) -> tuple[object, ...]:
    """Path, sizes and times of what lies there: another content is another study."""
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return tuple((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files if file.is_file())
