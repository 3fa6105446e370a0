"""What the tables of the experiment on labels say in plain words."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.lab.experiments.common.study_statistics import Draws
from OrthoDiffusionLib.lab.experiments.labels.label_tables import AUROC, Figures, conclusions


def around(value):
    """Draws whose interval is the value and 0.05 to both sides."""
    return Draws(np.array([value, *np.linspace(value - 0.05, value + 0.05, 200)]))


def figures(measure, **reached):
    """Kind -> (at a tenth of the labels, at all)."""
    values = {
        (measure, kind, share): around(v)
        for kind, two in reached.items()
        for share, v in zip((0.1, 1.0), two, strict=True)
    }
    return Figures({kind: kind for kind in reached}, (measure,), values)


@pytest.mark.parametrize(
    ("measure", "reached", "said", "unsaid"),
    [
        ("Dice", {"finetuned": (0.6, 0.7)}, "misses the aim of 97 %", "scratch"),
        ("Dice", {"finetuned": (0.7, 0.7), "scratch": (0.3, 0.7)}, "which meets the aim of 97 %", "short"),
        ("Dice", {"finetuned": (0.7, 0.7), "scratch": (0.4, 0.4)}, "labels are not what is short", "misses"),
        (AUROC, {"finetuned": (0.52, 0.51)}, "cannot be distinguished from chance", "meets"),
        (AUROC, {"finetuned": (0.8, 0.8)}, "meets the aim", "chance"),
    ],
)  # fmt: skip
def test_what_is_kept_at_few_labels_is_praised_only_where_it_says_something(measure, reached, said, unsaid):
    (words,) = conclusions(figures(measure, **reached), list(reached))
    assert said in words and unsaid not in words
