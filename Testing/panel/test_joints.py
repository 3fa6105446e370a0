"""Bundles of several joints: the panel analyzes the joint that the user, the volumes or an earlier choice name."""

import handmade
import handmade_ankle
import handmade_bundle
import handmade_shoulder
import pytest
from nodes import add_volume

from OrthoDiffusionLib.errors import BundleError

KNEE_AND_ANKLE = ["Automatic", "Knee", "Ankle"]


@pytest.fixture
def joints_of(panel, bundle_folder, monkeypatch):
    """Makes the panel's computer one with bundles of these joints and no others."""

    def install(*joints):
        for joint in joints:
            if joint != "knee":
                handmade_bundle.write(bundle_folder / joint, joint=joint)
        monkeypatch.setattr("OrthoDiffusionLib.bundles.catalogue.bundle_folders", lambda: [bundle_folder])
        panel.session.findBundles()
        panel.session.fillFromScene()

    return install


@pytest.fixture(autouse=True)
def _nothing_is_recognised(looks_like):
    """The volumes of these tests are noise."""
    looks_like("")


@pytest.fixture
def volumes(slicer, panel, wait_for):
    """Loads a volume of each plane, whose names begin with a word, instead of those that were there."""
    there = []

    def load(word=""):
        for node in there:
            slicer.mrmlScene.RemoveNode(node)
        nodes = {
            plane: add_volume(slicer.mrmlScene, f"{word} {name}".strip(), plane)
            for plane, name in handmade.PLANES.items()
        }
        there[:] = nodes.values()
        wait_for(lambda: panel.session.settled and set(panel.session.volumes.values()) & set(nodes.values()))
        return nodes

    return load


def items(box):
    return [box.itemText(index) for index in range(box.count)]


def choose(box, text):
    index = items(box).index(text)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def shown(panel):
    """Button, title, reason, and whether there is a choice."""
    ui = panel.ui
    return ui.analyzeButton.text, ui.inputsButton.text, ui.jointReason.text, not ui.jointSelector.isHidden()


def test_with_bundles_of_one_joint_there_is_nothing_to_choose(panel, joints_of):
    joints_of("knee")
    assert shown(panel) == ("Analyze knee", "Knee", "", False)


def test_a_computer_that_has_an_ankles_bundle_alone_analyzes_ankles(panel, joints_of, bundle_folder):
    import shutil

    shutil.rmtree(bundle_folder / "hand-made")
    joints_of("ankle")
    assert shown(panel) == ("Analyze ankle", "Ankle", "", False)
    assert "Load an ankle study" in panel.ui.noticesLabel.text or "ankle" in panel.ui.noticesLabel.text


def test_the_volumes_say_which_joint_it_is_and_the_panel_says_how_it_knows(panel, joints_of, volumes):
    joints_of("knee", "ankle")
    assert items(panel.ui.jointSelector) == KNEE_AND_ANKLE
    volumes("Right ankle")
    assert shown(panel) == ("Analyze ankle", "Ankle", "Ankle, named by the descriptions of the volumes", True)
    assert items(panel.ui.bundleSelector) == ["ankle-small 0.1.0"]
    assert panel.ui.jointSelector.currentText == "Automatic"


def test_what_nothing_says_is_a_knee_with_a_warning_until_the_user_has_chosen_once(panel, joints_of, volumes):
    joints_of("knee", "ankle")
    volumes()
    button, _, reason, _ = shown(panel)
    assert button == "Analyze knee" and "Nothing says it: choose the joint" in reason
    choose(panel.ui.jointSelector, "Ankle")
    assert shown(panel)[0] == "Analyze ankle" and shown(panel)[2] == "As you chose"
    choose(panel.ui.jointSelector, "Automatic")
    button, _, reason, _ = shown(panel)
    assert button == "Analyze ankle" and reason == "Ankle, as you chose last; the volumes do not name it"


