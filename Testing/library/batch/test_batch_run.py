"""The process that records: whatever happens to workers, disks and shares, nothing complete is lost or done twice.

Workers are stand-ins here, which leave staged results as real ones do; real ones are killed in Testing/commands.
"""

from __future__ import annotations

import csv
import shutil
from collections import Counter

import pytest

from OrthoDiffusionLib.batch.cases.case import Case
from OrthoDiffusionLib.batch.job import CaseOutcome, Job
from OrthoDiffusionLib.batch.records.journal import JOURNAL
from OrthoDiffusionLib.batch.records.study_record import StudyRecord
from OrthoDiffusionLib.batch.staging import stage_record, staged_folder
from OrthoDiffusionLib.batch.study_batch import StudyBatch
from OrthoDiffusionLib.batch.workers.events import Died, Ended
from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError
from OrthoDiffusionLib.messages import Message, language_of
from OrthoDiffusionLib.progress import Cancelled

NAMES = ("a", "b", "c", "d")


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.open(bundle_path(joint="knee"))


class Crash(BaseException):
    """The process is gone at this point: nobody tidies up."""


class StandIn:
    """Does what `behaviour` says of each case: "done", "failed", "died", "memory", or an error that stops the batch."""

    def __init__(self, settings, behaviour):
        self.settings, self.behaviour = settings, behaviour
        self.jobs, self.tries, self.most = [], Counter(), 0
        self.room = 2

    def submit(self, job: Job, *, alone: bool = False) -> None:
        self.jobs.append(job)
        self.room -= 1
        self.most = max(self.most, len(self.jobs))
        self.alone = alone

    def wait(self, seconds):
        job = self.jobs.pop(0)
        self.room += 1
        name = job.case.name
        self.tries[name] += 1
        what = self.behaviour(name, self.tries[name])
        if what == "died after its work":
            staged(self.settings.out, job.case, self.settings.run)
        if what in ("died", "died after its work"):
            return [Died((name,), OrthoDiffusionError(Message("batch", "killed_for_memory"), code="out_of_memory"))]
        return [Ended(self.outcome(job.case, what))]

    def outcome(self, case, what):
        name = case.name
        if what == "done":
            return CaseOutcome(name, (staged(self.settings.out, case, self.settings.run),))
        if isinstance(what, OrthoDiffusionError):
            return CaseOutcome(name, (failed(name),), stop=what)
        return CaseOutcome(name, (failed(name, case.source),), out_of_memory=what == "memory")

    def close(self, *, cancel=False):
        self.cancelled = cancel


def failed(name: str, source: str = "") -> StudyRecord:
    error = StudyError(Message("study", "no_volume"))
    return StudyRecord(
        name, name, {"study": name, "status": "failed", "stage": "read"}, "read", error.as_dict(), source=source
    )


def staged(out, case: Case, run: str) -> StudyRecord:
    name = case.name
    folder = staged_folder(out, name, run)
    folder.mkdir()
    (folder / "findings.json").write_text("{}")
    record = StudyRecord(name, name, {"study": name, "status": "done", "side": "left"}, source=case.source)
    stage_record(out, record, run)
    return record


@pytest.fixture
def studies(tmp_path, write_image):
    for name in NAMES:
        write_image(tmp_path / "studies" / name / "sagittal.nii.gz")
    return tmp_path / "studies"


@pytest.fixture
def run(studies, tmp_path, bundle, monkeypatch):
    """Runs a batch whose workers do what they are told; gives its outcome and the stand-in."""

    def run(behaviour=lambda name, tries: "done", **settings):
        made = []

        def workers(self, values):
            made.append(StandIn(values, behaviour))
            return made[0]

        monkeypatch.setattr(StudyBatch, "_workers", workers)
        outcome = StudyBatch(settings.pop("folder", studies), tmp_path / "out", bundle, **settings).run()
        return outcome, (made or [None])[0]

    return run


def rows(tmp_path) -> dict[str, str]:
    with (tmp_path / "out" / "results.csv").open(encoding="utf-8", newline="") as file:
        return {row["study"]: row["status"] for row in csv.DictReader(file)}


