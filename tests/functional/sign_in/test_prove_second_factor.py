"""POST /api/v1/public/users/login/second_factor: the second step of a log-in."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from accounts.credentials import one_time_tokens, throttle
from accounts.credentials.one_time_tokens import Kind
from accounts.storage.factors import RecoveryCodes, Totp
from accounts.storage.tables import LoginAttempt, OneTimeToken, User
from accounts.storage.transactions import write
from tests.support import people
from tests.support.answers import Answer
from tests.support.apps import App
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, refresh, who_am_i
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import (
    CHANGE_PASSWORD,
    CONFIRM_IDENTITY,
    DISABLE_TOTP,
    LOG_IN,
    LOG_IN_WITH_CODE,
    PROVE_SECOND_FACTOR,
    SET_NEW_PASSWORD,
)
from tests.support.scene import Scene

TRIES = 5
LIFE_SECONDS = 300
STEP_SECONDS = 30
BY_COOKIE = {"X-Token-Delivery": "cookie"}
GONE = {"error": "Gone", "message": "Challenge is invalid or has expired"}


@pytest.fixture
def app(scene: Scene) -> App:
    """Alice's app, whose code of now is used up."""
    return scene.app()


@pytest.fixture
def challenge(scene: Scene, app: App) -> str:
    """What alice got for her password."""
    return scene.challenge()


def _prove(scene: Scene, challenge: str, code: str, **other: str) -> Answer:
    body = {"challenge": challenge, "code": code, **other}
    return PROVE_SECOND_FACTOR.call(scene, json=body)


def _guess(scene: Scene, app: App, number: int, **other: str) -> list[Answer]:
    """Guess so many times, with a new challenge as soon as the one before is over."""
    answers: list[Answer] = []
    for first in range(0, number, TRIES):
        challenge = scene.challenge(**other)
        tries = range(min(TRIES, number - first))
        answers += [_prove(scene, challenge, app.wrong_code(), **other) for _ in tries]
    return answers


def _on_record(person: Person, what: str) -> int:
    return [event.what for event in events(person.id)].count(what)


def _assert_gone(answer: Answer) -> None:
    assert (answer.status, answer.code, answer.json) == (410, "challenge_invalid", GONE)


def test_password_gets_a_challenge_and_no_session(scene: Scene, alice: Person, app: App) -> None:
    answer = LOG_IN.call(scene)

    assert answer.status == 202
    assert set(answer.json) == {"challenge", "factors", "expires_in"}
    assert answer.json["challenge"].startswith("sf.")
    assert answer.json["factors"] == ["totp", "recovery_code"]
    assert answer.json["expires_in"] == LIFE_SECONDS
    assert answer.cookies == ()
    assert [session.session_id for session in alice.sessions] == [alice.session_id]


def test_browser_keeps_the_session_that_it_has_until_the_second_step(
    scene: Scene, alice: Person, app: App
) -> None:
    cookie = {**BY_COOKIE, "Cookie": f"__Host-refresh_token={alice.refresh_token}"}
    first = LOG_IN.call(scene, headers=cookie)

    assert (first.status, first.cookies) == (202, ())
    assert who_am_i(alice).status == 200
    body = {"challenge": first.json["challenge"], "code": app.code(+1)}
    second = PROVE_SECOND_FACTOR.call(scene, json=body, headers=cookie)

    assert set(second.json) == {"token_type", "expires_in", "user"}
    names = [cookie.partition("=")[0] for cookie in second.cookies]
    assert names == ["__Host-access_token", "__Host-refresh_token", "__Host-device"]
    assert who_am_i(alice).code == "session_ended"


def test_answer_to_the_second_step_is_that_of_a_log_in(
    scene: Scene, alice: Person, bob: Person, app: App, challenge: str
) -> None:
    answer = _prove(scene, challenge, app.code(+1))

    plain = LOG_IN.call(scene, json=bob.credentials)
    assert answer.status == 200
    assert list(answer.json) == list(plain.json)
    assert answer.json["user"]["id"] == alice.id
    token = answer.json["access_token"]
    assert people.claims(token)["amr"] == ["pwd", "otp", "mfa"]
    assert who_am_i(alice, token).json["amr"] == ["pwd", "otp", "mfa"]


