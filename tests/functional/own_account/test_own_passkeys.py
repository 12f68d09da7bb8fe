"""GET /api/v1/private/users/passkeys, PATCH and DELETE /api/v1/private/users/passkeys/{passkey_id}.

The passkeys that one has, what they are called, and without which one.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.support.answers import Answer
from tests.support.authenticator import on_file
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, timestamp, who_am_i
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    DELETE_PASSKEY,
    LIST_PASSKEYS,
    LOG_IN_WITH_PASSKEY,
    RENAME_PASSKEY,
)
from tests.support.scene import Scene

RECENT_SECONDS = 600
NOBODYS = "x" * 43


@pytest.fixture
def passkey_id(scene: Scene) -> str:
    return scene.passkey_id()


def _listed(scene: Scene) -> list[dict[str, Any]]:
    passkeys: list[dict[str, Any]] = LIST_PASSKEYS.call(scene).json["passkeys"]
    return passkeys


def _rename(scene: Scene, passkey_id: str, label: object = "Blue key") -> Answer:
    path = RENAME_PASSKEY.at(passkey_id=passkey_id)
    return scene.api.call(*path, token=scene.alice.token, json={"label": label})


def _delete(scene: Scene, passkey_id: str) -> Answer:
    return scene.api.call(*DELETE_PASSKEY.at(passkey_id=passkey_id), token=scene.alice.token)


def test_who_has_none_is_told_so(scene: Scene) -> None:
    assert LIST_PASSKEYS.call(scene).json == {"passkeys": []}


def test_they_are_listed_oldest_first_and_without_their_keys(scene: Scene) -> None:
    ids = [scene.passkey_id() for _ in range(3)]

    answer = LIST_PASSKEYS.call(scene)

    assert [passkey["id"] for passkey in answer.json["passkeys"]] == ids
    for passkey in answer.json["passkeys"]:
        assert set(passkey) == {"id", "label", "transports", "created_at", "backed_up"}
    for kept in on_file():
        assert kept.id in ids
        assert kept.public_key.hex() not in answer.text


def test_when_each_was_used_last_is_told(scene: Scene, clock: Clock) -> None:
    device = scene.authenticator()
    clock.advance(seconds=60)

    used = {"credential": scene.signed(device)}
    assert LOG_IN_WITH_PASSKEY.call(scene, json=used).status == 200

    (passkey,) = _listed(scene)
    assert passkey["last_used_at"] == timestamp() != passkey["created_at"]


def test_nobody_sees_those_of_others(scene: Scene, bob: Person, passkey_id: str) -> None:
    assert _listed(replace(scene, alice=bob)) == []


def test_one_gets_another_label(scene: Scene, passkey_id: str, clock: Clock) -> None:
    # without a recent proof
    clock.advance(seconds=RECENT_SECONDS)
    other = scene.alice

    answer = _rename(scene, passkey_id, "  Blue key ")

    assert (answer.status, answer.json["label"]) == (200, "Blue key")
    assert _listed(replace(scene, alice=other)) == [answer.json]


@pytest.mark.parametrize("label", [None, "", " ", "x" * 101, "a\tb", "see https://evil.example"])
def test_a_label_is_a_short_readable_text(
    scene: Scene, passkey_id: str, label: object, stack: Deployment
) -> None:
    with stack.unchanged():
        answer = _rename(scene, passkey_id, label)

    assert (answer.status, answer.code) == (422, "validation_failed")


@pytest.mark.parametrize("other", [NOBODYS, "x", "x" * 44, "%23", "..", "x" * 42 + "%0A"])
def test_what_is_no_passkey_is_not_found_and_not_removed(
    scene: Scene, passkey_id: str, stack: Deployment, other: str
) -> None:
    with stack.unchanged():
        renamed, deleted = _rename(scene, other), _delete(scene, other)

    assert (renamed.status, renamed.code) == (404, "passkey_not_found")
    assert deleted.status == 204


def test_nor_is_that_of_another(
    scene: Scene, bob: Person, passkey_id: str, stack: Deployment
) -> None:
    by_bob = replace(scene, alice=bob)

    with stack.unchanged():
        assert _rename(by_bob, passkey_id).code == "passkey_not_found"
        assert _delete(by_bob, passkey_id).status == 204


def test_what_is_removed_opens_nothing(scene: Scene, alice: Person) -> None:
    device = scene.authenticator()
    used = {"credential": scene.signed(device)}
    (passkey,) = _listed(scene)

    assert _delete(scene, passkey["id"]).status == 204

    assert _listed(scene) == []
    assert on_file() == []
    assert not alice.account.passkey_ids
    assert LOG_IN_WITH_PASSKEY.call(scene, json=used).code == "invalid_passkey"


def test_the_others_stay(scene: Scene) -> None:
    one, two, three = (scene.passkey_id() for _ in range(3))

    assert _delete(scene, two).status == 204

    assert [passkey["id"] for passkey in _listed(scene)] == [one, three]


def test_the_owner_is_told_once_and_it_is_on_record(
    scene: Scene, alice: Person, passkey_id: str, post: PostOffice
) -> None:
    post.deliver()

    assert [_delete(scene, passkey_id).status for _ in range(2)] == [204, 204]

    (event,) = [event for event in events(alice.id) if event.what == "passkey_removed"]
    assert event.details == {"passkey_id": passkey_id}
    assert post.deliver_one().subject == "A passkey was removed from your account at Users"


def test_to_remove_one_takes_a_recent_proof(
    scene: Scene, passkey_id: str, clock: Clock, stack: Deployment
) -> None:
    clock.advance(seconds=RECENT_SECONDS)
    # which notes that the session is in use
    assert _listed(scene)

    with stack.unchanged():
        answer = _delete(scene, passkey_id)

    assert (answer.status, answer.code) == (403, "reauthentication_required")


def test_who_removes_one_stays_signed_in(scene: Scene, alice: Person, passkey_id: str) -> None:
    assert _delete(scene, passkey_id).status == 204

    assert who_am_i(alice).status == 200


def test_the_last_one_stays_where_the_role_demands_a_factor(
    scene: Scene, desk: Desk, stack: Deployment
) -> None:
    one, two = scene.passkey_id(), scene.passkey_id()
    assert desk.save_role("read_only", "content:read", second_factor=True).status == 200

    assert _delete(scene, one).status == 204
    with stack.unchanged():
        answer = _delete(scene, two)

    assert (answer.status, answer.code) == (409, "second_factor_demanded")


def test_of_two_who_remove_the_same_at_the_same_moment_both_have(
    scene: Scene, passkey_id: str, before_write: BeforeWrite
) -> None:
    before_write(lambda: _delete(scene, passkey_id))

    assert _delete(scene, passkey_id).status == 204


def test_one_that_is_removed_at_the_same_moment_gets_no_label(
    scene: Scene, passkey_id: str, before_write: BeforeWrite
) -> None:
    before_write(lambda: _delete(scene, passkey_id))

    assert _rename(scene, passkey_id).code == "passkey_not_found"
    assert on_file() == []


@pytest.mark.parametrize("change", [_rename, _delete])
def test_whose_session_ends_meanwhile_changes_nothing(
    scene: Scene,
    desk: Desk,
    alice: Person,
    passkey_id: str,
    before_write: BeforeWrite,
    change: Callable[[Scene, str], Answer],
) -> None:
    before_write(lambda: desk.end_seances(alice.id))

    assert change(scene, passkey_id).code == "session_ended"

    (kept,) = on_file()
    assert kept.label != "Blue key"
