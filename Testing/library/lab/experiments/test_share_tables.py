"""What the tables of an experiment on fixed images say: what was reached or not run, and whether aims are met."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from OrthoDiffusionLib.lab.experiments.common.cell_result import CellResult, ScoreTable
from OrthoDiffusionLib.lab.experiments.common.study_statistics import Draws
from OrthoDiffusionLib.lab.experiments.fixed_images.budget import patience_of
from OrthoDiffusionLib.lab.experiments.fixed_images.fixed_work import DICE, LOGITS, TRUTH
from OrthoDiffusionLib.lab.experiments.fixed_images.label_network import Rates
from OrthoDiffusionLib.lab.experiments.fixed_images.labelled_views import labelled_studies
from OrthoDiffusionLib.lab.experiments.fixed_images.rate_tuning import (
    TUNING_SEED,
    TUNING_SHARE,
    Tried,
    chosen_rates,
    tuning_folder,
    write_tried,
)
from OrthoDiffusionLib.lab.experiments.fixed_images.share_figures import MEASURES, ShareFigures, share_figures
from OrthoDiffusionLib.lab.experiments.fixed_images.share_plot import share_plot
from OrthoDiffusionLib.lab.experiments.fixed_images.share_tables import share_tables
from OrthoDiffusionLib.lab.experiments.fixed_images.share_words import aim_lines, comparisons
from OrthoDiffusionLib.lab.experiments.labels.label_efficiency import EXPERIMENT, prepared_labels
from OrthoDiffusionLib.lab.experiments.transfer.joint_transfer import prepared_transfer

DICE_SEEN, DICE_UNSEEN, AUROC_SEEN, AUROC_UNSEEN = MEASURES
FACTS = {
    "steps": 120,
    "reached_budget": False,
    "training_cpu_seconds": 600.0,
    "pretraining_cpu_seconds": 1200.0,
}


def cell(arm, seed=0, *, dice=(0.6, 0.5), outlines=True, finds=True, **facts):
    """A finished cell: its Dice at seen and unseen sites; of the finding the right half is positive."""
    names = {kind: [f"{kind}-{n:03d}-clinic" for n in range(8)] for kind in ("seen", "unseen")}
    rows = {
        study: value + 0.01 * n for kind, value in zip(names, dice, strict=True) for n, study in enumerate(names[kind])
    }
    logits = {study: float(n) for studies in names.values() for n, study in enumerate(studies)}
    truth = {study: float(n >= 4) for studies in names.values() for n, study in enumerate(studies)}
    tables = [ScoreTable(DICE, {"Femur": rows})] if outlines else []
    tables += [ScoreTable(LOGITS, {"Tear": logits}, False), ScoreTable(TRUTH, {"Tear": truth}, False)] if finds else []
    return CellResult(arm, seed, {}, tuple(tables), {**FACTS, **facts})


def tables_of(*results, tried=()):
    return share_tables(EXPERIMENT, results, few=0.1, conclusions=[], tried=tried)


def row_of(text, title, number=0):
    return [line for line in text.splitlines() if line.startswith(f"| {title} |")][number]


def around(value, spread):
    """Draws whose interval is the value and a spread to both sides."""
    return Draws(np.array([value, *np.linspace(value - spread, value + spread, 200)]))


def figures(measure, *, seeds=(0, 1, 2), **reached):
    """Kind -> (at a tenth of the labels, at all), None for not run; the others' draws go against those of ours."""
    values = {
        (measure, kind, share): dict.fromkeys(seeds, around(value, 0.02 if kind == "ours" else -0.02))
        for kind, two in reached.items()
        for share, value in zip((0.1, 1.0), two, strict=True)
        if value is not None
    }
    return ShareFigures(EXPERIMENT, values)


