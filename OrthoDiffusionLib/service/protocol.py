"""The protocol between a client and the worker, as data: one message is one line of JSON in UTF-8.

Requests: Analyze, Batch, Cancel, Quit. Answers: Hello and Ready once; then for each request any number of Step (and
Row, for a batch), and exactly one of Result, BatchResult, Cancelled, Failure. Fields that a reader does not know are
passed over, so that a later version may add some.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.messages.message import made_of
from OrthoDiffusionLib.progress import Progress

PROTOCOL = 1

_IF_ANY = ("made", "message", "place")
"""Fields that are left out where they are empty: what makes the words of a message."""

_OTHER_VERSIONS = "The panel and the worker may be of different versions."


class MessageError(OrthoDiffusionError):
    """A line is no message of this protocol.

    Attributes:
        identifier: of the request that it belongs to, as it was sent; None if it has none.
    """

    def __init__(self, what: str, *, identifier: object = None, remedy: str = _OTHER_VERSIONS, **parts: str) -> None:
        super().__init__(what, remedy=remedy, **parts)
        self.identifier = identifier


@dataclass(frozen=True)
class _Message:
    """Its fields as they stand in JSON; `TYPE` is the value of the key ``type``."""

    TYPE: ClassVar[str]

    def as_dict(self) -> dict[str, Any]:
        values = {part.name: getattr(self, part.name) for part in fields(self)}
        return {"type": self.TYPE, **{name: value for name, value in values.items() if name not in _IF_ANY or value}}

    def to_line(self) -> bytes:
        """One line with its end; letters beyond ASCII are escaped, so that any file name passes."""
        return json.dumps(self.as_dict()).encode("ascii") + b"\n"


# Requests

DEVICES = ("auto", "cpu", "cuda")
PRECISIONS = ("auto", "bfloat16", "float32")


@dataclass(frozen=True)
class Options:
    """How to analyse.

    Attributes:
        device: "auto", "cpu" or "cuda".
        overwrite: replace an older results folder.
        arrays: hand the results back as arrays, the way volumes are handed in; see `findings.array_results`.
        clinical: what the referral says: column → value.
        precision: "auto", "bfloat16" or "float32".
        threads: of the processor; 0 for as many as torch takes by itself.
        dicom: write DICOM objects as well; see `dicom_objects`.
        language: code, of reports and pictures; data stay English.
    """

    device: str = "auto"
    overwrite: bool = False
    arrays: bool = False
    clinical: Mapping[str, object] = field(default_factory=dict)
    precision: str = "auto"
    threads: int = 0
    dicom: bool = False
    language: str = "en"

    def as_dict(self) -> dict[str, Any]:
        return {**{part.name: getattr(self, part.name) for part in fields(self)}, "clinical": dict(self.clinical)}

    @classmethod
    def from_dict(cls, content: object, identifier: str) -> Options:
        content = content if isinstance(content, Mapping) else {}
        clinical = content.get("clinical") or {}
        if not isinstance(clinical, Mapping):
            raise MessageError(
                "The request's clinical values are no object of columns and values", identifier=identifier
            )
        flags = {name: bool(content.get(name, False)) for name in ("overwrite", "arrays", "dicom")}
        precision, threads = content.get("precision", "auto"), content.get("threads", 0)
        if precision not in PRECISIONS:
            raise MessageError(f"The request's precision is {precision!r}", identifier=identifier)
        if not isinstance(threads, int) or isinstance(threads, bool) or threads < 0:
            raise MessageError(f"The request's number of threads is {threads!r}", identifier=identifier)
        device, language = (str(content.get(name) or other) for name, other in (("device", "auto"), ("language", "en")))
        return cls(device=device, precision=precision, threads=threads, clinical=clinical, language=language, **flags)


@dataclass(frozen=True)
class Analyze(_Message):
    """Analyse one study.

    Attributes:
        inputs: ``{"study": FOLDER}`` (see `volumes.files.study_folder`), or ``{"files": [PATHS], "side": …}`` with a
            path under the name of a plane that it must serve.
        out: the results folder to make.
        bundle: folder or name; None for the default, of several joints that which the inputs name or show.
        options: how.
        id: given by the client.
    """

    TYPE = "analyze"
    inputs: Mapping[str, Any]
    out: str
    bundle: str | None = None
    options: Options = Options()
    id: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {**super().as_dict(), "inputs": dict(self.inputs), "options": self.options.as_dict()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], identifier: str) -> Analyze:
        inputs, out = content.get("inputs"), content.get("out")
        if not isinstance(inputs, Mapping) or not isinstance(out, str) or not out:
            raise MessageError("The request names no inputs or no results folder", identifier=identifier)
        options = Options.from_dict(content.get("options"), identifier)
        return cls(inputs, out, _text_or_none(content.get("bundle")), options, identifier)


@dataclass(frozen=True)
class Batch(_Message):
    """Analyse many studies, as `orthodiffusion batch` does.

    Attributes:
        studies: what that command takes: a folder of any shape, a DICOMDIR, or a table.
        out: where a results folder for each study and the table go.
        side: "right" or "left" for all studies; None for automatic.
        clinical: study's name → what its referral says.
        bundle, options, id: as in Analyze; `options.clinical` and `options.arrays` say nothing here.
        workers: processes; 0 works in the one that is asked.
        cluster: address of a Dask cluster; empty for none.
    """

    TYPE = "batch"
    studies: str
    out: str
    bundle: str | None = None
    side: str | None = None
    clinical: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    options: Options = Options()
    id: str = ""
    workers: int = 0
    cluster: str = ""

    def as_dict(self) -> dict[str, Any]:
        clinical = {study: dict(values) for study, values in self.clinical.items()}
        return {**super().as_dict(), "clinical": clinical, "options": self.options.as_dict()}

    @classmethod
    def from_dict(cls, content: Mapping[str, Any], identifier: str) -> Batch:
        studies, out, clinical = content.get("studies"), content.get("out"), content.get("clinical") or {}
        if not all(isinstance(folder, str) and folder for folder in (studies, out)):
            raise MessageError("The request names no folder of studies or no results folder", identifier=identifier)
        if not isinstance(clinical, Mapping) or not all(isinstance(one, Mapping) for one in clinical.values()):
            raise MessageError("The request's clinical values are no object of studies", identifier=identifier)
        bundle, side = _text_or_none(content.get("bundle")), _text_or_none(content.get("side"))
        options, workers = Options.from_dict(content.get("options"), identifier), content.get("workers", 0)
        if not isinstance(workers, int) or isinstance(workers, bool) or workers < 0:
            raise MessageError(f"The request's number of workers is {workers!r}", identifier=identifier)
        cluster = str(content.get("cluster") or "")
        return cls(str(studies), str(out), bundle, side, clinical, options, identifier, workers, cluster)


@dataclass(frozen=True)
class Cancel(_Message):
    """Stop the request of that id; one that has been answered already is passed over."""

    TYPE = "cancel"
    id: str


@dataclass(frozen=True)
class Quit(_Message):
    """End the worker."""

    TYPE = "quit"


Work = Analyze | Batch
Request = Work | Cancel | Quit

_WORK: dict[str, type[Analyze] | type[Batch]] = {kind.TYPE: kind for kind in (Analyze, Batch)}


def request_from_line(line: bytes) -> Request:
    """What a client asks.

    Raises:
        MessageError: if the line is no request that this version knows, or lacks what its type needs.
    """
    content = _object(line)
    if content is None:
        raise MessageError("A request is not one line holding a JSON object")
    kind, identifier = content.get("type"), content.get("id")
    if kind == Quit.TYPE:
        return Quit()
    if kind == Cancel.TYPE:
        return Cancel(identifier if isinstance(identifier, str) else "")
    work = _WORK.get(kind) if isinstance(kind, str) else None
    if work is None:
        raise MessageError(f"The worker knows no request of type {kind!r}", identifier=identifier)
    if not isinstance(identifier, str) or not identifier:
        raise MessageError("A request has no id, a text that is not empty")
    return work.from_dict(content, identifier)


# Answers


@dataclass(frozen=True)
class Hello(_Message):
    """The worker's first words. `protocol` and `version` may be anything until `check` has accepted them."""

    TYPE = "hello"
    protocol: object
    version: object
    device: str

    def check(self, version: str) -> None:
        """Accept it, or say why not.

        Args:
            version: the library's, on the client's side.

        Raises:
            OrthoDiffusionError: for another protocol or another version of the library.
        """
        if self.protocol != PROTOCOL:
            raise OrthoDiffusionError(Message("worker", "other_protocol", {"protocol": self.protocol, "own": PROTOCOL}))
        if self.version != version:
            raise OrthoDiffusionError(Message("worker", "other_version", {"version": self.version, "own": version}))

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Hello:
        return cls(content.get("protocol"), content.get("version"), str(content.get("device") or ""))


