"""The finer look keeps its place, begins with what the encoder knows, and covers what it is meant to cover."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.analysis.inference import DETAIL_MARGIN_MM, detail_window
from OrthoDiffusionLib.analysis.model import WINDOW_STEP, OrthoModel, ViewTensor
from OrthoDiffusionLib.volumes import Geometry, Plane
from OrthoDiffusionLib.volumes.geometry import direction_vectors

NETWORK = {
    "kind": "orthodiffusion-1", "channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16,
    "sigma": 0.1, "sigma_data": 0.5, "width": 8, "detail": True,
}  # fmt: skip
SHAPE = (12, 64, 72)
WINDOW = (slice(2, 10), slice(16, 48), slice(8, 40))


def sagittal(shape=SHAPE):
    return Geometry.from_axes(
        shape, spacing_mm=(3.0, 0.6, 0.6), directions=direction_vectors("LIP"), centre_ras=(5.0, -3.0, 10.0)
    )


@pytest.fixture
def model():
    torch.manual_seed(1)
    return OrthoModel(NETWORK, planes=(Plane.SAGITTAL,), classes=5, abnormalities=2).eval()


def looked_at(model, array):
    view = ViewTensor(torch.from_numpy(array)[None, None], sagittal())
    with torch.inference_mode():
        pyramid = model.encode(model.at_encoder_pixels(view), Plane.SAGITTAL)
        return model.sharpen(pyramid, view, WINDOW, Plane.SAGITTAL)


def noise(seed=0):
    return np.random.default_rng(seed).normal(0, 0.5, SHAPE).astype(np.float32)


def test_four_pixels_of_the_view_make_the_pixel_of_the_encoder_that_lies_between_them(model):
    view = ViewTensor(torch.from_numpy(noise())[None, None], sagittal())
    coarse = model.at_encoder_pixels(view)
    assert coarse.array[0, 0, 3, 5, 7].item() == pytest.approx(noise()[3, 10:12, 14:16].mean(), abs=1e-6)
    between = sagittal().to_ras(np.array([3.0, 10.5, 14.5]))
    assert coarse.geometry.to_ras(np.array([3.0, 5.0, 7.0])) == pytest.approx(between, abs=1e-9)


def test_before_any_training_the_finer_look_says_what_the_encoder_says(model):
    pyramid = looked_at(model, noise())
    coarse = pyramid.levels[0].features[:, 2:10, 8:24, 4:20]
    doubled = coarse.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert torch.equal(pyramid.detail.features, doubled)


def test_a_bright_pixel_stands_out_at_its_own_millimetre(model):
    torch.nn.init.normal_(model.detail["sagittal"].correct.conv.weight, std=0.5)
    loud = noise()
    loud[5, 30, 21] += 6.0
    change = (looked_at(model, loud).detail.features - looked_at(model, noise()).detail.features).abs().sum(dim=0)
    window = looked_at(model, noise()).detail
    strongest = np.unravel_index(int(change.argmax()), tuple(change.shape))
    place = window.affine[:3, :3] @ np.array(strongest, float) + window.affine[:3, 3]
    assert np.linalg.norm(place - sagittal().to_ras(np.array([5.0, 30.0, 21.0]))) < 1.5


def test_the_outlines_of_the_window_are_those_of_the_view_there_before_training(model):
    pyramid = looked_at(model, noise())
    with torch.inference_mode():
        whole = model.plane_logits(pyramid, Plane.SAGITTAL)
        window = model.detail_logits(pyramid, Plane.SAGITTAL)
        sparse = model.detail_logits(pyramid, Plane.SAGITTAL, step=2, start=(1, 0))
    expected = whole[:, 2:10, 8:24, 4:20].repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    assert torch.allclose(window, expected, atol=1e-5)
    assert torch.allclose(sparse, window[:, :, 1::2, ::2], atol=1e-6)


def test_what_a_view_and_its_window_both_need_may_be_worked_out_once(model):
    torch.nn.init.normal_(model.detail["sagittal"].correct.conv.weight, std=0.5)
    plane, pyramid = Plane.SAGITTAL, looked_at(model, noise())
    lesions, outlines = model.diagnosis, model.segmentation
    with torch.inference_mode():
        read, coarser = lesions.reading(plane, pyramid), outlines.of_coarser(plane, pyramid)
        once = [
            *lesions.of_planes({plane: pyramid}, read={plane: read})[0].values(),
            lesions.of_detail(plane, pyramid, read=read),
            outlines.of_plane(plane, pyramid, step=2, start=(0, 1), coarser=coarser),
            outlines.of_detail(plane, pyramid, step=2, start=(1, 0), coarser=coarser),
        ]
        apart = [
            *lesions.of_planes({plane: pyramid})[0].values(),
            lesions.of_detail(plane, pyramid),
            model.plane_logits(pyramid, plane, step=2, start=(0, 1)),
            model.detail_logits(pyramid, plane, step=2, start=(1, 0)),
        ]
    assert all(torch.equal(a, b) for a, b in zip(once, apart, strict=True))


def test_the_map_of_lesions_changes_inside_the_window_alone(model):
    pyramid = looked_at(model, noise())
    with torch.inference_mode():
        before = model.diagnosis.of_planes({Plane.SAGITTAL: pyramid})[0][Plane.SAGITTAL]
        torch.nn.init.normal_(model.detail["sagittal"].correct.conv.weight, std=0.5)
        after = model.diagnosis.of_planes({Plane.SAGITTAL: looked_at(model, noise())})[0][Plane.SAGITTAL]
    changed = (before - after).abs().amax(dim=0) > 1e-6
    inside = torch.zeros_like(changed)
    inside[2:10, 4:12, 2:10] = True  # the map's pixels are four of the view's
    assert changed[inside].float().mean() > 0.9
    assert not changed[~inside].any()


def test_the_window_holds_the_places_with_a_margin_and_ends_on_whole_pixels_of_the_map():
    view = sagittal((40, 256, 240))
    places = view.to_ras(np.random.default_rng(0).uniform([10, 90, 70], [22, 160, 130], (2000, 3)))
    window = detail_window(view, places)
    assert all(part.start % WINDOW_STEP == 0 and part.stop % WINDOW_STEP == 0 for part in window[1:])
    margin = DETAIL_MARGIN_MM / 0.6
    assert window[1].start <= 91 - margin
    assert window[1].stop >= 159 + margin
    assert window[2].start <= 71 - margin
    assert window[0].start <= 9
    assert window[0].stop >= 23


def test_places_at_the_edge_or_outside_of_a_view_cut_the_window_or_leave_none():
    view = sagittal((10, 66, 70))
    inside = view.to_ras(np.array([[2.0, 60.0, 60.0], [5.0, 65.0, 69.0]]))
    window = detail_window(view, inside)
    assert window[1].stop == 64
    assert window[2].stop == 68
    assert detail_window(view, inside + np.array([500.0, 0, 0])) is None
