"""The layouts of docs/browser.md, as written there: a page at one name, the API at another."""

import re
import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from accounts.edge import proxy
from infra.local import ROOT
from tests.support import web
from tests.support.register import ANY_USERS, LOG_OUT, REFRESH, SHOW_SEANCES
from tests.support.running import Service, running, signed_up
from tests.support.tabs import (
    ACCESS_COOKIE,
    BY_COOKIE,
    COOKIES,
    DEVICE_COOKIE,
    REFRESH_COOKIE,
    Exchange,
    Wire,
)
from tests.support.web import Web

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

pytestmark = pytest.mark.browser

APP, API, FRONTED_API, ELSEWHERE = (
    *("app.example.com", "users.example.com", "fronted.example.com"),
    "page.example.net",
)
STRANGERS = ("blog.example.com", "evil.example.org")
API_IN_THE_GUIDE = "https://users.example.com"
VIEWER = "192.0.2.44"
TABS = 3
# the shortest that the template allows, and the leeway with which tokens are verified
ACCESS_SECONDS, LEEWAY_SECONDS = 60, 30
GUIDE = (ROOT / "docs" / "browser.md").read_text(encoding="utf-8")
CODE = dict(re.findall(r"^```js\n// ([\w-]+)\.js\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL))
PAGE = 'import * as client from "/client.js";\nwindow.client = client;\n'
_CALL = """async ([name, given]) => {
    const answer = await window.client[name](...given);
    return {status: answer.status, code: answer.headers.get("x-error-code"),
            json: await answer.json().catch(() => null)};
}"""


@dataclass(frozen=True)
class Layout:
    """A page, the API that it calls, and where its tokens are."""

    page: str
    api: str
    in_cookies: bool


LAYOUTS = {
    "one site": Layout(APP, API, in_cookies=True),
    "elsewhere": Layout(ELSEWHERE, API, in_cookies=False),
    "behind CloudFront": Layout(APP, FRONTED_API, in_cookies=True),
}


class Tab:
    """A tab of the layout's page."""

    def __init__(self, page: "Page", web: Web, layout: Layout) -> None:
        self.page = page
        self._wire = Wire(page)
        self._api = web.origin(layout.api)
        # two layouts have one page, for which only its host counts
        page.goto(f"{web.origin(layout.page)}/?{layout.api}")
        page.wait_for_function("window.client")

    def log_in(self, person: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON is what it is
        """Log in by the guide's code."""
        return self._run("logIn", person["email"], person["passw"])

    def call(self, method: str, path: str) -> Any:  # noqa: ANN401 - as above
        """Call the API by the guide's code."""
        return self._run("call", method, path)

    def log_out(self) -> Any:  # noqa: ANN401 - as above
        """Log out by the guide's code."""
        return self._run("logOut")

    def last(self, path: str) -> Exchange:
        """Return the last exchange with the API on this path."""
        return self._wire.last(self._api + path)

    def count(self, path: str) -> int:
        """Return how often the API was asked on this path."""
        return self._wire.count(self._api + path)

    def begin(self, method: str, path: str) -> None:
        """Have the page call the API, and wait for no answer."""
        # the promise is not handed back, so nobody waits for it
        self.page.evaluate(
            f"(given) => {{ window.outcome = ({_CALL})(given); }}", ["call", [method, path]]
        )

    def outcome(self) -> Any:  # noqa: ANN401 - as above
        """Return what the page was answered."""
        return self.page.evaluate("window.outcome")

    def _run(self, name: str, *given: str) -> Any:  # noqa: ANN401 - as above
        return self.page.evaluate(_CALL, [name, list(given)])


@pytest.fixture(scope="module")
def names() -> Iterator[Web]:
    with web.serving(APP, API, FRONTED_API, ELSEWHERE, *STRANGERS) as it:
        yield it


@pytest.fixture(scope="module")
def secret() -> str:
    """What CloudFront proves itself by."""
    return secrets.token_hex(32)


@pytest.fixture(scope="module")
def api(names: Web, secret: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    origins = ",".join(names.origin(name) for name in (APP, ELSEWHERE))
    parameters = {
        "TrustedProxy": proxy.digest(secret),
        "AccessTokenSeconds": str(ACCESS_SECONDS),
    }
    with running(tmp_path_factory.mktemp("api"), "--origins", origins, **parameters) as service:
        cloudfront = {proxy.SECRET_HEADER: secret, proxy.ADDRESS_HEADER: f"{VIEWER}:44123"}
        names.sites[API] = web.passed_on(service.port, {})
        names.sites[FRONTED_API] = web.passed_on(service.port, cloudfront)
        for name in STRANGERS:
            names.sites[name] = web.page({"/page.js": ""}, "default-src 'self'; connect-src *")
        yield service


@pytest.fixture(scope="module")
def web_browser(launch: Callable[..., "Browser"], names: Web) -> Iterator["Browser"]:
    with launch(*names.flags) as browser:
        yield browser


@pytest.fixture
def profile(web_browser: "Browser") -> Iterator["BrowserContext"]:
    with web_browser.new_context() as context:
        yield context


@pytest.fixture(params=[*LAYOUTS.values()], ids=[*LAYOUTS])
def layout(request: pytest.FixtureRequest, names: Web) -> Layout:
    it: Layout = request.param
    code = CODE["one-site" if it.in_cookies else "elsewhere"]
    assert API_IN_THE_GUIDE in code
    files = {"/client.js": code.replace(API_IN_THE_GUIDE, names.origin(it.api)), "/page.js": PAGE}
    # the one that the guide recommends
    policy = f"default-src 'none'; script-src 'self'; connect-src {names.origin(it.api)}"
    assert policy.replace(names.origin(it.api), API_IN_THE_GUIDE) in GUIDE
    names.sites[it.page] = web.page(files, policy)
    return it


@pytest.fixture
def person(api: Service) -> Mapping[str, str]:
    return signed_up(api)


@pytest.fixture
def open_tab(profile: "BrowserContext", names: Web, layout: Layout) -> Callable[[], Tab]:
    return lambda: Tab(profile.new_page(), names, layout)


def _cookies(profile: "BrowserContext") -> Mapping[str, Any]:
    return {str(cookie.get("name")): cookie for cookie in profile.cookies()}


def test_page_logs_in_asks_who_it_is_and_logs_out(
    open_tab: Callable[[], Tab],
    profile: "BrowserContext",
    layout: Layout,
    person: Mapping[str, str],
) -> None:
    tab = open_tab()

    begun = tab.log_in(person)
    held = _cookies(profile)
    who = tab.call(*ANY_USERS.at())
    sent = tab.last(ANY_USERS.path).cookies
    ended = tab.log_out()
    after = tab.call(*ANY_USERS.at())

    assert begun["status"] == 200
    assert ("access_token" in begun["json"]) is not layout.in_cookies
    assert set(held) == sent == (COOKIES if layout.in_cookies else set())
    for cookie in held.values():
        assert (cookie["secure"], cookie["httpOnly"], cookie["path"]) == (True, True, "/")
        assert (cookie["sameSite"], cookie["domain"]) == ("Strict", layout.api)
    assert (who["status"], who["json"]["email"]) == (200, person["email"])
    assert ended["status"] == 200
    # which the page may read
    assert (after["status"], after["code"]) == (401, "token_missing")
    assert set(_cookies(profile)) == ({DEVICE_COOKIE} if layout.in_cookies else set())


def test_three_tabs_whose_access_has_lapsed_refresh_at_once_and_go_on(
    open_tab: Callable[[], Tab],
    profile: "BrowserContext",
    layout: Layout,
    person: Mapping[str, str],
) -> None:
    tabs = [open_tab() for _ in range(TABS)]
    for tab in tabs if not layout.in_cookies else tabs[:1]:
        assert tab.log_in(person)["status"] == 200
    before = _cookies(profile)
    time.sleep(ACCESS_SECONDS + (0 if layout.in_cookies else LEEWAY_SECONDS) + 1)
    assert ACCESS_COOKIE not in _cookies(profile)

    for tab in tabs:
        tab.begin(*ANY_USERS.at())
    answers = [tab.outcome() for tab in tabs]

    assert [answer["status"] for answer in answers] == [200] * TABS
    assert {answer["json"]["email"] for answer in answers} == {person["email"]}
    # cookies are one for all tabs, memory is each tab's own
    assert sum(tab.count(REFRESH.path) for tab in tabs) == (1 if layout.in_cookies else TABS)
    assert [tab.call(*ANY_USERS.at())["status"] for tab in tabs] == [200] * TABS
    if layout.in_cookies:
        for name in (ACCESS_COOKIE, REFRESH_COOKIE):
            assert _cookies(profile)[name]["value"] != before[name]["value"]


def test_log_out_goes_well_when_access_has_lapsed(
    open_tab: Callable[[], Tab],
    profile: "BrowserContext",
    layout: Layout,
    person: Mapping[str, str],
) -> None:
    tab = open_tab()
    tab.log_in(person)
    held = profile.cookies()
    if layout.in_cookies:
        # as the browser does when its time has come
        profile.clear_cookies(name=ACCESS_COOKIE)
    else:
        time.sleep(ACCESS_SECONDS + LEEWAY_SECONDS + 1)

    assert tab.log_out()["status"] == 200

    assert set(_cookies(profile)) == ({DEVICE_COOKIE} if layout.in_cookies else set())
    # and whoever had copied the cookies has nothing
    # a cookie as given is one as taken, by another type
    profile.add_cookies(cast("Any", held))
    assert tab.call(*ANY_USERS.at())["status"] == 401


def test_list_of_devices_has_the_address_that_cloudfront_saw(
    open_tab: Callable[[], Tab], layout: Layout, person: Mapping[str, str]
) -> None:
    tab = open_tab()
    tab.log_in(person)

    (seance,) = tab.call(*SHOW_SEANCES.at())["json"]["seances"]

    seen = VIEWER if layout.api == FRONTED_API else "127.0.0.1"
    assert seance["ip_address"] == seen


@pytest.mark.parametrize("stranger", STRANGERS)
@pytest.mark.parametrize(
    "layout", [LAYOUTS["one site"], LAYOUTS["behind CloudFront"]], indirect=True
)
def test_page_of_a_stranger_can_use_no_cookie(
    open_tab: Callable[[], Tab],
    profile: "BrowserContext",
    names: Web,
    layout: Layout,
    person: Mapping[str, str],
    stranger: str,
) -> None:
    tab = open_tab()
    tab.log_in(person)
    before = profile.cookies()
    page = profile.new_page()
    wire = Wire(page)
    page.goto(names.origin(stranger))
    url = names.origin(layout.api) + LOG_OUT.path

    refused = page.evaluate(
        "([url, options]) => fetch(url, options).then(() => 'read', (error) => error.name)",
        [url, {"method": "PUT", "headers": dict(BY_COOKIE), "credentials": "include"}],
    )
    page.evaluate(
        "([url, options]) => fetch(url, options)",
        [
            names.origin(layout.api) + SHOW_SEANCES.path,
            {"method": "POST", "mode": "no-cors", "credentials": "include"},
        ],
    )

    assert refused == "TypeError"
    sent = wire.last(names.origin(layout.api) + SHOW_SEANCES.path)
    # a sibling's page is of the same site: there the header alone protects
    assert sent.cookies == (COOKIES if stranger.endswith(".example.com") else frozenset())
    assert (sent.status, sent.code) == (401, "token_missing")
    assert profile.cookies() == before
    assert tab.call(*ANY_USERS.at())["status"] == 200
