"""Proportions: the numbers that make one knee differ from another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class KneeProportions:
    """One person's knee in numbers, millimetres unless said. Ranges are assumed where no source is named.

    Bicondylar width: 88.6 ± 4.2 mm in men, 78.5 ± 3.0 mm in women (360 dried femora, doi 10.1155/2012/679658).
    Cartilage: mean thickness of a knee 1.6 to 2.4 mm, thickest in the patella with 2.8 mm (27 men, MRI,
    PubMed 11237657); thin and worn plates are added on purpose.

    Attributes:
        size: scale of the whole bone, 1 for an epicondylar width of about 78 mm.
        cartilage_mm: thickness of the plates femoral, medial tibial, lateral tibial, patellar.
        film_mm: fluid between the tibiofemoral cartilages, medial and lateral.
        femoral_flare, tibial_taper: how far up the femur and down the tibia the ends run out into the shaft, mm.
        cortex_mm: cortex of the femoral and the tibial shaft.
        tibial_triangle: how triangular the tibial shaft is, as a share of its radius.
        patella_apex: share of its width that the patella has lost at its apex.
        patella_bare: share of the lower half's height above which the back has cartilage.
        patella_bow: how much its front falls back at the poles, as a share of half its thickness.
    """

    size: float
    condyle_x: tuple[float, float]
    condyle_half_width: tuple[float, float]
    condyle_square: float
    posterior_radius: float
    distal_radius: float
    anterior_reach: float
    notch: tuple[float, float, float]
    trochlear_depth: float
    trochlear_radius: float
    shaft_radii: tuple[float, float]
    metaphysis: float
    femoral_flare: float
    tibial_half_width: float
    tibial_half_depth: float
    tibial_taper: float
    tibial_slope: float
    tuberosity: float
    tibial_triangle: float
    eminence: float
    patella_radii: tuple[float, float, float]
    patella_height: float
    patella_shift: float
    patella_tilt: float
    patella_ridge: float
    patella_apex: float
    patella_bare: float
    patella_bow: float
    patella_cortex_mm: float
    cortex_mm: tuple[float, float]
    cartilage_mm: tuple[float, float, float, float]
    film_mm: tuple[float, float]


def _near(rng: np.random.Generator, mean: float, sd: float) -> float:
    return float(np.clip(rng.normal(mean, sd), mean - 2.2 * sd, mean + 2.2 * sd))


def draw_cartilage_mm(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Thickness of femoral, medial tibial, lateral tibial and patellar cartilage, one person in six worn."""
    worn = 1.0 if rng.random() > 1 / 6 else float(rng.uniform(0.6, 0.85))
    means = ((2.0, 0.28), (1.87, 0.26), (2.35, 0.36), (3.0, 0.45))
    femoral, medial, lateral, patellar = (max(1.1, worn * _near(rng, m, sd)) for m, sd in means)
    return femoral, medial, lateral, patellar


def draw_proportions(rng: np.random.Generator, *, dysplasia: float = 0.0) -> KneeProportions:
    """Draw a knee.

    Args:
        dysplasia: 0 for an ordinary trochlea and patellar height, 1 for a flat trochlea and a high patella.
    """
    s = _near(rng, 1.045, 0.055)
    depth = _near(rng, 5.6, 1.0) * (1 - 0.7 * dysplasia)
    return KneeProportions(
        size=s,
        condyle_x=(-_near(rng, 21.0, 1.1) * s, _near(rng, 21.0, 1.1) * s),
        condyle_half_width=(_near(rng, 14.4, 0.9) * s, _near(rng, 14.1, 0.9) * s),
        condyle_square=float(rng.uniform(0.2, 0.7)),
        posterior_radius=_near(rng, 19.3, 1.1) * s,
        distal_radius=_near(rng, 28.5, 1.6) * s,
        anterior_reach=_near(rng, 30, 1.4) * s,
        notch=(_near(rng, 9.6, 1.0) * s, 27 * s, _near(rng, 18, 1.5) * s),
        trochlear_depth=depth * s,
        trochlear_radius=_near(rng, 19, 2.0) * s,
        shaft_radii=(_near(rng, 13.6, 0.9) * s, _near(rng, 13.4, 0.9) * s),
        metaphysis=_near(rng, 0.62, 0.06),
        femoral_flare=_near(rng, 25, 3.0) * s,
        tibial_half_width=_near(rng, 37.2, 1.2) * s,
        tibial_half_depth=_near(rng, 24.6, 1.0) * s,
        tibial_taper=_near(rng, 27, 2.8) * s,
        tibial_slope=_near(rng, 0.12, 0.045),
        tuberosity=_near(rng, 7.0, 1.0) * s,
        tibial_triangle=float(rng.uniform(0.04, 0.16)),
        eminence=_near(rng, 8.6, 1.1) * s,
        patella_radii=(_near(rng, 22, 1.6) * s, _near(rng, 9.8, 0.9) * s, _near(rng, 20.5, 1.9) * s),
        patella_height=(_near(rng, 30, 4.2) + 9 * dysplasia) * s,
        patella_shift=_near(rng, 2.0, 1.5) * s,
        patella_tilt=np.deg2rad(_near(rng, 4, 4)),
        patella_ridge=_near(rng, 0.37, 0.07),
        patella_apex=_near(rng, 0.45, 0.09),
        patella_bare=_near(rng, 0.34, 0.1),
        patella_bow=_near(rng, 0.4, 0.1),
        patella_cortex_mm=float(rng.uniform(0.6, 1.3)),
        cortex_mm=(float(rng.uniform(3.0, 6.0)), float(rng.uniform(3.0, 5.5))),
        cartilage_mm=draw_cartilage_mm(rng),
        film_mm=(float(rng.uniform(0.1, 1.3)), float(rng.uniform(0.1, 1.5))),
    )
