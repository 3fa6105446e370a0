"""Calibration turns logits into probabilities that mean what they say."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.findings import Calibration


def test_huge_logits_do_not_overflow():
    assert Calibration(1.0, 0.0).probability(np.array([-1e6, 1e6])).tolist() == [0.0, 1.0]


def test_a_finding_is_assessable_only_if_its_interval_lies_above_chance():
    assert Calibration(auroc=0.7, auroc_low=0.51, auroc_high=0.9).assessable
    assert not Calibration(auroc=0.7, auroc_low=0.5, auroc_high=0.9).assessable
    assert not Calibration().assessable
    with pytest.raises(ValueError, match="must lie in its interval"):
        Calibration(auroc=float("nan"))
