"""The pages: files, so no endpoints of the register. Those here stand in for what Node builds."""

import html
import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.deployment import Deployment

PAGE = (
    '<!doctype html><head><meta name="pages" content="">'
    '<link rel="modulepreload" crossorigin href="/assets/base-1.js">'
    '<link rel="modulepreload" crossorigin href="/assets/en-1.js" hreflang="en">'
    '<link rel="modulepreload" crossorigin href="/assets/ru-1.js" hreflang="ru">'
    "</head><body>{area}</body>"
)
SCRIPT = "account-CqwFM4ty.js"
# as each is served: its text, by the encoding that it is said to be in
FILES = {SCRIPT: "as it is", f"{SCRIPT}.br": "by Brotli", f"{SCRIPT}.gz": "by gzip"}
PLAIN = {"icon-Bk3x9.svg": "<svg/>", "sans-C0ffee00.woff2": "a font"}
KINDS = {
    SCRIPT: "text/javascript; charset=utf-8",
    "icon-Bk3x9.svg": "image/svg+xml",
    "sans-C0ffee00.woff2": "font/woff2",
}
ENDPOINTS = "/.well-known/passkey-endpoints"
EVERYWHERE = ["/", "/account", "/account/sign-in", "/console", f"/assets/{SCRIPT}", ENDPOINTS]


@pytest.fixture(autouse=True)
def _built(stack: Deployment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let there be pages, which need not have been built."""
    (tmp_path / "assets").mkdir()
    for area in ("account", "console"):
        (tmp_path / f"{area}.html").write_text(PAGE.format(area=area), encoding="utf-8")
    for name, text in {**FILES, **PLAIN, "source.map": "{}", "README": "secret"}.items():
        (tmp_path / "assets" / name).write_text(text, encoding="utf-8")
    (tmp_path / "secret.js").write_text("secret", encoding="utf-8")
    handler = sys.modules["functions.web.show_pages"].handler
    # as it is frozen
    monkeypatch.setitem(vars(handler), "folder", tmp_path)


def _told(page: Answer) -> Mapping[str, Any]:
    """Return what the page's script reads of its deployment."""
    found = re.search(r'<meta name="pages" content="([^"]*)">', page.text)
    assert found
    told: Mapping[str, Any] = json.loads(html.unescape(found[1]))
    return told


def _assert_no_such_route(answer: Answer) -> None:
    assert (answer.status, answer.code) == (404, "route_not_found")


def test_first_address_leads_to_the_account(api: Api) -> None:
    answer = api.send("GET", "/")

    assert (answer.status, answer.headers["location"]) == (302, "/account")


@pytest.mark.parametrize("area", ["account", "console"])
@pytest.mark.parametrize("below", ["", "/sign-in", "/people/12", "/..%2Fsecret.js"])
def test_every_address_of_an_area_is_its_page_and_never_kept(
    api: Api, area: str, below: str
) -> None:
    answer = api.send("GET", f"/{area}{below}")

    assert answer.status == 200
    assert f"<body>{area}</body>" in answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("name", [SCRIPT, *PLAIN])
def test_what_a_page_loads_is_kept_for_ever(api: Api, name: str) -> None:
    answer = api.send("GET", f"/assets/{name}")

    assert (answer.status, answer.text) == (200, {**FILES, **PLAIN}[name])
    assert answer.headers["content-type"] == KINDS[name]
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["vary"] == "accept-encoding"
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", None),
        ("identity", None),
        ("brotli", None),
        ("", None),
    ],
)
def test_file_comes_as_its_browser_takes_it(api: Api, accepted: str, encoding: str | None) -> None:
    answer = api.send("GET", f"/assets/{SCRIPT}", [("Accept-Encoding", accepted)])

    assert answer.headers.get("content-encoding") == encoding
    assert answer.text == {"br": "by Brotli", "gzip": "by gzip", None: "as it is"}[encoding]


def test_file_that_was_not_compressed_comes_as_it_is(api: Api) -> None:
    answer = api.send("GET", "/assets/icon-Bk3x9.svg", [("Accept-Encoding", "br, gzip")])

    assert (answer.text, "content-encoding" in answer.headers) == ("<svg/>", False)


@pytest.mark.parametrize(
    "name",
    [
        "none-1234.js",
        "README",
        "source.map",
        f"{SCRIPT}.br",
        SCRIPT.upper(),
        ".",
        "..",
        "../secret.js",
        "..%2Fsecret.js",
        "%2e%2e/secret.js",
        "..\\secret.js",
        f"{SCRIPT}%00",
        f"{SCRIPT}/",
        "x" * 5000 + ".js",
    ],
)
def test_nothing_else_is_served(api: Api, name: str) -> None:
    answer = api.send("GET", f"/assets/{name}")

    _assert_no_such_route(answer)
    assert "secret" not in answer.text


@pytest.mark.parametrize("path", ["/", "/account", f"/assets/{SCRIPT}"])
def test_head_tells_what_get_would_and_sends_nothing(api: Api, path: str) -> None:
    got, told = api.send("GET", path), api.send("HEAD", path)

    varying = {"x-request-id", "apigw-requestid", "content-length"}
    assert (told.status, told.text) == (got.status, "")
    assert {k: v for k, v in told.headers.items() if k not in varying} == {
        k: v for k, v in got.headers.items() if k not in varying
    }


