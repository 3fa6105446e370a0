"""The node's work: a complete study is analysed once, its objects reach the archive, and no kill loses anything."""

from __future__ import annotations

import json
import os
import shutil
import threading
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from files_below import files_below
from library.archive.conftest import make_instance, wait_until

from OrthoDiffusionLib.archive.address import parse_address
from OrthoDiffusionLib.archive.archive import Caller
from OrthoDiffusionLib.archive.bounded_server import start_server
from OrthoDiffusionLib.archive.instance_file import kept_instances
from OrthoDiffusionLib.archive.node.analysing import Analysing
from OrthoDiffusionLib.archive.node.callers import Callers
from OrthoDiffusionLib.archive.node.node import Node
from OrthoDiffusionLib.archive.node.returning import Sending
from OrthoDiffusionLib.archive.node.settings import Keeping, Listening, Returning
from OrthoDiffusionLib.archive.node.spool import ANALYSED, FAILED, HELD, RECEIVING, Spool, State
from OrthoDiffusionLib.batch.records.journal import JOURNAL
from OrthoDiffusionLib.batch.records.lock import locked
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import ArchiveError, OrthoDiffusionError, OutputError, StudyError
from OrthoDiffusionLib.messages import Message, language_of
from OrthoDiffusionLib.progress import Cancelled

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

STUDY = "1.2.3.4"


@pytest.fixture
def keeping(tmp_path):
    return Keeping(tmp_path / "spool", tmp_path / "out", quiet_seconds=0.0, reserve_mb=0)


@pytest.fixture
def spool(keeping):
    one = Spool(keeping.spool)
    one.open()
    return one


def arrive(spool, *numbers, study=STUDY):
    """Instances of a study come in."""
    from io import BytesIO

    for number in numbers:
        stream = BytesIO()
        make_instance(number, study=study).save_as(stream, enforce_file_format=True)
        spool.store(study, f"{study}.1.{number}", stream.getvalue())


@dataclass
class Analyst:
    """Stands for the analysis: writes a results folder with one DICOM object, or fails."""

    errors: list[BaseException] = field(default_factory=list)
    seen: list[tuple[int, str | None]] = field(default_factory=list)

    def __call__(self, images: Path, results: Path, side: str | None) -> None:
        self.seen.append((len(list(images.iterdir())), side))
        if self.errors:
            raise self.errors.pop(0)
        shutil.rmtree(results, ignore_errors=True)
        (results / "dicom").mkdir(parents=True)
        (results / "findings.json").write_text("{}")
        number = 1000 + len(self.seen)
        made = make_instance(number, study=images.parent.name)
        made.save_as(results / "dicom" / "report.dcm", enforce_file_format=True)


def analysing(spool, keeping, analyst, **options):
    return Analysing(spool, keeping, analyst, options.pop("is_open", lambda uid: False), **options)


@dataclass
class Pacs:
    """Another archive in this process that keeps what it is sent in memory."""

    port: int = 0
    statuses: list[int] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)

    def start(self) -> None:
        from pynetdicom import AE, evt

        entity = AE(ae_title="PACS")
        entity.add_supported_context("1.2.840.10008.5.1.4.1.1.4")

        def store(event) -> int:
            status = self.statuses.pop(0) if self.statuses else 0
            if status == 0:
                self.kept.append(str(event.request.AffectedSOPInstanceUID))
            return status

        handlers = [(evt.EVT_C_STORE, store)]
        self.server = start_server(entity, "127.0.0.1", self.port, context=None, handlers=handlers)
        self.port = self.server.server_address[1]

    def stop(self) -> None:
        self.server.shutdown()


@pytest.fixture
def pacs():
    one = Pacs()
    one.start()
    yield one
    one.stop()


def returning(pacs) -> Returning:
    return Returning(parse_address(f"dicom://PACS@127.0.0.1:{pacs.port}"), Caller())


