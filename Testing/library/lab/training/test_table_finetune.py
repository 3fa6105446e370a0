"""From a user's table and a bundle to a bundle of his own, with figures that say whose they are."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import numpy as np
import pytest
import torch

from OrthoDiffusionLib.analysis.analyzer import Analyzer
from OrthoDiffusionLib.analysis.model import load_model
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.findings import Calibration
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy
from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience
from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model
from OrthoDiffusionLib.lab.training.tables.case_dataset import DrawSettings
from OrthoDiffusionLib.lab.training.tables.case_preparation import study_of
from OrthoDiffusionLib.lab.training.tables.table_figures import judge
from OrthoDiffusionLib.lab.training.tables.table_finetune import TableSettings, finetune_on_table
from OrthoDiffusionLib.messages import NOTHING
from OrthoDiffusionLib.messages.bundle_reasons import reason_of

pytestmark = pytest.mark.long

SETTINGS = TableSettings(
    learning_rate=1e-2,
    encoder_rate=1.0,
    patience=Patience(steps=16, round_steps=8, rounds=2, warmup=3),
    ema=0.9,
    draw=DrawSettings(points=1000),
    repeats=50,
)
NETWORK = {
    "kind": "orthodiffusion-1", "channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16,
    "sigma": 0.1, "sigma_data": 0.5, "width": 8,
}  # fmt: skip
SPLITS = ("train", "train", "train", "train", "validation", "test")


def brief(trained: str) -> TableSettings:
    return replace(SETTINGS, trained=trained, patience=Patience(steps=2, round_steps=2, rounds=1, warmup=1))


def with_splits(rows) -> None:
    for row, split in zip(rows, SPLITS, strict=True):
        row.update(split=split)


def finetune(table, vocabulary, start, out, settings):
    return finetune_on_table(table, vocabulary, start, out, settings, workers=0, report=lambda text: None)


@pytest.fixture(scope="module")
def taught(archive, vocabulary, untrained, tmp_path_factory):
    """A bundle that has learned the toy joint from label maps of everything, and the folder it was made in."""
    from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table

    rows = archive.rows()
    with_splits(rows)
    rows[0].update(age="40", sex="f")
    rows.append({"case": "no_side", "patient": "p99", "folder": archive.truths[0]["name"], "split": "train"})
    table = read_case_table(archive.table("taught.csv", rows), vocabulary)
    out = tmp_path_factory.mktemp("taught")
    return finetune(table, vocabulary, untrained, out, SETTINGS), out


def test_the_new_bundle_speaks_the_users_words_and_the_analyzer_runs_it(taught, change, vocabulary):
    done, _ = taught
    case = change(lambda rows: None).cases[5]
    analysis = Analyzer(done.bundle.folder, device="cpu").analyze(study_of(case, vocabulary))
    assert [finding.name for finding in analysis.findings] == ["swelling"]
    assert analysis.study.joint == "toy"
    names = [structure.name for structure in analysis.segmentation.structures]
    assert names == ["upper_bone", "lower_bone", "nodule"]


def test_its_figures_are_named_after_the_table_and_its_held_out_patients(taught):
    done, out = taught
    figures = done.bundle.manifest.figures
    assert figures["cohort"]["name"] == "table taught, held-out patients"
    assert figures["cohort"]["count"] == figures["cohort"]["patients"] == 1
    assert figures["phantom_numbers"] is False
    assert figures["structures"]["upper_bone"]["studies"] == 1
    assert json.loads((out / "scores.json").read_text(encoding="utf-8"))["cohort"] == figures["cohort"]
    assert "held-out patients" in done.bundle.manifest.intended_use


def test_a_finding_of_too_few_patients_is_not_assessed_and_the_reason_is_told(taught, change, vocabulary):
    done, _ = taught
    case = change(lambda rows: None).cases[0]
    (finding,) = Analyzer(done.bundle, device="cpu").analyze(study_of(case, vocabulary)).findings
    assert not finding.assessed
    assert "of the table's" in finding.note.text and "patients" in finding.note.text


def test_a_bundle_carries_no_name_of_a_patient_or_a_file(taught, archive):
    done, _ = taught
    text = (done.bundle.folder / "manifest.json").read_text(encoding="utf-8")
    assert archive.truths[0]["name"] not in text
    assert str(archive.folder) not in text
    record = done.bundle.manifest.training["finetuning"]
    assert record["patients"] == {"train": 4, "validation": 1, "test": 1}
    assert record["clinical_inputs"] == ["age", "sex"]
    assert record["best_step"] in (8, 16)


def test_splits_and_skipped_cases_are_written_down(taught):
    done, out = taught
    with (out / "splits.csv").open(encoding="utf-8") as file:
        splits = {row["patient"]: row["split"] for row in csv.DictReader(file)}
    assert splits == {f"p{number}": split for number, split in enumerate(SPLITS)}
    assert list(done.skipped) == ["no_side"]
    assert "side is not known" in (out / "skipped.csv").read_text(encoding="utf-8")


def test_clinical_values_may_be_told_and_may_be_missing(taught, change, vocabulary):
    done, _ = taught
    study = study_of(change(lambda rows: None).cases[0], vocabulary)
    analyzer = Analyzer(done.bundle, device="cpu")
    silent, told = analyzer.logits(study), analyzer.logits(study, clinical={"age": 40, "sex": "F"})
    assert np.isfinite(silent["fused"]).all()
    assert silent["fused"] != pytest.approx(told["fused"], abs=1e-6)
    assert analyzer.logits(study, clinical={"age": "", "sex": None})["fused"] == pytest.approx(silent["fused"])


def test_the_results_say_which_clinical_values_counted_and_not_what_they_are(taught, archive, untrained, tmp_path):
    done, _ = taught
    study = archive.folder / archive.truths[0]["name"]
    told = ["--age", "41", "--trauma", "no", "--side", "right", "--device", "cpu"]
    assert main(["analyze", str(study), "--out", str(tmp_path / "a"), "--bundle", str(done.bundle.folder), *told]) == 0
    text = (tmp_path / "a" / "findings.json").read_text(encoding="utf-8")
    warnings = {entry["code"]: entry["what"] for entry in json.loads(text)["warnings"]}
    assert warnings["clinical_used"].endswith("take account of age")
    assert "trauma" in warnings["clinical_unused"]
    assert "41" not in " ".join(warnings.values())
    wrong = ["analyze", str(study), "--out", str(tmp_path / "b"), "--bundle", str(done.bundle.folder), "--age", "old"]
    assert main([*wrong, "--side", "right"]) != 0
    assert not (tmp_path / "b").exists()


def test_a_batch_takes_clinical_values_from_a_table(taught, archive, tmp_path, capsys):
    done, _ = taught
    names = [truth["name"] for truth in archive.truths[:2]]
    studies = tmp_path / "studies"
    studies.mkdir()
    for name in names:
        (studies / name).symlink_to(archive.folder / name)
    table = tmp_path / "told.csv"
    batch = ["batch", str(studies), "--out", str(tmp_path / "out"), "--bundle", str(done.bundle.folder)]
    batch += ["--clinical", str(table), "--side", "right", "--device", "cpu"]
    table.write_text("study,age\nnobody,40\n", encoding="utf-8")
    assert main(batch) != 0
    assert "‘nobody’" in capsys.readouterr().err
    table.write_text(f"study,age,remark\n{names[0]},old,\n", encoding="utf-8")
    assert main(batch) != 0
    assert "line 2" in capsys.readouterr().err
    table.write_text(f"study,age,remark\n{names[0]},40,first\n{names[1]},,second\n", encoding="utf-8")
    assert main(batch) == 0
    codes = [
        {
            entry["code"]
            for entry in json.loads((tmp_path / "out" / name / "findings.json").read_text(encoding="utf-8"))["warnings"]
        }
        for name in names
    ]
    assert ["clinical_used" in found for found in codes] == [True, False]
    capsys.readouterr()
    table.write_text(f"study,age\n{names[0]},80\n", encoding="utf-8")
    assert main(batch) == 0
    assert "1 of those done before have clinical values" in capsys.readouterr().out


def test_a_head_that_is_trained_alone_leaves_the_others_answers_to_the_bit(taught, change, vocabulary, tmp_path):
    done, _ = taught
    table = change(with_splits)
    before = load_model(done.bundle).state_dict()
    moved = {}
    for trained in ("segmentation", "diagnosis"):
        out = tmp_path / trained
        after = finetune(table, vocabulary, done.bundle, out, brief(trained))
        weights = torch.load(out / "training/checkpoint.pt", weights_only=True)["module"]
        moved[trained] = {name.split(".")[0] for name, value in weights.items() if not torch.equal(value, before[name])}
        if trained == "segmentation":
            assert after.bundle.manifest.calibration == done.bundle.manifest.calibration
            assert "kept_from" in json.dumps(after.bundle.manifest.figures["abnormalities"])
    assert moved == {"segmentation": {"segmentation"}, "diagnosis": {"diagnosis"}}


def test_the_same_command_again_trains_nothing_and_another_one_is_refused(taught, archive, vocabulary, untrained):
    from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table

    done, out = taught
    table = read_case_table(archive.folder / "taught.csv", vocabulary)
    stamp = (out / "training/checkpoint.pt").stat().st_mtime_ns
    again = finetune(table, vocabulary, untrained, out, SETTINGS)
    assert again.stopped.scores == done.stopped.scores
    assert (out / "training/checkpoint.pt").stat().st_mtime_ns == stamp
    with pytest.raises(TrainingError, match="holds another run; it differs in: settings"):
        finetune(table, vocabulary, untrained, out, replace(SETTINGS, seed=1))


def test_another_label_for_a_structure_is_another_run(taught, archive, vocabulary, untrained):
    from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table

    _, out = taught
    first, second, third = vocabulary.joint.structures
    swapped = (replace(first, label=second.label), replace(second, label=first.label), third)
    other = replace(vocabulary, joint=replace(vocabulary.joint, structures=swapped))
    with pytest.raises(TrainingError, match="holds another run; it differs in: structures"):
        finetune(read_case_table(archive.folder / "taught.csv", vocabulary), other, untrained, out, SETTINGS)


def test_a_bundle_that_looks_closely_learns_new_words_and_is_analysed(archive, change, vocabulary, tmp_path):
    recipe = Recipe(network={**NETWORK, "detail": True}, in_plane_mm=0.8)
    torch.manual_seed(5)
    start = write_trained_bundle(
        new_model(recipe, joint="knee"), recipe, tmp_path / "start", {"command": "none"}, joint="knee"
    )
    done = finetune(change(with_splits), vocabulary, start, tmp_path / "out", brief("all"))
    network = done.bundle.manifest.network
    assert (network["solid_labels"], network["detail_labels"]) == ([], [1, 2, 3])
    weights = torch.load(tmp_path / "out/training/checkpoint.pt", weights_only=True)["module"]
    assert any(weights[name].any() for name in weights if name.startswith("detail.") and ".correct." in name)
    study = study_of(change(lambda rows: None).cases[5], vocabulary)
    assert Analyzer(done.bundle, device="cpu").analyze(study).study.joint == "toy"


def test_options_of_the_other_kind_of_cases_and_lessons_without_labels_are_refused_by_check(
    archive, vocabulary_file, untrained, capsys
):
    rows = archive.rows()
    for row in rows:
        row.pop("sagittal_labels")
        row.pop("axial_labels")
    table = archive.table("unlabelled.csv", rows)
    check = ["finetune", "--table", str(table), "--vocabulary", str(vocabulary_file), "--check"]
    check += ["--from", str(untrained.folder)]
    assert main(check) == 0
    assert main([*check, "--train", "segmentation"]) == 2
    assert "No case of the table has label maps" in capsys.readouterr().err
    assert main([*check, "--recipe", "knee"]) == 2
    assert "--recipe cannot be combined with --table" in capsys.readouterr().err


def test_what_cannot_teach_is_refused_before_it_is_trained(change, vocabulary, untrained, tmp_path):
    def without_findings(rows):
        with_splits(rows)
        for row in rows:
            row.pop("swelling")

    with pytest.raises(TrainingError, match="No case of the table has findings"):
        finetune(change(without_findings), vocabulary, untrained, tmp_path / "none", brief("diagnosis"))
    assert not (tmp_path / "none").exists()

    def only_the_held_out_have_findings(rows):
        with_splits(rows)
        for row in rows[:5]:
            row.pop("swelling")

    with pytest.raises(TrainingError, match="No case of the train patients has findings"):
        finetune(change(only_the_held_out_have_findings), vocabulary, untrained, tmp_path / "some", brief("diagnosis"))


def test_cases_without_label_maps_are_looked_through_and_learned_from(archive, vocabulary, taught, tmp_path):
    """The joint's box is then found by the starting bundle, in the precision that the machine takes."""
    from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table

    done, _ = taught
    rows = archive.rows()
    with_splits(rows)
    for row in rows:
        row.pop("sagittal_labels")
        row.pop("axial_labels")
    table = read_case_table(archive.table("verdicts.csv", rows), vocabulary)
    again = finetune(table, vocabulary, done.bundle, tmp_path, brief("diagnosis"))
    assert again.bundle.manifest.training["finetuning"]["cases"]["train"] == 4
    with np.load(next((tmp_path / "prepared").glob("*.npz"))) as prepared:
        assert "box" in prepared.files