def test_a_cell_that_was_not_run_is_shown_as_not_run_and_what_an_arm_does_not_do_as_a_dash():
    text = tables_of(cell("ours-10"), cell("dynunet-10", finds=False))
    assert text.startswith("2 of 41 runs finished.")
    ours = "Ours, pretrained by denoising and fine-tuned"
    assert row_of(text, ours).count("1 of 3 seeds") == 4
    assert row_of(text, "The same network from scratch").count("not run") == 4
    assert row_of(text, "MONAI DynUNet (outlines)").endswith("| — | — |")
    assert row_of(text, "MONAI DenseNet (findings)").count("not run") == 2
    assert "seed 0: 120 steps, stopped improving; seed 1: not run; seed 2: not run" in text
    # at 1 % there are outlines alone, of four arms
    fewest = text.partition("**1 % of the labels")[2].partition("Difference to")[0]
    assert "AUROC, seen sites" not in fewest and fewest.count("not run") == 8


def test_seen_and_unseen_sites_stand_in_columns_of_their_own():
    text = tables_of(*(cell("ours-10", seed, dice=(0.6, 0.4)) for seed in range(3)))
    row = row_of(text, "Ours, pretrained by denoising and fine-tuned")
    assert row.split("|")[2].strip().startswith("0.635") and row.split("|")[3].strip().startswith("0.435")
    assert row.split("|")[4].strip().startswith("1.000")


def test_a_cell_that_reached_its_budget_says_so_and_pretraining_counts_as_training():
    text = tables_of(cell("ours-10", reached_budget=True), cell("scratch-10", pretraining_cpu_seconds=0.0))
    assert "seed 0: 120 steps, reached its budget" in text
    charged = text.partition("**Cost at 10 %")[2]
    assert "without the tuning of learning rates" in charged
    assert row_of(charged, "Ours, pretrained by denoising and fine-tuned").split("|")[2:6] == [
        " 20.0 ", " 10.0 ", " 30.0 ", " 120 ",
    ]  # fmt: skip
    assert row_of(charged, "The same network from scratch").split("|")[2:5] == [" 0.0 ", " 10.0 ", " 10.0 "]


def test_the_page_says_how_few_studies_a_share_of_the_labels_is():
    text = tables_of(cell("ours-1", finds=False, labelled=2, validated=1), cell("ours-10", labelled=24, validated=5))
    assert "**1 % of the labels (2 studies, 1 of them for validation): mean Dice" in text
    assert "**10 % of the labels (24 studies, 5 of them for validation): mean Dice" in text
    assert "**100 % of the labels: mean Dice" in text  # nothing was run


def test_a_budget_that_ends_before_training_could_stop_by_itself_is_told_apart():
    def ending(most, training, validation):
        facts = {"steps": most, "most_steps": most, "labelled": training + validation, "validated": validation}
        text = tables_of(cell("published-10", reached_budget=True, **facts))
        return row_of(text.partition("**How each run ended**")[2], "The original method, scaled down")

    assert "seed 0: 182 steps, reached its budget of 5 rounds" in ending(182, 19, 5)
    assert "seed 0: 360 steps, reached its budget of 4 rounds" in ending(360, 192, 48)
    assert "seed 0: 396 steps, reached its budget;" in ending(396, 19, 5)


def test_a_finding_that_all_studies_have_gives_no_figure_and_is_not_called_not_run():
    one = cell("ours-10")
    truth = {"Tear": dict.fromkeys(one.tables[2].rows["Tear"], 1.0)}
    text = tables_of(CellResult(one.arm, 0, {}, (*one.tables[:2], ScoreTable(TRUTH, truth, False)), one.facts))
    assert row_of(text, "Ours, pretrained by denoising and fine-tuned").count("not defined") == 2


def test_arms_are_compared_on_the_seeds_that_both_have():
    found = share_figures(
        EXPERIMENT, [cell("ours-10", 0, dice=(0.6, 0.5)), cell("ours-10", 1, dice=(0.9, 0.9)), cell("scratch-10", 0)]
    )
    assert found.difference(DICE_SEEN, "scratch", "ours", 0.1).values[0] == pytest.approx(0.0)
    assert found.of(DICE_SEEN, "ours", 0.1).values[0] == pytest.approx(0.785)


