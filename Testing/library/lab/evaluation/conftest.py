"""A small joint of three cubes in RAS, a bundle that knows it, and a cohort of such joints with known truth."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import KNEE, KNEE_ABNORMALITIES, Side
from OrthoDiffusionLib.bundles import Bundle, write_bundle
from OrthoDiffusionLib.bundles.manifest import ViewSpecification
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.findings import Analysis, BundleRecord, Calibration, Finding, Segmentation, StudyRecord, sigmoid
from OrthoDiffusionLib.lab.phantom.engine.view_parts import PartTables
from OrthoDiffusionLib.views import ViewGrid
from OrthoDiffusionLib.volumes import Geometry, Plane, Volume

GRID = Geometry.from_box((-30.0, -30.0, -30.0), (30.0, 30.0, 30.0), 1.5)
LESION_RAS, EFFUSION_RAS = (-6.75, 3.75, 0.75), (6.75, 3.75, 0.75)
EFFUSION, TEAR = "joint_effusion", "medial_meniscus_injury"
KNOWN = tuple(s for s in KNEE.structures if s.name in ("femur", "tibia", "medial_meniscus", "fibula"))


def box_labels(geometry: Geometry, *, shift_mm: float = 0.0, without: tuple[str, ...] = ()) -> np.ndarray:
    """Femur above, tibia below, a small medial meniscus between, all in RAS mm; fibula lateral of the tibia."""
    ijk = np.stack(np.indices(geometry.shape), axis=-1)
    x, y, z = np.moveaxis(geometry.to_ras(ijk), -1, 0)
    z = z - shift_mm
    labels = np.zeros(geometry.shape, dtype=np.uint8)
    shaft = (np.abs(x) < 15) & (np.abs(y) < 12)
    places = {
        "femur": shaft & (z > 3) & (z < 24),
        "tibia": shaft & (z < -3) & (z > -24),
        "medial_meniscus": (x < -3) & (x > -12) & (np.abs(y) < 9) & (np.abs(z) < 3),
        "fibula": (x > 17) & (x < 23) & (np.abs(y) < 5) & (z < -6) & (z > -24),
    }
    for structure in KNOWN:
        if structure.name not in without:
            labels[places[structure.name]] = structure.label
    return labels


def series(plane: Plane, name: str) -> Volume:
    """A stack of 3 mm slices that shows the whole joint."""
    spacing = [1.5, 1.5, 1.5]
    spacing["xyz".index({"sagittal": "x", "coronal": "y", "axial": "z"}[plane.value])] = 3.0
    geometry = Geometry.from_box((-30.0, -30.0, -30.0), (30.0, 30.0, 30.0), spacing)
    labels = box_labels(geometry)
    noise = np.random.default_rng(1).normal(0, 5, geometry.shape)
    return Volume((100 + 40 * labels + noise).astype(np.float32), geometry, name=name, side=Side.RIGHT)


EFFUSION_PART, TEAR_PART = 40, 41
TABLES = PartTables(
    tissue=np.zeros(42, np.uint8),
    structure=np.array([*range(40), 0, 8], np.uint8),  # the tear lies in the medial meniscus
    lesion=np.array([*([0] * 40), 1, 2], np.uint8),
    tissue_names=("air",),
    abnormality_names=(EFFUSION, TEAR),
)


@dataclass(frozen=True)
class BoxPhantom:
    """What an evaluator needs of a phantom."""

    number: int
    abnormalities: dict[str, bool]
    planes: tuple[Plane, ...] = tuple(Plane)
    anatomy: str = "boxes"
    site: str = "clinic_15t_a"
    field_strength_t: float = 1.5
    side: Side = Side.RIGHT
    tables: PartTables = TABLES

    @property
    def volumes(self) -> tuple[Volume, ...]:
        return tuple(series(plane, f"{plane.value} {self.number}") for plane in self.planes)

    @property
    def patient(self) -> str:
        return self.anatomy if self.anatomy.startswith("stored") else f"{self.anatomy} {self.number}"

    def known_points(self) -> dict:
        """Of boxes no landmark is known."""
        return {}

    def known_values(self) -> dict:
        """Nor the thickness of what they lack."""
        return {}

    def parts_on(self, geometry: Geometry) -> np.ndarray:
        """Parts are labels, with a lesion of three voxels a side in the meniscus or just lateral of it."""
        parts = box_labels(geometry)
        for name, part, place in ((TEAR, TEAR_PART, LESION_RAS), (EFFUSION, EFFUSION_PART, EFFUSION_RAS)):
            if self.abnormalities[name]:
                centre = np.rint(geometry.to_ijk(np.array(place))).astype(int)
                parts[tuple(slice(c - 1, c + 2) for c in centre)] = part
        return parts


@dataclass
class BoxCohort:
    """Twelve joints: every second has an effusion, every third a tear, and every fourth lacks the axial series."""

    name: str = "boxes-v1"
    version: int = 1
    made: list[int] = field(default_factory=list)

    def __len__(self) -> int:
        return 12

    def study_name(self, number: int) -> str:
        return f"{self.name}-{number:04d}"

    def study(self, number: int) -> BoxPhantom:
        self.made.append(number)
        return BoxPhantom(
            number,
            {EFFUSION: number % 2 == 0, TEAR: number % 3 == 0},
            planes=tuple(Plane) if number % 4 else (Plane.SAGITTAL, Plane.CORONAL),
            site="clinic_15t_a" if number < 8 else "held_out_3t",
            field_strength_t=1.5 if number % 2 else 3.0,
        )


@dataclass
class BoxReader:
    """Stands in for the networks: shifted outlines, logits that order effusions right and tears by chance."""

    shift_mm: float = 1.5
    without: tuple[str, ...] = ()
    fails_on: tuple[int, ...] = ()
    calls: int = 0

    def analyze(self, study, *, progress=None) -> Analysis:
        self.calls += 1
        number = int(study.volumes[0].name.split()[-1])
        if number in self.fails_on:
            raise StudyError("The study cannot be analysed", where=study.name)
        logits = {EFFUSION: (2.0 if number % 2 == 0 else -2.0) + 0.1 * number, TEAR: ((number * 7) % 5) - 2.0}
        findings = tuple(
            Finding(
                name,
                True,
                float(sigmoid(logit)),
                by_plane={plane.value: float(sigmoid(logit / 2)) for plane in study.planes},
                point_ras=(EFFUSION_RAS[0], EFFUSION_RAS[1], EFFUSION_RAS[2] + 6.0),
            )
            for name, logit in logits.items()
        )
        shift = self.shift_mm * (2 if len(study.planes) == 1 and Plane.AXIAL in study.planes else 1)
        labels = Volume(box_labels(GRID, shift_mm=shift, without=self.without), GRID)
        planes = {plane.value: volume.name for plane, volume in study.planes.items()}
        return Analysis(
            StudyRecord("knee", study.side, study.side_source, planes),
            BundleRecord("boxes", "1", "0" * 64),
            findings,
            Segmentation(labels, KNOWN),
        )


@pytest.fixture
def reader() -> BoxReader:
    return BoxReader()


@pytest.fixture
def cohort() -> BoxCohort:
    return BoxCohort()


@pytest.fixture(scope="session")
def bundle(tmp_path_factory) -> Bundle:
    views = {plane: ViewSpecification(ViewGrid(plane, 1.0, 3.0, 16, 64), plane.hanging) for plane in Plane}
    fields = {
        "name": "boxes",
        "version": "1",
        "joint": KNEE.name,
        "structures": list(KNOWN),
        "abnormalities": [a for a in KNEE_ABNORMALITIES if a.name in (EFFUSION, TEAR)],
        "views": views,
        "mirror": {},
        "fusion_grid": {"spacing_mm": 0.7},
        "network": {},
        "calibration": {EFFUSION: Calibration(0.5, 0.25, 0.9, 0.8, 0.95)},
        "licence": "Apache-2.0",
        "sources": [{"name": "boxes", "licence": "Apache-2.0"}],
    }
    return write_bundle(
        tmp_path_factory.mktemp("boxes") / "bundle",
        fields,
        {"network.safetensors": {"weight": np.zeros(2, np.float32)}},
    )
