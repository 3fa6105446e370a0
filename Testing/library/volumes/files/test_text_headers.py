"""NRRD and MetaImage headers as other programs write them; places are checked in RAS millimetres."""

from __future__ import annotations

import bz2
import gzip
import zlib

import numpy as np
import pytest
import SimpleITK as sitk

from OrthoDiffusionLib.errors import VolumeFileError
from OrthoDiffusionLib.volumes import read_volume
from OrthoDiffusionLib.volumes.files.voxel_files import unpacked
from OrthoDiffusionLib.volumes.itk_border import geometry_from_sitk

VALUES = np.arange(60, dtype="<i2")
ARRAY = VALUES.reshape((3, 4, 5), order="F")

LPS_SAGITTAL = "(0,0.5,0) (0,0,-0.6) (-3,0,0)"
"""A sagittal stack in DICOM's order: columns to posterior, rows to inferior, slices to the right."""

RAS = np.array([[0, 0, 3, 10], [-0.5, 0, 0, 20], [0, -0.6, 0, 30], [0, 0, 0, 1.0]])


@pytest.fixture
def nrrd(tmp_path):
    def write(body=None, **changes):
        fields = {
            "type": "int16",
            "dimension": "3",
            "space": "left-posterior-superior",
            "sizes": "3 4 5",
            "space directions": LPS_SAGITTAL,
            "endian": "little",
            "encoding": "raw",
            "space origin": "(-10,-20,30)",
            **{name.replace("_", " "): value for name, value in changes.items()},
        }
        if "space_dimension" in changes:
            fields["space"] = None
            fields = {"space dimension": fields.pop("space dimension"), **fields}
        lines = [f"{name}: {value}" for name, value in fields.items() if value is not None]
        path = tmp_path / "knee.nrrd"
        path.write_bytes(("NRRD0005\n" + "\n".join(lines) + "\n\n").encode() + (body or VALUES.tobytes()))
        return path

    return write


def codes_of(volume):
    return [notice.code for notice in volume.notices]


def turned(signs: str) -> dict:
    """The same place in a space whose x and y grow the other way."""
    x, y = ({"+": 1, "-": -1}[sign] for sign in signs)
    directions = f"(0,{0.5 * y},0) (0,0,-0.6) ({-3 * x},0,0)"
    return {"space_directions": directions, "space_origin": f"({-10 * x},{-20 * y},30)"}


@pytest.mark.parametrize(
    ("space", "signs"),
    [
        ("left-posterior-superior", "++"),
        ("LPS", "++"),
        ("Left-Posterior-Superior", "++"),
        ("right-anterior-superior", "--"),
        ("RAS", "--"),
        ("left-anterior-superior", "+-"),
        ("LAS", "+-"),
    ],
)
def test_a_space_that_names_the_patients_axes_gives_the_place(nrrd, space, signs):
    path = nrrd(space=space, **turned(signs))
    volume = read_volume(path)
    np.testing.assert_allclose(volume.geometry.affine, RAS)
    np.testing.assert_array_equal(volume.array, ARRAY)
    assert codes_of(volume) == []
    assert volume.geometry.is_same_grid(geometry_from_sitk(sitk.ReadImage(str(path))), tolerance_mm=1e-6)


@pytest.mark.parametrize(
    ("space", "signs"), [("right-anterior-superior-time", -1), ("left-posterior-superior-time", 1)]
)
def test_a_time_axis_does_not_turn_the_patient(nrrd, space, signs):
    directions = f"(0,{0.5 * signs},0,0) (0,0,-0.6,0) ({-3 * signs},0,0,0) (0,0,0,1)"
    volume = read_volume(
        nrrd(space=space, dimension="4", sizes="3 4 5 1", space_directions=directions,
             space_origin=f"({-10 * signs},{-20 * signs},30,0)")
    )  # fmt: skip
    np.testing.assert_allclose(volume.geometry.affine, RAS)
    assert codes_of(volume) == []


