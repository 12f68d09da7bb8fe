"""Visits to the service's own pages, and whatever goes wrong on them."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.support.register import HEALTH
from tests.support.running import Service
from tests.support.tabs import Tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route

PHONE, TABLET, DESK = 360, 768, 1440
# what a window at a desk has to lay out in when it shows everything at 200 %
ZOOMED = DESK // 2
HEIGHTS: Mapping[int, int] = {PHONE: 740, ZOOMED: 450, TABLET: 1024, DESK: 900}
LANGUAGES: Mapping[str, str] = {"en": "en-GB", "ru": "ru-RU"}
# what keeps people out, in axe's words
SERIOUS = frozenset({"serious", "critical"})
# Chromium writes this of every answer that tells of an error, which a page may expect of the API
REFUSED = "Failed to load resource"
# written as an error, so that it is among those
_TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", event => console.error(
    `${event.effectiveDirective} refuses ${event.blockedURI} ${event.sample}`,
));"""

_CHOOSE = """if (location.origin !== "null" && !sessionStorage.getItem("language"))
    sessionStorage.setItem("language", "%s");"""

# what is clipped away is on purpose for screen readers alone
_CUT_OFF = """() => {
    const isClipped = (it) =>
        it && (getComputedStyle(it).clipPath !== "none" || isClipped(it.parentElement));
    return [...document.body.querySelectorAll("*")]
        .filter((it) => getComputedStyle(it).overflowX !== "visible" && !isClipped(it))
        .filter((it) => it.checkVisibility() && it.scrollWidth > it.clientWidth + 1)
        .map((it) => it.innerText);
}"""


@dataclass
class Visits:
    """Pages that were opened, each in a profile of its own unless it is beside another.

    ``faults`` are what a policy refused, what was written as an error, what a script did not
    catch, and what was asked of another origin.
    """

    browser: "Browser"
    service: Service
    language: str = "en"
    width: int = DESK
    faults: list[str] = field(default_factory=list)
    _open: ExitStack = field(default_factory=ExitStack)

    def __call__(
        self,
        path: str,
        *,
        person: Mapping[str, str] | None = None,
        beside: "Page | None" = None,
        language: str = "",
        width: int = 0,
        **options: Any,  # noqa: ANN401 - as new_context
    ) -> "Page":
        """Open a page, as ``person`` if one is given, in another tab ``beside`` one if that is.

        Language and width are those of the visits, unless it is told others.
        ``options`` are those of Playwright's ``new_context``, such as ``color_scheme="dark"``.
        """
        context = (
            beside.context
            if beside
            else self._profile(language or self.language, width or self.width, options)
        )
        page = context.new_page()
        if person is not None:
            # where a script may ask the service, and nothing of the pages has begun yet
            page.goto(self.service.origin + HEALTH.path)
            assert Tab(page, self.service.origin).log_in(person).status == 200
        page.goto(self.service.origin + path)
        return page

    def close(self) -> None:
        """Close them all."""
        self._open.close()

    def _profile(self, language: str, width: int, options: Mapping[str, Any]) -> "BrowserContext":
        given = {
            "locale": LANGUAGES[language],
            "viewport": {"width": width, "height": HEIGHTS[width]},
            "device_scale_factor": 2 if width == ZOOMED else 1,
            **options,
        }
        context = self._open.enter_context(self.browser.new_context(**given))
        # browsers ask for it where a document names no icon, such as JSON
        context.route("**/favicon.ico", lambda route: route.fulfill(status=204))
        context.add_init_script(_TELL_VIOLATIONS)
        if language == self.language != "en":
            # whatever those have in their accounts who are there, as one who chose it in this tab
            context.add_init_script(_CHOOSE % language)
        context.on("console", self._note_message)
        context.on("weberror", lambda error: self.faults.append(f"not caught: {error.error}"))
        context.on("request", self._note_request)
        return context

    def _note_message(self, message: "ConsoleMessage") -> None:
        asked = f"{self.service.origin}/api/"
        expected = message.text.startswith(REFUSED) and message.location["url"].startswith(asked)
        if message.type == "error" and not expected:
            self.faults.append(f"written: {message.text}")

    def _note_request(self, request: "Request") -> None:
        ours = request.url.startswith((f"{self.service.origin}/", "data:", "blob:"))
        # where a sign-in leads on to, which a test looks at by itself
        if not ours and not request.is_navigation_request():
            self.faults.append(f"asked of others: {request.url}")


def heading(page: "Page", title: str) -> None:
    """Wait for the page of this title."""
    page.get_by_role("heading", name=title, level=1, exact=True).wait_for()


def want_proof_once(page: "Page", method: str, path: str) -> None:
    """Have the service find, once, that the last proof is too long ago: ten minutes, out there."""
    headers = {"x-error-code": "reauthentication_required", "content-type": "application/json"}
    body = '{"error": "Forbidden", "message": "Confirm your identity first"}'
    refused: list[str] = []

    def refuse(route: "Route") -> None:
        if route.request.method != method or refused:
            route.fallback()
        else:
            refused.append(path)
            route.fulfill(status=403, headers=headers, body=body)

    page.route(f"**{path}", refuse)


def barriers(page: "Page") -> Sequence[str]:
    """Return what axe finds on the page that keeps people out, by rule and place."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - may not be there

    found: Sequence[Mapping[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{violation['id']} at {node['target']}: {node['failureSummary']}"
        for violation in found
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def overflow(page: "Page") -> int:
    """Return by how many pixels the page is wider than its window, as then it scrolls sideways."""
    wider: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider


def cut_off(page: "Page") -> Sequence[str]:
    """Return the texts of which the page shows but a part, as they are wider than their place."""
    texts: Sequence[str] = page.evaluate(_CUT_OFF)
    return texts
