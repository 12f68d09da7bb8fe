"""POST /api/v1/private/users/passkeys: one more way into one's account."""

import json
import secrets
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pytest

from accounts.storage.tables import User
from tests.support import authenticator as software
from tests.support.answers import Answer
from tests.support.authenticator import Authenticator, Json, on_file
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, is_signed_out, timestamp, who_am_i
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    ADD_PASSKEY,
    LIST_PASSKEYS,
    LOG_IN_WITH_PASSKEY,
    PASSKEY_LOG_IN_OPTIONS,
    PASSKEY_OPTIONS,
)
from tests.support.scene import APP, Scene

CHALLENGE_SECONDS = 300
RECENT_SECONDS = 600
MOST = 10
GONE = (410, "challenge_invalid")
Spoil = Callable[[Json], object]


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(APP)


def _options(scene: Scene) -> Json:
    options: Json = PASSKEY_OPTIONS.call(scene).json
    return options


def _add(scene: Scene, made: Json, **other: Any) -> Answer:  # noqa: ANN401 - as Api.call
    return ADD_PASSKEY.call(scene, json={"credential": made, **other})


def _assert_nothing_added(scene: Scene, answer: Answer, verdict: tuple[int, str]) -> None:
    assert (answer.status, answer.code) == verdict, answer
    assert on_file() == []
    assert not scene.alice.account.passkey_ids


def test_the_passkey_is_on_file(scene: Scene, alice: Person, device: Authenticator) -> None:
    answer = _add(scene, device.create(_options(scene)), label="Laptop")

    (passkey_id,) = alice.account.passkey_ids
    assert answer.status == 201
    told = answer.json
    assert len(told.pop("recovery_codes")) == 10
    assert told == {
        "id": passkey_id,
        "label": "Laptop",
        "transports": ["internal", "hybrid"],
        "created_at": timestamp(),
        "backed_up": False,
    }
    assert LIST_PASSKEYS.call(scene).json == {"passkeys": [told]}
    (kept,) = on_file()
    assert (kept.id, kept.user_id, kept.sign_count) == (passkey_id, alice.id, 1)


@pytest.mark.parametrize("algorithm", [-7, -8, -257])
def test_of_each_algorithm_that_is_asked_for(
    scene: Scene, device: Authenticator, algorithm: int
) -> None:
    device.algorithm = algorithm

    assert _add(scene, device.create(_options(scene))).status == 201


def test_one_that_is_kept_in_several_places_says_so(scene: Scene, device: Authenticator) -> None:
    device.flags |= software.ELIGIBLE | software.BACKED_UP

    assert _add(scene, device.create(_options(scene))).json["backed_up"] is True


def test_without_a_label_it_is_called_as_the_device(scene: Scene, device: Authenticator) -> None:
    answer = _add(scene, device.create(_options(scene)))

    assert answer.json["label"] == "Unknown device"


def test_the_owner_is_told_and_it_is_on_record(
    scene: Scene, alice: Person, device: Authenticator, post: PostOffice
) -> None:
    answer = _add(scene, device.create(_options(scene)))

    (event,) = [event for event in events(alice.id) if event.what == "passkey_added"]
    assert event.details == {"passkey_id": answer.json["id"]}
    assert post.deliver_one().subject == "A passkey was added to your account at Users"


def test_the_first_factor_ends_every_other_session(
    scene: Scene, alice: Person, device: Authenticator
) -> None:
    other = alice.sign_in()

    assert _add(scene, device.create(_options(scene))).status == 201

    assert is_signed_out(other)
    assert who_am_i(alice).json["amr"] == ["pwd", "pop", "mfa"]


def test_recovery_codes_come_with_the_first_factor_alone(scene: Scene) -> None:
    first, second = (
        _add(scene, device.create(_options(scene)))
        for device in (Authenticator(APP), Authenticator(APP))
    )

    assert len(first.json["recovery_codes"]) == 10
    assert "recovery_codes" not in second.json


def test_another_factor_ends_none(scene: Scene, alice: Person, device: Authenticator) -> None:
    used = {"credential": scene.signed(scene.authenticator())}
    other = LOG_IN_WITH_PASSKEY.call(scene, json=used).json["access_token"]

    assert _add(scene, device.create(_options(scene))).status == 201

    assert who_am_i(alice, other).status == 200


