"""Every text that a user sees can be translated: what goes through no catalogue is found here."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from layout.visible_texts import ready_errors, untranslated

ROOT = Path(__file__).parents[2]

COMMANDS = ("OrthoDiffusion/OrthoDiffusionSlicer/scene/SceneExport.py",)
"""Commands of a terminal, whose help and words are English, like those of argparse."""

NOT_WORDS = {
    "Binary labelmap", "Closed surface",  # Slicer's names of representations
    "Model at review", "Probability at review",  # names of columns: keys; the catalogue has their titles
    "OrthoDiffusion contributors", "OrthoDiffusion heat", "Segmentation category and type - OrthoDiffusion",
    "the analysis cannot run here: missing ",  # of the module's own test
}  # fmt: skip
"""Phrases that are names or that no user sees."""

NAMES = re.compile(r"DICOM master list|^\S+\.\S+$")

MEASURING = ("OrthoDiffusionLib/analysis/benchmark.py",)
"""Commands for those who develop, whose faults are English."""


def test_every_text_of_the_panel_goes_through_a_catalogue():
    found = [
        text
        for path in sorted((ROOT / "OrthoDiffusion").rglob("*.py"))
        if path.relative_to(ROOT).as_posix() not in COMMANDS
        for text in untranslated(path, ROOT)
        if text.text not in NOT_WORDS and not NAMES.search(text.text)
    ]
    assert not found, "put these into _(), into the library's catalogue or, if no user sees them, into NOT_WORDS:\n" + (
        "\n".join(map(str, found))
    )


def test_every_refusal_and_step_of_the_library_is_a_message():
    found = [
        text
        for path in sorted((ROOT / "OrthoDiffusionLib").rglob("*.py"))
        if path.relative_to(ROOT / "OrthoDiffusionLib").parts[0] != "lab"
        and path.relative_to(ROOT).as_posix() not in MEASURING
        for text in ready_errors(path, ROOT)
    ]
    assert not found, "give these a Message, whose sentence stands in the catalogue:\n" + "\n".join(map(str, found))


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('button.text = "Analyze"', 1),
        ('button.text = _("Analyze")', 0),
        ('label.setText(f"Done in {n} s")', 1),
        ('say(label, "Nothing" if empty else _("Something"))', 1),
        ('names = ["Ready to go"]', 1),
        ('raise ValueError("side must be right or left")', 0),
        ('raise OutputError(f"Cannot: {error}", where=str(folder))', 1),
        ('label.text = ", ".join(names)', 0),
        ('label.text = sizes["width"]', 0),
        ('"""A docstring of words."""', 0),
    ],
)
def test_texts_are_told_from_names(tmp_path, source, seen):
    (tmp_path / "Panel.py").write_text(source, encoding="utf-8")
    assert len(list(untranslated(tmp_path / "Panel.py", tmp_path))) == seen


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('raise StudyError("No volume")', 1),
        ('raise StudyError(Message("study", "no_volume"))', 0),
        ('report(progress, "read", 0.0, f"Reading {name}")', 1),
        ('report(progress, "read", 0.0, Message("progress", "read"))', 0),
        ('raise StudyError("a" if one else what)', 1),
    ],
)
def test_ready_words_are_told_from_messages(tmp_path, source, seen):
    (tmp_path / "library.py").write_text(source, encoding="utf-8")
    assert len(list(ready_errors(tmp_path / "library.py", tmp_path))) == seen
