"""The TypeScript client in three tabs of a browser, as bundlers or import maps bring it there."""

import shutil
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.clients.conftest import CLIENTS
from tests.support.register import ANY_USERS, LOG_IN, REFRESH
from tests.support.running import Service, signed_up
from tests.support.tabs import ACCESS_COOKIE, BY_COOKIE, REFRESH_COOKIE

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.clients

TABS = 3
CALLS = 4
ROUNDS = 5
PAGE = """<!doctype html><meta charset="utf-8"><title>Tab</title>
<script type="importmap">{"imports": {
  "users-service-client": "/client/index.js", "openapi-fetch": "/openapi-fetch.js"
}}</script>
<script type="module">
import { Users } from "users-service-client";
window.begin = (options, path) => {
  window.whoAmI = () => window.users.api.PUT(path);
  window.users = new Users(options);
  window.states = [];
  window.users.subscribe((state) => window.states.push(state));
};
// a refresh is answered, and its answer kept back until the test says so
window.held = async (request) => {
  const answer = await fetch(request);
  window.refreshed = request.url.endsWith("/refresh");
  const released = new Promise((resolve) => { window.release = resolve; });
  if (window.refreshed) await released;
  return answer;
};
// one call after each of these milliseconds, counted from an instant that tabs share
window.callAt = (instant, waits) => {
  window.answers = Promise.all(waits.map(async (wait) => {
    await new Promise((resolve) => setTimeout(resolve, instant - Date.now() + wait));
    const { response } = await window.whoAmI();
    return response.status;
  }));
};
</script>"""


class Tabs:
    """Three tabs of a profile, each with a client."""

    def __init__(self, profile: "BrowserContext", origin: str) -> None:
        self.profile = profile
        self.sent: list[str] = []
        profile.on("request", lambda request: self._note(request.method, request.url))
        self.pages: Sequence[Page] = [profile.new_page() for _ in range(TABS)]
        for page in self.pages:
            page.goto(origin)

    def begin(self, service: Service, options: str) -> None:
        for page in self.pages:
            page.evaluate(
                f"path => begin({{baseUrl: '{service.origin}', {options}}}, path)", ANY_USERS.path
            )

    def log_in(self, service: Service) -> None:
        self.pages[0].evaluate("person => users.logIn(person)", dict(signed_up(service)))

    def call_at_once(self, waits: Sequence[Sequence[int]]) -> Sequence[int]:
        """Have each tab call after its waits, all counted from one instant; return statuses."""
        instant = self.pages[0].evaluate("Date.now()") + 300
        for page, its in zip(self.pages, waits, strict=True):
            page.evaluate("([instant, waits]) => callAt(instant, waits)", [instant, list(its)])
        return [status for page in self.pages for status in page.evaluate("answers")]

    def wait_for(self, state: str, pages: "Sequence[Page] | None" = None) -> None:
        for page in pages or self.pages:
            page.wait_for_function("state => users.state === state", arg=state)

    def refreshes(self) -> int:
        return sum(url.endswith(REFRESH.path) for url in self.sent)

    def log_ins(self) -> int:
        return sum(url.endswith(LOG_IN.path) for url in self.sent)

    def _note(self, method: str, url: str) -> None:
        # a preflight asks, and does nothing
        if method != "OPTIONS":
            self.sent.append(url)


@pytest.fixture(scope="module")
def origin(site: tuple[Path, str]) -> str:
    """Where the client is served as it was compiled, with what it depends on."""
    folder, origin = site
    (folder / "index.html").write_text(PAGE, encoding="utf-8")
    shutil.copytree(CLIENTS / "typescript" / "dist", folder / "client")
    dependency = CLIENTS / "node_modules" / "openapi-fetch" / "dist" / "index.mjs"
    shutil.copy(dependency, folder / "openapi-fetch.js")
    return origin


@pytest.fixture
def tabs(browser: "Browser", origin: str) -> Iterator[Tabs]:
    with browser.new_context() as profile:
        yield Tabs(profile, origin)


@pytest.fixture
def by_cookie(tabs: Tabs, service: Service) -> Tabs:
    """The tabs, signed in with cookies by the first."""
    tabs.begin(service, "delivery: 'cookie'")
    tabs.log_in(service)
    return tabs


@pytest.fixture
def in_local_storage(
    tabs: Tabs, service: Service, expired: Callable[[], Mapping[str, str]]
) -> Tabs:
    """The tabs, with an expired access token that all of them read."""
    tabs.begin(service, "delivery: 'bearer', storage: localStorage")
    keep = "tokens => localStorage.setItem('users.tokens', JSON.stringify(tokens))"
    tabs.pages[0].evaluate(keep, dict(expired()))
    tabs.wait_for("signed_in", tabs.pages[1:])
    return tabs


