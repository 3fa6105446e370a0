"""Every notice and message of the source has its sentence, with the values that the sentence asks for."""

from __future__ import annotations

import ast
import string
from pathlib import Path

import pytest
from layout.message_calls import FOLDERS, Call, Unreadable, calls_in
from layout.visible_texts import is_text

from OrthoDiffusionLib.messages import ENGLISH, Message, sentence_of

ROOT = Path(__file__).parents[2]
SHARED = ("word.", "list.", "unit.", "column.")
"""Beginnings of keys that sentences and tables ask for, not a call in the source."""


def placeholders(template: str) -> set[str]:
    """Names of the values that a template asks for, also within its plurals."""
    found: set[str] = set()
    for _, name, spec, _ in string.Formatter().parse(template):
        if name:
            found |= {name} | placeholders(spec or "")
    return found


def asked_for(key: str) -> set[str]:
    sentence = ENGLISH.sentences[key]
    return placeholders(sentence.what) | placeholders(sentence.remedy)


@pytest.fixture(scope="module")
def calls() -> list[Call]:
    return list(calls_in(ROOT))


def test_every_notice_and_message_has_a_sentence_that_says_all_its_values(calls):
    faults = []
    for call in calls:
        if call.key not in ENGLISH.sentences:
            faults.append(f"{call.place}: the catalogue has no {call.key}")
        elif asked_for(call.key) != call.values:
            wanted, given = ", ".join(sorted(asked_for(call.key))), ", ".join(sorted(call.values))
            faults.append(f"{call.place}: {call.key} asks for the values {wanted or 'none'}, given: {given or 'none'}")
    assert not faults, "\n".join(faults)


def test_every_sentence_is_said_somewhere(calls):
    made = {call.key for call in calls}
    # the panel shows a plane's reason without the volume's name
    unused = [key for key in ENGLISH.sentences if not key.startswith(SHARED) and key not in made]
    assert unused == ["plane_served.unnamed"]


def test_no_sentence_is_written_outside_the_catalogue():
    """Ready words are for what comes from files and people: results of other versions, texts that a script gives."""
    own = {
        "OrthoDiffusionLib/errors.py",
        "OrthoDiffusionLib/messages/message.py",
        "OrthoDiffusionLib/service/protocol.py",
    }
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py")]
    writing = {path.relative_to(ROOT).as_posix() for path in files if "stored_as(" in path.read_text(encoding="utf-8")}
    assert writing == own


def _written_notes(tree: ast.AST) -> list[int]:
    """Lines where a finding gets a note that is a text of the source, not a message."""
    lines = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        notes = [word.value for word in node.keywords if word.arg == "note"]
        notes += node.args[1:2] if name == "not_assessed" else node.args[6:7] if name == "Finding" else []
        if any(is_text(note) for note in notes):
            lines.append(node.lineno)
    return lines


@pytest.mark.parametrize(
    "source",
    [
        'Finding.not_assessed(name, "The view is missing")',
        'Finding.not_assessed(name, note=f"No {plane}")',
        'Finding(name, True, 0.5, note="Low" if low else NOTHING)',
    ],
)
def test_a_note_that_is_a_text_is_seen(source):
    assert _written_notes(ast.parse(source))


def test_notes_of_findings_are_messages():
    places = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in sorted((ROOT / "OrthoDiffusionLib").rglob("*.py"))
        if path.relative_to(ROOT / "OrthoDiffusionLib").parts[0] != "lab"  # its notes are of scores
        for line in _written_notes(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not places, f"a finding's note is a Message, whose sentence stands in the catalogue: {', '.join(places)}"


_QUANTITIES = (["in"], ["number"], ["change"], ["finer"])


class _Anything(dict):
    """A value for every placeholder: a number where a number is wanted, a list where one is listed."""

    def __init__(self, template: str) -> None:
        super().__init__()
        self._fill(template)

    def _fill(self, template: str) -> None:
        for _, name, spec, conversion in string.Formatter().parse(template):
            if not name:
                continue
            spec = spec or ""
            if "|" in spec or (spec.endswith(("f", "g", "%")) and spec[0] == ".") or spec.split()[:1] in _QUANTITIES:
                self[name] = 2
            elif spec == "remedy":
                self[name] = Message("constant", "not_used")
            elif spec:
                self[name] = [2.5, 3.5] if conversion is None and " ." in spec else ["one", "two"]
            else:
                self.setdefault(name, "x")
            self._fill(spec)
        self |= {name: 2 for name in ("count", "digits") if name in self}


@pytest.mark.parametrize("key", [key for key in ENGLISH.sentences if not key.startswith("unit.")])
def test_every_sentence_can_be_made(key):
    sentence = ENGLISH.sentences[key]
    made = sentence_of(key, _Anything(sentence.what + sentence.remedy))
    assert made.what and not {"{", "}", "|"} & set(made.what + made.remedy)
    assert made.what == made.what.strip() and made.remedy == made.remedy.strip()


@pytest.mark.parametrize(
    "source",
    ["def f(x):\n    return Notice(x)", "def f(x):\n    return Message('a', values=x)"],
)
def test_a_key_that_does_not_stand_in_the_source_is_a_fault(tmp_path, source):
    (tmp_path / "OrthoDiffusionLib").mkdir()
    (tmp_path / "OrthoDiffusionLib" / "a.py").write_text(source)
    with pytest.raises(Unreadable, match=r"a\.py:2"):
        list(calls_in(tmp_path))
