"""What a request says of precision and threads is what the worker computes with, from one request to the next."""

from __future__ import annotations

import types

import pytest
import torch

from OrthoDiffusionLib.analysis import analysis_run
from OrthoDiffusionLib.service.protocol import Options
from OrthoDiffusionLib.service.worker_analysis import WarmAnalysis


@pytest.fixture
def opened(monkeypatch):
    """What `open_analyzer` was asked for; each call gives another object."""
    calls = []

    def open_analyzer(bundle, **settings):
        calls.append(settings)
        return object()

    monkeypatch.setattr(analysis_run, "open_analyzer", open_analyzer)
    return calls


def test_another_precision_opens_the_networks_anew_and_the_same_one_keeps_them_warm(opened):
    warm, bundle = WarmAnalysis(), types.SimpleNamespace(sha256="a" * 64)
    first = warm._analyzer(bundle, Options("cpu", precision="float32"))
    assert warm._analyzer(bundle, Options("cpu", precision="float32")) is first
    assert warm._analyzer(bundle, Options("cpu", precision="bfloat16")) is not first
    assert opened == [{"device": "cpu", "precision": "float32"}, {"device": "cpu", "precision": "bfloat16"}]


def test_threads_are_those_of_the_request_and_torchs_own_again_afterwards(opened):
    before = torch.get_num_threads()
    try:
        warm, bundle = WarmAnalysis(), types.SimpleNamespace(sha256="a" * 64)
        warm._analyzer(bundle, Options("cpu", threads=before + 1))
        assert torch.get_num_threads() == before + 1
        warm._analyzer(bundle, Options("cpu"))
        assert torch.get_num_threads() == before
    finally:
        torch.set_num_threads(before)