@pytest.mark.parametrize(
    "space",
    [{"space": "scanner-xyz"}, {"space": "3D-right-handed"}, {"space": "3D-left-handed"}, {"space_dimension": "3"}],
)
def test_a_space_of_no_patient_is_noticed_and_taken_as_slices_hang_as_a_rule(nrrd, space):
    for signs in ("++", "--"):
        volume = read_volume(nrrd(**space, **turned(signs)))
        assert codes_of(volume) == ["orientation_unknown"]
        assert volume.geometry.axis_codes == "PIR"[:2] + volume.geometry.axis_codes[2]
        np.testing.assert_allclose(volume.geometry.spacing_mm, (0.5, 0.6, 3.0))


def test_comments_and_pairs_are_no_fields(nrrd):
    path = nrrd()
    path.write_bytes(
        path.read_bytes().replace(b"type: int16\n", b"# space: scanner-xyz\nspace:=scanner-xyz\ntype: int16\n")
    )
    assert codes_of(read_volume(path)) == []


@pytest.mark.parametrize(
    ("units", "factor", "noticed"),
    [
        ('"mm" "mm" "mm"', 1, False),
        ('"" "" ""', 1, False),
        ('"cm" "cm" "cm"', 0.1, False),
        ('"m" "m" "m"', 0.001, False),
        ('"m" "m" "m"', 1, True),
        (None, 0.001, True),
    ],
)
def test_units_are_those_of_the_header_if_a_joint_can_have_them(nrrd, units, factor, noticed):
    directions = f"(0,{0.5 * factor},0) (0,0,{-0.6 * factor}) ({-3 * factor},0,0)"
    origin = f"({-10 * factor},{-20 * factor},{30 * factor})"
    volume = read_volume(nrrd(space_units=units, space_directions=directions, space_origin=origin))
    np.testing.assert_allclose(volume.geometry.affine, RAS, atol=1e-9)
    assert codes_of(volume) == (["voxel_size_unit"] if noticed else [])


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", gzip.compress(VALUES.tobytes(), mtime=0)),
        ("gz", gzip.compress(VALUES.tobytes(), mtime=0)),
        ("ascii", " ".join(map(str, VALUES)).encode()),
        ("text", " ".join(map(str, VALUES)).encode()),
        ("hex", VALUES.tobytes().hex().encode()),
    ],
)
def test_every_usual_encoding_is_read(nrrd, encoding, body):
    np.testing.assert_array_equal(read_volume(nrrd(body, encoding=encoding)).array, ARRAY)


@pytest.mark.parametrize("encoding", ["bzip2", "bz2", "BZIP2"])
def test_bzip2_is_named_with_a_remedy_and_not_called_damaged(nrrd, encoding):
    with pytest.raises(VolumeFileError, match=r"stored with bzip2.*knee\.nrrd.*gzip") as caught:
        read_volume(nrrd(bz2.compress(VALUES.tobytes()), encoding=encoding))
    assert "damaged" not in str(caught.value)


def test_other_encodings_are_named(nrrd):
    with pytest.raises(VolumeFileError, match="encoding ‘zrl’"):
        read_volume(nrrd(encoding="zrl"))


def test_lists_and_vectors_are_told_apart_from_damage(nrrd):
    twice = VALUES.tobytes() * 2
    listed = f"{LPS_SAGITTAL} none"
    with pytest.raises(VolumeFileError, match="4D image: 2 volumes"):
        read_volume(nrrd(twice, dimension="4", sizes="3 4 5 2", space_directions=listed))
    with pytest.raises(VolumeFileError, match="4D image: 2 volumes"):
        read_volume(nrrd(twice, dimension="4", sizes="2 3 4 5", space_directions=f"none {LPS_SAGITTAL}",
                         kinds="list domain domain domain"))  # fmt: skip
    with pytest.raises(VolumeFileError, match="several values in each voxel"):
        read_volume(nrrd(twice, dimension="4", sizes="2 3 4 5", space_directions=f"none {LPS_SAGITTAL}",
                         kinds="vector domain domain domain"))  # fmt: skip