def test_the_users_choice_is_kept_whatever_volumes_come_and_the_contradiction_is_told(panel, joints_of, volumes):
    joints_of("knee", "ankle")
    volumes()
    choose(panel.ui.jointSelector, "Knee")
    volumes("ankle")
    assert shown(panel)[0] == "Analyze knee" and shown(panel)[2] == "As you chose"
    assert "descriptions of the volumes name the ankle, not the knee" in panel.ui.noticesLabel.text
    choose(panel.ui.jointSelector, "Automatic")
    assert shown(panel)[0] == "Analyze ankle" and "not the knee" not in panel.ui.noticesLabel.text


def test_the_last_choice_gives_way_to_what_volumes_say(panel, joints_of, volumes):
    joints_of("knee", "ankle")
    choose(panel.ui.jointSelector, "Ankle")
    choose(panel.ui.jointSelector, "Automatic")
    volumes("knee")
    assert shown(panel)[0] == "Analyze knee" and "named by the descriptions" in shown(panel)[2]


def test_volumes_chosen_by_hand_say_it_before_the_others_of_the_study(slicer, panel, joints_of, volumes):
    joints_of("knee", "ankle")
    knee = volumes("knee")
    ankle = add_volume(slicer.mrmlScene, "ankle sag", "sagittal")
    panel.session.chooseVolume("sagittal", ankle)
    assert panel.session.inputs.named == "ankle" and shown(panel)[0] == "Analyze ankle"
    panel.session.chooseVolume("sagittal", knee["sagittal"])
    assert shown(panel)[0] == "Analyze knee"


def test_a_bundle_chosen_by_hand_settles_the_joint(panel, joints_of, volumes, bundle_folder):
    joints_of("knee", "ankle")
    handmade_bundle.write(bundle_folder / "later", "knee-later", "0.2.0")
    panel.session.findBundles()
    volumes("knee")
    assert items(panel.ui.bundleSelector) == ["knee-small 0.1.0", "knee-later 0.2.0"]
    choose(panel.ui.bundleSelector, "knee-later 0.2.0")
    assert shown(panel)[2] == "By the bundle that you chose" and panel.ui.jointSelector.currentText == "Knee"
    choose(panel.ui.jointSelector, "Ankle")
    assert panel.session.bundle.title == "ankle-small 0.1.0" and panel.session.parameters.bundle == ""


def test_a_joint_without_a_bundle_is_told_and_not_taken_for_another(panel, joints_of, volumes):
    joints_of("knee", "ankle")
    volumes("shoulder")
    text = panel.ui.noticesLabel.text
    assert "name the shoulder; there is no bundle of it" in text and "Nothing says it" in panel.ui.jointReason.text


def test_a_knee_beside_the_one_bundle_of_an_ankle_is_told(panel, joints_of, volumes, bundle_folder):
    import shutil

    shutil.rmtree(bundle_folder / "hand-made")
    joints_of("ankle")
    volumes("knee")
    assert "name the knee; there is no bundle of it, only of the ankle" in panel.ui.noticesLabel.text


def test_an_analysis_of_an_ankle_fills_every_section_with_the_ankle(
    panel, joints_of, volumes, standin, tmp_path, click, wait_for
):
    joints_of("knee", "ankle")
    volumes("ankle")
    standin.tell(results=str(handmade_ankle.save_array_results(tmp_path / "ankle-results")))
    panel.session.parameters.show3D = False
    panel.parent.show()
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 4 and not panel.run.busy)
    assert standin.received["bundle"].endswith("/ankle")
    table = panel.ui.findingsTable
    findings = {table.item(row, column).text() for row in range(4) for column in range(table.columnCount)
                if table.item(row, column) is not None}  # fmt: skip
    assert "Anterior talofibular ligament injury" in findings and "Achilles tendon rupture" in findings
    assert "Meniscus" not in " ".join(findings)
    segmentation = panel.session.outlines.GetSegmentation()
    titles = {segmentation.GetNthSegment(n).GetName() for n in range(segmentation.GetNumberOfSegments())}
    assert {"Talus", "Calcaneus", "Achilles tendon"} <= titles and "Femur" not in titles
    assert "nkle" in panel.session.results.table.GetName()
    measured = {row.name for row in panel.session.measurements.rows}
    assert "talar_dome_cartilage_thickness" in measured and "insall_salvati_ratio" not in measured
    assert not panel.ui.measurementsButton.isHidden()
    report = panel.session.report.text
    assert (
        "talofibular ligament" in report and "eniscus" not in report and "eniscus" not in panel.ui.reportText.plainText
    )


