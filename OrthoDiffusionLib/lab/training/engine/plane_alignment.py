"""Bring the planes' own logits onto the fused logit's scale, so that one calibration serves all of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from torch import Tensor

from OrthoDiffusionLib.findings import Calibration
from OrthoDiffusionLib.lab.evaluation.scores.platt import fit_platt
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy
from OrthoDiffusionLib.lab.training.engine.classifier_fitting import CLASSIFIERS
from OrthoDiffusionLib.volumes import Plane


def align_plane_classifiers(
    heads: Mapping[str, Tensor],
    names: Sequence[str],
    records: Sequence[ScoredStudy],
    calibrations: Mapping[str, Calibration],
) -> dict[str, Tensor]:
    """Weights of the heads with each plane's study-level classifier calibrated.

    A plane's classifier is linear, so its own Platt scaling (a_p, b_p) can be folded into it, undone by the
    fused one (a, b): w' = w a_p / a and c' = (a_p c + b_p - b) / a. A plane that cannot recognise a finding then
    says its prevalence, not nothing.

    Args:
        heads: content of the heads' file.
        names: abnormalities in the manifest's order.
        records: scored studies of a calibration cohort, with each plane's logits.
        calibrations: of the fused logits.
    """
    aligned = dict(heads)
    for plane in Plane:
        weight_key, bias_key = (f"{CLASSIFIERS[plane.value]}.{part}" for part in ("weight", "bias"))
        if weight_key not in heads:
            continue
        weight, bias = heads[weight_key].float().clone(), heads[bias_key].float().clone()
        for i, name in enumerate(names):
            found = [
                (record.findings[name]["by_plane"][plane.value], record.findings[name]["positive"])
                for record in records
                if plane.value in record.findings.get(name, {}).get("by_plane", {})
            ]
            fused = calibrations[name]
            if len(found) < 10 or fused.a <= 0:
                continue
            a, b = fit_platt(*map(np.array, zip(*found, strict=True)))
            weight[i] *= a / fused.a
            bias[i] = (a * bias[i] + b - fused.b) / fused.a
        aligned[weight_key], aligned[bias_key] = weight.half(), bias.half()
    return aligned