def test_a_sheared_nrrd_is_refused_as_itk_evens_it_out_in_silence(nrrd):
    with pytest.raises(VolumeFileError, match=r"not perpendicular.*knee\.nrrd"):
        read_volume(nrrd(space_directions="(0,0.5,0) (0,0.2,-0.6) (-3,0,0)"))


def test_axes_without_a_beginning_are_noticed(nrrd):
    assert codes_of(read_volume(nrrd(space_origin=None))) == ["no_position"]


@pytest.mark.parametrize("spacings", ["nan nan nan", "0.5 0.5 0"])
def test_spacings_that_are_none_are_refused(nrrd, spacings):
    with pytest.raises(VolumeFileError, match="how large its voxels are|damaged"):
        read_volume(nrrd(space=None, space_directions=None, space_origin=None, spacings=spacings))


def test_centring_and_measurement_frame_do_not_move_a_grey_image(nrrd):
    path = nrrd(centerings="node node node", measurement_frame="(-1,0,0) (0,-1,0) (0,0,1)")
    np.testing.assert_allclose(read_volume(path).geometry.affine, RAS)


@pytest.fixture
def metaimage(tmp_path):
    def write(body=None, **changes):
        fields = {
            "ObjectType": "Image",
            "NDims": "3",
            "BinaryData": "True",
            "BinaryDataByteOrderMSB": "False",
            "CompressedData": "False",
            "TransformMatrix": "0 1 0 0 0 -1 -1 0 0",
            "Offset": "-10 -20 30",
            "AnatomicalOrientation": "ASL",
            "ElementSpacing": "0.5 0.6 3",
            "DimSize": "3 4 5",
            "ElementType": "MET_SHORT",
            **changes,
        }
        text = "".join(f"{name} = {value}\n" for name, value in fields.items() if value is not None)
        path = tmp_path / "knee.mha"
        path.write_bytes(text.encode() + b"ElementDataFile = LOCAL\n" + (body or VALUES.tobytes()))
        return path

    return write


@pytest.mark.parametrize("changes", [
    {}, {"AnatomicalOrientation": "PIR"}, {"AnatomicalOrientation": "???"}, {"AnatomicalOrientation": None},
    {"Offset": None, "Position": "-10 -20 30"}, {"Offset": None, "Origin": "-10 -20 30"},
    {"ElementSpacing": None, "ElementSize": "0.5 0.6 3"}, {"ElementSize": "1 1 1"},
])  # fmt: skip
def test_a_metaimage_lies_where_itk_puts_it(metaimage, changes):
    path = metaimage(**changes)
    volume = read_volume(path)
    np.testing.assert_allclose(volume.geometry.affine, RAS)
    assert codes_of(volume) == []
    assert volume.geometry.is_same_grid(geometry_from_sitk(sitk.ReadImage(str(path))), tolerance_mm=1e-6)


def test_what_a_metaimage_contradicts_or_leaves_out_is_noticed(metaimage):
    assert codes_of(read_volume(metaimage(AnatomicalOrientation="RAI"))) == ["orientation_disagrees"]
    assert codes_of(read_volume(metaimage(Offset=None))) == ["no_position"]
    assert codes_of(read_volume(metaimage(TransformMatrix=None))) == ["no_orientation"]
    volume = read_volume(metaimage(ElementSpacing="0.0005 0.0006 0.003", Offset="-0.01 -0.02 0.03"))
    assert codes_of(volume) == ["voxel_size_unit"]
    np.testing.assert_allclose(volume.geometry.affine, RAS, atol=1e-9)
    with pytest.raises(VolumeFileError, match="not perpendicular"):
        read_volume(metaimage(TransformMatrix="1 0 0 0.3 1 0 0 0 1"))


