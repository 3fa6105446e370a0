"""Pictures of the panel's main states at 1366 × 768, light and dark: python Testing/panel/screenshots.py [FOLDER]

The panel is the real one on the test host; the views beside it are drawn by Slicer's own slice and 3D pipelines.
They show the sample exam, analysed by the knee's bundle (real_exam.py), and digital joints by the other bundles. Those
in PUBLISHED stand in the docs and in Slicer's catalogue: `--publish` (`make panel-pictures`) draws them anew.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["LOGNAME"] = "AB"  # the reader of a worklist, not whoever draws the pictures
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scene"), str(HERE.parent), str(ROOT)]

SIZE = (1366, 768)
PANEL_WIDTH = 450
BAR = 28  # Slicer's own title and tool bars, as far as they bear on the space that is left


# state and theme: where it is published. JPEG: a few of them weigh less than the text beside them.
PUBLISHED = {
    "row_clicked-light": "Resources/Screenshots/findings.png",
    "ready-light": "Docs/panel/ready.jpg",
    "reviewed-dark": "Docs/panel/reviewed.jpg",
    "report-light": "Docs/panel/report.jpg",
    "measurements-light": "Docs/panel/measurements.jpg",
    "sitting-light": "Docs/panel/sitting.jpg",
    "comparing-light": "Docs/panel/comparing.jpg",
    "ankle-light": "Docs/panel/ankle.jpg",
    "shoulder-light": "Docs/panel/shoulder.jpg",
}

DIGITAL = {
    "ankle": (7, {"anterior_talofibular_ligament_injury": 3}),
    "shoulder": (9, {"supraspinatus_injury": 3}),
}
"""Joints without a real exam at hand: seed of a digital one, and what it has at which grade."""

JOINTS = ("knee", *DIGITAL)
"""Of which pictures are drawn."""


def publish(folder):
    """Put the pictures of PUBLISHED where people look at them."""
    from PIL import Image

    for name, place in PUBLISHED.items():
        path = ROOT / place
        if not (folder / f"{name}.png").is_file():
            print(f"{place} stays as it is: {name} was not drawn", flush=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.open(folder / f"{name}.png").convert("RGB").save(path, quality=85, optimize=True)
        print(path, flush=True)


def main(folder, language="en", joints=JOINTS):
    folder.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="screenshots-"))
    try:
        host = Host(work, language)
        for theme in ("light", "dark"):
            host.set_theme(theme)
            for name in host.states(joints):
                path = folder / f"{name}-{theme}.png"
                host.save(path)
                print(path, flush=True)
    finally:
        host.close()
        shutil.rmtree(work, ignore_errors=True)


class Host:
    """The panel in a frame of Slicer's size, with the views beside it."""

    def __init__(self, work, language="en"):
        import handmade_bundle
        import slicerhost

        self.work = work
        slicerhost.make_launcher(work)
        self.slicer = slicerhost.start(work)
        self.slicer.app.applicationLocaleName = language
        handmade_bundle.write(work / "bundles" / "referral", "knee-referral", clinical=("age", "sex", "trauma"))
        self.bundles = {joint: self._copied(joint) for joint in JOINTS}
        self.caption = ""
        os.environ["ORTHODIFFUSION_BUNDLES"] = str(work / "bundles")
        self.standin = work / "standin.json"
        os.environ["ORTHODIFFUSION_STANDIN"] = str(self.standin)
        self.module = slicerhost.load_module(ROOT / "OrthoDiffusion" / "OrthoDiffusion.py")
        self.panel = None

    def set_theme(self, theme):
        import qt

        self.theme = theme
        qt.QApplication.setStyle("Fusion")
        qt.QApplication.setPalette(dark(qt) if theme == "dark" else qt.QPalette(qt.QColor(240, 240, 240)))

    def _copied(self, joint):
        """Put the default bundle of a joint where the panel looks; its name and version, empty if there is none."""
        from OrthoDiffusionLib.bundles import Bundle, bundle_path
        from OrthoDiffusionLib.errors import BundleError

        try:
            folder = bundle_path(joint=joint)
        except BundleError:
            return ""
        shutil.copytree(folder, self.work / "bundles" / folder.name)
        manifest = Bundle.open(folder).manifest
        return f"{manifest.name} {manifest.version}"

    def states(self, joints):
        """Bring the panel into one state after the other; yields its name."""
        if "knee" in joints:
            self.caption = f"the sample exam by {self.bundles['knee']}. No radiologist has read it"
            yield from self.knee()
        for joint, (seed, ill) in DIGITAL.items():
            if joint in joints and self.bundles[joint]:
                yield from self.digital(joint, seed, ill)

    def digital(self, joint, seed, ill):
        """A digital joint, whose volumes' names say which it is."""
        from nodes import add_volume
        from OrthoDiffusionSlicer.scene import SliceViews
        from OrthoDiffusionSlicer.worker.AnalysisProcess import ARGUMENTS

        from OrthoDiffusionLib.lab.phantom.datasets.cohort import phantom_study

        self.slicer.mrmlScene.Clear(False)
        self.slicer.add_slice_views()
        study = phantom_study(seed, joint=joint, site="clinic_3t_a", abnormalities=ill)
        self.caption = f"a digital {joint} by {self.bundles[joint]}. Phantom: no person, and no patient's result"
        self._open()
        self.panel.run.worker.arguments = list(ARGUMENTS)
        nodes = {}
        for plane, volume in zip(study.planes, study.volumes, strict=True):
            affine = volume.geometry.affine.copy()
            affine[:3, 3] -= study.volumes[
                0
            ].geometry.centre_ras  # the views look at the origin, as with the sample exam
            voxels = volume.array.transpose(2, 1, 0).copy()
            name = f"{joint} {plane.value} {study.side.value}"
            nodes[plane.value] = add_volume(self.slicer.mrmlScene, name, affine=affine, array=voxels)
        SliceViews.showInputs(self.slicer.mrmlScene, nodes)
        SliceViews.jumpTo(self.slicer.mrmlScene, (0.0, 0.0, 0.0))
        self.wait(lambda: self.panel.ui.analyzeButton.enabled and self.panel.session.settled)
        yield f"{joint}_ready"
        done = []
        self.panel.run.surfacesDone.connect(done.append)
        self.panel.ui.analyzeButton.click()
        self.wait(lambda: done)
        if any(row.probability is not None for row in self.panel.session.results.rows):
            self._choose(self._mostProbable())
        yield joint
        self._close()

    def knee(self):
        """All states, with the sample exam."""
        from OrthoDiffusionSlicer.worker.AnalysisProcess import ARGUMENTS

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
        self.panel.ui.bundleSelector.activated.emit(self.panel.ui.bundleSelector.findText(self.bundles["knee"]))
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
        # The stand-in is gone; from here on the real worker answers.
        self.panel.run.worker.arguments = list(ARGUMENTS)
        done = []
        self.panel.run.surfacesDone.connect(done.append)
        self.panel.ui.analyzeButton.click()
        self.wait(lambda: done)
        yield "findings"
        self.finding = self._mostProbable()
        row = self.panel.sections.findings.table.rowOf(self.finding)
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
        yield from self._offline()
        self._close()
        yield from self.sitting()
        self._close()

    def _close(self):
        self.panel.cleanup()
        self.area.deleteLater()
        self.panel = self.area = None

    def sitting(self):
        """An annotator's sitting: a worklist whose cases are the sample exam each time, and a correction of one."""
        from OrthoDiffusionSlicer.scene import SliceViews
        from OrthoDiffusionSlicer.worker.AnalysisProcess import ARGUMENTS

        from OrthoDiffusionLib.resources import resource_path

        self.slicer.mrmlScene.Clear(False)
        self.slicer.add_slice_views()
        self._open()
        panel, worklists = self.panel, self.panel.session.worklists
        panel.run.worker.arguments = list(ARGUMENTS)
        worklists.background.wanted = False
        studies = self.work / f"studies-{self.theme}"
        for number in range(1, 6):
            shutil.copytree(resource_path("SampleData", "knee_exam"), studies / f"exam_{number}")
        panel.ui.worklistButton.collapsed = False
        panel.sections.worklist.askFolder = lambda title: str(studies)
        panel.ui.newFromFolderButton.click()
        for number, button in ((1, "completedButton"), (2, "flaggedButton"), (3, "")):
            panel.ui.nextCaseButton.click()
            name = f"exam_{number}"
            self.wait(
                lambda name=name: worklists.case is not None and worklists.case.name == name and not worklists.busy
            )
            if button:
                getattr(panel.ui, button).click()
        panel.ui.caseNoteEdit.text = "An example of a note"
        panel.ui.caseNoteEdit.editingFinished.emit()
        done = []
        panel.run.surfacesDone.connect(done.append)
        panel.ui.analyzeButton.click()
        self.wait(lambda: done and not worklists.busy)
        panel.ui.findingsButton.collapsed = panel.ui.measurementsButton.collapsed = True
        panel.ui.worklistButton.collapsed = panel.ui.segmentsButton.collapsed = False
        yield "sitting"
        place = self._correct("lateral_meniscus")
        panel.ui.worklistButton.collapsed = panel.ui.segmentsButton.collapsed = True
        panel.ui.correctionsButton.collapsed = False
        comparison = panel.session.corrections.comparison
        self.wait(lambda: comparison.rows and all(row.change is not None for row in comparison.rows))
        panel.ui.differenceCheckBox.click()
        self.wait(lambda: any(node.GetAttribute("OrthoDiffusion.Role") == "difference" for node in self._outlines()))
        SliceViews.jumpTo(self.slicer.mrmlScene, place)
        line = next(number for number, row in enumerate(comparison.rows) if row.change["changed"])
        panel.ui.correctionsTable.selectRow(line)
        panel.ui.correctionsTable.scrollToItem(panel.ui.correctionsTable.item(line, 0))
        yield "comparing"

    def _outlines(self):
        scene, kind = self.slicer.mrmlScene, "vtkMRMLSegmentationNode"
        return [scene.GetNthNodeByClass(number, kind) for number in range(scene.GetNumberOfNodesByClass(kind))]

    def _correct(self, name):
        """Make an outline wider by a voxel all round, as by Slicer's effect Margin; returns its middle, RAS mm."""
        import numpy as np
        from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment
        from scipy import ndimage

        node = self.panel.session.results.segmentation
        segment = node.GetSegmentation().GetSegment(name)
        voxels, toRAS = labelsOfSegment(segment)
        wider = ndimage.binary_dilation(voxels == segment.GetLabelValue()) & (voxels == 0)
        voxels[wider] = segment.GetLabelValue()
        image = segment.GetRepresentation("Binary labelmap")
        image.GetPointData().GetScalars().Modified()
        image.Modified()
        node.CreateClosedSurfaceRepresentation()  # as the editor's button ‘Show 3D’
        middle = np.argwhere(wider).mean(axis=0)[::-1]
        return tuple((toRAS @ [*middle, 1.0])[:3])

    def _offline(self):
        """Packages that are missing, and the folder that holds them."""
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
        """Decisions on three findings, to show the buttons: nobody has read the exam."""
        self.panel.ui.rejectButton.click()
        self.panel.ui.reviewNoteEdit.text = "An example of a note, nobody has read this exam"
        self.panel.ui.reviewNoteEdit.editingFinished.emit()
        for key, button in (("joint_effusion", "acceptButton"), ("patellar_dislocation", "unsureButton")):
            self._choose(key)
            getattr(self.panel.ui, button).click()
        self._choose(self.finding)

    def _mostProbable(self):
        found = [row for row in self.panel.session.results.rows if row.probability is not None]
        return max(found, key=lambda row: row.probability).key

    def _choose(self, key):
        row = self.panel.sections.findings.table.rowOf(key)
        self.panel.ui.findingsTable.setCurrentCell(row, 0)
        self.panel.ui.findingsTable.cellClicked.emit(row, 0)

    def tell(self, **settings):
        told = json.loads(self.standin.read_text(encoding="utf-8")) if self.standin.is_file() else {}
        self.standin.write_text(json.dumps({**told, **settings}), encoding="utf-8")

    def add_volumes(self):
        """The three series, shown as Slicer's own loaders show them."""
        from OrthoDiffusionSlicer.scene import SliceViews
        from real_exam import JOINT_LINE_RAS, add_exam

        SliceViews.showInputs(self.slicer.mrmlScene, add_exam(self.slicer.mrmlScene))
        SliceViews.jumpTo(self.slicer.mrmlScene, JOINT_LINE_RAS)

    def wait(self, condition, seconds=400):
        end = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > end:
                said = self.panel.ui.problemLabel.text if self.panel.ui.problemFrame.visible else "nothing"
                raise TimeoutError(f"the panel did not come into the state that was wanted; it says: {said}")
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
        painter.drawText(10, 19, f"OrthoDiffusion on the test host: {self.caption}")
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


def dark(qt):
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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "runs" / "screenshots")
    parser.add_argument("--language", default="en", help="that Slicer runs in, such as de")
    parser.add_argument("--joint", choices=JOINTS, help="draw the pictures of this joint alone")
    parser.add_argument("--publish", action="store_true", help="put those of the docs and the catalogue there")
    chosen = parser.parse_args()
    main(chosen.folder, chosen.language, JOINTS if chosen.joint is None else (chosen.joint,))
    if chosen.publish:
        publish(chosen.folder)
