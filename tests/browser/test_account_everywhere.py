"""Each page of /account, in both languages, widths and themes: whoever comes can use it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pytest

from tests.support.account_pages import SIGN_IN
from tests.support.register import ANY_USERS
from tests.support.visits import DESK, PHONE, TABLET, ZOOMED, Visits, barriers, cut_off, overflow

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
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
LOOKS = [
    ("en", DESK, "light"),
    ("en", PHONE, "dark"),
    ("ru", TABLET, "dark"),
    ("ru", PHONE, "light"),
    ("ru", ZOOMED, "light"),
]


def _look(page: "Page", language: str) -> None:
    page.locator("h1").wait_for()
    page.locator(".skeleton").wait_for(state="detached")
    assert barriers(page) == []
    # nothing sticks out to the side
    assert overflow(page) == 0
    assert cut_off(page) == []
    assert page.locator("html").get_attribute("lang") == language
    assert page.title()
    # where a reader begins: the field that matters, or what the page says it is
    assert page.evaluate("['INPUT', 'H1'].includes(document.activeElement.tagName)")


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_pages_for_everybody(visit: Visits, language: str, width: int, scheme: str) -> None:
    page = visit(SIGN_IN, language=language, width=width, color_scheme=scheme)

    for name in OPEN:
        page.goto(f"{visit.service.origin}/account/{name}")
        _look(page, language)


@pytest.mark.parametrize(("language", "width", "scheme"), LOOKS)
def test_pages_of_a_person(
    visit: Visits,
    credentials: Mapping[str, str],
    language: str,
    width: int,
    scheme: str,
) -> None:
    page = visit(
        "/account", person=credentials, language=language, width=width, color_scheme=scheme
    )
    # what the person has in their account is English
    if language == "ru":
        page.get_by_role("button", name="Русский").click()

    for name in OWN:
        page.goto(f"{visit.service.origin}/account/{name}".rstrip("/"))
        _look(page, language)


def test_zoom_to_twice_the_size_loses_nothing(visit: Visits) -> None:
    # a window of so many pixels at 200 % has half as many to lay out in
    page = visit(SIGN_IN)
    page.set_viewport_size({"width": PHONE // 2, "height": 400})

    page.get_by_role("button", name="Sign in", exact=True).wait_for()
    assert overflow(page) == 0


def test_whoever_wants_no_motion_gets_none(visit: Visits) -> None:
    page = visit("/.well-known/passkey-endpoints", reduced_motion="reduce")
    page.route(f"**{ANY_USERS.path}", lambda _: None)

    # it waits for who is there, as long as the answer does not come
    page.goto(f"{visit.service.origin}/account")
    page.locator(".skeleton").wait_for()

    assert page.evaluate("document.getAnimations().length") == 0


def test_everything_is_reached_by_keyboard_and_seen_to_have_the_focus(visit: Visits) -> None:
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
