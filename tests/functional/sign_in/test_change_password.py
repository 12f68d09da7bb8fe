"""PUT /api/v1/private/users/passw/change_passw: changing one's own password."""

import pytest

from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.people import Person
from tests.support.register import (
    ANY_USERS,
    CHANGE_PASSWORD,
    LOG_IN,
    LOG_OUT,
    REFRESH,
    RESET_PASSWORD,
)
from tests.support.scene import Scene

NEW = "another_string"
WRONG = "not the password"


def _change(scene: Scene, current: str | None = None, new: str = NEW) -> Answer:
    body = {"current_passw": current or scene.alice.passw, "passw": new}
    return CHANGE_PASSWORD.call(scene, json=body)


def _log_in(scene: Scene, passw: str) -> int:
    return LOG_IN.call(scene, json={"email": scene.alice.email, "passw": passw}).status


def test_the_new_password_works_and_the_old_one_does_not(scene: Scene, alice: Person) -> None:
    answer = _change(scene)

    assert (answer.status, answer.json) == (200, {"success": True, "message": "Password updated"})
    assert _log_in(scene, alice.passw) == 401
    assert _log_in(scene, NEW) == 200


def test_the_current_password_is_needed(scene: Scene, stack: Deployment, alice: Person) -> None:
    with stack.unchanged():
        answer = _change(scene, WRONG)

    assert answer.status == 422
    assert answer.json["details"] == [
        {"field": "current_passw", "message": "This is not the current password"}
    ]


def test_the_current_password_may_not_be_left_out(scene: Scene) -> None:
    answer = CHANGE_PASSWORD.call(scene, json={"passw": NEW})

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["current_passw"]


def test_this_session_stays_and_all_others_end(scene: Scene, alice: Person) -> None:
    phone, tablet = alice.sign_in(), alice.sign_in()

    assert _change(scene).status == 200

    assert ANY_USERS.call(scene).status == 200
    assert REFRESH.call(scene).status == 200
    for device in (phone, tablet):
        assert ANY_USERS.call(scene, token=device.token).code == "session_ended"
        refreshed = REFRESH.call(scene, json={"refresh_token": device.refresh_token})
        assert refreshed.code == "session_ended"
    assert [session.session_id for session in alice.sessions] == [alice.session_id]
    assert alice.account.session_ids == [alice.session_id]


def test_a_reset_token_does_not_survive_it(scene: Scene) -> None:
    token = scene.reset_token()
    assert _change(scene).status == 200

    body = {"reset_token": token, "passw": "yet another string"}
    assert RESET_PASSWORD.call(scene, json=body).status == 410
    assert _log_in(scene, NEW) == 200


def test_other_peoples_sessions_and_tokens_are_not_concerned(scene: Scene, bob: Person) -> None:
    assert _change(scene).status == 200

    assert ANY_USERS.call(scene, token=bob.token).status == 200


def test_a_service_has_no_password_to_change(scene: Scene) -> None:
    answer = CHANGE_PASSWORD.call(scene, token=scene.web_backend)

    assert (answer.status, answer.code) == (403, "user_token_required")


def test_an_ended_session_changes_nothing(scene: Scene, stack: Deployment) -> None:
    assert LOG_OUT.call(scene).status == 200

    with stack.unchanged():
        assert _change(scene).code == "session_ended"


def test_the_body_cannot_name_another_account(scene: Scene, stack: Deployment, bob: Person) -> None:
    body = {"current_passw": bob.passw, "passw": NEW, "email": bob.email}

    with stack.unchanged():
        assert CHANGE_PASSWORD.call(scene, json=body).status == 422


@pytest.mark.parametrize("number", range(2, 7))
def test_a_reset_at_the_same_time_is_not_undone(
    scene: Scene, alice: Person, aws_calls: AwsCalls, number: int
) -> None:
    token = scene.reset_token()
    body = {"reset_token": token, "passw": "the reset wins"}
    statuses: list[int] = []
    aws_calls.forget()
    aws_calls.before(number, lambda: statuses.append(RESET_PASSWORD.call(scene, json=body).status))

    changed = _change(scene).status

    assert statuses == [200]
    # the reset has ended every session and the password that was current is so no more
    assert changed in (401, 422)
    assert _log_in(scene, NEW) == 401
    assert _log_in(scene, "the reset wins") == 200
    assert ANY_USERS.call(scene).status == 401


def test_of_two_changes_at_the_same_time_one_is_made(
    scene: Scene, alice: Person, aws_calls: AwsCalls
) -> None:
    _change(scene)
    write = aws_calls.operations.index("TransactWriteItems") + 1
    statuses: list[int] = []
    aws_calls.forget()
    aws_calls.before(
        write, lambda: statuses.append(_change(scene, NEW, "the inner one wins").status)
    )

    outer = _change(scene, NEW, "the outer one wins").status

    assert (statuses, outer) == ([200], 422)
    assert _log_in(scene, "the inner one wins") == 200


def test_an_account_disabled_meanwhile_gets_no_new_password(
    scene: Scene, alice: Person, aws_calls: AwsCalls
) -> None:
    def disable() -> None:
        user = alice.account
        user.update([User.status.set("disabled"), User.version.add(1)])

    _change(scene)
    write = aws_calls.operations.index("TransactWriteItems") + 1
    aws_calls.forget()
    aws_calls.before(write, disable)

    assert _change(scene, NEW, "yet another string").code == "session_ended"


def test_a_session_ended_meanwhile_changes_nothing(
    scene: Scene, alice: Person, aws_calls: AwsCalls
) -> None:
    _change(scene)
    write = aws_calls.operations.index("TransactWriteItems") + 1
    aws_calls.forget()
    aws_calls.before(write, lambda: LOG_OUT.call(scene))

    assert _change(scene, NEW, "yet another string").code == "session_ended"

    assert _log_in(scene, NEW) == 200