def test_a_difference_says_how_many_seeds_both_arms_have():
    done = [cell("ours-10"), *(cell("scratch-10", seed) for seed in range(3))]
    figure, difference, *_ = (
        row for row in tables_of(*done).splitlines() if row.startswith("| The same network from scratch | ")
    )
    assert "seeds" not in figure and difference.count("1 of 3 seeds") == 4


SECOND = ("scratch-long", "taught", "scratch-taught")

OTHERS = {"scratch": (0.4, 0.7), "dynunet": (0.4, 0.7), "masked": (0.4, 0.7), "frozen": (0.4, 0.7)}


@pytest.mark.parametrize(
    ("reached", "said"),
    [
        ({"ours": (0.7, 0.71), **OTHERS, "published": (0.3, 0.3)}, "at 10 % of the labels: met; it keeps 98.6 %"),
        ({"ours": (0.6, 0.7), **OTHERS, "published": (0.3, 0.3)}, "85.7 % of its result at 100 %; the aim of 97 % is"),
        ({"ours": (0.7, None), **OTHERS}, ": met for the arms that were run, 4 of 5; the share kept"),
        ({"ours": (0.7, 0.7), **OTHERS, "scratch": (0.75, 0.75)}, "at 10 % of the labels: missed;"),
        ({"ours": (0.7, 0.7)}, ": not known, because no other arm was run;"),
        ({"scratch": (0.7, 0.7)}, "not known, because “Ours"),
    ],
)  # fmt: skip
def test_the_aims_are_said_to_be_met_only_where_they_are(reached, said):
    (line,) = [
        one
        for one in aim_lines(figures(DICE_SEEN, **reached), "ours", few=0.1, full=1.0, beside=SECOND)
        if "Dice, seen sites" in one
    ]
    assert said in line


def test_an_aim_that_is_met_with_one_seed_of_three_is_not_said_to_be_met_without_more_words():
    found = figures(DICE_SEEN, seeds=(0,), ours=(0.7, 0.71), published=(0.3, 0.3), **OTHERS)
    assert (
        ": met, with the seeds that were run; it keeps" in aim_lines(found, "ours", few=0.1, full=1.0, beside=SECOND)[0]
    )
    assert "“The same network from scratch” (1 of 3 seeds), “MONAI" in comparisons(found, "ours", 0.1)[0]
    assert "seeds" not in comparisons(found, "ours", 1.0)[0]  # one is planned there


def test_what_is_kept_of_a_figure_that_is_chance_says_nothing():
    lines = aim_lines(figures(AUROC_UNSEEN, ours=(0.51, 0.51)), "ours", few=0.1, full=1.0)
    assert "not distinguishable from chance" in lines[3]


def test_words_name_who_is_ahead_who_is_not_and_who_is_missing():
    reached = {"ours": (0.7, 0.7), "scratch": (0.6, 0.7), "dynunet": (0.8, 0.8), "frozen": (0.705, 0.7)}
    (words,) = comparisons(figures(DICE_UNSEEN, **reached), "ours", 0.1)
    assert "better than “The same network from scratch”; worse than “MONAI DynUNet (outlines)”" in words
    assert "not distinguishable from “Ours, pretrained by denoising and frozen”" in words
    assert "not compared with “The same network, pretrained as a masked autoencoder”" in words


def test_the_order_of_the_cells_is_that_of_the_issue():
    names = [one.name for one in EXPERIMENT.cells()]
    kinds = ("ours", "scratch", "dynunet", "densenet", "masked", "frozen", "published")
    assert names[:14] == [f"{kind}-{share}-seed0" for share in (10, 100) for kind in kinds]
    assert names[14:18] == [f"{kind}-1-seed0" for kind in ("ours", "scratch", "dynunet", "masked")]
    assert names[18:21] == [f"{kind}-10-seed0" for kind in SECOND]  # after their teachers
    assert names[21:] == [f"{kind}-10-seed{seed}" for seed in (1, 2) for kind in (*kinds, *SECOND)]