def test_a_complete_study_is_analysed_once_and_its_images_are_deleted_when_the_archive_has_the_objects(
    spool, keeping, pacs
):
    arrive(spool, 1, 2, 3)
    analyst = Analyst()
    assert analysing(spool, keeping, analyst).turn() and not analysing(spool, keeping, analyst).turn()
    assert analyst.seen == [(3, None)] and spool.study(STUDY).state().stage == ANALYSED
    sending = Sending(spool, keeping, returning(pacs))
    assert sending.turn() and not sending.turn()
    assert pacs.kept == ["1.2.3.4.1.1001"]
    assert spool.studies() == [] and not list(keeping.spool.rglob("*.dcm"))
    assert (keeping.out / STUDY / "dicom" / "report.dcm").exists()


def test_images_stay_where_that_is_asked_for(spool, keeping, pacs):
    keeping = replace(keeping, keep_images=True)
    arrive(spool, 1, 2)
    analysing(spool, keeping, Analyst()).turn()
    Sending(spool, keeping, returning(pacs)).turn()
    assert spool.studies() == [] and len(list((keeping.spool / ".done").rglob("*.dcm"))) == 2


def test_a_study_is_not_complete_while_it_comes(spool, keeping):
    arrive(spool, 1)
    analyst = Analyst()
    assert not analysing(spool, keeping, analyst, is_open=lambda uid: uid == STUDY).turn()
    assert not analysing(spool, replace(keeping, quiet_seconds=60.0), analyst).turn()
    assert analysing(spool, keeping, analyst).turn()


def test_instances_that_come_late_are_analysed_together_with_the_others(spool, keeping, pacs):
    arrive(spool, 1, 2)
    analyst = Analyst()
    analysing(spool, keeping, analyst).turn()
    arrive(spool, 3)  # before the objects were sent
    assert not Sending(spool, keeping, returning(pacs)).turn(), "results of a part of the study are not sent"
    analysing(spool, keeping, analyst).turn()
    Sending(spool, keeping, returning(pacs)).turn()
    assert [count for count, _ in analyst.seen] == [2, 3] and pacs.kept == ["1.2.3.4.1.1002"]


def test_results_that_were_removed_are_made_again_and_then_sent(spool, keeping, pacs):
    arrive(spool, 1, 2)
    analyst = Analyst()
    analysing(spool, keeping, analyst).turn()
    shutil.rmtree(keeping.out / STUDY)
    sending = Sending(spool, keeping, returning(pacs))
    assert sending.turn() and spool.study(STUDY).state().stage == ANALYSED, "the place of the results may be gone"
    (keeping.out / "another").mkdir()
    spool.study(STUDY).write_state(replace(spool.study(STUDY).written_state, not_before=0.0))
    assert sending.turn() and spool.study(STUDY).state().stage == RECEIVING
    assert analysing(spool, keeping, analyst).turn() and sending.turn()
    assert len(analyst.seen) == 2 and pacs.kept == ["1.2.3.4.1.1002"] and spool.studies() == []


def test_results_of_a_part_of_a_study_go_when_the_whole_turns_out_to_be_two_joints(spool, keeping):
    arrive(spool, 1)
    analyst = Analyst()
    analysing(spool, keeping, analyst).turn()
    assert (keeping.out / STUDY).is_dir()
    arrive(spool, 2)
    both = StudyError(Message("study", "two_exams", {"joint": "knee"}), code="several_studies")
    analyst.errors = [both]
    analysing(spool, keeping, analyst).turn()
    assert sorted(path.name for path in keeping.out.iterdir()) == [f"{STUDY}_left", f"{STUDY}_right"]


def test_results_that_somebody_has_corrected_stay_although_more_of_the_study_came(spool, keeping):
    arrive(spool, 1)
    analyst = Analyst()
    analysing(spool, keeping, analyst).turn()
    drawn = keeping.out / STUDY / "corrected.seg.nrrd"
    drawn.write_bytes(b"an hour of drawing")
    arrive(spool, 2)
    analyst.errors = [StudyError(Message("study", "two_exams", {"joint": "knee"}), code="several_studies")]
    analysing(spool, keeping, analyst).turn()
    assert (keeping.out / f"{STUDY}_left").is_dir() and drawn.read_bytes() == b"an hour of drawing"


