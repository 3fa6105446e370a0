"""One catalogue of sentences: complete, used, translatable."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.anatomy import known_joints
from OrthoDiffusionLib.errors import Notice
from OrthoDiffusionLib.messages import ENGLISH, NOTHING, Language, Message, Sentence, fits, sentence_of, title_of
from OrthoDiffusionLib.messages.parts import sentences_in

GERMAN = Language(
    {
        "missing_plane": Sentence("Die {plane!w} Ebene fehlt", "Unsicherer."),
        "word.coronal": Sentence("koronale"),
        "list.and": Sentence("{first} und {last}"),
        "empty_slices": Sentence("{leer} Schichten sind leer"),
        "duplicate_slices": Sentence("{count:{count} Schicht|{count} Schichten|{count} Schichten zuviel}"),
        "remark.preferred": Sentence("statt ‘{name}’, denn {reason}"),
        "better.slices": Sentence("sie hat mehr Schichten"),
        "lower_confidence": Sentence("{planes!w:and} fehlt"),
    },
    plural=lambda count: 0 if count == 1 else 1 if count < 5 else 2,
)


def test_every_file_of_a_catalogue_is_read_and_no_key_may_stand_in_two(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "latin"
    (folder / "inner").mkdir(parents=True)
    for path in (folder, folder / "inner"):
        (path / "__init__.py").touch()
    (folder / "one.py").write_text("_HALF = {'b': 2}\nONE = {'a': 1}\n")
    (folder / "inner" / "two.py").write_text("TWO = {'c': 3}\n")
    assert sentences_in("latin", [str(folder)]) == {"a": 1, "c": 3}
    (folder / "three.py").write_text("THREE = {'a': 1}\n")
    with pytest.raises(ValueError, match=r"a stands in latin\.\w+ as well"):
        sentences_in("latin", [str(folder)])


def test_lists_numbers_and_names_read_as_english():
    def said(code, **values):
        return sentence_of(code, values).what

    assert said("clinical_used", columns=["age"]).endswith("account of age")
    assert said("clinical_used", columns=["age", "sex", "trauma"]).endswith("account of age, sex and trauma")
    assert said("file_not_read.picture", files=["a.png", "b.png"], count=2).endswith(": a.png, b.png")
    assert said("file_not_read.picture", files=["a.png", "b.png"], count=9).endswith(": a.png, b.png and 7 more")
    assert said("small_field_of_view", sizes_mm=(60.4, 70.0)) == "A slice shows only 60 × 70 mm"
    assert (
        said("results.prior_of_other_joint", prior="ankle", joint="knee")
        == "The prior exam shows an ankle, this one a knee"
    )
    assert said("damaged_file", count=1) == "One file is damaged and was left out"
    assert said("damaged_file", count=3) == "3 files are damaged and were left out"
    assert said("medial_lateral_pieces", structures=["medial meniscus", "toy_nodule"]).endswith(
        ": Medial meniscus, Toy nodule"
    )


@pytest.mark.parametrize("known", known_joints(), ids=lambda joint: joint.name)
def test_sentences_call_a_measurement_what_tables_call_it(known):
    assert all(title_of(one.name) == one.title for one in known.measurements)


def test_a_name_with_signs_of_templates_is_shown_as_it_is():
    assert sentence_of("plane_not_served.other_joint", {"name": "{a|b!w}", "joint": "knee"}).what.startswith(
        "‘{a|b!w}’"
    )


def test_another_language_says_what_it_knows_and_english_the_rest():
    missing = Notice("missing_plane", where="exam", values={"plane": "coronal"})
    assert missing.words(GERMAN) == Sentence("Die koronale Ebene fehlt", "Unsicherer.")
    assert missing.in_full(GERMAN) == "Die koronale Ebene fehlt (exam). Unsicherer."
    assert missing.what == "The coronal plane is missing"  # files keep English
    axial = Message("lower_confidence", values={"planes": ["coronal", "axial"], "count": 2})
    assert axial.words(GERMAN).what == "koronale und axial fehlt"
    assert [Message("duplicate_slices", values={"count": n}).words(GERMAN).what for n in (1, 2, 7)] == [
        "1 Schicht", "2 Schichten", "7 Schichten zuviel",
    ]  # fmt: skip
    assert Message("foreign_file", values={"count": 1}).words(GERMAN).what == "One file is not DICOM and was left out"


def test_a_reason_within_a_reason_is_said_in_the_same_language():
    reason = Message("remark", "preferred", {"name": "sag", "reason": Message("better", "slices")})
    assert reason.words(GERMAN).what == "statt ‘sag’, denn sie hat mehr Schichten"


def test_a_faulty_translation_hides_no_warning():
    empty = Notice("empty_slices", values={"empty": 3, "slices": 24})
    assert empty.words(GERMAN).what == "3 of 24 slices are empty"


def test_what_the_catalogue_does_not_have_is_a_fault_of_the_program():
    assert not fits("no_such_code", {}) and not fits("missing_plane", {})
    with pytest.raises(KeyError):
        str(Notice("no_such_code"))
    assert ENGLISH.sentences["constant"].what == "All voxels have the same value"


def test_no_note_is_false_and_empty():
    assert not NOTHING and NOTHING.text == "" and Message.stored_as("words")


def test_values_of_other_libraries_become_plain_ones():
    np = pytest.importorskip("numpy")
    notice = Notice("small_field_of_view", values={"sizes_mm": [np.float32(70), np.int64(60)]})
    assert notice.as_dict()["values"] == {"sizes_mm": [70.0, 60]}
    assert {type(value) for value in notice.as_dict()["values"]["sizes_mm"]} == {float, int}