@pytest.mark.parametrize("changes", [
    {"ElementSpacing": None, "elementspacing": "0.5 0.6 3"},
    {"TransformMatrix": None, "Transformmatrix": "1 0 0 0 1 0 0 0 1"},
    {"BinaryDataByteOrderMSB": None, "binarydatabyteordermsb": "True"},
])  # fmt: skip
def test_a_field_that_itk_does_not_know_by_its_capitals_is_not_taken_for_known(metaimage, changes):
    with pytest.raises(VolumeFileError, match=f"The header is damaged: {[*changes][1]} is"):
        read_volume(metaimage(**changes))


@pytest.mark.parametrize("matrix", ["0.5 0 0 0 0.6 0 0 0 3", "2 0 0 0 2 0 0 0 2", "0 0 0 0 0 0 0 0 0"])
def test_a_matrix_that_changes_the_spacing_is_refused(metaimage, matrix):
    with pytest.raises(VolumeFileError, match="The header is damaged: transformmatrix is"):
        read_volume(metaimage(TransformMatrix=matrix))


def test_a_matrix_of_rounded_directions_is_read(metaimage):
    volume = read_volume(metaimage(TransformMatrix="0.707 0.707 0 -0.707 0.707 0 0 0 1", AnatomicalOrientation=None))
    np.testing.assert_allclose(volume.geometry.spacing_mm, (0.5, 0.6, 3.0), rtol=1e-3)


def test_whatever_a_nrrd_says_the_place_is_that_of_itk_or_is_noticed_or_refused(nrrd):
    rng = np.random.default_rng(7)
    silent = 0
    for number in range(120):
        matrix = np.linalg.qr(rng.normal(size=(3, 3)))[0] * (0.5, 0.6, 3.0)
        vectors = " ".join("(" + ",".join(repr(float(x)) for x in matrix[:, axis]) + ")" for axis in range(3))
        space = str(rng.choice(["LPS", "RAS", "LAS", "scanner-xyz", "3D-right-handed"]))
        unit = rng.choice([None, '"mm" "mm" "mm"', '"m" "m" "m"'])
        origin = rng.choice([None, "(1,2,3)", "(-70,55,12.5)"])
        path = nrrd(space=space, space_directions=vectors, space_units=unit, space_origin=origin)
        volume = read_volume(path)
        np.testing.assert_array_equal(volume.array, ARRAY)
        if volume.notices:
            continue
        silent += 1
        assert space in ("LPS", "RAS", "LAS") and origin is not None, number
        assert volume.geometry.is_same_grid(geometry_from_sitk(sitk.ReadImage(str(path))), tolerance_mm=1e-6)
    assert silent > 15


def one_byte_changed(packed: bytes):
    for at in range(12, len(packed), 7):
        yield packed[:at] + bytes([packed[at] ^ 0x55]) + packed[at + 1 :]


def test_damaged_compressed_voxels_are_refused_as_itk_returns_whatever_is_in_memory(nrrd, metaimage, capfd):
    packed = gzip.compress(VALUES.tobytes())
    for changed in one_byte_changed(packed):
        with pytest.raises(VolumeFileError, match="damaged"):
            read_volume(nrrd(changed, encoding="gzip"))
    packed = zlib.compress(VALUES.tobytes())
    fields = {"CompressedData": "True", "CompressedDataSize": str(len(packed))}
    np.testing.assert_array_equal(read_volume(metaimage(packed, **fields)).array, ARRAY)
    for changed in one_byte_changed(packed):
        with pytest.raises(VolumeFileError, match="damaged"):
            read_volume(metaimage(changed, **fields))
    assert capfd.readouterr().err == ""  # the MetaImage library prints, and goes on


def test_compressed_voxels_of_a_wrong_size_are_refused(metaimage):
    packed, short = zlib.compress(VALUES.tobytes()), zlib.compress(VALUES[:-1].tobytes())
    for body, size in ((packed, str(len(packed) - 5)), (packed, "0"), (packed, None), (short, str(len(short)))):
        with pytest.raises(VolumeFileError, match="damaged"):
            read_volume(metaimage(body, CompressedData="True", CompressedDataSize=size))