def test_refresh_keeps_how_its_owner_has_proved_themselves(
    scene: Scene, alice: Person, app: App, challenge: str
) -> None:
    refresh_token = _prove(scene, challenge, app.code(+1)).json["refresh_token"]

    answer = refresh(replace(alice, refresh_token=refresh_token))

    assert people.claims(answer.json["access_token"])["amr"] == ["pwd", "otp", "mfa"]


def test_recovery_code_does_instead(scene: Scene, app: App, challenge: str) -> None:
    answer = _prove(scene, challenge, app.recovery_codes[0].upper())

    assert answer.status == 200
    assert people.claims(answer.json["access_token"])["amr"] == ["pwd", "otp", "mfa"]


def test_recovery_code_works_once(scene: Scene, alice: Person, app: App) -> None:
    assert _prove(scene, scene.challenge(), app.recovery_codes[0]).status == 200

    answer = _prove(scene, scene.challenge(), app.recovery_codes[0])

    assert (answer.status, answer.code) == (401, "invalid_code")
    assert _prove(scene, scene.challenge(), app.recovery_codes[1]).status == 200


def test_code_by_mail_takes_the_second_step_too(scene: Scene, alice: Person, app: App) -> None:
    first = LOG_IN_WITH_CODE.call(scene)
    assert (first.status, first.json["factors"]) == (202, ["totp", "recovery_code"])

    answer = _prove(scene, first.json["challenge"], app.code(+1))

    assert answer.status == 200
    assert people.claims(answer.json["access_token"])["amr"] == ["otp", "mfa"]


def test_code_by_mail_is_used_up_by_the_first_step(scene: Scene, app: App) -> None:
    proof = scene.log_in_code()
    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 202

    _assert_gone(LOG_IN_WITH_CODE.call(scene, json=proof))


# what has been used, or is not of now


def test_code_works_once_in_whatever_challenge(scene: Scene, app: App) -> None:
    assert _prove(scene, scene.challenge(), app.code(+1)).status == 200

    answer = _prove(scene, scene.challenge(), app.code(+1))

    assert (answer.status, answer.code) == (401, "invalid_code")
    assert answer.json == {"error": "Unauthorized", "message": "Invalid code"}


@pytest.mark.parametrize(("steps", "status"), [(-2, 401), (-1, 200), (0, 200), (1, 200), (2, 401)])
def test_code_may_be_a_step_early_or_late(
    scene: Scene, app: App, clock: Clock, steps: int, status: int
) -> None:
    clock.advance(seconds=10 * STEP_SECONDS)

    assert _prove(scene, scene.challenge(), app.code(steps)).status == status


def test_code_of_a_step_before_the_last_used_one_does_not_work(
    scene: Scene, app: App, clock: Clock
) -> None:
    clock.advance(seconds=10 * STEP_SECONDS)
    assert _prove(scene, scene.challenge(), app.code()).status == 200

    assert _prove(scene, scene.challenge(), app.code(-1)).code == "invalid_code"
    assert _prove(scene, scene.challenge(), app.code(+1)).status == 200


def test_challenge_works_once(scene: Scene, app: App, challenge: str, clock: Clock) -> None:
    assert _prove(scene, challenge, app.code(+1)).status == 200
    clock.advance(seconds=2 * STEP_SECONDS)

    _assert_gone(_prove(scene, challenge, app.code()))


def test_challenge_works_for_five_minutes(
    scene: Scene, app: App, challenge: str, clock: Clock, stack: Deployment
) -> None:
    clock.advance(seconds=LIFE_SECONDS)

    with stack.unchanged():
        _assert_gone(_prove(scene, challenge, app.code()))


