"""The panel reads the toy joint with its bundle, and nothing in it says knee."""

from __future__ import annotations

import pytest
from panel.conftest import click, module, slicer, slicer_host, wait_for  # noqa: F401  (fixtures)

from OrthoDiffusionLib.volumes import read_volume


@pytest.fixture
def panel(module, slicer, trained, monkeypatch):  # noqa: F811
    import slicerhost

    monkeypatch.setenv("ORTHODIFFUSION_BUNDLES", str(trained.parent))
    widget = slicerhost.open_panel(module)
    yield widget
    widget.cleanup()
    widget.parent.deleteLater()
    slicer.app.processEvents()


def test_a_click_outlines_the_toy_joint(panel, slicer, trained, studies, click, wait_for):  # noqa: F811
    from nodes import add_volume

    for plane in ("sagittal", "coronal", "axial"):
        volume = read_volume(studies / "toy_0000001" / f"{plane}.nii.gz")
        add_volume(slicer.mrmlScene, plane, affine=volume.geometry.affine, array=volume.array.transpose(2, 1, 0))
    panel.session.parameters.bundle = str(trained)
    panel.session.parameters.side = "right"
    wait_for(lambda: panel.session.parameters.axial is not None)
    click(panel.ui.analyzeButton)
    wait_for(lambda: not panel.run.busy, seconds=120)
    assert not panel.ui.problemFrame.isVisibleTo(panel.parent), panel.ui.problemLabel.text
    table = slicer.util.getNode("Toy findings")
    assert table.GetAttribute("OrthoDiffusion.Bundle") == "orthodiffusion-toy"
    (segmentation,) = slicer.util.getNodesByClass("vtkMRMLSegmentationNode")
    segments = segmentation.GetSegmentation()
    names = [segments.GetNthSegment(number).GetName() for number in range(segments.GetNumberOfSegments())]
    assert names[:2] == ["Upper bone", "Lower bone"]  # the nodule may be too small for so short a training
    assert "nee" not in segmentation.GetName()
