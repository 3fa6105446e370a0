"""The node's ear: what is kept, what is refused with which status of DICOM, and what an unknown sender can do."""

from __future__ import annotations

import contextlib
import logging
import socket
import struct
import threading
import time

import pytest
from library.archive.conftest import make_instance, wait_until

from OrthoDiffusionLib.archive.bounded_server import Limits
from OrthoDiffusionLib.archive.node.callers import Callers
from OrthoDiffusionLib.archive.node.journal import LOGGER
from OrthoDiffusionLib.errors import ArchiveError

pytestmark = pytest.mark.filterwarnings(
    # pynetdicom leaves a socket to the garbage collector where the other side hung up first
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


def _kept(ear, study="1.2.3.4"):
    return ear.spool.study(study).content()[0]


def test_what_is_answered_with_success_lies_on_the_disk_with_its_pixels(ear):
    import pydicom

    node = ear()
    assert node.send(make_instance(1), make_instance(2, pixels=7)) == [0, 0]
    path = node.spool.study("1.2.3.4").images / "1.2.3.4.1.2.dcm"
    assert pydicom.dcmread(path).PixelData == bytes([7]) * 32
    assert not list((node.keeping.spool / ".incoming").iterdir())


def test_the_same_instance_again_is_a_success_and_another_one_of_its_uid_is_not(ear):
    node = ear()
    assert node.send(make_instance(1), make_instance(1), make_instance(1, pixels=9)) == [0, 0, 0x0111]
    assert _kept(node) == 1


@pytest.mark.parametrize("uid", ["../../etc/passwd", "..", "1.2/../3", "1.2.3\\x", "x" * 64, "1." * 40 + "1", ""])
def test_uids_that_are_none_are_refused_and_make_no_file(ear, uid, tmp_path):
    import pydicom

    node = ear()
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    with pydicom.config.disable_value_validation():
        hostile = make_instance(1)
        hostile.StudyInstanceUID = uid
        assert node.send(hostile) == [0xC000]
    assert {path for path in tmp_path.rglob("*") if path.is_file()} == before
    assert node.send(make_instance(1)) == [0], "the node goes on"


def test_a_data_set_that_is_not_what_the_message_says_is_refused(ear):
    from io import BytesIO

    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.dsutils import encode

    node = ear()
    association = node.sender()
    association._reactor_checkpoint.clear()  # answers are for this test, not for pynetdicom's own thread
    encoded = make_instance(5)
    request = C_STORE()
    request.MessageID, request.Priority = 1, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = encoded.SOPClassUID, "1.2.3.4.1.6"
    request.DataSet = BytesIO(encode(encoded, False, True))
    association.dimse.send_msg(request, next(iter(association.accepted_contexts)).context_id)
    _, answer = association.dimse.get_msg(True)
    assert answer.Status == 0xA900 and _kept(node) == 0
    request.DataSet = BytesIO(b"\xff" * 50)
    association.dimse.send_msg(request, next(iter(association.accepted_contexts)).context_id)
    _, answer = association.dimse.get_msg(True)
    assert answer.Status in (0xC000, 0xA900) and _kept(node) == 0
    association._reactor_checkpoint.set()
    association.release()


def test_only_those_who_are_allowed_are_let_in(ear):
    node = ear()
    unknown = node.sender("MR2")
    assert unknown.is_rejected
    assert node.sender("MR1", called="OTHER").is_rejected
    association = node.sender()
    assert association.send_c_echo().Status == 0
    association.release()


def test_an_ae_title_from_another_address_is_refused(ear):
    callers = Callers.parse(["MR1@10.1.2.3", "MR2@127.0.0.0/8"])  # 127.0.0.1 may connect, and not as MR1
    node = ear(listening={"callers": callers})
    assert node.send(make_instance(1)) == [0x0124] and _kept(node) == 0
    assert node.send(make_instance(1), ae_title="MR2") == [0]


def test_from_an_address_that_nobody_has_no_byte_is_read(ear):
    node = ear(listening={"callers": Callers.parse(["MR1@10.1.2.3"])})
    with socket.create_connection(("127.0.0.1", node.port), 5) as one:
        one.settimeout(5)
        assert one.recv(1) == b""


def test_a_full_disk_is_answered_as_out_of_resources(ear):
    node = ear(keeping={"reserve_mb": 10**9})
    assert node.send(make_instance(1)) == [0xA700] and _kept(node) == 0


def test_a_disk_that_is_full_in_the_middle_leaves_no_half_file(ear, monkeypatch):
    import errno
    import os

    node = ear()

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert node.send(make_instance(1)) == [0xA700]
    monkeypatch.undo()
    assert _kept(node) == 0 and not list((node.keeping.spool / ".incoming").iterdir())
    assert node.send(make_instance(1)) == [0]


def test_a_study_without_end_is_stopped_at_its_limit(ear):
    node = ear(keeping={"most_instances": 3})
    assert node.send(*(make_instance(number) for number in range(1, 6))) == [0, 0, 0, 0xA700, 0xA700]


def test_the_log_names_no_patient(ear, caplog):
    logging.getLogger(LOGGER).propagate = True
    with caplog.at_level(logging.DEBUG):
        node = ear()
        node.send(make_instance(1), make_instance(1, pixels=3))
    said = caplog.text
    assert "receiving" in said and "refused" in said
    assert "SECRET" not in said and "PERSON" not in said and "1.2.3.4" not in said


def _associate_request(length: int | None = None, body: bytes = b"") -> bytes:
    return struct.pack(">BBL", 1, 0, len(body) if length is None else length) + body


@pytest.mark.parametrize(
    "words",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 300,  # TLS to a port without it
        b"\x00" * 5000,
        b"\xff" * 5000,
        _associate_request(body=b"\x00" * 68),
        _associate_request(body=b"\x00\x01\x00\x00" + b"A" * 32 + b"\x00" * 32 + b"\x10\xff\xff\xff" * 20),
        struct.pack(">BBL", 4, 0, 6) + b"\x00\x00\x00\x02\x01\x03",  # data before an association
        struct.pack(">BBL", 7, 0, 4) + b"\x00" * 4,
        struct.pack(">BBL", 2, 0, 0),
    ],
)
def test_nonsense_is_hung_up_on_and_the_node_goes_on(ear, words):
    node = ear(listening={"limits": Limits(silence_seconds=0.5)})
    for _ in range(2):
        with socket.create_connection(("127.0.0.1", node.port), 5) as one:
            one.sendall(words)
            one.settimeout(8)
            with contextlib.suppress(ConnectionError):
                while one.recv(4096):
                    pass
    assert node.send(make_instance(1)) == [0]


