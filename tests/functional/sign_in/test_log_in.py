"""POST /api/v1/public/users/login."""

from collections.abc import Callable

import bcrypt
import pytest

from accounts.access import new_accounts
from accounts.credentials import passwords
from accounts.storage.tables import User, UserEmail
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.people import Person, claims
from tests.support.register import ANY_USERS, LOG_IN

INVALID = {"error": "Unauthorized", "message": "Invalid email or password"}

Setting = Callable[..., None]


@pytest.fixture
def hashes_checked(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The hashes that a password was compared with, one by one."""
    checked: list[bytes] = []
    really = bcrypt.checkpw

    def check(password: bytes, hashed: bytes) -> bool:
        checked.append(hashed)
        return really(password, hashed)

    monkeypatch.setattr("bcrypt.checkpw", check)
    return checked


def test_log_in_gives_tokens_and_says_whose_they_are(api: Api, alice: Person) -> None:
    answer = api.call(*LOG_IN.at(), json=alice.credentials)

    assert answer.status == 200
    body = answer.json
    names = ["access_token", "token_type", "expires_in", "refresh_token", "user", "device_token"]
    assert list(body) == names
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 900
    assert body["user"] == {
        "id": alice.id,
        "email": "alice@example.com",
        "name": "Alice",
        "role": "read_only",
    }
    assert answer.headers["cache-control"] == "no-store"
    assert answer.cookies == ()


def test_access_token_says_exactly_what_is_documented(
    api: Api, alice: Person, clock: Clock, stack: Deployment
) -> None:
    said = claims(alice.sign_in().token)

    now = int(clock.time.timestamp())
    assert said.pop("jti")
    assert said.pop("sid") in {session.session_id for session in alice.sessions}
    assert said == {
        "iss": stack.environment["ISSUER"],
        "aud": "users",
        "sub": str(alice.id),
        "role": "read_only",
        "permissions": ["content:read"],
        "iat": now,
        "nbf": now,
        "exp": now + 900,
        "auth_time": now,
        "email_verified": True,
        "amr": ["pwd"],
    }


def test_access_token_opens_the_private_zone(api: Api, alice: Person) -> None:
    token = alice.sign_in().token

    assert api.call(*ANY_USERS.at(), token=token).json["email"] == "alice@example.com"


def test_each_log_in_begins_a_session_of_its_own(api: Api, alice: Person) -> None:
    first, second = alice.sign_in(), alice.sign_in()

    ids = {alice.session_id, first.session_id, second.session_id}
    assert len(ids) == 3
    assert {session.session_id for session in alice.sessions} == ids
    assert len({first.token, second.token, first.refresh_token, second.refresh_token}) == 4


def test_session_remembers_where_it_came_from(api: Api, alice: Person, clock: Clock) -> None:
    clock.advance(seconds=60)
    headers = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64)"}

    api.seen_from("198.51.100.7").call(*LOG_IN.at(), json=alice.credentials, headers=headers)

    session = max(alice.sessions, key=lambda session: session.created_at)
    assert session.ip_address == "198.51.100.7"
    assert session.user_agent == "Mozilla/5.0 (X11; Linux x86_64)"
    assert session.created_at == session.last_activity == clock.time


@pytest.mark.parametrize(
    "user_agent", ["", "x" * 5000, "<script>alert(1)</script>", "\x1b[31mred", "é" * 300]
)
def test_any_user_agent_may_sign_in(api: Api, alice: Person, user_agent: str) -> None:
    headers = {"User-Agent": user_agent}

    answer = api.call(*LOG_IN.at(), json=alice.credentials, headers=headers)

    assert answer.status == 200
    (session,) = [s for s in alice.sessions if s.session_id != alice.session_id]
    # as many bytes as leave the session within a unit of DynamoDB
    assert session.user_agent == user_agent.encode()[:256].decode()


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "CF-Connecting-IP", "True-Client-IP"]
)
def test_headers_do_not_decide_where_a_session_came_from(
    api: Api, alice: Person, header: str
) -> None:
    headers = {header: "203.0.113.99"}

    api.seen_from("198.51.100.7").call(*LOG_IN.at(), json=alice.credentials, headers=headers)

    assert {session.ip_address for session in alice.sessions} == {"192.0.2.1", "198.51.100.7"}


def test_nothing_that_opens_anything_is_stored(api: Api, alice: Person, stack: Deployment) -> None:
    signed_in = alice.sign_in()

    stored = str(stack.stored())
    for secret in (signed_in.token, signed_in.refresh_token, signed_in.passw):
        assert secret not in stored
    for part in signed_in.refresh_token.split(".")[3:]:
        assert part not in stored


# failures


def test_unknown_wrong_and_disabled_are_answered_alike(
    api: Api, alice: Person, bob: Person, web_backend: str, hashes_checked: list[bytes]
) -> None:
    User(bob.id).update([User.status.set("disabled")])
    wrong = {"email": alice.email, "passw": "not the password"}
    unknown = {"email": "nobody@example.com", "passw": "not the password"}
    without_password = {"email": "web-back-end@services.example.com", "passw": "not the password"}

    answers = [
        api.call(*LOG_IN.at(), json=body)
        for body in (wrong, unknown, bob.credentials, without_password)
    ]

    assert answers[0].status == 401
    assert answers[0].json == INVALID
    assert answers[0].code == "invalid_credentials"
    assert answers[0].headers["www-authenticate"] == "Bearer"
    for answer in answers[1:]:
        assert answer.but_for_its_id == answers[0].but_for_its_id
    assert len(hashes_checked) == 4


def test_as_much_is_asked_of_aws_whoever_fails(
    api: Api, alice: Person, bob: Person, aws_calls: AwsCalls
) -> None:
    User(bob.id).update([User.status.set("disabled")])
    operations = []
    for body in (
        {"email": alice.email, "passw": "not the password"},
        {"email": "nobody@example.com", "passw": "not the password"},
        bob.credentials,
    ):
        aws_calls.forget()
        api.call(*LOG_IN.at(), json=body)
        operations.append(aws_calls.operations)

    assert operations[0] == operations[1] == operations[2]


def test_dummy_hash_costs_as_much_as_a_real_one(
    api: Api, alice: Person, hashes_checked: list[bytes]
) -> None:
    for email in (alice.email, "nobody@example.com"):
        api.call(*LOG_IN.at(), json={"email": email, "passw": "not the password"})

    real, dummy = hashes_checked
    assert real[:7] == dummy[:7] == b"$2b$04$"
    assert len(real) == len(dummy) == 60


def test_account_that_lost_its_email_to_another_is_not_found_by_it(
    api: Api, alice: Person, bob: Person
) -> None:
    UserEmail(email=alice.email, user_id=bob.id).save()
    bob.account.update([User.email.set(alice.email)])

    assert api.call(*LOG_IN.at(), json=alice.credentials).json["user"]["id"] == bob.id


def test_failed_log_in_leaves_the_account_as_it_is(
    api: Api, alice: Person, stack: Deployment
) -> None:
    wrong = {**alice.credentials, "passw": "not the password"}
    # the first of a row is put on record
    api.call(*LOG_IN.at(), json=wrong)

    with stack.unchanged():
        api.call(*LOG_IN.at(), json=wrong)


# what happens meanwhile


def test_log_in_goes_on_when_another_one_was_faster(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()
    aws_calls.before(_transaction(api, alice, aws_calls), alice.sign_in)

    answer = api.call(*LOG_IN.at(), json=alice.credentials)

    assert answer.status == 200
    assert len(alice.sessions) == 4
    assert len(alice.account.session_ids) == 4


@pytest.mark.parametrize("change", ["password", "disabled", "deleted"])
def test_log_in_fails_when_the_account_changes_under_it(
    api: Api, alice: Person, aws_calls: AwsCalls, stack: Deployment, change: str
) -> None:
    account = alice.account

    def happens() -> None:
        if change == "deleted":
            User(alice.id).delete()
            return
        new = {
            "password": User.password_hash.set(passwords.hashed("another password")),
            "disabled": User.status.set("disabled"),
        }[change]
        account.refresh()
        account.update([new, User.version.add(1)])

    at = _transaction(api, alice, aws_calls)
    sessions_before = len(alice.sessions)
    aws_calls.forget()
    aws_calls.before(at, happens)

    answer = api.call(*LOG_IN.at(), json=alice.credentials)

    assert answer.status == 401
    assert answer.json == INVALID
    assert len(alice.sessions) == sessions_before


def test_address_that_changes_in_the_last_moment_opens_nothing(
    api: Api, alice: Person, desk: Desk, aws_calls: AwsCalls, stack: Deployment
) -> None:
    for number in range(1, _transaction(api, alice, aws_calls) + 1):
        stack.reset()
        aws_calls.forget()
        aws_calls.before(number, lambda: desk.move(alice.id, "new@example.com"))

        answer = api.call(*LOG_IN.at(), json=alice.credentials)

        assert (answer.status, answer.json) == (401, INVALID), number
        assert alice.sessions == []


def test_log_in_gives_up_when_the_account_does_not_stand_still(
    api: Api, alice: Person, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    aws_calls.forget()

    def moves_on() -> None:
        account = alice.account
        account.update([User.version.add(1)])

    for number in range(1, 60):
        aws_calls.before(number, moves_on)

    answer = api.call(*LOG_IN.at(), json=alice.credentials)

    assert (answer.status, answer.code) == (503, "unavailable")
    assert len(alice.sessions) == 1


def test_outdated_hash_is_replaced_at_the_next_log_in(
    api: Api, alice: Person, setting: Setting
) -> None:
    before = alice.account.password_hash
    setting(BCRYPT_COST="5")

    assert alice.sign_in().id == alice.id

    after = alice.account.password_hash
    assert "$2b$04$" in before
    assert "$2b$05$" in after
    assert alice.sign_in().id == alice.id
    assert alice.account.password_hash == after


def test_hash_stays_as_it_is_while_it_is_up_to_date(api: Api, alice: Person) -> None:
    before = alice.account.password_hash

    alice.sign_in()

    assert alice.account.password_hash == before


# the number of devices


def test_device_beyond_the_limit_ends_the_oldest_session(
    api: Api, alice: Person, clock: Clock, setting: Setting
) -> None:
    setting(SESSIONS_PER_USER="3")
    devices = [alice]
    for _ in range(3):
        clock.advance(seconds=1)
        devices.append(alice.sign_in())

    assert [_opens(api, device) for device in devices] == [False, True, True, True]


def test_expired_sessions_go_before_live_ones(
    api: Api, alice: Person, clock: Clock, setting: Setting
) -> None:
    setting(SESSIONS_PER_USER="3")
    clock.advance(seconds=1)
    younger = alice.sign_in()
    (stored,) = [s for s in alice.sessions if s.session_id == younger.session_id]
    stored.expires_at = clock.time
    stored.save()
    clock.advance(seconds=1)
    alice.sign_in()
    clock.advance(seconds=1)

    newest = alice.sign_in()

    assert _opens(api, alice)
    assert _opens(api, newest)
    assert len(alice.sessions) == 3


def test_twenty_devices_are_the_limit_as_deployed(api: Api, alice: Person) -> None:
    for _ in range(21):
        alice.sign_in()

    assert len(alice.sessions) == 20
    assert len(alice.account.session_ids) == 20


def test_sessions_of_others_do_not_count(
    api: Api, alice: Person, bob: Person, setting: Setting
) -> None:
    setting(SESSIONS_PER_USER="1")

    alice.sign_in()

    assert _opens(api, bob)
    assert not _opens(api, alice)


# long e-mails must not crowd the password out of what is hashed


def test_longest_email_does_not_weaken_the_password(api: Api) -> None:
    email = "u" * 64 + "@" + "d" * 63 + "." + "d" * 63 + ".com"
    password_hash = passwords.hashed("correct horse battery")
    new_accounts.create(new_accounts.new_user(email, "Long", "read_only", password_hash))

    def log_in(passw: str) -> Answer:
        return api.call(*LOG_IN.at(), json={"email": email, "passw": passw})

    assert log_in("correct horse batterz").status == 401
    assert log_in("correct horse battery").status == 200


def _opens(api: Api, device: Person) -> bool:
    answer = api.call(*ANY_USERS.at(), token=device.token)
    assert answer.status == 200 or answer.code == "session_ended"
    return answer.status == 200


def _transaction(api: Api, person: Person, aws_calls: AwsCalls) -> int:
    """Return which call of a log-in it is that begins the session."""
    aws_calls.forget()
    api.call(*LOG_IN.at(), json=person.credentials)
    return aws_calls.operations.index("TransactWriteItems") + 1