def test_a_corrected_table_goes_on_in_the_same_folder(archive, change, vocabulary, untrained, tmp_path):
    table = change(with_splits)
    wrong = replace(table.cases[0], label_maps={"sagittal": table.cases[0].images["sagittal"]})
    broken = replace(table, cases=(wrong, *table.cases[1:]), sha256="0" * 64)
    with pytest.raises(TrainingError, match="1 case cannot be right") as caught:
        finetune(broken, vocabulary, untrained, tmp_path, brief("segmentation"))
    assert "and the same command again" in caught.value.remedy.replace("run the", "and the")
    assert (tmp_path / "skipped.csv").exists()
    kept = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "prepared").iterdir()}
    assert len(kept) == 5
    finetune(table, vocabulary, untrained, tmp_path, brief("segmentation"))
    now = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "prepared").iterdir()}
    assert kept.items() <= now.items(), "what was prepared was prepared again"
    with pytest.raises(TrainingError, match="another run; it differs in: table"):
        finetune(broken, vocabulary, untrained, tmp_path, brief("segmentation"))


def test_wrong_label_maps_are_told_together(archive, change, vocabulary, untrained, tmp_path):
    def exchanged(rows):
        with_splits(rows)
        for row in rows[:2]:
            row.update(sagittal_labels=row["axial_labels"])

    with pytest.raises(TrainingError, match="2 cases cannot be right") as caught:
        finetune(change(exchanged), vocabulary, untrained, tmp_path, brief("all"))
    assert all(truth["name"] in caught.value.what for truth in archive.truths[:2])


