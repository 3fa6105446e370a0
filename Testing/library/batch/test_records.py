"""What a batch keeps: nothing is lost by a crash, the tables follow, and one batch at a time writes."""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
import subprocess
import sys
import time

import pytest

from OrthoDiffusionLib.batch.page.batch_page import PAGE, PageWriter
from OrthoDiffusionLib.batch.records import lock as locks
from OrthoDiffusionLib.batch.records.journal import JOURNAL, Journal
from OrthoDiffusionLib.batch.records.lock import LOCK, FolderLock, locked
from OrthoDiffusionLib.batch.records.study_record import StudyRecord
from OrthoDiffusionLib.batch.records.tables import SERIES, TABLE, ResultTables
from OrthoDiffusionLib.bundles import Bundle, bundle_path
from OrthoDiffusionLib.errors import OutputError
from OrthoDiffusionLib.messages import language_of

COLUMNS = ("study", "status", "joint")


def record(study: str, status: str = "done", **more: str) -> StudyRecord:
    series = ({"volume": "pd sag", "plane": "sagittal", "reason": "the only one"},)
    return StudyRecord(study, study, {"study": study, "status": status, **more}, series=series)


def rows(folder) -> list[dict[str, str]]:
    with (folder / TABLE).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def journal():
    """Opens journals, and closes them after the test."""
    with contextlib.ExitStack() as stack:
        yield lambda path: stack.enter_context(contextlib.closing(Journal(path)))


@pytest.fixture
def tables(journal):
    return lambda folder, order=(): ResultTables(folder, COLUMNS, journal(folder / JOURNAL), order)


@pytest.mark.parametrize("cut", [1, 20, 60])
def test_a_line_that_a_crash_cut_off_is_removed_and_the_rest_counts(tmp_path, cut, journal):
    path = tmp_path / JOURNAL
    first = journal(path)
    for study in ("a", "b"):
        first.put(record(study))
    whole = path.read_bytes()
    path.write_bytes(whole[:-cut])
    second = journal(path)
    assert second.studies == ["a"] and second.status("b") == ""
    second.put(record("b", "failed"))
    again = journal(path)
    assert again.record("b").status == "failed" and again.record("a") == record("a")
    assert len(path.read_text(encoding="utf-8").splitlines()) == 2


def test_a_damaged_line_in_the_middle_takes_no_other_with_it(tmp_path, journal):
    path = tmp_path / JOURNAL
    first = journal(path)
    for study in ("a", "b", "c"):
        first.put(record(study))
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + b"\x00\xff{" + lines[1][3:] + lines[2])
    assert journal(path).studies == ["a", "c"]


def test_the_tables_have_the_order_of_the_plan_whoever_was_done_first(tmp_path, tables):
    made = tables(tmp_path, ["a", "b", "c"])
    for study in ("c", "x", "a", "b"):
        made.put(record(study))
    made.finish()
    assert [row["study"] for row in rows(tmp_path)] == ["a", "b", "c", "x"]
    assert (tmp_path / SERIES).read_text(encoding="utf-8").splitlines()[1] == "a,pd sag,sagittal,the only one"


def test_the_tables_are_not_written_anew_for_each_study_and_are_complete_in_the_end(tmp_path, tables):
    """Ten times the studies must not take a hundred times as long: tables get a fixed share of the time."""
    made, writes = tables(tmp_path), []
    write = made.write
    made.write = lambda: (writes.append(1), write())
    for number in range(300):
        made.put(record(f"study {number}"))
    made.finish()
    assert len(rows(tmp_path)) == 300
    assert len(writes) < 100


def test_a_table_of_before_there_were_journals_is_kept_with_its_columns(tmp_path, tables):
    (tmp_path / TABLE).write_text("study,status,old\na,done,1\nb,failed,\n", encoding="utf-8")
    made = tables(tmp_path)
    made.put(record("b"))
    made.finish()
    assert rows(tmp_path) == [
        {"study": "a", "status": "done", "joint": "", "old": "1"},
        {"study": "b", "status": "done", "joint": "", "old": ""},
    ]


def test_a_foreign_file_in_the_tables_place_is_refused(tmp_path, tables):
    (tmp_path / TABLE).write_bytes(b"\xff\xfe\x00")
    with pytest.raises(OutputError, match="cannot be read or made"):
        tables(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of files; it runs on Linux")
def test_a_full_disk_leaves_a_journal_that_can_be_read(tmp_path, journal):
    """A limit on the size of files stands in for the disk: the system refuses in the middle of a line."""
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from batch.test_records import record\n"
        "from OrthoDiffusionLib.batch.records.journal import Journal\n"
        "from OrthoDiffusionLib.errors import OutputError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "journal = Journal(Path(sys.argv[1]))\n"
        "try:\n"
        "    for number in range(100): journal.put(record(str(number)))\n"
        "except OutputError as error: print(len(journal), error.what)\n"
    )
    library = os.path.dirname(os.path.dirname(__file__))
    told = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / JOURNAL), library],
        capture_output=True, text=True, check=True, env=os.environ,
    ).stdout  # fmt: skip
    count, _, words = told.partition(" ")
    assert "cannot be written" in words and int(count) > 3
    assert journal(tmp_path / JOURNAL).studies == [str(number) for number in range(int(count))]


def test_a_second_batch_is_refused_with_who_holds_the_folder(tmp_path):
    with locked(tmp_path):
        before = (tmp_path / LOCK).read_bytes()
        with pytest.raises(OutputError, match=f"process {os.getpid()} on") as caught, locked(tmp_path):
            pass
        assert caught.value.code == "batch_running"
        assert (tmp_path / LOCK).read_bytes() == before
    assert list(tmp_path.iterdir()) == []
    with locked(tmp_path):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL; it runs on Linux and macOS")
