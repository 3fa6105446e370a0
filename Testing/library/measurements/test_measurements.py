"""Numbers of a report: against the landmarks a knee was drawn with, mirrored, ragged, cut off, and moved by hand."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.anatomy import ANKLE, KNEE, SHOULDER, Side
from OrthoDiffusionLib.findings import Segmentation
from OrthoDiffusionLib.measurements import definitions, measure, value_from_points
from OrthoDiffusionLib.messages import german
from OrthoDiffusionLib.volumes import Geometry, Volume

DEFINITIONS = {one.name: one for one in definitions(KNEE)}
OF_POINTS = [one for one in DEFINITIONS.values() if one.points]
WITHIN = {"1": 0.08, "deg": 5.0, "mm": 2.5}
"""One knee may be farther off than the median of many should be."""


def _named(segmentation: Segmentation, side: Side | None = Side.RIGHT, **more) -> dict:
    return {one.name: one for one in measure(segmentation, KNEE, side, **more)}


def _without(segmentation: Segmentation, name: str) -> Segmentation:
    array = segmentation.labels.array.copy()
    array[array == segmentation.structure(name).label] = 0
    return Segmentation(segmentation.labels.with_array(array), segmentation.structures)


def _cropped(segmentation: Segmentation, low: tuple, high: tuple) -> Segmentation:
    """What lies between two corners, RAS mm, as a field of view shows it."""
    geometry = segmentation.labels.geometry
    first = np.maximum(np.rint(geometry.to_ijk(np.array(low))), 0).astype(int)
    last = np.minimum(np.rint(geometry.to_ijk(np.array(high))), np.array(geometry.shape) - 1).astype(int)
    box = tuple(slice(a, b + 1) for a, b in zip(first, last, strict=True))
    affine = geometry.affine.copy()
    affine[:3, 3] = geometry.to_ras(first)
    array = np.ascontiguousarray(segmentation.labels.array[box])
    return Segmentation(Volume(array, Geometry(array.shape, affine)), segmentation.structures)


def test_everything_that_the_contract_names_is_measured():
    assert set(DEFINITIONS) == {
        "insall_salvati_ratio", "caton_deschamps_ratio", "trochlear_sulcus_angle", "trochlear_depth",
        "lateral_trochlear_inclination", "patellar_tilt", "tt_tg_distance", "medial_tibial_slope",
        "lateral_tibial_slope", "medial_meniscal_extrusion", "lateral_meniscal_extrusion", "effusion_volume",
        "effusion_depth", "femoral_cartilage_thickness", "medial_tibial_cartilage_thickness",
        "lateral_tibial_cartilage_thickness", "patellar_cartilage_thickness",
    }  # fmt: skip
    for one in DEFINITIONS.values():
        assert one.definition.endswith(".") and one.range is not None and (one.source or one.basis == "assumed")


def test_a_joint_without_measurements_of_its_own_has_the_thickness_of_its_plates_or_none():
    assert [one.name for one in definitions(ANKLE)] == [
        "tibial_plafond_cartilage_thickness", "talar_dome_cartilage_thickness",
    ]  # fmt: skip
    assert definitions(SHOULDER) == ()


WITHOUT_LANDMARKS = ("effusion_depth",)
"""The construction of a digital knee knows no landmark of these; `evaluate` says so too."""


@pytest.mark.parametrize(
    "definition", [one for one in OF_POINTS if one.name not in WITHOUT_LANDMARKS], ids=lambda one: one.name
)
def test_a_drawn_knee_measures_as_it_was_drawn(right_knee, measured, definition):
    points = right_knee.points[definition.name]
    truth = value_from_points(definition, [points[role] for role in definition.points])
    limit = 1.5 if definition.name.endswith("extrusion") else WITHIN[definition.unit]
    assert measured[definition.name].value == pytest.approx(truth, abs=limit)


def test_volume_and_thickness_are_those_that_were_painted(right_knee, measured):
    for name, truth in right_knee.values.items():
        found = measured[name]
        if found.unit == "mL":
            assert found.value == pytest.approx(truth, rel=0.15)
        else:
            assert found.value == pytest.approx(truth, abs=0.5)


def test_a_left_knee_measures_like_its_mirror_image(measured, left_knee):
    mirrored = _named(left_knee, Side.LEFT)
    for name, one in measured.items():
        assert mirrored[name].value == pytest.approx(one.value, abs=1e-3), name
        flipped = np.array(mirrored[name].points_ras) * [-1, 1, 1] if one.points_ras else np.zeros((0, 3))
        assert flipped == pytest.approx(np.array(one.points_ras).reshape(-1, 3), abs=1e-2)


@pytest.mark.parametrize("codes", ["LPS", "ASR"])
def test_how_the_outlines_are_stored_changes_nothing(right_knee, measured, codes):
    stored = right_knee.segmentation.labels.reoriented(codes)
    stored = stored.with_array(np.ascontiguousarray(stored.array))
    again = _named(Segmentation(stored, KNEE.structures))
    for name, one in measured.items():
        assert again[name].value == pytest.approx(one.value, abs={"1": 0.01, "deg": 1.5}.get(one.unit, 0.5)), name


@pytest.mark.parametrize("definition", OF_POINTS, ids=lambda one: one.name)
def test_a_number_comes_again_from_its_points_and_changes_with_them(measured, definition):
    found = measured[definition.name]
    assert len(found.points_ras) == len(definition.points)
    assert value_from_points(definition, found.points_ras) == pytest.approx(found.value)
    moved = [tuple(np.array(point) + 4.0 * np.array([0.6, 0.7, 0.4]) * (n == 0)) for n, point in
             enumerate(found.points_ras)]  # fmt: skip
    assert abs(value_from_points(definition, moved) - found.value) > 0.01
    with pytest.raises(ValueError, match="argument"):
        value_from_points(definition, found.points_ras[1:])
    if definition.name != "effusion_depth":  # a depth may be 0
        with pytest.raises(ValueError, match="must not be at the same place"):
            value_from_points(definition, [found.points_ras[0]] * len(definition.points))


def test_signs_are_those_of_the_definitions():
    def of(name: str, **points: tuple[float, float, float]) -> float:
        return value_from_points(DEFINITIONS[name], [points[role] for role in DEFINITIONS[name].points])

    line = {"posterior_medial_condyle": (-20.0, 0.0, 30.0), "posterior_lateral_condyle": (20.0, 0.0, 30.0)}
    tilted = of("patellar_tilt", **line, medial_patellar_edge=(-20, 80, 30), lateral_patellar_edge=(20, 73, 30))
    assert tilted == pytest.approx(np.degrees(np.arctan(7 / 40)))
    lateral = of("tt_tg_distance", **line, groove_floor=(0, 60, 30), tendon_insertion=(9, 62, -40))
    assert lateral == pytest.approx(9.0)
    rising = of(
        "lateral_trochlear_inclination", **line, lateral_facet_inner=(2, 60, 30), lateral_facet_outer=(18, 65, 30)
    )
    assert rising == pytest.approx(np.degrees(np.arctan(5 / 16)))
    falling_back = of(
        "medial_tibial_slope", upper_tibial_shaft=(0, 0, -40), lower_tibial_shaft=(0, 0, -70),
        anterior_plateau=(-20, 15, -2), posterior_plateau=(-20, -20, -6),
    )  # fmt: skip
    assert falling_back == pytest.approx(np.degrees(np.arctan(4 / 35)))
    beyond = of(
        "medial_meniscal_extrusion", opposite_tibial_edge=(36, 0, -6), tibial_edge=(-36, 0, -6),
        meniscal_edge=(-38.5, 0, 1),
    )  # fmt: skip
    assert beyond == pytest.approx(2.5)


def test_ragged_outlines_and_stray_pieces_move_no_number_far(right_knee, measured):
    array = right_knee.segmentation.labels.array.copy()
    rng = np.random.default_rng(0)
    rough = rng.random(array.shape) < 0.1
    shifted = np.roll(array, 1, axis=0)
    array[rough] = shifted[rough]
    for label in (1, 2, 3, 13, 8):  # a piece of each lies astray
        array[4:9, 5 + 8 * label : 10 + 8 * label, 8:12] = label
    ragged = _named(Segmentation(right_knee.segmentation.labels.with_array(array), KNEE.structures))
    for name, one in measured.items():
        if one.points_ras and name != "effusion_depth":
            assert ragged[name].value == pytest.approx(one.value, abs=WITHIN[one.unit]), name


@pytest.mark.parametrize(
    ("gone", "names"),
    [
        (
            "patella",
            (
                "insall_salvati_ratio",
                "caton_deschamps_ratio",
                "patellar_tilt",
                "effusion_depth",
                "patellar_cartilage_thickness",
            ),
        ),
        ("patellar_tendon", ("insall_salvati_ratio", "tt_tg_distance")),
        ("lateral_meniscus", ("lateral_meniscal_extrusion",)),
        ("joint_fluid", ("effusion_volume", "effusion_depth")),
        ("medial_tibial_cartilage", ("medial_tibial_slope", "medial_tibial_cartilage_thickness")),
    ],
)
def test_without_a_structure_there_is_no_number_but_a_reason(right_knee, gone, names):
    found = _named(_without(right_knee.segmentation, gone))
    for name, one in found.items():
        if name in names:
            assert one.value is None and "not found" in one.note.text and one.points_ras == ()
        else:
            assert one.value is not None, (name, one.note.text)


def test_the_thickness_of_a_plate_that_is_cut_off_is_said_to_be_that_of_a_part(right_knee, measured):
    patella = right_knee.segmentation.centroid_ras("patella")
    found = _named(_cropped(right_knee.segmentation, (-64, -70, -78), (64, 74, patella[2])))
    one = found["patellar_cartilage_thickness"]
    assert one.value > 1.0
    said = "patellar cartilage is cut off by the field of view; this is the mean of the part that is shown."
    assert one.note.text == f"The {said}"
    assert not measured["patellar_cartilage_thickness"].note
    assert not found["medial_tibial_cartilage_thickness"].note


@pytest.mark.parametrize("bone", ["femur", "tibia"])
def test_crumbs_of_a_bone_give_reasons_and_end_nothing(right_knee, bone):
    """As the outlines of an image of something else."""
    segmentation = right_knee.segmentation
    labels, label = segmentation.labels.array.copy(), segmentation.structure(bone).label
    labels[labels == label] = 0
    labels[2, 2, 2] = labels[91:94:2, 91:94:2, 91:94:2] = label
    crumbs = Segmentation(segmentation.labels.with_array(labels), segmentation.structures)
    found = {one.name: one for one in measure(crumbs, KNEE, Side.RIGHT)}
    assert found["tt_tg_distance"].value is None
    assert f"mm of the {bone} are shown" in found["medial_meniscal_extrusion"].note.text


@pytest.mark.parametrize("seed", range(4))
def test_outlines_that_are_all_holes_give_reasons_and_end_nothing(right_knee, seed):
    """As of an image that shows hardly more than noise."""
    segmentation = right_knee.segmentation
    labels = segmentation.labels.array.copy()
    labels[np.random.default_rng(seed).random(labels.shape) < 0.9] = 0
    found = _named(Segmentation(segmentation.labels.with_array(labels), segmentation.structures))
    assert all(one.note.text if one.value is None else np.isfinite(one.value) for one in found.values())


def test_a_field_of_view_that_cuts_a_landmark_off_gives_no_number(right_knee):
    whole = (-64, -70, -78), (64, 74, 92)
    no_front = _named(_cropped(right_knee.segmentation, whole[0], (64, 40, 92)))
    assert no_front["patellar_tilt"].value is None and "cut off" in no_front["patellar_tilt"].note.text
    assert no_front["insall_salvati_ratio"].value is None
    assert no_front["medial_meniscal_extrusion"].value is not None
    low = _named(_cropped(right_knee.segmentation, (-64, -70, -50), whole[1]))
    assert low["medial_tibial_slope"].value is None
    assert "mm of the tibia are shown" in low["medial_tibial_slope"].note.text
    lower = _named(_cropped(right_knee.segmentation, (-64, -70, -28), whole[1]))
    assert {lower[name].value for name in ("tt_tg_distance", "trochlear_depth", "patellar_tilt")} == {None}
    assert lower["femoral_cartilage_thickness"].value is not None


def test_what_was_not_imaged_counts_as_cut_off(right_knee):
    segmentation = right_knee.segmentation
    imaged = np.ones(segmentation.labels.array.shape, dtype=bool)
    k = int(segmentation.labels.geometry.to_ijk(np.array([0.0, 0.0, -40.0]))[2])
    imaged[:, :, :k] = False
    labels = segmentation.labels.array * imaged
    found = _named(Segmentation(segmentation.labels.with_array(labels), KNEE.structures, imaged=imaged))
    assert found["medial_tibial_slope"].value is None


def test_slices_that_are_thick_or_missing_and_an_unknown_side_give_a_reason(right_knee):
    steps = {"sagittal": 3.3, "coronal": 6.0}
    found = _named(right_knee.segmentation, slice_steps_mm=steps)
    assert found["tt_tg_distance"].note.text == "The axial plane, which shows it, is missing."
    assert found["medial_meniscal_extrusion"].note.text == "The coronal slices are 6.0 mm apart, too far for it."
    assert found["insall_salvati_ratio"].value is not None and found["effusion_volume"].value is not None
    unknown = _named(right_knee.segmentation, None)
    assert unknown["tt_tg_distance"].value is None and "side is unknown" in unknown["tt_tg_distance"].note.text
    assert unknown["effusion_volume"].value is not None
    for plate in ("medial_tibial_cartilage", "lateral_tibial_cartilage"):
        one = unknown[f"{plate}_thickness"]
        assert one.value is None and "medial cannot be told from lateral" in one.note.text
    assert unknown["femoral_cartilage_thickness"].value is not None


def test_a_groove_that_is_no_groove_gives_no_tt_tg(right_knee):
    segmentation = right_knee.segmentation
    array = segmentation.labels.array.copy()
    where = np.argwhere(array == 1)
    places = segmentation.labels.geometry.to_ras(where)
    front = places[:, 1].max()
    array[tuple(where[(places[:, 1] > front - 12.0) & (places[:, 2] < 60)].T)] = 0
    flat = _named(Segmentation(segmentation.labels.with_array(array), KNEE.structures))
    assert flat["tt_tg_distance"].value is None


def _with_groove(segmentation: Segmentation, share: float) -> Segmentation:
    """The femur with its trochlear groove filled up from the front: what is left is a share of its depth."""
    labels = segmentation.labels
    array, geometry = labels.array.copy(), labels.geometry
    femur = array == 1
    low = geometry.to_ras(np.argwhere(femur))[:, 2].min()
    first, last = (int(np.rint(geometry.to_ijk(np.array([0.0, 0.0, low + z]))[2])) for z in (18.0, 42.0))
    x = np.arange(femur.shape[0])
    for k in range(first, last + 1):
        columns = femur[:, :, k].any(axis=1)
        front = np.where(columns, femur.shape[1] - 1 - femur[:, ::-1, k].argmax(axis=1), -1)
        middle = int(x[columns].mean())
        tops = [int(front[:middle].argmax()), middle + int(front[middle:].argmax())]
        edge = np.interp(x, tops, front[tops])
        for i in range(tops[0], tops[1] + 1):
            filled = int(np.rint(edge[i] - share * (edge[i] - front[i])))
            array[i, front[i] : filled + 1, k] = 1
    return Segmentation(labels.with_array(array), segmentation.structures)


def test_the_flatter_the_groove_the_less_is_said_of_tt_tg(right_knee, measured):
    found = {share: _named(_with_groove(right_knee.segmentation, share)) for share in (0.1, 0.35)}
    assert measured["tt_tg_distance"].value is not None and not measured["tt_tg_distance"].note
    shallow, flat = found[0.35]["tt_tg_distance"], found[0.1]["tt_tg_distance"]
    assert abs(shallow.value - measured["tt_tg_distance"].value) < 4.0
    assert "may be off by 2 mm and more" in shallow.note.text
    assert "können um 2 mm und mehr abweichen" in shallow.note.words(german.LANGUAGE).what
    assert flat.value is None and "the place of its floor cannot be told" in flat.note.text
    depth = [found[share]["trochlear_depth"].value for share in (0.35, 0.1)]
    assert depth[0] > 1.0 and (depth[1] is None or depth[1] < 1.6)  # the depth itself is measured all the same


def test_a_speck_of_fluid_at_the_border_does_not_hide_the_volume_but_fluid_that_goes_on_does(right_knee, measured):
    labels = right_knee.segmentation.labels
    speck, more = labels.array.copy(), labels.array.copy()
    speck[0, 50:53, 50:53] = 18
    more[:8, 50:80, 50:80] = 18
    one, other = (
        _named(Segmentation(labels.with_array(array), KNEE.structures))["effusion_volume"] for array in (speck, more)
    )
    assert one.value == pytest.approx(measured["effusion_volume"].value, abs=0.02)
    assert other.value is None and "cut off" in other.note.text and "mL" in other.note.text