@pytest.mark.parametrize("ending", [".mha", ".nrrd"])
def test_voxels_that_are_packed_a_thousandfold_are_whole(tmp_path, ending):
    image = sitk.Image([160, 160, 130], sitk.sitkInt16)
    sitk.WriteImage(image, str(tmp_path / f"air{ending}"), True)
    assert (tmp_path / f"air{ending}").stat().st_size < 20_000
    assert not read_volume(tmp_path / f"air{ending}").array.any()


_MET = {"i1": "CHAR", "u1": "UCHAR", "i2": "SHORT", "u2": "USHORT", "i4": "INT", "u4": "UINT", "f4": "FLOAT",
        "f8": "DOUBLE", "i8": "LONG_LONG", "u8": "ULONG_LONG"}  # fmt: skip
_NRRD = {"i1": "int8", "u1": "uint8", "i2": "int16", "u2": "uint16", "i4": "int32", "u4": "uint32", "f4": "float",
         "f8": "double", "i8": "int64", "u8": "uint64"}  # fmt: skip


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", list(_MET))
def test_compressed_voxels_are_those_that_itk_reads_and_are_unpacked_once(nrrd, metaimage, kind, order, monkeypatch):
    values = np.random.default_rng(1).integers(1, 100, 60).astype(order + kind)
    zipped, packed = gzip.compress(values.tobytes()), zlib.compress(values.tobytes())
    endian, msb = {"<": ("little", "False"), ">": ("big", "True")}[order]
    more = {"CompressedData": "True", "CompressedDataSize": str(len(packed)), "BinaryDataByteOrderMSB": msb}
    for path in (
        nrrd(zipped, encoding="gzip", type=_NRRD[kind], endian=endian),
        metaimage(packed, ElementType=f"MET_{_MET[kind]}", **more),
    ):
        by_itk = sitk.ReadImage(str(path))
        with monkeypatch.context() as patch:
            patch.setattr(sitk.ImageFileReader, "Execute", lambda reader: pytest.fail("unpacked twice"))
            volume = read_volume(path)
        np.testing.assert_array_equal(volume.array, sitk.GetArrayFromImage(by_itk).transpose(2, 1, 0))
        assert volume.array.dtype.isnative
        assert volume.geometry.is_same_grid(geometry_from_sitk(by_itk), tolerance_mm=1e-6)


def test_compressed_voxels_whose_byte_order_is_not_said_are_left_to_itk(metaimage):
    packed = zlib.compress(VALUES.tobytes())
    fields = {"CompressedData": "True", "CompressedDataSize": str(len(packed)), "BinaryDataByteOrderMSB": None}
    np.testing.assert_array_equal(read_volume(metaimage(packed, **fields)).array, ARRAY)


def test_gzip_streams_that_follow_each_other_are_one(nrrd):
    whole = VALUES.tobytes()
    body = gzip.compress(whole[:50]) + gzip.compress(whole[50:])
    np.testing.assert_array_equal(read_volume(nrrd(body, encoding="gzip")).array, ARRAY)


@pytest.mark.parametrize("named", ["LIST", "slice%d.raw 0 4 1"])
@pytest.mark.parametrize("ending", [".mhd", ".nhdr"])
def test_one_of_several_files_of_voxels_that_is_missing_is_named(nrrd, metaimage, tmp_path, ending, named, capfd):
    names = [f"slice{number}.raw" for number in range(5)]
    for number, name in enumerate(names):
        (tmp_path / name).write_bytes(ARRAY[..., number].tobytes(order="F"))
    following = "".join(f"{name}\n" for name in names) if named == "LIST" else ""
    header = tmp_path / f"knee{ending}"
    if ending == ".mhd":
        text = metaimage().read_bytes().partition(b"LOCAL")[0].decode() + f"{named}\n{following}"
    else:
        text = nrrd().read_bytes().partition(b"\n\n")[0].decode() + f"\ndata file: {named}\n{following}"
    header.write_text(text)
    volume = read_volume(header)
    np.testing.assert_array_equal(volume.array, ARRAY)
    np.testing.assert_allclose(volume.geometry.affine, RAS)
    (tmp_path / names[3]).unlink()
    with pytest.raises(VolumeFileError, match=r"slice3\.raw.*is missing.*same folder"):
        read_volume(header)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("ending", [".mhd", ".nhdr"])
