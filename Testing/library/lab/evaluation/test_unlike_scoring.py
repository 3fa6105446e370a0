"""How well unlike images are told from honest ones, in numbers that a few images can bear."""

import numpy as np

from OrthoDiffusionLib.lab.evaluation.unlike.scoring import HONEST, ScoredImages, summarise, summary_table


def scored(kind, name, score, patient=""):
    return ScoredImages(kind, name, score, {}, "", patient)


def test_a_perfect_separation_of_a_few_studies_is_not_known_to_be_perfect():
    names = [f"study {n}" for n in range(6)]
    rows = [scored(HONEST, name, 0.2) for name in names] + [scored("shuffled", name, 3.0) for name in names]
    _, shuffled = summarise(rows)
    assert (shuffled.auroc, shuffled.high) == (1.0, 1.0) and 0.6 < shuffled.low < 0.8
    assert "1.000 (0.6" in summary_table([shuffled])


def test_an_altered_study_is_of_the_same_patient_as_the_one_that_it_was():
    """What makes a study unusual by itself stays in it when it is altered: the pairs differ by less than strangers."""
    rng = np.random.default_rng(4)
    own = rng.normal(0.0, 1.0, 30)
    rows = [scored(HONEST, f"study {n}", own[n]) for n in range(30)]
    rows += [scored("noisy", f"study {n}", own[n] + 0.4 + 0.1 * rng.normal()) for n in range(30)]
    strangers = [*rows[:30], *(scored("noisy", f"other {n}", row.score) for n, row in enumerate(rows[30:]))]
    paired, apart = (summarise(some)[1] for some in (rows, strangers))
    assert paired.auroc == apart.auroc
    assert paired.high - paired.low < 0.7 * (apart.high - apart.low)


def test_studies_of_one_stored_shape_are_one_patient_and_alone_have_no_interval():
    rows = [scored(HONEST, f"study {n}", 0.2 + 0.01 * n, "a map") for n in range(6)]
    rows += [scored("noisy", f"study {n}", 0.22 + 0.01 * n, "a map") for n in range(6)]
    _, noisy = summarise(rows)
    assert noisy.auroc > 0.5 and noisy.low is None
    assert f"| {noisy.auroc:.3f} |" in summary_table([noisy])
