"""Values of DICOM pixels: rescaled, the right way up, decoded, and without padding."""

from __future__ import annotations

import numpy as np
import pydicom
import pytest
import SimpleITK as sitk
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian, RLELossless, generate_uid

from OrthoDiffusionLib.errors import DicomError
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.views import ViewGrid, prepare_view
from OrthoDiffusionLib.volumes import Plane, read_dicom_folder, read_volume
from OrthoDiffusionLib.volumes.dicom import pixels
from OrthoDiffusionLib.volumes.dicom.writing import write_dicom_series

LOW, HIGH = 40, 900


def ramp(number: int, dtype=np.int16) -> np.ndarray:
    """(10, 8) signal from LOW up, different in each slice."""
    return (np.arange(80).reshape(10, 8) * 10 + LOW + number).astype(dtype)


def padded(value: int, dtype=np.int16):
    """The ramp with a padded corner."""

    def picture(number: int) -> np.ndarray:
        stored = ramp(number, dtype)
        stored[:3, :2] = value
        return stored

    return picture


def expected(slices: int = 6) -> np.ndarray:
    """(8, 10, slices): the padded corner holds the lowest signal of the stack."""
    pictures = [ramp(number).astype(float) for number in range(slices)]
    for picture in pictures:
        picture[:3, :2] = min(one[~_corner()].min() for one in pictures)
    return np.stack([picture.T for picture in pictures], axis=-1)


def _corner() -> np.ndarray:
    corner = np.zeros((10, 8), bool)
    corner[:3, :2] = True
    return corner


def set_padding(path, *, vr: str, value: int, limit: int | None = None, implicit: bool = False):
    """Write the padding elements in the number type that a careless writer would take."""
    dataset = pydicom.dcmread(path)
    dataset.add_new("PixelPaddingValue", vr, value)
    if limit is not None:
        dataset.add_new("PixelPaddingRangeLimit", vr, limit)
    syntax = ImplicitVRLittleEndian if implicit else ExplicitVRLittleEndian
    dataset.file_meta.TransferSyntaxUID = syntax
    pydicom.dcmwrite(path, dataset, implicit_vr=implicit, little_endian=True, enforce_file_format=True)


@pytest.mark.parametrize(
    ("dtype", "stored", "vr", "value", "limit", "implicit"),
    [
        (np.int16, -32768, "SS", -32768, None, False),
        (np.int16, -32768, "US", 32768, None, False),
        (np.int16, -2000, "US", 63536, None, False),
        (np.int16, -2000, "SS", -2000, None, True),
        (np.uint16, 65535, "US", 65535, None, False),
        (np.uint16, 65535, "SS", -1, None, False),
        (np.uint16, 60000, "US", 60000, None, True),
        (np.int16, -1500, "SS", -2000, -1000, False),
        (np.int16, -1500, "SS", -1000, -2000, False),
        (np.int16, -1500, "US", 63536, 64536, True),
        (np.uint16, 5000, "US", 4096, 65535, False),
    ],
)
def test_padding_is_dark_whatever_it_is_written_as(tmp_path, write_series, dtype, stored, vr, value, limit, implicit):
    for path in write_series(tmp_path, picture=padded(stored, dtype)):
        set_padding(path, vr=vr, value=value, limit=limit, implicit=implicit)
    (volume,), (notice,) = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array, expected())
    assert notice.code == "padding"
    assert notice.what == "8% of the voxels are padding around the image, not signal; they are read as air"


def test_padding_that_does_not_fit_into_the_stored_bits_is_found(tmp_path, write_series):
    for path in write_series(tmp_path, picture=padded(-32768), BitsStored=12, HighBit=11):
        set_padding(path, vr="SS", value=-32768)
    (volume,), notices = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array, expected())
    assert [notice.code for notice in notices] == ["padding"]


def bright(number: int, dtype=np.uint16) -> np.ndarray:
    """A joint with fluid: dark at its rim, and brighter than 12 bits in its middle."""
    y, x = np.mgrid[:48, :40]
    return (300 + 5000 * np.exp(-((y - 24) ** 2 + (x - 20) ** 2) / (120.0 + number))).astype(dtype)


