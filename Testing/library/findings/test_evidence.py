"""The heat map and the point lie where the attention was."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.findings import evidence_from_weights
from OrthoDiffusionLib.volumes import Geometry, Volume


def _spot(at_ras, geometry, width_mm=4.0):
    ijk = np.stack(np.meshgrid(*(np.arange(n) for n in geometry.shape), indexing="ij"), -1)
    distance = np.linalg.norm(geometry.to_ras(ijk) - np.array(at_ras), axis=-1)
    return Volume(np.exp(-0.5 * (distance / width_mm) ** 2).astype(np.float32) * 0.03, geometry)


@pytest.mark.parametrize("codes", ["RAS", "LPS", "PIL"])
def test_the_point_is_where_the_weight_is_however_the_grid_is_stored(codes):
    geometry = Geometry.from_box((-40, -40, -40), (40, 40, 40), (1.0, 2.0, 1.5)).reoriented(codes)
    heat, point = evidence_from_weights(_spot((12.0, -9.0, 20.0), geometry))
    assert point == pytest.approx((12.0, -9.0, 20.0), abs=0.6)
    assert heat.geometry.axis_codes == "RAS" and heat.geometry.spacing_mm == pytest.approx([3, 3, 3])
    assert heat.array.dtype == np.uint8 and heat.array.max() == 100
    hottest = heat.geometry.to_ras(np.unravel_index(heat.array.argmax(), heat.array.shape))
    assert np.linalg.norm(hottest - point) < 3.0


def test_no_weight_gives_an_empty_map_and_no_point():
    geometry = Geometry.from_box((0, 0, 0), (30, 30, 30), 1.0)
    heat, point = evidence_from_weights(Volume(np.zeros(geometry.shape, np.float32), geometry))
    assert point is None and not heat.array.any()


def test_a_single_voxel_is_not_lost_on_the_coarse_grid():
    geometry = Geometry.from_box((0, 0, 0), (30, 30, 30), 0.5)
    array = np.zeros(geometry.shape, np.float32)
    array[31, 20, 45] = 2.0
    heat, point = evidence_from_weights(Volume(array, geometry))
    assert heat.array.max() == 100
    assert point == pytest.approx(geometry.to_ras((31, 20, 45)))
