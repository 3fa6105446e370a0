"""A series is parted only where slices lie at one position, and by what tells these apart."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
from pydicom.uid import generate_uid

from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Plane, Study, plane_of, read_dicom_folder, read_inputs


def codes(notices):
    return [notice.code for notice in notices]


def chosen(folder):
    """The volume that a study takes for its sagittal plane."""
    volumes, notices = read_inputs([folder])
    return Study.from_volumes(volumes, notices=notices, joint="knee").planes[Plane.SAGITTAL]


WANDERING = {
    "echo time, two values": {"EchoTime": lambda n: (30.0, 30.004)[n % 2]},
    "echo time, three values": {"EchoTime": lambda n: (29.996, 30.0, 30.004)[n % 3]},
    "really different echo times": {"EchoTime": lambda n: (20.0, 40.0)[n % 2]},
    "pixel size": {"PixelSpacing": lambda n: [0.7 + 0.0002 * (n % 2), 0.5 + 0.0002 * (n % 2)]},
    "image type": {"ImageType": lambda n: ["ORIGINAL", "PRIMARY", "M", ("ND", "NORM")[n % 2]]},
    "acquisition number": {"AcquisitionNumber": lambda n: n % 2 + 1},
    "acquisition time": {"AcquisitionTime": lambda n: f"1200{n:02d}.5"},
    "b-value": {"DiffusionBValue": lambda n: 100.0 * (n % 3)},
    "temporal position": {"TemporalPositionIdentifier": lambda n: n + 1},
    "trigger time": {"TriggerTime": lambda n: 37.5 * n},
    "direction": {"ImageOrientationPatient": lambda n: [0.0004 * (n % 2), 1.0, 0.0, 0.0, 0.0, -1.0]},
    "series number": {"SeriesNumber": lambda n: n % 2 + 1},
    "description": {"SeriesDescription": lambda n: ("sag pd", "SAG PD")[n % 2]},
    "frame of reference in each slice": {"FrameOfReferenceUID": lambda n: f"1.2.9.{n + 1}"},
    "frame of reference in some slices": {"FrameOfReferenceUID": lambda n: ("1.2.9", "")[n % 2]},
}


@pytest.mark.parametrize("tags", WANDERING.values(), ids=WANDERING)
def test_a_tag_that_wanders_from_slice_to_slice_leaves_one_stack(tmp_path, write_series, tags):
    write_series(tmp_path, slices=12, **tags)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array[0, 0].tolist() == list(range(100, 112))
    np.testing.assert_allclose(volume.geometry.spacing_mm, (0.5, 0.7, 4.0), atol=2e-3)
    assert notices == []


@pytest.mark.parametrize("thickness", [0.7, 16.0, 96.0])
def test_thin_slices_are_kept_where_the_thickness_is_that_of_the_slab(tmp_path, write_series, thickness):
    write_series(tmp_path, slices=40, step=0.7, SliceThickness=thickness)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array[0, 0].tolist() == list(range(100, 140))
    assert notices == []


@pytest.mark.parametrize("tags", list(WANDERING.values())[:7], ids=list(WANDERING)[:7])
def test_a_wandering_tag_does_not_spoil_the_parting_of_echoes(tmp_path, write_series, tags):
    series = generate_uid()
    for number in range(2):
        more = {**tags, "EchoNumbers": number + 1, "EchoTime": lambda n, te=15.0 * number + 15: te + 0.004 * (n % 2)}
        write_series(tmp_path, slices=12, series=series, prefix=f"{number}_", seed=number, **more)
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [12, 12]
    assert [volume.echo_time_ms for volume in volumes] == pytest.approx([15.0, 30.0], abs=0.01)
    assert notices == []


def test_pixel_sizes_that_really_differ_are_parted(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, series=series, prefix="a", PixelSpacing=[0.5, 0.5])
    write_series(tmp_path, series=series, prefix="b", first=(-60.0, -20.0, 15.0), PixelSpacing=[0.7, 0.7])
    volumes, _ = read_dicom_folder(tmp_path)
    assert sorted(volume.geometry.spacing_mm[0] for volume in volumes) == pytest.approx([0.5, 0.7])
    assert len({volume.name for volume in volumes}) == 2
    assert [volume.stack for volume in volumes] == [0, 0]


def test_frames_of_reference_that_really_differ_are_parted(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, series=series, prefix="a", FrameOfReferenceUID="1.2.9.1")
    write_series(tmp_path, series=series, prefix="b", first=(-32.0, -20.0, 15.0), FrameOfReferenceUID="1.2.9.2")
    volumes, (notice,) = read_dicom_folder(tmp_path)
    assert {volume.origin.frame_of_reference for volume in volumes} == {"1.2.9.1", "1.2.9.2"}
    assert notice.code == "frame_of_reference"
    assert notice.what == "The slices of one series have 2 frames of reference and were split accordingly"


def test_real_echoes_of_one_series_big_endian_are_eight_volumes(tmp_path):
    """The sample echo, as its scanner had it: eight echoes of 24 slices, in one series, position by position."""
    for path in resource_path("SampleData", "dicom_echo").glob("*.dcm"):
        dataset = pydicom.dcmread(path)
        instance = int(dataset.InstanceNumber)
        for echo in range(8):
            dataset.EchoNumbers, dataset.EchoTime = echo + 1, 6.312 * (echo + 1)
            dataset.InstanceNumber = instance + echo - 3
            dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
            dataset.save_as(tmp_path / f"{dataset.InstanceNumber:03d}.dcm")
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.array.shape for volume in volumes] == [(256, 256, 24)] * 8
    assert [volume.echo_time_ms for volume in volumes] == pytest.approx([6.312 * n for n in range(1, 9)])
    assert [volume.stack for volume in volumes] == list(range(8))
    assert notices == []


def test_echoes_within_b_values_within_pictures_are_all_parted(tmp_path, write_series):
    series = generate_uid()
    for picture in ("M", "P"):
        for b_value in (0.0, 800.0):
            for echo in (20.0, 40.0):
                write_series(tmp_path, series=series, prefix=f"{picture}{b_value}{echo}", EchoTime=echo,
                             DiffusionBValue=b_value, ImageType=["ORIGINAL", "PRIMARY", picture])  # fmt: skip
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [6] * 8
    assert len({volume.name for volume in volumes}) == 8
    assert volumes[0].name == "unnamed series [magnitude, TE 20.0 ms, b 0]"
    assert notices == []


def test_an_aborted_second_echo_does_not_touch_the_first(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, slices=24, series=series, prefix="a", EchoTime=20.0)
    write_series(tmp_path, slices=10, series=series, prefix="b", EchoTime=40.0)
    volumes, notices = read_dicom_folder(tmp_path)
    assert [(volume.array.shape[2], volume.echo_time_ms) for volume in volumes] == [(24, 20.0), (10, 40.0)]
    assert codes(notices) == []


def test_an_aborted_first_echo_goes_behind_the_whole_second(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, slices=10, series=series, prefix="a", EchoTime=20.0)
    write_series(tmp_path, slices=24, series=series, prefix="b", EchoTime=40.0)
    assert chosen(tmp_path).array.shape[2] == 24


REPEATS = {
    "acquisition number": lambda which: {"AcquisitionNumber": which + 1},
    "one time for each": lambda which: {"AcquisitionTime": f"12{which}000"},
    "a time for each slice": lambda which: {"AcquisitionTime": lambda n: f"12{which}0{n:02d}.25"},
    "time of content": lambda which: {"ContentDate": "20200101", "ContentTime": lambda n: f"12{which}0{n:02d}"},
    "instance number": lambda which: {"InstanceNumber": lambda n: 100 * which + n + 1},
    "series number": lambda which: {"SeriesNumber": which + 4},
    "file names only": lambda which: {},
}


@pytest.mark.parametrize("by", REPEATS.values(), ids=REPEATS)
@pytest.mark.parametrize("good", [0, 1], ids=["good first", "good last"])
def test_the_whole_acquisition_is_taken_and_the_aborted_one_named(tmp_path, write_series, by, good):
    series = generate_uid()
    for which in range(2):
        write_series(
            tmp_path, slices=33 if which == good else 18, step=2.9, series=series, prefix=f"{which}_", seed=which,
            picture=lambda n, which=which: np.arange(80, dtype=np.uint16).reshape(10, 8) + 1000 * which + n,
            SeriesDescription="PD FS SAG", **by(which),
        )  # fmt: skip
    volume = chosen(tmp_path)
    assert volume.name == "PD FS SAG"
    assert volume.array[0, 0].tolist() == [1000 * good + n for n in range(33)]
    volumes, (notice,) = read_dicom_folder(tmp_path)
    assert [(one.name, one.stack) for one in volumes] == [("PD FS SAG", 0), ("PD FS SAG [18 of 33 slices]", 1)]
    assert notice.code == "repeated_acquisition"
    assert "18 slices" in notice.what
    assert "33" in notice.what


def test_an_acquisition_that_was_almost_whole_goes_behind_the_whole_one(tmp_path, write_series):
    series = generate_uid()
    for which, slices in enumerate((31, 33)):
        write_series(tmp_path, slices=slices, series=series, prefix=f"{which}_", AcquisitionNumber=which + 1)
    assert chosen(tmp_path).array.shape[2] == 33


def test_an_acquisition_repeated_in_a_series_of_its_own_is_told_from_the_whole_one(tmp_path, write_series):
    for which, slices in enumerate((18, 33)):
        write_series(tmp_path / str(which), slices=slices, SeriesNumber=8 + which, SeriesDescription="PD FS SAG")
    assert chosen(tmp_path).name == "PD FS SAG (series 9)"
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.name for volume in volumes] == ["PD FS SAG (series 8)", "PD FS SAG (series 9)"]
    assert codes(notices) == ["repeated_acquisition"]
    assert "‘PD FS SAG (series 8)’ has 18 slices" in notices[0].what


@pytest.mark.parametrize("shift", [1.3, 1.46])
def test_an_aborted_acquisition_whose_slices_lie_between_the_others_is_not_mixed_in(tmp_path, write_series, shift):
    series = generate_uid()
    more = {"step": 2.92, "SpacingBetweenSlices": 2.92, "SliceThickness": 2.5}
    write_series(tmp_path, slices=18, series=series, prefix="a", first=(-30.0 - shift, -20.0, 15.0),
                 AcquisitionNumber=1, **more)  # fmt: skip
    write_series(tmp_path, slices=33, series=series, prefix="b", AcquisitionNumber=2, **more)
    volume = chosen(tmp_path)
    assert volume.array[0, 0].tolist() == list(range(100, 133))
    assert volume.geometry.spacing_mm[2] == pytest.approx(2.92)


def test_odd_and_even_slices_of_two_acquisitions_are_one_stack(tmp_path, write_series):
    write_series(tmp_path, slices=20, AcquisitionNumber=lambda n: n % 2 + 1, SpacingBetweenSlices=4.0)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert (volume.array.shape[2], notices) == (20, [])


def test_a_repeated_pair_of_odd_and_even_acquisitions_is_parted_in_time(tmp_path, write_series):
    series = generate_uid()
    for which in range(2):
        write_series(tmp_path, slices=20, series=series, prefix=f"{which}_", seed=which,
                     AcquisitionNumber=lambda n, which=which: n % 2 + 1 + 2 * which)  # fmt: skip
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [20, 20]
    assert notices == []


def test_positions_that_differ_by_rounding_are_one(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, series=series, prefix="a", EchoTime=10.0, SliceThickness=3.5)
    write_series(tmp_path, series=series, prefix="b", EchoTime=20.0, SliceThickness=3.5, first=(-30.06, -20, 15))
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [6, 6]
    assert notices == []


def test_slices_that_nothing_tells_apart_are_used_once_with_a_warning(tmp_path, write_series):
    """Position by position, and every tag alike: which is which cannot be known."""
    series = generate_uid()
    for which in range(2):
        write_series(tmp_path, series=series, seed=which, InstanceNumber=7,
                     SOPInstanceUID=lambda n, which=which: f"1.2.{2 * n + which}",
                     prefix="same" if not which else "same ")  # fmt: skip
    for path in tmp_path.iterdir():
        number = path.stem[-3:]
        path.rename(tmp_path / f"{number}{'b' if ' ' in path.stem else 'a'}.dcm")
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [6]
    assert codes(notices) == ["duplicate_slices"]
    assert "Nothing in the files distinguishes these slices" in notices[0].remedy


def test_two_joints_side_by_side_in_one_series_are_two_volumes(tmp_path, write_series):
    series = generate_uid()
    coronal = {"orientation": (1.0, 0.0, 0.0, 0.0, 0.0, -1.0), "slices": 12}
    write_series(tmp_path, series=series, prefix="r", first=(-150.0, -20.0, 15.0), **coronal)
    write_series(tmp_path, series=series, prefix="l", first=(40.0, -20.0, 15.0), **coronal)
    volumes, _ = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [12, 12]
    assert sorted(round(volume.geometry.origin_ras[0]) for volume in volumes) == [-40, 150]


def test_each_orientation_of_one_series_begins_its_own_count(tmp_path, write_series):
    """Else a coronal stack would stand behind every other coronal series."""
    series = generate_uid()
    for number, orientation in enumerate([(0, 1, 0, 0, 0, -1), (1, 0, 0, 0, 0, -1), (1, 0, 0, 0, 1, 0)]):
        write_series(tmp_path, series=series, prefix=f"{number}_", slices=9, orientation=orientation)
    volumes, _ = read_dicom_folder(tmp_path)
    assert [volume.stack for volume in volumes] == [0, 0, 0]
    assert {plane_of(volume.geometry) for volume in volumes} == set(Plane)


SIEMENS = {kind: ["DERIVED", "PRIMARY", "DIXON", kind] for kind in ("WATER", "FAT", "IN_PHASE", "OPP_PHASE")}
SIEMENS_OLD = {
    kind: ["ORIGINAL", "PRIMARY", "M", "ND", "DIXON", kind] for kind in ("WATER", "FAT", "IN_PHASE", "OUT_PHASE")
}
PHILIPS = {kind: ["DERIVED", "PRIMARY", kind, kind, "DERIVED"] for kind in ("W", "F", "IP", "OP")}
GE = {kind: ["DERIVED", "PRIMARY", "OTHER", kind] for kind in ("WATER", "FAT", "INPHASE", "OUTPHASE")}


@pytest.mark.parametrize("types", [SIEMENS, SIEMENS_OLD, PHILIPS, GE], ids=["Siemens", "old Siemens", "Philips", "GE"])
@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
def test_the_water_image_is_used_wherever_it_lies_in_its_series(tmp_path, write_series, types, order):
    series = generate_uid()
    kinds = list(types)
    for place, which in enumerate(order):
        write_series(
            tmp_path, slices=9, series=series, prefix=f"{place}_", seed=which, SeriesDescription="t1 dixon",
            InstanceNumber=lambda n, place=place: 4 * n + place + 1, ImageType=types[kinds[which]],
        )  # fmt: skip
    volume = chosen(tmp_path)
    assert volume.name == "t1 dixon [water]"
    assert volume.origin.image_type == tuple(value.upper() for value in types[kinds[0]])
    volumes, notices = read_dicom_folder(tmp_path)
    assert [one.name for one in volumes] == [
        "t1 dixon [water]", "t1 dixon [in phase]", "t1 dixon [opposed phase]", "t1 dixon [fat]",
    ]  # fmt: skip
    assert notices == []


def test_wandering_image_types_do_not_tear_water_and_fat(tmp_path, write_series):
    series = generate_uid()
    for kind in ("F", "W"):
        write_series(tmp_path, series=series, prefix=kind, slices=9,
                     ImageType=lambda n, kind=kind: ["DERIVED", "PRIMARY", kind, ("ND", "NORM")[n % 2]])  # fmt: skip
    volumes, notices = read_dicom_folder(tmp_path)
    assert [(volume.name, volume.array.shape[2]) for volume in volumes] == [
        ("unnamed series [water]", 9), ("unnamed series [fat]", 9),
    ]  # fmt: skip
    assert notices == []


@pytest.mark.parametrize(
    ("worse", "name"),
    [
        (["ORIGINAL", "PRIMARY", "P", "ND"], "phase"),
        (["ORIGINAL", "PRIMARY", "PHASE MAP"], "phase"),
        (["ORIGINAL", "PRIMARY", "DIFFUSION", "NONE"], "diffusion"),
        (["DERIVED", "PRIMARY", "T2 MAP", "NONE"], "parameter map"),
        (["DERIVED", "PRIMARY", "T2_STAR_MAP"], "parameter map"),
        (["DERIVED", "PRIMARY", "DIFFUSION", "ADC"], "parameter map"),
        (["DERIVED", "SECONDARY", "SUBTRACTION"], "subtraction"),
        (["DERIVED", "SECONDARY", "MPR"], "reformatted"),
        (["DERIVED", "SECONDARY", "PROJECTION IMAGE"], "projection"),
        (["DERIVED", "PRIMARY", "FF", "FF"], "parameter map"),
        (["DERIVED", "PRIMARY", "FAT_FRACTION"], "parameter map"),
        (["ORIGINAL", "PRIMARY", "R", "R"], "real part"),
        (["DERIVED", "PRIMARY", "MAX_IP", "NONE"], "projection"),
        (["DERIVED", "PRIMARY", "T2_STAR", "T2_STAR"], "parameter map"),
    ],
)
def test_magnitude_goes_before_everything_that_is_computed(tmp_path, write_series, worse, name):
    series = generate_uid()
    write_series(tmp_path, series=series, prefix="a", slices=9, ImageType=worse, SeriesDescription="sag")
    write_series(tmp_path, series=series, prefix="b", slices=9, ImageType=["ORIGINAL", "PRIMARY", "M", "SE"],
                 SeriesDescription="sag")  # fmt: skip
    volumes, _ = read_dicom_folder(tmp_path)
    assert [volume.name for volume in volumes] == ["sag [magnitude]", f"sag [{name}]"]
    assert chosen(tmp_path).name == "sag [magnitude]"


@pytest.mark.parametrize("first", ["ND", "NORM"])
def test_the_image_that_siemens_evened_out_goes_before_the_raw_one_of_its_series(tmp_path, write_series, first):
    series = generate_uid()
    for number, last in enumerate((first, {"ND": "NORM", "NORM": "ND"}[first])):
        kind = ["ORIGINAL", "PRIMARY", "M", "ND"] + ([last] if last == "NORM" else [])
        write_series(tmp_path, series=series, prefix=f"{number}", slices=9, seed=number, ImageType=kind,
                     InstanceNumber=lambda n, number=number: 9 * number + n, SeriesDescription="sag")  # fmt: skip
    assert chosen(tmp_path).name == "sag [m nd norm]"


def test_a_picture_kind_of_ge_and_of_the_standard_is_understood(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, series=series, prefix="a", ComplexImageComponent="PHASE")
    write_series(tmp_path, series=series, prefix="b", ComplexImageComponent="MAGNITUDE")
    for path in write_series(tmp_path, series=series, prefix="c"):
        dataset = pydicom.dcmread(path)
        dataset.private_block(0x0043, "GEMS_PARM_01", create=True).add_new(0x2F, "SS", 3)
        dataset.save_as(path)
    volumes, _ = read_dicom_folder(tmp_path)
    assert [volume.name.partition(" [")[2] for volume in volumes] == ["magnitude]", "imaginary part]", "phase]"]


@pytest.mark.parametrize(
    ("tags", "kind"),
    [
        ({"ComplexImageComponent": "PHASE"}, "phase"),
        ({"ComplexImageComponent": "REAL", "ImageType": ["ORIGINAL", "PRIMARY", "OTHER"]}, "phase"),
        (
            {"VolumeBasedCalculationTechnique": "MAX_IP", "ImageType": ["DERIVED", "SECONDARY", "T2", "NONE"]},
            "projection",
        ),
        ({"VolumeBasedCalculationTechnique": "VOLUME_RENDER"}, "projection"),
    ],
)
def test_a_series_of_phases_or_projections_serves_only_where_nothing_else_does(tmp_path, write_series, tags, kind):
    plain = {"VolumeBasedCalculationTechnique": "NONE", "ComplexImageComponent": "MAGNITUDE"}
    write_series(tmp_path / "a", slices=20, SeriesDescription="sag", SeriesNumber=1, **tags)
    write_series(tmp_path / "b", slices=20, SeriesDescription="sag fine", SeriesNumber=2, **plain)
    assert chosen(tmp_path).name == "sag fine"
    volumes, _ = read_dicom_folder(tmp_path / "a")
    (notice,) = [one for one in Study.from_volumes(volumes, joint="knee").notices if one.code == "unlike_training"]
    assert kind in notice.what


def test_the_origin_says_where_a_volume_comes_from_and_names_nobody(tmp_path, write_series):
    write_series(
        tmp_path, series="1.2.7", FrameOfReferenceUID="1.2.8", SeriesNumber=9, StudyDate="20200229",
        AcquisitionTime=lambda n: f"1315{50 - n:02d}.25", ImageType=["ORIGINAL", "PRIMARY", "M"],
    )  # fmt: skip
    (volume,), _ = read_dicom_folder(tmp_path)
    origin = volume.origin
    assert (origin.study, origin.series, origin.frame_of_reference) == ("1.2.3", "1.2.7", "1.2.8")
    assert (origin.series_number, origin.image_type) == (9, ("ORIGINAL", "PRIMARY", "M"))
    assert origin.acquired == "20200229131545"
    assert origin.patient
    assert "Secret" not in f"{origin}"
    assert "4711" not in f"{origin}"


def test_one_patient_spelled_in_two_ways_is_one(tmp_path, write_series):
    write_series(tmp_path / "a", PatientName="Secret^Person")
    write_series(tmp_path / "b", PatientName="SECRET PERSON ")
    write_series(tmp_path / "c", PatientName="Another^Person")
    volumes, notices = read_dicom_folder(tmp_path)
    patients = [volume.origin.patient for volume in volumes]
    assert len(set(patients)) == 2
    assert [(notice.code, notice.what) for notice in notices] == [
        ("several_studies", "The files belong to 2 patients")
    ]  # fmt: skip


def test_a_t2_star_weighted_image_is_no_map(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path / "b", series=series, prefix="a", ImageType=["ORIGINAL", "PRIMARY", "T2_STAR", "NONE"])
    write_series(tmp_path / "b", series=series, prefix="b", ImageType=["ORIGINAL", "PRIMARY", "PHASE", "NONE"])
    volumes, _ = read_dicom_folder(tmp_path / "b")
    assert [volume.name for volume in volumes] == ["unnamed series [magnitude]", "unnamed series [phase]"]


def test_a_repeat_that_was_planned_anew_at_another_angle_is_taken_if_it_is_whole(tmp_path, write_series):
    series = generate_uid()
    tilt = np.deg2rad(3.0)
    write_series(tmp_path, slices=18, series=series, prefix="a", SeriesDescription="sag", AcquisitionNumber=1)
    write_series(tmp_path, slices=33, series=series, prefix="b", SeriesDescription="sag", AcquisitionNumber=2,
                 orientation=(np.sin(tilt), np.cos(tilt), 0.0, 0.0, 0.0, -1.0))  # fmt: skip
    assert chosen(tmp_path).array.shape[2] == 33
    _, notices = read_dicom_folder(tmp_path)
    assert codes(notices) == ["repeated_acquisition"]


def test_a_series_that_was_sent_twice_under_new_identifiers_is_two_whole_volumes(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path / "first", series=series)
    write_series(tmp_path / "second", series=series)
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.array.shape[2] for volume in volumes] == [6, 6]
    assert len({volume.name for volume in volumes}) == 2
    assert notices == []
