"""An archive by DICOMweb (PS3.18): QIDO-RS to search, WADO-RS to fetch, STOW-RS to store."""

from __future__ import annotations

import contextlib
import json
import re
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from OrthoDiffusionLib.archive.address import Address
from OrthoDiffusionLib.archive.faults import DENIED, GONE, connection_error, dropped
from OrthoDiffusionLib.archive.http_session import open_session
from OrthoDiffusionLib.archive.query import (
    SERIES_KEYS,
    STUDY_KEYS,
    Found,
    SeriesRecord,
    StudyQuery,
    StudyRecord,
    found,
    instances_in,
    series_in,
)
from OrthoDiffusionLib.archive.quiet import silence_packages
from OrthoDiffusionLib.archive.storage_status import OUT_OF_RESOURCES, PROCESSING_FAILURE, SUCCESS, Stored
from OrthoDiffusionLib.archive.tls import client_context
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from pydicom.dataset import Dataset

    from OrthoDiffusionLib.archive.archive import Caller

CONNECT_SECONDS, READ_SECONDS = 10.0, 120.0
PAGE = 500
"""Studies asked for at once."""

MOST_ANSWERS = 100_000
"""Series of a study, or instances of a series: far more than there are, for a server that never ends."""

_OF_ADDRESSES = re.compile(r"[^A-Za-z0-9._~*?-]")
"""Signs that an address needs a code for, which not every server decodes; one sign of any kind is asked for instead,
and the answers are compared on our side."""

_AS_STORED = (("application/dicom", "*"),)
"""Without conversion of the transfer syntax: the bytes of pixels stay those of the archive."""


