"""The node's spool: what was received and how far it is, on the disk, so that no kill loses anything.

spool/<Study Instance UID>/images/<SOP Instance UID>.dcm      complete files alone
spool/<Study Instance UID>/state.json                         how far the study is
spool/.incoming/                                              files that are being written
spool/.done/<Study Instance UID>.json, or a folder of it       what is finished
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from OrthoDiffusionLib.archive.instance_file import ENDING, instance_name, kept_instances
from OrthoDiffusionLib.archive.query import is_uid
from OrthoDiffusionLib.errors import ArchiveError, OrthoDiffusionError
from OrthoDiffusionLib.messages import ENGLISH, Language, Message
from OrthoDiffusionLib.volumes.files.atomic import make_folder, write_text

RECEIVING, ANALYSED, HELD, FAILED, DONE = "receiving", "analysed", "held", "failed", "done"
_STAGES = (RECEIVING, ANALYSED, HELD, FAILED, DONE)
_IMAGES, _STATE, _DONE, _INCOMING = "images", "state.json", ".done", ".incoming"
SETTLED_NS = 5_000_000_000
"""A folder that changed less than so long ago may change again without showing it: file systems count time in steps."""

DAYS_OF_RECORDS = 90
"""So long it is remembered that a study is finished."""


@dataclass(frozen=True)
class State:
    """How far a study is.

    Attributes:
        stage: one of the words above.
        instances: how many the stage is about, and `fingerprint` which ones; others that came later make it
            `receiving` again.
        attempts: at what comes next.
        not_before: seconds since the epoch; the next attempt comes no earlier.
        results: names of the results folders.
        reason: why it failed or is held, in English; may name a series, so it is never logged.
        problem: the parts of the error that says so, for other languages; empty in files of older versions.
    """

    stage: str = RECEIVING
    instances: int = 0
    fingerprint: str = ""
    attempts: int = 0
    not_before: float = 0.0
    results: tuple[str, ...] = ()
    reason: str = ""
    problem: Mapping[str, Any] = field(default_factory=dict, hash=False)

    @classmethod
    def stopped(cls, stage: str, instances: int, fingerprint: str, error: Exception) -> State:
        """Failed or held, of an error."""
        problem = error.as_dict() if isinstance(error, OrthoDiffusionError) else {}
        return cls(stage, instances, fingerprint, reason=str(error), problem=problem)

    def why(self, language: Language = ENGLISH) -> str:
        """The reason in a language."""
        try:
            return OrthoDiffusionError.from_dict(self.problem).in_full(language)
        except (KeyError, TypeError, ValueError, AttributeError):  # there is none, or it is damaged
            return self.reason

    @classmethod
    def from_text(cls, text: str) -> State:
        """As written by `to_text`; what is damaged counts as just received."""
        try:
            content = json.loads(text)
            known = {part.name for part in fields(cls)}
            values = {name: value for name, value in content.items() if name in known}
            state = cls(**{**values, "results": tuple(values.get("results", ()))})
            return state if state.stage in _STAGES else cls()
        except (ValueError, TypeError, AttributeError):
            return cls()

    def to_text(self) -> str:
        return json.dumps(asdict(self), indent=1) + "\n"


class SameUidOtherContent(Exception):
    """An instance came whose UID belongs to another one already."""


@dataclass(frozen=True)
class SpooledStudy:
    """A study in the spool.

    Attributes:
        folder: its own.
        known: study -> (when its images changed last, what they were then), so that what waits for somebody costs
            nothing; shared by all studies of a spool.
    """

    folder: Path
    known: dict[str, tuple[int, tuple[int, str]]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def uid(self) -> str:
        return self.folder.name

    @property
    def key(self) -> str:
        """What logs call it: a digest, which names nobody."""
        return key_of(self.uid)

    @property
    def images(self) -> Path:
        return self.folder / _IMAGES

    @property
    def last_arrival(self) -> float:
        """When its last instance came, seconds since the epoch."""
        try:
            return self.images.stat().st_mtime
        except OSError:
            return time.time()

    def content(self) -> tuple[int, str]:
        """How many instances there are, and a digest of which."""
        try:
            changed = self.images.stat().st_mtime_ns
        except OSError:
            changed = 0
        if changed and self.known.get(self.uid, (0,))[0] == changed:
            return self.known[self.uid][1]
        names = sorted(kept_instances(self.images))
        content = len(names), hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
        if changed and time.time_ns() - changed > SETTLED_NS:
            self.known[self.uid] = changed, content
        return content

    @property
    def written_state(self) -> State:
        """As it was written last."""
        try:
            return State.from_text((self.folder / _STATE).read_text(encoding="utf-8"))
        except OSError:
            return State()

    def state(self) -> State:
        """How far it is; `receiving` again if instances came since that was written."""
        state, content = self.written_state, self.content()
        if state.stage != RECEIVING and (state.instances, state.fingerprint) != content:
            return State()
        return state

    def write_state(self, state: State) -> None:
        """Raises OutputError if the disk is full."""
        write_text(self.folder / _STATE, state.to_text())


def key_of(study_uid: str) -> str:
    """What logs call a study."""
    return hashlib.sha256(study_uid.encode()).hexdigest()[:10]


@dataclass
class Spool:
    """The folder of a node. One node at a time holds it.

    Attributes:
        folder: made if missing, readable by its owner alone.
    """

    folder: Path
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)
    _claimed: set[str] = field(default_factory=set, repr=False)
    _known: dict[str, tuple[int, tuple[int, str]]] = field(default_factory=dict, repr=False)

    def open(self) -> None:
        """Make the folder, and clear what a killed node has left half-written.

        Raises:
            OutputError: if that is not allowed.
        """
        for one in (self.folder, self.folder / _DONE, self.folder / _INCOMING):
            make_folder(one)
        with contextlib.suppress(OSError):
            self.folder.chmod(0o700)
        for path in (self.folder / _INCOMING).iterdir():
            if path.is_dir():  # a finished study that was being deleted
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
        limit = time.time() - DAYS_OF_RECORDS * 86400
        for path in (self.folder / _DONE).glob("*.json"):
            if path.stat().st_mtime < limit:
                path.unlink(missing_ok=True)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder for as long as the block lasts.

        Raises:
            ArchiveError: if another node holds it.
        """
        from filelock import FileLock, Timeout

        lock = FileLock(self.folder / ".lock")
        try:
            lock.acquire(timeout=0)
        except Timeout:
            raise ArchiveError(Message("archive", "spool_taken"), where=str(self.folder)) from None
        try:
            yield
        finally:
            lock.release()

    def studies(self) -> list[SpooledStudy]:
        """Those that are not finished, the one that waits longest first."""
        paths = [path for path in self.folder.iterdir() if is_uid(path.name) and path.is_dir()]
        for uid in self._known.keys() - {path.name for path in paths}:
            self._known.pop(uid, None)
        found = [SpooledStudy(path, self._known) for path in paths]
        return sorted(found, key=lambda study: (study.last_arrival, study.uid))

    def study(self, study_uid: str) -> SpooledStudy:
        """A study by its UID, which must be one."""
        if not is_uid(study_uid):
            raise ValueError("a study's UID must be digits and dots")
        return SpooledStudy(self.folder / study_uid, self._known)

    def free_bytes(self) -> int:
        return shutil.disk_usage(self.folder).free

    def store(self, study_uid: str, sop_instance_uid: str, content: bytes) -> bool:
        """Keep one instance; when this returns it is on the disk.

        Args:
            study_uid: of its study.
            sop_instance_uid: of itself.
            content: the whole file.

        Returns:
            Whether it is new; False for one that is there already.

        Raises:
            Damaged: if a UID is none.
            SameUidOtherContent: if another instance has its UID.
            OSError: if the disk is full.
        """
        name = instance_name(sop_instance_uid)
        study = self.study(study_uid)
        path = study.images / name
        incoming = self.folder / _INCOMING / f"{uuid.uuid4().hex}{ENDING}"
        if path.exists():
            return self._again(path, content)
        try:
            with incoming.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            with self._lock:  # a study is not finished between these lines
                study.images.mkdir(parents=True, exist_ok=True)
                if path.exists():  # on two associations at once
                    return self._again(path, content)
                incoming.replace(path)
            _sync_folder(study.images)
        finally:
            incoming.unlink(missing_ok=True)
        return True

    def _again(self, path: Path, content: bytes) -> bool:
        if path.read_bytes() != content:
            raise SameUidOtherContent
        return False

    @contextlib.contextmanager
    def claimed(self, study: SpooledStudy) -> Iterator[bool]:
        """Whether this thread alone works on a study, for as long as the block lasts."""
        with self._lock:
            mine = study.uid not in self._claimed
            if mine:
                self._claimed.add(study.uid)
        try:
            yield mine
        finally:
            if mine:
                with self._lock:
                    self._claimed.discard(study.uid)

    def finish(self, study: SpooledStudy, *, keep: bool) -> bool:
        """Take a study out of the work.

        Args:
            study: its written state says of which instances its results are.
            keep: keep the images, too.

        Returns:
            False if instances came meanwhile; then it stays.
        """
        done = self.folder / _DONE
        with self._lock:
            state = study.written_state
            if (state.instances, state.fingerprint) != study.content():
                return False
            final = replace(state, stage=DONE, attempts=0, not_before=0.0)
            write_text(done / f"{study.uid}.json", final.to_text())
            if keep:
                study.write_state(final)
                shutil.rmtree(done / study.uid, ignore_errors=True)
                study.folder.replace(done / study.uid)
                return True
            going = self.folder / _INCOMING / uuid.uuid4().hex
            study.folder.replace(going)
        shutil.rmtree(going, ignore_errors=True)
        return True

    def finished_before(self, study: SpooledStudy) -> State | None:
        """The state in which a study was finished earlier, if it was."""
        try:
            return State.from_text((self.folder / _DONE / f"{study.uid}.json").read_text(encoding="utf-8"))
        except OSError:
            return None

    def take_back(self, study: SpooledStudy) -> bool:
        """Bring the kept images of a study that was finished before together with those that came later."""
        kept = self.folder / _DONE / study.uid / _IMAGES
        if not kept.is_dir():
            return False
        with self._lock:
            for path in kept.iterdir():
                if not (study.images / path.name).exists():
                    path.replace(study.images / path.name)
            shutil.rmtree(kept.parent, ignore_errors=True)
        return True


def _sync_folder(folder: Path) -> None:
    """The name of a file is on the disk, too; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
