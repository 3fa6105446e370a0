"""Programs that take any files, or serve studies of any joint, have the bundle for each."""

from __future__ import annotations

import numpy as np
import pytest

from OrthoDiffusionLib.analysis.bundle_of_inputs import all_bundles, bundle_for
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.volumes import Geometry, Volume, write_volume


def image(folder, name):
    """A small image file of noise."""
    noise = np.random.default_rng(0).integers(0, 900, (12, 12, 6)).astype(np.int16)
    path = folder / f"{name}.nii.gz"
    write_volume(Volume(noise, Geometry((12, 12, 6), np.eye(4))), path)
    return path


def test_who_serves_studies_of_any_joint_has_the_bundle_of_each(bundles_of):
    bundles_of("knee", "ankle")
    assert [bundle.manifest.joint for bundle in all_bundles(None)] == ["ankle", "knee"]
    assert [bundle.manifest.joint for bundle in all_bundles(None, "knee")] == ["knee"]
    assert [bundle.manifest.joint for bundle in all_bundles("ankle-small")] == ["ankle"]


def test_some_files_have_the_bundle_of_the_joint_they_name(bundles_of, tmp_path):
    bundles_of("knee", "ankle")
    assert bundle_for([image(tmp_path, "knee_sag")], None).manifest.joint == "knee"
    assert bundle_for([image(tmp_path, "knee_sag")], None, "ankle").manifest.joint == "ankle"
    with pytest.raises(BundleError, match="No bundle for the shoulder"):
        bundle_for([image(tmp_path, "shoulder_cor")], None)
