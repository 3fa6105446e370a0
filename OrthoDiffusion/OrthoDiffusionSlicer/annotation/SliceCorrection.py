"""Correct the outlines in the slices of one view: they are shown on its own grid, and what is drawn there is carried
to the isotropic outlines without steps."""

from pathlib import Path

import numpy as np
import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.annotation.label_layers import LabelLayers
from OrthoDiffusionLib.annotation.layers_file import read_layers
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.volumes import Geometry
from OrthoDiffusionLib.volumes.files.array_steps import read_array_in_steps
from OrthoDiffusionSlicer.annotation import FlatLabels, SegmentEditor, SegmentLayers
from OrthoDiffusionSlicer.scene import FindingsNodes, Provenance, StudyReader
from OrthoDiffusionSlicer.scene.corrections.HandedOutlines import toWorldOf
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.StepRunner import StepRunner
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder

ROLE = "slice correction"
_PLANE = "sagittal"  # under which plane it refers to its volume, whichever it is: the first that a reader asks for
_CORRECTS = Provenance.PREFIX + "Corrects"  # from the correction to the outlines that it will be carried to


class SliceCorrection:
    """One correction at a time.

    Args:
        scene: the MRML scene.
        process: CaseProcess.
        surfaces: CaseSurfaces.

    Attributes:
        changed: Signal().
        node: the segmentation node in the slices of the view; None while nothing is being corrected.
        busy: whether something is being computed.
        problem: the OrthoDiffusionError to be shown, None for none.
        message: what came of the last one, a sentence; empty for nothing.
        target: the segmentation node with the isotropic outlines; that of the last one afterwards.
        volume: the volume node whose slices are drawn in; as `target`.
        untouched: the fingerprint of `node` while nothing of it needed saving; None before it can be drawn in.
    """

    def __init__(self, scene, process, surfaces):
        self.changed = Signal()
        self._scene, self._process, self._surfaces = scene, process, surfaces
        self.node = self.target = self.volume = self.problem = None
        self.busy, self.message, self.untouched = False, "", None
        self._geometry = self._before = self._folder = None
        self._asked = 0
        self._ids = []  # of the target's segments, as `_before` numbers them from 1
        self._steps = StepRunner()

    @property
    def active(self):
        """Whether there is a correction that was not applied yet."""
        return self.node is not None and self._scene.IsNodePresent(self.node)

    def takeUp(self):
        """Go on with a correction that stands in the scene: the module was reloaded, or it came with a scene file."""
        for node in Provenance.madeByUs(self._scene, ROLE, "vtkMRMLSegmentationNode"):
            target, volume = node.GetNodeReference(_CORRECTS), Provenance.inputsOf(node).get(_PLANE)
            if target is not None and volume is not None:  # a copy that the user has made has neither
                self._begin(target, volume)
            elif target is not None:
                _show(target, True)

    def begin(self, target, volume, segmentId="", drawn=None):
        """Show the outlines in the slices of a volume and open the Segment Editor there.

        Args:
            target: the segmentation node with the isotropic outlines.
            volume: the volume node whose slices are drawn in.
            segmentId: the segment to begin with.
            drawn: path of a segmentation in these slices that was saved before it was applied; it is gone on with.
        """
        self._begin(target, volume, drawn, lambda: SegmentEditor.open_(self.node, volume, segmentId))

    def _begin(self, target, volume, drawn=None, onShown=None):
        if self.active or self.busy:
            return
        self.problem, self.message = None, ""
        try:
            layers = SegmentLayers.layersOf(target)
            if layers is None:
                raise OrthoDiffusionError(_("There are no outlines to correct"), remedy=_("Analyze the study first."))
            geometry = _slicesOf(volume, target)
            self._folder = temporaryFolder("slices-")
        except OrthoDiffusionError as error:
            self._fail(error)
            return
        self.target, self.volume, self._kept, self._onShown = target, volume, drawn, onShown
        self._geometry, self.untouched = geometry, None
        self.busy = True
        facts = {"grids": [_grid(layers.geometry), _grid(geometry)], "out": self._folder}
        data = FlatLabels.flat(layers).tobytes(order="F")
        self._asked = self._process.ask(
            "put_on", facts, data, lambda answer: self._show(answer, layers, geometry), self._fail
        )
        self.changed()

    def _show(self, answer, layers, geometry):
        self._steps.run(self._showing(answer["array"], layers, geometry), self._shown, self._fail)

    def _showing(self, path, layers, geometry):
        numbers = yield from read_array_in_steps(Path(path))
        if not (self._scene.IsNodePresent(self.target) and self._scene.IsNodePresent(self.volume)):
            raise OrthoDiffusionError(_("The outlines or the volume have left the scene"))
        self._before, self._ids = numbers.copy(order="F"), [record.id for record in layers.segments]
        segments = tuple(_numbered(record, number) for number, record in enumerate(layers.segments, 1))
        self.node = self._standing()
        if self.node is not None:  # with what was drawn in it; nothing of that is known to be on the disk
            self.untouched = ()
            return
        node = slicer.vtkMRMLSegmentationNode()
        node.SetName(_("Correction in {volume}").format(volume=self.volume.GetName()))
        node.SetAttribute(StudyReader.MADE_BY_US, ROLE)
        self.node = self._scene.AddNode(node)
        node.SetAndObserveTransformNodeID(self.target.GetTransformNodeID())
        node.CreateDefaultDisplayNodes()
        node.SetNodeReferenceID(Provenance.INPUT_ROLE + _PLANE, self.volume.GetID())
        node.SetNodeReferenceID(_CORRECTS, self.target.GetID())
        SegmentLayers.fill(node, LabelLayers((numbers,), geometry, segments))
        node.SetReferenceImageGeometryParameterFromVolumeNode(self.volume)
        yield
        if self._kept is not None:
            SegmentLayers.fill(node, read_layers(Path(self._kept)))
            yield
        self.untouched = SegmentLayers.fingerprint(node)

    def _standing(self):
        """The node of a correction of these outlines in these slices that stands in the scene; None for none."""
        for node in Provenance.madeByUs(self._scene, ROLE, "vtkMRMLSegmentationNode"):
            of = node.GetNodeReference(_CORRECTS), Provenance.inputsOf(node).get(_PLANE)
            if of == (self.target, self.volume):
                return node
        return None

    def _shown(self):
        self.busy = False
        self._tidy()
        if not self.active:
            self.forget(self.node)
            return
        _show(self.target, False)  # the same outlines twice would hide what is drawn
        if self._onShown is not None:
            self._onShown()
        self.changed()

    def apply(self, onDone=None, onFailed=None):
        """Carry what was drawn to the isotropic outlines; then the correction is over.

        Args:
            onDone: called without arguments.
            onFailed: called with an OrthoDiffusionError; the correction is still there.
        """
        if not self.active or self.busy:
            return
        self.problem = None
        try:
            layers, shown, after = self._toCarry()
            nothing = np.array_equal(after, shown)
            self._folder = None if nothing else temporaryFolder("slices-")
        except OrthoDiffusionError as error:
            self._failed(error, onFailed)
            return
        if nothing:
            self._end(_("Nothing was drawn; the outlines are as they were."))
            self._call(onDone)
            return
        before, seen = FlatLabels.flat(layers), SegmentLayers.fingerprint(self.target)
        self.busy = True
        view = _grid(self._geometry)
        facts = {"grids": [_grid(layers.geometry), view, view], "out": self._folder}
        data = b"".join(array.tobytes(order="F") for array in (before, shown, after))

        def take(answer):
            steps = self._taking(answer, layers, before, seen)
            self._steps.run(steps, lambda: self._call(onDone), lambda error: self._failed(error, onFailed))

        self._asked = self._process.ask("carry", facts, data, take, lambda error: self._failed(error, onFailed))
        self.changed()

    def _taking(self, answer, layers, before, seen):
        after = yield from read_array_in_steps(Path(answer["array"]))
        if SegmentLayers.fingerprint(self.target) != seen:
            raise OutputError(
                _("The isotropic outlines were edited meanwhile"), remedy=_("Apply the correction once more.")
            )
        shown3D = self.target.GetSegmentation().ContainsRepresentation("Closed surface")
        FlatLabels.write(self.target, layers, before, after)
        yield
        if shown3D:
            self._surfaces.make(self.target)
        yield
        names = [layers.segments[number - 1].name for number in answer["changed"]]
        self._end(_("Corrected: {names}.").format(names=", ".join(names)))

    def discard(self):
        """Forget what was drawn in the slices."""
        if not self.busy:
            self._end(_("The correction was discarded; the outlines are as they were."))

    def forget(self, node):
        """A node has left the scene; without its own there is no correction, and the outlines are seen again."""
        if node is self.node and not self.busy and not self._scene.IsClosing():
            self._end(_("The correction was discarded; the outlines are as they were."))

    def sceneCloses(self):
        """The scene goes, and with it what was not applied."""
        self.close()
        self.node = self.target = self.volume = self.problem = None
        self.busy, self.message = False, ""

    def close(self):
        """Nothing is computed any more; what was drawn stays in the scene, see `takeUp`."""
        self._process.forget(self._asked)
        self._steps.stop()
        self._tidy()

    def _toCarry(self):
        """The target's layers, and the flat arrays of the view's grid as it was shown and as it was drawn.

        Both are numbered as the segments of the target are now: segments may have come, gone or changed places.

        Raises:
            OrthoDiffusionError: if there is nothing that they could be carried to.
        """
        there = self._scene.IsNodePresent(self.target)
        layers = SegmentLayers.layersOf(self.target) if there else None
        after = self._drawn() if layers is not None else None
        if after is None:
            reason = (
                _("The isotropic outlines have left the scene")
                if layers is None
                else _("The correction lies on another grid than the view")
            )
            raise OrthoDiffusionError(reason, remedy=_("Discard the correction."))
        return layers, self._numbersNow(self._ids)[self._before], after

    def _numbersNow(self, ids):
        """Number of a segment in a list of IDs, from 1, → its number in the target; 0 for one that is gone."""
        now = list(self.target.GetSegmentation().GetSegmentIDs())
        return np.array([0, *(now.index(one) + 1 if one in now else 0 for one in ids)], np.uint8)

    def _drawn(self):
        """The flat array of the view's grid as it was drawn; None if it does not lie there any more."""
        layers, geometry = SegmentLayers.layersOf(self.node), self._geometry
        if layers is None:
            return np.zeros(geometry.shape, np.uint8, order="F")
        if len(layers.segments) > 255 or not _partOf(layers.geometry, geometry):
            return None
        numbers = self._numbersNow([record.id for record in layers.segments])[FlatLabels.flat(layers)]
        whole = np.zeros(geometry.shape, np.uint8, order="F")
        start = np.round(geometry.to_ijk(layers.geometry.origin_ras)).astype(int)
        low, high = np.maximum(start, 0), np.minimum(start + layers.geometry.shape, geometry.shape)
        inside = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
        there = tuple(slice(a, b) for a, b in zip(low - start, high - start, strict=True))
        whole[inside] = numbers[there]
        return whole

    def _end(self, message):
        node, self.node = self.node, None
        self.busy, self.message = False, message
        self._tidy()
        if node is not None and self._scene.IsNodePresent(node):
            FindingsNodes.removeWhole(self._scene, node)
        if self.target is not None and self._scene.IsNodePresent(self.target):
            _show(self.target, True)
        self.changed()

    def _fail(self, error):
        self._failed(error, None)

    def _failed(self, error, onFailed):
        if not isinstance(error, OrthoDiffusionError):
            error = OrthoDiffusionError(f"{type(error).__name__}: {error}")
        self.busy, self.problem = False, error
        self._tidy()
        if onFailed is not None:
            onFailed(error)
        self.changed()

    def _call(self, onDone):
        if onDone is not None:
            onDone()

    def _tidy(self):
        folder, self._folder = self._folder, None
        removeFolder(folder)


def _slicesOf(volume, target):
    """The grid of a volume node as a segmentation node has it, whatever transforms they lie under.

    Raises:
        OrthoDiffusionError: if one of these bends space.
    """
    geometry = StudyReader.worldGeometry(volume)
    return Geometry(geometry.shape, np.linalg.inv(toWorldOf(target)) @ geometry.affine)


def _show(node, visible):
    display = node.GetDisplayNode()
    if display is not None:
        display.SetVisibility(visible)


def _grid(geometry):
    return {"shape": list(geometry.shape), "affine": geometry.affine.tolist()}


def _numbered(record, number):
    return type(record)(record.id, record.name, record.colour, 0, number, dict(record.tags))


def _partOf(part, geometry):
    """Whether a grid is a part of another one, or of its continuation."""
    if not np.allclose(part.affine[:3, :3], geometry.affine[:3, :3], atol=1e-4):
        return False
    offset = geometry.to_ijk(part.origin_ras)
    return bool(np.abs(offset - np.round(offset)).max() < 1e-2)