def test_they_also_go_when_the_part_was_finished_before_the_rest_came(spool, keeping):
    arrive(spool, 1)
    analyst = Analyst()
    analysing(spool, keeping, analyst).turn()
    assert Sending(spool, keeping, None).turn() and spool.studies() == [] and (keeping.out / STUDY).is_dir()
    arrive(spool, 1, 2)
    analyst.errors = [StudyError(Message("study", "two_exams", {"joint": "knee"}), code="several_studies")]
    analysing(spool, keeping, analyst).turn()
    assert sorted(path.name for path in keeping.out.iterdir()) == [f"{STUDY}_left", f"{STUDY}_right"]


def test_a_clock_that_was_set_back_makes_no_study_complete(spool, keeping):
    arrive(spool, 1)
    later = time.time() + 3600
    os.utime(spool.study(STUDY).images, (later, later))
    work = analysing(spool, replace(keeping, quiet_seconds=30.0), Analyst())
    assert not work.turn()
    assert abs(spool.study(STUDY).last_arrival - time.time()) < 10, "it waits for the usual time, not for an hour"


def test_studies_that_wait_for_somebody_are_not_looked_through_again_and_again(spool, keeping, monkeypatch):
    arrive(spool, 1, 2)
    analyst = Analyst(errors=[StudyError(Message("study", "nothing_given"))])
    work = analysing(spool, keeping, analyst)
    work.turn()
    old = time.time() - 60
    os.utime(spool.study(STUDY).images, (old, old))
    looked = []
    monkeypatch.setattr(
        "OrthoDiffusionLib.archive.node.spool.kept_instances", lambda f: looked.append(f) or kept_instances(f)
    )
    assert not any(work.turn() for _ in range(5)) and len(looked) == 1
    arrive(spool, 3)  # more of it is seen at once
    assert work.turn() and analyst.seen[-1] == (3, None)


def test_instances_that_come_after_the_end_do_not_pass_for_a_study(spool, keeping, pacs):
    arrive(spool, 1, 2, 3)
    analyst = Analyst()
    analysing(spool, keeping, analyst).turn()
    Sending(spool, keeping, returning(pacs)).turn()
    arrive(spool, 4)
    analysing(spool, keeping, analyst).turn()
    assert len(analyst.seen) == 1 and spool.study(STUDY).state().stage == HELD
    arrive(spool, 1, 2, 3)  # the whole study is sent again
    analysing(spool, keeping, analyst).turn()
    assert analyst.seen[-1] == (4, None)


def test_kept_images_are_taken_together_with_those_that_come_after_the_end(spool, keeping, pacs):
    keeping = replace(keeping, keep_images=True)
    arrive(spool, 1, 2, 3)
    analyst = Analyst()
    analysing(spool, keeping, analyst).turn()
    Sending(spool, keeping, returning(pacs)).turn()
    arrive(spool, 4)
    analysing(spool, keeping, analyst).turn()
    assert [count for count, _ in analyst.seen] == [3, 4]


def test_one_bad_study_does_not_stop_the_next_and_is_not_tried_again_and_again(spool, keeping, capsys):
    arrive(spool, 1)
    time.sleep(0.02)
    arrive(spool, 1, study="1.2.5")
    analyst = Analyst(errors=[StudyError(Message("study", "nothing_given"))])
    work = analysing(spool, keeping, analyst)
    assert work.turn() and work.turn() and not work.turn()
    assert spool.study(STUDY).state().stage == FAILED and spool.study("1.2.5").state().stage == ANALYSED
    assert "Name" in spool.study(STUDY).state().reason
    capsys.readouterr()
    assert main(["listen", "--spool", str(spool.folder), "--status", "--language", "de"]) == 0
    told = capsys.readouterr().out
    assert "fehlgeschlagen" in told and STUDY in told and "Es wurde kein Volumen angegeben" in told
    arrive(spool, 2)  # more of it: another chance
    assert work.turn() and spool.study(STUDY).state().stage == ANALYSED


