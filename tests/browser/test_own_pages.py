"""A front-end on the service's own origin: sign in, stay signed in, sign out."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.register import (
    ANY_USERS,
    HEALTH,
    LOG_OUT,
    REFRESH,
    SHOW_SEANCES,
)
from tests.support.running import Service
from tests.support.tabs import ACCESS_COOKIE, BY_COOKIE, COOKIES, DEVICE_COOKIE, REFRESH_COOKIE, Tab

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

pytestmark = pytest.mark.browser


def test_log_in_puts_the_tokens_where_no_script_can_read_them(
    tab: Tab, credentials: Mapping[str, str]
) -> None:
    answer = tab.log_in(credentials)

    assert answer.status == 200
    assert set(answer.json) == {"token_type", "expires_in", "user"}
    assert answer.set_cookie is None
    assert tab.page.evaluate("document.cookie") == ""
    assert tab.page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_browser_takes_the_cookies_with_all_their_guards(signed_in: Tab) -> None:
    access, refresh = signed_in.cookie(ACCESS_COOKIE), signed_in.cookie(REFRESH_COOKIE)

    assert access is not None
    assert refresh is not None
    for cookie in (access, refresh):
        assert (cookie["secure"], cookie["httpOnly"]) == (True, True)
        assert cookie["sameSite"] == "Strict"
        assert cookie["domain"] == "localhost"
    assert access["path"] == "/"
    assert access["expires"] == pytest.approx(time.time() + 900, abs=60)
    assert refresh["path"] == "/"
    assert refresh["expires"] == pytest.approx(time.time() + 2_592_000, abs=60)


def test_its_address_in_numbers_does_as_well(
    profile: "BrowserContext", service: Service, credentials: Mapping[str, str]
) -> None:
    origin = f"http://127.0.0.1:{service.port}"
    tab = Tab.at(profile, origin, f"{origin}{HEALTH.path}")

    tab.log_in(credentials)

    assert tab.fetch(*ANY_USERS.at(), headers=BY_COOKIE).status == 200
    access = tab.cookie(ACCESS_COOKIE)
    assert access is not None
    assert access["domain"] == "127.0.0.1"


def test_cookie_with_the_header_says_who_is_calling(
    signed_in: Tab, credentials: Mapping[str, str]
) -> None:
    answer = signed_in.fetch(*ANY_USERS.at(), headers=BY_COOKIE)

    assert answer.status == 200
    assert answer.json["email"] == credentials["email"]


def test_cookie_without_the_header_does_not_count(signed_in: Tab) -> None:
    answer = signed_in.fetch(*ANY_USERS.at())

    assert (answer.status, answer.code) == (401, "token_missing")
    # it was there
    assert signed_in.last(ANY_USERS.path).cookies == COOKIES


def test_cookies_go_to_every_path_of_the_service_as_host_cookies_have_to(signed_in: Tab) -> None:
    for method, path in (HEALTH.at(), REFRESH.at(), LOG_OUT.at()):
        signed_in.fetch(method, path, headers=BY_COOKIE)

        assert signed_in.last(path).cookies == COOKIES


def test_log_out_is_content_with_the_refresh_cookie_once_the_other_has_lapsed(
    signed_in: Tab,
) -> None:
    signed_in.page.context.clear_cookies(name=ACCESS_COOKIE)

    assert signed_in.fetch(*LOG_OUT.at(), headers=BY_COOKIE).status == 200

    assert signed_in.cookie(REFRESH_COOKIE) is None


def test_refresh_replaces_both_cookies(signed_in: Tab) -> None:
    before = [signed_in.cookie(name) for name in (ACCESS_COOKIE, REFRESH_COOKIE)]

    answer = signed_in.fetch(*REFRESH.at(), headers=BY_COOKIE)

    assert answer.status == 200
    assert answer.json == {"token_type": "Bearer", "expires_in": 900}
    after = [signed_in.cookie(name) for name in (ACCESS_COOKIE, REFRESH_COOKIE)]
    for old, new in zip(before, after, strict=True):
        assert old is not None
        assert new is not None
        assert old["value"] != new["value"]
    assert signed_in.fetch(*ANY_USERS.at(), headers=BY_COOKIE).status == 200


def test_browser_whose_access_cookie_has_expired_refreshes(signed_in: Tab) -> None:
    signed_in.page.context.clear_cookies(name=ACCESS_COOKIE)
    assert signed_in.fetch(*ANY_USERS.at(), headers=BY_COOKIE).code == "token_expired"

    assert signed_in.fetch(*REFRESH.at(), headers=BY_COOKIE).status == 200

    assert signed_in.fetch(*ANY_USERS.at(), headers=BY_COOKIE).status == 200


def test_tabs_that_refresh_at_once_all_stay_signed_in(signed_in: Tab) -> None:
    statuses = signed_in.page.evaluate(
        """([path, headers]) => Promise.all(Array.from({length: 6}, async () => {
            const answer = await fetch(path, {method: "POST", headers});
            return answer.status;
        }))""",
        [REFRESH.path, dict(BY_COOKIE)],
    )

    assert statuses == [200] * 6
    assert signed_in.fetch(*REFRESH.at(), headers=BY_COOKIE).status == 200
    assert signed_in.fetch(*ANY_USERS.at(), headers=BY_COOKIE).status == 200


def test_script_cannot_put_other_tokens_in_their_place(signed_in: Tab) -> None:
    before = signed_in.cookie(ACCESS_COOKIE)

    for path in ("/", "/api"):
        signed_in.page.evaluate(
            "text => { document.cookie = text }",
            f"{ACCESS_COOKIE}=another; Secure; SameSite=Strict; Path={path}",
        )

    assert signed_in.cookie(ACCESS_COOKIE) == before
    assert len(signed_in.page.context.cookies()) == len(COOKIES)


def test_log_out_clears_the_tokens_and_ends_the_session(signed_in: Tab) -> None:
    stolen: Any = signed_in.page.context.cookies()

    answer = signed_in.fetch(*LOG_OUT.at(), headers=BY_COOKIE)

    assert answer.status == 200
    # the device stays known
    assert [cookie.get("name") for cookie in signed_in.page.context.cookies()] == [DEVICE_COOKIE]
    for method, path in (ANY_USERS.at(), SHOW_SEANCES.at(), LOG_OUT.at(), REFRESH.at()):
        refused = signed_in.fetch(method, path, headers=BY_COOKIE)
        assert (refused.status, refused.code) == (401, "token_missing")
    # and whoever has copied the cookies has nothing
    for method, path in (ANY_USERS.at(), REFRESH.at()):
        # each answer takes them away again
        signed_in.page.context.add_cookies(stolen)
        assert signed_in.fetch(method, path, headers=BY_COOKIE).code == "session_ended"


def test_failed_log_in_leaves_no_cookie(tab: Tab, credentials: Mapping[str, str]) -> None:
    answer = tab.log_in({**credentials, "passw": "a wrong password"})

    assert answer.status == 401
    assert tab.page.context.cookies() == []