def test_validation_chooses_among_the_rates_and_the_page_shows_all_of_them(tmp_path):
    scores = (0.5, 0.3, 0.4, 0.6)
    tried = []
    for number, score in enumerate(scores):
        tried.append(Tried("dynunet", Rates(1e-3 * (1 + number), 0.0), score, 40, 80))
        write_tried(tuning_folder(tmp_path, "dynunet", number), tried[-1])
    assert chosen_rates(tmp_path, "dynunet").learning_rate == pytest.approx(2e-3)
    text = tables_of(cell("ours-10"), tried=tried)
    assert "| dynunet | AdamW 0.002 | 0.3000 | 40 of 80 | chosen |" in text
    assert text.count("| chosen |") == 1 and text.count("| dynunet |") == 4
    assert "fewer steps" not in text and "other labelled studies" not in text
    assert "| chosen |" not in tables_of(cell("ours-10"), tried=tried[:3])  # one is still to be tried


def test_no_page_says_that_the_tuning_saw_other_studies_than_the_final_runs():
    """The draws are independent, so they may share studies, and of all labels they do."""
    paths = [Path(str(n)) for n in range(240)]
    few, full = (labelled_studies(paths, share, 0) for share in (0.1, 1.0))
    tuning = labelled_studies(paths, TUNING_SHARE, TUNING_SEED)
    seen = {*tuning.training, *tuning.validation}
    assert seen & {*few.training, *few.validation} and seen <= {*full.training, *full.validation}
    (words,) = _tuning_words(tables_of(cell("ours-10"), tried=[Tried("ours", Rates(1e-3, 0.0), 0.5, 40, 80)]))
    assert "some of these studies may be among theirs as well, and at 100 % all are" in words
    assert "Arms with fewer than 10 % of the labels owe their rates to more labels" in words


def test_the_pages_say_what_flatters_their_figures(tmp_path):
    """With all labels the same minutes hold fewer steps; what another plane shows counts as present."""
    few, full = (
        patience_of(
            "ours", width=32, minutes=5, size=(32, 112, 112), training=training, validation=validation, most=20_000
        ).steps
        for training, validation in ((19, 5), (192, 48))
    )
    assert full < few
    for ready in (prepared_labels(tmp_path), prepared_transfer(tmp_path, joint="ankle")):
        caveats = " ".join(ready.words.caveats.split())
        assert "these runs have somewhat fewer steps" in caveats
        assert "made from the same anatomy are more alike than patients are" in caveats
    set_up = " ".join(prepared_labels(tmp_path).words.set_up(prepared_labels(tmp_path).work.settings).split())
    assert "drawn with a chance of 30 %; it counts as present if an image of any plane shows it" in set_up


def _tuning_words(text):
    return [line for line in text.splitlines() if line.startswith("**Learning rates tried")]


def test_the_plot_says_which_arms_were_not_run_and_shows_every_dot_within_its_frame():
    panels = share_plot(share_figures(EXPERIMENT, [cell("ours-10"), cell("dynunet-10", finds=False)]), "").axes
    titles = [text.get_text() for text in panels[0].get_yticklabels()]
    said = [[titles[round(text.get_position()[1])] for text in axes.texts] for axes in panels]
    assert "MONAI DynUNet (outlines)" not in said[0] and "MONAI DenseNet (findings)" not in said[0]
    assert "The same network from scratch" in said[0] and "MONAI DenseNet (findings)" in said[2]
    assert {text.get_text() for axes in panels for text in axes.texts} == {"not run"}
    bottom, top = panels[0].get_ylim()
    assert top < -0.4 and bottom > len(titles) - 0.6
