"""German: numbers, plurals, lists and words; complete, loaded when it is asked for, English where it has nothing."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from OrthoDiffusionLib.errors import Notice, StudyError
from OrthoDiffusionLib.messages import ENGLISH, Message, language_of, number_of, text_of, title_of, word_of
from OrthoDiffusionLib.messages.formatting import Words
from OrthoDiffusionLib.messages.german import LANGUAGE

GERMAN = language_of("de")


@pytest.mark.parametrize("name", ["de", "de_DE", "de-AT", "DE_CH.UTF-8"])
def test_a_locale_names_its_language(name):
    assert language_of(name) is LANGUAGE


@pytest.mark.parametrize("name", ["en_US", "fr_FR", "", "C"])
def test_a_language_without_a_catalogue_is_english(name):
    assert language_of(name) is ENGLISH


def test_german_is_imported_when_it_is_asked_for_and_not_before():
    program = (
        "import sys, OrthoDiffusionLib.reports.html_report, OrthoDiffusionLib.cli.summary\n"
        "from OrthoDiffusionLib.messages import language_of\n"
        "assert not any('german' in name for name in sys.modules); language_of('de')\n"
        "assert 'OrthoDiffusionLib.messages.german' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_numbers_have_a_comma_and_thousands_a_point():
    assert number_of(0.935, ".2f", GERMAN) == "0,94" and number_of(1234567, ",", GERMAN) == "1.234.567"
    assert number_of(0.123, ".0%", GERMAN) == "12 %" and number_of(-0.5, ".1f", GERMAN) == "−0,5"
    assert number_of(8.3, "in mm", GERMAN) == "8,3 mm" and number_of(17.24, "in mL", GERMAN) == "17,2 ml"
    assert number_of(132.4, "in deg", GERMAN) == "132°" and number_of(1.054, "in 1", GERMAN) == "1,05"
    assert number_of(2.5, "change mm", GERMAN) == "+2,5 mm" and number_of(-2.5, "change mm", GERMAN) == "−2,5 mm"
    assert number_of(-2.5, "change mm") == "−2.5 mm" and number_of(17.24, "in mL") == "17.2 mL"


@pytest.mark.parametrize("value", [-0.04, 0.0, 0.04])
def test_a_change_that_rounds_to_nothing_has_no_sign(value):
    assert number_of(value, "change mL") == "0.0 mL" and number_of(value, "change mL", GERMAN) == "0,0 ml"


def test_a_name_with_points_and_commas_stays_as_it_is():
    file = Message("file", "data_missing", {"file": "knee,1.5.raw"}).words(GERMAN).what
    assert file == "Die Datei knee,1.5.raw, die die Voxel enthält, fehlt"


@pytest.mark.parametrize(
    ("code", "variant", "count", "said"),
    [
        ("damaged_file", "", 1, "Eine Datei ist beschädigt und wurde ausgelassen"),
        ("damaged_file", "", 3, "3 Dateien sind beschädigt und wurden ausgelassen"),
        ("few_slices", "single", 1, "Eine einzelne Schicht ohne Nachbarn wurde ausgelassen"),
        ("duplicate_slices", "", 2, "2 Schichten haben die Lage einer anderen; die erste wurde behalten"),
        ("picture", "warnings", 1, "1 Warnung:"),
        ("picture", "warnings", 2, "2 Warnungen:"),
    ],
)
def test_plurals(code, variant, count, said):
    assert Message(code, variant, {"count": count}).words(GERMAN).what == said


def test_words_bend_as_german_wants_them():
    assert Message("missing_plane", values={"plane": "coronal"}).words(GERMAN).what == "Die koronare Ebene fehlt"
    assert Message("report", "title", {"side": "right", "joint": "knee"}).words(GERMAN).what == "Kniegelenk rechts, MRT"
    effusion = Message("report", "measured_above", {
        "measurement": "effusion_depth", "value": 5.54, "low": 0.0, "high": 5.0, "unit": "mm", "digits": 1,
    })  # fmt: skip
    assert (
        effusion.words(GERMAN).what
        == "Tiefe des suprapatellaren Ergusses 5,5 mm, über dem üblichen Bereich von 0,0 bis 5,0 mm"
    )
    assert title_of("anterior_cruciate_ligament", GERMAN) == "Vorderes Kreuzband"
    assert word_of("infrapatellar_fat_pad", GERMAN) == "Hoffa-Fettkörper"
    assert word_of("tt_tg_distance", GERMAN) == "TT-TG-Abstand"


def test_an_error_is_said_in_german_with_where_it_is():
    problems = [Message("problem", values={"where": "‘a’", "what": Notice("constant", "not_used", where="a")})]
    error = StudyError(
        Message("study", "none_usable", {"count": 1}), where=Message("problems", values={"problems": problems})
    )
    assert str(error).startswith("The volume cannot be analysed (‘a’: All voxels of the volume have the same value")
    said = error.in_full(GERMAN)
    assert said.startswith(
        "Das Volumen kann nicht analysiert werden (‘a’: Alle Voxel des Volumens haben denselben Wert"
    )
    again = StudyError.from_dict(error.as_dict())
    assert again.in_full(GERMAN) == said and str(again) == str(error), "it comes through a pipe as it was"


def test_a_missing_or_faulty_template_is_said_in_english():
    sentences = dict(GERMAN.sentences)
    del sentences["constant"]
    sentences["few_slices"] = replace(sentences["few_slices"], what="{schichten} Schichten")
    behind = replace(GERMAN, sentences=sentences)
    assert Notice("constant").words(behind).what == "All voxels have the same value"
    assert Notice("few_slices", values={"slices": 4}).words(behind).what == "The volume has only 4 slices"
    assert word_of("no_such_structure", behind) == "no such structure"


def test_a_fixed_text_that_has_changed_is_not_translated_by_its_old_translation():
    english = "5 mm and more is an effusion (JKRS 42:825); 4 mm go with about 4 mL (Schweitzer, AJR 159:361)"
    assert text_of(english, GERMAN).startswith("ab 5 mm Erguss")
    assert text_of(english.replace("5 mm", "6 mm"), GERMAN) == english.replace("5 mm", "6 mm")


def test_every_template_can_be_filled():
    """With any values: a template that cannot be filled would be said in English, and nobody would notice."""
    from layout.test_message_calls import _Anything

    look = {**{key: words.what for key, words in ENGLISH.sentences.items()}}
    look |= {key: words.what for key, words in GERMAN.sentences.items()}
    words = Words(look.__getitem__, GERMAN)
    for key, sentence in GERMAN.sentences.items():
        if key.startswith(("text.", "unit.")):
            continue
        values = _Anything(sentence.what + sentence.remedy)
        for template in (sentence.what, sentence.remedy):
            made = words.filled(template, values)
            assert not {"{", "}", "|"} & set(made), key
            assert made == made.strip(), key