def test_code_of_another_account_does_not_work(
    scene: Scene, alice: Person, app: App, challenge: str, bob: Person
) -> None:
    bobs = Scene(scene.api, bob, scene.admin, scene.web_backend).app()

    assert _prove(scene, challenge, bobs.code(+1)).code == "invalid_code"
    assert _prove(scene, challenge, bobs.recovery_codes[0]).code == "invalid_code"


def test_challenge_of_another_kind_does_not_work(scene: Scene, alice: Person, app: App) -> None:
    by_mail = scene.log_in_code()["challenge"]
    reset = one_time_tokens.new(Kind.RESET, alice.id, 60, epoch=0)
    write(reset.kept)
    secret = reset.text.partition(".")[2]

    for other in (by_mail, reset.text, f"sf.{secret}", f"sf.{by_mail.partition('.')[2]}"):
        _assert_gone(_prove(scene, other, app.code(+1)))


def test_second_steps_challenge_is_no_other_token(scene: Scene, app: App, challenge: str) -> None:
    secret = challenge.partition(".")[2]

    for text in (challenge, f"lc.{secret}"):
        answer = LOG_IN_WITH_CODE.call(scene, json={"challenge": text, "code": "12345678"})
        assert answer.status == 410


VOIDS: dict[str, Callable[[Desk, Person], object]] = {
    "deletion": lambda desk, alice: desk.delete(alice.id),
    "disabling": lambda desk, alice: desk.update(alice.id, status="disabled"),
    "role": lambda desk, alice: desk.update(alice.id, role="methodist"),
    "another address": lambda desk, alice: desk.move(alice.id, "new@example.org"),
    "reset": lambda desk, alice: desk.set_password(
        desk.reset_token(alice.email).json["reset_token"]
    ),
    "own new password": lambda _, alice: alice.api.call(
        *CHANGE_PASSWORD.at(),
        token=alice.token,
        json={"current_passw": alice.passw, "passw": "another_string"},
    ),
    "no factor any more": lambda _, alice: alice.api.call(*DISABLE_TOTP.at(), token=alice.token),
}


@pytest.mark.parametrize("then", VOIDS.values(), ids=VOIDS)
def test_challenge_is_void_after(
    scene: Scene,
    alice: Person,
    app: App,
    challenge: str,
    desk: Desk,
    then: Callable[[Desk, Person], object],
) -> None:
    then(desk, alice)

    _assert_gone(_prove(scene, challenge, app.code(+1)))


@pytest.mark.parametrize("then", VOIDS.values(), ids=VOIDS)
def test_second_step_that_is_on_its_way_begins_no_session_after(  # noqa: PLR0917 - fixtures
    scene: Scene,
    alice: Person,
    app: App,
    challenge: str,
    desk: Desk,
    before_write: BeforeWrite,
    then: Callable[[Desk, Person], object],
) -> None:
    before_write(lambda: then(desk, alice))

    _assert_gone(_prove(scene, challenge, app.code(+1)))

    assert {it.session_id for it in alice.sessions} <= {alice.session_id}


# guessing


def test_five_are_compared_and_then_the_right_one_is_not(
    scene: Scene, app: App, challenge: str, aws_calls: AwsCalls
) -> None:
    answers = [_prove(scene, challenge, app.wrong_code()) for _ in range(TRIES)]
    aws_calls.forget()

    _assert_gone(_prove(scene, challenge, app.code(+1)))

    assert {(answer.status, answer.code) for answer in answers} == {(401, "invalid_code")}
    assert "Decrypt" not in aws_calls.operations


def test_fifth_may_still_be_right(scene: Scene, app: App, challenge: str) -> None:
    for _ in range(TRIES - 1):
        _prove(scene, challenge, app.wrong_code())

    assert _prove(scene, challenge, app.code(+1)).status == 200


