"""POST /api/v1/private/users/passkeys/options: what a browser has to know of a passkey."""

import re
from collections.abc import Callable, Mapping

import pytest

from accounts.storage.tables import OneTimeToken, User
from tests.support.answers import Answer
from tests.support.authenticator import Authenticator, decoded
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk
from tests.support.people import Person
from tests.support.register import ADD_PASSKEY, DELETE_PASSKEY, PASSKEY_OPTIONS
from tests.support.scene import APP, Scene

RECENT_SECONDS = 600
MOST = 10


def _ask(scene: Scene, purpose: str, **other: str) -> Answer:
    return PASSKEY_OPTIONS.call(scene, json={"purpose": purpose}, **other)


def test_a_passkey_is_asked_for_in_webauthns_own_form(scene: Scene, alice: Person) -> None:
    options = _ask(scene, "enrol").json

    challenge, handle = options.pop("challenge"), options["user"].pop("id")
    assert re.fullmatch("[A-Za-z0-9_-]{43}", challenge)
    assert len(decoded(handle)) == 8
    assert options == {
        "rp": {"id": "example.com", "name": "Users"},
        "user": {"name": alice.email, "displayName": alice.name},
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in (-7, -8, -257)],
        "timeout": 300_000,
        "excludeCredentials": [],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "attestation": "none",
    }


def test_who_has_passkeys_makes_no_second_one_on_the_same_device(scene: Scene) -> None:
    devices = [scene.authenticator(), scene.authenticator()]

    options = _ask(scene, "enrol").json

    assert options["excludeCredentials"] == [
        {"type": "public-key", "id": name, "transports": ["internal", "hybrid"]}
        for device in devices
        for name in device.keys
    ]


def test_to_confirm_who_one_is_takes_one_of_ones_own(scene: Scene) -> None:
    device = scene.authenticator()

    options = _ask(scene, "confirm").json

    (allowed,) = options.pop("allowCredentials")
    assert allowed["id"] in device.keys
    assert options.pop("challenge")
    assert options == {"timeout": 300_000, "rpId": "example.com", "userVerification": "required"}


def test_who_has_none_cannot_confirm_by_one(scene: Scene, stack: Deployment) -> None:
    with stack.unchanged():
        answer = _ask(scene, "confirm")

    assert (answer.status, answer.code) == (404, "passkey_not_found")


def test_to_make_one_takes_a_recent_proof_and_to_confirm_does_not(
    scene: Scene, stack: Deployment, clock: Clock
) -> None:
    scene.passkey_id()
    clock.advance(seconds=RECENT_SECONDS)

    assert _ask(scene, "confirm").status == 200
    with stack.unchanged():
        answer = _ask(scene, "enrol")
    assert (answer.status, answer.code) == (403, "reauthentication_required")


def test_an_eleventh_is_refused_before_a_device_makes_it(
    scene: Scene, alice: Person, stack: Deployment
) -> None:
    alice.account.update([User.passkey_ids.set(["x" * 43] * MOST)])

    with stack.unchanged():
        answer = _ask(scene, "enrol")

    assert (answer.status, answer.code) == (409, "too_many_passkeys")


@pytest.mark.parametrize("purpose", ["enrol", "confirm"])
def test_there_are_none_where_there_is_no_domain_for_them(
    scene: Scene, setting: Callable[..., None], stack: Deployment, purpose: str
) -> None:
    setting(PASSKEY_RP_ID="")

    with stack.unchanged():
        answer = _ask(scene, purpose)

    assert (answer.status, answer.code) == (403, "passkeys_off")


@pytest.mark.parametrize(
    "body", [{}, {"purpose": None}, {"purpose": ""}, {"purpose": "log in"}, {"purpose": ["enrol"]}]
)
def test_it_has_to_be_said_what_for(
    scene: Scene, stack: Deployment, body: Mapping[str, object]
) -> None:
    with stack.unchanged():
        answer = PASSKEY_OPTIONS.call(scene, json=body)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["purpose"]


def test_of_a_challenge_a_digest_is_kept_and_whose_it_is(scene: Scene, alice: Person) -> None:
    challenge = _ask(scene, "enrol").json["challenge"]

    (kept,) = OneTimeToken.scan()

    assert challenge not in str(kept.attribute_values)
    assert (kept.user_id, kept.session_id) == (alice.id, alice.session_id)


def test_whose_session_ends_meanwhile_gets_no_challenge(
    scene: Scene, desk: Desk, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.end_seances(alice.id))

    assert _ask(scene, "enrol").code == "session_ended"
    assert list(OneTimeToken.scan()) == []


def test_one_that_is_removed_is_not_asked_for(scene: Scene) -> None:
    device = Authenticator(APP)
    made = {"credential": device.create(_ask(scene, "enrol").json)}
    passkey_id = ADD_PASSKEY.call(scene, json=made).json["id"]
    path = DELETE_PASSKEY.at(passkey_id=passkey_id)

    assert scene.api.call(*path, token=scene.alice.token).status == 204

    assert _ask(scene, "enrol").json["excludeCredentials"] == []
