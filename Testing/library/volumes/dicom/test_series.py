"""DICOM folders as they come: mixed, damaged, doubled; every stack in its right place."""

from __future__ import annotations

import sys

import numpy as np
import pydicom
import pytest
from pydicom.dataelem import RawDataElement
from pydicom.tag import Tag
from pydicom.uid import ExplicitVRLittleEndian, JPEG2000Lossless, generate_uid
from scipy.spatial.transform import Rotation

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.anatomy.joints.knee import KNEE
from OrthoDiffusionLib.errors import DicomError
from OrthoDiffusionLib.volumes import Plane, Study, plane_of, read_dicom_folder
from OrthoDiffusionLib.volumes.dicom import pixels
from OrthoDiffusionLib.volumes.dicom.exam_header import exam_headers
from OrthoDiffusionLib.volumes.itk_border import check_perpendicular, sitk_from_volume
from OrthoDiffusionLib.volumes.selection.stated_side import stated_side


def codes(notices):
    return [notice.code for notice in notices]


def test_a_pixel_lies_where_its_header_says(tmp_path, write_series):
    write_series(tmp_path, SeriesDescription="sag pd fs", ProtocolName="knee")
    (volume,), notices = read_dicom_folder(tmp_path)
    assert notices == []
    assert volume.name == "sag pd fs"
    assert plane_of(volume.geometry) is Plane.SAGITTAL
    np.testing.assert_allclose(volume.geometry.spacing_mm, (0.5, 0.7, 4.0))
    # row 1, column 2 of slice 3: LPS (-30 - 3·4, -20 + 2·0.5, 15 - 1·0.7), then RAS
    np.testing.assert_allclose(volume.geometry.to_ras((2, 1, 3)), (42.0, 19.0, 14.3))
    picture = pydicom.dcmread(tmp_path / "003.dcm").pixel_array
    assert volume.array[2, 1, 3] == picture[1, 2]


def test_file_order_and_instance_numbers_do_not_matter(tmp_path, write_series):
    paths = write_series(tmp_path, InstanceNumber=lambda n: 99 - 7 * n)
    one, _ = read_dicom_folder(paths)
    other, _ = read_dicom_folder(paths[::-1])
    np.testing.assert_array_equal(one[0].array, other[0].array)
    assert one[0].geometry == other[0].geometry


def test_big_endian_and_little_endian_give_the_same_volume(tmp_path, write_series):
    write_series(tmp_path / "big", big_endian=True)
    write_series(tmp_path / "little")
    (big,), _ = read_dicom_folder(tmp_path / "big")
    (little,), _ = read_dicom_folder(tmp_path / "little")
    np.testing.assert_array_equal(big.array, little.array)
    assert big.array.dtype.isnative
    assert big.geometry == little.geometry


def test_echoes_of_one_series_become_volumes_of_their_own(tmp_path, write_series):
    series = generate_uid()
    for number, echo in enumerate((12.6, 6.3)):
        write_series(tmp_path, series=series, prefix=f"e{number}_", seed=number, EchoTime=echo,
                     SeriesDescription="sag t2map")  # fmt: skip
    volumes, notices = read_dicom_folder(tmp_path)
    assert [volume.name for volume in volumes] == [
        "sag t2map, echo 1 (TE 6.3 ms)", "sag t2map, echo 2 (TE 12.6 ms)",
    ]  # fmt: skip
    assert [volume.stack for volume in volumes] == [0, 1]
    assert all(volume.array.shape == (8, 10, 6) for volume in volumes)
    assert notices == []


def test_b_values_and_picture_kinds_are_kept_apart(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, series=series, prefix="a", DiffusionBValue=0.0)
    write_series(tmp_path, series=series, prefix="b", DiffusionBValue=800.0)
    write_series(tmp_path, series=series, prefix="c", ImageType=["ORIGINAL", "PRIMARY", "PHASE"])
    volumes, notices = read_dicom_folder(tmp_path)
    assert len(volumes) == 3
    assert len({volume.name for volume in volumes}) == 3
    assert notices == []


