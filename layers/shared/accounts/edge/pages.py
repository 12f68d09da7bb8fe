"""The pages: the built files of ``web/``, and what the deployer says of them."""

import functools
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from accounts import settings
from accounts.edge import answers, page_settings
from accounts.edge.event import Event
from accounts.edge.files import KINDS
from accounts.edge.handler import Handler, Trace, arrived
from accounts.errors import MethodNotAllowedError, RouteNotFoundError
from accounts.records import Record

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

FIRST = "/account"
AREAS = frozenset({"account", "console"})
METHODS = ("GET", "HEAD")
# by the ends of the names of what was compressed beforehand, the smallest first
ENCODINGS: Mapping[str, str] = {"br": ".br", "gzip": ".gz"}
_NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}")
_REFUSED = re.compile(r";\s*q=0(\.0*)?\s*$")


class Pages(Handler, Record, kw_only=False):
    """A Lambda handler: the pages in ``folder``, where they are on.

    A page does not depend on what is below its area: its script reads the address. What pages
    load has a digest in its name and is kept for ever, and pages themselves never are.
    """

    folder: Path
    signs_out: bool = False

    def _answer(self, event: Event, trace: Trace, context: "LambdaContext") -> answers.Answer:  # noqa: ARG002 - as the base has it
        event = arrived(event, trace)
        if not settings.pages().pages:
            raise RouteNotFoundError
        if event.method not in METHODS:
            raise MethodNotAllowedError(METHODS)
        answer = self._found(event)
        told = {**answer["headers"], "x-request-id": trace.request_id}
        body = answer["body"] if event.method == "GET" else ""
        return {**answer, "headers": told, "body": body}

    def _found(self, event: Event) -> answers.Answer:
        area = event.path.split("/")[1]
        if area in AREAS:
            return self._page(area, event)
        if area == "assets":
            return self._asset(event)
        if area == ".well-known":
            return _passkey_endpoints(event)
        return answers.written("", 302, {"location": FIRST})

    def _page(self, area: str, event: Event) -> answers.Answer:
        # read each time: it is small, and names the files of the build that it is of
        text = (self.folder / f"{area}.html").read_text(encoding="utf-8")
        headers = {**page_settings.headers(), "content-type": KINDS[".html"]}
        return answers.written(
            page_settings.written_into(text, _host(event), event.language), 200, headers
        )

    def _asset(self, event: Event) -> answers.Answer:
        name = event.path_parameters.get("proxy", "")
        if not _NAME.fullmatch(name) or Path(name).suffix not in KINDS:
            raise RouteNotFoundError
        path = self.folder / "assets" / name
        accepted = _accepted(event.headers.get("accept-encoding", ""))
        for encoding, ending in ENCODINGS.items():
            compressed = path.with_name(name + ending)
            if encoding in accepted and compressed.is_file():
                return _kept_for_ever(compressed, path.suffix, {"content-encoding": encoding})
        if not path.is_file():
            raise RouteNotFoundError
        return _kept_for_ever(path, path.suffix, {})


def _passkey_endpoints(event: Event) -> answers.Answer:
    """Tell password managers where passkeys are made and managed (W3C Passkey Endpoints)."""
    origin = page_settings.passkey_origin(_host(event))
    if origin is None:
        raise RouteNotFoundError
    page = f"{origin}{FIRST}/security"
    return answers.written(json.dumps({"enroll": page, "manage": page}), 200, {})


def _host(event: Event) -> str:
    return event.headers.get("host", "")


def _accepted(header: str) -> frozenset[str]:
    """Return the encodings that a header Accept-Encoding allows (RFC 9110 section 12.5.3)."""
    allowed = (part for part in header.split(",") if not _REFUSED.search(part))
    return frozenset(part.partition(";")[0].strip().lower() for part in allowed)


def _kept_for_ever(path: Path, kind: str, headers: Mapping[str, str]) -> answers.Answer:
    told = {
        "content-type": KINDS[kind],
        "cache-control": "public, max-age=31536000, immutable",
        "cross-origin-resource-policy": "same-origin",
        "vary": "accept-encoding",
    }
    return answers.binary(_read(path), 200, {**told, **headers})


@functools.cache
def _read(path: Path) -> bytes:
    return path.read_bytes()