def test_a_lock_left_by_a_killed_process_is_no_hindrance(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from OrthoDiffusionLib.batch.records.lock import FolderLock\n"
        "FolderLock(Path(sys.argv[1])).acquire(); print('held', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdout=subprocess.PIPE)
    assert process.stdout.readline() == b"held\n"
    with pytest.raises(OutputError, match=f"process {process.pid} on"):
        FolderLock(tmp_path).acquire()
    process.kill()
    process.communicate()
    with locked(tmp_path):
        assert json.loads((tmp_path / LOCK).read_bytes())["pid"] == os.getpid()


def test_a_lock_of_another_machine_counts_as_long_as_it_is_touched(tmp_path):
    path = tmp_path / LOCK
    path.write_text(json.dumps({"token": "x", "host": "elsewhere", "machine": "elsewhere/1", "pid": 1, "begun": "1"}))
    with pytest.raises(OutputError, match="process 1 on elsewhere"):
        FolderLock(tmp_path).acquire()
    long_ago = time.time() - locks.STALE_SECONDS - 5
    os.utime(path, (long_ago, long_ago))
    with locked(tmp_path) as held:
        held.check()


def test_a_lock_that_vanished_with_its_share_was_not_taken_over(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "BEAT_SECONDS", 0.01)
    with locked(tmp_path) as lock:
        aside = tmp_path.with_name("unmounted")
        (tmp_path / LOCK).rename(aside)
        time.sleep(0.1)
        lock.check()
        aside.rename(tmp_path / LOCK)
        time.sleep(0.05)
        lock.check()
    assert not (tmp_path / LOCK).exists()


def test_who_lost_the_lock_writes_nothing_more(tmp_path, monkeypatch):
    monkeypatch.setattr(locks, "BEAT_SECONDS", 0.01)
    lock = FolderLock(tmp_path)
    lock.acquire()
    (tmp_path / LOCK).write_text(json.dumps({"token": "another"}))
    end = time.monotonic() + 20
    while not lock.lost and time.monotonic() < end:
        time.sleep(0.01)
    with pytest.raises(OutputError, match="taken this folder over"):
        lock.check()
    lock.release()
    assert (tmp_path / LOCK).exists()  # it belongs to the other one


def test_the_distributions_of_a_german_page_have_german_numbers_and_units(tmp_path, journal):
    kept = journal(tmp_path / JOURNAL)
    for study, volume, ratio in (("a", "1.25", "0.93"), ("b", "2.75", "1.31")):
        kept.put(record(study, volume_ml_patella=volume, insall_salvati_ratio=ratio, tt_tg_distance="8.5"))
    manifest = Bundle.open(bundle_path(None)).manifest
    PageWriter(tmp_path, kept, manifest, ("a", "b"), language_of("de")).finish()
    page = (tmp_path / PAGE).read_text(encoding="utf-8").partition("<script")[0]
    figures = re.findall("<figure>.*?</figure>", page)
    assert len(figures) == 3 and not re.search(r">[^<]*\d\.\d[^<]*<| mL", " ".join(figures))
    assert "Median 2 ml, Quartile 1,62 bis 2,38 ml" in page and ">1,25</text>" in page and "8,5 mm" in page


def shown_rows(page_file):
    page = page_file.read_text(encoding="utf-8")
    return json.loads(page.partition('type="application/json">')[2].partition("</script>")[0])["rows"]


@pytest.mark.parametrize(("code", "mark"), [("en", "."), ("de", ",")])
def test_the_page_writes_probabilities_with_the_decimal_mark_of_its_language(code, mark, tmp_path, journal):
    kept = journal(tmp_path / JOURNAL)
    kept.put(record("a", joint_effusion="0.8614"))
    manifest = Bundle.open(bundle_path(None)).manifest
    PageWriter(tmp_path, kept, manifest, ("a",), language_of(code)).finish()
    (row,) = shown_rows(tmp_path / PAGE)
    number = [one.name for one in manifest.abnormalities].index("joint_effusion")
    assert row["v"][number] == f"0{mark}86" and set(row["v"]) == {f"0{mark}86", "–"}


def test_the_page_marks_what_reaches_the_threshold_but_nothing_of_a_result_that_is_not_to_be_used(tmp_path, journal):
    manifest = Bundle.open(bundle_path(None)).manifest
    threshold = manifest.calibration["joint_effusion"].operating_point.threshold
    kept = journal(tmp_path / JOURNAL)
    just, below = f"{threshold:.4f}", f"{threshold - 0.0002:.4f}"
    kept.put(record("a", joint_effusion=just))
    kept.put(record("b", joint_effusion=below))
    kept.put(record("c", joint_effusion="0.9990", implausible="implausible"))
    PageWriter(tmp_path, kept, manifest, ("a", "b", "c")).finish()
    number = [one.name for one in manifest.abnormalities].index("joint_effusion")
    positive, negative, doubtful = shown_rows(tmp_path / PAGE)
    assert [row["q"][number] for row in (positive, negative, doubtful)] == [1, 0, 0]
    assert sum(positive["q"]) == 1
    assert float(negative["v"][number]) < round(threshold, 4)  # 0.496 is not written as 0.50, where positive begins
    page = (tmp_path / PAGE).read_text(encoding="utf-8")
    assert "at or above the bundle&#x27;s threshold for “positive”" in page