def test_repetitions_in_time_are_parted(tmp_path, write_series):
    series = generate_uid()
    for number in range(3):
        write_series(tmp_path, series=series, prefix=f"t{number}_", seed=number,
                     TemporalPositionIdentifier=number + 1)  # fmt: skip
    volumes, notices = read_dicom_folder(tmp_path)
    assert len(volumes) == 3
    assert notices == []
    picture = pydicom.dcmread(tmp_path / "t1_002.dcm").pixel_array
    np.testing.assert_array_equal(volumes[1].array[..., 2], picture.T)


def test_a_doubled_slice_is_used_once_and_noticed(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, series=series)
    write_series(tmp_path, series=series, slices=2, prefix="again", seed=5)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array.shape[2] == 6
    assert codes(notices) == ["duplicate_slices"]
    assert "2 slices" in notices[0].what


def test_one_doubled_slice_is_said_in_the_singular(tmp_path, write_series):
    series = generate_uid()
    write_series(tmp_path, series=series)
    write_series(tmp_path, series=series, slices=1, prefix="again")
    _, (notice,) = read_dicom_folder(tmp_path)
    assert notice.what == "One slice has the position of another one; the first was kept"


def test_a_localizer_of_three_orientations_becomes_three_stacks(tmp_path, write_series):
    series = generate_uid()
    for number, orientation in enumerate([(0, 1, 0, 0, 0, -1), (1, 0, 0, 0, 0, -1), (1, 0, 0, 0, 1, 0)]):
        write_series(tmp_path, series=series, prefix=f"{number}_", slices=3, orientation=orientation)
    volumes, _ = read_dicom_folder(tmp_path)
    assert {plane_of(volume.geometry) for volume in volumes} == set(Plane)


def test_a_missing_slice_is_filled_and_said(tmp_path, write_series):
    write_series(tmp_path, skip=(2,))
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array.shape[2] == 6
    np.testing.assert_allclose(volume.geometry.spacing_mm[2], 4.0)
    assert codes(notices) == ["uneven_slices"]
    assert "1 of 6 slices is missing" in notices[0].what
    before, after = (pydicom.dcmread(tmp_path / f"00{n}.dcm").pixel_array for n in (1, 3))
    middle = (before.astype(float) + after).T / 2
    assert np.abs(volume.array[..., 2] - middle).max() <= 0.5


