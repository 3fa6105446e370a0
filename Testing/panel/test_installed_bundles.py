"""Section ‘Bundles’: what is there, its model card; more come verified, own ones go after a question."""

import zipfile

import handmade_bundle
import pytest

from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.messages import language_of
from OrthoDiffusionLib.resources import resource_path


@pytest.fixture
def bundles(panel):
    """The section, open."""
    panel.ui.bundlesButton.collapsed = False
    section = panel.sections.bundles
    section.ask = lambda text: pytest.fail(f"asked: {text}")
    return section


@pytest.fixture
def installed(panel, click, wait_for):
    """A click on one of the two buttons, and the wait for what comes of it."""

    def install(button):
        click(button)
        wait_for(lambda: not panel.session.installation.busy, 60)

    return install


def titles(panel):
    table = panel.ui.bundlesTable
    return [table.item(row, 0).text() for row in range(table.rowCount)]


def select(panel, title):
    panel.ui.bundlesTable.setCurrentCell(titles(panel).index(title), 0)


def zipped(folder, path):
    with zipfile.ZipFile(path, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, f"{folder.name}/{file.name}")
    return path


def test_all_bundles_are_listed_with_their_cards(panel, bundles):
    assert {"knee-small 0.1.0", "orthodiffusion-knee 0.2.1"} <= set(titles(panel)) or len(titles(panel)) >= 2
    select(panel, "knee-small 0.1.0")
    card = panel.ui.bundleCard.plainText
    assert "knee-small 0.1.0" in card and "digital phantoms" in card and "CC-BY-4.0" in card
    assert "# knee-small" not in card, "shown as a page, not as its source"


def test_a_zip_file_is_installed_by_a_click_and_can_be_chosen(panel, bundles, tmp_path, installed):
    handmade_bundle.write(tmp_path / "new", "knee-new", "1.2.0")
    bundles.askFile = lambda: str(zipped(tmp_path / "new", tmp_path / "new.zip"))
    installed(panel.ui.bundleFileButton)
    assert "knee-new 1.2.0" in titles(panel) and "Installed: knee-new 1.2.0" in panel.ui.bundlesStatus.text
    names = [panel.ui.bundleSelector.itemText(row) for row in range(panel.ui.bundleSelector.count)]
    assert "knee-new 1.2.0" in names


def test_a_damaged_one_is_refused_with_the_reason_beside_the_button(panel, bundles, tmp_path, installed):
    bundle = handmade_bundle.write(tmp_path / "bad", "knee-bad")
    with (bundle.folder / "weights.safetensors").open("ab") as file:
        file.write(b"\0")
    before = titles(panel)
    bundles.askFolder = lambda: str(bundle.folder)
    installed(panel.ui.bundleFolderButton)
    assert titles(panel) == before
    assert "weights.safetensors is damaged or was changed" in panel.ui.bundlesStatus.text
    bundles.askFolder = lambda: str(tmp_path)
    (tmp_path / "empty").mkdir()
    bundles.askFolder = lambda: str(tmp_path / "empty")
    installed(panel.ui.bundleFolderButton)
    assert "There is no bundle" in panel.ui.bundlesStatus.text


def test_another_one_of_the_same_name_is_replaced_only_after_a_question(panel, bundles, tmp_path, installed):
    handmade_bundle.write(tmp_path / "one", "knee-new")
    handmade_bundle.write(tmp_path / "two", "knee-new", clinical=("age",))
    bundles.askFolder = lambda: str(tmp_path / "one")
    installed(panel.ui.bundleFolderButton)
    questions = []
    bundles.ask = lambda text: questions.append(text) or False
    bundles.askFolder = lambda: str(tmp_path / "two")
    installed(panel.ui.bundleFolderButton)
    there = next(each for each in panel.session.software.bundles if each.title == "knee-new 0.1.0")
    assert "another bundle of the name knee-new" in questions[0] and there.clinical == ()
    bundles.ask = lambda text: True
    installed(panel.ui.bundleFolderButton)
    there = next(each for each in panel.session.software.bundles if each.title == "knee-new 0.1.0")
    assert there.clinical == ("age",)


