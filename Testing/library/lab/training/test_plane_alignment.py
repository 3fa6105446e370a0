"""A plane's own probability is as calibrated as the fused one."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.findings import Calibration, sigmoid
from OrthoDiffusionLib.lab.evaluation.scores.platt import fit_platt
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy
from OrthoDiffusionLib.lab.training.engine.plane_alignment import align_plane_classifiers


def test_the_fused_calibration_turns_an_aligned_logit_into_the_planes_own_probability():
    rng = np.random.default_rng(0)
    positive = rng.random(60) < 0.4
    logits = rng.normal(0, 1, 60) + 2.0 * positive - 5.0
    records = [
        ScoredStudy(str(i), str(i), {}, structures={},
                    findings={"joint_effusion": {"positive": bool(p), "by_plane": {"axial": float(x)}}})
        for i, (x, p) in enumerate(zip(logits, positive, strict=True))
    ]  # fmt: skip
    heads = {
        "diagnosis.plane_verdict.axial.weight": torch.full((1, 3), 1 / 3).half(),
        "diagnosis.plane_verdict.axial.bias": torch.zeros(1).half(),
    }
    fused = Calibration(0.5, -1.2, 0.9, 0.8, 0.95)
    aligned = align_plane_classifiers(heads, ["joint_effusion"], records, {"joint_effusion": fused})
    a, b = fit_platt(logits, positive)
    for logit in (-6.0, -4.0, -2.0):  # the mean of the strongest places is the verdict's input
        changed = float(aligned["diagnosis.plane_verdict.axial.weight"].float().sum()) * logit
        changed += float(aligned["diagnosis.plane_verdict.axial.bias"])
        assert fused.probability(changed) == pytest.approx(float(sigmoid(a * logit + b)), abs=0.02)