def test_a_length_of_four_gigabytes_is_not_waited_for(ear):
    node = ear(listening={"limits": Limits(silence_seconds=30.0)})
    with socket.create_connection(("127.0.0.1", node.port), 5) as one:
        one.sendall(_associate_request(length=0xFFFFFFFF, body=b"x" * 100))
        one.settimeout(5)
        start = time.monotonic()
        with contextlib.suppress(ConnectionError):
            one.recv(4096)
        assert time.monotonic() - start < 4
    assert node.send(make_instance(1)) == [0]


def test_an_instance_larger_than_allowed_is_cut_off_without_filling_the_memory(ear):
    node = ear(listening={"limits": Limits(instance_mb=2)})
    association = node.sender()
    large = make_instance(1)
    large.Rows, large.Columns, large.PixelData = 2048, 1024, b"\x01" * (4 * 1024 * 1024)
    answer = association.send_c_store(large)
    assert "Status" not in answer and _kept(node) == 0
    assert node.send(*(make_instance(number) for number in range(1, 4))) == [0, 0, 0]


def test_silent_connections_keep_nobody_out_for_long(ear):
    node = ear(listening={"limits": Limits(connections=4, of_one_host=4, silence_seconds=1.0)})
    silent = [socket.create_connection(("127.0.0.1", node.port), 5) for _ in range(10)]
    try:
        wait_until(lambda: _can_echo(node), 15)
    finally:
        for one in silent:
            one.close()


def _can_echo(node) -> bool:
    association = node.sender()
    if not association.is_established:
        return False
    good = association.send_c_echo().Status == 0
    association.release()
    return good


def test_many_senders_at_once_lose_nothing(ear):
    node = ear()
    results: list[int] = []

    def send(first):
        results.extend(node.send(*(make_instance(first + number, study="1.2.9") for number in range(20))))

    threads = [threading.Thread(target=send, args=(1 + 20 * number,)) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert results == [0] * 100 and _kept(node, "1.2.9") == 100


def test_an_association_that_brings_a_study_is_known_until_it_ends(ear):
    node = ear()
    association = node.sender()
    assert association.send_c_store(make_instance(1)).Status == 0
    assert node.receiver.is_open("1.2.3.4")
    association.release()
    wait_until(lambda: not node.receiver.is_open("1.2.3.4"))


def test_without_tls_a_sender_must_be_known_by_its_address():
    from OrthoDiffusionLib.archive.node.settings import Listening

    with pytest.raises(ArchiveError, match="anybody could use its AE title"):
        Listening(Callers.parse(["MR1"]), insecure=True)
    with pytest.raises(ArchiveError, match="who may send"):
        Callers.parse([])


def test_mutants_of_a_data_set_are_answered_and_quote_nothing(ear, capfd, recwarn):
    """What a damaged length makes of a UID may hold the patient's name; pydicom warns of it in full."""
    import random
    from io import BytesIO

    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.dsutils import encode

    node = ear()
    chance, whole = random.Random(0), encode(make_instance(1), False, True)
    association = node.sender()
    association._reactor_checkpoint.clear()
    context = next(
        one.context_id for one in association.accepted_contexts if one.abstract_syntax != "1.2.840.10008.1.1"
    )
    for number in range(1, 80):
        mutant = bytearray(whole)
        for _ in range(chance.choice((1, 3, 20))):
            mutant[chance.randrange(len(mutant))] = chance.randrange(256)
        request = C_STORE()
        request.MessageID, request.Priority = number, 2
        request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = "1.2.840.10008.5.1.4.1.1.4", "1.2.3.4.1.1"
        request.DataSet = BytesIO(bytes(mutant))
        association.dimse.send_msg(request, context)
        _, answer = association.dimse.get_msg(True)
        assert answer is not None and answer.Status in (0x0000, 0x0111, 0xA900, 0xC000)
    association._reactor_checkpoint.set()
    association.release()
    said = "".join(capfd.readouterr()) + "".join(str(one.message) for one in recwarn)
    assert "SECRET" not in said and "Invalid value" not in said
