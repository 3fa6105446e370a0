"""The panel with the real worker, Analyzer and networks behind it, from a click to the scene."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from nodes import AXES, add_volume, affine_around_origin, centroid_ras

from OrthoDiffusionLib.bundles import available_bundles
from OrthoDiffusionLib.resources import resource_path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent


@pytest.fixture(scope="session")
def untrained(tmp_path_factory):
    """A folder of bundles with one that has learned nothing; made in a process of its own, which may load torch."""
    folder = tmp_path_factory.mktemp("untrained")
    command = [sys.executable, str(HERE / "untrained_bundle.py"), str(folder / "untrained")]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env={**_environment(), "PYTHONPATH": str(ROOT)}
    )
    assert done.returncode == 0, done.stderr
    return folder


def _environment():
    import os

    return {**os.environ, "OMP_NUM_THREADS": "1"}


@pytest.fixture
def real_panel(module, slicer):
    """The panel as it is shipped: the worker is `python -m OrthoDiffusionLib worker`."""
    import slicerhost

    widget = slicerhost.open_panel(module)
    yield widget
    slicerhost.close_panel(widget)


@pytest.fixture
def phantom_volumes(slicer):
    """Three volumes of a bright ball: enough to be analyzed, and small."""
    nodes = {}
    for plane in AXES:
        shape, spacing = (96, 96, 18), (1.2, 1.2, 5.0)
        affine = affine_around_origin(AXES[plane], spacing, shape)
        i, j, k = np.meshgrid(*map(np.arange, shape), indexing="ij")
        ras = np.stack([i, j, k], axis=-1) @ affine[:3, :3].T + affine[:3, 3]
        ball = 300 * np.exp(-((np.linalg.norm(ras, axis=-1) / 40) ** 2)) + 20
        noise = np.random.default_rng(1).normal(0, 5, shape)
        array = (ball + noise).clip(0).astype(np.int16).transpose(2, 1, 0)
        nodes[plane] = add_volume(slicer.mrmlScene, f"{plane} pd fs", affine=affine, array=array)
    return nodes


@pytest.mark.long
def test_a_click_goes_through_worker_networks_and_scene(
    real_panel, phantom_volumes, untrained, monkeypatch, click, wait_for, slicer
):
    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", str(untrained))
    panel = real_panel
    panel.session.findBundles()
    panel.session.parameters.bundle = str(untrained / "untrained")
    stages = []
    panel.run.progressed.connect(lambda fraction, message: stages.append(message))
    wait_for(lambda: panel.sections.inputs.selector("axial").currentNode() is phantom_volumes["axial"])
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy, seconds=300)
    assert not panel.ui.problemFrame.isVisibleTo(panel.parent), panel.ui.problemLabel.text
    assert len(panel.sections.findings.table.rows) == 8
    # Networks that have learned nothing find no joint in a ball; that is said above the findings.
    assert panel.ui.findingsTable.item(0, 0).text().startswith("⚠ ")
    assert len(set(stages)) > 4, stages
    table = slicer.util.getNode("Knee findings")
    assert table.GetAttribute("OrthoDiffusion.Bundle") == "orthodiffusion-knee"
    # Nothing was calibrated, so nothing may be called assessed.
    assert all(not row.assessed for row in panel.sections.findings.table.rows)
    assert "cpu" in panel.ui.stageLabel.text or "cuda" in panel.ui.stageLabel.text

    stages.clear()
    click(panel.ui.analyzeButton)
    wait_for(lambda: len(stages) > 3, seconds=60)
    click(panel.ui.cancelButton)
    wait_for(lambda: not panel.run.busy, seconds=20)
    assert "Cancelled" in panel.ui.stageLabel.text


@pytest.mark.long
def test_the_shipped_bundle_outlines_the_sample_exam_from_the_console(module, slicer, capsys):
    shipped = [entry for entry in available_bundles() if entry.folder.parent == resource_path("Bundles")]
    assert shipped and not any(entry.problem for entry in shipped)
    from OrthoDiffusionSlicer.scene.SampleKnee import SERIES, pathOf

    from OrthoDiffusionLib.volumes import read_volume

    nodes = {}
    for plane, (file, name, _checksum) in zip(("sagittal", "coronal", "axial"), SERIES, strict=True):
        volume = read_volume(pathOf(file))
        nodes[plane] = add_volume(
            slicer.mrmlScene, name, affine=volume.geometry.affine, array=volume.array.transpose(2, 1, 0)
        )
    logic = module.OrthoDiffusionLogic()
    try:
        results = logic.analyze(**nodes, joint="knee")
    finally:
        logic.close()
    segments = results.segmentation.GetSegmentation()
    place = {name: centroid_ras(segments.GetSegment(name)) for name in ("femur", "tibia", "patella")}
    bounds = [0.0] * 6
    nodes["sagittal"].GetRASBounds(bounds)
    for centre in place.values():
        assert all(bounds[2 * axis] < centre[axis] < bounds[2 * axis + 1] for axis in range(3))
    assert place["femur"][2] > place["tibia"][2] + 20
    assert place["patella"][1] > place["femur"][1] + 10
    assert "100 %" in capsys.readouterr().out