def test_the_window_does_not_wait_and_says_what_goes_on(panel, bundles, tmp_path, click, wait_for):
    handmade_bundle.write(tmp_path / "new", "knee-new", "1.2.0")
    bundles.askFile = lambda: str(zipped(tmp_path / "new", tmp_path / "new.zip"))
    click(panel.ui.bundleFileButton)
    assert panel.session.installation.busy and "knee-new 1.2.0" not in titles(panel)
    assert "Verifying and copying" in panel.ui.bundlesStatus.text
    assert not panel.ui.bundleFolderButton.enabled and not panel.ui.bundleFileButton.enabled
    wait_for(lambda: "Installed: knee-new 1.2.0" in panel.ui.bundlesStatus.text, 60)
    assert panel.ui.bundleFolderButton.enabled and panel.ui.bundleFileButton.enabled


def test_a_bundle_that_is_used_is_not_replaced(panel, bundles, tmp_path, installed, wait_for, monkeypatch):
    from OrthoDiffusionSlicer.panel.corrections.FineTuning import FineTuning

    handmade_bundle.write(tmp_path / "one", "knee-new")
    handmade_bundle.write(tmp_path / "two", "knee-new", clinical=("age",))
    bundles.askFolder = lambda: str(tmp_path / "one")
    installed(panel.ui.bundleFolderButton)
    new = next(each for each in panel.session.software.bundles if each.title == "knee-new 0.1.0")
    with monkeypatch.context() as patch:
        patch.setattr(FineTuning, "bundle", property(lambda it: new.folder))
        panel.session.installBundle(str(tmp_path / "two"), overwrite=True)
        wait_for(lambda: not panel.session.installation.busy, 60)
        assert "is being used" in panel.ui.bundlesStatus.text
        there = next(each for each in panel.session.software.bundles if each.title == "knee-new 0.1.0")
        assert there.clinical == ()
    bundles.ask = lambda text: True
    bundles.askFolder = lambda: str(tmp_path / "two")
    installed(panel.ui.bundleFolderButton)
    wait_for(lambda: panel.session.software.added, 60)
    there = next(each for each in panel.session.software.bundles if each.title == "knee-new 0.1.0")
    assert there.clinical == ("age",)


def test_an_own_bundle_goes_after_a_question_and_the_panel_says_what_it_uses_now(
    panel, bundles, tmp_path, click, installed
):
    handmade_bundle.write(tmp_path / "new", "knee-new", "1.2.0")
    bundles.askFolder = lambda: str(tmp_path / "new")
    installed(panel.ui.bundleFolderButton)
    new = next(each for each in panel.session.software.bundles if each.title == "knee-new 1.2.0")
    panel.session.chooseBundle(new.folder)
    select(panel, "knee-new 1.2.0")
    assert panel.ui.bundleRemoveButton.enabled
    bundles.ask = lambda text: False
    click(panel.ui.bundleRemoveButton)
    assert "knee-new 1.2.0" in titles(panel)
    asked = []
    bundles.ask = lambda text: asked.append(text) or True
    click(panel.ui.bundleRemoveButton)
    assert new.folder in asked[0]
    assert "knee-new 1.2.0" not in titles(panel) and "Removed: knee-new 1.2.0" in panel.ui.bundlesStatus.text
    assert panel.session.parameters.bundle == "" and panel.session.bundle.title != "knee-new 1.2.0"


def test_what_came_with_the_program_or_lies_in_a_shared_folder_cannot_be_removed(panel, bundles):
    for title in titles(panel):  # that of the test lies in a folder of the environment, the other one is shipped
        select(panel, title)
        assert not panel.ui.bundleRemoveButton.enabled
        assert "not removed here" in panel.ui.bundleRemoveButton.toolTip


