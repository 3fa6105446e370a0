"""The annotator's sitting: a worklist is opened, cases come and go, nothing that was drawn is dropped."""

import contextlib
import getpass
import json
from pathlib import Path

import qt
import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.annotation.case import PLANES, CaseState
from OrthoDiffusionLib.annotation.case_files import CaseRequest
from OrthoDiffusionLib.annotation.case_folder import READING, SEGMENTATION
from OrthoDiffusionLib.annotation.finding_cases import worklist_of_folder, worklist_of_table
from OrthoDiffusionLib.annotation.label_layers import KnownStructure
from OrthoDiffusionLib.annotation.names import reader_name
from OrthoDiffusionLib.annotation.worklist import DONE, before, next_open
from OrthoDiffusionLib.annotation.worklist_file import FILE_NAME, WorklistError
from OrthoDiffusionLib.errors import OrthoDiffusionError, OutputError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.annotation import CaseOpening, OwnStructures
from OrthoDiffusionSlicer.annotation.BackgroundAnalyses import BackgroundAnalyses
from OrthoDiffusionSlicer.annotation.CaseClock import CaseClock
from OrthoDiffusionSlicer.annotation.CaseProcess import CaseProcess
from OrthoDiffusionSlicer.annotation.CaseSaving import CaseSaving
from OrthoDiffusionSlicer.annotation.CaseSurfaces import CaseSurfaces
from OrthoDiffusionSlicer.annotation.OpenWorklist import OpenWorklist
from OrthoDiffusionSlicer.annotation.SliceCorrection import SliceCorrection
from OrthoDiffusionSlicer.annotation.TwoReaders import TwoReaders
from OrthoDiffusionSlicer.scene import StudyReader
from OrthoDiffusionSlicer.Signal import Signal
from OrthoDiffusionSlicer.StepRunner import StepRunner
from OrthoDiffusionSlicer.worker.TemporaryFolder import removeFolder, temporaryFolder

IDLE, OPENING, LEAVING = "idle", "opening", "leaving"
READER_SETTING = "OrthoDiffusion/Reader"


