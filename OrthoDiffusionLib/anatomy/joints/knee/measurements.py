"""What is measured of a knee: definitions, ranges on MRI, and where both were read.

Ranges are of adults without complaint where the source has them. "Assumed" are ranges for which no source was opened.
"""

from __future__ import annotations

from OrthoDiffusionLib.anatomy.measurement_definition import MeasurementDefinition
from OrthoDiffusionLib.anatomy.size_range import ASSUMED, ASSUMED_WIDTH, PUBLISHED

_LIMB = {"upper": "femur", "lower": "tibia"}
_POSTERIOR = ("posterior_medial_condyle", "posterior_lateral_condyle")
_SHAFT = ("upper_tibial_shaft", "lower_tibial_shaft")

_TROCHLEA = "PMC9174504 fig. 4"
_EXTENSOR = {**_LIMB, "cap": "patella", "tendon": "patellar_tendon"}

KNEE_MEASUREMENTS: tuple[MeasurementDefinition, ...] = (
    MeasurementDefinition(
        "insall_salvati_ratio",
        "Insall-Salvati ratio",
        "1",
        "Length of the patellar tendon, from the lower pole of the patella to where the back of the tendon meets the "
        "tibia, divided by the greatest length of the patella in a sagittal slice through its middle; straight lines.",
        "insall_salvati",
        parts=_EXTENSOR,
        points=("upper_pole", "lower_pole", "tendon_insertion"),
        plane="sagittal",
        low=0.93,
        high=1.33,
        source="PMC6473803 fig. 1; MRI reads 0.13 above radiographs (PubMed 22446841); range assumed from 0.8 to 1.2 "
        "on radiographs",
    ),
    MeasurementDefinition(
        "caton_deschamps_ratio",
        "Caton-Deschamps ratio",
        "1",
        "Distance from the lower edge of the patella's articular surface to the anterior upper corner of the tibia, "
        "divided by the length of that surface; straight lines in a sagittal slice through the patella.",
        "caton_deschamps",
        parts={**_LIMB, "cap": "patella", "cap_cartilage": "patellar_cartilage"},
        points=("upper_articular_edge", "lower_articular_edge", "anterior_tibial_corner"),
        plane="sagittal",
        low=0.6,
        high=1.3,
        source="limits of agreement on MRI above 0.2 (van Sambeeck, p. 39); range assumed",
    ),
    MeasurementDefinition(
        "trochlear_sulcus_angle",
        "Trochlear sulcus angle",
        "deg",
        "Angle at the floor of the trochlear groove between the highest points of its two facets, on subchondral bone, "
        "in the axial slice 3 cm above the lower end of the femur.",
        "sulcus_angle",
        parts=_LIMB,
        points=("medial_facet_top", "groove_floor", "lateral_facet_top"),
        plane="axial",
        low=120.0,
        high=145.0,
        basis=ASSUMED_WIDTH,
        source="without dislocation 132.5°, with it 143° (CT, PMC5134791)",
    ),
    MeasurementDefinition(
        "trochlear_depth",
        "Trochlear depth",
        "mm",
        "How far the floor of the trochlear groove lies behind the mean of its two facets' highest points, measured "
        "square to the posterior condylar line, on subchondral bone, 3 cm above the lower end of the femur.",
        "trochlear_depth",
        parts=_LIMB,
        points=(*_POSTERIOR, "medial_facet_top", "groove_floor", "lateral_facet_top"),
        lines=(_POSTERIOR, ("medial_facet_top", "groove_floor", "lateral_facet_top")),
        plane="axial",
        low=3.0,
        high=9.0,
        basis=ASSUMED_WIDTH,
        source=f"below 3 mm abnormal ({_TROCHLEA}); without dislocation 6.0 mm (CT, PMC5134791)",
    ),
    MeasurementDefinition(
        "lateral_trochlear_inclination",
        "Lateral trochlear inclination",
        "deg",
        "Angle between the posterior condylar line and the steepest 10 mm of the lateral facet of the trochlea, on "
        "subchondral bone, 3 cm above the lower end of the femur; positive where the facet rises to its lateral edge.",
        "lateral_trochlear_inclination",
        parts=_LIMB,
        points=(*_POSTERIOR, "lateral_facet_inner", "lateral_facet_outer"),
        lines=(_POSTERIOR, ("lateral_facet_inner", "lateral_facet_outer")),
        plane="axial",
        low=11.0,
        high=30.0,
        source=f"below 11° abnormal ({_TROCHLEA}); upper end assumed",
    ),
    MeasurementDefinition(
        "patellar_tilt",
        "Patellar tilt",
        "deg",
        "Angle between the posterior condylar line and the line through the medial and lateral edge of the patella in "
        "the axial slice where it is widest; positive where the lateral edge is tilted backwards.",
        "patellar_tilt",
        parts={**_LIMB, "cap": "patella"},
        points=(*_POSTERIOR, "medial_patellar_edge", "lateral_patellar_edge"),
        lines=(_POSTERIOR, ("medial_patellar_edge", "lateral_patellar_edge")),
        plane="axial",
        low=0.0,
        high=10.0,
        basis=ASSUMED_WIDTH,
        source="10° and more is tilt; 9.8° without, 19.2° with complaints (Grelsamer 2008)",
    ),
    MeasurementDefinition(
        "tt_tg_distance",
        "TT-TG distance",
        "mm",
        "How far lateral of the floor of the trochlear groove the middle of the patellar tendon's insertion on the "
        "tibia lies, along the posterior condylar line; negative where it lies medial of the groove.",
        "tt_tg",
        parts={**_LIMB, "tendon": "patellar_tendon"},
        points=(*_POSTERIOR, "groove_floor", "tendon_insertion"),
        lines=(_POSTERIOR, ("groove_floor", "tendon_insertion")),
        plane="axial",
        low=2.0,
        high=17.0,
        basis=PUBLISHED,
        source="300 healthy knees on MRI, 8.3 mm (2 to 17), scite Cho; MRI reads less than CT (14.7 and 16.9 mm, "
        "Camp, n = 59): the limit of 20 mm of CT does not hold; ±2.4 mm by adduction",
    ),
    *(
        MeasurementDefinition(
            f"{side}_tibial_slope",
            f"{side.capitalize()} tibial slope",
            "deg",
            f"Slope of the subchondral bone of the {side} tibial plateau from front to back, against a line square to "
            "the axis of the tibial shaft, in a sagittal slice through the middle of the plateau; positive where the "
            "plateau falls backwards.",
            "tibial_slope",
            parts={**_LIMB, "plate": f"{side}_tibial_cartilage"},
            points=(*_SHAFT, "anterior_plateau", "posterior_plateau"),
            lines=(_SHAFT, ("anterior_plateau", "posterior_plateau")),
            plane="sagittal",
            low=low,
            high=high,
            basis=PUBLISHED,
            source=f"on MRI {mean} ± {deviation}°, mean ± 2 SD (OJSM 23259671211033882); axis and tangent PMC9791884",
        )
        for side, mean, deviation, low, high in (
            ("medial", 3.7, 3.4, -3.1, 10.5),
            ("lateral", 5.7, 3.7, -1.7, 13.1),
        )
    ),
    *(
        MeasurementDefinition(
            f"{side}_meniscal_extrusion",
            f"{side.capitalize()} meniscal extrusion",
            "mm",
            f"How far the {side} meniscus reaches beyond the edge of the tibial plateau, spurs left out, in the "
            "coronal slice through the middle of the meniscus; negative where it ends inside the edge.",
            "meniscal_extrusion",
            parts={**_LIMB, "meniscus": f"{side}_meniscus", "plate": f"{side}_tibial_cartilage"},
            points=("opposite_tibial_edge", "tibial_edge", "meniscal_edge"),
            plane="coronal",
            low=-5.0,
            high=3.0,
            basis=ASSUMED,
            source="3 mm is the usual limit, 4 mm separates better (n = 958, PMC6443617); outlines in 3D are the "
            "reference (Jones, s00167-017-4544-4); lower end assumed",
        )
        for side in ("medial", "lateral")
    ),
    MeasurementDefinition(
        "effusion_volume",
        "Volume of joint fluid",
        "mL",
        "Volume of all fluid in the joint, the little that every joint holds among it; bursae and cysts are left out.",
        "fluid_volume",
        parts={"fluid": "joint_fluid"},
        low=0.0,
        high=5.0,
        source="4 mm of depth go with about 4 mL (Schweitzer, AJR 159:361); range assumed",
    ),
    MeasurementDefinition(
        "effusion_depth",
        "Depth of the suprapatellar effusion",
        "mm",
        "Greatest depth from front to back of the fluid above the patella, in the sagittal slices of the midline.",
        "fluid_depth",
        parts={**_LIMB, "cap": "patella", "fluid": "joint_fluid"},
        points=("anterior_fluid", "posterior_fluid"),
        plane="sagittal",
        low=0.0,
        high=5.0,
        basis=PUBLISHED,
        source="5 mm and more is an effusion (JKRS 42:825); 4 mm go with about 4 mL (Schweitzer, AJR 159:361)",
    ),
)