def test_findings_alone_of_a_joint_without_structures_go_the_whole_way(archive, untrained, tmp_path, capsys):
    words = 'joint = "elbow"\nabnormalities = [{ name = "loose_body", title = "Loose body" }]\n'
    (tmp_path / "elbow.toml").write_text(words, encoding="utf-8")
    rows = archive.rows()
    with_splits(rows)
    kept = ("case", "patient", "side", "split", "sagittal")
    table = archive.table("elbow.csv", [{**{k: row[k] for k in kept}, "loose_body": row["swelling"]} for row in rows])
    out = tmp_path / "out"
    arguments = ["--table", table, "--from", untrained.folder, "--vocabulary", tmp_path / "elbow.toml", "--out", out]
    assert (
        main(["finetune", *map(str, arguments), "--train", "diagnosis", "--steps", "1", "--validate-every", "1"]) == 0
    )
    assert "Loose body: not assessed" in capsys.readouterr().out
    bundle = Bundle.open(out / "bundle")
    assert bundle.manifest.joint == "elbow" and bundle.manifest.structures == ()
    image, results = archive.folder / rows[0]["sagittal"], tmp_path / "results"
    arguments = ["--sagittal", image, "--side", "right", "--bundle", out / "bundle", "--out", results]
    assert main(["analyze", *map(str, arguments)]) == 0
    assert json.loads((results / "findings.json").read_text(encoding="utf-8"))["study"]["joint"] == "elbow"


