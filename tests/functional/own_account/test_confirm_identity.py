"""POST /api/v1/private/users/confirm: proving once more who one is."""

from datetime import timedelta

import pytest

from tests.support import people
from tests.support.apps import App
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, log_in, refresh, who_am_i
from tests.support.people import Person
from tests.support.register import CONFIRM_IDENTITY, LOG_OUT, PROVE_SECOND_FACTOR, REFRESH
from tests.support.scene import Scene

WRONG = {"passw": "not the password"}
WRONG_CODE = [{"field": "code", "message": "This is not a code that works"}]


@pytest.fixture
def app(scene: Scene) -> App:
    """Alice's app, whose code of now is used up."""
    return scene.app()


def _auth_time(token: str) -> int:
    return int(people.claims(token)["auth_time"])


def test_session_counts_as_recently_proved(scene: Scene, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=3600)
    device = alice.sign_in()
    clock.advance(seconds=660)

    answer = CONFIRM_IDENTITY.call(scene, token=device.token)

    assert (answer.status, answer.json) == (
        200,
        {"success": True, "message": "Identity confirmed", "expires_in": 600},
    )
    proofs = {session.session_id: session.proved_at for session in alice.sessions}
    # of this session, and of no other device of theirs
    assert proofs == {device.session_id: clock.time, alice.session_id: None}


def test_token_says_when_the_last_proof_was(scene: Scene, alice: Person, clock: Clock) -> None:
    logged_in = int(clock.time.timestamp())
    clock.advance(seconds=660)
    before = refresh(alice).json

    CONFIRM_IDENTITY.call(scene, token=before["access_token"])
    clock.advance(seconds=60)
    body = {"refresh_token": before["refresh_token"]}
    after = REFRESH.call(scene, json=body).json

    assert _auth_time(alice.token) == _auth_time(before["access_token"]) == logged_in
    assert _auth_time(after["access_token"]) == logged_in + 660


def test_token_of_a_back_end_has_no_time_of_proof(web_backend: str) -> None:
    assert "auth_time" not in people.claims(web_backend)


def test_wrong_password_proves_nothing(scene: Scene, stack: Deployment) -> None:
    with stack.unchanged():
        answer = CONFIRM_IDENTITY.call(scene, json=WRONG)

    assert answer.status == 422
    assert answer.json["details"] == [
        {"field": "passw", "message": "This is not the current password"}
    ]


