"""POST /api/v1/public/users/refresh: the next pair of tokens."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from botocore.client import BaseClient

from accounts.credentials import signing
from accounts.credentials.opaque import RefreshToken
from accounts.storage.tables import Role, User, UserSession
from tests.support import people
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.former import keep_as_formerly
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import (
    ANY_USERS,
    CHANGE_PASSWORD,
    CONFIRM_IDENTITY,
    DELETE_USER,
    END_SEANCE,
    END_USER_SEANCES,
    LOG_IN,
    LOG_OUT,
    REFRESH,
    RESET_PASSWORD,
    UPDATE_USER,
)
from tests.support.scene import Scene

GRACE_SECONDS = 10
LONG_EMAIL = "anna-maria.preobrazhenskaya@school-1234.example.com"
DAY_SECONDS = 24 * 3600
# the session with the role, and the signature, come before it
WRITE = 3


def _refresh(scene: Scene, token: str) -> Answer:
    return REFRESH.call(scene, json={"refresh_token": token})


def _refreshed(scene: Scene, token: str) -> str:
    answer = _refresh(scene, token)
    assert answer.status == 200, answer
    return str(answer.json["refresh_token"])


def _size(value: dict[str, Any]) -> int:
    ((kind, content),) = value.items()
    if kind == "S":
        return len(content.encode())
    return (len(content) + 1) // 2 + 1 if kind == "N" else len(content)


def _opens(scene: Scene, access_token: str) -> bool:
    return ANY_USERS.call(scene, token=access_token).status == 200


def _is_over(scene: Scene, *refresh_tokens: str) -> bool:
    codes = {_refresh(scene, token).code for token in refresh_tokens}
    return codes == {"session_ended"} and not scene.alice.sessions


def _otherwise(text: str) -> str:
    """Return a text of the same form that is another one."""
    return ("A" if text[0] != "A" else "B") + text[1:]


def test_refresh_gives_the_next_pair_of_the_same_session(scene: Scene, alice: Person) -> None:
    answer = _refresh(scene, alice.refresh_token)

    assert answer.status == 200
    assert set(answer.json) == {"access_token", "token_type", "expires_in", "refresh_token"}
    assert (answer.json["token_type"], answer.json["expires_in"]) == ("Bearer", 900)
    assert answer.json["refresh_token"] != alice.refresh_token
    said = people.claims(answer.json["access_token"])
    assert (said["sub"], said["sid"]) == (str(alice.id), alice.session_id)
    assert said["jti"] != people.claims(alice.token)["jti"]
    assert _opens(scene, answer.json["access_token"])
    assert len(alice.sessions) == 1


def test_tables_hold_no_part_of_a_token_that_opens_anything(
    scene: Scene, alice: Person, stack: Deployment
) -> None:
    child = _refreshed(scene, alice.refresh_token)

    stored = str(stack.stored())

    for token in (alice.refresh_token, child):
        family, secret = token.split(".")[3:]
        assert family not in stored
        assert secret not in stored


@pytest.mark.parametrize("seconds", [0, GRACE_SECONDS - 1])
def test_lost_answer_is_given_again_within_the_grace(
    scene: Scene, alice: Person, clock: Clock, log: Log, seconds: int
) -> None:
    first = _refresh(scene, alice.refresh_token).json
    clock.advance(seconds=seconds)

    second = _refresh(scene, alice.refresh_token).json

    assert second == first
    assert _opens(scene, second["access_token"])
    assert log.named("refresh_token_replayed") == []
    _refreshed(scene, first["refresh_token"])


def test_lost_answer_is_given_again_without_a_signature_or_a_write(
    scene: Scene, alice: Person, aws_calls: AwsCalls
) -> None:
    first = _refresh(scene, alice.refresh_token).json
    aws_calls.forget()

    again = [_refresh(scene, alice.refresh_token).json for _ in range(5)]

    assert again == [first] * 5
    assert set(aws_calls.operations) == {"BatchGetItem"}


def test_lost_answer_is_signed_anew_when_the_role_is_another_by_now(
    scene: Scene, alice: Person, setting: Callable[..., None]
) -> None:
    setting(ROLE_CACHE_SECONDS="0")
    first = _refresh(scene, alice.refresh_token).json
    Role(alice.role).update([Role.permissions.set(["content:read", "garden:read"])])

    second = _refresh(scene, alice.refresh_token).json

    assert second["refresh_token"] == first["refresh_token"]
    assert people.claims(second["access_token"])["permissions"] == ["content:read", "garden:read"]
    assert _opens(scene, second["access_token"])


def test_lost_answer_of_an_earlier_release_is_given_again(scene: Scene, alice: Person) -> None:
    first = _refresh(scene, alice.refresh_token).json
    (session,) = alice.sessions
    keep_as_formerly(session, first["refresh_token"], alice.refresh_token)

    assert _refresh(scene, alice.refresh_token).json == first
    # and of one that kept no signature
    session.update([UserSession.access_signature.remove(), UserSession.access_issued_at.remove()])
    second = _refresh(scene, alice.refresh_token).json

    assert second["refresh_token"] == first["refresh_token"]
    assert _opens(scene, second["access_token"])


def test_session_of_an_earlier_release_goes_on(scene: Scene, alice: Person) -> None:
    (session,) = alice.sessions
    keep_as_formerly(session, alice.refresh_token)

    child = _refreshed(scene, alice.refresh_token)

    assert _refreshed(scene, alice.refresh_token) == child
    (session,) = alice.sessions
    assert {"refresh_token_hash", "refresh_family_hash"}.isdisjoint(session.attribute_values)
    _refreshed(scene, child)


def test_session_that_an_earlier_release_refreshed_goes_on(scene: Scene, alice: Person) -> None:
    child = _refreshed(scene, alice.refresh_token)
    (session,) = alice.sessions
    keep_as_formerly(session, child, alice.refresh_token)

    grandchild = _refreshed(scene, child)

    former = [name for name in session.attribute_values if "_hash" in name]
    assert len(former) == 3
    (session,) = alice.sessions
    assert not {*former, "rotated_at", "sealed_child"} & set(session.attribute_values)
    _refreshed(scene, grandchild)
    assert _refresh(scene, alice.refresh_token).code == "session_ended"
    assert _is_over(scene, grandchild)


def test_replay_of_a_token_of_an_earlier_release_ends_the_session(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    child = _refreshed(scene, alice.refresh_token)
    (session,) = alice.sessions
    keep_as_formerly(session, child, alice.refresh_token)
    clock.advance(seconds=GRACE_SECONDS)

    assert _refresh(scene, alice.refresh_token).code == "session_ended"

    assert _is_over(scene, child)


def test_table_without_the_parent_yields_no_access_token(scene: Scene, alice: Person) -> None:
    answer = _refresh(scene, alice.refresh_token).json
    (session,) = alice.sessions

    # the token's id is in no table, and what was signed cannot be guessed without it
    assert people.claims(answer["access_token"])["jti"] not in str(session.serialize())
    guess = RefreshToken.read(alice.refresh_token)._replace(secret=session.newest.hex())
    forged = signing.token_pair(session, ["content:read"], guess, session.issued, session.signature)
    assert ANY_USERS.call(scene, token=forged.access_token).code == "token_invalid"


def test_session_is_refreshed_thirty_times_in_a_loop_and_then_once_each_ten_seconds(
    scene: Scene, alice: Person, clock: Clock, aws_calls: AwsCalls
) -> None:
    token = alice.refresh_token
    for _ in range(30):
        token = _refreshed(scene, token)
    aws_calls.forget()

    refused = _refresh(scene, token)

    assert (refused.status, refused.headers["retry-after"]) == (429, "10")
    assert aws_calls.operations == ["BatchGetItem"]
    clock.advance(seconds=10)
    token = _refreshed(scene, token)
    assert _refresh(scene, token).status == 429
    # nobody else has to wait for it
    _refreshed(scene, alice.sign_in().refresh_token)


def test_session_stays_below_a_kilobyte(scene: Scene, alice: Person) -> None:
    long = {"name": "Анна-Мария Александровна Преображенская", "role": "methodist"}
    assert UPDATE_USER.call(scene, json=long).status == 200
    moved = Desk(scene.api, scene.admin.token).move(alice.id, LONG_EMAIL)
    assert moved.status == 200
    api = scene.api.seen_from("2001:db8:1234:5678:9abc:def0:1234:5678")
    body = {"email": LONG_EMAIL, "passw": alice.passw}
    signed_in = api.call(*LOG_IN.at(), json=body, headers={"User-Agent": "x" * 300}).json
    token = signed_in["access_token"]
    assert CONFIRM_IDENTITY.call(scene, token=token).status == 200
    _refreshed(scene, signed_in["refresh_token"])

    (session,) = alice.sessions

    assert session.user_agent == "x" * 256
    # as DynamoDB bills it
    assert sum(len(name) + _size(value) for name, value in session.serialize().items()) <= 1024


@pytest.mark.parametrize("seconds", [GRACE_SECONDS, DAY_SECONDS])
def test_replay_beyond_the_grace_ends_the_session_and_is_logged_once(
    scene: Scene, alice: Person, clock: Clock, log: Log, seconds: int
) -> None:
    child = _refresh(scene, alice.refresh_token).json
    clock.advance(seconds=seconds)

    replay = _refresh(scene, alice.refresh_token)

    assert (replay.status, replay.code) == (401, "session_ended")
    assert not _opens(scene, child["access_token"])
    assert _is_over(scene, alice.refresh_token, child["refresh_token"])
    (line,) = log.named("refresh_token_replayed")
    assert (line["user_id"], line["session_id"]) == (alice.id, alice.session_id)
    assert line["request_id"] == replay.headers["x-request-id"]


def test_grace_is_for_the_last_token_only(scene: Scene, alice: Person) -> None:
    child = _refreshed(scene, alice.refresh_token)
    grandchild = _refreshed(scene, child)

    assert _refresh(scene, alice.refresh_token).code == "session_ended"
    assert _is_over(scene, child, grandchild)


def test_grace_does_not_begin_anew_with_a_repetition(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    _refreshed(scene, alice.refresh_token)
    clock.advance(seconds=GRACE_SECONDS - 1)
    _refreshed(scene, alice.refresh_token)
    clock.advance(seconds=1)

    assert _refresh(scene, alice.refresh_token).code == "session_ended"


def test_without_a_grace_a_token_works_once(
    scene: Scene, alice: Person, setting: Callable[..., None]
) -> None:
    setting(REFRESH_GRACE_SECONDS="0")
    child = _refreshed(scene, alice.refresh_token)

    assert _refresh(scene, alice.refresh_token).code == "session_ended"
    assert _is_over(scene, child)


def test_replay_ends_no_other_session(scene: Scene, alice: Person) -> None:
    tablet = alice.sign_in()
    _refreshed(scene, _refreshed(scene, alice.refresh_token))

    assert _refresh(scene, alice.refresh_token).code == "session_ended"

    assert [session.session_id for session in alice.sessions] == [tablet.session_id]
    _refreshed(scene, tablet.refresh_token)


def test_who_merely_knows_a_session_cannot_end_it(
    scene: Scene, alice: Person, bob: Person, stack: Deployment
) -> None:
    kind, user_id, session_id, family, secret = alice.refresh_token.split(".")
    others = [
        f"{kind}.{user_id}.{session_id}.{_otherwise(family)}.{secret}",
        f"{kind}.{user_id}.{session_id}.{'.'.join(bob.refresh_token.split('.')[3:])}",
        f"{kind}.{bob.id}.{session_id}.{family}.{secret}",
        f"{kind}.{user_id}.{_otherwise(session_id)}.{family}.{secret}",
    ]

    with stack.unchanged():
        codes = {_refresh(scene, token).code for token in others}

    assert codes == {"session_ended"}


def test_session_not_refreshed_for_a_month_is_over(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    clock.advance(seconds=30 * DAY_SECONDS)

    assert len(alice.sessions) == 1
    assert _refresh(scene, alice.refresh_token).code == "session_ended"


def test_refresh_in_time_gives_the_session_another_month(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    clock.advance(seconds=30 * DAY_SECONDS - 1)

    _refreshed(scene, alice.refresh_token)

    (session,) = alice.sessions
    assert session.expires_at == clock.time + timedelta(days=30)
    assert session.last_activity == clock.time


def test_no_session_outlives_half_a_year_however_often_it_is_refreshed(
    scene: Scene, alice: Person, clock: Clock
) -> None:
    began, token = clock.time, alice.refresh_token
    for _ in range(6):
        clock.advance(seconds=29 * DAY_SECONDS)
        token = _refreshed(scene, token)
    clock.advance(seconds=6 * DAY_SECONDS - 1)

    pair = _refresh(scene, token).json

    assert alice.sessions[0].expires_at == began + timedelta(days=180)
    clock.advance(seconds=1)
    assert _refresh(scene, pair["refresh_token"]).code == "session_ended"
    assert ANY_USERS.call(scene, token=pair["access_token"]).code == "session_ended"


def _from_another_device(scene: Scene) -> Answer:
    at = END_SEANCE.at(session_id=scene.alice.session_id)
    return scene.api.call(*at, token=scene.alice.sign_in().token)


def _changed(**changes: str) -> Callable[[Scene], Answer]:
    return lambda scene: UPDATE_USER.call(scene, json=changes)


def _moved(scene: Scene) -> Answer:
    return Desk(scene.api, scene.admin.token).move(scene.alice.id, "other@example.com")


def _password_changed_elsewhere(scene: Scene) -> Answer:
    return CHANGE_PASSWORD.call(scene, token=scene.alice.sign_in().token)


ENDINGS: dict[str, Callable[[Scene], Answer]] = {
    "log-out": LOG_OUT.call,
    "another device": _from_another_device,
    "administrator": END_USER_SEANCES.call,
    "disabled": _changed(status="disabled"),
    "another role": _changed(role="methodist"),
    "another e-mail": _moved,
    "deleted": DELETE_USER.call,
    "reset": RESET_PASSWORD.call,
    "password": _password_changed_elsewhere,
}


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_session_that_was_ended_cannot_be_refreshed(
    scene: Scene, alice: Person, end: Callable[[Scene], Answer]
) -> None:
    child = _refreshed(scene, alice.refresh_token)
    assert end(scene).status in (200, 204)

    # within the grace of the first
    assert _refresh(scene, alice.refresh_token).code == "session_ended"
    assert _refresh(scene, child).code == "session_ended"


@pytest.mark.parametrize("end", ENDINGS.values(), ids=ENDINGS)
def test_session_that_is_ended_during_a_refresh_stays_ended(
    scene: Scene, alice: Person, aws_calls: AwsCalls, end: Callable[[Scene], Answer]
) -> None:
    ended: list[Answer] = []
    aws_calls.before(WRITE, lambda: ended.append(end(scene)))

    answer = _refresh(scene, alice.refresh_token)

    assert [answer.status for answer in ended] in ([200], [204])
    assert (answer.status, answer.code) == (401, "session_ended")
    assert alice.session_id not in [session.session_id for session in alice.sessions]


@pytest.fixture
def resent(aws_calls: AwsCalls) -> Callable[[Callable[[], object]], None]:
    """Have the reply to the next update be lost, so that it is sent anew, after something else."""
    send = aws_calls.send

    def lose(happens: Callable[[], object]) -> None:
        def instead(client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
            if operation != "UpdateItem":
                return send(client, operation, arguments)
            aws_calls.send = send
            send(client, operation, arguments)
            happens()
            return send(client, operation, arguments)

        aws_calls.send = instead

    return lose


def test_refresh_whose_first_reply_is_lost_gives_what_it_has_written(
    scene: Scene,
    alice: Person,
    setting: Callable[..., None],
    log: Log,
    resent: Callable[[Callable[[], object]], None],
) -> None:
    # so that nothing but what it has written itself can tell it from a replay
    setting(REFRESH_GRACE_SECONDS="0")
    resent(lambda: None)

    child = _refreshed(scene, alice.refresh_token)

    assert log.named("refresh_token_replayed") == []
    _refreshed(scene, child)


def test_refresh_whose_child_is_used_before_the_resend_gives_it_all_the_same(
    scene: Scene,
    alice: Person,
    log: Log,
    resent: Callable[[Callable[[], object]], None],
) -> None:
    tab: list[str] = []

    def other_tab_goes_on() -> None:
        tab.append(_refreshed(scene, alice.refresh_token))
        tab.append(_refreshed(scene, tab[0]))

    resent(other_tab_goes_on)

    assert _refreshed(scene, alice.refresh_token) == tab[0]

    assert log.named("refresh_token_replayed") == []
    _refreshed(scene, tab[1])


def test_refresh_of_which_another_was_written_meanwhile_is_no_resend(
    scene: Scene, alice: Person, aws_calls: AwsCalls, setting: Callable[..., None]
) -> None:
    setting(REFRESH_GRACE_SECONDS="0")
    aws_calls.before(WRITE, lambda: _refreshed(scene, alice.refresh_token))

    assert _refresh(scene, alice.refresh_token).code == "session_ended"

    assert alice.sessions == []


def test_refresh_that_another_one_overtook_gets_its_answer(
    scene: Scene, alice: Person, aws_calls: AwsCalls
) -> None:
    faster: list[str] = []
    aws_calls.before(WRITE, lambda: faster.append(_refreshed(scene, alice.refresh_token)))

    child = _refreshed(scene, alice.refresh_token)

    assert faster == [child]
    assert len(alice.sessions) == 1


def test_refresh_leaves_the_account_as_it_is(scene: Scene, alice: Person) -> None:
    before = alice.account.to_simple_dict()

    _refreshed(scene, alice.refresh_token)

    account = User.find(alice.id)
    assert account is not None
    assert account.to_simple_dict() == before
