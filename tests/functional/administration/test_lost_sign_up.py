"""A sign-up that took effect although its answer was lost, repeated with its key."""

from collections.abc import Mapping

import pytest

from accounts.storage.tables import User
from tests.support.desk import BeforeWrite, Desk
from tests.support.faults import silence
from tests.support.keyed import KEY, refused


@pytest.fixture
def lost(desk: Desk, after_write: BeforeWrite) -> User:
    """An account that was made, as its maker never heard."""
    after_write(_silence)
    assert desk.sign_up("new@example.com", key=KEY).status == 503
    (user,) = User.by_initial.query("n")
    return user


def _silence() -> None:
    raise silence()


def test_sign_up_that_was_lost_is_the_callers_own_account(desk: Desk, lost: User) -> None:
    answer = desk.sign_up("new@example.com", key=KEY)

    assert (answer.status, answer.json["id"]) == (201, lost.id)


def test_sign_up_that_was_lost_is_nobody_elses(desk: Desk, lost: User, web_backend: str) -> None:
    # not by another caller, nor with another key, nor without
    assert desk.by(web_backend).sign_up("new@example.com", key=KEY).status == 409
    assert desk.sign_up("new@example.com", key=KEY + "x").status == 409
    assert desk.sign_up("new@example.com").status == 409


@pytest.mark.parametrize(
    "other",
    [
        {"name": "Nora New"},
        {"role": "methodist"},
        {"language": "ru"},
        {"passw": None, "invite": True},
    ],
)
def test_sign_up_that_was_lost_does_not_pass_for_another(
    desk: Desk, lost: User, other: Mapping[str, object]
) -> None:
    answer = desk.sign_up("new@example.com", key=KEY, **other)

    assert refused(answer, "Was used with another request")


def test_sign_up_that_was_lost_is_recognised_though_it_was_changed_since(
    desk: Desk, lost: User
) -> None:
    desk.update(lost.id, name="Nora New", role="methodist")

    answer = desk.sign_up("new@example.com", key=KEY)

    assert (answer.status, answer.json["id"]) == (201, lost.id)


@pytest.mark.parametrize("passw", ["example_string", "another_string", "third_string"])
def test_repeated_sign_up_tells_nothing_of_the_present_password(
    desk: Desk, lost: User, hash_checks: list[bytes], passw: str
) -> None:
    desk.set_password(desk.reset_token("new@example.com").json["reset_token"], "another_string")
    present = lost.get(lost.id).password_hash

    answer = desk.sign_up("new@example.com", key=KEY, passw=passw)

    assert (answer.status, answer.json["id"]) == (201, lost.id)
    assert hash_checks == []
    assert lost.get(lost.id).password_hash == present


def test_what_recognises_a_sign_up_tells_nothing_of_the_password(desk: Desk) -> None:
    desk.sign_up("new@example.com", key=KEY)
    (first,) = User.by_initial.query("n")
    desk.delete(first.id)
    desk.sign_up("new@example.com", key=KEY + "x", passw="another_string")
    (second,) = User.by_initial.query("n")

    assert User.find(first.id) is None
    digests = {first.sign_up_digest, second.sign_up_digest}
    assert len(digests) == 1


def test_id_of_a_deleted_account_is_not_given_again(desk: Desk, lost: User) -> None:
    desk.delete(lost.id)

    answer = desk.sign_up("new@example.com", key=KEY)

    assert answer.status == 201
    assert answer.json["id"] != lost.id
