"""POST /api/v1/public/users/login/passkey: who has the key, and is verified by what keeps it."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from accounts import clock
from accounts.storage.factors import Passkey
from accounts.storage.tables import User
from tests.support import authenticator as software
from tests.support.answers import Answer
from tests.support.authenticator import Authenticator, Json, on_file
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, who_am_i
from tests.support.guesses import guess, in_a_row, log_in
from tests.support.logged import Log
from tests.support.people import Person, claims
from tests.support.post_office import PostOffice
from tests.support.register import (
    DELETE_PASSKEY,
    LOG_IN_WITH_PASSKEY,
    PASSKEY_LOG_IN_OPTIONS,
    PASSKEY_OPTIONS,
)
from tests.support.scene import APP, Scene

CHALLENGE_SECONDS = 300
BY_COOKIE = {"X-Token-Delivery": "cookie"}
GONE = (410, "challenge_invalid")
WRONG_PASSKEY = {"error": "Unauthorized", "message": "Invalid passkey"}
Then = Callable[[Desk, Person], object]


@pytest.fixture
def device(scene: Scene) -> Authenticator:
    """An authenticator that has a passkey of alice's."""
    return scene.authenticator()


def _log_in(scene: Scene, used: Json, **headers: str) -> Answer:
    return LOG_IN_WITH_PASSKEY.call(scene, json={"credential": used}, headers=headers)


def _refused(answer: Answer) -> bool:
    return (answer.status, answer.code, answer.json) == (401, "invalid_passkey", WRONG_PASSKEY)


def _passkey() -> Passkey:
    (passkey,) = on_file()
    return passkey


def test_answer_is_that_of_a_log_in(scene: Scene, alice: Person, device: Authenticator) -> None:
    answer = _log_in(scene, scene.signed(device))

    assert answer.status == 200
    assert set(answer.json) == {
        *("access_token", "token_type", "expires_in", "refresh_token", "user", "device_token")
    }
    assert answer.json["user"]["id"] == alice.id
    assert who_am_i(alice, answer.json["access_token"]).json["user_id"] == alice.id


def test_a_passkey_is_two_factors(scene: Scene, device: Authenticator) -> None:
    answer = _log_in(scene, scene.signed(device))

    assert claims(answer.json["access_token"])["amr"] == ["pop", "mfa"]


def test_a_browser_gets_its_tokens_in_cookies(scene: Scene, device: Authenticator) -> None:
    answer = _log_in(scene, scene.signed(device), **BY_COOKIE)

    assert set(answer.json) == {"token_type", "expires_in", "user"}
    names = [cookie.partition("=")[0] for cookie in answer.cookies]
    assert names == ["__Host-access_token", "__Host-refresh_token", "__Host-device"]


def test_the_session_that_a_browser_had_before_is_over(
    scene: Scene, alice: Person, device: Authenticator
) -> None:
    used = scene.signed(device)
    cookie = {"Cookie": f"__Host-refresh_token={alice.refresh_token}"}

    assert _log_in(scene, used, **BY_COOKIE, **cookie).status == 200

    assert who_am_i(alice).code == "session_ended"


def test_the_password_is_on_again_that_strangers_have_switched_off(
    scene: Scene, alice: Person, device: Authenticator
) -> None:
    guess(scene.api, alice.email, 5)
    assert in_a_row("account") == 5

    assert _log_in(scene, scene.signed(device)).status == 200

    assert in_a_row("account") == 0


def test_the_use_is_noted(scene: Scene, device: Authenticator) -> None:
    before = _passkey().attribute_values

    assert _log_in(scene, scene.signed(device)).status == 200

    changed = {"sign_count": 2, "last_used_at": clock.now()}
    assert (before["sign_count"], _passkey().attribute_values) == (1, before | changed)


def test_that_it_is_backed_up_by_now_is_noted(scene: Scene) -> None:
    device = Authenticator(APP, flags=software.PRESENT | software.VERIFIED | software.ELIGIBLE)
    scene.add(device)
    device.flags |= software.BACKED_UP

    assert _log_in(scene, scene.signed(device)).status == 200

    assert _passkey().backed_up is True


def test_a_challenge_works_once(scene: Scene, device: Authenticator, stack: Deployment) -> None:
    used = scene.signed(device)
    assert _log_in(scene, used).status == 200

    with stack.unchanged():
        again = _log_in(scene, used)

    assert (again.status, again.code) == GONE


def test_a_challenge_works_for_five_minutes(
    scene: Scene, device: Authenticator, clock: Clock, stack: Deployment
) -> None:
    used = scene.signed(device)
    clock.advance(seconds=CHALLENGE_SECONDS)

    with stack.unchanged():
        answer = _log_in(scene, used)

    assert (answer.status, answer.code) == GONE