def test_it_takes_a_recent_proof(
    scene: Scene, device: Authenticator, clock: Clock, stack: Deployment
) -> None:
    clock.advance(seconds=RECENT_SECONDS - 1)
    made = device.create(_options(scene))
    clock.advance(seconds=1)

    with stack.unchanged():
        answer = _add(scene, made)

    assert (answer.status, answer.code) == (403, "reauthentication_required")


def test_a_challenge_works_once(scene: Scene, device: Authenticator) -> None:
    options = _options(scene)
    assert _add(scene, device.create(options)).status == 201

    again = _add(scene, device.create(options))

    assert (again.status, again.code) == GONE


def test_a_challenge_works_for_five_minutes(
    scene: Scene, device: Authenticator, clock: Clock
) -> None:
    made = device.create(_options(scene))
    clock.advance(seconds=CHALLENGE_SECONDS)

    _assert_nothing_added(scene, _add(scene, made), GONE)


def test_a_challenge_is_good_in_its_own_session_alone(
    scene: Scene, alice: Person, bob: Person, device: Authenticator
) -> None:
    made = device.create(_options(scene))

    for other in (alice.sign_in(), bob):
        answer = _add(replace(scene, alice=other), made)
        _assert_nothing_added(scene, answer, GONE)
    assert not bob.account.passkey_ids
    assert _add(scene, made).status == 201


def test_a_challenge_of_another_purpose_is_none(scene: Scene, device: Authenticator) -> None:
    log_in = PASSKEY_LOG_IN_OPTIONS.call(scene).json["challenge"]
    unknown = secrets.token_urlsafe(32)
    options = _options(scene)

    for challenge in (log_in, unknown, "", "x" * 5_000):
        answer = _add(scene, device.create(options | {"challenge": challenge}))
        assert (answer.status, answer.code) == GONE


def test_nor_is_one_to_confirm_who_one_is(scene: Scene, device: Authenticator) -> None:
    scene.passkey_id()
    confirm = PASSKEY_OPTIONS.call(scene, json={"purpose": "confirm"}).json["challenge"]

    answer = _add(scene, device.create(_options(scene) | {"challenge": confirm}))

    assert (answer.status, answer.code) == GONE


