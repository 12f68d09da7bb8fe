"""Passkeys in a browser whose authenticators are virtual: made, used, and refused."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.support.passkey_devices import PasskeyDevice
from tests.support.register import (
    ADD_PASSKEY,
    ANY_USERS,
    LOG_IN,
    LOG_IN_WITH_PASSKEY,
    PASSKEY_LOG_IN_OPTIONS,
    PASSKEY_OPTIONS,
    PROVE_SECOND_FACTOR,
)
from tests.support.running import Service
from tests.support.tabs import BY_COOKIE, Reply, Tab

pytestmark = pytest.mark.browser

OpenTab = Callable[[str], Tab]
JSON = {"Content-Type": "application/json"}
# what a front-end does with the options, and hands on as it is
_CREATE = """async (options) => {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
    const made = await navigator.credentials.create({publicKey});
    return made.toJSON();
}"""
_GET = """async (options) => {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options);
    const used = await navigator.credentials.get({publicKey});
    return used.toJSON();
}"""


@pytest.fixture
def home(open_tab: OpenTab, front_end: str) -> Tab:
    """A tab of the front-end."""
    return open_tab(f"{front_end}/")


def _call(tab: Tab, at: tuple[str, str], body: object = None, token: str = "") -> Reply:
    headers = {**JSON, "Authorization": f"Bearer {token}"} if token else JSON
    given = {} if body is None else {"body": json.dumps(body)}
    return tab.fetch(*at, headers=headers, **given)


def _token(tab: Tab, credentials: Mapping[str, str]) -> str:
    answer = _call(tab, LOG_IN.at(), dict(credentials))
    assert answer.status == 200, answer
    return str(answer.json["access_token"])


def _enrol(tab: Tab, token: str) -> Reply:
    options = _call(tab, PASSKEY_OPTIONS.at(), {"purpose": "enrol"}, token)
    made = tab.page.evaluate(_CREATE, options.json)
    return _call(tab, ADD_PASSKEY.at(), {"credential": made, "label": "Laptop"}, token)


def _used(tab: Tab, **asked: object) -> Any:  # noqa: ANN401 - JSON is what it is
    options = _call(tab, PASSKEY_LOG_IN_OPTIONS.at(), {})
    return tab.page.evaluate(_GET, options.json | asked)


def _sign_in(tab: Tab) -> Reply:
    return _call(tab, LOG_IN_WITH_PASSKEY.at(), {"credential": _used(tab)})


def test_a_passkey_is_made_and_signs_in(home: Tab, credentials: Mapping[str, str]) -> None:
    device = PasskeyDevice(home.page)

    added = _enrol(home, _token(home, credentials))
    signed_in = _sign_in(home)

    assert (added.status, added.json["label"]) == (201, "Laptop")
    (kept,) = device.credentials()
    assert kept["isResidentCredential"]
    assert signed_in.status == 200
    assert signed_in.json["user"]["email"] == credentials["email"]


def test_in_cookies_too(home: Tab, credentials: Mapping[str, str]) -> None:
    PasskeyDevice(home.page)
    _enrol(home, _token(home, credentials))

    body = json.dumps({"credential": _used(home)})
    headers = {**JSON, **BY_COOKIE}
    given: dict[str, Any] = {"headers": headers, "body": body, "credentials": "include"}
    assert home.fetch(*LOG_IN_WITH_PASSKEY.at(), **given).status == 200

    who = home.fetch(*ANY_USERS.at(), headers=BY_COOKIE, credentials="include")
    assert who.json["email"] == credentials["email"]
    assert who.json["amr"] == ["pop", "mfa"]


def test_it_is_the_second_step_after_a_password(home: Tab, credentials: Mapping[str, str]) -> None:
    PasskeyDevice(home.page)
    _enrol(home, _token(home, credentials))

    first = _call(home, LOG_IN.at(), dict(credentials))
    challenge = first.json["challenge"]
    options = _call(home, PASSKEY_LOG_IN_OPTIONS.at(), {"challenge": challenge})
    used = home.page.evaluate(_GET, options.json)
    second = _call(home, PROVE_SECOND_FACTOR.at(), {"challenge": challenge, "passkey": used})

    assert first.status == 202
    assert second.status == 200


def test_a_key_that_is_kept_in_several_places_signs_in_on_another_device(
    home: Tab,
    credentials: Mapping[str, str],
    browser: Any,  # noqa: ANN401 - Playwright may not be there
    front_end: str,
    service: Service,
) -> None:
    device = PasskeyDevice(home.page, defaultBackupEligibility=True, defaultBackupState=True)
    added = _enrol(home, _token(home, credentials))
    (key,) = device.credentials()
    with browser.new_context() as profile:
        phone = Tab.at(profile, service.origin, f"{front_end}/")
        PasskeyDevice(phone.page).take(key)

        signed_in = _sign_in(phone)

    assert added.json["backed_up"] is True
    assert signed_in.json["user"]["email"] == credentials["email"]


def test_the_same_device_makes_no_second_one(home: Tab, credentials: Mapping[str, str]) -> None:
    PasskeyDevice(home.page)
    token = _token(home, credentials)
    assert _enrol(home, token).status == 201

    with pytest.raises(Exception, match="InvalidStateError"):
        _enrol(home, token)


def test_a_device_that_does_not_verify_its_user_makes_none(
    home: Tab, credentials: Mapping[str, str]
) -> None:
    device = PasskeyDevice(home.page)
    token = _token(home, credentials)
    device.verify(whether=False)

    with pytest.raises(Exception, match="NotAllowedError"):
        _enrol(home, token)


def test_and_a_page_that_asks_for_less_signs_nobody_in(
    home: Tab, credentials: Mapping[str, str]
) -> None:
    device = PasskeyDevice(home.page)
    _enrol(home, _token(home, credentials))
    device.verify(whether=False)

    used = _used(home, userVerification="discouraged")
    answer = _call(home, LOG_IN_WITH_PASSKEY.at(), {"credential": used})

    assert (answer.status, answer.code) == (401, "invalid_passkey")


def test_a_page_of_another_origin_signs_nobody_in(
    home: Tab, credentials: Mapping[str, str], open_tab: OpenTab, stranger_port: int
) -> None:
    device = PasskeyDevice(home.page)
    _enrol(home, _token(home, credentials))
    (key,) = device.credentials()
    # its host is ours, so the browser lets it ask; its origin is another
    stranger = open_tab(f"http://localhost:{stranger_port}/")
    PasskeyDevice(stranger.page).take(key)
    options = _call(home, PASSKEY_LOG_IN_OPTIONS.at(), {}).json

    used = stranger.page.evaluate(_GET, options)
    answer = _call(home, LOG_IN_WITH_PASSKEY.at(), {"credential": used})

    assert (answer.status, answer.code) == (401, "invalid_passkey")