def test_with_a_bundle_of_the_shoulder_the_panel_analyzes_shoulders(panel, joints_of, volumes):
    joints_of("knee", "ankle", "shoulder")
    assert items(panel.ui.jointSelector) == ["Automatic", "Knee", "Ankle", "Shoulder"]
    volumes("Schulter rechts")
    assert shown(panel) == ("Analyze shoulder", "Shoulder", "Shoulder, named by the descriptions of the volumes", True)
    assert items(panel.ui.bundleSelector) == ["shoulder-small 0.1.0"]
    volumes("knee")
    choose(panel.ui.jointSelector, "Shoulder")
    assert shown(panel)[0] == "Analyze shoulder"
    assert "descriptions of the volumes name the knee, not the shoulder" in panel.ui.noticesLabel.text


def test_an_analysis_of_a_shoulder_fills_every_section_with_the_shoulder(
    panel, joints_of, volumes, standin, tmp_path, click, wait_for
):
    joints_of("knee", "shoulder")
    volumes("right shoulder")
    standin.tell(results=str(handmade.save_array_results(tmp_path / "shoulder-results", **handmade_shoulder.parts())))
    panel.session.parameters.show3D = False
    panel.parent.show()
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 7 and not panel.run.busy)
    assert standin.received["bundle"].endswith("/shoulder")
    table = panel.ui.findingsTable
    findings = {table.item(row, column).text() for row in range(7) for column in range(table.columnCount)
                if table.item(row, column) is not None}  # fmt: skip
    assert {"Supraspinatus injury", "Acromioclavicular joint disease"} <= findings
    segmentation = panel.session.outlines.GetSegmentation()
    titles = {segmentation.GetNthSegment(n).GetName() for n in range(segmentation.GetNumberOfSegments())}
    assert {"Humerus", "Supraspinatus tendon"} <= titles and "Femur" not in titles
    assert panel.ui.measurementsButton.isHidden()
    assert "ROTATOR CUFF" in panel.session.report.text.upper() and "eniscus" not in panel.ui.reportText.plainText


def test_the_last_choice_is_remembered_by_the_next_panel(panel, joints_of, module):
    import slicerhost

    joints_of("knee", "ankle")
    choose(panel.ui.jointSelector, "Ankle")
    choose(panel.ui.jointSelector, "Automatic")
    another = slicerhost.open_panel(module)
    try:
        assert another.ui.analyzeButton.text == "Analyze ankle"
        assert another.ui.jointReason.text == "Ankle, as you chose last"
    finally:
        slicerhost.close_panel(another)


@pytest.fixture
def looks_like(monkeypatch):
    """Makes every volume look like a joint, for certain (an empty name for none), or like what a function says."""
    from OrthoDiffusionLib.recognition import JointPicture

    def look(like):
        fixed = JointPicture({like: 0.98} if like else {}, like or None)
        monkeypatch.setattr(
            "OrthoDiffusionLib.recognition.joint_picture", like if callable(like) else lambda volumes: fixed
        )

    return look


def test_volumes_without_words_are_looked_at(panel, joints_of, volumes, looks_like):
    joints_of("knee", "ankle")
    looks_like("ankle")
    volumes()
    assert shown(panel)[0] == "Analyze ankle"
    assert shown(panel)[2] == "Ankle, as the volumes look; they do not name it"
    choose(panel.ui.jointSelector, "Knee")
    assert (
        shown(panel)[0] == "Analyze knee" and "look like another joint: ankle, not knee" in panel.ui.noticesLabel.text
    )