def test_truncated_and_foreign_files_are_left_out_and_named(tmp_path, write_series):
    paths = write_series(tmp_path, slices=8)
    paths[7].write_bytes(paths[7].read_bytes()[:-60])
    paths[0].write_bytes(paths[0].read_bytes()[:300])
    (tmp_path / "letter.dcm").write_text("Dear colleague " * 30, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("nothing to see here", encoding="utf-8")
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array.shape[2] == 6
    assert set(codes(notices)) == {"damaged_file", "foreign_file"}
    told = " ".join(str(notice) for notice in notices)
    for name in ("000.dcm", "007.dcm", "letter.dcm", "notes.txt"):
        assert name in told


def test_when_every_file_is_damaged_the_reason_and_a_remedy_are_said(tmp_path, write_series, capfd):
    for path in write_series(tmp_path / "pixels"):
        path.write_bytes(path.read_bytes()[:-60])
    for length, folder in ((330, "header"), (300, "beginning")):  # before the size of the picture; in its class
        for path in write_series(tmp_path / folder):
            path.write_bytes(path.read_bytes()[:length])
    for folder in ("pixels", "header", "beginning"):
        with pytest.raises(DicomError) as caught:
            read_dicom_folder(tmp_path / folder)
        assert "6 files are damaged and were left out" in caught.value.what
        assert caught.value.where == str(tmp_path / folder)
        assert caught.value.remedy == "Copy or export the series again."
    assert capfd.readouterr().err == ""


def test_a_header_with_an_impossible_number_costs_one_slice_and_not_the_study(tmp_path, write_series):
    paths = write_series(tmp_path, RescaleSlope="1.25")
    raw = paths[5].read_bytes()
    paths[5].write_bytes(raw.replace(b"DS\x04\x001.25", b"DS\x04\x00many"))
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.array.shape[2] == 5
    assert [(notice.code, notice.where) for notice in notices] == [("damaged_file", "005.dcm")]


def test_numbers_that_voxels_and_places_do_not_depend_on_may_be_any_text(tmp_path, write_series):
    for path in write_series(tmp_path, SeriesNumber=4711, EchoTime="47.5", AcquisitionNumber=4712):
        raw = path.read_bytes()
        for number in (b"4711", b"47.5", b"4712"):
            raw = raw.replace(b"S\x04\x00" + number, b"S\x04\x00many")
        path.write_bytes(raw)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert (volume.array.shape, volume.origin.series_number, notices) == ((8, 10, 6), None, [])


def test_a_decimal_comma_is_read_as_the_point_that_was_meant(tmp_path, write_series):
    tags = {"RescaleSlope": lambda n: f"{1.5 + n}", "RescaleIntercept": "-2.5", "EchoTime": "33.5"}
    shared = {"series": "1.2.3.4", "first": (-30.5, -20.25, 15.5), "step": 3.5, **tags}
    write_series(tmp_path / "point", **shared)
    for path in write_series(tmp_path / "comma", **shared):
        raw = path.read_bytes()
        for element in [element for element in pydicom.dcmread(path) if element.VR == "DS"]:
            text = "\\".join(map(str, element.value)) if element.VM > 1 else str(element.value)
            assert text.encode() in raw
            raw = raw.replace(text.encode(), text.replace(".", ",").encode())
        path.write_bytes(raw)
    (point,), _ = read_dicom_folder(tmp_path / "point")
    (comma,), notices = read_dicom_folder(tmp_path / "comma")
    assert notices == []
    assert comma.geometry.is_same_grid(point.geometry, tolerance_mm=1e-9)
    assert comma.echo_time_ms == point.echo_time_ms == 33.5
    np.testing.assert_array_equal(comma.array, point.array)


def test_a_file_without_preamble_is_still_read(tmp_path, write_series):
    for number, path in enumerate(write_series(tmp_path)):
        dataset = pydicom.dcmread(path)
        bare = pydicom.Dataset({element.tag: element for element in dataset})
        path.unlink()
        pydicom.dcmwrite(tmp_path / f"IM{number}", bare, implicit_vr=True, little_endian=True)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert (volume.array.shape, notices) == ((8, 10, 6), [])


def test_nothing_of_the_patients_identity_is_in_results_or_messages(tmp_path, write_series):
    paths = write_series(tmp_path)
    paths[1].write_bytes(paths[1].read_bytes()[:-60])
    volumes, notices = read_dicom_folder(tmp_path)
    assert "Secret" not in f"{volumes}{notices}"
    assert "4711" not in f"{volumes}{notices}"


def test_odd_values_in_a_header_are_not_quoted_in_the_log(tmp_path, write_series, caplog, recwarn):
    for path in write_series(tmp_path):
        raw = path.read_bytes()
        path.write_bytes(raw.replace(b"LO\x04\x004711", b"DA\x04\x004711"))  # a date that is none
    (volume,), _ = read_dicom_folder(tmp_path)
    assert volume.array.shape[2] == 6
    assert caplog.records == []
    assert len(recwarn) == 0


def _region(code: str, scheme: str) -> pydicom.Dataset:
    """The knee, with a modifier."""
    region, modifier = pydicom.Dataset(), pydicom.Dataset()
    region.CodeValue, region.CodingSchemeDesignator, region.CodeMeaning = "72696002", "SCT", "Knee"
    modifier.CodeValue, modifier.CodingSchemeDesignator, modifier.CodeMeaning = code, scheme, "a modifier"
    region.AnatomicRegionModifierSequence = [modifier]
    return region


@pytest.mark.parametrize(
    ("tags", "side"),
    [
        ({"Laterality": "R"}, Side.RIGHT),
        ({"ImageLaterality": "L"}, Side.LEFT),
        ({"FrameLaterality": "L"}, Side.LEFT),
        ({"Laterality": ""}, None),
        ({"Laterality": "B"}, None),
        ({"ImageLaterality": "U", "Laterality": "L"}, Side.LEFT),
        ({"ImageLaterality": "R", "Laterality": "B"}, Side.RIGHT),
        ({"ImageLaterality": lambda n: "L" if n > 1 else ""}, Side.LEFT),
        ({"Laterality": "RT"}, Side.RIGHT),
        ({"Laterality": "LINKS"}, Side.LEFT),
        ({"AnatomicRegionSequence": [_region("7771000", "SCT")]}, Side.LEFT),
        ({"AnatomicRegionSequence": [_region("G-A100", "SRT")]}, Side.RIGHT),
        ({"AnatomicRegionSequence": [_region("51440002", "SCT")]}, None),  # both
    ],
)
def test_the_side_is_read_from_its_tags(tmp_path, write_series, tags, side):
    write_series(tmp_path, **tags)
    (volume,), _ = read_dicom_folder(tmp_path)
    assert (volume.side, volume.notices) == (side, ())


def test_a_description_with_a_backslash_is_one_text(tmp_path, write_series):
    write_series(tmp_path, SeriesDescription=["SAG", "PD FS"], ProtocolName="knee", ScanOptions=["FS", "SAT1"])
    (volume,), _ = read_dicom_folder(tmp_path)
    assert volume.name == "SAG PD FS"
    assert volume.description == "SAG PD FS knee FS SAT1"
    ((_, header), *_) = exam_headers(sorted(tmp_path.iterdir()))
    assert header.words == ("SAG PD FS", "knee")


def test_a_coded_region_that_cannot_be_decoded_costs_no_slice(tmp_path, write_series):
    for path in write_series(tmp_path, Laterality="R"):
        dataset = pydicom.dcmread(path)
        damaged = RawDataElement(Tag("AnatomicRegionSequence"), "UN", 4, b"abcd", 0, False, True)
        dataset[damaged.tag] = damaged
        dataset.save_as(path)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert (volume.side, notices) == (Side.RIGHT, [])


@pytest.mark.parametrize(
    ("tags", "side"),
    [
        ({"RequestedProcedureDescription": "MRT Knie links"}, Side.LEFT),
        ({"StudyDescription": "MR Knie", "PerformedProcedureStepDescription": "MR KNEE RT"}, Side.RIGHT),
        ({"StudyDescription": "MRI KNEE LEFT", "RequestedProcedureDescription": "MRI right knee"}, None),
        ({"StudyDescription": "MRI KNEE LEFT", "RequestedProcedureDescription": "MRI KNEE"}, Side.LEFT),
        ({"RequestedProcedureDescription": "MRT Knie re/li"}, None),
    ],
)
def test_words_of_what_was_requested_and_done_name_the_side_as_those_of_the_exam_do(tmp_path, write_series, tags, side):
    write_series(tmp_path, BodyPartExamined="KNEE", **tags)
    (volume,), _ = read_dicom_folder(tmp_path)
    assert stated_side(volume) is side
    assert all("Knie" in one or "KNEE" in one for one in [volume.study_description] if one)
    ((_, header), *_) = exam_headers(sorted(tmp_path.iterdir()))
    assert header.words == tuple(filter(None, [volume.study_description]))


@pytest.mark.parametrize(
    "tags",
    [
        {"ImageLaterality": lambda n: "LR"[n % 2]},
        {"ImageLaterality": "R", "Laterality": "L"},
        {"FrameLaterality": "L", "ImageLaterality": "R"},
        {"ImageLaterality": "B", "Laterality": "L"},
        {"Laterality": lambda n: "R" if n == 3 else "L"},
    ],
)
def test_tags_of_one_series_that_contradict_each_other_give_no_side_and_say_so(tmp_path, write_series, tags):
    write_series(tmp_path, slices=12, **tags)
    (volume,), _ = read_dicom_folder(tmp_path)
    assert volume.side is None
    assert [notice.code for notice in volume.notices] == ["side_disagrees"]
    study = Study.from_volumes([volume], joint=KNEE)
    assert study.side is None
    assert "say both right and left" in " ".join(notice.what for notice in study.notices)


def test_a_batch_is_planned_by_no_tags_that_contradict_each_other(tmp_path, write_series):
    paths = write_series(tmp_path, ImageLaterality="R", Laterality="L")
    assert {header.side for _, header in exam_headers(paths)} == {None}


def test_modality_body_part_and_scan_options_are_kept(tmp_path, write_series):
    write_series(tmp_path, Modality="CT", BodyPartExamined="KNEE", SeriesDescription="cor",
                 ScanOptions="FS")  # fmt: skip
    (volume,), _ = read_dicom_folder(tmp_path)
    assert (volume.modality, volume.body_part, volume.description) == ("CT", "KNEE", "cor FS")


def test_rescale_slope_and_monochrome1_are_applied(tmp_path, write_series):
    write_series(tmp_path / "a", RescaleSlope=lambda n: 1.0 + n, RescaleIntercept=-5.0)
    (volume,), _ = read_dicom_folder(tmp_path / "a")
    picture = pydicom.dcmread(tmp_path / "a" / "002.dcm").pixel_array
    np.testing.assert_allclose(volume.array[..., 2], picture.T * 3.0 - 5.0)
    write_series(tmp_path / "b", PhotometricInterpretation="MONOCHROME1")
    (inverted,), _ = read_dicom_folder(tmp_path / "b")
    picture = pydicom.dcmread(tmp_path / "b" / "002.dcm").pixel_array
    assert np.argmax(inverted.array[..., 2]) == np.argmin(picture.T)


@pytest.mark.parametrize("decimals", [2, 3, 6])
def test_rounded_directions_give_a_grid_that_results_can_be_written_on(tmp_path, write_series, decimals):
    turn = Rotation.from_euler("zx", (23.5, 15.5), degrees=True).as_matrix()
    exact = [float(x) for x in (*turn @ (0, 1, 0), *turn @ (0, 0, -1))]
    write_series(tmp_path, orientation=exact, ImageOrientationPatient=[round(x, decimals) for x in exact])
    (volume,), notices = read_dicom_folder(tmp_path)
    assert notices == []
    check_perpendicular(volume.geometry)
    sitk_from_volume(volume)
    expected = np.diag((-1, -1, 1)) @ np.reshape(exact, (2, 3)).T
    np.testing.assert_allclose(volume.geometry.directions[:, :2], expected, atol=0.7 * 10.0**-decimals)


def test_an_oblique_series_keeps_its_obliquity(tmp_path, write_series):
    angle = np.deg2rad(11)
    orientation = (np.sin(angle), np.cos(angle), 0.0, 0.0, 0.0, -1.0)
    write_series(tmp_path, orientation=orientation)
    (volume,), _ = read_dicom_folder(tmp_path)
    np.testing.assert_allclose(volume.geometry.directions[:, 0], (-orientation[0], -orientation[1], 0), atol=1e-9)
    assert volume.geometry.axis_codes[0] == "P"


def test_a_missing_decoder_names_the_compression_and_the_remedy(tmp_path, write_series, monkeypatch):
    for path in write_series(tmp_path):
        dataset = pydicom.dcmread(path)
        dataset.file_meta.TransferSyntaxUID = JPEG2000Lossless
        dataset.PixelData = pydicom.encaps.encapsulate([b"\xff\x4f\xff\x51" + b"\0" * 40])
        dataset["PixelData"].is_undefined_length = True
        dataset.save_as(path, enforce_file_format=True)
    from pydicom.pixels.decoders import JPEG2000LosslessDecoder as decoder

    # As on a computer with no plug-in installed; pydicom itself then raises its own error.
    monkeypatch.setattr(decoder, "_available", {})
    monkeypatch.setattr(decoder, "_unavailable", {"pylibjpeg": ("pylibjpeg>=2.0",)})
    monkeypatch.setattr(pixels, "_OF_ITK", ())
    with pytest.raises(DicomError, match=r"JPEG 2000.*no decoder.*pylibjpeg"):
        read_dicom_folder(tmp_path)


def test_colour_pictures_and_reports_are_passed_over(tmp_path, write_series):
    write_series(tmp_path / "good")
    for path in write_series(tmp_path / "screenshots", slices=2):
        dataset = pydicom.dcmread(path)
        dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
        dataset.save_as(path)
    volumes, notices = read_dicom_folder(tmp_path)
    assert len(volumes) == 1
    assert codes(notices) == ["no_volume_file"]
    assert "colour picture" in notices[0].what


def test_single_slices_and_empty_folders_say_what_to_do(tmp_path, write_series):
    paths = write_series(tmp_path / "one", slices=1)
    with pytest.raises(DicomError, match="give its folder instead"):
        read_dicom_folder(paths)
    (tmp_path / "none").mkdir()
    with pytest.raises(DicomError, match="no DICOM files"):
        read_dicom_folder(tmp_path / "none")
    with pytest.raises(DicomError, match="no such file"):
        read_dicom_folder(tmp_path / "nowhere")


@pytest.mark.parametrize("degrees", [0, 3, 5, 7, 9, 12])
def test_slices_2_mm_apart_are_a_3d_volume_however_their_places_are_rounded(tmp_path, write_series, degrees):
    """To micrometres, as scanners write them: then they are 1.99998 or 2.00002 mm apart."""
    a, b = np.deg2rad(degrees), np.deg2rad(2 * degrees)
    row = (np.cos(a), np.sin(a), 0.0)
    column = (np.sin(a) * np.sin(b), -np.cos(a) * np.sin(b), np.cos(b))
    for path in write_series(tmp_path, slices=30, step=2.0, orientation=(*row, *column)):
        dataset = pydicom.dcmread(path)
        dataset.ImageOrientationPatient = [f"{x:.6f}" for x in (*row, *column)]
        dataset.ImagePositionPatient = [f"{x:.3f}" for x in dataset.ImagePositionPatient]
        dataset.save_as(path)
    (volume,), _ = read_dicom_folder(tmp_path)
    assert list(Study.from_volumes([volume], joint="knee").planes) == list(Plane)


def test_two_studies_in_one_folder_are_noticed(tmp_path, write_series):
    write_series(tmp_path / "a", study="1.2.3")
    write_series(tmp_path / "b", study="1.2.4")
    volumes, notices = read_dicom_folder(tmp_path)
    assert len(volumes) == 2
    assert codes(notices) == ["several_studies"]


def _shifted(number, first, row_mm, column_mm):
    """Place of the first pixel of a slice of `write_series` that is moved along its rows and columns."""
    return [first[0] - number * 4.0, first[1] + row_mm, first[2] - column_mm]


@pytest.mark.parametrize(
    "aside",
    [lambda n: (0.0, 0.06 * n), lambda n: (-0.05 * n, 0.03 * n), lambda n: (0.4 * (n % 2), 0.0)],
    ids=["leaning 0.9°", "leaning askew", "every second one beside"],
)
def test_slices_not_quite_above_each_other_keep_their_places(tmp_path, write_series, aside):
    def picture(n):
        row, column = aside(n)
        y = -20.0 + row + 0.5 * np.arange(40)[None, :]
        z = 15.0 - column - 0.7 * np.arange(40)[:, None]
        return np.rint(2000 + 40 * y - 30 * z + 8 * n).astype(np.uint16)

    write_series(
        tmp_path,
        slices=16,
        picture=picture,
        ImagePositionPatient=lambda n: _shifted(n, (-30.0, -20.0, 15.0), *aside(n)),
    )
    (volume,), notices = read_dicom_folder(tmp_path)
    (notice,) = notices
    assert (notice.code, notice.variant) == ("sheared", "straightened")
    assert notice.values["aside_mm"] == pytest.approx(max(np.hypot(*aside(n)) for n in range(16)), abs=0.01)
    assert volume.array.dtype == np.uint16
    inside = volume.array[4:-4, 4:-4]
    ras = volume.geometry.to_ras(np.stack(np.indices(volume.array.shape), axis=-1))[4:-4, 4:-4]
    slice_number = (ras[..., 0] - 30.0) / 4.0
    np.testing.assert_allclose(inside, 2000 - 40 * ras[..., 1] - 30 * ras[..., 2] + 8 * slice_number, atol=1.5)


def test_places_that_are_rounded_move_no_voxel(tmp_path, write_series):
    write_series(tmp_path / "one", seed=1)
    write_series(
        tmp_path / "rounded",
        seed=1,
        ImagePositionPatient=lambda n: _shifted(n, (-30.0, -20.0, 15.0), 0.05 * (n % 2), -0.05 * (n % 3)),
    )
    (one,), _ = read_dicom_folder(tmp_path / "one")
    (rounded,), notices = read_dicom_folder(tmp_path / "rounded")
    assert notices == []
    np.testing.assert_array_equal(one.array, rounded.array)


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom, of what the test writes
@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({"PixelSpacing": ["0.0007", "0.0005"]}, "The pixel size is not possible: 0.0005 × 0.0007 mm"),
        ({"PixelSpacing": ["1e-9", "1e-9"]}, "The pixel size is not possible"),
        ({"PixelSpacing": ["70000", "50000"]}, "The pixel size is not possible"),
        ({"ImagePositionPatient": lambda n: [str(1e30 + n * 1e29), "0", "0"]}, "The voxels are impossibly large"),
    ],
)
def test_an_impossible_series_does_not_cost_the_others(tmp_path, write_series, tags, words):
    write_series(tmp_path / "bad", SeriesDescription="bad one", **tags)
    write_series(tmp_path / "good", SeriesDescription="good one")
    (volume,), notices = read_dicom_folder(tmp_path)
    assert volume.name == "good one"
    (notice,) = notices
    assert notice.code == "unreadable_file"
    assert notice.where == "bad one"
    assert notice.what.startswith(words)
    assert notice.remedy
    with pytest.raises(DicomError, match=words.split(":")[0]):
        read_dicom_folder(tmp_path / "bad")


