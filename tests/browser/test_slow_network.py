"""Pages on a slow network: their shape is there at once, and nothing jumps when the rest comes."""

import time
from typing import TYPE_CHECKING

import pytest

from tests.support.console_pages import PEOPLE, holder, person
from tests.support.running import Service
from tests.support.visits import DESK, PHONE, Visits

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = pytest.mark.browser

LATE_SECONDS = 0.7
# what counts as good (Core Web Vitals)
MOST_SHIFT = 0.1
_SHIFT = """() => new Promise(resolve => new PerformanceObserver(list => resolve(
    list.getEntries().reduce((sum, entry) => sum + entry.value, 0),
)).observe({ type: "layout-shift", buffered: true }) || setTimeout(() => resolve(0), 500))"""


@pytest.mark.parametrize("width", [PHONE, DESK])
@pytest.mark.parametrize("path", [PEOPLE, "/console/trail", "/account/devices", "/account"])
def test_nothing_jumps_when_the_answers_come(
    visit: Visits, service: Service, path: str, width: int
) -> None:
    worker = holder(service, "*")
    person(service)
    page = visit("/account", person=worker.credentials, width=width)

    def late(route: "Route") -> None:
        time.sleep(LATE_SECONDS)
        route.continue_()

    page.route("**/api/**", late)

    page.goto(service.origin + path)
    page.locator(".skeleton").first.wait_for()
    page.locator(".skeleton").first.wait_for(state="detached", timeout=60_000)
    page.wait_for_load_state("networkidle", timeout=90_000)

    assert page.evaluate(_SHIFT) <= MOST_SHIFT
