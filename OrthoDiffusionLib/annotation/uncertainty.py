"""How unsure an analysis was of a case: what ‘most uncertain first’ sorts by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from OrthoDiffusionLib.findings.plausibility import ALARMS


def uncertainty(findings: Mapping[str, Any]) -> float | None:
    """The mean over all assessed findings of what the probability leaves open, 0 (sure) to 1.

    For each finding the binary entropy of its probability, −p log2 p − (1 − p) log2 (1 − p), or the difference between
    the highest and the lowest of the planes' probabilities if that is larger: planes that contradict each other are
    not sure, whatever their mean. An analysis that warns of an implausible result, or of images unlike those of the
    training, counts as 1.

    Args:
        findings: the content of findings.json.

    Returns:
        None if no finding was assessed and nothing was warned of.
    """
    if any(warning.get("code") in ALARMS for warning in findings.get("warnings", ())):
        return 1.0
    values = []
    for finding in findings.get("findings", ()):
        probability = finding.get("probability")
        if not finding.get("assessed") or probability is None:
            continue
        planes = [float(value) for value in (finding.get("by_plane") or {}).values() if value is not None]
        spread = max(planes) - min(planes) if len(planes) > 1 else 0.0
        values.append(max(_entropy(float(probability)), spread))
    return round(sum(values) / len(values), 4) if values else None


def _entropy(probability: float) -> float:
    if not 0.0 < probability < 1.0:
        return 0.0
    other = 1.0 - probability
    return -probability * math.log2(probability) - other * math.log2(other)
