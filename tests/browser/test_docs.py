"""The page /docs, as a newcomer to `make run` has it: read, let oneself in, call."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.support.running import Service
from tests.support.visits import REFUSED, barriers, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

WIDTHS = (360, 1440)
OPERATIONS = ("public-log_in", "private-any_users", "server-list_users", "server-update_user")


@pytest.fixture(params=WIDTHS)
def docs(request: pytest.FixtureRequest, browser: "Browser", service: Service) -> Iterator["Page"]:
    """The page in a window of that width, which has asked nobody else and had no trouble."""
    with browser.new_context(viewport={"width": request.param, "height": 900}) as context:
        page = context.new_page()
        asked: list[str] = []
        troubles: list[str] = []
        page.on("request", lambda sent: asked.append(sent.url))
        page.on("console", lambda said: troubles.extend(_trouble(said.type, said.text)))
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(f"{service.origin}/docs")
        page.locator(".opblock").first.wait_for()
        yield page
        hosts = {urlsplit(url).netloc for url in asked if not url.startswith("data:")}
        assert hosts == {urlsplit(service.origin).netloc}
        assert troubles == []


def _trouble(kind: str, text: str) -> Sequence[str]:
    # that the service refused something is none of the page's
    return [text] if kind == "error" and not text.startswith(REFUSED) else []


def _open(page: "Page", operation: str) -> "Locator":
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    block.locator(".execute").wait_for()
    return block


def test_page_shuts_nobody_out(docs: "Page") -> None:
    assert barriers(docs) == []


def test_page_in_use_shuts_nobody_out(docs: "Page") -> None:
    for operation in OPERATIONS:
        _open(docs, operation)
    docs.locator("#operations-private-any_users .execute").click()
    docs.locator("#operations-private-any_users .live-responses-table").wait_for()
    assert barriers(docs) == []

    docs.locator(".btn.authorize").click()
    docs.locator(".modal-ux").wait_for()
    assert barriers(docs) == []


def test_page_fits_its_window(docs: "Page") -> None:
    for operation in OPERATIONS:
        _open(docs, operation)

    assert overflow(docs) == 0


def test_newcomer_calls_as_the_administrator(docs: "Page") -> None:
    docs.get_by_role("button", name="Authorise as the local administrator").click()
    docs.get_by_text("Authorised as administrator@example.com").wait_for()

    block = _open(docs, "private-any_users")
    block.locator(".execute").click()

    answer = block.locator(".live-responses-table .response")
    assert answer.locator(".response-col_status").inner_text().startswith("200")
    assert "administrator@example.com" in answer.inner_text()
