"""What the panel knows and does, asked without any widget of it: as a script, or another panel, would."""

from pathlib import Path

import handmade
import handmade_bundle
import pytest
from nodes import add_volume

HERE = Path(__file__).parent


@pytest.fixture
def session(slicer, module, standin, bundle_folder):
    """A session in use, and how often it has told of a change; no section is there to show it."""
    import qt
    from OrthoDiffusionSlicer.panel.PythonRequirements import PythonRequirements
    from OrthoDiffusionSlicer.panel.Session import Session
    from OrthoDiffusionSlicer.panel.Software import Software

    widgets = set(qt.QApplication.allWidgets())
    requirements = PythonRequirements(HERE / "no_requirements.txt")
    requirements.missing = list
    logic = module.OrthoDiffusionLogic()
    session = Session(slicer.mrmlScene, logic.getParameterNode, Software(requirements))
    session.analysis.run.worker.arguments = [str(HERE / "standin_worker.py")]
    scene = slicer.mrmlScene
    tags = [
        scene.AddObserver(scene.StartCloseEvent, session.onSceneStartClose),
        scene.AddObserver(scene.EndCloseEvent, session.onSceneEndClose),
        scene.AddObserver(scene.NodeAddedEvent, session.onNodeAdded),
        scene.AddObserver(scene.NodeRemovedEvent, session.onNodeRemoved),
    ]
    session.start()
    session.enter()
    yield session
    for tag in tags:
        scene.RemoveObserver(tag)
    session.close()
    logic.close()
    assert set(qt.QApplication.allWidgets()) <= widgets, "the session made a widget"


@pytest.fixture
def study(slicer, session, wait_for):
    """Three volumes that the session has seen: plane name → node."""
    nodes = {plane: add_volume(slicer.mrmlScene, name, plane) for plane, name in handmade.PLANES.items()}
    wait_for(lambda: session.settled)
    return nodes


def test_it_knows_what_is_loaded_and_whether_an_analysis_may_begin(slicer, session, wait_for):
    assert not session.ready and session.volumes == {}
    assert session.bundle.title == "knee-small 0.1.0"
    node = add_volume(slicer.mrmlScene, "sag", "sagittal")
    wait_for(lambda: session.settled)
    assert session.ready and session.volumes == {"sagittal": node}
    session.exit()
    assert not session.ready and session.bundle is None


def test_whoever_shows_it_is_told_of_every_change(session, study):
    told = []
    session.changed.connect(lambda: told.append(session.volumes.get("coronal")))
    session.chooseVolume("coronal", None)
    assert told[-1] is None
    session.chooseAgain()
    assert told[-1] is study["coronal"]


def test_an_analysis_goes_from_a_call_to_results(session, study, wait_for):
    from OrthoDiffusionSlicer.panel.Outcome import Done, Progress

    outcomes, analyzed = [], []
    session.changed.connect(lambda: outcomes.append(session.analysis.outcome))
    session.analyzed.connect(analyzed.append)
    session.analyze()
    assert isinstance(session.analysis.outcome, Progress) and not session.editable
    wait_for(lambda: not session.analysis.busy)
    assert analyzed == [study]
    assert isinstance(session.analysis.outcome, Done) and session.analysis.outcome.seconds > 0
    fractions = [outcome.fraction for outcome in outcomes if isinstance(outcome, Progress)]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0
    assert {row.key: row.probability for row in session.results.rows}["joint_effusion"] == 0.93
    assert session.results.segmentation.GetName() == "Knee segmentation"


def test_a_finding_that_is_chosen_is_told_and_forgotten_with_its_results(slicer, session, study, wait_for):
    session.analyze()
    wait_for(lambda: session.results is not None and not session.analysis.busy)
    told = []
    session.findingChosen.connect(told.append)
    row = next(row for row in session.results.rows if row.key == "joint_effusion")
    session.chooseFinding(row)
    assert told == [row] and session.finding is row
    assert session.results.heatMap(row.key).GetName() == "Evidence: joint effusion"
    slicer.mrmlScene.RemoveNode(session.results.table)
    assert session.results is None and session.finding is None


def test_a_problem_stays_until_the_next_attempt(session, study, standin, wait_for):
    standin.tell(mode="crash")
    session.analyze()
    wait_for(lambda: not session.analysis.busy)
    assert "a tensor had the wrong shape" in session.analysis.problem.what
    assert "Traceback" in session.analysis.problemLog
    standin.tell(mode="normal")
    session.analyze()
    assert session.analysis.problem is None
    wait_for(lambda: session.results is not None and not session.analysis.busy)


def test_packages_that_the_user_declined_are_said_and_nothing_begins(session, study, standin):
    requirements = session.software.requirements
    requirements.missing = lambda: ["monai>=1.4"]
    requirements.ask = lambda text: False
    session.analyze()
    assert "Nothing was installed" in session.analysis.problem.what
    assert session.software.missing == ["monai>=1.4"]
    assert not standin.pids and not session.analysis.busy


def test_a_closed_scene_takes_everything_with_it_that_was_of_its_patient(slicer, session, study, wait_for):
    session.referral.give("age", 42)
    session.analyze()
    wait_for(lambda: session.results is not None and not session.analysis.busy)
    slicer.mrmlScene.Clear(False)
    assert session.results is None and session.volumes == {} and session.inputs.studies == []
    assert session.referral.values(("age",)) == {}


def test_the_referral_goes_to_a_bundle_that_takes_it(session, study, bundle_folder, standin, wait_for):
    handmade_bundle.write(bundle_folder / "referral", "knee-referral", clinical=("age", "sex"))
    session.findBundles()
    session.chooseBundle(str(bundle_folder / "referral"))
    session.referral.give("age", 42)
    session.referral.give("trauma", "yes")
    session.analyze()
    wait_for(lambda: standin.received is not None and not session.analysis.busy)
    assert standin.received["options"]["clinical"] == {"age": 42}


def test_an_alarm_of_the_results_is_no_longer_followed_by_done_when_they_are_shown_again(
    session, study, standin, wait_for, tmp_path
):
    standin.tell(results=str(handmade.save_implausible(tmp_path / "implausible")))
    session.analyze()
    wait_for(lambda: session.results is not None and not session.analysis.busy)
    assert session.results.alarms and session.analysis.outcome is not None
    session.showResultsOfScene()
    assert session.analysis.outcome is None
