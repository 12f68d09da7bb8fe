"""Mails on a phone: each kind, in each language, light and dark."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest

from accounts.mail.wordings import WORDINGS
from infra.build import mail_pages

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PHONE_WIDTH = 360
# the longest that may be
NAME = "Константинопольский" * 5 + "Семёнов"[:5]
SERVICE = "W" * 48
# WCAG 2.2, 1.4.3
CONTRAST = 4.5
_CONTRASTS = """() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = (color) => {
        const [r, g, b] = channels(color).map((c) => c / 255)
            .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const canvas = document.createElement("p");
    canvas.style.color = "Canvas";
    document.body.append(canvas);
    const page = getComputedStyle(canvas).color;
    canvas.remove();
    const behind = (element) => {
        if (!element) return page;
        const color = getComputedStyle(element).backgroundColor;
        return channels(color)[3] === 0 ? behind(element.parentElement) : color;
    };
    return [...document.querySelectorAll("p, a")].map((element) => {
        const lights = [getComputedStyle(element).color, behind(element)].map(light);
        return (Math.max(...lights) + 0.05) / (Math.min(...lights) + 0.05);
    });
}"""


@pytest.fixture(params=["light", "dark"])
def phone(request: pytest.FixtureRequest, browser: "Browser") -> Iterator["Page"]:
    scheme: Literal["light", "dark"] = request.param
    # Playwright's own type is not there before `make browser`
    size: Any = {"width": PHONE_WIDTH, "height": 640}
    with browser.new_context(color_scheme=scheme, viewport=size) as context:
        yield context.new_page()


@pytest.mark.parametrize(("kind", "language"), WORDINGS)
def test_mail_fits_a_phone_and_can_be_read(phone: "Page", kind: str, language: str) -> None:
    phone.set_content(mail_pages.page(kind, language, name=NAME, service=SERVICE))

    assert phone.evaluate("document.documentElement.scrollWidth") == PHONE_WIDTH
    contrasts = phone.evaluate(_CONTRASTS)
    assert len(contrasts) >= 2
    assert min(contrasts) >= CONTRAST


def test_dark_is_dark_and_light_is_light(phone: "Page") -> None:
    phone.set_content(mail_pages.page("reset", "en", NAME))

    ink = phone.evaluate("getComputedStyle(document.body).color")

    is_dark = phone.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert ink == ("rgb(255, 255, 255)" if is_dark else "rgb(0, 0, 0)")