WRONG: Mapping[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "a frame of another site": {"said": {"crossOrigin": True}},
    "a page around it": {"said": {"topOrigin": "https://evil.example"}},
    "nobody verified": {"flags": software.PRESENT},
    "nobody present": {"flags": software.VERIFIED},
    "another ceremony": {"said": {"type": "webauthn.get"}},
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_passkey_is_not_added_with(
    scene: Scene, device: Authenticator, wrong: dict[str, Any]
) -> None:
    answer = _add(scene, replace(device, **wrong).create(_options(scene)))

    _assert_nothing_added(scene, answer, (422, "validation_failed"))
    assert [detail["field"] for detail in answer.json["details"]] == ["credential"]


def test_one_for_another_relying_party_is_not_added(scene: Scene, device: Authenticator) -> None:
    made = device.create(_options(scene) | {"rp": {"id": "evil.example"}})

    _assert_nothing_added(scene, _add(scene, made), (422, "validation_failed"))


def test_a_key_of_another_algorithm_is_not_added(scene: Scene, device: Authenticator) -> None:
    made = device.create(_options(scene))
    attestation = made["response"]["attestationObject"]
    es256, es256k = b"\x03\x26", b"\x03\x38\x2e"
    spoilt = software.decoded(attestation).replace(es256, es256k)
    made["response"]["attestationObject"] = software.encoded(spoilt)

    _assert_nothing_added(scene, _add(scene, made), (422, "validation_failed"))


def _set(*path: str, value: object) -> Spoil:
    def spoil(made: Json) -> None:
        place: Any = made
        for name in path[:-1]:
            place = place[name]
        place[path[-1]] = value

    return spoil


def _drop(*path: str) -> Spoil:
    def spoil(made: Json) -> None:
        place: Any = made
        for name in path[:-1]:
            place = place[name]
        del place[path[-1]]

    return spoil


SPOILT: Mapping[str, Spoil] = {
    "no id": _drop("rawId"),
    "another type": _set("type", value="password"),
    "no response": _drop("response"),
    "a response that is no object": _set("response", value="x"),
    "no client data": _drop("response", "clientDataJSON"),
    "no attestation": _drop("response", "attestationObject"),
    "an id of 10 KB": _set("rawId", value=software.encoded(bytes(10_000))),
    "an id of 1,024 bytes": _set("rawId", value=software.encoded(bytes(1024))),
    "padding": _set("rawId", value="AAA="),
    "base64 of the other alphabet": _set("rawId", value="+/+/"),
    "a line break": _set("rawId", value="AAAA\n"),
    "bits over": _set("rawId", value="AAB"),
    "one character": _set("rawId", value="A"),
    "a number": _set("rawId", value=5),
    "null": _set("rawId", value=None),
    "no Unicode": _set("rawId", value="\ud800"),
    "full width": _set("rawId", value="\uff21\uff21\uff21\uff21"),
    "transports in a word": _set("response", "transports", value="usb"),
    "nine transports": _set("response", "transports", value=["usb"] * 9),
    "a transport in capitals": _set("response", "transports", value=["USB"]),
}


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_what_is_not_of_webauthns_form_is_told_field_by_field(
    scene: Scene, device: Authenticator, spoil: Spoil, stack: Deployment
) -> None:
    made = device.create(_options(scene))
    spoil(made)
    body = json.dumps({"credential": made}).encode()

    with stack.unchanged():
        answer = ADD_PASSKEY.call(scene, body=body, headers={"Content-Type": "application/json"})

    assert (answer.status, answer.code) in {(422, "validation_failed"), (400, "malformed_request")}


def test_what_browsers_will_say_one_day_is_no_fault(scene: Scene, device: Authenticator) -> None:
    made = device.create(_options(scene))
    made["later"], made["response"]["later"] = {"a": 1}, [1]

    assert _add(scene, made).status == 201


@pytest.mark.parametrize("label", ["", " ", "x" * 101, "a\nb", "https://evil.example", 5])
def test_a_label_is_a_short_readable_text(
    scene: Scene, device: Authenticator, label: object
) -> None:
    answer = _add(scene, device.create(_options(scene)), label=label)

    _assert_nothing_added(scene, answer, (422, "validation_failed"))


def test_a_credential_is_one_accounts_alone(
    scene: Scene, bob: Person, device: Authenticator
) -> None:
    made = device.create(_options(scene))
    assert _add(scene, made).status == 201
    # as by who has copied the key out of the authenticator
    other = replace(scene, alice=bob)
    options = _options(other)
    copied = deepcopy(made)
    copied["response"]["clientDataJSON"] = device.says(options)

    answer = _add(other, copied)

    assert (answer.status, answer.code) == (409, "passkey_exists")
    assert not bob.account.passkey_ids


def test_nor_is_it_added_twice(scene: Scene, alice: Person, device: Authenticator) -> None:
    made = device.create(_options(scene))
    assert _add(scene, made).status == 201
    made["response"]["clientDataJSON"] = device.says(_options(scene))

    assert _add(scene, made).code == "passkey_exists"
    assert len(alice.account.passkey_ids) == 1


def test_an_account_has_ten_at_most(scene: Scene, alice: Person, device: Authenticator) -> None:
    made = device.create(_options(scene))
    alice.account.update([User.passkey_ids.set(["x" * 43] * MOST)])

    answer = _add(scene, made)

    assert (answer.status, answer.code) == (409, "too_many_passkeys")
    assert on_file() == []


ENDS: dict[str, Callable[[Desk, Person], object]] = {
    "session": lambda desk, alice: desk.end_seances(alice.id),
    "disabling": lambda desk, alice: desk.update(alice.id, status="disabled"),
    "deletion": lambda desk, alice: desk.delete(alice.id),
}


@pytest.mark.parametrize("ends", ENDS.values(), ids=ENDS)
def test_whose_session_ends_meanwhile_adds_none(
    scene: Scene,
    desk: Desk,
    alice: Person,
    device: Authenticator,
    before_write: BeforeWrite,
    ends: Callable[[Desk, Person], object],
) -> None:
    made = device.create(_options(scene))
    before_write(lambda: ends(desk, alice))

    answer = _add(scene, made)

    assert answer.code == "session_ended"
    assert on_file() == []


def test_two_that_are_added_at_the_same_moment_are_both_there(
    scene: Scene, alice: Person, device: Authenticator, before_write: BeforeWrite
) -> None:
    other = Authenticator(APP)
    one, two = device.create(_options(scene)), other.create(_options(scene))
    before_write(lambda: _add(scene, two))

    assert _add(scene, one).status == 201

    assert len(alice.account.passkey_ids) == 2
    assert len(LIST_PASSKEYS.call(scene).json["passkeys"]) == 2
