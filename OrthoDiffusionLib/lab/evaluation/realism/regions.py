"""Regions: small discs placed by eye in the sample series, and the series they lie in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from json import loads
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes.dicom.series import read_dicom_folder
from OrthoDiffusionLib.volumes.files.volume_file import read_volume
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.plane import Plane
from OrthoDiffusionLib.volumes.volume import Volume

SCHEMA = 1
BONE_CARTILAGE_EDGE = "bone_cartilage_edge"
"""Discs of this name lie across the border of bone and cartilage, not within one tissue."""

TISSUES = (
    "femur_marrow", "tibia_marrow", "patella_marrow", "muscle", "femoral_cartilage", "patellar_cartilage",
    "joint_fluid", "subcutaneous_fat", "infrapatellar_fat_pad", "patellar_tendon", "posterior_cruciate_ligament",
    "meniscus", "cortical_bone", "air",
)  # fmt: skip


@dataclass(frozen=True)
class Region:
    """One disc in one slice.

    Attributes:
        tissue: one of `TISSUES`, or `BONE_CARTILAGE_EDGE`.
        centre_ras: its centre in the volume's RAS millimetres, on a slice.
        radius_mm: within the slice.
    """

    tissue: str
    centre_ras: tuple[float, float, float]
    radius_mm: float

    def __post_init__(self) -> None:
        if self.tissue not in (*TISSUES, BONE_CARTILAGE_EDGE):
            raise OrthoDiffusionError(
                f"There is no tissue called {self.tissue!r}",
                remedy=f"Choose one of: {', '.join((*TISSUES, BONE_CARTILAGE_EDGE))}.",
            )
        if not 0.0 < self.radius_mm < 50.0:
            raise OrthoDiffusionError(
                f"The radius of a region must be between 0 and 50 mm, got {self.radius_mm:g} instead",
                where=self.tissue,
            )


@dataclass(frozen=True)
class Disc:
    """A region in the index of a hung array: slice number, row and column of the centre, radius in pixels."""

    slice: int
    row: float
    column: float
    radius: float

    def values(self, image: np.ndarray) -> np.ndarray:
        """(N,) values of the pixels whose centres lie in the disc; `image` is (S, H, W)."""
        height, width = image.shape[1:]
        top, left = max(int(np.floor(self.row - self.radius)), 0), max(int(np.floor(self.column - self.radius)), 0)
        low = min(int(np.ceil(self.row + self.radius)) + 1, height)
        right = min(int(np.ceil(self.column + self.radius)) + 1, width)
        rows, columns = np.ogrid[top:low, left:right]
        inside = (rows - self.row) ** 2 + (columns - self.column) ** 2 <= self.radius**2
        return image[self.slice, top:low, left:right][inside]

    def patch(self, image: np.ndarray) -> np.ndarray:
        """The square that the disc holds, (N, N)."""
        half = int(self.radius / np.sqrt(2.0))
        row, column = round(self.row), round(self.column)
        return image[self.slice, row - half : row + half + 1, column - half : column + half + 1]


@dataclass(frozen=True)
class RealSeries:
    """One real series and what was placed in it.

    Attributes:
        name, title: for machines and for people.
        joint: what it shows.
        source: names below Resources, a volume file or a folder of DICOM.
        plane: which way its slices lie.
        contrast: "fat_suppressed" or "spin_echo", which says what phantoms match it.
        windowed: stored in 8 bits through a display window and lossy JPEG.
        regions: the discs.
    """

    name: str
    title: str
    joint: str
    source: tuple[str, ...]
    plane: Plane
    contrast: str
    windowed: bool
    regions: tuple[Region, ...]

    def volume(self) -> Volume:
        """The series, hung as its plane is: array (S, H, W).

        Raises:
            VolumeFileError, DicomError: if it is not there, or pydicom is missing for DICOM.
        """
        path = resource_path(*self.source)
        volume = read_dicom_folder(path)[0][0] if path.is_dir() else read_volume(path)
        return volume.reoriented(self.plane.hanging)

    def discs(self, geometry: Geometry) -> dict[str, tuple[Disc, ...]]:
        """The discs of each tissue on a hung grid.

        Raises:
            OrthoDiffusionError: if a region does not lie in the volume, naming it.
        """
        found: dict[str, list[Disc]] = {}
        for region in self.regions:
            found.setdefault(region.tissue, []).append(disc_on(geometry, region, where=self.name))
        return {tissue: tuple(discs) for tissue, discs in found.items()}


def disc_on(geometry: Geometry, region: Region, *, where: str = "") -> Disc:
    """A region in the index of a hung grid (S, H, W).

    Raises:
        OrthoDiffusionError: if it lies between two slices, or not wholly in the volume.
    """
    index = geometry.to_ijk(region.centre_ras)
    number, radius = round(float(index[0])), region.radius_mm / float(geometry.spacing_mm[1])
    place = f"{where}: {region.tissue} at RAS {', '.join(f'{mm:.1f}' for mm in region.centre_ras)} mm".lstrip(": ")
    last = np.array(geometry.shape[1:]) - 1
    inside = 0 <= number < geometry.shape[0]
    if not inside or (index[1:] < radius).any() or (index[1:] > last - radius).any():
        raise OrthoDiffusionError(
            "A region does not lie in its volume",
            where=place,
            remedy="Give its centre in the RAS millimetres of the volume, or a smaller radius.",
        )
    if abs(index[0] - number) > 0.25:
        raise OrthoDiffusionError("A region lies between two slices", where=place, remedy="Move its centre on a slice.")
    return Disc(number, float(index[1]), float(index[2]), radius)


def real_series(path: Path | None = None) -> dict[str, RealSeries]:
    """The real series with their regions, by name.

    Args:
        path: the JSON; that of the sample series if None.

    Raises:
        OrthoDiffusionError: if it cannot be read, is of another version, or names what does not exist.
    """
    path = resource_path("Realism", "regions.json") if path is None else path
    try:
        content = loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise OrthoDiffusionError(
            "The regions of the real series cannot be read",
            where=str(path),
            remedy="Run the command from a source checkout; an installed extension does not hold them.",
        ) from error
    if not isinstance(content, Mapping) or content.get("schema_version") != SCHEMA:
        raise OrthoDiffusionError(
            f"The regions are of another version; this program reads schema version {SCHEMA}", where=str(path)
        )
    try:
        return {name: _series(name, entry, content["joint"]) for name, entry in content["series"].items()}
    except (KeyError, TypeError, ValueError) as error:
        raise OrthoDiffusionError(f"The regions are incomplete: {error!r}", where=str(path)) from error


def series_named(names: tuple[str, ...] | None) -> tuple[RealSeries, ...]:
    """The real series of these names; all if None.

    Raises:
        OrthoDiffusionError: for an unknown name, naming those there are.
    """
    known = real_series()
    for name in names or ():
        if name not in known:
            raise OrthoDiffusionError(
                f"There is no real series called {name!r}", remedy=f"Choose among: {', '.join(known)}."
            )
    return tuple(known[name] for name in (names or known))


def _series(name: str, entry: Mapping, joint: str) -> RealSeries:
    regions = tuple(
        Region(region["tissue"], tuple(region["centre_ras_mm"]), region["radius_mm"]) for region in entry["regions"]
    )
    source, plane = tuple(entry["source"]), Plane(entry["plane"])
    return RealSeries(name, entry["title"], joint, source, plane, entry["contrast"], entry["windowed"], regions)