class Worklists:
    """What the panel's section ‘Worklist’ shows and asks for.

    Args:
        session: Session.

    Attributes:
        changed: Signal(): anything here is another.
        shown: Signal(plane name → volume node): a case has been opened.
        list: the OpenWorklist, None for none.
        case: the Case that is open, None for none.
        mark: what its nodes carry, see `CaseOpening.newMark`.
        state: IDLE, OPENING or LEAVING.
        done: whether the end was reached: no case is left to do.
        message: what happened last, a sentence; empty for nothing.
        problem: the OrthoDiffusionError to be shown, None for none.
        reader: who works.
        process: CaseProcess. saving: CaseSaving. background: BackgroundAnalyses. correction: SliceCorrection.
        readers: TwoReaders. surfaces: CaseSurfaces.
    """

    def __init__(self, session):
        self.changed, self.shown = Signal(), Signal()
        self._session, self.scene = session, session.scene
        self.list = self.case = self.problem = None
        self.state, self.done, self.message, self.mark = IDLE, False, "", ""
        self.reader = slicer.util.settingsValue(READER_SETTING, "") or _user()
        self.process = CaseProcess()
        self.saving = CaseSaving(self.process)
        self.saving.changed.connect(self._onSaving)
        self.background = BackgroundAnalyses(session, self)
        self.surfaces = CaseSurfaces(self.process)
        self.correction = SliceCorrection(session.scene, self.process, self.surfaces)
        self.correction.changed.connect(self._onCorrection)
        self.readers = TwoReaders(self)
        self.readers.changed.connect(self.tell)
        self._clock = CaseClock(self._onTime)
        self._steps, self._folder, self._asked = StepRunner(), None, 0
        self._place = ""  # name of the case from which ‘next’ goes on
        self._choices = None  # (Case, CaseOpening) whose study, side and planes the panel has not taken yet
        session.changed.connect(self.background.wake)
        session.parametersChanged.connect(self._applyChoicesLater)
        session.analyzed.connect(self._onAnalyzed)

    @property
    def busy(self):
        """Whether a case is being opened or saved."""
        return self.state != IDLE

    def tell(self):
        """Something is different: let everybody show it."""
        self.background.wake()
        self.changed()

    # The worklist

    def setReader(self, name):
        """Somebody else works from now on; the open case is saved under the name of before."""
        name = " ".join(name.split()) or _user()
        if name == self.reader:
            return
        path = self.list.path if self.list is not None else None

        def change():
            self.reader = name
            qt.QSettings().setValue(READER_SETTING, name)
            if path is not None:
                self.open(path)
            self.tell()

        self.close(change)

    def open(self, path):
        """Open a worklist; one that is open is closed first, its case saved."""
        self.close(lambda: self._attempt(lambda: self._open(Path(path))))

    def new(self, source, home=None):
        """Make a worklist of a folder of studies or of a table, and open it; one that is there already is opened.

        Args:
            source: path of the folder, or of the CSV table.
            home: folder for the worklist and the label maps; by default beside the source, ‘<name>-worklist’.
        """
        source = Path(source)
        home = Path(home) if home else source.with_name(f"{source.stem}-worklist")

        def make():
            path = home / FILE_NAME
            if path.is_file():
                self._open(path)
                self.message = _("This worklist was there before; it was opened.")
                return
            fresh = worklist_of_table(source, home) if source.is_file() else worklist_of_folder(source, home)
            try:
                home.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise OutputError(
                    _("The folder of the worklist cannot be made: {error}").format(error=error.strerror or error),
                    where=str(home),
                    remedy=_("Choose a folder you may write to; the images may stay where they are."),
                ) from error
            self._open(path, fresh)

        self.close(lambda: self._attempt(make))

    def close(self, then=None):
        """Close the worklist; its case is saved first, and stays open if that fails.

        Args:
            then: called without arguments once it is closed.
        """
        self._leave(lambda: self._closed(then))

    def _closed(self, then=None):
        if self.list is None:
            self._closedNow(then)
            return
        self.state = LEAVING
        self.list.close(lambda: self._closedNow(then), self._closingFailed)
        self.tell()

    def _closedNow(self, then):
        self.list, self.state = None, IDLE
        self.done, self._place, self.message = False, "", ""
        if then is not None:
            then()
        self.tell()

    def _closingFailed(self, error):
        self.state, self.problem = IDLE, error
        self.tell()

    def _open(self, path, fresh=None):
        self.list = OpenWorklist(path, reader_name(self.reader), self.process, fresh)
        self.list.changed.connect(self.tell)
        self._attempt(self.process.start)
        self.done = self.list.worklist.all_done(self.list.reader)
        # Where the reader was last: ‘next’ begins there, unless that case is done by now.
        worklist, order = self.list.worklist, self.list.ordered()
        was = worklist.case(worklist.current)
        begin = was is not None and was.state(self.list.reader) not in DONE
        at = order.index(was) if was is not None else 0
        self._place = order[at - 1].name if begin and at else "" if begin else worklist.current
        self.message = ""

    # Cases

    def next(self):
        """Save the open case and open the next one that is not done; without one the end is reached."""
        if self.list is None:
            return
        case = next_open(self.list.ordered(), self._place, self.list.reader)
        if case is None and self.case is not None and self.case.state(self.list.reader) not in DONE:
            self.message = _("No other case is left: complete or flag this one.")
            self.tell()
            return
        if case is None and self.case is None:
            case = self._unfinished()
        self._leave(self._end if case is None else lambda: self._bring(case))

    def previous(self):
        """Save the open case and open the one before it in the list, whatever its state."""
        if self.list is None:
            return
        case = before(self.list.ordered(), self._place)
        if case is not None:
            self.openCase(case.name)

    def openCase(self, name):
        """Save the open case and open this one; a finished one comes back as it was left."""
        case = self.list.worklist.case(name) if self.list is not None else None
        if self.state == OPENING and name == self._place:
            return  # it is on its way
        if case is not None and (case is not self.case or self.state != IDLE):
            self._leave(lambda: self._bring(case))

    def _unfinished(self):
        """The case that was left a moment ago, if it is the only one that is not done; None if there is none."""
        case = self.list.worklist.case(self._place)
        return case if case is not None and case.state(self.list.reader) not in DONE else None

    def _end(self):
        self.done, self.message = True, ""
        self.tell()

    def _bring(self, case):
        """Let the other process read a case, then take it up in steps."""
        self.state, self.problem, self.message, self.done = OPENING, None, "", False
        self._place = case.name
        try:
            self._folder = temporaryFolder("case-")
        except OutputError as error:
            self._fail(case, error)
            return
        facts = {**self._request(case).as_dict(), "out": self._folder}
        self._asked = self.process.ask(
            "bring", facts, onDone=lambda answer: self._take(case), onError=lambda error: self._fail(case, error)
        )
        self.tell()

    def _request(self, case):
        opened = self.list
        folder, saved = opened.folder(case), opened.folder(case).latest(opened.reader)
        if saved is not None:
            segmentation, origin = str(saved.segmentation), "version" if saved.version else "autosave"
        else:
            segmentation, origin = (opened.fullPath(case.label_map), "label map") if case.label_map else ("", "")
        analysed = folder.analysis.joinpath("findings.json").is_file()
        return CaseRequest(
            tuple(opened.fullPath(path) for path in case.files),
            {plane: opened.fullPath(path) for plane, path in case.planes.items()},
            segmentation,
            origin,
            str(saved.reading) if saved is not None else "",
            str(folder.analysis) if analysed else "",
            self._known(),
        )

    def _known(self):
        joint = [
            KnownStructure(one.name, Words.named(one.name, one.title), one.label, one.colour_unit)
            for one in self._session.joint.structures
        ]
        own = [KnownStructure(one.name, one.name, one.label, OwnStructures.colourOf(one))
               for one in self.list.worklist.structures]  # fmt: skip
        return (*joint, *own)

    def _take(self, case):
        joint, side = self._session.joint, Side.from_text(case.side) if case.side else None
        self.mark = CaseOpening.newMark(case.name)
        opening = CaseOpening.CaseOpening(self.scene, self._folder, case.name, self.mark, joint, side)
        self._steps.run(opening.steps(), lambda: self._opened(case, opening), lambda error: self._fail(case, error))

    def _opened(self, case, opening):
        self._tidy()
        opened, self.state, self.case = self.list, IDLE, case
        opened.worklist.current = case.name
        folder = opened.folder(case)
        OwnStructures.addTo(opening.segmentation, opened.worklist.structures)
        self.saving.start(
            opening.segmentation,
            lambda: self._tableOf(opening.mark),
            folder.autosave(opened.reader),
            lambda: folder.next_version(opened.reader),
            self._wanted,
            opening.origin == "autosave",
            opening.reading,
            lambda: self._correctionOf(folder.slices(opened.reader)),
        )
        work = case.work(opened.reader)
        if work.state is CaseState.NOT_STARTED:
            work.state = CaseState.IN_PROGRESS
        opened.touch(case)
        self._clock.start()
        self.readers.forget()
        self.message = self._howOpened(case, opening)
        self._session.showResults(opening.table)
        self._session.inputs.findOwn()
        self._choices = (case, opening)
        self._applyChoices()
        self.shown(opening.inputs)
        if self._session.parameters is None or self._session.parameters.show3D:
            self.surfaces.make(opening.segmentation)
        self._resume(folder.slices(opened.reader), opening.volumes)
        self.tell()

    def _applyChoicesLater(self, parameters):
        if parameters is not None and self._choices is not None:
            qt.QTimer.singleShot(0, self._applyChoices)

    def _applyChoices(self):
        """Study, side and planes of the case: none of what was chosen for the case before may be left.

        Called again when the panel is shown, as nothing can be chosen while it is not.
        """
        session = self._session
        if self._choices is None or session.parameters is None or session.analysis.busy:
            return
        (case, opening), self._choices = self._choices, None
        if case is not self.case:
            return
        session.chooseSide(case.side or "automatic")
        studies = StudyReader.loadedStudies(self.scene)
        home = next((study.name for study in studies if opening.volumes[0] in study.nodes), None)
        if home is not None:
            session.chooseStudy(home)
        # A table that names planes, and no folder besides, means these and no others.
        named = case.planes if case.images else PLANES if case.planes else ()
        for plane in named:
            session.chooseVolume(plane, opening.inputs.get(plane) if plane in case.planes else None)

    def _correctionOf(self, folder):
        """What is being drawn in slices, for CaseSaving."""
        correction = self.correction
        if not (correction.active and self._isOfCase(correction.target)) or correction.untouched is None:
            return None
        image = correction.volume.GetAttribute(CaseOpening.IMAGE_ATTRIBUTE)
        return correction.node, folder, {"volume": image}, correction.untouched

    def _isOfCase(self, outlines):
        return self.case is not None and CaseOpening.belongsTo(outlines, self.mark)

    def _resume(self, folder, volumes):
        """Go on with a correction in slices that was saved by itself and not applied."""
        drawn = folder / SEGMENTATION
        if not drawn.is_file():
            return
        with contextlib.suppress(OSError, ValueError, AttributeError):
            name = json.loads((folder / READING).read_text(encoding="utf-8")).get("volume")
            named = {node.GetAttribute(CaseOpening.IMAGE_ATTRIBUTE): node for node in volumes}
            volume = named.get(name)
            if volume is not None:
                self.message += " " + _("A correction in slices was not applied yet; it is shown again.")
                self.correction.begin(self.saving.node, volume, drawn=drawn)

    def _onCorrection(self):
        """Once it was applied or discarded, what was saved of it is of no use any more."""
        correction = self.correction
        over = bool(correction.message) and not correction.active and not correction.busy
        if over and self._isOfCase(correction.target):
            self.saving.dropBeside(self.list.folder(self.case).slices(self.list.reader))
        self.tell()

    def _howOpened(self, case, opening):
        words = {
            "autosave": _("Opened with what was saved by itself before Slicer ended."),
            "version": _("Opened as you left it."),
            "label map": _("Opened with the label map that came with it."),
            "analysis": _("Opened with the predicted outlines."),
        }.get(opening.origin, _("Opened without outlines: analyze it, or draw."))
        return " ".join((words, *opening.notices))

    def _fail(self, case, error):
        """A case cannot be opened: said, and the others go on."""
        self._steps.stop()
        CaseOpening.remove(self.scene, self.mark)
        self._tidy()
        self.state = IDLE
        if not isinstance(error, OrthoDiffusionError):
            error = OrthoDiffusionError(f"{type(error).__name__}: {error}")
        words, where = error.words(Words.LANGUAGE), error.where_in(Words.LANGUAGE)
        remedy = _("{remedy} The other cases can be opened as before.").format(remedy=words.remedy).strip()
        what = _("‘{case}’ cannot be opened: {what}").format(case=case.name, what=words.what)
        self.problem = WorklistError(what, where=where, remedy=remedy)
        self.tell()

    def _wanted(self):
        """Structure's key → its label value in files."""
        wanted = {one.name: one.label for one in self._session.joint.structures}
        if self.list is not None:
            wanted |= {one.name: one.label for one in self.list.worklist.structures}
        return wanted

    def _tableOf(self, mark):
        """The findings table of a case; never one of another study, whatever the panel shows."""
        results = self._session.results
        return CaseOpening.tableOf(self.scene, mark, results.table if results is not None else None)

    def _onAnalyzed(self, volumes):
        """The outlines of a new analysis may lie beside the case's own, which somebody is drawing in."""
        case, results = self.case, self._session.results
        if case is None or results is None or not CaseOpening.belongsTo(results.table, self.mark):
            return
        if results.segmentation is not None:
            self.saving.include(results.segmentation)

    # Leaving

    def _leave(self, then):
        """Save what is open, take it out of the scene, and go on; on failure it stays open and the user is told."""
        if self.state == LEAVING:
            return
        if self.correction.busy:
            self.message = _("The correction in slices is being computed; please try again in a moment.")
            self.tell()
            return
        if self.correction.active and self.case is None:  # else it would be taken for a part of the next case
            self.problem = WorklistError(Message("worklist", "correction_first"))
            self.tell()
            return
        if self.state == OPENING:  # the user has changed his mind
            self.process.forget(self._asked)
            self._steps.stop()
            CaseOpening.remove(self.scene, self.mark)
            self._tidy()
            self.state = IDLE
        if self.case is None:
            self.problem = None
            then()
            return
        self.state = LEAVING
        self.tell()
        if self.correction.active:  # what was drawn in slices belongs to the case as well
            self.correction.apply(lambda: self._saveAndGo(then), self._stay)
        else:
            self._saveAndGo(then)

    def _saveAndGo(self, then):
        case = self.case
        self.saving.finish(lambda folder: self._left(case, then), lambda error: self._stay(error, case))

    def _stay(self, error, case=None):
        if self.case is None or case not in (None, self.case):
            return  # the scene was closed meanwhile, which saves the case and tells of it
        self.state = IDLE
        words, where = error.words(Words.LANGUAGE), error.where_in(Words.LANGUAGE)
        what = _("‘{case}’ was not saved and stays open: {what}").format(case=self.case.name, what=words.what)
        self.problem = OutputError(what, where=where, remedy=words.remedy)
        self.tell()

    def _left(self, case, then):
        if self.case is not case:
            return  # the scene was closed meanwhile, and the case with it
        self.case = None
        self._session.analysis.run.abort(_("The case was changed; the analysis was stopped"))
        self._clock.stop()
        self.surfaces.stop()
        self.saving.stop()
        self.readers.forget()
        self.state, self.problem = IDLE, None
        self._session.showResults(None)
        CaseOpening.remove(self.scene, self.mark)
        if self.list is not None:
            self.list.save()
        then()
        self.tell()

    def onSceneStartClose(self):
        """The scene goes: what was drawn is copied now and written by the other process."""
        if self.state == OPENING:
            self.process.forget(self._asked)
            self._steps.stop()
            self._tidy()
        self.state = IDLE
        self.surfaces.stop()
        if self.case is not None:
            self.saving.tickBesides(atOnce=True)
        self.correction.sceneCloses()
        case, self.case = self.case, None
        if case is None:
            return

        def unplaced(error):
            values = {"case": case.name}
            self.problem = OutputError(Message("scene", "case_saved_unmoved", values), where=error.where)

        self.saving.finish(lambda folder: None, lambda error: self._lateFailure(case, error), unplaced)
        self.saving.stop()
        self._clock.stop()
        self.list.save()
        self.message = _("The scene was closed; ‘{case}’ was saved.").format(case=case.name)
        self.tell()

    def _lateFailure(self, case, error):
        words, where = error.words(Words.LANGUAGE), error.where_in(Words.LANGUAGE)
        what = _("‘{case}’ was not saved when the scene was closed: {what}").format(case=case.name, what=words.what)
        self.problem = OutputError(what, where=where, remedy=words.remedy)
        self.tell()

    def shutDown(self):
        """Slicer closes or the module is reloaded: everything is on the disk when this returns, if it can be."""
        self._session.changed.disconnect(self.background.wake)
        self._session.parametersChanged.disconnect(self._applyChoicesLater)
        self._session.analyzed.disconnect(self._onAnalyzed)
        self.background.close()
        self._clock.stop()
        self._steps.stop()
        self.surfaces.stop()
        self.process.finish()
        with contextlib.suppress(OrthoDiffusionError):  # there is nobody left to be told
            self.saving.flush()
        self.saving.stop()
        self.correction.close()
        self.readers.close()
        self.process.stop()
        if self.list is not None:
            with contextlib.suppress(OrthoDiffusionError):
                self.list.closeNow()
        self.list = self.case = None
        self._tidy()

    # What the reader says

    def setState(self, state):
        """State of the open case; it is saved as well."""
        if self.case is None:
            return
        self.case.work(self.list.reader).state = state
        self.list.touch(self.case)
        self.saving.tick()
        self.tell()

    def setNote(self, text):
        """Note on the open case."""
        if self.case is not None and self.case.work(self.list.reader).note != text:
            self.case.work(self.list.reader).note = text
            self.list.touch(self.case)
            self.tell()

    def setOrder(self, order):
        """How the cases follow each other."""
        if self.list is not None and self.list.worklist.order is not order:
            self.list.worklist.order = order
            self.list.save()
            self.tell()

    def setBackground(self, wanted):
        """Whether the next cases are analysed in the background."""
        self.background.wanted = wanted
        self.tell()

    def addStructure(self, name):
        """A structure of the user's own, in this case and in every one that is opened later."""
        if self.list is None:
            return
        try:
            self.list.worklist.add_structure(name)
        except ValueError as error:
            self.problem = WorklistError(str(error), remedy=_("Give the structure a name; at most 155 can be added."))
            self.tell()
            return
        self.list.save()
        if self.case is not None:
            OwnStructures.addTo(self.saving.node, self.list.worklist.structures)
        self.tell()

    def retry(self):
        """Try again what could not be written."""
        self.problem = None
        self.saving.retry()
        self.saving.tick()
        if self.list is not None:
            self.list.save()
        self.tell()

    def _onTime(self, seconds):
        if self.case is not None:
            self.case.work(self.list.reader).seconds += seconds

    def _onSaving(self):
        self.tell()

    def _attempt(self, action):
        self.problem = None
        try:
            action()
        except OrthoDiffusionError as error:
            self.problem = error
        self.tell()

    def _tidy(self):
        folder, self._folder = self._folder, None
        removeFolder(folder)


def _user():
    """The name of who is logged in; some computers do not know it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "reader"