@dataclass(frozen=True)
class Ready(_Message):
    """The networks' library is loaded."""

    TYPE = "ready"
    device: str

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Ready:
        return cls(str(content.get("device") or ""))


@dataclass(frozen=True)
class Step(_Message):
    """How far a request is; the parts of a `Progress`: its words in English, and what makes them."""

    TYPE = "progress"
    id: str
    stage: str
    fraction: float
    message: str
    made: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, progress: Progress, identifier: str) -> Step:
        message = progress.message
        made = {} if message.stored is not None else message.as_dict()
        return cls(identifier, progress.stage, round(progress.fraction, 4), str(message), made)

    @property
    def said(self) -> Message:
        """The words as a message, to be said in any language."""
        made = made_of(self.made) if self.made else None
        return made if made is not None and made.is_known else Message.stored_as(self.message)

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Step:
        stage, message = str(content.get("stage", "")), str(content.get("message", ""))
        fraction, made = float(content.get("fraction", 0.0)), content.get("made") or {}
        return cls(content["id"], stage, fraction, message, dict(made))


@dataclass(frozen=True)
class Row(_Message):
    """One study of a batch is done or has failed.

    Attributes:
        number, count: which study of how many.
        row: its row of the table, column → text.
    """

    TYPE = "row"
    id: str
    number: int
    count: int
    row: Mapping[str, str]

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Row:
        return cls(content["id"], int(content["number"]), int(content["count"]), dict(content["row"]))


