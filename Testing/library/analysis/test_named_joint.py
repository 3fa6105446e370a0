"""A joint that is asked for by name, or named by headers, is analysed by a bundle of that joint, or not at all."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.analysis.named_joint import named_joint
from OrthoDiffusionLib.analysis.study_inputs import open_bundle
from OrthoDiffusionLib.anatomy import ANKLE, KNEE, SHOULDER, find_structure
from OrthoDiffusionLib.bundles import bundle_path
from OrthoDiffusionLib.cli.main import main
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import Geometry, Volume


@pytest.mark.parametrize("joint", ["knee", "ankle"])
def test_the_bundle_of_the_joint_is_opened(bundles_of, joint):
    bundles_of("knee", "ankle")
    assert open_bundle(None, joint=joint).manifest.joint == joint


def test_a_joint_without_a_bundle_is_refused_though_its_anatomy_is_known(bundles_of):
    bundles_of("knee")
    with pytest.raises(BundleError, match="No bundle for the ankle was found"):
        open_bundle(None, joint="ankle")


def test_a_bundle_of_another_joint_is_refused(bundles_of):
    bundles_of("knee", "ankle")
    with pytest.raises(BundleError, match="is of the knee, not of the ankle"):
        open_bundle(bundle_path(joint="knee"), joint="ankle")
    with pytest.raises(BundleError, match="is of the ankle, not of the knee"):
        open_bundle("ankle-small", joint="knee")


@pytest.mark.parametrize("joint", ["ankle", "shoulder", "hip"])
def test_the_command_says_so_and_writes_nothing(tmp_path, capsys, bundles_of, joint):
    bundles_of("knee")
    folder = tmp_path / "results"
    exam = resource_path("SampleData", "knee_exam")
    assert main(["analyze", str(exam), "--joint", joint.upper(), "--out", str(folder)]) == 2
    assert f"No bundle for the {joint} was found" in capsys.readouterr().err
    assert not folder.exists()


def test_what_two_joints_have_is_described_as_the_joint_at_hand_has_it():
    assert find_structure("joint_fluid", "ankle").region.meaning == "Ankle joint"
    assert find_structure("joint_fluid", "knee").region.meaning == "Knee joint"
    assert not find_structure("fibula", "ankle").auxiliary
    assert find_structure("patella", "ankle").name == "patella"


def volume(**header):
    return Volume(np.zeros((2, 2, 2), np.uint8), Geometry((2, 2, 2), np.eye(4)), **header)


@pytest.mark.parametrize(
    ("headers", "joint"),
    [
        ([{"body_part": "ANKLE"}], ANKLE),
        ([{"body_part": "FOOT"}, {"description": "t1_tse_cor"}], ANKLE),
        ([{"body_part": "LEG", "study_description": "MRI Knee left"}], KNEE),
        ([{"name": "shoulder_pd_fs_cor"}], SHOULDER),
        ([{"study_description": "MRT Kniegelenk links"}], KNEE),
        ([{"study_description": "MRT OSG rechts"}, {"description": "pd_tse_fs_sag"}], ANKLE),
        ([{"description": "Fuß re., T1 cor"}], ANKLE),
        ([{"name": "knielinks_sag"}], KNEE),
        ([{"study_description": "IRM épaule droite"}], SHOULDER),
        ([{"body_part": "SHOULDER"}, {"description": "t1_tse_sag"}], SHOULDER),
        ([{"body_part": "ACJOINT"}], SHOULDER),
        ([{"study_description": "MR SHLDR LT WO CONTRAST"}], SHOULDER),
        ([{"study_description": "MRT Schulter rechts"}], SHOULDER),
        ([{"name": "linke_schulter_cor"}], SHOULDER),
        ([{"study_description": "MRT Rotatorenmanschette"}], SHOULDER),
        ([{"study_description": "RM hombro derecho"}], SHOULDER),
        ([{"study_description": "MRT Unterschenkel"}], None),
        ([{"study_description": "MRT Knie und Schulter"}], None),
        ([{"study_description": "MRT Knie und OSG"}], None),
        ([{"body_part": "LOWER EXTREMITY"}], None),
        ([{"body_part": "UPPER EXTREMITY"}], None),  # an elbow's as well
        ([{"body_part": "UPPER EXTREMITY", "study_description": "MRI shoulder"}], SHOULDER),
        ([{"description": "pd_tse_sag"}], None),
        ([{"body_part": "ANKLE"}, {"body_part": "KNEE"}], None),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_the_joint_is_the_one_that_the_headers_name_alone(headers, joint):
    assert named_joint([volume(**header) for header in headers], (KNEE, ANKLE, SHOULDER)) is joint
