"""The translation files are in step with the source: nothing is missing, left over or without its placeholders."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from translation import ts_file
from translation.catalogue_check import faults_of
from translation.source_texts import MODULE, NotLiteral, context_of, source_texts
from translation.update import PACKAGED, compile_qm, languages, qm_path, ts_path

from OrthoDiffusionLib.messages import LANGUAGES

UPDATE = "run `make translations`, and translate what it lists"
_FIELD = re.compile(r"(?<!\{)\{([^{}]+)\}(?!\})")  # as Slicer looks for them


def test_panel_and_library_have_the_same_languages():
    assert languages() == sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("language", languages())
def test_the_panels_translation_is_complete_and_written_as_the_tool_writes_it(language):
    content, changes = ts_file.updated(ts_path(language), language, source_texts())
    assert not changes.missing and not changes.vanished, f"{UPDATE}: {changes}"
    assert ts_path(language).read_text(encoding="utf-8") == content, UPDATE


@pytest.mark.parametrize("language", languages())
def test_a_translation_has_the_placeholders_and_marks_of_its_source(language):
    for (context, text), said in ts_file.read(ts_path(language)).items():
        assert set(_FIELD.findall(text)) == set(_FIELD.findall(said)), f"[{context}] {text!r}: {said!r}"
        assert text.count("&") == said.count("&") and text.count("\n") == said.count("\n"), f"{text!r}: {said!r}"
        assert re.findall(r"</?\w+>", text) == re.findall(r"</?\w+>", said), f"{text!r}: {said!r}"
        assert text[:1].isspace() == said[:1].isspace() and text[-1:].isspace() == said[-1:].isspace()


@pytest.mark.parametrize("language", languages())
def test_what_qt_loads_is_made_of_the_file_that_people_read(language, tmp_path):
    pytest.importorskip("PySide6")
    compile_qm(ts_path(language), tmp_path / "made.qm")
    assert (tmp_path / "made.qm").read_bytes() == qm_path(language).read_bytes(), UPDATE


@pytest.mark.parametrize("language", languages())
def test_the_librarys_catalogue_is_complete_with_the_same_values(language):
    faults = faults_of(language)
    assert not faults, "\n".join(faults)


def test_every_translation_is_packaged():
    packaged = (MODULE / "CMakeLists.txt").read_text(encoding="utf-8")
    for language in languages():
        assert f"Resources/Translations/${{MODULE_NAME}}_{language}.qm" in packaged
    assert {path.name for path in PACKAGED.iterdir()} == {qm_path(language).name for language in languages()}


def test_names_of_parameters_are_not_offered_to_translators():
    for path in MODULE.rglob("*.ui"):
        for element in ElementTree.parse(path).getroot().iter("property"):
            if element.get("name") == "SlicerParameterName":
                assert element.find("string").get("notr") == "true", (
                    f'{path.name}: add notr="true" to SlicerParameterName'
                )


def test_contexts_are_those_that_slicer_looks_up():
    assert context_of(MODULE / "OrthoDiffusion.py") == "OrthoDiffusion"
    assert context_of(MODULE / "OrthoDiffusionSlicer" / "panel" / "sections" / "Run.py") == "sections.Run"
    assert ("OrthoDiffusionRun", "Cancel") in {(one.context, one.text) for one in source_texts()}


def test_a_text_that_does_not_stand_in_the_source_is_a_fault(tmp_path):
    (tmp_path / "Module").mkdir()
    (tmp_path / "Module" / "Panel.py").write_text("label.text = _(f'{n} volumes')", encoding="utf-8")
    with pytest.raises(NotLiteral, match=r"Panel\.py:1"):
        source_texts(tmp_path / "Module")


def test_a_text_that_moved_keeps_its_translation_and_one_that_changed_does_not(tmp_path):
    module = tmp_path / "Module"
    module.mkdir()
    ts = tmp_path / "Module_de.ts"
    (module / "One.py").write_text("a = _('Left & right')\nb = _('Nothing \"said\"')", encoding="utf-8")
    content, changes = ts_file.updated(ts, "de", source_texts(module), {"Left & right": "Links & rechts"})
    ts.write_text(content, encoding="utf-8")
    assert changes.missing == (("One", 'Nothing "said"'),)
    (module / "One.py").rename(module / "Two.py")
    content, changes = ts_file.updated(ts, "de", source_texts(module))
    assert changes.missing == (("Two", 'Nothing "said"'),) and len(changes.vanished) == 2
    ts.write_text(content, encoding="utf-8")
    assert ts_file.read(ts) == {("Two", "Left & right"): "Links & rechts", ("Two", 'Nothing "said"'): ""}
