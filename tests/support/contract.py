"""What openapi.json promises of each answer, held against the answers themselves."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from infra.openapi import document
from tests.support.answers import Answer

Json = Mapping[str, Any]

_URI = "urn:openapi"
# those that a client acts on: what is not promised may not come, either
_TELLING = frozenset(
    {"allow", "content-language", "retry-after", "www-authenticate", "x-error-code"}
)
# which are no endpoints, and what is below some of them
_FILES = frozenset({"/openapi.json", "/docs", "/", "/account", "/console"})
_BELOW = ("/docs/", "/account/", "/console/", "/assets/", "/.well-known/passkey-endpoints")
# of what no operation takes: the $default route's answers, also to who came around the proxy, and a
# browser's preflight
_UNROUTED = {
    (404, "route_not_found"),
    (405, "method_not_allowed"),
    (403, "proxy_required"),
    (204, None),
}


def assert_kept(method: str, target: str, answer: Answer) -> None:
    """Return if the answer to this request is one that the document has.

    Raises:
        AssertionError: it is not; the text says what `make openapi` would have to tell of.
    """
    path = target.partition("?")[0]
    found = _operation(method, path)
    if found is None:
        if path in _FILES or path.startswith(_BELOW):
            return
        assert (answer.status, answer.code) in _UNROUTED, f"{method} {path}: no such operation"
        return
    at, operation = found
    place = f"{operation['operationId']}, {answer.status}"
    told = operation["responses"].get(str(answer.status))
    assert told is not None, f"{place} {answer.code}: openapi.json has no such status"
    at, told = _resolved(f"{at}/responses/{answer.status}", told)
    _assert_headers(place, at, told["headers"], answer)
    if "content" in told:
        fault = _fault(f"{at}/content/application~1json/schema", answer.json)
        assert fault is None, f"{place}: the body is not as openapi.json has it: {fault}"
    else:
        assert answer.text == "", f"{place}: openapi.json has no body"


def _assert_headers(place: str, at: str, told: Json, answer: Answer) -> None:
    headers = dict(answer.headers)
    if answer.cookies:
        headers["set-cookie"] = answer.cookies[0]
    promised = {name.lower(): name for name in told}
    unpromised = (_TELLING | {"set-cookie"}) & headers.keys() - promised.keys()
    assert not unpromised, f"{place} {answer.code}: openapi.json has no {sorted(unpromised)}"
    for lower, name in promised.items():
        where, header = _resolved(f"{at}/headers/{name}", told[name])
        assert lower in headers or not header.get("required"), f"{place}: {name} is missing"
        if lower in headers:
            is_number = header["schema"].get("type") == "integer"
            value = int(headers[lower]) if is_number else headers[lower]
            fault = _fault(f"{where}/schema", value)
            assert fault is None, f"{place}: openapi.json has not that {name}: {fault}"


def _fault(pointer: str, value: object) -> str | None:
    validator = _validator(pointer)
    if validator.is_valid(value):
        return None
    error = next(validator.iter_errors(value))
    return f"{error.json_path} {error.message}"


@cache
def contract() -> Json:
    """Return the document, as it stands in its file."""
    found: Json = json.loads(document.PATH.read_text(encoding="utf-8"))
    return found


@cache
def _validator(pointer: str) -> Draft202012Validator:
    registry: Registry[Any] = Registry().with_resource(
        _URI, DRAFT202012.create_resource(contract())
    )
    return Draft202012Validator({"$ref": f"{_URI}#{pointer}"}, registry=registry)


def _resolved(at: str, told: Json) -> tuple[str, Json]:
    """Return what stands in the place of a reference, and where that is."""
    if "$ref" not in told:
        return at, told
    pointer = told["$ref"].removeprefix("#")
    _, components, kind, name = pointer.split("/")
    return pointer, contract()[components][kind][name]


@cache
def _templates() -> list[tuple[str, str, re.Pattern[str], Json]]:
    """Return method, pointer, pattern and content of each operation, literal paths first."""
    found = [
        (
            method.upper(),
            f"/paths/{path.replace('/', '~1')}/{method}",
            re.compile("[^/]+".join(map(re.escape, re.split(r"\{\w+\}", path)))),
            operation,
        )
        for path, methods in contract()["paths"].items()
        for method, operation in methods.items()
    ]
    return sorted(found, key=lambda it: "{" in it[1])


def _operation(method: str, path: str) -> tuple[str, Json] | None:
    for own, at, pattern, operation in _templates():
        if own == method and pattern.fullmatch(path):
            return at, operation
    return None
