"""A client of the API: HTTP in, HTTP out, with the gateway and the real handlers between."""

import io
import json as jsonlib
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from werkzeug.test import run_wsgi_app

from infra.local.server import RAW_HEADERS, RAW_TARGET
from tests.support import contract
from tests.support.answers import Answer, assert_documented

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_NO_BODY = object()
# shorter ones would be found by chance
_SECRET_LENGTH = 6
_SECRET_FIELDS = (
    *("passw", "access_token", "refresh_token", "reset_token", "device_token", "email"),
    *("challenge", "code"),
)


class Api:
    """Calls the API, and holds every answer to what is promised of all."""

    def __init__(self, application: "WSGIApplication", source_ip: str = "192.0.2.1") -> None:
        self._application = application
        self._source_ip = source_ip
        # whatever must never be found in a log
        self.secrets: set[str] = set()

    def call(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        json: Any = _NO_BODY,  # noqa: ANN401 - anything JSON, or not even that
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request and return the answer, once sure that it keeps the common promises.

        ``json`` is sent with its content type, ``body`` with none but that in ``headers``.
        """
        given = dict(headers or {})
        if token is not None:
            given["Authorization"] = f"Bearer {token}"
        if json is not _NO_BODY:
            body = jsonlib.dumps(json).encode()
            given.setdefault("Content-Type", "application/json")
            self.secrets.update(_secrets(json))
        if "Authorization" in given:
            parts = given["Authorization"].split()
            self.secrets.update(part for part in parts if len(part) > len("Authorization"))
        answer = self.send(method, path, given.items(), body or b"")
        assert_documented(answer)
        assert answer.headers["x-request-id"] == answer.headers["apigw-requestid"]
        self._assert_no_echo(answer, json)
        return answer

    def send(
        self, method: str, path: str, headers: Iterable[tuple[str, str]] = (), body: bytes = b""
    ) -> Answer:
        """Send a request, whose headers may repeat, and return the answer, whoever gives it.

        Ours has to be one that openapi.json tells of.
        """
        environ = {
            RAW_HEADERS: (("Host", "api.example.com"), *headers),
            RAW_TARGET: path,
            "REQUEST_METHOD": method,
            "SERVER_PROTOCOL": "HTTP/1.1",
            "SERVER_PORT": "443",
            "REMOTE_ADDR": self._source_ip,
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        content, status, answer_headers = run_wsgi_app(self._application, environ)
        text = b"".join(content).decode()
        cookies = tuple(answer_headers.getlist("set-cookie"))
        named = {n.lower(): v for n, v in answer_headers.items() if n.lower() != "set-cookie"}
        answer = Answer(int(status.partition(" ")[0]), named, text, cookies)
        if text.startswith("{"):
            self.secrets.update(_secrets(answer.json))
        values = (cookie.partition("=")[2].partition(";")[0] for cookie in cookies)
        self.secrets.update(value for value in values if value)
        # the gateway gives some by itself, which have no such id
        if "x-request-id" in named:
            contract.assert_kept(method, path, answer)
        return answer

    def seen_from(self, source_ip: str) -> "Api":
        """Return the same API, called from another address."""
        other = Api(self._application, source_ip)
        other.secrets = self.secrets
        return other

    @staticmethod
    def _assert_no_echo(answer: Answer, sent: object) -> None:
        if answer.status >= 400 and sent is not _NO_BODY:
            echoed = [text for text in _texts(sent) if text in answer.text]
            assert echoed == []


def _secrets(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for name in _SECRET_FIELDS:
            yield from _texts(value.get(name))


def _texts(value: object) -> Iterator[str]:
    """Return every string in a JSON value that is long enough to tell; names do not count."""
    if isinstance(value, str) and len(value) >= _SECRET_LENGTH:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
