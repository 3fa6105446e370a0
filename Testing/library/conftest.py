"""Bundles of several joints on a computer, whatever comes with the program."""

from __future__ import annotations

import pytest
import small_bundle


@pytest.fixture
def bundles_of(tmp_path, monkeypatch):
    """Makes a computer that has small bundles of these joints and no others; returns the folder of them."""

    def install(*joints):
        shelf = tmp_path / "shelf"
        for joint in joints:
            small_bundle.write(shelf / joint, joint)
        monkeypatch.setattr("OrthoDiffusionLib.bundles.catalogue.bundle_folders", lambda: [shelf])
        return shelf

    return install
