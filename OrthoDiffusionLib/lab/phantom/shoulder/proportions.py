"""Proportions: the sizes of one shoulder and how its arm is turned, drawn from ranges of people.

Sources stand beside the numbers; what has none is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PROCEDURAL, WIDE = "procedural", "wide"

# Name of what anatomies differ in -> mean and standard deviation of people.
_SHAPE: dict[str, tuple[float, float]] = {
    # coronal radius of the humeral head 23.4 ± 2.1 (CT, n = 80, JOSR 2023 03504)
    "head_radius_mm": (23.4, 2.1),
    # 26 ± 11° (CT, n = 410, jse.2014.02.020)
    "retroversion_deg": (26.0, 11.0),
    # 1 ± 3° to the back (same source)
    "version_deg": (1.0, 3.0),
    # how much the acromion rises from back to front, and the angle from the glenoid to its lateral edge: assumed
    "acromial_slope_deg": (10.0, 5.0),
    "critical_shoulder_angle_deg": (33.0, 3.5),
}
# The middle of a range ends here, in standard deviations; what no training sees lies beyond it, to the end.
_MIDDLE, _END = 1.0, 1.9


@dataclass(frozen=True, kw_only=True)
class Proportions:
    """The sizes of one right shoulder, millimetres and degrees.

    Attributes:
        head_radius_mm: of the humeral head in the plane of its neck; axially it is `head_axial_mm`.
        retroversion_deg: of the humeral head against the elbow.
        version_deg: how far the glenoid faces backward.
        acromial_slope_deg: how much the acromion rises from back to front.
        critical_shoulder_angle_deg: between the glenoid and the line from its lower end to the acromion's lateral edge.
        glenoid_height_mm, glenoid_upper_mm, glenoid_lower_mm: its length and its breadths.
        acromiohumeral_mm: from the head's top to the acromion.
        acromion_mm: thickness.
        coracohumeral_mm: from the coracoid's tip to the humerus.
        acromioclavicular_mm: width of the joint.
        humeral_cartilage_mm, glenoid_cartilage_mm: thickness in the middle.
        film_mm: between the two plates.
        labrum_mm: its height in front and at the back.
        supraspinatus_mm, infraspinatus_mm, subscapularis_mm, teres_minor_mm: thickness of the tendons.
        biceps_mm: width of the long head's tendon.
        rotation_deg: of the arm, outward positive.
        abduction_deg: of the arm.
    """

    head_radius_mm: float
    head_axial_mm: float
    retroversion_deg: float
    version_deg: float
    acromial_slope_deg: float
    critical_shoulder_angle_deg: float
    glenoid_height_mm: float
    glenoid_upper_mm: float
    glenoid_lower_mm: float
    acromiohumeral_mm: float
    acromion_mm: float
    coracohumeral_mm: float
    acromioclavicular_mm: float
    humeral_cartilage_mm: float
    glenoid_cartilage_mm: float
    film_mm: float
    labrum_mm: tuple[float, float]
    supraspinatus_mm: float
    infraspinatus_mm: float
    subscapularis_mm: float
    teres_minor_mm: float
    biceps_mm: float
    rotation_deg: float
    abduction_deg: float

    @property
    def size(self) -> float:
        """Of the person against a usual one."""
        return self.head_radius_mm / _SHAPE["head_radius_mm"][0]


def draw_proportions(anatomy: str, rng: np.random.Generator) -> Proportions:
    """Draw one person.

    Args:
        anatomy: "procedural" takes the middle of every range; "wide" takes at least two of head radius, retroversion,
            version, acromial slope and critical shoulder angle from beyond it. No training draws "wide".
    """
    away = rng.uniform(-_MIDDLE, _MIDDLE, len(_SHAPE))
    beyond = rng.permutation(len(_SHAPE))[: int(rng.integers(2, 4))]
    farther = rng.choice([-1.0, 1.0], len(beyond)) * rng.uniform(_MIDDLE, _END, len(beyond))
    if anatomy == WIDE:
        away[beyond] = farther
    shape = {name: mean + sd * far for (name, (mean, sd)), far in zip(_SHAPE.items(), away, strict=True)}
    size = shape["head_radius_mm"] / _SHAPE["head_radius_mm"][0]

    def near(mean: float, sd: float, *, grows: bool = True) -> float:
        """A size that goes partly with the person's, within 1.8 standard deviations."""
        middle = mean * (0.5 + 0.5 * size) if grows else mean
        return float(middle + np.clip(rng.normal(0, 0.7 * sd), -1.4 * sd, 1.4 * sd))

    upper = near(19.5, 2.2)
    return Proportions(
        **shape,
        # 21.8 against 23.4 in the coronal plane (same source as the radius)
        head_axial_mm=float(
            np.clip(shape["head_radius_mm"] * np.clip(rng.normal(0.932, 0.02), 0.89, 0.97), 18.2, 25.4)
        ),
        # Folia Morphol 82:325, n = 501
        glenoid_height_mm=near(35.1, 3.2),
        glenoid_upper_mm=upper,
        glenoid_lower_mm=max(near(26.0, 2.6), upper + 3.0),
        # MRI, lying, n = 234, PubMed 32524165
        acromiohumeral_mm=near(9.2, 1.5, grows=False),
        acromion_mm=near(8.0, 0.6),
        coracohumeral_mm=near(9.5, 0.9, grows=False),
        acromioclavicular_mm=near(2.0, 0.5, grows=False),
        humeral_cartilage_mm=near(1.2, 0.12, grows=False),
        # CT arthrography, n = 8: 1.3 in the middle, 3.0 in front and 2.9 at the back
        glenoid_cartilage_mm=near(1.35, 0.15, grows=False),
        film_mm=float(rng.uniform(0.35, 0.8)),
        labrum_mm=(near(5.2, 0.5), near(5.9, 0.5)),
        # ultrasound, men and women, n = 60
        supraspinatus_mm=near(5.2, 0.5),
        infraspinatus_mm=near(4.6, 0.45),
        subscapularis_mm=near(4.1, 0.4),
        teres_minor_mm=near(3.6, 0.4),
        # Folia Morphol 79:359
        biceps_mm=near(4.5, 0.6),
        rotation_deg=float(np.clip(rng.normal(8.0, 14.0), -20.0, 38.0)),
        abduction_deg=float(np.clip(rng.normal(9.0, 5.0), 0.0, 18.0)),
    )
