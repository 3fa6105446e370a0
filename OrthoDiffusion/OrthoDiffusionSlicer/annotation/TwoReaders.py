"""Two readers' outlines of the open case: side by side in the scene, compared, and the version that counts."""

import json
from pathlib import Path

from slicer.i18n import tr as _

from OrthoDiffusionLib.annotation.case import FinalVersion
from OrthoDiffusionLib.annotation.case_files import CASE, LAYERS, CaseRequest
from OrthoDiffusionLib.annotation.frames import layers_of
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError, StudyError
from OrthoDiffusionLib.moment import now
from OrthoDiffusionLib.volumes.files.array_steps import read_array_in_steps
from OrthoDiffusionSlicer.annotation import SegmentLayers
from OrthoDiffusionSlicer.annotation.CaseOpening import CASE_ATTRIBUTE
from OrthoDiffusionSlicer.scene import FindingsNodes
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.StepRunner import StepRunner
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder


class TwoReaders:
    """Compares the open case with another reader's, and writes the final version.

    Args:
        worklists: Worklists.

    Attributes:
        changed: Signal().
        other: the other reader, empty before a comparison.
        rows: what the comparison says: dicts of key, title, dice, mean_mm, worst_mm, one_ml, other_ml.
        node: the segmentation node of the other reader's outlines, None for none.
        sources: structure's key → reader whose outline becomes final.
        busy: whether something is being read or computed.
        problem: the OrthoDiffusionError to be shown, None for none.
        message: what came of it, a sentence; empty for nothing.
    """

    def __init__(self, worklists):
        self.changed = Signal()
        self._worklists, self._steps, self._folder = worklists, StepRunner(), None
        self.busy, self.problem, self.message = False, None, ""
        self.forget()

    def forget(self):
        """Another case is open, or none."""
        self.other, self.rows, self.node, self.sources = "", [], None, {}

    def others(self):
        """The other readers that have left a version of the open case."""
        worklists = self._worklists
        if worklists.case is None:
            return []
        me = worklists.list.reader
        return [reader for reader in worklists.list.folder(worklists.case).readers() if reader != me]

    def compare(self, other):
        """Save the open case, compare it with another reader's newest version and show that one's outlines."""
        worklists = self._worklists
        if worklists.case is None or worklists.busy or self.busy:
            return
        self._begin()
        case = worklists.case  # when it is saved, another one may be open
        worklists.saving.finish(lambda _folder: self._compare(case, other), self._fail)

    def _compare(self, case, other):
        if self._worklists.case is not case:
            self._end("")
            return
        folder = self._worklists.list.folder(case)
        mine, theirs = folder.latest(self._worklists.list.reader), folder.latest(other)
        if mine is None or theirs is None:
            self._fail(StudyError(_("There is nothing of your own to compare yet"), remedy=_("Draw first.")))
            return
        facts = {"one": str(mine.segmentation), "other": str(theirs.segmentation)}
        self._worklists.process.ask(
            "compare", facts, onDone=lambda answer: self._show(case, other, theirs, answer["rows"]), onError=self._fail
        )

    def _show(self, case, other, theirs, rows):
        if self._worklists.case is not case:
            self._end("")
            return
        try:
            self._folder = temporaryFolder("reader-")
        except OutputError as error:
            self._fail(error)
            return
        self.other, self.rows = other, rows
        self.sources = {row["key"]: self._worklists.list.reader for row in rows}
        request = CaseRequest((), segmentation=str(theirs.segmentation), origin="version")
        facts = {**request.as_dict(), "out": self._folder}

        def take(_answer):
            self._steps.run(self._showing(case), lambda: self._end(""), self._fail)

        self._worklists.process.ask("bring", facts, onDone=take, onError=self._fail)

    def _showing(self, case):
        content = json.loads((Path(self._folder) / CASE).read_text(encoding="utf-8"))
        data = yield from read_array_in_steps(Path(self._folder) / LAYERS)
        if self._worklists.case is not case:
            return
        scene = self._worklists.scene
        if self.node is not None and scene.IsNodePresent(self.node):
            FindingsNodes.removeWhole(scene, self.node)
        title = _("{case}, {reader}").format(case=case.name, reader=self.other)
        node = self.node = scene.AddNewNodeByClass("vtkMRMLSegmentationNode", title)
        node.SetAttribute(CASE_ATTRIBUTE, self._worklists.mark)
        node.CreateDefaultDisplayNodes()
        SegmentLayers.fill(node, layers_of(content["layers"], data.tobytes()))
        display = node.GetDisplayNode()  # lines alone, so that one's own outlines can be seen below them
        display.SetVisibility2DFill(False)
        display.SetVisibility3D(False)
        yield

    def choose(self, key, reader):
        """Take one structure of the final version from this reader."""
        if key in self.sources:
            self.sources[key] = reader
            self.changed()

    def finalise(self):
        """Write the version that counts: each structure from the reader that was chosen, the rest from this one."""
        worklists = self._worklists
        if worklists.case is None or worklists.busy or self.busy:
            return
        self._begin()
        case = worklists.case
        worklists.saving.finish(lambda _folder: self._finalise(case), self._fail)

    def _finalise(self, case):
        if self._worklists.case is not case:
            self._end("")
            return
        opened = self._worklists.list
        folder, me = opened.folder(case), opened.reader
        base, sources = folder.latest(me), {}
        for key, reader in self.sources.items():
            state = folder.latest(reader)
            if reader != me and state is not None:
                sources[key] = str(state.segmentation)
        if base is None:
            self._fail(StudyError(_("Nothing of this case was saved yet"), remedy=_("Draw first.")))
            return
        target = folder.next_final()
        taken = {key: self.sources[key] for key in sources}
        final = FinalVersion(me, now(), int(target.name[1:]), taken)
        facts = {"base": str(base.segmentation), "sources": sources, "folder": str(target), "record": final.as_dict()}

        def done(_answer):
            case.final = final
            opened.save()
            self._end(
                _("This version of ‘{case}’ counts now; it is in {folder}.").format(case=case.name, folder=target)
            )
            self._worklists.tell()

        self._worklists.process.ask("finalise", facts, onDone=done, onError=self._fail)

    def close(self):
        self._steps.stop()
        self._tidy()

    def _begin(self):
        self.busy, self.problem, self.message = True, None, ""
        self.changed()

    def _end(self, message):
        self.busy, self.message = False, message
        self._tidy()
        self.changed()

    def _fail(self, error):
        if not isinstance(error, OrthoDiffusionError):
            error = OrthoDiffusionError(f"{type(error).__name__}: {error}")
        self.problem = error
        self._end("")

    def _tidy(self):
        folder, self._folder = self._folder, None
        removeFolder(folder)