def test_both_joints_of_a_person_become_two_results(spool, keeping, pacs):
    arrive(spool, 1)
    analyst = Analyst(errors=[StudyError(Message("study", "nothing_given"), code="two_joints")])
    analysing(spool, keeping, analyst).turn()
    assert analyst.seen == [(1, None), (1, "right"), (1, "left")]
    assert spool.study(STUDY).state().results == (f"{STUDY}_right", f"{STUDY}_left")
    Sending(spool, keeping, returning(pacs)).turn()
    assert len(pacs.kept) == 2


def test_two_persons_under_one_uid_are_not_taken_for_the_two_joints_of_one(spool, keeping):
    arrive(spool, 1)
    persons = StudyError(Message("study", "several_patients", {"count": 2}), code="several_studies")
    analyst = Analyst(errors=[persons])
    analysing(spool, keeping, analyst).turn()
    assert analyst.seen == [(1, None)] and spool.study(STUDY).state().stage == FAILED


@pytest.mark.parametrize(
    "message",
    [
        Message("folder", "disk_full"),
        Message("results", "disk_nearly_full", {"free_mb": 1.0}),
        Message("folder", "not_written", {"kind": "results folder", "error": "Stale file handle"}),
    ],
    ids=lambda message: message.key,
)
def test_a_study_whose_results_find_no_place_waits_until_there_is_one(spool, keeping, message):
    arrive(spool, 1)
    analyst = Analyst(errors=[OutputError(message, where=str(keeping.out)) for _ in range(5)])
    study = spool.study(STUDY)
    for _ in range(6):
        assert analysing(spool, keeping, analyst).turn()
        if study.state().stage == ANALYSED:
            break
        assert study.state().stage == RECEIVING and study.state().not_before > time.time()
        study.write_state(replace(study.written_state, not_before=0.0))
    assert len(analyst.seen) == 6 and study.state().stage == ANALYSED


def test_a_study_that_ends_its_process_is_given_up_after_three_times(spool, keeping):
    arrive(spool, 1)
    crash = [OrthoDiffusionError(Message("worker", "failed")) for _ in range(9)]
    analyst = Analyst(errors=list(crash))
    for _ in range(6):
        analysing(spool, keeping, analyst).turn()
        study = spool.study(STUDY)
        study.write_state(replace(study.written_state, not_before=0.0))
    assert len(analyst.seen) == 3 and spool.study(STUDY).state().stage == FAILED


def test_a_node_that_was_killed_while_it_analysed_counts_that(spool, keeping):
    arrive(spool, 1)
    study = spool.study(STUDY)
    study.write_state(State(RECEIVING, *study.content(), attempts=3))
    analyst = Analyst()
    analysing(spool, keeping, analyst).turn()
    assert not analyst.seen and study.state().stage == FAILED


def test_the_end_of_the_node_is_no_attempt(spool, keeping):
    arrive(spool, 1)
    with pytest.raises(Cancelled):
        analysing(spool, keeping, Analyst(errors=[Cancelled()])).turn()
    assert spool.study(STUDY).written_state.attempts == 0
    assert analysing(spool, keeping, Analyst()).turn()


def test_while_the_archive_is_away_objects_wait_and_arrive_when_it_is_back(spool, keeping):
    away = Pacs()
    away.start()
    away.stop()
    arrive(spool, 1)
    analysing(spool, keeping, Analyst()).turn()
    sending = Sending(spool, keeping, returning(away))
    assert sending.turn()
    state = spool.study(STUDY).state()
    assert state.stage == ANALYSED and state.attempts == 1 and state.not_before > time.time()
    assert not sending.turn(), "not at once again"
    away.start()
    try:
        study = spool.study(STUDY)
        study.write_state(replace(state, not_before=0.0))
        assert sending.turn() and away.kept == ["1.2.3.4.1.1001"]
    finally:
        away.stop()


