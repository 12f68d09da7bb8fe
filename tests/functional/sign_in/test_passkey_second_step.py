"""A passkey as the second step of a log-in: its options, and its proof."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.support import authenticator as software
from tests.support.answers import Answer
from tests.support.authenticator import Authenticator, Json, on_file
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk, events, who_am_i
from tests.support.people import Person, claims
from tests.support.post_office import PostOffice
from tests.support.register import LOG_IN, PASSKEY_LOG_IN_OPTIONS, PROVE_SECOND_FACTOR
from tests.support.scene import Scene

TRIES = 5
GONE = (410, "challenge_invalid")
WRONG_FACTOR = (401, "invalid_code")


@pytest.fixture
def device(scene: Scene) -> Authenticator:
    """An authenticator that has a passkey of alice's."""
    return scene.authenticator()


def _options(scene: Scene, challenge: str) -> Answer:
    return PASSKEY_LOG_IN_OPTIONS.call(scene, json={"challenge": challenge})


def _prove(scene: Scene, challenge: str, used: Json, **other: str) -> Answer:
    body = {"challenge": challenge, "passkey": used, **other}
    return PROVE_SECOND_FACTOR.call(scene, json=body)


def _verdict(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.code


def test_a_password_alone_opens_no_account_that_has_a_passkey(
    scene: Scene, device: Authenticator
) -> None:
    answer = LOG_IN.call(scene)

    assert answer.status == 202
    assert answer.json["factors"] == ["recovery_code", "passkey"]


def test_one_of_the_accounts_own_is_asked_for(scene: Scene, device: Authenticator) -> None:
    options = _options(scene, scene.challenge()).json

    (allowed,) = options["allowCredentials"]
    assert allowed["id"] in device.keys
    assert (options["rpId"], options["userVerification"]) == ("example.com", "required")


def test_it_begins_a_session(scene: Scene, alice: Person, device: Authenticator) -> None:
    challenge = scene.challenge()

    answer = _prove(scene, challenge, device.get(_options(scene, challenge).json))

    assert answer.status == 200
    assert claims(answer.json["access_token"])["amr"] == ["pwd", "pop", "mfa"]
    assert who_am_i(alice, answer.json["access_token"]).json["user_id"] == alice.id
    assert on_file()[0].sign_count == 2


def test_a_challenge_works_once(scene: Scene, device: Authenticator, stack: Deployment) -> None:
    challenge = scene.challenge()
    options = _options(scene, challenge).json
    assert _prove(scene, challenge, device.get(options)).status == 200

    with stack.unchanged():
        assert _verdict(_prove(scene, challenge, device.get(options))) == GONE
        assert _verdict(_options(scene, challenge)) == GONE


def test_what_was_signed_for_one_challenge_is_not_for_another(
    scene: Scene, device: Authenticator
) -> None:
    one, other = scene.challenge(), scene.challenge()
    used = device.get(_options(scene, one).json)

    assert _verdict(_prove(scene, other, used)) == WRONG_FACTOR
    assert _prove(scene, one, used).status == 200


def test_what_was_signed_to_log_in_by_itself_is_no_second_step(
    scene: Scene, device: Authenticator
) -> None:
    assert _verdict(_prove(scene, scene.challenge(), scene.signed(device))) == WRONG_FACTOR


WRONG: Mapping[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "a frame of another site": {"said": {"crossOrigin": True}},
    "nobody verified": {"flags": software.PRESENT},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_nobody_gets_in_with(
    scene: Scene, alice: Person, device: Authenticator, wrong: dict[str, Any]
) -> None:
    challenge, sessions = scene.challenge(), len(alice.sessions)
    used = replace(device, **wrong).get(_options(scene, challenge).json)

    assert _verdict(_prove(scene, challenge, used)) == WRONG_FACTOR
    assert len(alice.sessions) == sessions


def test_the_passkey_of_another_opens_nothing(
    scene: Scene, bob: Person, device: Authenticator
) -> None:
    challenge = scene.challenge()
    others = replace(scene, alice=bob).authenticator()
    options = _options(scene, challenge).json | {"allowCredentials": []}

    assert _verdict(_prove(scene, challenge, others.get(options))) == WRONG_FACTOR


def test_five_wrong_ones_are_looked_at_and_then_the_right_one_is_not(
    scene: Scene, device: Authenticator
) -> None:
    challenge = scene.challenge()
    options = _options(scene, challenge).json
    wrong = replace(device, flags=software.PRESENT)
    answers = [_prove(scene, challenge, wrong.get(options)) for _ in range(TRIES)]

    assert {_verdict(answer) for answer in answers} == {WRONG_FACTOR}
    # and not before its time, whatever the challenge
    assert _prove(scene, challenge, device.get(options)).status in (410, 429)


def test_a_key_in_one_place_that_counts_back_is_refused_and_its_owner_told(
    scene: Scene, alice: Person, device: Authenticator, post: PostOffice
) -> None:
    copy = replace(device)
    challenge = scene.challenge()
    assert _prove(scene, challenge, device.get(_options(scene, challenge).json)).status == 200
    post.deliver()
    challenge = scene.challenge()

    answer = _prove(scene, challenge, copy.get(_options(scene, challenge).json))

    assert _verdict(answer) == WRONG_FACTOR
    assert [event.what for event in events(alice.id)].count("passkey_refused") == 1
    assert post.deliver_one().subject == "A passkey of your account at Users was refused"


NO_MORE: dict[str, Callable[[Desk, Person], object]] = {
    "disabled": lambda desk, alice: desk.update(alice.id, status="disabled"),
    "deleted": lambda desk, alice: desk.delete(alice.id),
}


@pytest.mark.parametrize("then", NO_MORE.values(), ids=NO_MORE)
def test_the_challenge_of_an_account_that_is_no_more_is_gone(
    scene: Scene,
    desk: Desk,
    alice: Person,
    device: Authenticator,
    then: Callable[[Desk, Person], object],
) -> None:
    challenge = scene.challenge()
    used = device.get(_options(scene, challenge).json)
    then(desk, alice)

    assert _verdict(_options(scene, challenge)) == GONE
    assert _verdict(_prove(scene, challenge, used)) == GONE


def test_it_is_over_after_five_minutes(scene: Scene, device: Authenticator, clock: Clock) -> None:
    challenge = scene.challenge()
    used = device.get(_options(scene, challenge).json)
    clock.advance(seconds=300)

    assert _verdict(_options(scene, challenge)) == GONE
    assert _verdict(_prove(scene, challenge, used)) == GONE


def test_who_has_an_app_alone_is_asked_for_no_passkey(scene: Scene) -> None:
    scene.app()

    assert _verdict(_options(scene, scene.challenge())) == GONE


@pytest.mark.parametrize("challenge", ["x", "sf.", f"sf.{'x' * 43}"])
def test_what_is_no_challenge_of_ours_is_gone(
    scene: Scene, device: Authenticator, challenge: str
) -> None:
    assert _verdict(_options(scene, challenge)) == GONE


def test_it_takes_a_code_or_a_passkey_and_not_both(scene: Scene, device: Authenticator) -> None:
    challenge = scene.challenge()
    used = device.get(_options(scene, challenge).json)

    for body in ({}, {"passkey": used, "code": "123456"}):
        answer = PROVE_SECOND_FACTOR.call(scene, json={"challenge": challenge, **body})
        assert answer.status == 422
        assert answer.json["details"] == [
            {"field": "code", "message": "Send either code or passkey"}
        ]


def test_the_device_is_known_from_then_on(scene: Scene, device: Authenticator) -> None:
    challenge = scene.challenge()
    answer = _prove(scene, challenge, device.get(_options(scene, challenge).json))

    home = answer.json["device_token"]
    challenge = scene.challenge(device_token=home)
    used = device.get(_options(scene, challenge).json)
    assert _prove(scene, challenge, used, device_token=home).json["device_token"] == home