def scored(count: int, positives: int, seed: int = 0) -> list[ScoredStudy]:
    logits = np.random.default_rng(seed).normal(0, 1, count)
    return [
        ScoredStudy(
            f"c{n}", f"p{n}", {}, findings={"tear": {"positive": n < positives, "logit": float(z), "probability": 0.5}}
        )
        for n, z in enumerate(logits)
    ]


def test_a_finding_that_the_table_never_labels_is_not_assessed():
    records = scored(10, 5)
    judged, why = judge("cyst", Calibration(), records, records, {"abnormalities": {}})
    assert not judged.assessable
    assert why.text == "the table's validation and held-out patients have no label of it"


@pytest.mark.parametrize(
    ("validation", "held_out", "area", "reason"),
    [
        ((10, 4), (20, 4), (0.9, 0.8, 1.0), "4 of the table's held-out patients are labelled as with it, at least 5"),
        ((10, 4), (20, 16), (0.9, 0.8, 1.0), "4 of the table's held-out patients are labelled as without it"),
        ((10, 0), (20, 8), (0.9, 0.8, 1.0), "0 of the table's validation patients are labelled as with it"),
        ((10, 4), (20, 8), (0.6, 0.4, 0.8), r"AUROC on the table's held-out patients is 0.60 \(0.40 to 0.80\)"),
        ((10, 4), (20, 8), (None, None, None), "could not be measured"),
        ((10, 4), (20, 8), (0.9, 0.8, 1.0), None),
    ],
)
def test_what_is_assessed_is_decided_by_the_held_out_patients(validation, held_out, area, reason):
    figures = {"abnormalities": {"tear": dict(zip(("auroc", "auroc_low", "auroc_high"), area, strict=True))}}
    fitted = Calibration(2.0, 0.5, 0.99, 0.98, 1.0)  # what the validation patients say of themselves counts for nothing
    judged, why = judge("tear", fitted, scored(*validation), scored(*held_out), figures)
    assert (judged.a, judged.b) == (2.0, 0.5)
    assert judged.assessable == (reason is None)
    if reason is None:
        assert (judged.auroc, judged.auroc_low, why) == (0.9, 0.8, NOTHING)
    else:
        assert re.search(reason, why.text)
        assert reason_of(why.text) == why, "a German report says it in German"