def test_an_archive_without_room_is_asked_again_and_one_that_refuses_is_named(spool, keeping, pacs):
    arrive(spool, 1)
    analysing(spool, keeping, Analyst()).turn()
    pacs.statuses = [0xA700, 0xA900]
    sending = Sending(spool, keeping, returning(pacs))
    sending.turn()
    study = spool.study(STUDY)
    assert study.state().stage == ANALYSED
    study.write_state(replace(study.state(), not_before=0.0))
    sending.turn()
    assert study.state().stage == FAILED and "A900" in study.state().reason
    assert "Das Archiv lehnte Objekte ab: report.dcm" in study.state().why(language_of("de"))
    assert study.content()[0] == 1, "its images stay"


def test_a_damaged_state_is_taken_for_none(spool, keeping):
    arrive(spool, 1)
    study = spool.study(STUDY)
    for text in ("", "{", "[]", '{"stage": 1, "results": 3}', json.dumps({"unknown": 1})):
        (study.folder / "state.json").write_text(text)
        assert study.state().stage == RECEIVING
    assert analysing(spool, keeping, Analyst()).turn()


def test_what_a_killed_node_left_half_written_is_cleared(keeping):
    spool = Spool(keeping.spool)
    spool.open()
    (keeping.spool / ".incoming" / "half.dcm").write_bytes(b"x")
    (keeping.spool / ".incoming" / "going" / "images").mkdir(parents=True)
    spool.open()
    assert not list((keeping.spool / ".incoming").iterdir())


def test_two_nodes_do_not_share_a_spool(spool):
    with spool.held(), pytest.raises(ArchiveError, match="Another node"), Spool(spool.folder).held():
        pass


@pytest.fixture
def on_loopback():
    return Listening(Callers.parse(["MR1@127.0.0.1"]), "NODE", "127.0.0.1", 0, insecure=True)


def test_a_node_and_a_batch_do_not_write_into_one_folder_of_results(keeping, on_loopback, tmp_path):
    ports: list[int] = []
    node = Node(on_loopback, keeping, started=ports.append)
    with locked(keeping.out), pytest.raises(OutputError, match="Another batch") as caught:
        node.run(Analyst())
    assert caught.value.code == "batch_running" and not ports and list(keeping.out.iterdir()) == []
    thread = threading.Thread(target=node.run, args=(Analyst(),))
    thread.start()
    try:
        wait_until(lambda: bool(ports))
        with pytest.raises(OutputError, match="A DICOM node"), locked(keeping.out):
            pass
        other = Node(on_loopback, replace(keeping, spool=tmp_path / "second"))
        with pytest.raises(OutputError, match="A DICOM node"):
            other.run(Analyst())
    finally:
        node.end()
        thread.join(20)
    with locked(keeping.out):
        pass


def test_results_of_a_batch_and_received_studies_have_folders_of_their_own(keeping, on_loopback):
    keeping.out.mkdir()
    (keeping.out / JOURNAL).touch()
    with pytest.raises(OutputError, match="that of a batch"):
        Node(on_loopback, keeping).run(Analyst())
    with pytest.raises(ArchiveError, match="are one folder"):
        replace(keeping, out=keeping.spool)


def test_the_whole_node_takes_a_study_and_returns_its_objects_and_ends_when_told(pacs, keeping, on_loopback):
    from pynetdicom import AE

    ports: list[int] = []
    node = Node(on_loopback, replace(keeping, quiet_seconds=0.2), returning(pacs), started=ports.append)
    thread = threading.Thread(target=node.run, args=(Analyst(),))
    thread.start()
    try:
        wait_until(lambda: bool(ports))
        entity = AE(ae_title="MR1")
        entity.add_requested_context("1.2.840.10008.5.1.4.1.1.4", "1.2.840.10008.1.2.1")
        association = entity.associate("127.0.0.1", ports[0], ae_title="NODE")
        for number in range(1, 4):
            assert association.send_c_store(make_instance(number)).Status == 0
        association.release()
        wait_until(lambda: bool(pacs.kept))
        wait_until(lambda: not files_below(keeping.spool, ".dcm"))
    finally:
        node.end()
        thread.join(20)
    assert not thread.is_alive()
