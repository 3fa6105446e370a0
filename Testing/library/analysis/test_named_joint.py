"""A joint that is asked for by name is analysed by a bundle of that joint, or not at all."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.analysis.study_inputs import open_bundle
from OrthoDiffusionLib.anatomy import find_structure
from OrthoDiffusionLib.bundles import bundle_path
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.resources import resource_path


def test_the_bundle_of_the_joint_is_opened():
    assert open_bundle(None, joint="knee").manifest.joint == "knee"


def test_a_joint_without_a_bundle_is_refused_though_its_anatomy_is_known():
    with pytest.raises(BundleError, match="No bundle for the ankle was found"):
        open_bundle(None, joint="ankle")


def test_a_bundle_of_another_joint_is_refused():
    with pytest.raises(BundleError, match="is of the knee, not of the ankle"):
        open_bundle(bundle_path(joint="knee"), joint="ankle")


def test_the_command_says_so_and_writes_nothing(tmp_path, capsys):
    folder = tmp_path / "results"
    exam = resource_path("SampleData", "knee_exam")
    assert main(["analyze", str(exam), "--joint", "Ankle", "--out", str(folder)]) != 0
    assert "No bundle for the ankle was found" in capsys.readouterr().err
    assert not folder.exists()


def test_what_two_joints_have_is_described_as_the_joint_at_hand_has_it():
    assert find_structure("joint_fluid", "ankle").region.meaning == "Ankle joint"
    assert find_structure("joint_fluid", "knee").region.meaning == "Knee joint"
    assert not find_structure("fibula", "ankle").auxiliary
    assert find_structure("patella", "ankle").name == "patella"