@pytest.mark.parametrize("dtype", [np.uint16, np.int16])
def test_values_of_more_bits_than_the_header_says_are_not_cut_off(tmp_path, write_series, dtype):
    """As of averaged or rescaled copies; without their highest bit the brightest fluid is black."""
    write_series(tmp_path, picture=lambda n: bright(n, dtype), BitsStored=12, HighBit=11)
    (volume,), notices = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array, np.stack([bright(n, dtype).T for n in range(6)], axis=-1))
    assert notices == []


@pytest.mark.parametrize("kind", ["RLE", "JPEG"])
@pytest.mark.parametrize("dtype", [np.uint16, np.int16])
def test_nor_are_they_where_the_pixels_are_compressed_without_loss(tmp_path, write_series, dtype, kind):
    for path in write_series(tmp_path, picture=lambda n: bright(n, dtype)):
        compress(path, kind)
        dataset = pydicom.dcmread(path)
        dataset.BitsStored, dataset.HighBit = 12, 11
        dataset.save_as(path, enforce_file_format=True)
    (volume,), notices = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array, np.stack([bright(n, dtype).T for n in range(6)], axis=-1))
    assert notices == []


@pytest.mark.parametrize("brightest", [1200, 4090])
@pytest.mark.parametrize("is_named", [True, False])
def test_a_drawing_in_the_bits_above_the_values_is_none_of_them(tmp_path, write_series, brightest, is_named):
    """Old files keep an overlay there; what removes names may remove its description alone."""
    signal = (bright(0) * (brightest / bright(0).max())).astype(np.uint16)
    drawn = signal.copy()
    drawn[5:9, 4:30:2] |= 1 << 12
    for path in write_series(tmp_path, picture=lambda n: drawn, BitsStored=12, HighBit=11):
        if is_named:
            dataset = pydicom.dcmread(path)
            dataset.add_new(0x60000102, "US", 12)
            dataset.save_as(path)
    (volume,), notices = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array, np.stack([signal.T] * 6, axis=-1))
    assert notices == []


def test_negative_values_of_12_bits_keep_their_sign(tmp_path, write_series):
    values = bright(0, np.int16) // 4 - 600
    write_series(tmp_path, picture=lambda n: (values & 0xFFF).astype(np.uint16), BitsStored=12, HighBit=11,
                 PixelRepresentation=1)  # fmt: skip
    (volume,), _ = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array, np.stack([values.T] * 6, axis=-1))


@pytest.mark.parametrize("high_bit", [15, 13])
@pytest.mark.parametrize("lowest", [0, -600])
@pytest.mark.parametrize("drawn", [False, True])
def test_values_lie_below_the_high_bit_that_the_header_names(tmp_path, write_series, high_bit, lowest, drawn):
    """As old scanners write them: the values in the upper bits, and a drawing in one below or above."""
    values, below = bright(0, np.int16) // 4 + lowest, high_bit - 11
    stored = (values.astype(np.int32) & 0xFFF).astype(np.uint16) << below
    if drawn:
        stored[5:9, 4:30:2] |= 1 if below == 4 else 1 << 14
    tags = {"BitsStored": 12, "HighBit": high_bit, "PixelRepresentation": int(lowest < 0)}
    paths = write_series(tmp_path, picture=lambda n: stored, **tags)
    if drawn:
        for path in paths:
            dataset = pydicom.dcmread(path)
            dataset.add_new(0x60000102, "US", 0 if below == 4 else 14)
            dataset.save_as(path)
    (volume,), notices = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array, np.stack([values.T] * 6, axis=-1))
    assert notices == []


