"""Files that ship beside a handler, answered as they are."""

import functools
import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from accounts.edge import answers
from accounts.edge.event import Event
from accounts.edge.handler import Handler, Trace, arrived
from accounts.errors import RouteNotFoundError
from accounts.records import Record

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

CACHED = "public, max-age=600"
KINDS: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".woff2": "font/woff2",
}


class _Content(NamedTuple):
    text: str
    # as the header ETag has it (RFC 9110 section 8.8.3)
    etag: str


class Files(Handler, Record, kw_only=False):
    """A Lambda handler: these files of ``folder``, by the name in the path, or the one at ``path``.

    Where ``is_on`` says that they are not shown, there is no such route; ``headers`` go with each.
    """

    folder: Path
    first: str
    is_on: Callable[[], bool]
    others: frozenset[str] = frozenset()
    headers: Mapping[str, str] | None = None
    signs_out: bool = False

    def _answer(self, event: Event, trace: Trace, context: "LambdaContext") -> answers.Answer:  # noqa: ARG002 - as the base has it
        event = arrived(event, trace)
        name = event.path_parameters.get("file", self.first)
        if not self.is_on() or name not in self.others | {self.first}:
            raise RouteNotFoundError
        content = _read(self.folder / name)
        headers = {
            "x-request-id": trace.request_id,
            "content-type": KINDS[Path(name).suffix],
            "cache-control": CACHED,
            "etag": content.etag,
            **(self.headers or {}),
        }
        if _is_known(content.etag, event.headers.get("if-none-match", "")):
            return answers.written("", 304, headers)
        return answers.written(content.text, 200, headers)


@functools.cache
def _read(path: Path) -> _Content:
    content = path.read_bytes()
    return _Content(content.decode(), f'"{hashlib.sha256(content).hexdigest()[:32]}"')


def _is_known(etag: str, known: str) -> bool:
    """Say whether a header If-None-Match names it (RFC 9110 section 13.1.2)."""
    return etag in (tag.strip().removeprefix("W/") for tag in known.split(","))