def test_slices_not_stacked_square_to_their_plane_are_not_used(tmp_path, write_series):
    paths = write_series(tmp_path)
    for number, path in enumerate(paths):
        dataset = pydicom.dcmread(path)
        dataset.ImagePositionPatient = [-30.0 - 4 * number, -20.0 + 2 * number, 15.0]
        dataset.save_as(path)
    with pytest.raises(DicomError, match="perpendicular to their plane"):
        read_dicom_folder(tmp_path)


def test_an_enhanced_multi_frame_file_gives_the_same_volume_as_classic_files(tmp_path, write_series):
    paths = write_series(tmp_path / "classic", EchoTime=20.0, ImageLaterality="R")
    (classic,), _ = read_dicom_folder(paths)
    first = pydicom.dcmread(paths[0])
    del first.PixelSpacing, first.ImageOrientationPatient, first.ImagePositionPatient
    del first.EchoTime, first.ImageLaterality
    first.SOPClassUID = first.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4.1"
    first.NumberOfFrames = len(paths)
    shared, frames, pixels = pydicom.Dataset(), [], b""
    measures, anatomy, plane = pydicom.Dataset(), pydicom.Dataset(), pydicom.Dataset()
    measures.PixelSpacing, anatomy.FrameLaterality = [0.7, 0.5], "R"
    plane.ImageOrientationPatient = [0, 1, 0, 0, 0, -1]
    shared.PixelMeasuresSequence, shared.FrameAnatomySequence = [measures], [anatomy]
    shared.PlaneOrientationSequence = [plane]
    for path in paths[::-1]:  # frames in another order than space
        dataset, frame = pydicom.dcmread(path), pydicom.Dataset()
        place, echo = pydicom.Dataset(), pydicom.Dataset()
        place.ImagePositionPatient, echo.EffectiveEchoTime = dataset.ImagePositionPatient, 20.0
        frame.PlanePositionSequence, frame.MREchoSequence = [place], [echo]
        frames.append(frame)
        pixels += dataset.PixelData
    first.SharedFunctionalGroupsSequence, first.PerFrameFunctionalGroupsSequence = [shared], frames
    first.PixelData = pixels
    first.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    (tmp_path / "enhanced").mkdir()
    first.save_as(tmp_path / "enhanced" / "all.dcm", enforce_file_format=True)
    (enhanced,), notices = read_dicom_folder(tmp_path / "enhanced")
    assert notices == []
    np.testing.assert_array_equal(enhanced.array, classic.array)
    assert enhanced.geometry.is_same_grid(classic.geometry, tolerance_mm=1e-6)
    assert enhanced.side is Side.RIGHT
    assert enhanced.echo_time_ms == 20.0


def test_without_pydicom_the_message_names_the_feature(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pydicom", None)
    with pytest.raises(DicomError, match="Reading DICOM needs the Python package pydicom"):
        read_dicom_folder(tmp_path)