class DicomWebArchive:
    """See `Archive`.

    Raises:
        ArchiveError: if dicomweb-client is not installed, or a certificate cannot be used.
    """

    def __init__(self, address: Address, caller: Caller) -> None:
        try:
            from dicomweb_client.web import DICOMwebClient
        except ImportError as error:
            raise ArchiveError(Message("archive", "not_installed", {"package": "dicomweb-client"})) from error
        silence_packages()
        self.address = address
        context = client_context(caller.tls) if address.has_tls else None
        self._session = open_session(address, caller.credentials, context)
        try:
            self._client = DICOMwebClient(address.url, self._session, timeout=(CONNECT_SECONDS, READ_SECONDS))
        except ValueError:  # it knows no IPv6 addresses
            raise ArchiveError(Message("archive", "no_address"), where=str(address)) from None
        self._client.set_http_retry_params(retry=False)  # it would repeat refusals, too; see `patience`

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._session.close()

    def echo(self) -> None:
        """The smallest search."""
        with self._clear_errors():
            self._client.search_for_studies(limit=1)

    def find_studies(self, query: StudyQuery, *, limit: int) -> Found:
        answers: dict[str, StudyRecord] = {}
        with self._clear_errors():
            for keys in query.ways_to_ask:
                for page in self._pages(keys):
                    records = map(StudyRecord.of, _datasets(page))
                    new = {one.study_uid: one for one in records if one.study_uid not in answers}
                    answers.update(new)
                    # A short page is not the last one: many servers give fewer at once than they are asked for. One
                    # that ignores `offset` would answer the same for ever.
                    if not new or sum(query.fits(one) for one in answers.values()) > limit:
                        break
        return found(list(answers.values()), query, limit)

    def _pages(self, keys: dict[str, str]) -> Iterator[Sequence[dict[str, Any]]]:
        offset = 0
        keys = {name: _OF_ADDRESSES.sub("?", value) for name, value in keys.items()}
        while True:
            page = self._client.search_for_studies(limit=PAGE, offset=offset, fields=STUDY_KEYS, search_filters=keys)
            yield page
            offset += len(page)

    def find_series(self, study_uid: str) -> Sequence[SeriesRecord]:
        with self._clear_errors():
            answers = _all_of(lambda start: self._client.search_for_series(study_uid, offset=start, fields=SERIES_KEYS))
            return series_in(_datasets(answers), study_uid)

    def find_instances(self, study_uid: str, series_uid: str) -> Sequence[str] | None:
        with self._clear_errors():
            answers = _all_of(lambda start: self._client.search_for_instances(study_uid, series_uid, offset=start))
            # A series without an instance is none; it is a server that does not search at this level.
            return instances_in(_datasets(answers)) or None

    def fetch(
        self, study_uid: str, series_uid: str, missing: Collection[str] | None, keep: Callable[[Dataset], object]
    ) -> None:
        with self._clear_errors():
            if missing is None:
                for one in self._client.iter_series(study_uid, series_uid, media_types=_AS_STORED):
                    keep(one)
                return
            for uid in missing:
                keep(self._client.retrieve_instance(study_uid, series_uid, uid, media_types=_AS_STORED))

    def send(self, paths: Iterable[Path], tell: Callable[[Path, Stored], object]) -> None:
        import pydicom

        for path in paths:
            dataset = pydicom.dcmread(path)
            with self._clear_errors():
                tell(path, self._store(dataset))

    def _store(self, dataset: Dataset) -> Stored:
        from pydicom.dataset import Dataset as Answer
        from requests import HTTPError

        try:
            answer = self._client.store_instances([dataset])
        except HTTPError as error:
            # Where no instance was stored the answer is 409, or 202 and 400 of older servers, with the reasons in it.
            response = error.response
            if response is None or response.status_code not in (400, 409, 413, 507):
                raise
            try:
                answer = Answer.from_json(response.json())
            except Exception:  # a page of a gateway
                status = OUT_OF_RESOURCES if response.status_code in (413, 507) else PROCESSING_FAILURE
                return Stored(status, f"HTTP {response.status_code}")
        return _answer_of(answer)

    @contextlib.contextmanager
    def _clear_errors(self) -> Iterator[None]:
        """Whatever the packages raise becomes one clear error, that quotes neither address lines nor headers."""
        from requests import HTTPError, RequestException
        from requests.exceptions import InvalidJSONError

        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # they quote what the server sent
                yield
        except HTTPError as error:
            raise self._http_error(error.response.status_code if error.response is not None else 0) from None
        except InvalidJSONError:
            raise self._no_dicomweb() from None
        except RequestException as error:
            raise connection_error(error, self.address) from None
        except (OSError, EOFError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise  # of this computer's disk
            raise dropped(self.address) from None
        except ArchiveError as error:
            if error.where:
                raise
            raise ArchiveError(error.said, where=str(self.address), code=error.code) from None
        except (ValueError, KeyError, TypeError, AttributeError):
            # Neither JSON nor multipart: another kind of server, or an answer that was cut off.
            raise self._no_dicomweb() from None

    def _no_dicomweb(self) -> ArchiveError:
        return ArchiveError(Message("archive", "no_dicomweb"), where=str(self.address), code=GONE)

    def _http_error(self, status: int) -> ArchiveError:
        where = str(self.address)
        if status in (401, 407):
            return ArchiveError(Message("archive", "wrong_password"), where=where, code=DENIED)
        if status == 403:
            return ArchiveError(Message("archive", "forbidden"), where=where, code=DENIED)
        if status in (404, 405, 501):
            return ArchiveError(Message("archive", "not_found", {"status": status}), where=where, code=DENIED)
        if status in (429, 502, 503, 504, 408):
            return ArchiveError(Message("archive", "busy", {"status": status}), where=where, code=GONE)
        code = GONE if status >= 500 else DENIED
        return ArchiveError(Message("archive", "http_status", {"status": status}), where=where, code=code)


def _all_of(search: Callable[[int], Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """All answers of a search that begins with the one of that number; many servers give some hundred at once."""
    found: dict[str, dict[str, Any]] = {}
    known = -1
    while known < len(found) < MOST_ANSWERS:  # until nothing new comes; a server may ignore where to begin
        known = len(found)
        found.update((json.dumps(one, sort_keys=True), one) for one in search(known))
    return list(found.values())


def _datasets(answers: Iterable[dict[str, Any]]) -> Iterator[Dataset]:
    from pydicom.dataset import Dataset

    return (Dataset.from_json(one) for one in answers)


def _answer_of(answer: Dataset) -> Stored:
    """The status of the one instance that was sent; an empty answer with a good HTTP status is a success."""
    failed = answer.get("FailedSOPSequence") or []
    if failed:
        return Stored(int(failed[0].get("FailureReason") or PROCESSING_FAILURE), _comment(failed[0]))
    stored = answer.get("ReferencedSOPSequence") or []
    warning = int(stored[0].get("WarningReason") or 0) if stored else 0
    return Stored(warning or SUCCESS)


def _comment(item: Dataset) -> str:
    return str(item.get("ErrorComment") or "")[:64]