@dataclass(frozen=True)
class Result(_Message):
    """An analysis is done and its folder complete."""

    TYPE = "result"
    id: str
    folder: str

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Result:
        return cls(content["id"], str(content["folder"]))


@dataclass(frozen=True)
class BatchResult(_Message):
    """How a batch ended; the parts of a `BatchOutcome`.

    Attributes:
        folder: of the results; the table lies in it.
        exit_status: as of the command: 0 all done, 3 some failed, 4 none done.
        analysed, done_before, done_before_with_clinical: numbers of studies.
        failed: study's name → what was wrong.
        implausible: studies whose results are not to be used.
        done_by_other_bundle: of those done before.
        unused: number of files and folders that belong to no study; loose: names of the images among them.
        named_otherwise: studies whose words name another joint than the one that all were analysed as.
    """

    TYPE = "batch_result"
    id: str
    folder: str
    exit_status: int
    analysed: int
    done_before: int
    done_before_with_clinical: int
    failed: Mapping[str, str]
    implausible: tuple[str, ...]
    done_by_other_bundle: int = 0
    unused: int = 0
    loose: tuple[str, ...] = ()
    named_otherwise: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> BatchResult:
        return cls(
            id=content["id"],
            folder=str(content["folder"]),
            exit_status=int(content["exit_status"]),
            analysed=int(content["analysed"]),
            done_before=int(content["done_before"]),
            done_before_with_clinical=int(content["done_before_with_clinical"]),
            failed=dict(content["failed"]),
            implausible=tuple(content["implausible"]),
            done_by_other_bundle=int(content.get("done_by_other_bundle", 0)),
            unused=int(content.get("unused", 0)),
            loose=tuple(content.get("loose", ())),
            named_otherwise=tuple(content.get("named_otherwise", ())),
        )


@dataclass(frozen=True)
class Cancelled(_Message):
    """A request was stopped as it was asked; nothing half-done is kept."""

    TYPE = "cancelled"
    id: str

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Cancelled:
        return cls(content["id"])


@dataclass(frozen=True)
class Failure(_Message):
    """A request could not be carried out; the parts of an OrthoDiffusionError. `id` is that of the request.

    `message` and `place` are what makes its words and where it is, if the catalogue does.
    """

    TYPE = "error"
    id: object
    what: str
    where: str = ""
    remedy: str = ""
    log_path: str = ""
    code: str = ""
    message: Mapping[str, Any] = field(default_factory=dict)
    place: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, error: OrthoDiffusionError, identifier: object) -> Failure:
        return cls(identifier, **error.as_dict())

    def error(self) -> OrthoDiffusionError:
        """The error it reports, as it is raised on the client's side."""
        if not self.what:
            return OrthoDiffusionError(Message("worker", "failed"), log_path=self.log_path, code=self.code)
        return OrthoDiffusionError.from_dict({part.name: getattr(self, part.name) for part in fields(self)})

    @classmethod
    def from_dict(cls, content: Mapping[str, Any]) -> Failure:
        parts = {name: str(content.get(name) or "") for name in ("what", "where", "remedy", "log_path", "code")}
        parts["log_path"] = parts["log_path"] or str(content.get("log path") or "")
        message, place = (dict(content.get(name) or {}) for name in ("message", "place"))
        return cls(content.get("id"), **parts, message=message, place=place)


Answer = Hello | Ready | Step | Row | Result | BatchResult | Cancelled | Failure

_ANSWERS: dict[str, type[Answer]] = {
    kind.TYPE: kind for kind in (Hello, Ready, Step, Row, Result, BatchResult, Cancelled, Failure)
}


def answer_from_line(line: bytes) -> Answer:
    """What the worker says.

    Raises:
        MessageError: if the line is no answer that this version knows, such as what a library prints.
    """
    content = _object(line) or {}
    kind = content.get("type")
    if not isinstance(kind, str) or kind not in _ANSWERS:
        raise MessageError("An answer is not one line holding a message")
    try:
        return _ANSWERS[kind].from_dict(content)
    except (KeyError, TypeError, ValueError) as error:
        raise MessageError(f"An answer of type {kind!r} is not complete", identifier=content.get("id")) from error


def _object(line: bytes) -> dict[str, Any] | None:
    """The JSON object that a line holds, None if it holds none."""
    try:
        content = json.loads(line.decode(errors="replace"))
    except (ValueError, RecursionError):  # the second: nested without end
        return None
    return content if isinstance(content, dict) else None


def _text_or_none(value: object) -> str | None:
    return str(value) if value else None
