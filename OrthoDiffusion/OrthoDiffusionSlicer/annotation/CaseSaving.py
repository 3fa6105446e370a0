"""Saving the open case: by itself at intervals, and for good when it is left; what is not on the disk is kept."""

import contextlib
import shutil
import time

import numpy as np
import qt
import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.annotation.case_process import perform
from OrthoDiffusionLib.annotation.frames import Frame, layers_data, layers_facts
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer.annotation.SegmentLayers import contentMark, emptyLayers, fingerprint, layersOf
from OrthoDiffusionSlicer.measuring import ReaderValues
from OrthoDiffusionSlicer.panel import Settings
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance
from OrthoDiffusionSlicer.scene.StudyReader import matrixToWorld
from OrthoDiffusionSlicer.Signal import Signal


def intervalSeconds():
    """No edit that is older than this is lost, whatever happens to Slicer; from Slicer's settings."""
    try:
        return Settings.autosaveSeconds()
    except OrthoDiffusionError:  # told on the settings page
        return Settings.AUTOSAVE.default


class CaseSaving:
    """Watches one segmentation node and its findings table.

    A copy of the labels is taken in the window's thread, which costs milliseconds; another process writes it.

    Args:
        process: CaseProcess.

    Attributes:
        changed: Signal(): `problem` or `savedAt` is another.
        problem: the OrthoDiffusionError of the last attempt, None if that went well.
        savedAt: time.time() of the last state that is safely on the disk, None before.
        longestMs: how long the window waited at most.
    """

    def __init__(self, process):
        self.changed = Signal()
        self.problem = self.savedAt = None
        self.longestMs = 0.0
        self._process = process
        self._node, self._also, self._geometry = None, [], None
        self._unsaved = {}  # folder → Frame that is not known to be on the disk
        self._timer = qt.QTimer()
        self._timer.connect("timeout()", self.tick)

    @property
    def active(self):
        """Whether a case is watched."""
        return self._node is not None

    @property
    def node(self):
        return self._node

    def start(self, node, tableOf, folder, nextVersion, wanted, isAutosave, reading, besides=None):
        """Watch the case that has been opened.

        Args:
            node: the segmentation node.
            tableOf: called without arguments, returns the findings table of the case or None.
            folder: path that is written at intervals.
            nextVersion: called without arguments, returns the path of the version to be made when the case is left.
            wanted: called without arguments, returns key of a structure → its label value.
            isAutosave: whether what was opened is newer than the last version, so that a version is still to be made.
            reading: the decisions that the case was opened with; they stay where no findings table takes them up.
            besides: called without arguments, returns (a second segmentation node, its folder, facts about it, its
                fingerprint while nothing of it needed saving), which is saved by itself as well, or None.
        """
        self.stop()
        self._node, self._also, self._tableOf, self._folder = node, [], tableOf, folder
        self._nextVersion, self._wanted, self._openedReading = nextVersion, wanted, reading
        self._besides, self._besideMark = besides or (lambda: None), None
        self._geometry = None  # grid of the last outlines
        self._seen = self._fingerprint()
        layers = self._layers()
        self._opened = self._mark(layers)
        self._versioned = None if isAutosave else self._opened  # content that needs no version any more
        self._autosaved = self._opened
        self._leftBeside = isAutosave  # whether something newer than the last version lies on the disk
        self.problem = self.savedAt = None
        self._startTimer()

    def _startTimer(self):
        # Half of what is promised: a state is at most that old when it is copied, and writing takes its time, too.
        self._timer.start(int(500 * intervalSeconds()))

    def include(self, node):
        """Save these outlines with the case as well: an analysis has made them beside those that are being drawn in.

        They take the place of the case's own if these were deleted.

        Args:
            node: the segmentation node of an analysis of the open case.
        """
        if self._node is None or not slicer.mrmlScene.IsNodePresent(self._node):
            self._node, self.problem = node, None
            self._startTimer()
        elif node is not self._node and node not in self._also:
            self._also.append(node)
        self.tick()

    def _layers(self, placed=True):
        """A copy of the case's outlines; an empty layer once all of them were deleted, None if there never were any.

        Args:
            placed: whether they are put where they lie against the images; else they are copied as without transforms.

        Raises:
            OrthoDiffusionError: if they lie under a transform that a file cannot follow.
        """
        nodes = self._nodes()
        layers = layersOf(*nodes, placements=[_toImages(node) for node in nodes] if placed else None)
        if layers is not None:
            self._geometry = layers.geometry
        elif self._geometry is not None:
            layers = emptyLayers(self._geometry, *nodes)
        return layers

    def _nodes(self):
        """The segmentation nodes of the case."""
        return [self._node, *(node for node in self._also if slicer.mrmlScene.IsNodePresent(node))]

    def stop(self):
        """Watch nothing; what is on its way to the disk goes on."""
        self._timer.stop()
        self._node = None

    def tick(self):
        """Save if something has changed since."""
        if self._node is not None:
            self.tickBesides()
        if self._node is None or (self._folder in self._unsaved and self._process.busy):
            return
        if not slicer.mrmlScene.IsNodePresent(self._node):
            self.stop()
            self.problem = OrthoDiffusionError(
                _("The outlines of the case were deleted from the scene"),
                remedy=_("The last state that was saved is on the disk; open the case again to go on from it."),
            )
            self.changed()
            return
        seen = self._fingerprint()
        if seen == self._seen and self.problem is None:
            return
        begin = time.perf_counter()
        try:
            layers = self._layers()
        except OrthoDiffusionError as error:
            self._seen, self.problem = seen, error
            self.changed()
            return
        mark = self._mark(layers)
        if layers is not None and (mark != self._autosaved or self.problem is not None):
            self._leftBeside = True
            self._save(layers, self._folder, lambda: self._onAutosaved(mark))
        self._seen = seen
        self.longestMs = max(self.longestMs, 1000 * (time.perf_counter() - begin))

    def tickBesides(self, atOnce=False):
        """Save the second segmentation if it has changed; a correction that is being drawn in slices.

        Args:
            atOnce: also while an earlier state of it is on its way to the disk.
        """
        second = self._besides()
        if second is None:
            self._besideMark = None
            return
        node, folder, _facts, untouched = second
        drawn = fingerprint(node)
        mark = drawn, _placement(node)
        onItsWay = folder in self._unsaved and self._process.busy and not atOnce
        if drawn == untouched or mark == self._besideMark or onItsWay:
            return
        begin = time.perf_counter()
        self._besideMark = mark
        try:
            frame = self._frameBeside(second)
        except OrthoDiffusionError as error:
            self.problem = error
            self.changed()
            return
        if frame is not None:
            self._send(frame, folder, lambda: None, None)
        self.longestMs = max(self.longestMs, 1000 * (time.perf_counter() - begin))

    def _frameBeside(self, second):
        """What is to be written of the second segmentation, None if it is empty."""
        node, folder, facts, _untouched = second
        layers = layersOf(node, placements=[_toImages(node)])
        if layers is None:
            return None
        values = {record.key: record.label for record in layers.segments}
        return self._frame(layers, folder, reading=facts, wanted=values)

    def dropBeside(self, folder):
        """What was saved of the second segmentation is of no use any more, nor is what is on its way to the disk.

        Args:
            folder: path of its folder; the process deletes it after what it was asked before.
        """
        self._unsaved.pop(folder, None)
        self._besideMark = None
        self._process.ask("drop", {"folder": str(folder)}, onError=lambda error: shutil.rmtree(folder, True))

    def finish(self, onSaved, onFailed, onUnplaced=None):
        """Make a version if anything has changed; the case may go when `onSaved` is called.

        Args:
            onSaved: called with the version's folder, None if nothing had changed.
            onFailed: called with an OrthoDiffusionError; the case is still watched.
            onUnplaced: called with the OrthoDiffusionError of a transform that a file cannot follow, where the outlines
                are lost if they are not saved now; they are saved as they are without it. None to refuse them.
        """
        if self._node is None or not slicer.mrmlScene.IsNodePresent(self._node):
            onSaved(None)
            return
        begin = time.perf_counter()
        try:
            layers = self._layers()
        except OrthoDiffusionError as error:
            if onUnplaced is None:
                onFailed(error)
                return
            layers = self._layers(placed=False)
            onUnplaced(error)
        mark = self._mark(layers)
        if layers is None or (mark == self._versioned and not self._leftBeside):
            onSaved(None)
            return
        folder = self._nextVersion()

        def saved():
            self._versioned = self._autosaved = mark
            self._leftBeside = False
            onSaved(folder)

        self._save(layers, folder, saved, onFailed, replaces=self._folder)
        self.longestMs = max(self.longestMs, 1000 * (time.perf_counter() - begin))

    def flush(self):
        """Write here and now what is not known to be on the disk: nothing else will when Slicer ends.

        Raises:
            OrthoDiffusionError: if that fails.
        """
        second = self._besides() if self._node is not None else None
        if second is not None and fingerprint(second[0]) != second[-1]:
            with contextlib.suppress(OrthoDiffusionError):  # its slices are bent: there is no way back to their grid
                frame = self._frameBeside(second)
                if frame is not None:
                    self._unsaved[second[1]] = frame
        if self._node is not None and slicer.mrmlScene.IsNodePresent(self._node):
            try:
                layers = self._layers()
            except OrthoDiffusionError:  # better without the transform than not at all
                layers = self._layers(placed=False)
            if layers is not None and self._mark(layers) not in (self._versioned, self._autosaved):
                folder = self._folder
                self._unsaved[folder] = self._frame(layers, folder)
        problem = None
        for folder, frame in list(self._unsaved.items()):
            answer = perform(frame)
            if "error" in answer:
                problem = answer["error"]
                continue
            self._unsaved.pop(folder, None)
        if problem is not None:
            raise OrthoDiffusionError.from_dict(problem)

    def retry(self):
        """Try once more what could not be written."""
        for folder, frame in list(self._unsaved.items()):
            self._send(frame, folder, lambda: None, None)

    def _mark(self, layers):
        """Of the labels and of the reader's decisions."""
        return (contentMark(layers) if layers is not None else None, repr(self._reading()))

    def _fingerprint(self):
        table = self._tableOf()
        moved = [_placement(node) for node in self._nodes()]
        return fingerprint(*self._nodes()), moved, table.GetMTime() if table is not None else 0

    def _reading(self):
        """The reader's decisions on the findings, own measurements, and the text of the report."""
        table = self._tableOf()
        if table is None:
            return self._openedReading or {"reviews": {}}
        reviews = {row.key: row.review.as_dict() for row in FindingsNodes.rowsOf(table) if row.review is not None}
        edited = FindingsNodes.editedReport(table)
        report = {"text": edited.text, "basis": edited.basis} if edited is not None else None
        values = {name: both.ruling.as_dict() for name, both in ReaderValues.read(table).items() if both.ruling}
        optional = {"measurements": values, "report": report}
        return {"reviews": reviews, **{key: value for key, value in optional.items() if value}}

    def _save(self, layers, folder, onSaved, onFailed=None, replaces=None):
        self._send(self._frame(layers, folder, replaces), folder, onSaved, onFailed)

    def _frame(self, layers, folder, replaces=None, reading=None, wanted=None):
        facts = {
            **layers_facts(layers),
            "folder": str(folder),
            "wanted": wanted if wanted is not None else self._wanted(),
            "reading": reading if reading is not None else self._reading(),
            "replaces": str(replaces) if replaces else "",
        }
        return Frame(0, "save", facts, layers_data(layers))

    def _send(self, frame, folder, onSaved, onFailed):
        self._unsaved[folder] = frame

        def done(_answer):
            if self._unsaved.get(folder) is frame:
                del self._unsaved[folder]
            self.problem, self.savedAt = None, time.time()
            onSaved()
            self.changed()

        def failed(error):
            self.problem = error
            if onFailed is not None:
                self._unsaved.pop(folder, None)  # the case stays open, and is saved from there
                onFailed(error)
            self.changed()

        self._process.ask("save", frame.facts, frame.data, done, failed)

    def _onAutosaved(self, mark):
        self._autosaved = mark


