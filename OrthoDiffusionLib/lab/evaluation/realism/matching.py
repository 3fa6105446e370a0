"""Matching: digital knees taken as a real series was, with discs where their own labels say what is there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from OrthoDiffusionLib.anatomy import joint as joint_named
from OrthoDiffusionLib.lab.evaluation.realism.regions import BONE_CARTILAGE_EDGE, Disc, RealSeries
from OrthoDiffusionLib.lab.phantom.engine.pose import draw_pose, rotation_matrix
from OrthoDiffusionLib.lab.phantom.engine.view_parts import ViewParts
from OrthoDiffusionLib.lab.phantom.imaging.acquisition import Acquisition
from OrthoDiffusionLib.lab.phantom.imaging.contrast import Protocol
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import (
    IMAGING_SITES,
    ImagingSite,
    SeriesSetting,
    draw_setting,
    draw_subject,
)
from OrthoDiffusionLib.lab.phantom.imaging.scanner import render_view, sample_view
from OrthoDiffusionLib.lab.phantom.phantom import Phantom, make_phantom
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours
from OrthoDiffusionLib.volumes.geometry import Geometry, direction_vectors
from OrthoDiffusionLib.volumes.plane import Plane

DISCS_FOR_EACH = 3
"""How many discs of a digital knee stand for one placed in the real series."""

FAT_SUPPRESSED_SITES = ("clinic_15t_a", "clinic_3t_a")
"""Imaging sites that take fat-suppressed PD in three planes; seeds take turns."""

_AIR_MARGIN_MM = 8.0
_MARROW = ("bone_marrow", "red_marrow")
# What each region's tissue is in a digital knee: tissue names, and the structures it must belong to (none: any).
_MEANING: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "femur_marrow": (_MARROW, ("femur",)),
    "tibia_marrow": (_MARROW, ("tibia",)),
    "patella_marrow": (_MARROW, ("patella",)),
    "muscle": (("muscle",), ()),
    "femoral_cartilage": (("cartilage",), ("femoral_cartilage",)),
    "patellar_cartilage": (("cartilage",), ("patellar_cartilage",)),
    "joint_fluid": (("synovial_fluid",), ()),
    "subcutaneous_fat": (("subcutaneous_fat",), ()),
    "infrapatellar_fat_pad": (("fat_pad",), ("infrapatellar_fat_pad",)),
    "patellar_tendon": (("tendon",), ("patellar_tendon",)),
    "posterior_cruciate_ligament": (("ligament",), ("posterior_cruciate_ligament",)),
    "meniscus": (("meniscus",), ("medial_meniscus", "lateral_meniscus")),
    "cortical_bone": (("cortical_bone",), ()),
    "air": (("air",), ()),
}


@dataclass(frozen=True, eq=False)
class MatchedView:
    """One digital knee as a real series would show it.

    Attributes:
        image: (S, H, W) float32, stored as the real series is.
        geometry: its grid, with the pixel, step and field of view of the real series.
        discs: for each tissue of the real regions, discs of the same radii at random places of that tissue; none
            where this knee has no place for them.
    """

    image: np.ndarray
    geometry: Geometry
    discs: dict[str, tuple[Disc, ...]]


def matched_phantom(series: RealSeries, seed: int) -> Phantom:
    """A digital knee without tears, with as much fluid as the real one by eye: some in the exam, none in the DICOM."""
    fluid = 2 if series.contrast == "fat_suppressed" else 0
    return make_phantom(series.joint, seed, abnormalities={"joint_effusion": fluid}, prevalence=0.0)


def matched_view(series: RealSeries, geometry: Geometry, phantom: Phantom, seed: int) -> MatchedView:
    """Take a digital knee in the plane, grid and contrast of a real series.

    Args:
        series: the real series.
        geometry: its hung grid.
        phantom: from `matched_phantom`.
        seed: of pose, slices, contrast and disc places.
    """
    rng = np.random.default_rng([int(seed), 6, len(series.name)])
    pose = draw_pose(rng, phantom.placing.hinge)
    directions = rotation_matrix(rng.normal(0.0, [2.5, 2.5, 4.0])) @ direction_vectors(series.plane.hanging)
    centre = np.array(phantom.placing.aim_ras) + rng.normal(0.0, [3.0, 4.0, 5.0])
    step, row, column = geometry.spacing_mm.tolist()
    grid = Geometry.from_axes(
        geometry.shape, spacing_mm=(step, row, column), directions=directions, centre_ras=tuple(centre)
    )
    view = sample_view(phantom, pose, Acquisition(series.plane, grid, float(rng.uniform(0.75, 1.0))))
    image = render_view(view, _setting(series, view, seed, rng), rng)
    return MatchedView(image, grid, place_discs(view, series, geometry, rng))


def place_discs(
    view: ViewParts, series: RealSeries, geometry: Geometry, rng: np.random.Generator
) -> dict[str, tuple[Disc, ...]]:
    """Discs of the real radii at random places that a digital knee's labels fill with one tissue wholly."""
    labels = {structure.name: structure.label for structure in joint_named(series.joint).structures}
    placed: dict[str, tuple[Disc, ...]] = {}
    for tissue, real in series.discs(geometry).items():
        inside = _edge_of_bone(view, labels) if tissue == BONE_CARTILAGE_EDGE else _pure(view, tissue, labels)
        found: list[Disc] = []
        for radius in (disc.radius for disc in real):
            # A disc about a pixel's centre reaches whole pixels only.
            half = int(radius)
            if tissue == BONE_CARTILAGE_EDGE:
                centres = inside.copy()
                rim = half + 1
                centres[:, :rim], centres[:, -rim:] = False, False
                centres[:, :, :rim], centres[:, :, -rim:] = False, False
            else:
                margin = int(_AIR_MARGIN_MM / geometry.spacing_mm[1]) if tissue == "air" else 0
                centres = _filled(inside, half + margin)
            places = np.argwhere(centres)
            if len(places):
                chosen = places[rng.choice(len(places), DISCS_FOR_EACH)]
                found += [Disc(int(s), float(row), float(column), radius) for s, row, column in chosen]
        placed[tissue] = tuple(found)
    return placed