def test_a_high_bit_that_is_wrong_moves_no_values(tmp_path, write_series):
    write_series(tmp_path, picture=lambda n: bright(n, np.uint16) // 2, BitsStored=12, HighBit=15)
    (volume,), _ = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array[..., 0], bright(0, np.uint16).T // 2)


@pytest.mark.parametrize("name", ["IM{}", "{}.dcm"])
def test_a_big_endian_file_without_preamble_has_the_same_values(tmp_path, write_series, name):
    for folder, big_endian in (("big", True), ("little", False)):
        shared = {"series": "1.2.3.4", "big_endian": big_endian}
        for number, path in enumerate(write_series(tmp_path / folder, **shared)):
            dataset = pydicom.dcmread(path)
            bare = pydicom.Dataset({element.tag: element for element in dataset})
            path.unlink()
            path = path.with_name(name.format(number))
            pydicom.dcmwrite(path, bare, implicit_vr=False, little_endian=not big_endian)
    (big,), notices = read_dicom_folder(tmp_path / "big")
    (little,), _ = read_dicom_folder(tmp_path / "little")
    np.testing.assert_array_equal(big.array, little.array)
    assert big.geometry.is_same_grid(little.geometry) and notices == []


def test_a_vendors_own_transfer_syntax_is_named_and_not_called_damage(tmp_path, write_series):
    for path in write_series(tmp_path):
        content = path.read_bytes()
        uids = b"1.2.840.10008.1.2.1\0", b"1.2.840.113619.5.2\0\0"  # GE's, as old archives have it
        path.write_bytes(content.replace(*uids, 1))
    with pytest.raises(DicomError, match=r"6 files are compressed \(1\.2\.840\.113619\.5\.2\)"):
        read_dicom_folder(tmp_path)


def test_padding_is_meant_before_rescaling(tmp_path, write_series):
    paths = write_series(
        tmp_path, picture=padded(-2000), RescaleSlope=lambda n: 2.0 + n, RescaleIntercept=100.0
    )  # fmt: skip
    for path in paths:
        set_padding(path, vr="SS", value=-2000)
    (volume,), notices = read_dicom_folder(tmp_path)
    signal = np.stack([ramp(n).T * (2.0 + n) + 100.0 for n in range(6)], axis=-1)
    corner = _corner().T
    np.testing.assert_allclose(volume.array[~corner], signal[~corner])
    np.testing.assert_allclose(volume.array[corner], signal[~corner].min())
    assert [notice.code for notice in notices] == ["padding"]


def test_padding_stays_dark_where_low_values_are_bright(tmp_path, write_series):
    for path in write_series(tmp_path, picture=padded(-2000), PhotometricInterpretation="MONOCHROME1"):
        set_padding(path, vr="SS", value=-2000)
    (volume,), _ = read_dicom_folder(tmp_path)
    corner = _corner().T
    assert volume.array[corner].max() == volume.array[~corner].min() == 0
    top = max(ramp(n)[~_corner()].max() for n in range(6))
    np.testing.assert_array_equal(volume.array[5, 7], [top - ramp(n)[7, 5] for n in range(6)])


def test_a_padding_value_of_zero_below_the_signal_is_not_worth_a_word(tmp_path, write_series):
    """Many scanners write it into every file."""
    write_series(tmp_path, PixelPaddingValue=0)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert notices == []
    assert volume.array.dtype == np.uint16


def test_a_padded_exam_is_prepared_as_if_it_were_not(tmp_path):
    """What the networks see is the same, but for the padded corners themselves."""
    exam = read_volume(resource_path("SampleData", "knee_exam", "S09_sag_fs.nii.gz"))
    views = []
    for padding in (None, -32768, 32767):
        folder = tmp_path / str(padding)
        for path in write_dicom_series(exam, folder, patient="p"):
            dataset = pydicom.dcmread(path)
            stored = dataset.pixel_array.astype(np.int16)
            rows, columns = np.ogrid[: stored.shape[0], : stored.shape[1]]
            corners = (rows + columns < 60) | (rows - columns > stored.shape[0] - 60)
            stored[corners] = int(stored.min()) if padding is None else padding
            dataset.BitsStored, dataset.HighBit, dataset.PixelRepresentation = 16, 15, 1
            dataset.PixelData = stored.astype("<i2").tobytes()
            if padding is not None:
                dataset.add_new("PixelPaddingValue", "SS", padding)
            dataset.save_as(path)
        (volume,), notices = read_dicom_folder(folder)
        assert [notice.code for notice in notices] == ([] if padding is None else ["padding"])
        views.append(prepare_view(volume, ViewGrid(Plane.SAGITTAL)).array)
    np.testing.assert_allclose(views[1], views[0], atol=0.02)
    np.testing.assert_allclose(views[2], views[0], atol=0.02)


def test_slopes_that_differ_from_slice_to_slice_give_the_values_of_each(tmp_path, write_series):
    write_series(tmp_path, picture=ramp, RescaleSlope=lambda n: 1.5 + 0.25 * n, RescaleIntercept=lambda n: -3.0 * n)
    (volume,), _ = read_dicom_folder(tmp_path)
    for number in range(6):
        np.testing.assert_allclose(volume.array[..., number], ramp(number).T * (1.5 + 0.25 * number) - 3.0 * number)


def test_slices_keep_their_brightness_to_each_other_when_low_is_bright(tmp_path, write_series):
    """One top for the whole stack: with one for each slice, a dark slice would become as bright as the others."""

    def picture(number):
        return (ramp(0) // (number + 1)).astype(np.uint16)

    write_series(tmp_path, picture=picture, PhotometricInterpretation="MONOCHROME1")
    (volume,), _ = read_dicom_folder(tmp_path)
    top = picture(0).max()
    for number in range(6):
        np.testing.assert_array_equal(volume.array[..., number], top - picture(number).T)


def test_unsigned_pixels_of_all_bits_are_turned_without_overflow(tmp_path, write_series):
    write_series(tmp_path, picture=lambda n: np.full((10, 8), 65535, np.uint16) - ramp(n, np.uint16),
                 PhotometricInterpretation="MONOCHROME1")  # fmt: skip
    (volume,), _ = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array[..., 3], ramp(3).T - LOW)


def enhanced(paths, target, *, change=lambda dataset, frame, number: None, syntax=ExplicitVRLittleEndian):
    """One multi-frame file of classic ones, frames in the order given."""
    first = pydicom.dcmread(paths[0])
    first.SOPClassUID = first.file_meta.MediaStorageSOPClassUID = "1.2.840.10008.5.1.4.1.1.4.1"
    first.NumberOfFrames = len(paths)
    frames, pixels = [], b""
    for number, path in enumerate(paths):
        dataset, frame = pydicom.dcmread(path), pydicom.Dataset()
        for sequence, keywords in (
            ("PlanePositionSequence", ["ImagePositionPatient"]),
            ("PlaneOrientationSequence", ["ImageOrientationPatient"]),
            ("PixelMeasuresSequence", ["PixelSpacing"]),
        ):
            item = pydicom.Dataset()
            for keyword in keywords:
                setattr(item, keyword, dataset.get(keyword))
            setattr(frame, sequence, [item])
        change(dataset, frame, number)
        frames.append(frame)
        pixels += dataset.PixelData
    for keyword in ("ImagePositionPatient", "ImageOrientationPatient", "PixelSpacing", "ImageType"):
        if keyword in first:
            delattr(first, keyword)
    first.PerFrameFunctionalGroupsSequence = frames
    first.PixelData = pixels
    first["PixelData"].VR = "OW"
    first.save_as(target, enforce_file_format=True)
    return first


def item(**elements) -> list:
    dataset = pydicom.Dataset()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    return [dataset]


def test_an_enhanced_file_of_water_and_fat_gives_the_water_with_its_own_scale(tmp_path, write_series):
    series = generate_uid()
    fat = write_series(tmp_path / "classic", series=series, prefix="f", picture=lambda n: ramp(n) + 1)
    water = write_series(tmp_path / "classic", series=series, prefix="w", picture=ramp)

    def change(dataset, frame, number):
        kind = "FAT" if number < 6 else "WATER"
        frame.MRImageFrameTypeSequence = item(FrameType=["DERIVED", "PRIMARY", "DIXON", kind])
        frame.PixelValueTransformationSequence = item(RescaleSlope=1.0 + number, RescaleIntercept=-2.0)
        frame.FrameContentSequence = item(FrameAcquisitionDateTime=f"2020022913{number:02d}00.5")

    (tmp_path / "enhanced").mkdir()
    enhanced([*fat, *water], tmp_path / "enhanced" / "one.dcm", change=change)
    volumes, notices = read_dicom_folder(tmp_path / "enhanced")
    assert notices == []
    assert [volume.name for volume in volumes] == ["unnamed series [water]", "unnamed series [fat]"]
    assert volumes[0].origin.image_type == ("DERIVED", "PRIMARY", "DIXON", "WATER")
    assert volumes[0].origin.acquired == "20200229130600"
    for number in range(6):
        np.testing.assert_allclose(volumes[0].array[..., number], ramp(number).T * (7.0 + number) - 2.0)


def test_a_series_whose_two_files_hold_every_second_slice_each_is_decoded_once(tmp_path, write_series, monkeypatch):
    series = generate_uid()
    paths = write_series(tmp_path / "classic", slices=8, series=series, picture=ramp)
    (classic,), _ = read_dicom_folder(paths)
    (tmp_path / "parts").mkdir()
    for first in (0, 1):
        enhanced(paths[first::2], tmp_path / "parts" / f"{first}.dcm")
    decoded = []
    decode = pixels._decode
    monkeypatch.setattr(pixels, "_decode", lambda path: decoded.append(path.name) or decode(path))
    (volume,), notices = read_dicom_folder(tmp_path / "parts")
    np.testing.assert_array_equal(volume.array, classic.array)
    assert (sorted(decoded), notices) == (["0.dcm", "1.dcm"], [])


def test_frames_without_a_place_are_left_out_and_the_others_keep_theirs(tmp_path, write_series):
    paths = write_series(tmp_path / "classic", slices=8, picture=ramp)
    (classic,), _ = read_dicom_folder(paths)

    def change(dataset, frame, number):
        if number in (2, 5):
            del frame.PlanePositionSequence

    (tmp_path / "enhanced").mkdir()
    enhanced(paths, tmp_path / "enhanced" / "one.dcm", change=change)
    (volume,), notices = read_dicom_folder(tmp_path / "enhanced")
    assert [(notice.code, notice.variant) for notice in notices] == [
        ("no_volume_file", "frames_without_place"), ("uneven_slices", "missing")
    ]  # fmt: skip
    assert "2 of 8 frames" in notices[0].what
    assert volume.geometry.is_same_grid(classic.geometry)
    sound = [0, 1, 3, 4, 6, 7]
    np.testing.assert_array_equal(volume.array[..., sound], classic.array[..., sound])
    assert [source.frame for source in volume.sources] == sound


def test_an_enhanced_time_series_is_parted_by_its_dimensions(tmp_path, write_series):
    series = generate_uid()
    paths = [
        path for which in range(3)
        for path in write_series(tmp_path / "classic", series=series, prefix=f"{which}_", seed=which)
    ]  # fmt: skip

    def change(dataset, frame, number):
        frame.FrameContentSequence = item(DimensionIndexValues=[1, number % 6 + 1, number // 6 + 1])

    (tmp_path / "enhanced").mkdir()
    enhanced(paths, tmp_path / "enhanced" / "one.dcm", change=change)
    volumes, notices = read_dicom_folder(tmp_path / "enhanced")
    assert [volume.array.shape[2] for volume in volumes] == [6, 6, 6]
    assert notices == []
    picture = pydicom.dcmread(paths[8]).pixel_array
    np.testing.assert_array_equal(volumes[1].array[..., 2], picture.T)


def test_an_enhanced_file_with_one_dimension_is_read(tmp_path, write_series):
    paths = write_series(tmp_path / "classic", picture=ramp)

    def change(dataset, frame, number):
        frame.FrameContentSequence = item(DimensionIndexValues=number + 1)

    (tmp_path / "enhanced").mkdir()
    enhanced(paths, tmp_path / "enhanced" / "one.dcm", change=change)
    (volume,), notices = read_dicom_folder(tmp_path / "enhanced")
    assert (volume.array.shape[2], notices) == (6, [])


def _narrower(dataset):
    dataset.Columns -= 1


def _of_bytes(dataset):
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7


def _twice(dataset):
    dataset.PixelData = dataset.PixelData * 2


@pytest.mark.parametrize("change", [_narrower, _of_bytes, _twice])
def test_pixels_that_are_more_than_the_header_says_are_not_read_as_noise(tmp_path, write_series, change):
    for path in write_series(tmp_path, picture=ramp):
        dataset = pydicom.dcmread(path)
        change(dataset)
        dataset.save_as(path, enforce_file_format=True)
    with pytest.raises(DicomError, match="6 files are damaged"):
        read_dicom_folder(tmp_path)


@pytest.mark.parametrize("columns", [4, 7])
def test_rle_of_wider_rows_than_the_header_says_is_not_read_as_noise(tmp_path, write_series, columns):
    for path in write_series(tmp_path, picture=ramp):
        compress(path, "RLE")
        dataset = pydicom.dcmread(path)
        dataset.Columns = columns
        dataset.save_as(path)
    with pytest.raises(DicomError, match="6 files are damaged"):
        read_dicom_folder(tmp_path)


@pytest.mark.parametrize("implicit", [True, False])
@pytest.mark.parametrize("kind", ["plain", "RLE"])
def test_a_modality_lut_gives_the_values(tmp_path, write_series, kind, implicit):
    """In place of slope and intercept; here it begins at 100 and squares what is above."""
    table = np.minimum(np.arange(1000) ** 2 // 16, 65535).astype(np.uint16)
    for path in write_series(tmp_path, picture=lambda n: ramp(n, np.uint16)):
        dataset = pydicom.dcmread(path)
        item = pydicom.Dataset()
        item.add_new("LUTDescriptor", "US", [len(table), 100, 16])
        item.add_new("ModalityLUTType", "LO", "US")
        if implicit:
            item.add_new("LUTData", "OW", table.astype("<u2").tobytes())
        else:
            item.add_new("LUTData", "US", table.tolist())
        dataset.ModalityLUTSequence = [item]
        for keyword in ("RescaleSlope", "RescaleIntercept"):
            if keyword in dataset:
                delattr(dataset, keyword)
        dataset.save_as(path)
        if kind == "RLE":
            compress(path, kind)
    (volume,), notices = read_dicom_folder(tmp_path)
    wanted = np.stack([table[np.maximum(ramp(n).astype(int) - 100, 0)].T for n in range(6)], axis=-1)
    np.testing.assert_array_equal(volume.array, wanted)
    assert notices == []


def test_a_damaged_modality_lut_is_a_damaged_file(tmp_path, write_series):
    paths = write_series(tmp_path, picture=lambda n: ramp(n, np.uint16))
    dataset = pydicom.dcmread(paths[2])
    item = pydicom.Dataset()
    item.add_new("LUTDescriptor", "US", [1000, 100, 16])
    item.add_new("LUTData", "OW", bytes(6))
    dataset.ModalityLUTSequence = [item]
    dataset.save_as(paths[2])
    _, notices = read_dicom_folder(tmp_path)
    assert ("damaged_file", "002.dcm") in [(notice.code, notice.where) for notice in notices]


def test_zeros_behind_the_pixels_are_filling(tmp_path, write_series):
    for path in write_series(tmp_path, picture=ramp):
        dataset = pydicom.dcmread(path)
        dataset.PixelData += bytes(512)
        dataset.save_as(path, enforce_file_format=True)
    (volume,), notices = read_dicom_folder(tmp_path)
    np.testing.assert_array_equal(volume.array, np.stack([ramp(n).T for n in range(6)], axis=-1))
    assert notices == []


@pytest.mark.parametrize(("keyword", "dtype"), [("FloatPixelData", "<f4"), ("DoubleFloatPixelData", "<f8")])
def test_pixels_that_are_fractions_are_read(tmp_path, write_series, keyword, dtype):
    def picture(n):
        return (ramp(n) / 7.0).astype(dtype)

    for number, path in enumerate(write_series(tmp_path, picture=ramp)):
        dataset = pydicom.dcmread(path)
        for integer in ("PixelData", "BitsStored", "HighBit", "PixelRepresentation"):
            del dataset[integer]
        dataset.BitsAllocated = 8 * np.dtype(dtype).itemsize
        setattr(dataset, keyword, picture(number).tobytes())
        dataset.save_as(path, enforce_file_format=True)
    (volume,), notices = read_dicom_folder(tmp_path)
    np.testing.assert_allclose(volume.array, np.stack([picture(n).T for n in range(6)], axis=-1))
    assert notices == []


def test_one_damaged_slice_of_a_compressed_series_costs_no_other(tmp_path, write_series):
    paths = write_series(tmp_path, picture=ramp)
    for path in paths:
        compress(path, "JPEG")
    dataset = pydicom.dcmread(paths[2])
    (frame,) = pydicom.encaps.generate_frames(dataset.PixelData, number_of_frames=1)
    dataset.PixelData = pydicom.encaps.encapsulate([frame[: len(frame) // 2]])
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(paths[2], enforce_file_format=True)
    (volume,), notices = read_dicom_folder(tmp_path)
    assert [notice.code for notice in notices] == ["damaged_file", "uneven_slices"]
    assert notices[0].where == "002.dcm"
    np.testing.assert_array_equal(volume.array[..., 3], ramp(3).T)


def compress(path, kind: str) -> None:
    """Compress the pixels of a file with a real encoder, ITK's own, or pydicom's of RLE."""
    dataset = pydicom.dcmread(path)
    if kind == "RLE":
        dataset.compress(RLELossless)
        dataset.save_as(path, enforce_file_format=True)
        return
    temporary = path.with_suffix(".tmp.dcm")
    writer = sitk.ImageFileWriter()
    writer.SetImageIO("GDCMImageIO")
    writer.SetUseCompression(True)
    writer.SetCompressor(kind)
    writer.SetFileName(str(temporary))
    writer.Execute(sitk.GetImageFromArray(dataset.pixel_array[None]))
    made = pydicom.dcmread(temporary)
    dataset.file_meta.TransferSyntaxUID = made.file_meta.TransferSyntaxUID
    dataset.PixelData = made.PixelData
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(path, enforce_file_format=True)
    temporary.unlink()


@pytest.mark.parametrize(
    ("kind", "syntax"), [("JPEG", "1.2.840.10008.1.2.4.70"), ("JPEG2000", "1.2.840.10008.1.2.4.90")]
)
@pytest.mark.parametrize("dtype", [np.int16, np.uint16])
def test_compressed_series_are_read_bit_for_bit(tmp_path, write_series, kind, syntax, dtype):
    more = {"RescaleSlope": 2.0, "RescaleIntercept": -7.0}
    (plain,), _ = read_dicom_folder(write_series(tmp_path / "plain", picture=lambda n: ramp(n, dtype) - 30, **more))
    paths = write_series(tmp_path / "small", picture=lambda n: ramp(n, dtype) - 30, **more)
    for path in paths:
        compress(path, kind)
    assert pydicom.dcmread(paths[0]).file_meta.TransferSyntaxUID == syntax
    (volume,), notices = read_dicom_folder(tmp_path / "small")
    np.testing.assert_array_equal(volume.array, plain.array)
    assert notices == []


def test_a_compressed_enhanced_file_is_read_bit_for_bit(tmp_path, write_series):
    paths = write_series(tmp_path / "classic", picture=ramp)
    (tmp_path / "enhanced").mkdir()
    target = tmp_path / "enhanced" / "one.dcm"
    dataset = enhanced(paths, target)
    (plain,), _ = read_dicom_folder(target.parent)
    frames = []
    for path in paths:
        compress(path, "JPEG")
        frames += list(pydicom.encaps.generate_frames(pydicom.dcmread(path).PixelData, number_of_frames=1))
    dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.70"
    dataset.PixelData = pydicom.encaps.encapsulate(frames)
    dataset["PixelData"].VR = "OB"
    dataset["PixelData"].is_undefined_length = True
    dataset.save_as(target, enforce_file_format=True)
    (volume,), notices = read_dicom_folder(target.parent)
    np.testing.assert_array_equal(volume.array, plain.array)
    assert notices == []


def test_an_unknown_compression_is_said_once_for_all_series(tmp_path, write_series):
    for number in range(3):
        for path in write_series(tmp_path / str(number), SeriesNumber=number + 1):
            dataset = pydicom.dcmread(path)
            dataset.file_meta.TransferSyntaxUID = "1.2.840.10008.1.2.4.201"  # high-throughput JPEG 2000
            dataset.PixelData = pydicom.encaps.encapsulate([b"\xff\x4f\xff\x51" + b"\0" * 40])
            dataset["PixelData"].VR = "OB"
            dataset["PixelData"].is_undefined_length = True
            dataset.save_as(path, enforce_file_format=True)
    with pytest.raises(DicomError) as caught:
        read_dicom_folder(tmp_path)
    assert caught.value.what.count("compressed") == 1
    assert "18 files are compressed (High-Throughput JPEG 2000" in caught.value.what
    assert caught.value.remedy.count("pylibjpeg") == 2  # once, with the command
    assert "series 1, series 2, series 3" in caught.value.what