def test_try_is_counted_twice_before_it_is_compared(
    scene: Scene, app: App, challenge: str, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()

    _prove(scene, challenge, app.wrong_code())

    names = [(call.operation, call.arguments.get("TableName", "")) for call in aws_calls.made]
    compared = [operation for operation, _ in names].index("Decrypt")
    counted = [table for operation, table in names[:compared] if operation == "UpdateItem"]
    assert [table.rpartition("-")[2] for table in counted] == [
        "LoginAttemptsTable",
        "OneTimeTokensTable",
    ]


def test_several_challenges_give_no_more_tries(scene: Scene, app: App, clock: Clock) -> None:
    challenges = [scene.challenge() for _ in range(4)]

    answers = [_prove(scene, it, app.wrong_code()) for it in challenges * 3]

    # five that are free, and the turn that begins the waits
    assert [answer.status for answer in answers] == [401] * 6 + [429] * 6
    assert _prove(scene, challenges[0], app.code(+1)).status == 429
    clock.advance(seconds=int(answers[-1].headers["retry-after"]))
    assert _prove(scene, challenges[0], app.code(+1)).status == 200


def test_waits_double_and_end_at_a_quarter_of_an_hour(scene: Scene, app: App, clock: Clock) -> None:
    waits = []
    _guess(scene, app, 5)
    for _ in range(12):
        _guess(scene, app, 1)
        refused = _prove(scene, scene.challenge(), app.wrong_code())
        waits.append(int(refused.headers["retry-after"]))
        clock.advance(seconds=waits[-1])

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


def test_who_waits_loses_no_try(scene: Scene, app: App, clock: Clock) -> None:
    _guess(scene, app, 6)
    challenge = scene.challenge()

    refused = [_prove(scene, challenge, app.wrong_code()) for _ in range(TRIES + 1)]

    assert {answer.status for answer in refused} == {429}
    clock.advance(seconds=int(refused[-1].headers["retry-after"]))
    assert _prove(scene, challenge, app.code(+1)).status == 200


def _guessed_a_hundred_times(user: User, device: str | None = None) -> None:
    pool = throttle.second_factor(user, device)
    pool.failures = pool.in_a_row = throttle.MOST_IN_A_ROW
    pool.failed_at = pool.blocked_until = user.updated_at
    pool.save()


def test_after_a_hundred_in_a_row_no_code_opens_until_there_is_another_password(
    scene: Scene, alice: Person, app: App, clock: Clock
) -> None:
    reset_token = scene.reset_token()
    _guessed_a_hundred_times(alice.account)

    for code in (app.code(+1), app.recovery_codes[0]):
        answer = _prove(scene, scene.challenge(), code)
        assert (answer.status, answer.headers["retry-after"]) == (429, "900")
        clock.advance(seconds=900)

    body = {"reset_token": reset_token, "passw": "another_string"}
    assert SET_NEW_PASSWORD.call(scene, json=body).status == 200
    challenge = scene.challenge(passw="another_string")
    assert _prove(scene, challenge, app.code()).status == 200


def test_known_device_has_a_count_of_its_own(scene: Scene, app: App, clock: Clock) -> None:
    home = _prove(scene, scene.challenge(), app.code(+1)).json["device_token"]
    _guess(scene, app, 7)
    clock.advance(seconds=1)
    assert _prove(scene, scene.challenge(), app.recovery_codes[0]).status == 429

    challenge = scene.challenge(device_token=home)
    answer = _prove(scene, challenge, app.recovery_codes[0], device_token=home)

    assert answer.status == 200
    assert answer.json["device_token"] == home


def test_success_on_a_known_device_lets_strangers_try_again(
    scene: Scene, alice: Person, app: App, clock: Clock
) -> None:
    home = _prove(scene, scene.challenge(), app.code(+1)).json["device_token"]
    _guessed_a_hundred_times(alice.account)
    clock.advance(seconds=2 * STEP_SECONDS)
    challenge = scene.challenge(device_token=home)
    assert _prove(scene, challenge, app.code(), device_token=home).status == 200
    clock.advance(seconds=900)

    assert _prove(scene, scene.challenge(), app.code()).status == 200


def test_token_of_no_device_of_the_account_is_a_strangers(
    scene: Scene, bob: Person, app: App
) -> None:
    of_bob = LOG_IN.call(scene, json=bob.credentials).json["device_token"]
    _guess(scene, app, 7)

    answer = _prove(scene, scene.challenge(), app.code(+1), device_token=of_bob)

    assert answer.status == 429


def test_wrong_codes_leave_the_password_step_alone(
    scene: Scene, alice: Person, app: App, clock: Clock
) -> None:
    before = LoginAttempt.find(throttle.account(alice.email).subject)
    _guess(scene, app, 7)

    after = LoginAttempt.find(throttle.account(alice.email).subject)

    assert before is None or (before.failures, before.in_a_row) == (0, 0)
    assert after is not None
    assert (after.failures, after.in_a_row) == (0, 0)
    assert LOG_IN.call(scene).status == 202


def test_right_password_is_taken_off_the_count_of_its_failures(
    scene: Scene, alice: Person, app: App
) -> None:
    statuses = [LOG_IN.call(scene).status for _ in range(12)]

    assert statuses == [202] * 12


def test_success_gives_back_what_it_took(scene: Scene, alice: Person, app: App) -> None:
    _guess(scene, app, 3)

    assert _prove(scene, scene.challenge(), app.code(+1)).status == 200

    pool = LoginAttempt.find(throttle.second_factor(alice.account, None).subject)
    assert pool is not None
    assert (pool.failures, pool.in_a_row) == (3, 0)


def test_nobody_makes_challenges_without_end(scene: Scene, app: App, clock: Clock) -> None:
    statuses = [LOG_IN.call(scene).status for _ in range(61)]

    assert statuses == [202] * 60 + [429]
    clock.advance(seconds=3600)
    assert LOG_IN.call(scene).status == 202


def test_who_makes_too_many_challenges_keeps_no_known_device_out(
    scene: Scene, app: App, clock: Clock
) -> None:
    home = _prove(scene, scene.challenge(), app.code(+1)).json["device_token"]
    for _ in range(60):
        LOG_IN.call(scene)

    answer = LOG_IN.call(scene, json={**scene.alice.credentials, "device_token": home})

    assert answer.status == 202


def test_guesses_from_one_address_end(scene: Scene, app: App) -> None:
    statuses = [_prove(scene, f"sf.{'x' * 43}", "123456").status for _ in range(101)]

    assert statuses == [410] * 100 + [429]


# who is told of what


def test_owner_is_told_once_a_challenge_when_somebody_has_the_password(
    scene: Scene, alice: Person, app: App, challenge: str, post: PostOffice
) -> None:
    post.deliver()
    post.mails.clear()
    for _ in range(TRIES - 1):
        _prove(scene, challenge, app.wrong_code())
    assert post.deliver() == []

    for _ in range(2):
        _prove(scene, challenge, app.wrong_code())

    (mail,) = post.deliver()
    assert mail.to == [alice.email]
    assert mail.subject == "Somebody may have your password for Users"
    assert _on_record(alice, "second_factor_guessed") == 1
    assert _on_record(alice, "second_factor_failed") == 1


def test_owner_is_told_three_times_a_day_at_most(
    scene: Scene, alice: Person, app: App, post: PostOffice, clock: Clock
) -> None:
    post.deliver()
    post.mails.clear()
    for _ in range(5):
        throttle.second_factor(alice.account, None).delete()
        _guess(scene, app, TRIES)

    assert len(post.deliver()) == 3
    assert _on_record(alice, "second_factor_guessed") == 5


def test_right_password_without_the_factor_is_no_log_in(
    scene: Scene, alice: Person, app: App, log: Log
) -> None:
    begun = _on_record(alice, "session_begun")
    paced = alice.account.log_ins_paced_until

    LOG_IN.call(scene)

    assert _on_record(alice, "session_begun") == begun
    assert alice.account.log_ins_paced_until == paced
    assert "LogIns" not in log.named("request")[-1]


def test_second_step_is_one(scene: Scene, alice: Person, app: App, log: Log) -> None:
    begun = _on_record(alice, "session_begun")
    challenge = scene.challenge()

    _prove(scene, challenge, app.code(+1))

    assert _on_record(alice, "session_begun") == begun + 1
    assert log.named("request")[-1]["LogIns"] == 1
    assert log.named("request")[-1]["outcome"] == "ok"


# what whoever does not know the password learns


def test_who_does_not_know_the_password_learns_nothing_of_factors(
    scene: Scene, alice: Person, bob: Person, app: App, aws_calls: AwsCalls
) -> None:
    seen = []
    for person in (alice, bob):
        aws_calls.forget()
        answer = LOG_IN.call(scene, json={"email": person.email, "passw": "wrong password"})
        asked = [(call.operation, call.arguments.get("TableName")) for call in aws_calls.made]
        seen.append((answer.but_for_its_id, asked))

    assert seen[0] == seen[1]
    assert seen[0][0][0] == 401


def test_unknown_and_dead_challenges_are_answered_alike(
    scene: Scene, app: App, challenge: str, clock: Clock
) -> None:
    unknown = _prove(scene, f"sf.{'x' * 43}", app.code(+1))
    assert _prove(scene, challenge, app.code(+1)).status == 200

    used = _prove(scene, challenge, app.code(+1))

    assert unknown.but_for_its_id == used.but_for_its_id


@pytest.mark.parametrize(
    "code",
    [
        *("", "12345", "1234567", "12345u", "0123456789a", "0123-4567-89ab-c", 123456, None, []),
        # full-width, and Arabic-Indic
        "\uff11\uff12\uff13\uff14\uff15\uff16",
        "\u0661\u0662\u0663\u0664\u0665\u0666",
        "x" * 10_000,
    ],
)
def test_what_cannot_be_a_code_is_refused_and_takes_no_try(
    scene: Scene, app: App, challenge: str, stack: Deployment, code: object
) -> None:
    body = {"challenge": challenge, "code": code}

    with stack.unchanged():
        answer = PROVE_SECOND_FACTOR.call(scene, json=body)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == ["code"]
    assert OneTimeToken.get(one_time_tokens.key(Kind.SECOND_FACTOR, challenge[3:])).tries is None


def test_recovery_codes_of_who_has_none_left_open_nothing(
    scene: Scene, alice: Person, app: App, challenge: str
) -> None:
    RecoveryCodes.get(f"recovery#{alice.id}").update([RecoveryCodes.code_macs.remove()])

    assert _prove(scene, challenge, app.recovery_codes[0]).code == "invalid_code"


def test_app_that_was_only_begun_opens_nothing(scene: Scene, alice: Person) -> None:
    pending = scene.begun_app()
    assert LOG_IN.call(scene).status == 200
    alice.account.update([User.passkey_ids.set(["a"])])

    assert _prove(scene, scene.challenge(), pending.code()).code == "invalid_code"
    assert Totp.get(f"totp#{alice.id}").last_step == 0


def test_nothing_secret_is_logged(
    scene: Scene, alice: Person, app: App, log: Log, stack: Deployment
) -> None:
    codes = [app.code(+1), app.wrong_code()]
    challenge = scene.challenge()

    for code in (codes[1], codes[0], app.recovery_codes[0]):
        _prove(scene, challenge, code)

    for line in log.lines:
        said = {str(value) for value in line.values()}
        assert not said & {*codes, *app.recovery_codes, challenge, app.secret}
    assert challenge.partition(".")[2] not in repr(stack.stored())


def test_rehash_is_not_put_off_by_the_second_step(
    scene: Scene, alice: Person, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = alice.account.password_hash
    monkeypatch.setattr("accounts.credentials.passwords.is_outdated", lambda _: True)

    scene.challenge()

    assert alice.account.password_hash != before


def test_session_of_the_second_step_lasts_as_any(
    scene: Scene, alice: Person, app: App, challenge: str
) -> None:
    token = _prove(scene, challenge, app.code(+1)).json["access_token"]

    sid = people.claims(token)["sid"]
    (session,) = [it for it in alice.sessions if it.session_id == sid]
    assert session.expires_at - session.created_at == timedelta(days=30)
    assert CONFIRM_IDENTITY.call(scene, token=token, json={"passw": alice.passw}).status == 403