def _setting(series: RealSeries, view: ViewParts, seed: int, rng: np.random.Generator) -> SeriesSetting:
    """A setting of an imaging site that takes such series; how the real one was stored is known, not drawn."""
    if series.contrast == "fat_suppressed":
        site = IMAGING_SITES[FAT_SUPPRESSED_SITES[seed % len(FAT_SUPPRESSED_SITES)]]
    else:
        # What the series' own DICOM header says: 3 T, spin echo, TR 2450 ms, TE 25.2 ms, no fat suppression. The maker
        # calls it "FAST", its echo time is three times 8.416 ms, and one echo a pulse would take ten minutes: an
        # echo train, whatever the header's echo train length of 1 says.
        protocol = Protocol("spin echo", "fast_spin_echo", 2450.0, 25.248)
        artefacts = IMAGING_SITES["clinic_3t_a"].artefacts
        site = ImagingSite(
            "as_the_series", "As the series", "protocols", 3.0, dict.fromkeys(Plane, (protocol,)), artefacts
        )
    # All series of one knee are of one person.
    subject = draw_subject(view.tables.tissue_names, np.random.default_rng([seed, 7]))
    setting = draw_setting(site, series.plane, view.tables.tissue_names, rng, subject)
    stored = {"windowed": float(series.windowed), "compressed": float(series.windowed), "dark_border": 0.0}
    return replace(setting, strengths={**setting.strengths, **stored})


def _pure(view: ViewParts, tissue: str, labels: Mapping[str, int]) -> np.ndarray:
    """(S, H, W) bool: voxels that hold nothing but this tissue."""
    names, structures = _MEANING[tissue]
    numbers = [n for n, name in enumerate(view.tables.tissue_names) if name in names]
    wanted = np.isin(view.tables.tissue, numbers)
    if structures:
        wanted &= np.isin(view.tables.structure, [labels[name] for name in structures])
    return wanted[view.centre] & wanted[view.parts].all(axis=0)


def _edge_of_bone(view: ViewParts, labels: Mapping[str, int]) -> np.ndarray:
    """(S, H, W) bool: cartilage pixels that touch bone in their slice."""
    tissues = view.tables.tissue_names
    bone = np.isin(view.labels, [labels[name] for name in ("femur", "tibia", "patella")])
    cartilage = (view.tables.tissue == tissues.index("cartilage"))[view.centre]
    return cartilage & with_face_neighbours(bone, axes=(1, 2))


def _filled(mask: np.ndarray, half: int) -> np.ndarray:
    """(S, H, W) bool: pixels whose square of 2 `half` + 1 in the slice is all true."""
    from scipy.ndimage import minimum_filter

    side = 2 * half + 1
    return minimum_filter(mask, size=(1, side, side), mode="constant", cval=0)
