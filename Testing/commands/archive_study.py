"""Studies of digital joints as DICOM files, written by our own writer, for the tests with an archive."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from OrthoDiffusionLib.volumes import Geometry, Volume
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

SLICES = 12


def write_study(folder: Path, patient: str, *, series: int = 2, **tags: str) -> str:
    """Write series of a made-up study, a folder each; gives the Study Instance UID."""
    import pydicom

    affine = np.array([[0, 0, -4.0, 24], [-1.0, 0, 0, 24], [0, -1.0, 0, 24], [0, 0, 0, 1]])
    geometry = Geometry((48, 48, SLICES), affine)
    index = np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), axis=-1)
    distance = np.linalg.norm(geometry.to_ras(index) - geometry.centre_ras, axis=-1)
    paths: list[Path] = []
    for number in range(1, series + 1):
        noise = np.random.default_rng(number).normal(0, 20, geometry.shape)
        array = np.clip(np.where(distance < 18, 700, 200) + noise, 0, None).astype(np.int16)
        volume = Volume(array, geometry, description=f"sag PD FS {number}")
        more = {"StudyDescription": "Knee MR left", "AccessionNumber": f"ACC{patient}", **tags}
        paths = write_dicom_series(volume, folder / f"s{number}", patient=patient, series_number=number, tags=more)
    return str(pydicom.dcmread(paths[0], stop_before_pixels=True).StudyInstanceUID)


def pixels(folder: Path) -> dict[str, bytes]:
    """SOP Instance UID -> pixel data of all instances below a folder."""
    import pydicom

    found = {}
    for path in sorted(folder.rglob("*.dcm")):
        dataset = pydicom.dcmread(path)
        found[str(dataset.SOPInstanceUID)] = dataset.PixelData
    return found