@pytest.mark.parametrize("path", EVERYWHERE)
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_nothing_can_be_done_to_a_page(api: Api, method: str, path: str) -> None:
    answer = api.send(method, path)

    assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("path", EVERYWHERE)
def test_pages_that_are_off_are_as_if_they_did_not_exist(
    api: Api, setting: Callable[..., None], path: str
) -> None:
    setting(PAGES="false")

    for method in ("GET", "HEAD", "POST"):
        _assert_no_such_route(api.send(method, path))


def test_page_runs_and_shows_nothing_but_its_own_files(api: Api) -> None:
    headers = api.send("GET", "/account").headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))

    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
        "require-trusted-types-for": "'script'",
        "trusted-types": "'none'",
    }
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert "publickey-credentials-get=(self)" in headers["permissions-policy"]


def test_logo_of_the_deployer_is_shown(api: Api, setting: Callable[..., None]) -> None:
    setting(PAGES_LOGO="https://cdn.example.com/logos/ours.svg")

    page = api.send("GET", "/account")

    shown = "img-src 'self' data: https://cdn.example.com;"
    assert shown in page.headers["content-security-policy"]
    assert _told(page)["logo"] == "https://cdn.example.com/logos/ours.svg"


def test_page_is_told_what_there_is_in_its_deployment(
    api: Api, setting: Callable[..., None]
) -> None:
    setting(
        SELF_SIGN_UP="false",
        EMAIL_CODES="true",
        PASSWORD_MIN_LENGTH="15",
        OWN_EMAIL="false",
        TERMS_URL="https://example.com/terms",
        PRIVACY_URL="https://example.com/privacy",
        RETURN_TO="https://app.example.com,http://localhost:5173",
    )

    assert _told(api.send("GET", "/console")) == {
        "name": "Users",
        "logo": "",
        "colours": None,
        "terms": "https://example.com/terms",
        "privacy": "https://example.com/privacy",
        "return_to": ["http://localhost:5173", "https://app.example.com"],
        "sign_up": False,
        "email_codes": True,
        "passkeys": False,
        "password_minimum": 15,
        "own_profile": True,
        "own_email": False,
        "own_deletion": True,
        "events": True,
    }


@pytest.mark.parametrize(
    ("accepted", "words"), [("ru-RU,ru;q=0.9,en;q=0.8", "ru"), ("de", "en"), ("", "en")]
)
def test_words_of_the_browsers_language_alone_are_loaded_ahead(
    api: Api, accepted: str, words: str
) -> None:
    page = api.send("GET", "/account", [("Accept-Language", accepted)])

    loaded = re.findall(r'<link rel="modulepreload" crossorigin href="([^"]*)"', page.text)
    assert loaded == ["/assets/base-1.js", f"/assets/{words}-1.js"]


def test_name_of_the_pages_is_theirs_or_that_of_the_mails(
    api: Api, setting: Callable[..., None]
) -> None:
    setting(MAIL_SERVICE_NAME="Mails")
    assert _told(api.send("GET", "/account"))["name"] == "Mails"

    setting(PAGES_NAME='"><script>alert(1)</script>')

    page = api.send("GET", "/account")
    assert _told(page)["name"] == '"><script>alert(1)</script>'
    assert "<script>" not in page.text


def test_colour_of_the_deployer_is_told_as_it_can_be_read(
    api: Api, setting: Callable[..., None]
) -> None:
    setting(PAGES_COLOUR="#ffd400")

    assert set(_told(api.send("GET", "/account"))["colours"]) == {"light", "dark"}


def test_sign_up_is_not_offered_where_it_asks_for_a_check_that_pages_do_not_have(
    api: Api, setting: Callable[..., None]
) -> None:
    setting(SELF_SIGN_UP="true")
    assert _told(api.send("GET", "/account"))["sign_up"] is True

    setting(BOT_CHECK_URL="https://api.hcaptcha.com/siteverify")

    assert _told(api.send("GET", "/account"))["sign_up"] is False


@pytest.mark.parametrize(
    ("rp_id", "origins", "has"),
    [
        ("example.com", "https://api.example.com", True),
        ("example.com", "https://app.example.com,https://api.example.com", True),
        ("example.com", "https://app.example.com", False),
        ("", "https://api.example.com", False),
    ],
)
def test_passkeys_are_offered_where_these_pages_may_have_them_used(
    api: Api, setting: Callable[..., None], rp_id: str, origins: str, *, has: bool
) -> None:
    setting(PASSKEY_RP_ID=rp_id, PASSKEY_ORIGINS=origins)

    assert _told(api.send("GET", "/account"))["passkeys"] is has

    answer = api.send("GET", ENDPOINTS)
    if not has:
        _assert_no_such_route(answer)
        return
    page = "https://api.example.com/account/security"
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    assert answer.json == {"enroll": page, "manage": page}


def test_pages_are_refused_around_the_proxy(api: Api, setting: Callable[..., None]) -> None:
    setting(TRUSTED_PROXY="0" * 32, REQUIRE_PROXY="true")

    answer = api.send("GET", "/account")

    assert (answer.status, answer.code) == (403, "proxy_required")
