"""A site and the bundle to begin with, made once."""

from __future__ import annotations

from pathlib import Path

import pytest
from library.lab.training.adaptation.adaptation_to_kill import FINE_MM
from library.lab.training.adaptation.toy_site import write_bundle_of_site, write_site

from OrthoDiffusionLib.bundles import Bundle


@pytest.fixture(scope="session")
def site(tmp_path_factory) -> Path:
    """A folder with a folder for each study."""
    folder = tmp_path_factory.mktemp("site")
    write_site(folder)
    return folder


@pytest.fixture(scope="module")
def coarse_outlines():
    """Bundles may outline on a grid as coarse as that of the site's bundle, an eighth of the voxels; others may not."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("OrthoDiffusionLib.bundles.manifest.COARSEST_FUSION_MM", FINE_MM)
        yield


@pytest.fixture(scope="module")
def certain(tmp_path_factory, coarse_outlines) -> Bundle:
    """A bundle that is certain of its outlines, right or wrong."""
    return write_bundle_of_site(tmp_path_factory.mktemp("bundles") / "certain")
