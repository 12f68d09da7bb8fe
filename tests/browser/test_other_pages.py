"""Pages of other origins: the front-end that is allowed to call, and those that are not."""

import json
from collections.abc import Callable, Mapping

import pytest

from tests.support.register import (
    ANY_USERS,
    END_OTHER_SEANCES,
    HEALTH,
    LOG_IN,
    LOG_OUT,
    REFRESH,
    SHOW_SEANCES,
)
from tests.support.tabs import BY_COOKIE, COOKIES, Tab

pytestmark = pytest.mark.browser

OpenTab = Callable[[str], Tab]


@pytest.fixture
def same_site(open_tab: OpenTab, stranger_port: int) -> Tab:
    """A stranger's page on the service's own host: to SameSite, no stranger."""
    return open_tab(f"http://localhost:{stranger_port}/")


@pytest.fixture
def cross_site(open_tab: OpenTab, stranger_port: int) -> Tab:
    """A stranger's page on another host."""
    return open_tab(f"http://127.0.0.1:{stranger_port}/")


@pytest.fixture(params=["same_site", "cross_site"])
def stranger(request: pytest.FixtureRequest) -> Tab:
    tab: Tab = request.getfixturevalue(request.param)
    return tab


def test_front_end_of_an_allowed_origin_signs_in_and_out(
    open_tab: OpenTab, front_end: str, credentials: Mapping[str, str]
) -> None:
    tab = open_tab(f"{front_end}/")

    assert tab.log_in(credentials, credentials="include").status == 200
    who = tab.fetch(*ANY_USERS.at(), headers=BY_COOKIE, credentials="include")
    assert who.json["email"] == credentials["email"]
    refreshed = tab.fetch(*REFRESH.at(), headers=BY_COOKIE, credentials="include")
    assert refreshed.status == 200
    out = tab.fetch(*LOG_OUT.at(), headers=BY_COOKIE, credentials="include")
    assert out.status == 200
    after = tab.fetch(*ANY_USERS.at(), headers=BY_COOKIE, credentials="include")
    # which it may read
    assert (after.status, after.code) == (401, "token_missing")


def test_page_of_another_site_cannot_bring_the_cookies_along(
    signed_in: Tab, cross_site: Tab
) -> None:
    for path in (SHOW_SEANCES.path, REFRESH.path):
        answer = cross_site.fetch("POST", path, mode="no-cors", credentials="include")

        assert answer.status == 0
        assert cross_site.last(path).cookies == frozenset()
        for reasons in cross_site.last(path).withheld.values():
            # a browser may have other reasons besides
            assert {"SameSiteStrict", "SchemefulSameSiteStrict"} & set(reasons)
    assert set(cross_site.last(REFRESH.path).withheld) == COOKIES
    assert cross_site.last(SHOW_SEANCES.path).code == "token_missing"


def test_cookies_that_a_page_of_another_port_brings_along_do_not_count(
    signed_in: Tab, same_site: Tab
) -> None:
    same_site.fetch(*SHOW_SEANCES.at(), mode="no-cors", credentials="include")
    same_site.fetch(*REFRESH.at(), mode="no-cors", credentials="include")

    asked, refreshed = same_site.last(SHOW_SEANCES.path), same_site.last(REFRESH.path)
    assert asked.cookies == COOKIES
    assert (asked.status, asked.code) == (401, "token_missing")
    assert refreshed.cookies == COOKIES
    assert (refreshed.status, refreshed.code) == (422, "validation_failed")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ANY_USERS.at(),
        SHOW_SEANCES.at(),
        REFRESH.at(),
        LOG_OUT.at(),
        END_OTHER_SEANCES.at(),
    ],
)
def test_stranger_may_not_send_the_header(
    signed_in: Tab, stranger: Tab, method: str, path: str
) -> None:
    before = signed_in.page.context.cookies()

    answer = stranger.fetch(method, path, headers=BY_COOKIE, credentials="include")

    assert (answer.status, answer.code) == (0, "TypeError")
    assert signed_in.page.context.cookies() == before
    assert signed_in.fetch(*ANY_USERS.at(), headers=BY_COOKIE).status == 200
    assert signed_in.fetch(*REFRESH.at(), headers=BY_COOKIE).status == 200


def test_stranger_cannot_read_what_anyone_may_ask(stranger: Tab) -> None:
    answer = stranger.fetch(*HEALTH.at())

    assert (answer.status, answer.code) == (0, "TypeError")


def test_stranger_cannot_sign_a_visitor_in_as_somebody_else(
    stranger: Tab, credentials: Mapping[str, str]
) -> None:
    assert stranger.log_in(credentials, credentials="include").status == 0

    # without a preflight, as far as that goes
    stranger.fetch(
        *LOG_IN.at(), mode="no-cors", credentials="include", body=json.dumps(dict(credentials))
    )

    assert (stranger.last(LOG_IN.path).status, stranger.last(LOG_IN.path).code) == (
        415,
        "unsupported_media_type",
    )
    assert stranger.page.context.cookies() == []


@pytest.mark.parametrize(
    ("host", "cookies"),
    [("localhost", COOKIES), ("127.0.0.1", set())],
)
def test_form_of_a_stranger_gets_nowhere(
    signed_in: Tab, open_tab: OpenTab, stranger_port: int, host: str, cookies: set[str]
) -> None:
    before = signed_in.page.context.cookies()
    stranger = open_tab(f"http://{host}:{stranger_port}/")

    stranger.submit(REFRESH.path)

    assert stranger.last(REFRESH.path).cookies == cookies
    assert stranger.last(REFRESH.path).code == "validation_failed"
    assert signed_in.page.context.cookies() == before
    assert signed_in.fetch(*REFRESH.at(), headers=BY_COOKIE).status == 200