@pytest.mark.parametrize("purpose", ["enrol", "confirm"])
def test_a_challenge_of_another_purpose_is_none(
    scene: Scene, device: Authenticator, purpose: str, stack: Deployment
) -> None:
    challenge = PASSKEY_OPTIONS.call(scene, json={"purpose": purpose}).json["challenge"]
    used = device.get({"challenge": challenge, "rpId": "example.com"})

    with stack.unchanged():
        answer = _log_in(scene, used)

    assert (answer.status, answer.code) == GONE


@pytest.mark.parametrize("challenge", ["A" * 43, "", "x" * 42, "x" * 5_000])
def test_what_is_no_challenge_of_ours_is_gone(
    scene: Scene, device: Authenticator, challenge: str, stack: Deployment
) -> None:
    used = device.get({"challenge": challenge, "rpId": "example.com"})

    with stack.unchanged():
        answer = _log_in(scene, used)

    assert (answer.status, answer.code) == GONE


WRONG: Mapping[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "a frame of another site": {"said": {"crossOrigin": True}},
    "a page around it": {"said": {"topOrigin": "https://evil.example"}},
    "nobody verified": {"flags": software.PRESENT},
    "nobody present": {"flags": software.VERIFIED},
    "another ceremony": {"said": {"type": "webauthn.create"}},
    "eligible for back-up by now": {
        "flags": software.PRESENT | software.VERIFIED | software.ELIGIBLE
    },
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_nobody_gets_in_with(
    scene: Scene, device: Authenticator, wrong: dict[str, Any], stack: Deployment
) -> None:
    used = scene.signed(replace(device, **wrong))

    with stack.unchanged():
        answer = _log_in(scene, used)

    assert _refused(answer), answer


def _signed_by_another(scene: Scene, device: Authenticator) -> Json:
    other = Authenticator(APP)
    (name,) = device.keys
    other.keys[name] = replace(device.keys[name], private=software._new_key(-7))  # noqa: SLF001 - a forger's
    return scene.signed(other)


def _for_another_party(scene: Scene, device: Authenticator) -> Json:
    return device.get(PASSKEY_LOG_IN_OPTIONS.call(scene).json | {"rpId": "evil.example"})


def _under_another_name(scene: Scene, device: Authenticator) -> Json:
    (name,) = device.keys
    stranger = {name: replace(device.keys[name], user_handle=bytes(8))}
    return scene.signed(replace(device, keys=stranger))


def _without_a_name(scene: Scene, device: Authenticator) -> Json:
    used = scene.signed(device)
    del used["response"]["userHandle"]
    return used


def _unknown(scene: Scene, device: Authenticator) -> Json:
    (name,) = device.keys
    other = software.encoded(secrets.token_bytes(32))
    return scene.signed(
        replace(device, keys={other: replace(device.keys[name], id=software.decoded(other))})
    )


FORGED = [
    _signed_by_another,
    _for_another_party,
    _under_another_name,
    _without_a_name,
    _unknown,
]


@pytest.mark.parametrize("forge", FORGED)
def test_a_forger_gets_the_same_answer_whatever_is_wrong(
    scene: Scene,
    device: Authenticator,
    forge: Callable[[Scene, Authenticator], Json],
    stack: Deployment,
) -> None:
    used = forge(scene, device)

    with stack.unchanged():
        answer = _log_in(scene, used)

    assert _refused(answer), answer


def test_what_was_refused_leaves_the_challenge_to_who_has_the_key(
    scene: Scene, device: Authenticator
) -> None:
    options = PASSKEY_LOG_IN_OPTIONS.call(scene).json
    assert _refused(_log_in(scene, replace(device, flags=software.PRESENT).get(options)))

    assert _log_in(scene, device.get(options)).status == 200


def test_failures_are_counted_by_source_address(scene: Scene, device: Authenticator) -> None:
    used = scene.signed(replace(device, origin="https://evil.example"))

    answers = [_log_in(scene, used) for _ in range(101)]

    assert {answer.status for answer in answers[:100]} == {401}
    assert answers[100].status == 429


NO_MORE: dict[str, Then] = {
    "disabled": lambda desk, alice: desk.update(alice.id, status="disabled"),
    "deleted": lambda desk, alice: desk.delete(alice.id),
}


@pytest.mark.parametrize("then", NO_MORE.values(), ids=NO_MORE)
def test_an_account_that_is_no_more_is_as_if_it_never_was(
    scene: Scene, desk: Desk, alice: Person, device: Authenticator, then: Then
) -> None:
    used = scene.signed(device)
    then(desk, alice)

    assert _refused(_log_in(scene, used))
    assert alice.sessions == []


@pytest.mark.parametrize("then", NO_MORE.values(), ids=NO_MORE)
def test_also_where_that_happens_at_the_same_moment(
    scene: Scene,
    desk: Desk,
    alice: Person,
    device: Authenticator,
    before_write: BeforeWrite,
    then: Then,
) -> None:
    used = scene.signed(device)
    before_write(lambda: then(desk, alice))

    assert _refused(_log_in(scene, used))
    assert alice.sessions == []


def test_nor_does_one_open_it_that_is_removed_at_the_same_moment(
    scene: Scene, alice: Person, device: Authenticator, before_write: BeforeWrite
) -> None:
    used, path = scene.signed(device), DELETE_PASSKEY.at(passkey_id=_passkey().id)
    before_write(lambda: scene.api.call(*path, token=alice.token))

    assert _refused(_log_in(scene, used))
    assert on_file() == []


def test_one_that_the_account_does_not_list_opens_nothing(
    scene: Scene, alice: Person, device: Authenticator
) -> None:
    used = scene.signed(device)
    alice.account.update([User.passkey_ids.remove()])

    assert _refused(_log_in(scene, used))


def test_a_log_in_at_the_same_moment_does_not_matter(
    scene: Scene, alice: Person, device: Authenticator, before_write: BeforeWrite
) -> None:
    first, second = scene.signed(device), scene.signed(device)
    before_write(lambda: _log_in(scene, first))

    assert _log_in(scene, second).status == 200

    assert _passkey().sign_count == 3


def test_of_two_uses_of_a_challenge_at_the_same_moment_one_begins_a_session(
    scene: Scene, alice: Person, device: Authenticator, before_write: BeforeWrite
) -> None:
    used, sessions = scene.signed(device), len(alice.sessions)
    inner: list[Answer] = []
    before_write(lambda: inner.append(_log_in(scene, used)))

    assert _log_in(scene, used).status in (401, 410)

    assert inner[0].status == 200
    assert len(alice.sessions) == sessions + 1


def test_a_key_in_one_place_that_counts_back_is_refused_and_its_owner_told_once(
    scene: Scene, alice: Person, device: Authenticator, post: PostOffice
) -> None:
    copy = replace(device)
    assert _log_in(scene, scene.signed(device)).status == 200
    post.deliver()
    sessions = len(alice.sessions)
    used = scene.signed(copy)

    assert _refused(_log_in(scene, used))
    assert _log_in(scene, used).code == "challenge_invalid"

    assert len(alice.sessions) == sessions
    (event,) = [event for event in events(alice.id) if event.what == "passkey_refused"]
    assert event.details == {"passkey_id": _passkey().id}
    assert post.deliver_one().subject == "A passkey of your account at Users was refused"


def test_one_that_has_stopped_counting_is_refused(scene: Scene, device: Authenticator) -> None:
    assert _log_in(scene, scene.signed(device)).status == 200

    device.counter, device.step = 0, 0

    assert _refused(_log_in(scene, scene.signed(device)))


def test_a_key_in_several_places_that_counts_back_is_logged(
    scene: Scene, alice: Person, post: PostOffice, log: Log
) -> None:
    flags = software.PRESENT | software.VERIFIED | software.ELIGIBLE | software.BACKED_UP
    device = Authenticator(APP, flags=flags, counter=7)
    scene.add(device)
    post.deliver()
    device.counter = 3

    assert _log_in(scene, scene.signed(device)).status == 200

    (line,) = [line for line in log.lines if line["message"] == "passkey_counter_back"]
    assert line["user_id"] == alice.id
    assert post.deliver() == []
    assert _passkey().sign_count == 8


def test_one_that_never_counts_may_be_used_again_and_again(scene: Scene) -> None:
    device = Authenticator(APP, step=0)
    scene.add(device)

    assert [_log_in(scene, scene.signed(device)).status for _ in range(3)] == [200] * 3


SPOILT: Mapping[str, Mapping[str, object]] = {
    "nothing": {},
    "no credential": {"credential": None},
    "a text": {"credential": "x"},
    "a list": {"credential": []},
    "an empty object": {"credential": {}},
}


@pytest.mark.parametrize("body", SPOILT.values(), ids=SPOILT)
def test_what_is_not_of_webauthns_form_is_told(
    scene: Scene, stack: Deployment, body: Mapping[str, object]
) -> None:
    with stack.unchanged():
        answer = LOG_IN_WITH_PASSKEY.call(scene, json=body)

    assert (answer.status, answer.code) == (422, "validation_failed")


@pytest.mark.parametrize(
    ("part", "most"),
    [("authenticatorData", 8192), ("clientDataJSON", 8192), ("signature", 512), ("userHandle", 64)],
)
def test_what_is_too_long_is_not_read(
    scene: Scene, device: Authenticator, part: str, most: int
) -> None:
    used = scene.signed(device)

    used["response"][part] = software.encoded(bytes(most))
    assert _log_in(scene, used).status in (401, 410)
    used["response"][part] = software.encoded(bytes(most + 1))
    assert _log_in(scene, used).status == 422


def test_a_password_still_opens_the_account_of_who_has_no_factor(scene: Scene, bob: Person) -> None:
    assert log_in(scene.api, bob.email, bob.passw).status == 200
