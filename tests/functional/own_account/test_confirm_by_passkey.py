"""Proving once more who one is, by a passkey."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from tests.support import authenticator as software
from tests.support.answers import Answer
from tests.support.authenticator import Authenticator, Json
from tests.support.clocks import Clock
from tests.support.desk import events, who_am_i
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import CONFIRM_IDENTITY, PASSKEY_OPTIONS
from tests.support.scene import Scene

RECENT_SECONDS = 600
CHALLENGE_SECONDS = 300
GONE = (410, "challenge_invalid")
WRONG_FACTOR = (422, "validation_failed")


@pytest.fixture
def device(scene: Scene) -> Authenticator:
    """An authenticator that has a passkey of alice's."""
    return scene.authenticator()


def _options(scene: Scene) -> Json:
    options: Json = PASSKEY_OPTIONS.call(scene, json={"purpose": "confirm"}).json
    return options


def _confirm(scene: Scene, used: Json, **other: str) -> Answer:
    return CONFIRM_IDENTITY.call(scene, json={"passkey": used, **other})


def _verdict(answer: Answer) -> tuple[int, str | None]:
    return answer.status, answer.code


def test_the_session_counts_as_recently_proved(
    scene: Scene, device: Authenticator, clock: Clock
) -> None:
    clock.advance(seconds=RECENT_SECONDS)
    assert PASSKEY_OPTIONS.call(scene).code == "reauthentication_required"

    assert _confirm(scene, device.get(_options(scene))).status == 200

    assert PASSKEY_OPTIONS.call(scene).status == 200


def test_how_is_on_the_session(scene: Scene, alice: Person, device: Authenticator) -> None:
    assert _confirm(scene, device.get(_options(scene))).status == 200

    assert who_am_i(alice).json["amr"] == ["pwd", "pop", "mfa"]


def test_a_password_counts_as_well_if_it_is_sent_along_and_has_to_be_right(
    scene: Scene, alice: Person, device: Authenticator
) -> None:
    assert _confirm(scene, device.get(_options(scene)), passw=alice.passw).status == 200
    assert _verdict(_confirm(scene, device.get(_options(scene)), passw="wrong")) == WRONG_FACTOR


def test_a_password_alone_does_not_do(scene: Scene, alice: Person, device: Authenticator) -> None:
    answer = CONFIRM_IDENTITY.call(scene, json={"passw": alice.passw})

    assert _verdict(answer) == (403, "second_factor_required")


def test_a_challenge_works_once(scene: Scene, device: Authenticator) -> None:
    options = _options(scene)
    assert _confirm(scene, device.get(options)).status == 200

    assert _verdict(_confirm(scene, device.get(options))) == GONE


def test_a_challenge_works_for_five_minutes(
    scene: Scene, device: Authenticator, clock: Clock
) -> None:
    used = device.get(_options(scene))
    clock.advance(seconds=CHALLENGE_SECONDS)

    assert _verdict(_confirm(scene, used)) == GONE


def test_a_challenge_is_good_in_its_own_session_alone(
    scene: Scene, alice: Person, bob: Person, device: Authenticator
) -> None:
    used = device.get(_options(scene))

    assert _verdict(_confirm(replace(scene, alice=bob), used)) == GONE
    assert _confirm(scene, used).status == 200


@pytest.mark.parametrize("purpose", ["enrol", "log in"])
def test_a_challenge_of_another_purpose_is_none(
    scene: Scene, device: Authenticator, purpose: str
) -> None:
    if purpose == "log in":
        used = scene.signed(device)
    else:
        challenge = PASSKEY_OPTIONS.call(scene).json["challenge"]
        used = device.get({"challenge": challenge, "rpId": "example.com"})

    assert _verdict(_confirm(scene, used)) == GONE


WRONG: Mapping[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "a frame of another site": {"said": {"crossOrigin": True}},
    "nobody verified": {"flags": software.PRESENT},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_it_is_no_proof_with(
    scene: Scene, device: Authenticator, clock: Clock, wrong: dict[str, Any]
) -> None:
    clock.advance(seconds=RECENT_SECONDS)

    answer = _confirm(scene, replace(device, **wrong).get(_options(scene)))

    assert _verdict(answer) == WRONG_FACTOR
    assert [detail["field"] for detail in answer.json["details"]] == ["passkey"]
    assert PASSKEY_OPTIONS.call(scene).code == "reauthentication_required"


def test_the_passkey_of_another_is_no_proof(
    scene: Scene, bob: Person, device: Authenticator
) -> None:
    others = replace(scene, alice=bob).authenticator()
    options = _options(scene) | {"allowCredentials": []}

    assert _verdict(_confirm(scene, others.get(options))) == WRONG_FACTOR


def test_tries_are_slowed_down(scene: Scene, device: Authenticator) -> None:
    wrong = replace(device, flags=software.PRESENT)
    answers = [_confirm(scene, wrong.get(_options(scene))) for _ in range(7)]

    assert answers[0].status == 422
    assert answers[-1].status == 429


def test_a_key_in_one_place_that_counts_back_is_refused_and_its_owner_told(
    scene: Scene, alice: Person, device: Authenticator, post: PostOffice
) -> None:
    copy = replace(device)
    assert _confirm(scene, device.get(_options(scene))).status == 200
    post.deliver()

    assert _verdict(_confirm(scene, copy.get(_options(scene)))) == WRONG_FACTOR

    assert [event.what for event in events(alice.id)].count("passkey_refused") == 1
    assert post.deliver_one().subject == "A passkey of your account at Users was refused"
