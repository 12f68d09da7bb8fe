"""Each page of /account, in both languages, widths and themes: whoever comes can use it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest

from tests.support.account_pages import SIGN_IN, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

Visit = Callable[..., "Page"]
Axe = Callable[["Page"], None]
OPEN = ("sign-in", "code", "sign-up", "forgot", "confirm", "new-password", "undo", "nowhere")
OWN = (
    "",
    "devices",
    "security",
    "password",
    "app",
    "passkey",
    "recovery-codes",
    "profile",
    "email",
    "data",
    "delete",
)
LOOKS = [("en", 1440, "light"), ("en", 360, "dark"), ("ru", 1440, "dark"), ("ru", 360, "light")]


def _look(page: "Page", axe: Axe, width: int) -> None:
    page.locator("h1").wait_for()
    page.locator(".skeleton").wait_for(state="detached")
    axe(page)
    # nothing sticks out to the side
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("lang") in ("en", "ru")
    assert page.title()
    # where a reader begins: the field that matters, or what the page says it is
    assert page.evaluate("['INPUT', 'H1'].includes(document.activeElement.tagName)")


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_pages_for_everybody(
    visit: Visit, axe: Axe, language: str, width: int, scheme: str
) -> None:
    page = visit(SIGN_IN, language=language, width=width, scheme=scheme)
    origin = page.url.removesuffix(SIGN_IN)

    for name in OPEN:
        page.goto(f"{origin}/account/{name}")
        _look(page, axe, width)


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_pages_of_a_person(
    visit: Visit,
    axe: Axe,
    credentials: Mapping[str, str],
    language: str,
    width: int,
    scheme: str,
) -> None:
    page = visit(SIGN_IN, language=language, width=width, scheme=scheme)
    origin = page.url.removesuffix(SIGN_IN)
    if language == "ru":
        page.get_by_role("button", name="English").click()
    sign_in(page, credentials)
    if language == "ru":
        page.get_by_role("button", name="Русский").click()

    for name in OWN:
        page.goto(f"{origin}/account/{name}".rstrip("/"))
        _look(page, axe, width)
        assert page.locator("html").get_attribute("lang") == language


def test_zoom_to_twice_the_size_loses_nothing(visit: Visit) -> None:
    # 1440 pixels at 200 % are 720, and a phone's 360 are 180
    page = visit(SIGN_IN, width=180)

    assert page.get_by_role("button", name="Sign in", exact=True).is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 180


def test_whoever_wants_no_motion_gets_none(visit: Visit) -> None:
    page = visit(SIGN_IN)
    page.emulate_media(reduced_motion="reduce")

    page.evaluate("document.querySelector('main').innerText")
    moving = page.evaluate("document.getAnimations().length")

    assert moving == 0


def test_everything_is_reached_by_keyboard_and_seen_to_have_the_focus(visit: Visit) -> None:
    page = visit(SIGN_IN)
    page.get_by_label("E-mail").wait_for()
    wanted = page.locator("a:visible, button:visible, input:visible").count()

    seen = set()
    # once around, which takes one step more: the page itself is between the last and the first
    for _ in range(wanted + 1):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement !== document.body"):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline == "solid"
            seen.add(page.evaluate("document.activeElement.outerHTML"))

    assert len(seen) == wanted