def left_over(tmp_path) -> list[str]:
    return [path.name for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_all_are_done_once_and_a_second_run_starts_no_worker(run, tmp_path):
    outcome, workers = run()
    assert (outcome.analysed, outcome.done_before, outcome.exit_status) == (4, 0, 0)
    assert rows(tmp_path) == dict.fromkeys(NAMES, "done") and left_over(tmp_path) == []
    assert all((tmp_path / "out" / name / "findings.json").exists() for name in NAMES)
    table, page = ((tmp_path / "out" / name).read_bytes() for name in ("results.csv", "index.html"))
    outcome, workers = run()
    assert (outcome.analysed, outcome.done_before) == (0, 4) and workers is None
    assert (tmp_path / "out" / "results.csv").read_bytes() == table
    assert (tmp_path / "out" / "index.html").read_bytes() == page


def test_results_of_another_persons_images_of_the_same_name_are_not_taken_for_this_study(
    run, tmp_path, studies, write_image
):
    run()
    table = (tmp_path / "out" / "results.csv").read_bytes()
    studies.rename(tmp_path / "moved")
    (tmp_path / "moved" / "a" / "Thumbs.db").write_bytes(b"what a file browser leaves")
    write_image(tmp_path / "moved" / "a" / "sagittal_seg.nii.gz")
    assert run(folder=tmp_path / "moved")[0].done_before == 4, "where they lie and what lies beside does not matter"
    image = tmp_path / "moved" / "b" / "sagittal.nii.gz"
    content = bytearray(image.read_bytes())
    content[len(content) // 2] ^= 1  # of the same name and size
    image.write_bytes(content)
    outcome, workers = run(folder=tmp_path / "moved")
    assert (outcome.done_before, list(outcome.failed), outcome.exit_status, workers) == (3, ["b"], 3, None)
    assert "other images" in outcome.failed["b"] and "--overwrite" in outcome.failed["b"]
    assert (tmp_path / "out" / "results.csv").read_bytes() == table, "what was there stays"
    assert run(folder=tmp_path / "moved", overwrite=True)[0].analysed == 4
    assert run(folder=tmp_path / "moved")[0].done_before == 4


def test_results_that_failed_to_be_replaced_are_still_those_of_the_other_images(run, tmp_path, write_image):
    run()
    for name in NAMES:
        write_image(tmp_path / "others" / name / "sagittal.nii.gz", slices=7)
    run(lambda name, tries: "failed", folder=tmp_path / "others", overwrite=True)
    outcome, workers = run(folder=tmp_path / "others")
    assert list(outcome.failed) == list(NAMES) and outcome.done_before == 0 and workers is None


def test_results_of_the_other_side_are_not_taken_for_the_side_that_is_asked_for(run):
    run(side="left")
    assert run(side="left")[0].done_before == 4
    outcome, _ = run(side="right")
    assert list(outcome.failed) == list(NAMES) and "left side" in outcome.failed["a"]


def test_a_study_in_folders_of_long_names_does_not_end_the_batch(run, tmp_path, studies, write_image):
    """As exports name folders after identifiers of 64 letters, one in the other; a case was named after all of them."""
    for name in (f"{patient}{'x' * 249}" for patient in "pq"):
        write_image(studies / name / "sagittal.nii.gz")
    for exam in "yz":
        write_image(studies / "exams" / ("i" * 64) / ("j" * 64) / ("k" * 64) / f"{exam * 64}" / "sagittal.nii.gz")
    outcome, _ = run()
    assert outcome.analysed == len(NAMES) + 4 == len(rows(tmp_path))
    assert all((tmp_path / "out" / name / "findings.json").is_file() for name in rows(tmp_path))
    again, workers = run()
    assert (again.done_before, workers) == (len(NAMES) + 4, None)


@pytest.mark.parametrize("overwrite", [True, False])
@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_outlines_and_notes_that_somebody_put_into_a_results_folder_are_never_deleted(run, tmp_path, when, overwrite):
    """An annotator saves corrected.seg.nrrd there, as Docs/corrections.md says, and the batch runs again."""
    results = tmp_path / "out" / "b"

    def put():
        results.mkdir(parents=True, exist_ok=True)
        (results / "corrected.seg.nrrd").write_bytes(b"an hour of drawing")
        (results / "findings.json").unlink(missing_ok=True)
        if overwrite:
            (results / "findings.json").write_text('{"of": "before"}')

    def behaviour(name, tries):
        if name == "b" and when == "meanwhile":
            put()
        return "done"

    if when == "before":
        run()
        put()
    outcome, workers = run(behaviour, overwrite=overwrite)
    assert (results / "corrected.seg.nrrd").read_bytes() == b"an hour of drawing"
    assert not overwrite or "before" in (results / "findings.json").read_text()
    assert (outcome.analysed + outcome.done_before, list(outcome.failed), outcome.exit_status) == (3, ["b"], 3)
    said = outcome.failed["b"]
    assert "holds other files, such as corrected.seg.nrrd" in said and str(results) in said
    tries = workers.tries["b"] if workers else 0
    assert tries == (when == "meanwhile"), "what must not be replaced is not analysed for nothing"
    assert left_over(tmp_path) == []


@pytest.mark.parametrize("closed_again", [True, False])
def test_a_table_that_is_open_in_a_spreadsheet_ends_no_batch(run, tmp_path, closed_again):
    """On Windows a file that Excel has open cannot be replaced; a folder in its place stands for that here."""
    table = tmp_path / "out" / "results.csv"

    def behaviour(name, tries):
        if name == "b":
            table.unlink()
            (table / "open").mkdir(parents=True)
        if name == "d" and closed_again:
            shutil.rmtree(table)
        return "done"

    if closed_again:
        assert run(behaviour)[0].analysed == 4
    else:
        with pytest.raises(OutputError, match="cannot be written") as caught:
            run(behaviour)
        assert caught.value.where == str(table) and "close the program that has it open" in caught.value.remedy
        shutil.rmtree(table)
        assert run()[0].done_before == 4, "all were analysed nevertheless"
    assert rows(tmp_path) == dict.fromkeys(NAMES, "done")


def test_rows_that_a_kill_kept_out_of_the_table_are_in_it_after_the_next_run(run, tmp_path):
    """Killed after the last study was noted in the journal, before the table was made anew: nothing is left to do."""
    run()
    table = tmp_path / "out" / "results.csv"
    whole = table.read_text(encoding="utf-8")
    table.write_text("".join(whole.splitlines(keepends=True)[:3]), encoding="utf-8")
    assert run()[0].done_before == 4
    assert table.read_text(encoding="utf-8") == whole


def test_a_readers_decisions_are_never_replaced(run, tmp_path):
    """As `orthodiffusion decide` stores them, among the results."""
    run()
    decided = tmp_path / "out" / "b" / "findings.json"
    content = '{"findings": [{"name": "joint_effusion", "review": {"decision": "rejected"}}]}'
    decided.write_text(content)
    outcome, _ = run(overwrite=True)
    assert decided.read_text() == content
    assert (outcome.analysed, list(outcome.failed), outcome.exit_status) == (3, ["b"], 3)
    assert "holds a reader's decisions, such as that on joint_effusion" in outcome.failed["b"]


def test_a_file_that_is_called_like_a_study_stays(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "c").write_text("my notes on c")
    outcome, _ = run()
    assert list(outcome.failed) == ["c"] and "is a file" in outcome.failed["c"]
    assert (tmp_path / "out" / "c").read_text() == "my notes on c" and left_over(tmp_path) == []


def test_results_that_cannot_be_read_any_more_are_no_success(run, tmp_path):
    """The tables were lost, and with them the row; the folder, copied in part, gives none."""
    run()
    for name in (JOURNAL, "results.csv"):
        (tmp_path / "out" / name).unlink()
    outcome, workers = run()
    assert workers is None and (outcome.done_before, list(outcome.failed), outcome.exit_status) == (0, list(NAMES), 4)
    assert rows(tmp_path) == dict.fromkeys(NAMES, "failed")


def test_a_folder_that_is_called_by_a_sign_of_a_number_does_not_end_the_batch(run, tmp_path, studies, write_image):
    """As people name folders in Japan and China; such signs are digits for Python and no numbers."""
    for name in ("①", "②", "10²"):
        write_image(studies / name / "sagittal.nii.gz")
    assert run()[0].analysed == len(NAMES) + 3 == len(rows(tmp_path))


def test_a_failed_study_is_a_row_with_its_stage_and_is_tried_again_by_the_next_run(run, tmp_path):
    outcome, _ = run(lambda name, tries: "failed" if name == "b" else "done")
    assert (outcome.analysed, list(outcome.failed), outcome.exit_status) == (3, ["b"], 3)
    assert '"stage": "read"' in (tmp_path / "out" / JOURNAL).read_text(encoding="utf-8")
    outcome, workers = run()
    assert (outcome.analysed, outcome.done_before) == (1, 3) and workers.tries == {"b": 1}
    assert rows(tmp_path) == dict.fromkeys(NAMES, "done")


@pytest.mark.parametrize("fault", ["died", "memory"])
def test_what_killed_a_worker_is_tried_once_more_alone_and_the_batch_goes_on(run, tmp_path, fault):
    outcome, workers = run(lambda name, tries: fault if name == "a" and tries == 1 else "done")
    assert outcome.analysed == 4 and workers.tries == {"a": 2, "b": 1, "c": 1, "d": 1} and workers.alone
    outcome, workers = run(lambda name, tries: fault if name == "a" else "done", overwrite=True)
    assert outcome.analysed == 3 and workers.tries["a"] == 2
    if fault == "died":
        assert outcome.failed["a"].startswith("[out_of_memory] The system ended the worker because memory ran out")
    assert rows(tmp_path)["a"] == "failed"


def test_what_a_worker_had_complete_when_it_died_is_not_done_again(run, tmp_path):
    outcome, workers = run(lambda name, tries: "died after its work" if name == "b" else "done")
    assert outcome.analysed == 4 and workers.tries["b"] == 1
    assert rows(tmp_path) == dict.fromkeys(NAMES, "done")


def test_a_full_disk_stops_the_batch_and_the_study_is_no_failure(run, tmp_path):
    full = OutputError(Message("folder", "disk_full"))
    with pytest.raises(OutputError, match="The disk is full"):
        run(lambda name, tries: full if name == "c" else "done")
    assert rows(tmp_path) == {"a": "done", "b": "done"}
    outcome, workers = run()
    assert (outcome.analysed, outcome.done_before) == (2, 2) and set(workers.tries) == {"c", "d"}


@pytest.mark.parametrize("gone", ["studies", "out"])
def test_a_share_that_has_gone_stops_the_batch_and_fails_no_study(run, tmp_path, gone):
    def unplugged(name, tries):
        if name == "b":
            shutil.move(tmp_path / gone, tmp_path / "elsewhere")
            (tmp_path / gone).mkdir()  # the empty place where it was mounted
            return "failed"
        return "done"

    with pytest.raises(OrthoDiffusionError, match="is not there any more") as caught:
        run(unplugged)
    assert caught.value.code == "share_gone"
    shutil.rmtree(tmp_path / gone)
    shutil.move(tmp_path / "elsewhere", tmp_path / gone)
    outcome, _ = run()
    assert (outcome.analysed, outcome.done_before, outcome.failed) == (3, 1, {})


@pytest.mark.parametrize("moment", ["before the journal", "before the rename", "before the record is forgotten"])
def test_killed_at_any_moment_it_repeats_nothing_that_is_complete(run, tmp_path, monkeypatch, moment):
    place = {
        "before the journal": "OrthoDiffusionLib.batch.records.tables.ResultTables.put",
        "before the rename": "OrthoDiffusionLib.batch.batch_run.put_in_place",
        "before the record is forgotten": "OrthoDiffusionLib.batch.batch_run.forget_record",
    }[moment]

    def crash(*_arguments):
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(place, crash)
        patch.setattr("OrthoDiffusionLib.batch.batch_run.BatchRun._close_books", lambda *_: None)
        patch.setattr("OrthoDiffusionLib.batch.records.lock.FolderLock.release", lambda self: self._stop.set())
        with pytest.raises(Crash):
            run()
    (tmp_path / "out" / ".batch-lock").unlink()  # of this very process, which is alive
    outcome, workers = run()
    assert "a" not in workers.tries and outcome.analysed + outcome.done_before == 4
    assert rows(tmp_path) == dict.fromkeys(NAMES, "done") and left_over(tmp_path) == []
    outcome, workers = run()
    assert outcome.done_before == 4 and workers is None


def test_half_done_results_are_removed_and_done_again(run, tmp_path):
    out = tmp_path / "out"
    (out / ".a.0123abcd.ready").mkdir(parents=True)
    (out / "..b.0123abcd.ready.89ef0123.unfinished").mkdir()
    (out / ".keep me").mkdir()
    outcome, _ = run()
    assert outcome.analysed == 4 and left_over(tmp_path) == [".keep me"]


def test_a_lost_row_is_made_again_from_its_folder_and_a_lost_folder_is_done_again(run, tmp_path):
    run()
    shutil.rmtree(tmp_path / "out" / "c")
    outcome, workers = run()
    assert workers.tries == {"c": 1} and outcome.done_before == 3


def test_cancelled_it_gives_up_what_is_under_way_alone(run, tmp_path):
    def progress(step):
        if "3 of 4" in str(step.message):
            raise Cancelled

    with pytest.raises(Cancelled):
        run(progress=progress)
    assert set(rows(tmp_path).values()) == {"done"}
    outcome, _ = run()
    assert outcome.analysed + outcome.done_before == 4 and not outcome.failed


def test_a_second_batch_on_the_same_folder_says_so_and_changes_nothing(run, tmp_path):
    told = []

    def during(name, tries):
        if name == "a":
            before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
            with pytest.raises(OutputError, match="Another batch writes into this folder") as caught:
                StudyBatch(tmp_path / "studies", tmp_path / "out", Bundle.open(bundle_path(joint="knee"))).run()
            told.append(caught.value.code)
            assert before == {path: path.stat().st_mtime_ns for path in (tmp_path / "out").rglob("*")}
        return "done"

    outcome, _ = run(during)
    assert told == ["batch_running"] and outcome.analysed == 4


def test_results_are_not_put_among_images_where_a_study_would_be_passed_over_unsaid(run, tmp_path, write_image):
    write_image(tmp_path / "out" / "sagittal" / "image.nii.gz")
    with pytest.raises(OutputError, match="holds images"):
        run()
    assert [path.name for path in (tmp_path / "out").rglob("*")] == ["sagittal", "image.nii.gz"]
    (tmp_path / "out" / "a link").symlink_to("/not/mounted/notes.txt")
    with pytest.raises(OutputError, match="holds images"):
        run()


def test_a_plan_refuses_what_the_batch_itself_refuses(studies, tmp_path, capsys):
    def plan(*arguments) -> int:
        return main(["batch", str(studies), "--joint", "knee", "--plan", *map(str, arguments)])

    assert plan("--out", tmp_path / "out") == 0 and not (tmp_path / "out").exists()
    assert "Joint of all studies: knee (bundle " in capsys.readouterr().out
    assert plan("--out", studies) == 2 and plan("--out", studies / "a") == 2
    assert "holds images" in capsys.readouterr().err


def test_folders_without_images_are_no_failures_and_nothing_but_such_folders_is_an_error(run, tmp_path, studies):
    (studies / "empty").mkdir()
    (studies / "letters" / "deeper").mkdir(parents=True)
    (studies / "letters" / "deeper" / "referral.txt").write_text("knee")
    outcome, _ = run()
    assert (outcome.analysed, outcome.exit_status, outcome.unused) == (4, 0, 2)
    told = (tmp_path / "out" / "unused.csv").read_text(encoding="utf-8").splitlines()
    assert told[1:] == [f"{name},no_images,a folder without images" for name in ("empty", "letters")]
    shutil.rmtree(tmp_path / "out")
    for name in NAMES:
        shutil.rmtree(studies / name)
    with pytest.raises(StudyError, match="a folder without images"):
        run()


def test_the_page_says_in_its_language_why_studies_failed(run, tmp_path):
    run(lambda name, tries: "failed" if name == "d" else "done", language=language_of("de"))
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "Es gibt kein Volumen zu analysieren" in page and "There is no volume" not in page
    assert "There is no volume" in (tmp_path / "out" / "journal.jsonl").read_text(encoding="utf-8")  # data


def test_the_page_has_failures_first_and_shows_no_more_than_names(run, tmp_path, studies):
    (studies / "a").rename(studies / "<script>alert(1)</script>".replace("/", "_"))
    run(lambda name, tries: "failed" if name == "d" else "done")
    page = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "3 done, 1 failed" in page and page.index('"n":"d"') < page.index('"n":"b"')
    assert "Failed: 1<" in page and 'href="results.csv"' in page and 'href="unused.csv"' in page
    assert "<script>alert" not in page
    assert "http" not in page.replace("http-equiv", "")
