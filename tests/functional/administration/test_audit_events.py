"""Every change leaves one event, in the transaction that makes it; nothing else leaves any."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.storage.tables import AuditEvent
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deeds import ADMIN, ALICE, DEEDS, READING, Deed, Stage, subject
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk
from tests.support.faults import refusal
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import FORGET_PASSWORD

EACH = pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
FROM = "198.51.100.7"


@pytest.fixture
def stage(desk: Desk, alice: Person, admin: Person, clock: Clock) -> Stage:
    return Stage(desk, alice, admin, clock.advance)


def _all() -> list[AuditEvent]:
    return list(AuditEvent.scan())


def _new(before: list[AuditEvent]) -> list[AuditEvent]:
    known = {event.key() for event in before}
    return [event for event in _all() if event.key() not in known]


@EACH
def test_it_is_told_once_what_was_done(stage: Stage, deed: Deed, clock: Clock) -> None:
    act = deed.prepare(stage)
    clock.advance(seconds=5)
    before = _all()

    answer = act()

    told = _new(before)
    assert Counter(event.what for event in told) == Counter([deed.what, *deed.also])
    assert {event.user_id for event in told} == {subject(deed, stage, answer)}
    actors = {ALICE: stage.alice.id, ADMIN: stage.admin.id, None: None}
    (event,) = [event for event in told if event.what == deed.what]
    assert (deed.details or {}).items() <= event.details.items()
    for event in told:
        assert event.actor_id == actors[deed.actor]
        assert event.happened_at == clock.time
        assert event.ip_address == "192.0.2.1"
        assert event.request_id == answer.headers["x-request-id"]
        assert event.expires_at - event.happened_at == timedelta(days=400)


@EACH
def test_it_is_told_by_the_transaction_that_does_it(
    stage: Stage, deed: Deed, aws_calls: AwsCalls
) -> None:
    act = deed.prepare(stage)
    aws_calls.forget()

    act()

    trail = AuditEvent.Meta.table_name
    for call in aws_calls.made:
        if call.operation == "TransactWriteItems":
            parts = [part for item in call.arguments["TransactItems"] for part in item.items()]
            told = [kind for kind, part in parts if part["TableName"] == trail]
            assert set(told) <= {"Put", "Update"}
            # an update takes addresses out of the trail of who was deleted
            assert told
            assert len(parts) > 1 or told == ["Update"]
        else:
            assert call.arguments.get("TableName") != trail or call.operation == "Query"


@EACH
def test_where_it_is_done_from_is_told(stage: Stage, deed: Deed) -> None:
    away = stage.desk.api.seen_from(FROM)
    elsewhere = Stage(
        Desk(away, stage.desk.token),
        Person(**{**vars(stage.alice), "api": away}),
        stage.admin,
        stage.clock,
    )
    act = deed.prepare(elsewhere)
    before = _all()

    act()

    assert {event.ip_address for event in _new(before)} == {FROM}


@EACH
def test_nothing_secret_or_personal_is_told(stage: Stage, deed: Deed) -> None:
    act = deed.prepare(stage)
    before = _all()

    act()

    for event in _new(before):
        told = f"{event.details} {event.what}".lower()
        for secret in ("alice", "example", "cooper", "string", "correct horse", "shop"):
            assert secret not in told
        assert set(event.details) <= {
            *("role", "status", "email", "name", "kind", "language"),
            *("session_id", "surplus_ended", "why", "count", "granted", "withdrawn", "left"),
        }


@pytest.mark.parametrize("act", READING.values(), ids=READING)
def test_what_changes_nothing_is_not_told(stage: Stage, act: Callable[[Stage], Answer]) -> None:
    before = _all()

    assert act(stage).status != 500

    assert _new(before) == []


@EACH
def test_what_fails_is_not_told(
    stage: Stage, deed: Deed, before_write: BeforeWrite, stack: Deployment
) -> None:
    act = deed.prepare(stage)

    def refuse() -> None:
        raise refusal()

    before_write(refuse)
    with stack.unchanged():
        assert act().status == 503


def test_reset_link_by_mail_is_told(desk: Desk, alice: Person, post: PostOffice) -> None:
    before = _all()
    body = {"email": alice.email}
    answer = desk.api.call(*FORGET_PASSWORD.at(), json=body)
    assert _new(before) == []

    post.deliver()

    assert answer.status == 202
    (event,) = _new(before)
    assert (event.user_id, event.what) == (alice.id, "reset_token_issued")
    assert event.actor_id is None


def test_oldest_device_that_ends_for_a_new_one_is_told(
    alice: Person, setting: Callable[..., None]
) -> None:
    setting(SESSIONS_PER_USER="1")
    before = _all()

    phone = alice.sign_in()

    (event,) = _new(before)
    assert event.details == {"session_id": phone.session_id, "surplus_ended": 1}


def test_keeping_time_is_a_setting(desk: Desk, alice: Person, setting: Callable[..., None]) -> None:
    setting(AUDIT_DAYS="30")
    before = _all()

    desk.update(alice.id, name="Alice Cooper")

    (event,) = _new(before)
    assert event.expires_at - event.happened_at == timedelta(days=30)


def test_dynamodb_forgets_events_by_itself(stack: Deployment) -> None:
    table = stack.template.document["Resources"]["AuditEventsTable"]["Properties"]

    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}


def test_what_a_role_permits_since_is_told(desk: Desk) -> None:
    before = _all()

    desk.save_role("gardener", "garden:write", "users:delete")

    (event,) = _new(before)
    assert event.details == {"role": "gardener", "granted": ["garden:write", "users:delete"]}


def test_what_a_role_permits_no_more_is_told(desk: Desk, admin: Person, clock: Clock) -> None:
    desk.save_role("gardener", "garden:write", "users:delete")
    before = _all()

    clock.advance(seconds=1)
    desk.save_role("gardener", "garden:write", "garden:read", en="Gardener")
    clock.advance(seconds=1)
    desk.delete_role("gardener")

    told = {event.what: event.details for event in _new(before)}
    assert told["role_saved"] == {
        "role": "gardener",
        "granted": ["garden:read"],
        "withdrawn": ["users:delete"],
        "title": "changed",
    }
    assert told["role_deleted"] == {
        "role": "gardener",
        "withdrawn": ["garden:read", "garden:write"],
    }
    shown = desk.audit(admin.id, limit=2).json["events"]
    assert [event["details"] for event in shown] == [told["role_deleted"], told["role_saved"]]
