"""The contract and its page: files, so no endpoints of the register."""

import json
import re
from collections.abc import Callable

import pytest

from infra.local import ROOT
from tests.support.answers import Answer
from tests.support.api import Api

OPENAPI = "/openapi.json"
DOCS = "/docs"
FILES = ("icon.svg", "page.css", "page.js", "swagger-ui-bundle.js", "swagger-ui.css")
FOLDER = ROOT / "functions" / "contract"


def _assert_no_such_route(answer: Answer) -> None:
    assert (answer.status, answer.code) == (404, "route_not_found")
    assert answer.json == {"error": "Not Found", "message": "No such endpoint"}


@pytest.fixture
def shown(setting: Callable[..., None]) -> None:
    setting(SERVE_OPENAPI="true", SERVE_DOCS="true")


@pytest.mark.usefixtures("shown")
def test_contract_is_served_as_it_is(api: Api) -> None:
    answer = api.send("GET", OPENAPI)

    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=600"
    assert answer.text == (FOLDER / "openapi.json").read_text(encoding="utf-8")


@pytest.mark.usefixtures("shown")
def test_contract_that_is_known_is_not_sent_again(api: Api) -> None:
    etag = api.send("GET", OPENAPI).headers["etag"]

    for known in (etag, f'"other", W/{etag}'):
        answer = api.send("GET", OPENAPI, [("If-None-Match", known)])
        assert (answer.status, answer.text, answer.headers["etag"]) == (304, "", etag)
    assert api.send("GET", OPENAPI, [("If-None-Match", '"other"')]).status == 200


@pytest.mark.usefixtures("shown")
def test_page_has_all_its_files_and_asks_nobody_else(api: Api) -> None:
    page = api.send("GET", DOCS)
    named = set(re.findall(r'(?:href|src)="([^"]*)"', page.text))

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert named <= {OPENAPI, *(f"{DOCS}/{name}" for name in FILES)}
    for name in FILES:
        answer = api.send("GET", f"{DOCS}/{name}")
        assert answer.status == 200
        assert answer.text == (FOLDER / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("path", [DOCS, f"{DOCS}/page.js"])
def test_page_runs_nothing_but_its_own_files(api: Api, path: str) -> None:
    policy = api.send("GET", path).headers["content-security-policy"]

    assert "default-src 'none'; script-src 'self'; style-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert "<script>" not in api.send("GET", DOCS).text
    assert "style=" not in api.send("GET", DOCS).text


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize(
    "name", ["", "NOTICE", "index.htm", "..%2Fshow_docs.py", "%2e%2e/openapi.json", "PAGE.JS"]
)
def test_nothing_else_of_the_folder_is_served(api: Api, name: str) -> None:
    _assert_no_such_route(api.send("GET", f"{DOCS}/{name}"))


@pytest.mark.parametrize("path", [OPENAPI, DOCS, f"{DOCS}/page.js"])
def test_what_is_off_is_as_if_it_did_not_exist(
    api: Api, setting: Callable[..., None], path: str
) -> None:
    setting(SERVE_OPENAPI="false", SERVE_DOCS="false")

    _assert_no_such_route(api.send("GET", path))


@pytest.mark.usefixtures("shown")
@pytest.mark.parametrize("path", [OPENAPI, DOCS])
@pytest.mark.parametrize("method", ["HEAD", "POST", "OPTIONS"])
def test_other_methods_find_nothing(api: Api, method: str, path: str) -> None:
    assert api.send(method, path).status == 404


@pytest.mark.usefixtures("shown")
def test_contract_is_refused_around_the_proxy(api: Api, setting: Callable[..., None]) -> None:
    setting(TRUSTED_PROXY="0" * 32, REQUIRE_PROXY="true")

    answer = api.send("GET", OPENAPI)

    assert (answer.status, answer.code) == (403, "proxy_required")
    assert json.loads(answer.text)["error"] == "Forbidden"
