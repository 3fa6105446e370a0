"""Folders that are called after a patient are known as such, however the name is written."""

from __future__ import annotations

import unicodedata

import pytest

from OrthoDiffusionLib.volumes.dicom.person_name import name_words, names_person

JAPANESE = "Yamada^Tarou=山田^太郎=やまだ^たろう"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SMITH^JOHN", "john_smith_knee"),
        ("SMITH^JOHN", "SmithJohn 2020"),
        ("Li^Na", "Li_Na_knee"),
        ("Müller^Jörg", "mueller_knie"),
        ("Müller^Jörg", "Muller-knee"),
        ("Mueller^Joerg", "Müller"),
        ("Müller^Jörg", unicodedata.normalize("NFD", "Knie Jörg M")),
        ("Weiß^Anna", "weiss_2021"),
        ("Nuñez^Ana", "NUNEZ"),
        (JAPANESE, "山田太郎_膝"),
        (JAPANESE, "やまだたろう"),
        (JAPANESE, "yamada"),
        ("Kim^Min=김^민", "김민_무릎"),
        ("Lin^Hao=林^浩", "林浩"),
        ("Иванов^Пётр", "иванов_колено"),
    ],
)
def test_a_text_that_names_the_person_is_known(name, text):
    assert names_person(name_words(name, "4711"), text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SMITH^JOHN", "knee_017"),
        ("SMITH^J", "knee_l_j"),  # an initial names nobody
        ("Li^Na", "Linear_scan"),
        ("KNEE 017", "KNEE 017"),  # where the name is the number, as in research data
        ("", "knee"),
        (JAPANESE, "膝_017"),
    ],
)
def test_other_texts_are_left_alone(name, text):
    assert not names_person(name_words(name, "KNEE017"), text)