def test_a_bundle_may_outline_and_look_for_nothing(archive, untrained, tmp_path):
    words = tmp_path / "outlines.toml"
    words.write_text(
        'joint = "toy"\nstructures = [\n    { name = "upper_bone", title = "Upper bone", label = 1 },\n'
        '    { name = "lower_bone", title = "Lower bone", label = 2 },\n'
        '    { name = "nodule", title = "Lateral nodule", label = 3 },\n]\nabnormalities = []\n'
        '[label_maps]\ncovers = "all"\n',
        encoding="utf-8",
    )
    rows = archive.rows()
    with_splits(rows)
    for row in rows:
        row.pop("swelling")
    table, out = archive.table("outlines.csv", rows), tmp_path / "run"
    fixed = ["--vocabulary", str(words), "--from", str(untrained.folder), "--device", "cpu", "--out", str(out)]
    assert main(["finetune", "--table", str(table), *fixed, "--steps", "1"]) == 0
    study = archive.folder / archive.truths[0]["name"]
    bundle = ["--bundle", str(out / "bundle"), "--side", "right", "--device", "cpu", "--out", str(tmp_path / "r")]
    assert main(["analyze", str(study), *bundle]) == 0
    content = json.loads((tmp_path / "r" / "findings.json").read_text(encoding="utf-8"))
    assert content["findings"] == [] and content["schema_version"] == 2
