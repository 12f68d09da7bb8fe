"""Pages are built beside a run that answers already, and something stands for them until then."""

import os
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from werkzeug.test import Client

from infra.local import built_pages
from tests.support.register import HEALTH

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PAGES = ["/", "/account", "/account/sign-in", "/console", "/?from=elsewhere"]
PATIENCE_SECONDS = 20

# in place of make: as its second argument says, it finds everything done, builds, or fails
MAKE = """
import os, sys, time
wanted, noted = sys.argv[1:3]
assert "MAKEFLAGS" not in os.environ
if "--question" in sys.argv:
    sys.exit(0 if wanted == "nothing" else 1)
open(noted, "w").write(str(os.getpid()))
if wanted == "for ever":
    time.sleep(600)
print("why it failed")
sys.exit(0 if wanted == "something" else 2)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pages"


@pytest.fixture
def browser(folder: Path) -> Client:
    def api(_environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        start_response("200 OK", [])
        return [b"from the API"]

    return Client(built_pages.until_built(api, folder))


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Have a program in place of make that does what it is told; it notes that it has begun."""
    script, noted = tmp_path / "make.py", tmp_path / "begun"
    script.write_text(MAKE, encoding="utf-8")
    monkeypatch.setattr(built_pages, "LOG", tmp_path / "log")
    monkeypatch.setenv("MAKEFLAGS", "PORT=3001")

    def does(wanted: str) -> Path:
        command = (sys.executable, str(script), wanted, str(noted))
        monkeypatch.setattr(built_pages, "MAKE", command)
        return noted

    return does


def _wait(until: Callable[[], bool]) -> None:
    gives_up = time.monotonic() + PATIENCE_SECONDS
    while not until():
        assert time.monotonic() < gives_up
        time.sleep(0.02)


@pytest.mark.parametrize("path", PAGES)
def test_page_that_looks_again_stands_for_pages_that_are_not_built(
    browser: Client, folder: Path, path: str
) -> None:
    waiting = browser.get(path)

    assert (waiting.status_code, waiting.headers["refresh"]) == (503, "2")
    assert "not built yet" in waiting.text
    assert waiting.headers["cache-control"] == "no-store"
    assert "script" not in waiting.text

    folder.mkdir()
    (folder / "account.html").touch()
    assert browser.get(path).text == "from the API"


@pytest.mark.parametrize("path", [HEALTH.path, "/docs", "/accounts", "/api/account"])
def test_everything_else_waits_for_no_pages(browser: Client, path: str) -> None:
    assert browser.get(path).text == "from the API"


def test_pages_that_are_as_their_sources_are_not_built(make: Callable[[str], Path]) -> None:
    begun, told = make("nothing"), list[str]()

    with built_pages.building(told.append):
        pass

    assert (begun.exists(), told) == (False, [])


def test_building_is_told_when_it_begins_and_when_it_is_done(make: Callable[[str], Path]) -> None:
    make("something")
    told: list[str] = []

    with built_pages.building(told.append):
        _wait(lambda: len(told) == 2)

    assert "are being built" in told[0]
    assert "are built, in 0 seconds" in told[1]


def test_building_that_fails_says_where_the_reason_is(make: Callable[[str], Path]) -> None:
    make("else")
    told: list[str] = []

    with built_pages.building(told.append):
        _wait(lambda: len(told) == 2)

    assert "could not be built" in told[1]
    assert str(built_pages.LOG) in told[1]
    assert "why it failed" in built_pages.LOG.read_text(encoding="utf-8")


def test_building_is_given_up_with_the_run(make: Callable[[str], Path]) -> None:
    begun, told = make("for ever"), list[str]()

    with built_pages.building(told.append):
        _wait(lambda: begun.is_file() and begun.stat().st_size > 0)
        process = int(begun.read_text())

    # it was waited for, so its number stands for nothing any more
    with pytest.raises(ProcessLookupError):
        os.kill(process, 0)
    assert len(told) == 1
