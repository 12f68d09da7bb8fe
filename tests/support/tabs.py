"""A browser's tab, and what can be seen from outside of what its scripts do."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from tests.support.register import LOG_IN

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

ACCESS_COOKIE = "__Host-access_token"
REFRESH_COOKIE = "__Host-refresh_token"
DEVICE_COOKIE = "__Host-device"
COOKIES = {ACCESS_COOKIE, REFRESH_COOKIE, DEVICE_COOKIE}
BY_COOKIE: Mapping[str, str] = {"X-Token-Delivery": "cookie"}

PATIENCE_SECONDS = 5

_FETCH = """async ([url, options]) => {
    try {
        const answer = await fetch(url, options);
        return {
            status: answer.status,
            code: answer.headers.get("x-error-code"),
            set_cookie: answer.headers.get("set-cookie"),
            text: await answer.text(),
        };
    } catch (error) {
        return {status: 0, code: error.name, set_cookie: null, text: error.message};
    }
}"""


_SUBMIT = """action => {
    const form = document.createElement("form");
    Object.assign(form, {action, method: "POST"});
    document.body.append(form);
    form.submit();
}"""


@dataclass(frozen=True)
class Reply:
    """What a script learns from its fetch; status 0 is what it may not see, or a refusal."""

    status: int
    code: str | None
    set_cookie: str | None
    text: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON is what it is
        """Return the body, parsed."""
        return json.loads(self.text)


@dataclass(frozen=True)
class Exchange:
    """The cookies that left the browser with a request, and the answer that came.

    ``withheld`` is why the browser kept others back, by the cookie's name.
    """

    cookies: frozenset[str]
    withheld: Mapping[str, Sequence[str]]
    status: int
    code: str | None


class Wire:
    """What passes between a page and the network, whether its scripts may see it or not."""

    def __init__(self, page: "Page") -> None:
        self._page = page
        # by the browser's id of the exchange
        self._urls: dict[str, str] = {}
        self._sent: dict[str, Mapping[str, Any]] = {}
        self._answers: dict[str, Mapping[str, Any]] = {}
        protocol = page.context.new_cdp_session(page)
        protocol.on("Network.requestWillBeSent", self._note_request)
        protocol.on("Network.requestWillBeSentExtraInfo", self._note_sent)
        protocol.on("Network.responseReceivedExtraInfo", self._note_answer)
        protocol.send("Network.enable")

    def last(self, url: str) -> Exchange:
        """Return the last exchange with this address, apart from preflights."""
        last = [identifier for identifier, asked in self._urls.items() if asked == url][-1]
        # the browser tells later than its scripts what was on the wire
        for _ in range(PATIENCE_SECONDS * 50):
            if last in self._sent and last in self._answers:
                break
            self._page.wait_for_timeout(20)
        sent, answer = self._sent[last], self._answers[last]
        cookies = _lower_cased(sent["headers"]).get("cookie", "")
        return Exchange(
            frozenset(cookie.partition("=")[0] for cookie in cookies.split("; ") if cookie),
            {
                held["cookie"]["name"]: held["blockedReasons"]
                for held in sent["associatedCookies"]
                if held["blockedReasons"]
            },
            answer["statusCode"],
            _lower_cased(answer["headers"]).get("x-error-code"),
        )

    def count(self, url: str) -> int:
        """Return how often this address was asked, apart from preflights."""
        return list(self._urls.values()).count(url)

    def _note_request(self, event: dict[str, Any]) -> None:
        if event["request"]["method"] != "OPTIONS":
            self._urls[event["requestId"]] = event["request"]["url"]

    def _note_sent(self, event: dict[str, Any]) -> None:
        self._sent[event["requestId"]] = event

    def _note_answer(self, event: dict[str, Any]) -> None:
        self._answers[event["requestId"]] = event


class Tab:
    """A tab whose scripts call the service."""

    def __init__(self, page: "Page", service: str) -> None:
        self.page = page
        self._service = service
        self._wire = Wire(page)

    @classmethod
    def at(cls, profile: "BrowserContext", service: str, url: str) -> Self:
        """Open a tab at the address, for calls to the service at its own."""
        tab = cls(profile.new_page(), service)
        tab.page.goto(url)
        return tab

    def fetch(self, method: str, path: str, **options: Any) -> Reply:  # noqa: ANN401 - as fetch
        """Have a script of the page call the service; ``options`` are those of fetch()."""
        given = {"method": method, **options}
        return Reply(**self.page.evaluate(_FETCH, [self._service + path, given]))

    def log_in(self, person: Mapping[str, str], **options: Any) -> Reply:  # noqa: ANN401 - as fetch
        """Sign in as a browser's front-end does."""
        headers = {**BY_COOKIE, "Content-Type": "application/json"}
        body = json.dumps(dict(person))
        return self.fetch(*LOG_IN.at(), headers=headers, body=body, **options)

    def submit(self, path: str) -> None:
        """Have the page send an empty form to the service, and go where that leads."""
        with self.page.expect_navigation():
            self.page.evaluate(_SUBMIT, self._service + path)

    def cookie(self, name: str) -> Mapping[str, Any] | None:
        """Return a cookie that the browser holds."""
        for cookie in self.page.context.cookies():
            if cookie["name"] == name:
                return dict(cookie)
        return None

    def last(self, path: str) -> Exchange:
        """Return the last exchange with the service on this path."""
        return self._wire.last(self._service + path)


def _lower_cased(headers: Mapping[str, str]) -> Mapping[str, str]:
    return {name.lower(): value for name, value in headers.items()}
