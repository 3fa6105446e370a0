"""The .seg.nrrd holds labels, names, colours and terminology where Slicer looks for them."""

from __future__ import annotations

import numpy as np
import pytest
import SimpleITK as sitk

from OrthoDiffusionLib.anatomy import KNEE, Side
from OrthoDiffusionLib.volumes import Volume, read_volume, write_segmentation_nrrd


@pytest.fixture
def labels(oblique_geometry):
    array = np.random.default_rng(0).integers(0, 19, oblique_geometry.shape).astype(np.uint8)
    return Volume(array, oblique_geometry)


def test_labels_keep_their_place_and_values(tmp_path, labels):
    path = tmp_path / "knee.seg.nrrd"
    write_segmentation_nrrd(labels, KNEE.structures, path, side=Side.LEFT)
    back = read_volume(path)
    np.testing.assert_array_equal(back.array, labels.array)
    assert back.geometry.is_same_grid(labels.geometry, tolerance_mm=1e-6)


def test_every_segment_carries_what_slicer_shows(tmp_path, labels):
    path = tmp_path / "knee.seg.nrrd"
    write_segmentation_nrrd(labels, KNEE.structures, path, side=Side.LEFT, tags={"OrthoDiffusion.Bundle": "knee|one"})
    image = sitk.ReadImage(str(path))
    assert image.GetMetaData("Segmentation_MasterRepresentation") == "Binary labelmap"
    assert image.GetMetaData("Segment7_ID") == "medial_meniscus"
    assert image.GetMetaData("Segment7_Name") == "Medial meniscus"
    assert image.GetMetaData("Segment7_LabelValue") == "8"
    assert image.GetMetaData("Segment7_Layer") == "0"
    assert image.GetMetaData("Segment7_Extent") == "0 8 0 11 0 6"
    colour = [float(value) for value in image.GetMetaData("Segment7_Color").split()]
    np.testing.assert_allclose(colour, np.array(KNEE.structures[7].colour) / 255, atol=1e-5)
    tags = dict(tag.split(":", 1) for tag in image.GetMetaData("Segment7_Tags").strip("|").split("|"))
    assert tags["TerminologyEntry"] == KNEE.structures[7].terminology_entry(Side.LEFT)
    assert tags["Segmentation.Status"] == "inprogress"
    assert tags["OrthoDiffusion.Bundle"] == "knee/one"


def test_labels_must_be_whole_numbers(tmp_path, labels):
    with pytest.raises(ValueError, match="whole numbers"):
        write_segmentation_nrrd(labels.with_array(labels.array * 0.5), KNEE.structures, tmp_path / "a.seg.nrrd")
