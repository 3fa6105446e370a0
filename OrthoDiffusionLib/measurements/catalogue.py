"""All that is measured of a joint: which methods there are, and every number of one segmentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from OrthoDiffusionLib.anatomy import Joint, MeasurementDefinition, Side
from OrthoDiffusionLib.findings.measurement import Measurement
from OrthoDiffusionLib.findings.segmentation import Segmentation
from OrthoDiffusionLib.measurements import (
    effusion,
    meniscal_extrusion,
    patellar_height,
    patellar_tilt,
    tibial_slope,
    trochlea,
    tt_tg,
)
from OrthoDiffusionLib.measurements.cartilage_thickness import cartilage_thicknesses, thickness_definitions
from OrthoDiffusionLib.measurements.measuring import Measuring, NotMeasurable
from OrthoDiffusionLib.measurements.method import Method, PointMethod
from OrthoDiffusionLib.messages import Message

METHODS: Mapping[str, Method] = MappingProxyType(
    {
        "insall_salvati": patellar_height.INSALL_SALVATI,
        "caton_deschamps": patellar_height.CATON_DESCHAMPS,
        "sulcus_angle": trochlea.SULCUS_ANGLE,
        "trochlear_depth": trochlea.DEPTH,
        "lateral_trochlear_inclination": trochlea.INCLINATION,
        "patellar_tilt": patellar_tilt.PATELLAR_TILT,
        "tt_tg": tt_tg.TT_TG,
        "tibial_slope": tibial_slope.TIBIAL_SLOPE,
        "meniscal_extrusion": meniscal_extrusion.MENISCAL_EXTRUSION,
        "fluid_volume": effusion.FLUID_VOLUME,
        "fluid_depth": effusion.FLUID_DEPTH,
    }
)
"""Key of a definition -> how it is measured."""

THICK_SLICE_MM = 5.0
"""Slices farther apart miss landmarks whose place is wanted to a millimetre or two."""


def definitions(joint: Joint) -> tuple[MeasurementDefinition, ...]:
    """Everything that is measured of a joint, in the order of a report: thicknesses last."""
    return (*joint.measurements, *thickness_definitions(joint.structures, joint.sizes))


def measure(
    segmentation: Segmentation,
    joint: Joint,
    side: Side | None,
    *,
    slice_steps_mm: Mapping[str, float] | None = None,
) -> tuple[Measurement, ...]:
    """Every measurement of a joint, with value or with the reason why there is none.

    Args:
        segmentation: of the whole joint, in the patient's RAS mm.
        joint: which measurements there are, and what is usual.
        side: None where it is unknown: nothing that tells medial from lateral is measured then.
        slice_steps_mm: plane -> distance of the slices that showed it; a plane that is missing was not imaged. None
            where nothing is known of the slices, as of outlines drawn by hand.
    """
    measuring = Measuring(segmentation, side or Side.RIGHT)
    found = [_measured(measuring, definition, side, slice_steps_mm) for definition in joint.measurements]
    return (*found, *cartilage_thicknesses(segmentation, joint.sizes, side_known=side is not None))


def _measured(
    measuring: Measuring,
    definition: MeasurementDefinition,
    side: Side | None,
    slice_steps_mm: Mapping[str, float] | None,
) -> Measurement:
    def with_value(value: float | None, **more) -> Measurement:
        return Measurement(
            definition.name, value, definition.unit, range=definition.range, source=definition.source, **more
        )

    method = METHODS[definition.method]
    try:
        if isinstance(method, PointMethod):
            _check(definition, side, slice_steps_mm)
            points = method.find(measuring, definition.parts)
            in_patient = measuring.in_patient(np.stack([points[role] for role in definition.points]))
            try:
                value, note = value_from_points(definition, in_patient), method.caution(measuring, definition.parts)
                return with_value(value, points_ras=in_patient, note=note)
            except ValueError as coincide:  # or are no numbers: outlines that are no joint's
                structure = measuring.title(next(iter(definition.parts.values()), definition.name))
                raise NotMeasurable(Message("not_measured", "unclear", {"structure": structure})) from coincide
        return with_value(method.measure(measuring, definition.parts))
    except NotMeasurable as reason:
        return with_value(None, note=reason.message)


def _check(definition: MeasurementDefinition, side: Side | None, slice_steps_mm: Mapping[str, float] | None) -> None:
    """Refuse what the side or the slices do not allow."""
    if side is None:
        raise NotMeasurable(Message("not_measured", "side_unknown"))
    if slice_steps_mm is None or not definition.plane:
        return
    if definition.plane not in slice_steps_mm:
        raise NotMeasurable(Message("not_measured", "plane_missing", {"plane": definition.plane}))
    if slice_steps_mm[definition.plane] > THICK_SLICE_MM:
        raise NotMeasurable(
            Message(
                "not_measured", "thick_slices", {"plane": definition.plane, "step_mm": slice_steps_mm[definition.plane]}
            )
        )


def value_from_points(definition: MeasurementDefinition, points_ras: Sequence[tuple[float, float, float]]) -> float:
    """The number that points give; for a measurement that is drawn of points, after one of them was moved.

    Args:
        definition: whose `points` name them.
        points_ras: (x, y, z) in RAS mm in that order, of a right or a left joint.

    Raises:
        ValueError: if they are not as many, two of them coincide, or the measurement is none of points.
    """
    method = METHODS.get(definition.method)
    if not isinstance(method, PointMethod):
        raise ValueError(f"{definition.name} is not measured from points")
    return method.value(dict(zip(definition.points, points_ras, strict=True)))
