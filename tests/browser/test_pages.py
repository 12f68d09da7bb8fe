"""Both areas of the pages: within their budgets, and what their tests stand on."""

import gzip
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from infra.local import ROOT, built_pages
from tests.support.elements import Elements
from tests.support.register import ANY_USERS
from tests.support.running import Service
from tests.support.visits import DESK, PHONE, Visits, barriers, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

BUILT = built_pages.FOLDER
# gzipped, of all that a browser loads before it shows something
BUDGETS: Mapping[str, int] = {"account": 110_000, "console": 220_000}


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("area", BUDGETS)
def test_first_paint_loads_no_more_than_its_budget(visit: Visits, area: str, language: str) -> None:
    page = visit("/.well-known/passkey-endpoints", language=language)
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))

    page.goto(f"{visit.service.origin}/{area}")
    page.locator("h1").first.wait_for()

    names = {url.rpartition("/")[2] for url in loaded if "/assets/" in url}
    sizes = {name: len(gzip.compress((BUILT / "assets" / name).read_bytes())) for name in names}
    assert len(sizes) > 2
    assert sum(sizes.values()) < BUDGETS[area], sizes


@pytest.mark.parametrize("area", BUDGETS)
def test_areas_load_separately(area: str) -> None:
    other = ({*BUDGETS} - {area}).pop()
    page = Elements((BUILT / f"{area}.html").read_text(encoding="utf-8"))

    scripts = [script.get("src") for script in page.of("script")]
    ahead = [link for link in page.of("link") if link.get("rel") in ("stylesheet", "modulepreload")]
    addresses = [address for address in (*scripts, *(it.get("href") for it in ahead)) if address]
    assert addresses
    assert [address for address in addresses if f"/{other}-" in address] == []


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in folder.rglob("*"):
        if path.suffix in (".html", ".js", ".css"):
            yield path.name, path.read_text(encoding="utf-8")


def test_nothing_leads_back_to_the_sources() -> None:
    assert list(BUILT.rglob("*.map*")) == []
    assert [name for name, text in _texts(BUILT) if "sourceMappingURL" in text] == []
    assert [name for name, text in _texts(BUILT) if str(ROOT) in text] == []


@pytest.mark.parametrize("area", BUDGETS)
def test_area_has_an_icon(area: str) -> None:
    text = (BUILT / f"{area}.html").read_text(encoding="utf-8")

    icon = re.search(r'<link rel="icon"[^>]* href="(/assets/[^"]*)">', text)
    assert icon
    assert (BUILT / icon[1].removeprefix("/")).is_file()


def test_licences_of_all_that_is_bundled_go_with_it() -> None:
    (told,) = (BUILT / "assets").glob("licences-*.txt")
    text = told.read_text(encoding="utf-8")

    for area in BUDGETS:
        page = (BUILT / f"{area}.html").read_text(encoding="utf-8")
        assert f'<link rel="license" href="/assets/{told.name}">' in page
    packages = set(re.findall(r"^(\S+) \d\S* \([^)]+\)$", text, re.MULTILINE))
    assert {"react", "react-dom", "@tanstack/react-router", "openapi-fetch"} <= packages
    assert "Permission is hereby granted" in text


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("language", ["en", "ru"])
def test_first_page_keeps_nobody_out(visit: Visits, language: str, width: int) -> None:
    page = visit("/", language=language, width=width)
    page.locator("h1").first.wait_for()

    assert page.url.startswith(f"{visit.service.origin}/account")
    assert page.evaluate("document.documentElement.lang") == language
    assert barriers(page) == []
    assert overflow(page) <= 0


# of the harness itself, which would otherwise let everything pass

FAULTS: Mapping[str, tuple[str, str]] = {
    "a script of its own": (
        """const script = document.createElement("script");
        script.append("1"); document.body.append(script);""",
        "require-trusted-types-for refuses",
    ),
    "a style of its own": (
        """document.body.setAttribute("style", "color: red");""",
        "style-src-attr refuses inline",
    ),
    "another origin": ("""new Image().src = "https://example.com/x.png";""", "img-src refuses"),
    "HTML out of a text": ("""document.body.innerHTML = "<b>";""", "This document requires"),
    "an error": ("""console.error("gone wrong");""", "written: gone wrong"),
    "what is not caught": ("""setTimeout(() => { throw new Error("oh"); });""", "not caught: "),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_what_goes_wrong_on_a_page_is_noticed(
    browser: "Browser", service: Service, kind: str
) -> None:
    does, noted = FAULTS[kind]
    visits = Visits(browser, service)
    page = visits("/account")

    try:
        page.evaluate(f"() => {{ try {{ {does} }} catch (error) {{ console.error(error); }} }}")
        page.wait_for_timeout(300)
    finally:
        visits.close()

    assert [fault for fault in visits.faults if noted in fault], visits.faults


def test_refusal_of_the_api_is_no_fault_of_a_page(visit: Visits) -> None:
    page = visit("/account")

    page.evaluate("(path) => fetch(path).then(() => null)", ANY_USERS.path)
    page.wait_for_timeout(300)

    assert visit.faults == []


def test_person_is_signed_in_before_the_page_begins(
    visit: Visits, credentials: Mapping[str, str]
) -> None:
    page = visit("/account", person=credentials)

    page.get_by_text(credentials["email"]).first.wait_for()
    another = visit("/account", beside=page)
    another.get_by_text(credentials["email"]).first.wait_for()
