"""Nobody waits for an archive that is gone, and nothing that it said before is lost."""

import queue
import time

import pytest

from OrthoDiffusionLib.archive.dimse_association import _Answers

MESSAGE = (1, "a response")


def test_what_came_before_the_end_of_a_connection_is_given_and_then_its_end():
    answers = _Answers(lambda: False)
    answers.put(MESSAGE)
    assert answers.get(timeout=30.0) == MESSAGE
    begun = time.monotonic()
    assert answers.get(timeout=30.0) == (None, None)
    assert time.monotonic() - begun < 5.0


def test_a_connected_archive_is_waited_for_as_long_as_was_said():
    answers = _Answers(lambda: True)
    begun = time.monotonic()
    with pytest.raises(queue.Empty):
        answers.get(timeout=0.3)
    assert time.monotonic() - begun >= 0.3
    answers.put(MESSAGE)
    assert answers.get() == MESSAGE
    with pytest.raises(queue.Empty):
        answers.get(block=False)