def test_a_file_of_more_bytes_than_its_header_describes_is_refused_as_it_would_be_noise(
    nrrd, metaimage, tmp_path, ending
):
    header, data = tmp_path / f"knee{ending}", tmp_path / "knee.raw"
    if ending == ".mhd":
        text = metaimage().read_bytes().partition(b"LOCAL")[0].decode() + "knee.raw\n"
        skip = ("ElementSpacing", "HeaderSize = 7\nElementSpacing")
    else:
        text = nrrd().read_bytes().partition(b"\n\n")[0].decode() + "\ndata file: knee.raw\n"
        skip = ("encoding:", "byte skip: 7\nencoding:")
    whole = VALUES.tobytes()
    for content in (b"HEADER1" + whole, VALUES.astype("<i4").tobytes()):
        data.write_bytes(content)
        header.write_text(text)
        with pytest.raises(VolumeFileError, match=rf"knee\.raw holds {len(content)} bytes .* describes 120"):
            read_volume(header)
    data.write_bytes(b"HEADER1" + whole)
    header.write_text(text.replace(*skip))
    np.testing.assert_array_equal(read_volume(header).array, ARRAY)


@pytest.mark.parametrize("sizes", ["3 4 nan", "3 4 inf", "", "3 4 1e9", "-3 4 5"])
def test_sizes_that_are_none_are_refused(nrrd, sizes):
    with pytest.raises(VolumeFileError):
        read_volume(nrrd(sizes=sizes))


def test_voxels_of_a_wider_type_than_is_said_are_refused_and_a_few_bytes_more_are_not(nrrd, metaimage):
    for write in (nrrd, metaimage):
        np.testing.assert_array_equal(read_volume(write(VALUES.tobytes() + b"\n\0\0")).array, ARRAY)
        with pytest.raises(VolumeFileError, match="240 bytes .* describes 120"):
            read_volume(write(VALUES.astype("<i4").tobytes()))


@pytest.mark.parametrize("kind", [
    "signed char", "int8_t", "uchar", "unsigned char", "uint8", "short", "short int", "signed short int", "int16_t",
    "ushort", "unsigned short int", "uint16_t", "int", "signed int", "int32_t", "uint", "unsigned int", "uint32",
    "longlong", "long long int", "signed long long int", "int64_t", "ulonglong", "unsigned long long", "uint64_t",
    "float", "double",
])  # fmt: skip
def test_every_number_type_of_nrrd_is_read(nrrd, kind):
    bytes_each = next(size for word, size in (("char", 1), ("8", 1), ("short", 2), ("16", 2), ("long", 8), ("64", 8),
                                              ("double", 8), ("int", 4), ("float", 4)) if word in kind)  # fmt: skip
    dtype = f"<{'f' if kind in ('float', 'double') else 'u' if kind.startswith('u') else 'i'}{bytes_each}"
    body = VALUES.astype(dtype).tobytes()
    np.testing.assert_array_equal(read_volume(nrrd(body, type=kind)).array, ARRAY)
    with pytest.raises(VolumeFileError, match=f"describes {len(body)}"):
        read_volume(nrrd(body + body, type=kind))


def test_compressed_voxels_that_cannot_be_opened_are_refused_with_the_reason(tmp_path):
    header = tmp_path / "knee.nrrd"
    with pytest.raises(VolumeFileError, match="Cannot read the file: Is a directory") as caught:
        unpacked(header, tmp_path)
    assert caught.value.where == str(header)
