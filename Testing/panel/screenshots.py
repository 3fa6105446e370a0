"""Pictures of the panel's main states at 1366 × 768, light and dark: python Testing/panel/screenshots.py [FOLDER]

The panel is the real one on the test host; the views beside it are drawn by Slicer's own slice and 3D pipelines.
The segmentation is a label map of Resources/Anatomy and the findings are made by hand: they show a layout and say
nothing of any model.
"""

import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scene"), str(ROOT)]

SIZE = (1366, 768)
PANEL_WIDTH = 430
BAR = 28  # Slicer's own title and tool bars, as far as they bear on the space that is left


def main(folder):
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="screenshots-"))
    try:
        host = Host(work)
        for theme in ("light", "dark"):
            host.set_theme(theme)
            for name in host.states():
                path = folder / f"{name}-{theme}.png"
                host.save(path)
                print(path, flush=True)
    finally:
        host.close()
        shutil.rmtree(work, ignore_errors=True)


class Host:
    """The panel in a frame of Slicer's size, with the views beside it."""

    def __init__(self, work):
        import handmade
        import handmade_bundle
        import slicerhost

        self.work = work
        slicerhost.make_launcher(work)
        self.slicer = slicerhost.start(work)
        handmade_bundle.write(work / "bundles" / "hand-made")
        handmade_bundle.write(work / "bundles" / "referral", "knee-referral", clinical=("age", "sex", "trauma"))
        os.environ["ORTHODIFFUSION_BUNDLES"] = str(work / "bundles")
        self.labels = handmade.atlas_labels(spacing_mm=0.8)
        shift = self.labels.geometry.centre_ras
        self.results = handmade.save_array_results(
            work / "results", **handmade.measured(self.labels), findings=_findings(self.labels)
        )
        self.centre = shift
        self.standin = work / "standin.json"
        os.environ["ORTHODIFFUSION_STANDIN"] = str(self.standin)
        self.module = slicerhost.load_module(ROOT / "OrthoDiffusion" / "OrthoDiffusion.py")
        self.panel = None

    def set_theme(self, theme):
        import qt

        self.theme = theme
        qt.QApplication.setStyle("Fusion")
        qt.QApplication.setPalette(_dark(qt) if theme == "dark" else qt.QPalette(qt.QColor(240, 240, 240)))

    def states(self):
        """Bring the panel into one state after the other; yields its name."""
        self.slicer.mrmlScene.Clear(False)
        self.slicer.add_slice_views()
        self.tell(mode="normal", pause=0.05)
        self._open()
        yield "empty"
        self.add_volumes()
        self.wait(lambda: self.panel.ui.analyzeButton.enabled)
        yield "ready"
        self.panel.ui.bundleSelector.activated.emit(self.panel.ui.bundleSelector.findText("knee-referral 0.1.0"))
        self.panel.ui.ageSpinBox.value = 42
        self.panel.ui.traumaSelector.currentIndex = 1
        yield "referral"
        self.panel.ui.bundleSelector.activated.emit(self.panel.ui.bundleSelector.findText("knee-small 0.1.0"))
        self.tell(pause=30)
        self.panel.ui.analyzeButton.click()
        self.wait(lambda: self.panel.ui.stageLabel.text == "Step 1")
        self.panel.run.progressed(0.46, "Coronal encoder (2 of 3)")
        yield "running"
        self.panel.ui.cancelButton.click()
        self.wait(lambda: not self.panel.run.busy)
        self.tell(mode="crash", pause=0)
        self.panel.ui.analyzeButton.click()
        self.wait(lambda: not self.panel.run.busy)
        yield "error"
        self.tell(mode="normal", pause=0)
        done = []
        self.panel.run.surfacesDone.connect(done.append)
        self.panel.ui.analyzeButton.click()
        self.wait(lambda: done)
        yield "findings"
        row = self.panel.sections.findings.table.rowOf("medial_meniscus_injury")
        self.panel.ui.findingsTable.selectRow(row)
        self.panel.ui.findingsTable.cellClicked.emit(row, 0)
        yield "row_clicked"
        self._review()
        yield "reviewed"
        self.panel.ui.findingsButton.collapsed = True
        yield from self._measurements()
        self.panel.ui.measurementsButton.collapsed = True
        self.panel.ui.reportButton.collapsed = False
        yield "report"
        self.panel.session.software.requirements.path = self.work / "requirements.txt"
        self.panel.session.software.requirements.path.write_text(
            "torch>=99\nmonai>=1.4\nsome-package>=1\n", encoding="utf-8"
        )
        (self.work / "wheels").mkdir(exist_ok=True)
        self.panel.session.checkPackages()
        for section in (self.panel.ui.reportButton, self.panel.ui.segmentsButton):
            section.collapsed = True
        self.panel.ui.offlineButton.collapsed = False
        self.panel.ui.offlineFolderEdit.text = str(self.work / "wheels")
        self.panel.ui.installButton.click()
        yield "offline_install"
        self.panel.cleanup()
        self.area.deleteLater()
        self.panel = self.area = None

    def _measurements(self):
        """A measurement of which a reader moved a point, then all of them with the thickness as colours."""
        from OrthoDiffusionSlicer.measuring import MeasurementMarkups

        panel, measurements = self.panel, self.panel.session.measurements
        self._measure("trochlear_sulcus_angle")
        (angle,) = MeasurementMarkups.nodes(
            panel.session.results.table, measurements.row("trochlear_sulcus_angle").definition
        )
        place = angle.GetNthControlPointPositionWorld(1)
        angle.SetNthControlPointPositionWorld(1, place[0], place[1] - 2.0, place[2])
        angle.InvokeCustomModifiedEvent(angle.PointEndInteractionEvent)
        yield "measurements"
        panel.ui.thicknessButton.click()
        self.wait(lambda: not measurements.process.busy)
        panel.ui.showMeasurementsButton.click()
        self._measure("medial_meniscal_extrusion")
        yield "thickness"
        panel.ui.thicknessButton.click()
        panel.ui.showMeasurementsButton.click()

    def _measure(self, name):
        row = self.panel.sections.measurements.table.rowOf(name)
        self.panel.ui.measurementsTable.setCurrentCell(row, 0)
        self.panel.ui.measurementsTable.cellClicked.emit(row, 0)

    def _review(self):
        """A reader's words on three findings."""
        self.panel.ui.rejectButton.click()
        self.panel.ui.reviewNoteEdit.text = "A vessel, not a tear"
        self.panel.ui.reviewNoteEdit.editingFinished.emit()
        for key, button in (("joint_effusion", "acceptButton"), ("patellar_dislocation", "unsureButton")):
            self._choose(key)
            getattr(self.panel.ui, button).click()
        self._choose("medial_meniscus_injury")

    def _choose(self, key):
        row = self.panel.sections.findings.table.rowOf(key)
        self.panel.ui.findingsTable.setCurrentCell(row, 0)
        self.panel.ui.findingsTable.cellClicked.emit(row, 0)

    def tell(self, **settings):
        told = (
            json.loads(self.standin.read_text(encoding="utf-8"))
            if self.standin.is_file()
            else {"results": str(self.results)}
        )
        self.standin.write_text(json.dumps({**told, **settings}), encoding="utf-8")

    def add_volumes(self):
        """Volumes with the outlines as signal: grey bones, darker menisci; at the place of the labels."""
        from nodes import AXES, add_volume, affine_around_origin
        from OrthoDiffusionSlicer.scene import SliceViews

        from OrthoDiffusionLib.volumes import Geometry, resample_to

        nodes = {}
        for plane, name in (("sagittal", "sag pd fs"), ("coronal", "cor pd fs"), ("axial", "ax pd fs")):
            shape, spacing = (220, 220, 34), (0.6, 0.6, 3.2)
            affine = affine_around_origin(AXES[plane], spacing, shape)
            affine[:3, 3] += self.centre
            labels = resample_to(self.labels, Geometry(shape, affine), labels=True).array
            nodes[plane] = add_volume(
                self.slicer.mrmlScene, name, affine=affine, array=_signal(labels).transpose(2, 1, 0)
            )
        SliceViews.showInputs(self.slicer.mrmlScene, nodes)  # as Slicer's own loaders do
        SliceViews.jumpTo(self.slicer.mrmlScene, self.centre)

    def wait(self, condition, seconds=90):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError("the panel did not come into the state that was wanted")
            self.slicer.app.processEvents()
            time.sleep(0.002)

    def save(self, path):
        """One picture: the panel as it is, and the views as Slicer would draw them."""
        import qt
        import views

        frame = qt.QPixmap(*SIZE)
        frame.fill(qt.QApplication.palette().color(qt.QPalette.Window))
        painter = qt.QPainter(frame)
        painter.drawPixmap(0, BAR, self._panel_picture())
        width, height = (SIZE[0] - PANEL_WIDTH) // 2 - 3, (SIZE[1] - BAR) // 2 - 3
        for index, name in enumerate(("Red", "3D", "Green", "Yellow")):
            picture = self.work / "view.png"
            views.save(self.slicer, name, picture, (width, height))
            x = PANEL_WIDTH + 2 + (index % 2) * (width + 3)
            y = BAR + (index // 2) * (height + 3)
            painter.drawPixmap(x, y, qt.QPixmap(str(picture)))
        painter.setPen(qt.QApplication.palette().color(qt.QPalette.WindowText))
        painter.drawText(
            10, 19, "OrthoDiffusion on the test host. Outlines from Resources/Anatomy, findings made by hand"
        )
        painter.end()
        frame.save(str(path))

    def _open(self):
        """As in Slicer's module panel: as high as the window, with a scroll bar if it is longer."""
        import qt
        import slicerhost

        self.panel = slicerhost.open_panel(self.module)
        self.panel.run.worker.arguments = [str(HERE / "standin_worker.py")]
        self.area = qt.QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setHorizontalScrollBarPolicy(qt.Qt.ScrollBarAlwaysOff)
        self.area.resize(PANEL_WIDTH, SIZE[1] - BAR)
        self.area.setWidget(self.panel.parent)
        self.area.show()

    def _panel_picture(self):
        self.area.verticalScrollBar().setValue(0)
        for _ in range(5):
            self.slicer.app.processEvents()
        target = self.panel.ui.problemFrame
        if target.isVisibleTo(self.panel.parent):
            self.area.ensureWidgetVisible(target)
            self.slicer.app.processEvents()
        return self.area.grab()

    def close(self):
        if self.panel is not None:
            self.panel.cleanup()
        for _ in range(200):
            self.slicer.app.processEvents()
            time.sleep(0.005)


def _findings(labels):
    """The hand-made findings at the places of this knee's own structures."""
    from dataclasses import replace

    import handmade

    from OrthoDiffusionLib.anatomy import KNEE
    from OrthoDiffusionLib.findings import Segmentation

    segmentation = Segmentation(labels, KNEE.structures)
    place_of = {
        "joint_effusion": "patellar_cartilage",
        "medial_meniscus_injury": "medial_meniscus",
        "anterior_cruciate_ligament_injury": "lateral_tibial_cartilage",
        "lateral_meniscus_injury": "lateral_meniscus",
        "medial_collateral_ligament_injury": "medial_tibial_cartilage",
    }
    moved = []
    for finding in handmade.findings():
        if finding.point_ras is not None:
            point = tuple(segmentation.centroid_ras(place_of[finding.name]))
            finding = replace(finding, point_ras=point, evidence=handmade.evidence(point, centre=point))
        moved.append(finding)
    return tuple(moved)


def _signal(labels):
    """Something like a fat-suppressed image of the outlines, with a little noise."""
    import numpy as np

    grey = np.full(256, 60.0)
    grey[[0, 1, 2, 3, 12]] = 150, 45, 45, 45, 45
    grey[4:8] = 210
    grey[8:12] = 20
    noise = np.random.default_rng(0).normal(0, 9, labels.shape)
    return np.clip(grey[labels] + noise, 0, 255).astype(np.int16)


def _dark(qt):
    palette = qt.QPalette()
    for role, colour in (
        (qt.QPalette.Window, (45, 45, 48)), (qt.QPalette.WindowText, (225, 225, 225)),
        (qt.QPalette.Base, (32, 32, 34)), (qt.QPalette.AlternateBase, (45, 45, 48)),
        (qt.QPalette.Text, (225, 225, 225)), (qt.QPalette.Button, (58, 58, 62)),
        (qt.QPalette.ButtonText, (225, 225, 225)), (qt.QPalette.Highlight, (42, 110, 180)),
        (qt.QPalette.HighlightedText, (255, 255, 255)), (qt.QPalette.ToolTipBase, (58, 58, 62)),
        (qt.QPalette.ToolTipText, (225, 225, 225)), (qt.QPalette.PlaceholderText, (140, 140, 140)),
    ):  # fmt: skip
        palette.setColor(role, qt.QColor(*colour))
    for role in (qt.QPalette.WindowText, qt.QPalette.Text, qt.QPalette.ButtonText):
        palette.setColor(qt.QPalette.Disabled, role, qt.QColor(120, 120, 120))
    return palette


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "runs" / "screenshots")
