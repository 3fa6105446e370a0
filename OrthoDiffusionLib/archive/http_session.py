"""The HTTP session of DICOMweb: verified TLS, no redirects, no files of passwords, secrets in one header alone."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from OrthoDiffusionLib.archive.address import Address
from OrthoDiffusionLib.archive.credentials import Credentials
from OrthoDiffusionLib.archive.faults import DENIED
from OrthoDiffusionLib.errors import ArchiveError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session


def open_session(address: Address, credentials: Credentials, context: ssl.SSLContext | None) -> Session:
    """A session for one archive.

    Args:
        address: of the archive; nothing is sent to another one.
        credentials: said to this archive alone.
        context: of TLS; None for an address without it.
    """
    import requests
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies

    class PlainWildcards(HTTPAdapter):
        """Leaves * and ? of a query as they are, as RFC 3986 allows: Orthanc 1.10 does not decode their codes."""

        def send(self, request: PreparedRequest, *args: Any, **options: Any) -> Response:
            request.url = (request.url or "").replace("%2A", "*").replace("%3F", "?")
            return super().send(request, *args, **options)

    class VerifyingAdapter(PlainWildcards):
        """Uses our context, so that DICOMweb and DIMSE trust the same authorities, and no variable weakens it."""

        def init_poolmanager(self, *args: Any, **options: Any) -> None:
            super().init_poolmanager(*args, **options, ssl_context=context)

        def proxy_manager_for(self, proxy: str, **options: Any) -> Any:
            return super().proxy_manager_for(proxy, **options, ssl_context=context)

        def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
            host, _ = super().build_connection_pool_key_attributes(request, True, None)
            return host, {}  # what to trust stands in the context

        def cert_verify(self, *_: Any) -> None:
            """The context verifies."""

    session = requests.Session()
    session.trust_env = False  # neither ~/.netrc nor REQUESTS_CA_BUNDLE
    if not address.is_this_computer:  # what is not to leave this computer must not go to a proxy either
        session.proxies.update(get_environ_proxies(address.url))
    session.auth = _authentication(credentials)
    session.hooks["response"].append(_refuse_redirects)
    session.adapters.clear()  # nothing may fall back to http
    if context is not None:
        session.mount("https://", VerifyingAdapter())
    else:
        session.mount("http://", PlainWildcards())
    return session


def _authentication(credentials: Credentials) -> Any:
    from requests.auth import AuthBase, HTTPBasicAuth

    class Bearer(AuthBase):
        def __call__(self, request: PreparedRequest) -> PreparedRequest:
            request.headers["Authorization"] = f"Bearer {credentials.token.reveal()}"
            return request

    class Basic(AuthBase):
        def __call__(self, request: PreparedRequest) -> PreparedRequest:
            user, password = credentials.user.encode(), credentials.password.reveal().encode()
            return HTTPBasicAuth(user, password)(request)  # type: ignore[arg-type]  # bytes: UTF-8 as RFC 7617 has it

    class Nobody(AuthBase):
        def __call__(self, request: PreparedRequest) -> PreparedRequest:
            return request

    if credentials.token:
        return Bearer()
    return Basic() if credentials.user else Nobody()


def _refuse_redirects(response: Response, **_: Any) -> None:
    """A redirect could lead out of TLS or to another computer."""
    if response.is_redirect:
        raise ArchiveError(Message("archive", "redirects"), code=DENIED)