def test_words_come_before_looks_and_the_contradiction_is_told(panel, joints_of, volumes, looks_like):
    joints_of("knee", "ankle")
    looks_like("knee")
    volumes("ankle")
    assert (
        shown(panel)[0] == "Analyze ankle" and "look like another joint: knee, not ankle" in panel.ui.noticesLabel.text
    )


def test_what_is_looked_at_are_the_voxels_at_their_places(slicer, panel, joints_of, wait_for, looks_like):
    import numpy as np
    from OrthoDiffusionSlicer.scene import StudyReader

    from OrthoDiffusionLib.recognition import JointPicture
    from OrthoDiffusionLib.resources import resource_path
    from OrthoDiffusionLib.volumes import read_volume

    volume = read_volume(resource_path("SampleData", "knee_exam", "S12_cor_fs.nii.gz"))
    node = add_volume(
        slicer.mrmlScene, "S12", affine=volume.geometry.affine, array=volume.array.transpose(2, 1, 0).copy()
    )
    seen = []

    def look(volumes):
        seen.extend(volumes)
        return JointPicture({"knee": 0.97}, "knee")

    looks_like(look)
    assert StudyReader.picturedJoint([node]) == "knee"
    assert np.array_equal(seen[0].array, volume.array)
    assert np.allclose(seen[0].geometry.affine, volume.geometry.affine)
    joints_of("knee", "ankle")
    wait_for(lambda: panel.session.volumes.get("coronal") is node)
    looks = len(seen)
    panel.session.fillFromScene()
    assert len(seen) == looks, "the same volumes are looked at once"
    assert shown(panel)[2] == "Knee, as the volumes look; they do not name it"


@pytest.fixture
def console(module, panel, joints_of, standin):
    """The logic of the Python console, with the stand-in for a worker."""
    from pathlib import Path

    joints_of("knee", "ankle")
    logic = module.OrthoDiffusionLogic()
    logic._synchronous().worker.arguments = [str(Path(__file__).parent / "standin_worker.py")]
    yield logic
    logic.close()


def test_the_console_takes_the_joint_that_volumes_or_the_user_name(console, volumes, standin, slicer):
    nodes = volumes("ankle")
    console.analyze(**nodes, onProgress=lambda *_: None)
    assert standin.received["bundle"].endswith("/ankle")
    console.analyze(**nodes, joint="knee", onProgress=lambda *_: None)
    assert standin.received["bundle"].endswith("/hand-made")
    with pytest.raises(BundleError, match="No bundle for the shoulder"):
        console.analyze(**nodes, joint="shoulder")
    with pytest.raises(BundleError, match="is of the knee, not of the ankle"):
        console.analyze(**nodes, bundle="knee-small", joint="ankle")


def test_where_nothing_names_it_the_console_leaves_it_to_the_images(console, volumes, standin):
    console.analyze(**volumes(), onProgress=lambda *_: None)
    assert standin.received["bundle"] is None


def test_a_shoulder_whose_side_nothing_tells_waits_for_the_users_word(slicer, panel, joints_of, wait_for):
    """Its planes are oblique and lie differently in a left one."""
    joints_of("knee", "shoulder")
    for plane in handmade.PLANES:
        add_volume(slicer.mrmlScene, f"shoulder {plane}", plane)
    wait_for(lambda: panel.session.settled and "shoulder" in panel.ui.noticesLabel.text)
    assert "whether this is a right or a left shoulder" in panel.ui.noticesLabel.text
    assert panel.ui.analyzeButton.text == "Analyze shoulder" and not panel.ui.analyzeButton.isEnabled()
    choose(panel.ui.sideSelector, "Right")
    wait_for(lambda: panel.ui.analyzeButton.isEnabled())
    assert "whether this is" not in panel.ui.noticesLabel.text
