"""The measurements of the results that are shown: their markups followed, moved points measured, outlines measured."""

from dataclasses import replace

import qt
import slicer
from slicer.i18n import tr as _
from slicer.util import VTKObservationMixin
from vtk.util.numpy_support import vtk_to_numpy

from OrthoDiffusionLib.findings.measurement_context import OUTLINES, POINTS, ReaderValue
from OrthoDiffusionLib.measurements import value_from_points
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer.measuring import (
    MeasurementMarkups,
    MeasurementRows,
    OutlineFiles,
    ReaderValues,
    ThicknessModels,
)
from OrthoDiffusionSlicer.measuring.MeasuringProcess import MeasuringProcess
from OrthoDiffusionSlicer.scene import StudyFolder
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP, SURFACE
from OrthoDiffusionSlicer.scene.StudyReader import studyItem
from OrthoDiffusionSlicer.Signal import Signal

SAME_PLACE_MM = 0.02  # places are kept to a hundredth of a millimetre
_SETTLE_MS = 150  # a moved point tells the table at once, and everything else when it has come to rest


class ShownMeasurements(VTKObservationMixin):
    """What the panel knows of the measurements of one findings table, and can be asked to do with them.

    Args:
        scene: the MRML scene.

    Attributes:
        changed: Signal(): a number, or what is shown, may be another than before.
        moved: Signal(MeasurementRow): a point of it is being moved; more often than `changed`.
        placeChosen: Signal(RAS mm): the slices are to show this place.
        rows: MeasurementRows; another list after each change of a number.
        chosen: name of the measurement that was chosen last, empty for none.
        said: what the last measuring of the outlines came to, in a sentence; empty for nothing.
        process: MeasuringProcess.
    """

    def __init__(self, scene):
        VTKObservationMixin.__init__(self)
        self.changed, self.moved, self.placeChosen = Signal(), Signal(), Signal()
        self.rows, self.chosen, self.said = [], "", ""
        self._scene, self._table, self._segmentation = scene, None, None
        self._images = {}
        self._writing = self._colouring = self._saysWhatWasImaged = False
        self.process = MeasuringProcess(self._takeUp)
        self.process.done.connect(self._onMeasured)
        self.process.failed.connect(self._onFailed)
        self._settle = qt.QTimer()
        self._settle.setSingleShot(True)
        self._settle.setInterval(_SETTLE_MS)
        self._settle.connect("timeout()", self.changed)

    # Which table

    def follow(self, table):
        """Show the measurements of another findings table, None for none."""
        if table is self._table:
            return
        self._settle.stop()
        self.process.stop()
        self.removeObservers()
        self._table, self.chosen, self.said = table, "", ""
        self._colouring = False
        self._segmentation = OutlineFiles.segmentationOf(table) if table is not None else None
        self._saysWhatWasImaged = table is not None and OutlineFiles.sayWhatWasImaged(table)
        self._images = self._imagesNow()
        if self._segmentation is not None:
            for event in _outlineEvents():
                self.addObserver(self._segmentation, event, self._onOutlines)
        self._read()
        for node in MeasurementMarkups.allNodes(table) if table is not None else ():
            self._observe(node)
        for row in self.rows:  # moved while nobody looked, such as before the panel was opened
            if row.drawn:
                self._look(row)

    def letGo(self, node):
        """A node is about to leave the scene; what happens to outlines on their way out is no correction."""
        if node is self._segmentation and node is not None:
            for event in _outlineEvents():
                self.removeObserver(node, event, self._onOutlines)

    def close(self):
        """Nothing is shown any more; no process, no observer and no file stays."""
        self.follow(None)

    def row(self, name):
        """The MeasurementRow of one measurement, None if there is none."""
        return next((row for row in self.rows if row.name == name), None)

    @property
    def defined(self):
        """Whether anything is measured of the joint that the results are of; also without results."""
        return self._table is None or bool(MeasurementMarkups.definitionsOf(self._table))

    # What is shown

    def choose(self, name):
        """Go to a measurement: the slices show its place, and its markups are shown."""
        row = self.row(name)
        if row is None:
            return
        self.chosen = name
        place = self._placeOf(row)
        if row.drawn:
            self._drawMissing(row)
            MeasurementMarkups.show(self._table, row.definition, True)
        MeasurementMarkups.project(self._table, name)
        if place is not None:
            self.placeChosen(place)
        self.changed()

    def isShown(self, row):
        """Whether its markups can be seen."""
        return row.drawn and MeasurementMarkups.isShown(self._table, row.definition)

    def show(self, name, visible):
        """Show or hide the markups of one measurement."""
        row = self.row(name)
        if row is not None and row.drawn:
            self._drawMissing(row)
            MeasurementMarkups.show(self._table, row.definition, visible)
            self.changed()

    def showAll(self, visible):
        """Show or hide the markups of all measurements."""
        for row in self.rows:
            if row.drawn:
                self._drawMissing(row)
                MeasurementMarkups.show(self._table, row.definition, visible)
        self.changed()

    @property
    def allShown(self):
        """Whether the markups of every measurement that has some can be seen."""
        drawn = [row for row in self.rows if row.drawn]
        return bool(drawn) and all(self.isShown(row) for row in drawn)

    def restore(self, name):
        """Take back what was moved by hand: the points go where they were measured."""
        if self.row(name) is not None:
            ReaderValues.drop(self._table, name, POINTS)
            self._read()
            self._draw(self.row(name))
            self.changed()

    # Outlines

    @property
    def whyNotAgain(self):
        """Why the outlines cannot be measured again, in a sentence; empty if they can."""
        if self._table is None:
            return ""
        if not self._saysWhatWasImaged:
            return _("These results do not say what was imaged. Analyze again to measure corrected outlines.")
        if self._segmentation is None or not self._scene.IsNodePresent(self._segmentation):
            return _("The segmentation was deleted.")
        return ""

    @property
    def outlinesCorrected(self):
        """Whether an outline was changed since the measurements were taken."""
        return self._table is not None and ReaderValues.corrected(self._table)

    def measureAgain(self):
        """Measure the outlines as they stand now; points that a reader set stay where they are."""
        self._measure(self._coloured)

    @property
    def canColour(self):
        """Whether there is a cartilage whose thickness could be shown."""
        return any(row.plate and row.value is not None for row in self.rows) and not self.whyNotAgain

    @property
    def coloured(self):
        """Whether the thickness is shown as colours."""
        return self._table is not None and (self._colouring or ThicknessModels.isShown(self._table))

    def colour(self, visible):
        """Show the thickness of cartilage as colours in the 3D views, or not; made when it is asked for first."""
        if self._table is None:
            return
        if visible and not self._coloured and self.canColour:
            self._colouring = True
            self._measure([row.plate for row in self.rows if row.plate and row.value is not None])
            return
        self._colouring = False
        ThicknessModels.show(self._table, visible)
        self.changed()

    @property
    def _coloured(self):
        """Names of the cartilages that have a coloured surface."""
        return list(ThicknessModels.nodes(self._table))

    def _measure(self, plates):
        if self._table is not None and not self.whyNotAgain:
            self.said = _("Measuring the outlines …")
            self._measuredImages = self._imagesNow()
            self.process.start(self._table, plates)
            self.changed()

    def _takeUp(self, table, measured, surfaces):
        """Numbers, markups and surfaces, in steps of a few milliseconds; a table that goes ends it (`follow`)."""
        before = {row.name: row.text for row in self.rows}
        model = {row.name: row.measurement for row in self.rows}
        ReaderValues.putAll(table, {
            one.name: None if _same(one, model[one.name])
            else ReaderValue.now(one.value, OUTLINES, one.points_ras, one.note)
            for one in measured if one.name in model
        })  # fmt: skip
        ReaderValues.setCorrected(table, self._imagesNow() != self._measuredImages)  # changed while it was measured
        self._read()
        yield
        for name in [row.name for row in self.rows]:
            self._renew(self.row(name))
            yield
        colouring = self._colouring
        yield from self._takeSurfaces(surfaces)
        changed = any(row.text != before[row.name] for row in self.rows)
        self.said = self._sayMeasured(before) if changed or not colouring else ""

    def _onMeasured(self, table):
        if table is self._table:
            self.changed()

    def _renew(self, row):
        """Bring the markups of a measurement in line after the outlines were measured."""
        if row.moved:
            self._look(row)  # a point of it may be without a place
        elif row.drawn:
            self._draw(row)
        elif row.again and row.definition is not None and row.definition.points:
            MeasurementMarkups.show(self._table, row.definition, False)  # there is nothing to be drawn any more

    def _takeSurfaces(self, surfaces):
        shown = self._colouring or ThicknessModels.isShown(self._table)
        titles = {row.plate: row.title for row in self.rows if row.plate}
        made = []
        for plate, surface in surfaces.items():
            node, new = ThicknessModels.put(self._scene, self._table, plate, titles.get(plate, plate), surface)
            made += [node] if new else []
            yield
        self._gather(made)
        if surfaces:
            ThicknessModels.show(self._table, shown)
        self._colouring = False

    def _sayMeasured(self, before):
        changed = sum(row.text != before[row.name] for row in self.rows)
        parts = [_("The outlines were measured; {n} numbers changed.").format(n=changed)]
        left = [row.title for row in self.rows if row.moved]
        if left:
            parts.append(_("Points that you moved were left: {names}.").format(names=", ".join(left)))
        return " ".join(parts)

    def _onFailed(self, words):
        self._colouring = False
        self.said = _("The outlines could not be measured: {problem}").format(problem=words)
        self.changed()

    def _imagesNow(self):
        """Segment → when its label map was last changed."""
        if self._segmentation is None:
            return {}
        segments = self._segmentation.GetSegmentation()
        images = {name: segments.GetSegment(name).GetRepresentation(LABELMAP) for name in segments.GetSegmentIDs()}
        return {name: image.GetMTime() if image is not None else 0 for name, image in images.items()}

    def _onOutlines(self, caller, event):
        images = self._imagesNow()
        if images != self._images:
            self._images = images
            if not self.outlinesCorrected:
                ReaderValues.setCorrected(self._table, True)
                self.changed()

    # Points

    def _draw(self, row):
        """Bring its markups in line with its numbers; those that are missing are made."""
        self._writing = True
        try:
            made = MeasurementMarkups.draw(self._scene, self._table, row.definition, row.pointsRAS, row.text)
        finally:
            self._writing = False
        self._gather(made)
        for node in made:
            self._observe(node)

    def _drawMissing(self, row):
        """Draw it anew if a line of it was deleted; else its points stay where they are."""
        if any(node is None for node in MeasurementMarkups.nodes(self._table, row.definition)):
            self._draw(row)

    def _gather(self, nodes):
        study = studyItem(self._scene, self._table)
        if nodes and study:
            StudyFolder.gatherIn(self._scene, study, StudyFolder.MEASUREMENTS, nodes)

    def _observe(self, node):
        kind = slicer.vtkMRMLMarkupsNode
        self.addObserver(node, kind.PointModifiedEvent, self._onPoint)
        self.addObserver(node, kind.PointPositionUndefinedEvent, self._onPoint)
        self.addObserver(node, kind.PointEndInteractionEvent, self._onRest)

    def _onPoint(self, caller, event):
        if self._writing or self._table is None or self._scene.IsClosing():
            return
        row = self.row(caller.GetAttribute(MeasurementMarkups.MEASUREMENT))
        if row is not None and row.drawn:
            self._look(row)

    def _look(self, row):
        """Take up where the points of a measurement are now."""
        if any(node is None for node in MeasurementMarkups.nodes(self._table, row.definition)):
            return  # deleted by hand: the number stays, and a click draws it again
        points = MeasurementMarkups.pointsOf(self._table, row.definition)
        if points is None and row.complete:
            self._replace(replace(row, complete=False))
        elif points is not None and not (row.complete and _near(points, row.pointsRAS)):
            self._measurePoints(row, points)

    def _measurePoints(self, row, points):
        try:
            value = ReaderValue.now(value_from_points(row.definition, points), POINTS, points)
        except ValueError:
            value = ReaderValue.now(None, POINTS, points, Message("not_measured", "same_place"))
        ReaderValues.put(self._table, row.name, value)
        self._replace(MeasurementRows.withReader(row, value))

    def _replace(self, row):
        self.rows = [row if one.name == row.name else one for one in self.rows]
        self._writing = True
        try:
            MeasurementMarkups.write(self._table, row.definition, row.text)
        finally:
            self._writing = False
        self.moved(row)
        self._settle.start()

    def _onRest(self, caller, event):
        if self._settle.isActive():
            self._settle.stop()
            self.changed()

    def _read(self):
        self.rows = MeasurementRows.rowsOf(self._table) if self._table is not None else []

    def _placeOf(self, row):
        """Where the slices go: a point in the middle of what the number is taken between; None for nowhere."""
        if row.drawn:
            last = row.definition.lines[-1]
            where = dict(zip(row.definition.points, row.pointsRAS, strict=True))
            middle = where[last[len(last) // 2]]
            return middle if len(last) != 2 else tuple((a + b) / 2 for a, b in zip(*map(where.get, last), strict=True))
        return (
            _middleOf(self._segmentation, row.structure) if row.structure and self._segmentation is not None else None
        )


def _outlineEvents():
    """Events of a segmentation node that may come with other outlines."""
    kind = slicer.vtkSegmentation
    return kind.SourceRepresentationModified, kind.SegmentAdded, kind.SegmentRemoved, kind.RepresentationModified


def _middleOf(node, name):
    """RAS mm of the world: where a segment's surface is nearest to its middle; None where it has no voxels."""
    segment = node.GetSegmentation().GetSegment(name)
    if segment is None:
        return None
    surface = segment.GetRepresentation(SURFACE)
    if surface is None or surface.GetNumberOfPoints() == 0:
        centre = node.GetSegmentCenterRAS(name)
        return tuple(centre) if centre is not None else None
    bounds = surface.GetBounds()
    middle = [(bounds[2 * axis] + bounds[2 * axis + 1]) / 2 for axis in range(3)]
    points = vtk_to_numpy(surface.GetPoints().GetData())
    nearest, inWorld = points[((points - middle) ** 2).sum(axis=1).argmin()], [0.0, 0.0, 0.0]
    node.TransformPointToWorld([float(value) for value in nearest], inWorld)
    return tuple(inWorld)


def _same(one, other):
    """Whether two Measurements say the same."""
    return (one.value, one.note) == (other.value, other.note) and _near(one.points_ras, other.points_ras)


def _near(points, others):
    return len(points) == len(others) and all(
        abs(a - b) <= SAME_PLACE_MM for one, other in zip(points, others, strict=True)
        for a, b in zip(one, other, strict=True)
    )  # fmt: skip