def test_log_in_in_one_tab_signs_the_others_in(by_cookie: Tabs) -> None:
    by_cookie.wait_for("signed_in")

    assert by_cookie.call_at_once([[0]] * TABS) == [200] * TABS


def test_nothing_of_the_tokens_can_be_read_by_a_script(by_cookie: Tabs) -> None:
    page = by_cookie.pages[0]

    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("document.cookie") == ""
    assert page.evaluate("indexedDB.databases()") == []


@pytest.mark.parametrize("round_", range(ROUNDS))
def test_three_tabs_whose_token_has_expired_send_one_refresh(by_cookie: Tabs, round_: int) -> None:
    by_cookie.profile.clear_cookies(name=ACCESS_COOKIE)
    # some calls leave while another tab's refresh is on its way, or when it has just come
    waits = [[tab * call * 7 * round_ for call in range(CALLS)] for tab in range(TABS)]

    statuses = by_cookie.call_at_once(waits)

    assert statuses == [200] * (TABS * CALLS)
    assert by_cookie.refreshes() == 1
    assert {cookie.get("name") for cookie in by_cookie.profile.cookies()} >= {ACCESS_COOKIE}


def test_tokens_in_local_storage_are_refreshed_once_for_all_tabs(in_local_storage: Tabs) -> None:
    statuses = in_local_storage.call_at_once([[0] * CALLS] * TABS)

    assert statuses == [200] * (TABS * CALLS)
    assert in_local_storage.refreshes() == 1


def test_log_out_in_one_tab_signs_the_others_out(by_cookie: Tabs) -> None:
    by_cookie.wait_for("signed_in")

    by_cookie.pages[1].evaluate("users.logOut()")

    by_cookie.wait_for("signed_out")
    assert by_cookie.pages[0].evaluate("states") == ["signed_in", "signed_out"]
    assert by_cookie.call_at_once([[0]] * TABS) == [401] * TABS


def test_log_out_signs_out_all_tabs_that_share_a_storage(in_local_storage: Tabs) -> None:
    in_local_storage.pages[1].evaluate("users.logOut()")

    in_local_storage.wait_for("signed_out")
    assert in_local_storage.pages[2].evaluate("localStorage.getItem('users.tokens')") is None


def test_tabs_with_tokens_in_memory_are_devices_of_their_own(tabs: Tabs, service: Service) -> None:
    tabs.begin(service, "delivery: 'bearer'")
    person = dict(signed_up(service))
    for page in tabs.pages:
        page.evaluate("person => users.logIn(person)", person)

    tabs.pages[1].evaluate("users.logOut()")

    assert tabs.call_at_once([[0]] * TABS) == [200, 401, 200]


def test_stolen_refresh_cookie_that_comes_again_signs_every_tab_out(
    by_cookie: Tabs, service: Service
) -> None:
    by_cookie.wait_for("signed_in")
    stolen = {it.get("name"): it.get("value") for it in by_cookie.profile.cookies()}[REFRESH_COOKIE]
    request = urllib.request.Request(  # noqa: S310 - the address is our own
        service.origin + REFRESH.path,
        method="POST",
        headers={**BY_COOKIE, "Cookie": f"{REFRESH_COOKIE}={stolen}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        assert answer.status == 200
    by_cookie.profile.clear_cookies(name=ACCESS_COOKIE)

    statuses = by_cookie.call_at_once([[0], [], []])

    assert statuses == [401]
    by_cookie.wait_for("signed_out")
    assert by_cookie.profile.cookies(service.origin)[0].get("name") == "__Host-device"


def test_log_in_waits_for_a_refresh_that_is_on_its_way(tabs: Tabs, service: Service) -> None:
    refreshing, entering, watching = tabs.pages
    tabs.begin(service, "delivery: 'cookie', fetch: held")
    tabs.log_in(service)
    tabs.profile.clear_cookies(name=ACCESS_COOKIE)
    refreshing.evaluate("callAt(Date.now(), [0])")
    refreshing.wait_for_function("window.refreshed")
    another = dict(signed_up(service))

    entering.evaluate("person => { window.entered = users.logIn(person); }", another)
    entering.wait_for_timeout(300)
    before = tabs.log_ins()
    refreshing.evaluate("release()")
    entering.evaluate("entered")

    # else the cookies of the refresh could arrive after those of the log-in
    assert (before, tabs.log_ins()) == (1, 2)
    who: Any = watching.evaluate("whoAmI()")
    assert who["data"]["email"] == another["email"]