def _toImages(node):
    """RAS mm of outlines themselves → RAS mm of the case's images as their files have them, (4, 4).

    A case is kept beside its image files, which know no transform of the scene: one above images and outlines alike
    changes nothing, one above the outlines alone has moved them.

    Raises:
        OrthoDiffusionError: if a transform bends space.
    """
    matrix = _betweenOutlinesAndImages(node)
    if matrix is None and matrixToWorld(node) is None:
        values = {"transform": node.GetParentTransformNode().GetName()}
        raise OrthoDiffusionError(Message("scene", "case_transformed", values), where=node.GetName())
    if matrix is None:
        volume = _imageOf(node)
        values = {"transform": volume.GetParentTransformNode().GetName()}
        raise OrthoDiffusionError(Message("scene", "case_images_transformed", values), where=volume.GetName())
    return matrix


def _betweenOutlinesAndImages(node):
    volume = _imageOf(node)
    toWorld, ofImages = matrixToWorld(node), matrixToWorld(volume) if volume is not None else np.eye(4)
    if toWorld is None and volume is not None and volume.GetParentTransformNode() is node.GetParentTransformNode():
        return np.eye(4)  # bent together
    return None if toWorld is None or ofImages is None else np.linalg.solve(ofImages, toWorld)


def _imageOf(node):
    """The image that outlines lie on: the first of those they were made from; None if none is left."""
    return next(iter(Provenance.inputsOf(node).values()), None)


def _placement(node):
    """Changes when outlines are moved against their images."""
    matrix = _betweenOutlinesAndImages(node)
    return "" if matrix is None else np.round(matrix, 6).tobytes()
