"""What is drawn, by Slicer's own slice pipeline: segments and heat maps lie on the anatomy where the numbers say."""

import handmade
import numpy as np
import pytest

SIZE = (240, 240)
# Points are looked at beside the middle of a view: the crosshair is drawn there.


def pixel(path, x, y):
    """Colour of a point of the picture, counted from the lower left."""
    from PIL import Image

    with Image.open(path) as image:
        return np.asarray(image.convert("RGB")).astype(int)[image.height - 1 - y, x]


@pytest.fixture
def analyzed(panel, knee, click, wait_for):
    panel.session.parameters.show3D = False
    click(panel.ui.analyzeButton)
    wait_for(lambda: panel.ui.findingsTable.rowCount == 8 and not panel.run.busy)
    return panel


def test_a_clicked_finding_is_in_the_middle_of_every_view_with_its_segment_and_heat(analyzed, slicer, tmp_path):
    import views

    analyzed.ui.findingsTable.cellClicked.emit(analyzed.sections.findings.table.rowOf("joint_effusion"), 0)
    for name in ("Red", "Yellow", "Green"):
        views.save_slice(name, tmp_path / f"{name}.png", SIZE)
        red, _green, blue = pixel(tmp_path / f"{name}.png", 126, 126)
        assert red > blue + 25, f"the heat is not seen in the middle of the {name} view"
        corner = pixel(tmp_path / f"{name}.png", 4, 4)
        assert corner.max() - corner.min() < 12, "something coloured lies where nothing was found"


def test_a_segment_is_drawn_in_its_colour_at_its_place(analyzed, slicer, tmp_path):
    import views
    from OrthoDiffusionSlicer.scene import SliceViews

    from OrthoDiffusionLib.anatomy import find_structure

    SliceViews.showHeatMap(slicer.mrmlScene, None)
    for name in ("tibia", "lateral_meniscus"):
        SliceViews.jumpTo(slicer.mrmlScene, handmade.BOXES[name][0])
        views.save_slice("Green", tmp_path / "view.png", SIZE)
        inside = pixel(tmp_path / "view.png", 126, 126)
        colour = np.array(find_structure(name).colour)
        tint, wanted = inside - inside.mean(), colour - colour.mean()
        assert np.dot(tint, wanted) / (np.linalg.norm(tint) * np.linalg.norm(wanted)) > 0.8, (name, inside)
