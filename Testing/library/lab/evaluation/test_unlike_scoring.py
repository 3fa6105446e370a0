"""How well unlike images are told from honest ones, in numbers that a few images can bear."""

from OrthoDiffusionLib.lab.evaluation.unlike.scoring import HONEST, ScoredImages, summarise, summary_table


def scored(kind, name, score):
    return ScoredImages(kind, name, score, {}, "")


def test_a_perfect_separation_of_a_few_studies_is_not_known_to_be_perfect():
    names = [f"study {n}" for n in range(6)]
    rows = [scored(HONEST, name, 0.2) for name in names] + [scored("shuffled", name, 3.0) for name in names]
    _, shuffled = summarise(rows)
    assert (shuffled.auroc, shuffled.high) == (1.0, 1.0) and 0.6 < shuffled.low < 0.8
    assert "1.000 (0.6" in summary_table([shuffled])