def test_a_bundle_that_an_analysis_uses_stays(panel, bundles, knee, tmp_path, click, standin, wait_for, installed):
    handmade_bundle.write(tmp_path / "new", "knee-new", "1.2.0")
    bundles.askFolder = lambda: str(tmp_path / "new")
    installed(panel.ui.bundleFolderButton)
    new = next(each for each in panel.session.software.bundles if each.title == "knee-new 1.2.0")
    panel.session.chooseBundle(new.folder)
    standin.tell(pause=5)
    click(panel.ui.analyzeButton)
    assert panel.run.busy
    select(panel, "knee-new 1.2.0")
    assert not panel.ui.bundleRemoveButton.enabled and "is using" in panel.ui.bundleRemoveButton.toolTip
    panel.session.removeBundle(new)
    assert "knee-new 1.2.0" in titles(panel)
    click(panel.ui.cancelButton)
    wait_for(lambda: not panel.run.busy)
    assert panel.ui.bundleRemoveButton.enabled


def test_a_bundle_that_the_worker_or_a_fine_tuning_uses_stays_too(panel, bundles, tmp_path, monkeypatch, installed):
    """The worklist's analyses in the background are asked of the same worker; a fine-tuning is a process of its own."""
    from OrthoDiffusionSlicer.panel.corrections.FineTuning import FineTuning
    from OrthoDiffusionSlicer.worker.AnalysisProcess import AnalysisProcess

    handmade_bundle.write(tmp_path / "new", "knee-new", "1.2.0")
    bundles.askFolder = lambda: str(tmp_path / "new")
    installed(panel.ui.bundleFolderButton)
    new = next(each for each in panel.session.software.bundles if each.title == "knee-new 1.2.0")
    select(panel, new.title)
    assert panel.ui.bundleRemoveButton.enabled
    for kind in (AnalysisProcess, FineTuning):
        with monkeypatch.context() as patch:
            patch.setattr(kind, "bundle", property(lambda it: new.folder))
            panel.session.changed()
            assert not panel.ui.bundleRemoveButton.enabled
            panel.session.removeBundle(new)
            assert new.title in titles(panel)
    panel.session.changed()
    assert panel.ui.bundleRemoveButton.enabled


def test_the_worker_names_the_bundle_of_its_request_while_it_works(panel, knee, click, standin, wait_for):
    standin.tell(pause=5)
    worker = panel.run.worker
    assert worker.bundle is None
    click(panel.ui.analyzeButton)
    wait_for(lambda: worker.busy)
    assert worker.bundle == panel.session.bundle.folder
    click(panel.ui.cancelButton)
    wait_for(lambda: not panel.run.busy)
    assert worker.bundle is None


def test_a_card_loads_nothing_that_it_names(panel, bundles, tmp_path):
    from OrthoDiffusionSlicer.panel.sections.InstalledBundles import _harmless

    shown = _harmless("![x](//elsewhere/picture.png) <img src='file:///etc/passwd'> text")
    panel.ui.bundleCard.setMarkdown(shown)
    assert "<img" not in panel.ui.bundleCard.html
    assert "text" in panel.ui.bundleCard.plainText
    panel.ui.bundleCard.setMarkdown("![x](//elsewhere/picture.png)")
    assert "<img" in panel.ui.bundleCard.html, "else this test would say nothing"


def test_terms_of_a_source_that_are_not_those_of_the_bundle_are_said_beside_it(panel, monkeypatch):
    from OrthoDiffusionSlicer import Words
    from OrthoDiffusionSlicer.panel.Bundles import learnedFrom

    manifest = Bundle.open(resource_path("Bundles", "orthodiffusion-knee")).manifest
    said = learnedFrom(manifest)
    assert "SPL Knee Atlas, label map (3D Slicer License (Part B; not for clinical use))" in said
    assert "Digital knee phantoms of this project, procedural; " in said and said.endswith("Licence: Apache-2.0.")
    monkeypatch.setattr(Words, "LANGUAGE", language_of("de"))
    assert "Digitale Kniephantome dieses Projekts" in learnedFrom(manifest)
