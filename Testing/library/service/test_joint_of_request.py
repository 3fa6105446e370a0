"""A request that names no bundle is answered by that of the joint that its images show."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.service.protocol import Analyze
from OrthoDiffusionLib.service.worker_analysis import WarmAnalysis
from OrthoDiffusionLib.volumes import Geometry, Volume, write_study_folder, write_volume

AFFINE = np.array([[0, 0, 4.0, -24], [1.0, 0, 0, -24], [0, -1.0, 0, 24], [0, 0, 0, 1]])


class Enough(Exception):
    """The bundle is known; its networks are not wanted."""


@pytest.fixture
def asked(monkeypatch, bundles_of):
    """Gives a request to a worker on a computer with bundles of knee and ankle; returns the joint that it takes."""
    bundles_of("knee", "ankle")
    taken = []

    def analyzer(_self, bundle, _options):
        taken.append(bundle.manifest.joint)
        raise Enough

    monkeypatch.setattr(WarmAnalysis, "_analyzer", analyzer)

    def ask(request):
        with pytest.raises(Enough):
            WarmAnalysis()(request, lambda _step: None)
        return taken[-1]

    return ask


def picture(**header):
    return Volume(
        np.random.default_rng(0).integers(0, 900, (48, 48, 12)).astype(np.int16),
        Geometry((48, 48, 12), AFFINE),
        **header,
    )


def test_files_say_it_by_their_names(asked, tmp_path):
    write_volume(picture(), tmp_path / "right_ankle_sag.nii.gz")
    inputs = {"files": [str(tmp_path / "right_ankle_sag.nii.gz")]}
    assert asked(Analyze(inputs, str(tmp_path / "out"))) == "ankle"
    assert asked(Analyze(inputs, str(tmp_path / "out"), bundle="knee-small")) == "knee"


def test_a_study_that_was_handed_over_says_it_by_its_headers_or_by_the_word_of_who_handed_it_over(asked, tmp_path):
    for name, part, joint in (("one", "KNEE", None), ("two", "KNEE", "ankle")):
        write_study_folder(tmp_path / name, {None: picture(body_part=part, name="sag")}, side=None, joint=joint)
    assert asked(Analyze({"study": str(tmp_path / "one")}, str(tmp_path / "out"))) == "knee"
    assert asked(Analyze({"study": str(tmp_path / "two")}, str(tmp_path / "out"))) == "ankle"


def test_what_does_not_say_it_is_taken_for_a_knee(asked, tmp_path):
    write_study_folder(tmp_path / "one", {None: picture(name="sag")}, side=None, joint=None)
    assert asked(Analyze({"study": str(tmp_path / "one")}, str(tmp_path / "out"))) == "knee"
