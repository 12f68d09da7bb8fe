"""POST /api/v1/public/users/login/code: who reads an account's mail is its owner."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest

from accounts.credentials import log_in_codes, one_time_tokens, opaque, throttle
from accounts.credentials.one_time_tokens import Kind
from accounts.storage import users
from accounts.storage.tables import LoginAttempt, OneTimeToken, User
from accounts.storage.transactions import write
from tests.support import email_tokens
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, who_am_i
from tests.support.faults import refusal
from tests.support.guesses import UNKNOWN, guess, in_a_row, log_in, pretend
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import (
    CONFIRM_EMAIL,
    LOG_IN,
    LOG_IN_WITH_CODE,
    RESET_PASSWORD,
    SEND_LOG_IN_CODE,
    UNDO_EMAIL_CHANGE,
)
from tests.support.scene import Scene

TRIES = 5
LIFE_SECONDS = 600
BY_COOKIE = {"X-Token-Delivery": "cookie"}
GONE = {"error": "Gone", "message": "Challenge is invalid or has expired"}
Then = Callable[[Desk, Person], object]
Proof = Mapping[str, str]


@pytest.fixture
def proof(scene: Scene) -> Proof:
    """A challenge as alice asked for it, and the code that she was mailed."""
    return scene.log_in_code()


def _key(challenge: str) -> str:
    return f"{Kind.LOG_IN}#{opaque.digest(challenge.removeprefix(f'{Kind.LOG_IN}.'))}"


def _other(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08d}"


def _try(scene: Scene, challenge: str, code: str, **headers: str) -> Answer:
    return LOG_IN_WITH_CODE.call(
        scene, json={"challenge": challenge, "code": code}, headers=headers
    )


def _wrong(scene: Scene, proof: Proof) -> Answer:
    return _try(scene, proof["challenge"], _other(proof["code"]))


def _assert_gone(answer: Answer) -> None:
    assert (answer.status, answer.code, answer.json) == (410, "challenge_invalid", GONE)


def test_answer_is_that_of_a_log_in(scene: Scene, alice: Person, proof: Proof) -> None:
    answer = LOG_IN_WITH_CODE.call(scene, json=proof)

    by_password = LOG_IN.call(scene)
    assert answer.status == 200
    assert list(answer.json) == list(by_password.json)
    assert answer.json["user"] == by_password.json["user"]
    assert who_am_i(alice, answer.json["access_token"]).json["user_id"] == alice.id


def test_a_browser_gets_its_tokens_in_cookies(scene: Scene, proof: Proof) -> None:
    answer = LOG_IN_WITH_CODE.call(scene, json=proof, headers=BY_COOKIE)

    assert set(answer.json) == {"token_type", "expires_in", "user"}
    names = [cookie.partition("=")[0] for cookie in answer.cookies]
    assert names == ["__Host-access_token", "__Host-refresh_token", "__Host-device"]


def test_the_session_that_a_browser_had_before_is_over(
    scene: Scene, alice: Person, proof: Proof
) -> None:
    cookie = {"Cookie": f"__Host-refresh_token={alice.refresh_token}"}

    assert LOG_IN_WITH_CODE.call(scene, json=proof, headers=BY_COOKIE | cookie).status == 200

    assert who_am_i(alice).code == "session_ended"


def test_the_device_is_known_at_the_next_log_in(scene: Scene, alice: Person, proof: Proof) -> None:
    home = LOG_IN_WITH_CODE.call(scene, json=proof).json["device_token"]
    guess(scene.api, alice.email, 7)
    again = {**scene.log_in_code(), "device_token": home}

    assert log_in(scene.api, alice.email, alice.passw, device_token=home).status == 200
    assert LOG_IN_WITH_CODE.call(scene, json=again).json["device_token"] == home


def test_a_code_works_once(scene: Scene, stack: Deployment, proof: Proof) -> None:
    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200

    with stack.unchanged():
        _assert_gone(LOG_IN_WITH_CODE.call(scene, json=proof))


def test_five_wrong_codes_are_compared_and_then_the_right_one_is_not(
    scene: Scene, proof: Proof, aws_calls: AwsCalls, alice: Person
) -> None:
    sessions = len(alice.sessions)
    answers = [_wrong(scene, proof) for _ in range(TRIES)]
    aws_calls.forget()
    refused = LOG_IN_WITH_CODE.call(scene, json=proof)

    assert {(answer.status, answer.code) for answer in answers} == {(401, "invalid_code")}
    assert answers[0].json == {"error": "Unauthorized", "message": "Invalid code"}
    _assert_gone(refused)
    assert "GenerateMac" not in aws_calls.operations
    assert len(alice.sessions) == sessions


def test_the_fifth_try_may_still_be_right(scene: Scene, proof: Proof) -> None:
    for _ in range(TRIES - 1):
        _wrong(scene, proof)

    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200


def test_a_try_is_counted_before_it_is_compared(
    scene: Scene, proof: Proof, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()

    _wrong(scene, proof)

    counted, compared, *_ = aws_calls.made
    assert (counted.operation, compared.operation) == ("UpdateItem", "GenerateMac")
    assert counted.arguments["TableName"].endswith("OneTimeTokensTable")


def test_a_code_goes_with_its_own_challenge_alone(scene: Scene) -> None:
    one, other = scene.log_in_code(), scene.log_in_code()
    assert one["code"] != other["code"]

    assert _try(scene, one["challenge"], other["code"]).code == "invalid_code"
    assert _try(scene, other["challenge"], one["code"]).code == "invalid_code"


def test_what_is_kept_of_a_code_is_good_for_its_own_challenge_alone(scene: Scene) -> None:
    one, other = scene.log_in_code(), scene.log_in_code()
    key = _key(other["challenge"])
    kept = OneTimeToken.get(_key(one["challenge"]))

    OneTimeToken(key).update([OneTimeToken.code_mac.set(kept.code_mac)])

    assert _try(scene, other["challenge"], one["code"]).code == "invalid_code"


def test_what_is_kept_of_a_code_is_no_code(scene: Scene, proof: Proof) -> None:
    kept = [item for item in OneTimeToken.scan() if item.code_mac]

    assert {len(item.code_mac) for item in kept} == {48}
    assert len({item.code_mac for item in kept}) == len(kept) == 2


def _of_nobody(scene: Scene, bob: Person) -> str:
    return str(SEND_LOG_IN_CODE.call(scene, json={"email": UNKNOWN}).json["challenge"])


def _of_the_disabled(scene: Scene, bob: Person) -> str:
    bob.account.update([User.status.set("disabled")])
    return str(SEND_LOG_IN_CODE.call(scene, json={"email": bob.email}).json["challenge"])


def _not_mailed_yet(scene: Scene, bob: Person) -> str:
    return str(SEND_LOG_IN_CODE.call(scene, json={"email": bob.email}).json["challenge"])


@pytest.mark.parametrize("without_code", [_of_nobody, _of_the_disabled, _not_mailed_yet])
def test_a_challenge_that_has_no_code_fails_as_with_a_wrong_one(
    scene: Scene,
    proof: Proof,
    bob: Person,
    aws_calls: AwsCalls,
    log: Log,
    without_code: Callable[[Scene, Person], str],
) -> None:
    other = {"challenge": without_code(scene, bob), "code": proof["code"]}
    seen = []
    for failing in (proof, other):
        aws_calls.forget()
        answers = [_wrong(scene, failing).but_for_its_id for _ in range(TRIES + 1)]
        asked = [(call.operation, *(arn for _, arn in call.needed())) for call in aws_calls.made]
        seen.append((answers, asked))

    assert seen[0] == seen[1]
    assert [status for status, *_ in seen[0][0]] == [401] * TRIES + [410]


def test_no_code_is_right_for_who_has_no_account(scene: Scene, stack: Deployment) -> None:
    challenge = SEND_LOG_IN_CODE.call(scene, json={"email": UNKNOWN}).json["challenge"]
    (kept,) = OneTimeToken.scan()
    assert kept.attribute_values.keys() == {"token", "expires_at"}

    for code in ("00000000", "12345678"):
        assert _try(scene, challenge, code).code == "invalid_code"


def test_a_challenge_works_for_ten_minutes(
    scene: Scene, proof: Proof, clock: Clock, stack: Deployment
) -> None:
    clock.advance(seconds=LIFE_SECONDS)

    with stack.unchanged():
        _assert_gone(LOG_IN_WITH_CODE.call(scene, json=proof))


VOIDS: dict[str, Then] = {
    "deletion": lambda desk, alice: desk.delete(alice.id),
    "disabling": lambda desk, alice: desk.update(alice.id, status="disabled"),
    "role": lambda desk, alice: desk.update(alice.id, role="methodist"),
    "another address": lambda desk, alice: desk.move(alice.id, "new@example.org"),
    "reset": lambda desk, alice: desk.set_password(
        desk.reset_token(alice.email).json["reset_token"]
    ),
}


@pytest.mark.parametrize("then", VOIDS.values(), ids=VOIDS)
def test_a_code_does_not_survive(
    scene: Scene, desk: Desk, alice: Person, proof: Proof, then: Then
) -> None:
    then(desk, alice)

    _assert_gone(LOG_IN_WITH_CODE.call(scene, json=proof))
    assert alice.sessions == []


@pytest.mark.parametrize("then", VOIDS.values(), ids=VOIDS)
def test_a_code_does_not_survive_what_comes_at_the_same_moment(
    scene: Scene, desk: Desk, alice: Person, proof: Proof, before_write: BeforeWrite, then: Then
) -> None:
    before_write(lambda: then(desk, alice))

    _assert_gone(LOG_IN_WITH_CODE.call(scene, json=proof))
    assert alice.sessions == []


def test_a_code_survives_a_log_in_at_the_same_moment(
    scene: Scene, alice: Person, proof: Proof, before_write: BeforeWrite
) -> None:
    before_write(lambda: log_in(scene.api, alice.email, alice.passw))

    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200


def test_of_two_uses_at_the_same_moment_one_begins_a_session(
    scene: Scene, alice: Person, proof: Proof, before_write: BeforeWrite
) -> None:
    sessions = len(alice.sessions)
    inner: list[Answer] = []
    before_write(lambda: inner.append(LOG_IN_WITH_CODE.call(scene, json=proof)))

    _assert_gone(LOG_IN_WITH_CODE.call(scene, json=proof))

    assert inner[0].status == 200
    assert len(alice.sessions) == sessions + 1


@pytest.mark.parametrize("kind", [Kind.RESET, Kind.EMAIL_CONFIRMATION, Kind.EMAIL_UNDO])
def test_token_of_another_kind_is_no_challenge(
    scene: Scene, alice: Person, proof: Proof, kind: Kind
) -> None:
    user = alice.account
    other = one_time_tokens.new(
        kind, user.id, 60, epoch=user.credentials_epoch, email="new@example.org"
    )
    write(other.kept)
    secret = other.text.partition(".")[2]

    _assert_gone(_try(scene, other.text, proof["code"]))
    _assert_gone(_try(scene, f"lc.{secret}", proof["code"]))


def test_a_challenge_is_no_token_of_another_kind(scene: Scene, proof: Proof) -> None:
    secret = proof["challenge"].partition(".")[2]

    for text in (proof["challenge"], f"pr.{secret}", f"ec.{secret}", f"eu.{secret}"):
        body = {"reset_token": text, "passw": "another_string"}
        assert RESET_PASSWORD.call(scene, json=body).status == 410
        assert CONFIRM_EMAIL.call(scene, json={"email_token": text}).status == 410
        assert UNDO_EMAIL_CHANGE.call(scene, json={"undo_token": text}).status == 410
    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200


@pytest.mark.parametrize(
    "text", ["x", "lc.", f"lc.{'x' * 42}", f"lc.{'x' * 43}", f"lc.{'x' * 44}", f"lc.{'é' * 43}"]
)
def test_what_is_no_challenge_of_ours_is_gone(scene: Scene, stack: Deployment, text: str) -> None:
    with stack.unchanged():
        _assert_gone(_try(scene, text, "12345678"))


def test_spaces_that_people_put_into_a_code_do_not_count(scene: Scene) -> None:
    for spaced in ("{} {}", " {}{}", "{}{} ", "  {}  {}  "):
        proof = scene.log_in_code()
        code = spaced.format(proof["code"][:4], proof["code"][4:])
        assert _try(scene, proof["challenge"], code).status == 200


NO_CODES = {
    "empty": "",
    "spaces": "        ",
    "seven": "1" * 7,
    "nine": "1" * 9,
    "two hundred": "1" * 200,
    "Arabic": "٠١٢٣٤٥٦٧",
    "full width": "１２３４５６７８",  # noqa: RUF001 - they look alike
    "letters": "abcdefgh",
    "sign": "-1234567",
    "exponent": "1234e567",
    "underscores": "1234_567",
    "line break behind": "12345678\n",
    "no-break space": "1234\u00a05678",
    "zero width space": "1234\u200b5678",
    "NUL": "1234\x005678",
    "hexadecimal": "0x123456",
}


@pytest.mark.parametrize("code", NO_CODES.values(), ids=NO_CODES)
def test_what_is_no_code_is_refused_and_costs_no_try(
    scene: Scene, stack: Deployment, proof: Proof, code: str
) -> None:
    with stack.unchanged():
        answer = _try(scene, proof["challenge"], code)

    assert (answer.status, answer.json["details"]) == (
        422,
        [{"field": "code", "message": "Must be 8 digits"}],
    )


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["challenge", "code"]),
        ({"challenge": ""}, ["challenge", "code"]),
        ({"challenge": 5, "code": 12345678}, ["challenge", "code"]),
        ({"challenge": "x" * 513, "code": None}, ["challenge", "code"]),
        ({"challenge": "x", "code": "12345678", "email": "a@b.example"}, ["email"]),
    ],
)
def test_bad_body_is_refused(
    scene: Scene, stack: Deployment, body: Mapping[str, object], fields: list[str]
) -> None:
    with stack.unchanged():
        answer = LOG_IN_WITH_CODE.call(scene, json=body)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == fields


def test_opening_the_link_changes_nothing(scene: Scene, stack: Deployment, proof: Proof) -> None:
    _, path = LOG_IN_WITH_CODE.at(proof)

    with stack.unchanged():
        assert scene.api.call("GET", path).status == 405


def test_guessing_is_slowed_down_by_source_address(scene: Scene, proof: Proof) -> None:
    guesses = [_try(scene, f"lc.{'x' * 43}", "12345678").status for _ in range(101)]

    assert guesses == [410] * 100 + [429]
    # what is right costs nothing
    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200


def test_a_code_has_the_password_open_again_to_who_is_on_no_known_device(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    guess(scene.api, alice.email)
    pretend("account", 100)
    clock.advance(seconds=900)
    assert log_in(scene.api, alice.email, alice.passw).status == 429
    clock.advance(seconds=900)

    assert LOG_IN_WITH_CODE.call(scene, json=scene.log_in_code()).status == 200

    assert in_a_row("account") == 0
    assert log_in(scene.api, alice.email, alice.passw).status == 200


@pytest.mark.parametrize("before", [1, 7, 97, 250])
def test_strangers_do_not_see_that_a_code_was_used(
    scene: Scene, alice: Person, clock: Clock, before: int
) -> None:
    started, seen = clock.time, {}
    for email in (alice.email, UNKNOWN):
        clock.time = started
        pool = throttle.account(email)
        throttle.admit(pool)
        pool.update([LoginAttempt.failures.set(before), LoginAttempt.in_a_row.set(before)])
        if email == alice.email:
            assert LOG_IN_WITH_CODE.call(scene, json=scene.log_in_code()).status == 200
        answers = []
        for _ in range(3):
            answer = log_in(scene.api, email)
            answers.append((answer.status, answer.headers.get("retry-after")))
            clock.advance(seconds=int(answer.headers.get("retry-after", 0)))
        seen[email] = answers

    assert seen[alice.email] == seen[UNKNOWN]


def test_a_code_shows_that_mail_reaches_the_address(
    scene: Scene, alice: Person, proof: Proof
) -> None:
    alice.account.update([User.email_unconfirmed.set(True)])
    phone = alice.sign_in()
    assert who_am_i(phone).json["email_confirmed"] is False

    answer = LOG_IN_WITH_CODE.call(scene, json=proof)

    assert who_am_i(alice, answer.json["access_token"]).json["email_confirmed"] is True
    assert who_am_i(phone).json["email_confirmed"] is True
    assert users.has_confirmed_email(alice.account)


def test_a_code_that_confirmed_the_address_is_good_until_it_has_let_in(
    scene: Scene, alice: Person, proof: Proof, aws_calls: AwsCalls
) -> None:
    alice.account.update([User.email_unconfirmed.set(True)])
    aws_calls.forget()
    # counted, keyed, read, the sessions, confirmed, read again, the role, signed: and then begun
    aws_calls.fail(9, refusal())

    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 503
    assert users.has_confirmed_email(alice.account)
    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200


def test_a_wrong_code_shows_nothing(scene: Scene, alice: Person, proof: Proof) -> None:
    alice.account.update([User.email_unconfirmed.set(True)])

    _wrong(scene, proof)

    assert not users.has_confirmed_email(alice.account)


def test_log_ins_are_paced_however_one_logs_in(
    scene: Scene, alice: Person, clock: Clock, proof: Proof
) -> None:
    paced_until = clock.time + timedelta(minutes=60)
    alice.account.update([User.log_ins_paced_until.set(paced_until)])

    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 429
    clock.advance(seconds=60)
    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200


def test_all_of_it_is_one_transaction(scene: Scene, proof: Proof, aws_calls: AwsCalls) -> None:
    aws_calls.forget()

    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200

    (done,) = [call for call in aws_calls.made if call.operation == "TransactWriteItems"]
    parts = [
        (kind, part["TableName"].removeprefix("users-local-"))
        for item in done.arguments["TransactItems"]
        for kind, part in item.items()
    ]
    assert sorted(parts) == [
        ("Delete", "LoginAttemptsTable"),
        ("Delete", "OneTimeTokensTable"),
        ("Put", "AuditEventsTable"),
        ("Put", "UserSessionsTable"),
        ("Update", "LoginAttemptsTable"),
        ("Update", "UsersTable"),
    ]


def test_where_codes_are_off_nothing_is_asked_of_aws(
    scene: Scene, proof: Proof, aws_calls: AwsCalls, setting: Callable[..., None]
) -> None:
    setting(EMAIL_CODES="false")
    aws_calls.forget()

    answer = LOG_IN_WITH_CODE.call(scene, json=proof)

    assert (answer.status, answer.code) == (403, "email_codes_off")
    assert aws_calls.made == []

    # nothing is deleted by switching it off
    setting(EMAIL_CODES="true")
    assert LOG_IN_WITH_CODE.call(scene, json=proof).status == 200


def test_log_ins_by_code_are_counted_by_outcome(scene: Scene, proof: Proof, log: Log) -> None:
    _wrong(scene, proof)
    LOG_IN_WITH_CODE.call(scene, json=proof)
    LOG_IN_WITH_CODE.call(scene, json=proof)

    lines = log.named("request")
    assert [line["outcome"] for line in lines] == ["invalid_code", "ok", "challenge_invalid"]
    assert {line["LogIns"] for line in lines} == {1}


def test_codes_are_eight_digits_whatever_they_begin_with(
    alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.credentials.log_in_codes.secrets.randbelow", lambda _: 7)

    challenge, code = email_tokens.log_in_code(alice.account)

    assert code == "00000007"
    assert log_in_codes.check(challenge, code).user_id == alice.id
