"""A sign-up that took effect although its answer was lost, repeated with its key."""

import pytest

from accounts.tables import User
from tests.functional.administration.desk import BeforeWrite, Desk
from tests.functional.administration.keyed import (
    KEY,
)
from tests.functional.faults import silence
from tests.people import LOG_IN


def _silence() -> None:
    raise silence()


def test_sign_up_that_was_lost_is_the_callers_own_account(
    desk: Desk, after_write: BeforeWrite
) -> None:
    after_write(_silence)
    desk.sign_up("new@example.com", key=KEY)
    (user,) = User.by_initial.query("n")

    answer = desk.sign_up("new@example.com", key=KEY)

    assert (answer.status, answer.json["id"]) == (201, user.id)


def test_sign_up_that_was_lost_is_nobody_elses(
    desk: Desk, after_write: BeforeWrite, web_backend: str
) -> None:
    after_write(_silence)
    desk.sign_up("new@example.com", key=KEY)

    # not by another caller, nor with another key, nor without
    assert desk.by(web_backend).sign_up("new@example.com", key=KEY).status == 409
    assert desk.sign_up("new@example.com", key=KEY + "x").status == 409
    assert desk.sign_up("new@example.com").status == 409


@pytest.mark.xfail(strict=True, reason="only the key and the address are compared")
def test_sign_up_that_was_lost_does_not_pass_for_another(
    desk: Desk, after_write: BeforeWrite
) -> None:
    after_write(_silence)
    desk.sign_up("new@example.com", key=KEY)

    answer = desk.sign_up("new@example.com", key=KEY, passw="another_string")

    # else it would say that this password holds, and it does not
    credentials = {"email": "new@example.com", "passw": "another_string"}
    assert desk.api.call("POST", LOG_IN, json=credentials).status == 401
    assert answer.status != 201


@pytest.mark.xfail(strict=True, reason="the id follows from the key alone")
def test_id_of_a_deleted_account_is_not_given_again(desk: Desk, after_write: BeforeWrite) -> None:
    after_write(_silence)
    desk.sign_up("new@example.com", key=KEY)
    (lost,) = User.by_initial.query("n")
    desk.delete(lost.id)

    answer = desk.sign_up("new@example.com", key=KEY)

    assert answer.status == 201
    assert answer.json["id"] != lost.id