def test_guesses_with_a_stolen_token_are_slowed_down_like_log_ins(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    answers = [CONFIRM_IDENTITY.call(scene, json=WRONG) for _ in range(6)]
    blocked = CONFIRM_IDENTITY.call(scene)

    assert [answer.status for answer in answers] == [422] * 6
    assert (blocked.status, blocked.code) == (429, "too_many_requests")
    clock.advance(seconds=int(blocked.headers["retry-after"]))
    assert CONFIRM_IDENTITY.call(scene).status == 200
    # and the right one begins anew
    again = [CONFIRM_IDENTITY.call(scene, json=WRONG).status for _ in range(5)]
    assert again == [422] * 5


def test_guess_that_waits_costs_no_hash(scene: Scene, aws_calls: AwsCalls) -> None:
    for _ in range(6):
        CONFIRM_IDENTITY.call(scene, json=WRONG)
    aws_calls.forget()

    CONFIRM_IDENTITY.call(scene, json=WRONG)

    assert "GenerateMac" not in aws_calls.operations


@pytest.mark.parametrize(
    "body", [{}, {"passw": ""}, {"passw": 5}, {"passw": None}, {"passw": "x" * 257}]
)
def test_what_cannot_be_a_password_is_refused(
    scene: Scene, stack: Deployment, body: dict[str, object]
) -> None:
    with stack.unchanged():
        answer = CONFIRM_IDENTITY.call(scene, json=body)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["passw"]


def test_body_cannot_name_another_account(scene: Scene, stack: Deployment, bob: Person) -> None:
    with stack.unchanged():
        answer = CONFIRM_IDENTITY.call(scene, json={"passw": bob.passw, "email": bob.email})

    assert answer.status == 422


def test_back_end_has_nothing_to_prove(scene: Scene, stack: Deployment) -> None:
    with stack.unchanged():
        answer = CONFIRM_IDENTITY.call(scene, token=scene.web_backend)

    assert (answer.status, answer.code) == (403, "user_token_required")


def test_session_that_ends_meanwhile_is_not_brought_back(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: LOG_OUT.call(scene))

    assert CONFIRM_IDENTITY.call(scene).code == "session_ended"

    assert alice.sessions == []


def test_proof_changes_nothing_else_about_the_session(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    (before,) = alice.sessions

    CONFIRM_IDENTITY.call(scene)

    (after,) = alice.sessions
    assert {**before.attribute_values, "proved_at": clock.time} == after.attribute_values
    assert who_am_i(alice).status == 200
    assert log_in(alice).status == 200
    assert after.expires_at - after.created_at == timedelta(days=30)


def test_second_factor_proves_it_where_there_is_one(
    scene: Scene, alice: Person, app: App, clock: Clock
) -> None:
    clock.advance(seconds=660)

    answer = CONFIRM_IDENTITY.call(scene, json={"code": app.code()})

    assert (answer.status, answer.json["expires_in"]) == (200, 600)
    assert [session.proved_at for session in alice.sessions] == [clock.time]
    assert who_am_i(alice).json["amr"] == ["pwd", "otp", "mfa"]
    assert who_am_i(alice).json["auth_time"] == clock.time.strftime("%Y-%m-%dT%H:%M:%SZ")


def test_password_alone_proves_nothing_where_there_is_a_second_factor(
    scene: Scene, alice: Person, app: App, stack: Deployment, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()

    with stack.unchanged():
        bodies: tuple[dict[str, str], ...] = ({"passw": alice.passw}, WRONG, {})
        answers = [CONFIRM_IDENTITY.call(scene, json=body) for body in bodies]

    told = {(answer.status, answer.code) for answer in answers}
    assert told == {(403, "second_factor_required")}
    # nor does it tell whether the password is right
    assert "GenerateMac" not in aws_calls.operations


def test_password_with_the_code_has_to_be_right_as_well(
    scene: Scene, alice: Person, app: App, stack: Deployment
) -> None:
    with stack.unchanged():
        answer = CONFIRM_IDENTITY.call(scene, json={**WRONG, "code": app.code(+1)})

    assert [detail["field"] for detail in answer.json["details"]] == ["passw"]
    both = {"passw": alice.passw, "code": app.code(+1)}
    assert CONFIRM_IDENTITY.call(scene, json=both).status == 200


def test_code_that_proved_it_is_used_up(scene: Scene, app: App, stack: Deployment) -> None:
    assert CONFIRM_IDENTITY.call(scene, json={"code": app.code(+1)}).status == 200

    with stack.unchanged():
        again = CONFIRM_IDENTITY.call(scene, json={"code": app.code(+1)})

    assert (again.status, again.json["details"]) == (422, WRONG_CODE)
    challenge = scene.challenge()
    proof = {"challenge": challenge, "code": app.code(+1)}
    assert PROVE_SECOND_FACTOR.call(scene, json=proof).code == "invalid_code"


def test_code_that_is_used_elsewhere_meanwhile_proves_nothing(
    scene: Scene, alice: Person, app: App, before_write: BeforeWrite
) -> None:
    proof = {"challenge": scene.challenge(), "code": app.code(+1)}
    before_write(lambda: PROVE_SECOND_FACTOR.call(scene, json=proof))

    answer = CONFIRM_IDENTITY.call(scene, json={"code": app.code(+1)})

    assert (answer.status, answer.json["details"]) == (422, WRONG_CODE)
    assert {session.proved_at for session in alice.sessions} == {None}


def test_recovery_code_proves_it_once(scene: Scene, app: App) -> None:
    body = {"code": app.recovery_codes[0]}

    assert [CONFIRM_IDENTITY.call(scene, json=body).status for _ in range(2)] == [200, 422]


def test_codes_are_guessed_at_as_slowly_as_passwords(scene: Scene, app: App, clock: Clock) -> None:
    wrong = {"code": app.wrong_code()}
    answers = [CONFIRM_IDENTITY.call(scene, json=wrong) for _ in range(6)]
    blocked = CONFIRM_IDENTITY.call(scene, json={"code": app.code(+1)})

    assert [answer.status for answer in answers] == [422] * 6
    assert blocked.status == 429
    clock.advance(seconds=int(blocked.headers["retry-after"]))
    assert CONFIRM_IDENTITY.call(scene, json={"code": app.code(+1)}).status == 200


def test_account_without_a_second_factor_has_no_code_that_works(
    scene: Scene, alice: Person, stack: Deployment
) -> None:
    for body in ({"code": "123456"}, {"code": "123456", "passw": alice.passw}):
        with stack.unchanged():
            answer = CONFIRM_IDENTITY.call(scene, json=body)
        assert (answer.status, answer.json["details"]) == (422, WRONG_CODE)


def test_password_costs_what_it_did_before_there_were_second_factors(
    scene: Scene, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()

    CONFIRM_IDENTITY.call(scene)

    asked = [(call.operation, call.arguments.get("TableName")) for call in aws_calls.made]
    assert [operation for operation, _ in asked] == [
        "GetItem",
        "UpdateItem",
        "GetItem",
        "GenerateMac",
        "TransactWriteItems",
    ]
