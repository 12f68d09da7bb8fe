"""GET /api/v1/private/users/any/data: all that is kept about one, and nothing of others."""

import base64
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.storage.factors import Passkey
from accounts.storage.tables import AuditEvent, LoginAttempt, User, UserSession
from tests.support import former_events
from tests.support.answers import Answer
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk, log_in, refresh
from tests.support.filed_factors import put_on_file
from tests.support.people import Person
from tests.support.register import EXPORT_OWN_DATA, UPDATE_OWN_ACCOUNT, UPDATE_USER
from tests.support.spellings import forms

# what Lambda lets pass, less than a tenth for the gateway's envelope
MOST_BYTES = 5_500_000
# what is kept of people and not told them: secrets and what they are known by, counters, and what
# is told otherwise
NOT_TOLD = {
    User: {
        "initial", "kind", "version", "credentials_epoch", "password_hash", "session_ids",
        "role", "new_devices", "log_ins_paced_until", "email_changes",
        "pending_email_change", "sign_up_key_digest", "sign_up_digest", "email_unconfirmed",
        "has_totp", "passkey_ids", "shard",
    },
    UserSession: {
        "user_id", "kind", "role", "email", "name", "language", "user_created_at", "cursor_key",
        "proved_at", "refresh_family_hash", "refresh_token_hash", "previous_token_hash",
        "rotated_at", "sealed_child", "access_signature", "access_issued_at",
        "refreshes_paced_until", "email_unconfirmed", "enrolment_due", "newest", "family",
        "child", "signature", "issued", "rotated", "paced",
    },
    AuditEvent: {
        "user_id", "event_id", "actor_shard", "former_actor_id", "operator",
        "expires_at", "bucket",
    },
}  # fmt: skip
TOLD = {User: "account", UserSession: "seances", AuditEvent: "trail"}


def _export(person: Person, cursor: str | None = None) -> Answer:
    query = {"cursor": cursor} if cursor else None
    return person.api.call(*EXPORT_OWN_DATA.at(query), token=person.token)


def _pages(person: Person) -> Iterator[dict[str, Any]]:
    cursor = None
    while True:
        answer = _export(person, cursor)
        assert answer.status == 200, answer
        assert len(answer.text.encode()) < MOST_BYTES
        yield answer.json
        if (cursor := answer.json.get("cursor")) is None:
            return


def _told(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _fill(person: Person, count: int, details: dict[str, Any]) -> None:
    (first, *_) = AuditEvent.find_all(person.id)
    with AuditEvent.batch_write() as batch:
        for number in range(count):
            moment = first.happened_at + timedelta(seconds=number)
            event = AuditEvent.from_raw_data(first.serialize())
            event.event_id = f"{moment:%Y-%m-%dT%H:%M:%S.%fZ}-{number:08}"
            event.happened_at, event.details = moment, details
            batch.save(event)


def test_person_gets_all_that_is_documented(alice: Person, clock: Clock) -> None:
    began = _told(clock.time)

    answer = _export(alice)

    assert answer.status == 200
    told = answer.json
    # in the same moment, so in any order
    begun, created = sorted(told.pop("trail"), key=lambda event: str(event["what"]))
    assert told == {
        "account": {
            "id": alice.id,
            "email": "alice@example.com",
            "email_confirmed": True,
            "name": "Alice",
            "language": "en",
            "status": "active",
            "created_at": began,
            "updated_at": began,
            "password_changed_at": began,
            "last_log_in": began,
            "former_emails": [],
            "known_devices": [_told(clock.time + timedelta(days=400))],
            "second_factors": [],
        },
        "role": {
            "name": "read_only",
            "title": {"en": "Read only", "ru": "Только чтение"},
            "permissions": ["content:read"],
        },
        "seances": [
            {
                "session_id": alice.session_id,
                "device": "Unknown device",
                "user_agent": "",
                "ip_address": "192.0.2.1",
                "created_at": began,
                "last_activity": began,
                "expires_at": _told(clock.time + timedelta(days=30)),
                "is_current": True,
                "amr": ["pwd"],
            }
        ],
        "passkeys": [],
        "acts": [],
    }
    assert begun == {
        "what": "session_begun",
        "happened_at": began,
        "ip_address": "192.0.2.1",
        "request_id": begun["request_id"],
        "details": {"session_id": alice.session_id, "surplus_ended": 0},
    }
    assert created == {
        "what": "user_created",
        "happened_at": began,
        "details": {"role": "read_only", "kind": "person"},
    }


def test_addresses_that_wait_or_are_kept_are_told(alice: Person, desk: Desk, clock: Clock) -> None:
    began = clock.time
    desk.move(alice.id, "next@example.org")
    desk.update(alice.id, email="last@example.org")
    token = log_in(alice, email="next@example.org").json["access_token"]

    account = alice.api.call(*EXPORT_OWN_DATA.at(), token=token).json["account"]

    assert account["email"] == "next@example.org"
    assert account["pending_email"] == {
        "email": "last@example.org",
        "until": _told(began + timedelta(days=1)),
    }
    assert account["former_emails"] == [
        {"email": alice.email, "until": _told(began + timedelta(days=7))}
    ]


def test_address_that_waited_in_vain_is_not_told(alice: Person, desk: Desk, clock: Clock) -> None:
    desk.update(alice.id, email="last@example.org")
    clock.advance(seconds=24 * 3600)

    assert "pending_email" not in _export(alice.sign_in()).json["account"]


def test_second_factors_are_told_by_name_and_passkeys_by_label(alice: Person, clock: Clock) -> None:
    put_on_file(alice.id, passkeys=2)
    (first, second) = (Passkey.get(f"passkey#{key}") for key in alice.account.passkey_ids)
    first.update([Passkey.last_used_at.set(clock.time)])

    answer = _export(alice)

    assert answer.json["account"]["second_factors"] == ["totp", "recovery_code", "passkey"]
    made = {"created_at": _told(clock.time), "backed_up": True}
    assert sorted(answer.json["passkeys"], key=lambda passkey: str(passkey["label"])) == [
        {"label": first.label, "last_used_at": _told(clock.time), **made},
        {"label": second.label, **made},
    ]
    assert [key for key in alice.account.passkey_ids if key in answer.text] == []
    assert base64.b64encode(first.public_key).decode() not in answer.text


def test_passkey_that_is_removed_meanwhile_is_not_told(alice: Person) -> None:
    put_on_file(alice.id, passkeys=2)
    (gone, _) = alice.account.passkey_ids
    Passkey(factor=f"passkey#{gone}").delete()

    assert len(_export(alice).json["passkeys"]) == 1


@pytest.mark.parametrize("model", NOT_TOLD, ids=lambda model: model.__name__)
def test_each_thing_that_is_kept_is_told_or_held_back_on_purpose(
    alice: Person, model: type[Any]
) -> None:
    part = _export(alice).json[TOLD[model]]
    told = set().union(*part) if isinstance(part, list) else set(part)

    # and that of which only some have any
    kept = set(model.get_attributes()) - NOT_TOLD[model]
    assert kept - told <= {"ip_address", "request_id"}
    assert not told & NOT_TOLD[model]


def test_nothing_secret_is_told(alice: Person, desk: Desk) -> None:
    alice.sign_in()
    refresh(alice)
    desk.reset_token(alice.email)
    sessions = alice.sessions
    secrets = [alice.account.password_hash, *(session.cursor_key for session in sessions)]
    for session in sessions:
        for value in (session.newest, session.family, session.child, session.signature):
            secrets += forms(value) if value else ()
    secrets += [*(alice.account.known_devices or {}), *(alice.account.new_devices or {})]

    text = _export(alice).text

    assert len(secrets) >= 8
    assert [value for value in secrets if value in text] == []


def test_where_others_were_is_not_told(
    alice: Person, desk: Desk, admin: Person, clock: Clock
) -> None:
    away = Desk(desk.api.seen_from("203.0.113.9"), admin.token)
    clock.advance(seconds=1)
    away.update(alice.id, name="Alice Cooper")
    clock.advance(seconds=1)
    alice.api.call(*UPDATE_OWN_ACCOUNT.at(), token=alice.token, json={"language": "ru"})
    clock.advance(seconds=1)
    log_in(alice)

    answer = _export(alice)

    newest = [(event["what"], event.get("by")) for event in answer.json["trail"]]
    assert newest[:3] == [
        ("session_begun", None),
        ("user_updated", "you"),
        ("user_updated", "another"),
    ]
    assert [event.get("ip_address") for event in answer.json["trail"]][:3] == [
        "192.0.2.1",
        "192.0.2.1",
        None,
    ]
    # what they did to themselves is in the trail alone
    assert answer.json["acts"] == []
    for private in ("203.0.113.9", str(admin.id), admin.email, admin.name):
        assert private not in answer.text


def test_what_an_operator_did_is_anothers_doing(alice: Person) -> None:
    (first, *_) = AuditEvent.find_all(alice.id)
    first.update([AuditEvent.operator.set("arn:aws:iam::123456789012:user/olga")])

    answer = _export(alice)

    assert "another" in {event.get("by") for event in answer.json["trail"]}
    assert "olga" not in answer.text


def test_what_one_did_to_others_is_told_without_them(desk: Desk, bob: Person, clock: Clock) -> None:
    clerk = desk.somebody_with("users:read", "users:update")
    clock.advance(seconds=5)
    away = clerk.api.seen_from("203.0.113.7")
    away.call(*UPDATE_USER.at(user_id=bob.id), token=clerk.token, json={"name": "Robert"})

    answer = _export(clerk)

    assert answer.json["acts"] == [{"happened_at": _told(clock.time), "ip_address": "203.0.113.7"}]
    assert str(bob.id) not in answer.text


def test_each_device_that_is_signed_in_is_told(alice: Person) -> None:
    phone = alice.sign_in()

    seances = _export(phone).json["seances"]

    assert {(it["session_id"], it["is_current"]) for it in seances} == {
        (alice.session_id, False),
        (phone.session_id, True),
    }


# a long trail


def test_long_trail_comes_whole_in_pages(alice: Person) -> None:
    # of four pages; a role's permissions are the longest that an event has
    _fill(alice, 300, {"granted": ["x" * 64] * 150})
    before = AuditEvent.find_all(alice.id)

    pages = list(_pages(alice))

    assert len(pages) == 4
    told = [event["happened_at"] for page in pages for event in page["trail"]]
    assert len(told) == len(before)
    assert told == sorted(told, reverse=True)
    assert {_told(event.happened_at) for event in before} == set(told)
    accounts = [page["account"] for page in pages]
    assert accounts == [accounts[0]] * 4


@pytest.mark.parametrize("is_former", [False, True])
def test_long_list_of_acts_goes_on_after_the_trail(
    desk: Desk, alice: Person, admin: Person, *, is_former: bool
) -> None:
    _fill(alice, 450, {})
    for event in AuditEvent.find_all(alice.id):
        event.update([AuditEvent.actor_shard.set(f"{admin.id}#{event.event_id[-1]}")])
        if is_former:
            former_events.keep_as_before(event)
    told = [_told(event.happened_at) for event in AuditEvent.find_all(alice.id)]

    pages = list(_pages(admin))

    assert len(pages) == (3 if is_former else 1)
    assert [act["happened_at"] for page in pages for act in page["acts"]] == told[::-1]
    assert [page["trail"] for page in pages[1:]] == [[]] * (len(pages) - 1)


def test_what_happens_meanwhile_neither_repeats_nor_hides_anything(
    alice: Person, desk: Desk, clock: Clock
) -> None:
    _fill(alice, 150, {"granted": ["x" * 64] * 150})
    count = len(AuditEvent.find_all(alice.id))
    clock.advance(seconds=800)
    pages = []
    for page in _pages(alice):
        pages.append(page)
        desk.by(desk.token).update(alice.id, name=f"Alice {len(pages)}")

    told = [event for page in pages for event in page["trail"]]
    assert (len(pages) > 1, len(told)) == (True, count)


def test_page_of_the_smallest_events_is_small_enough_and_soon_there(alice: Person) -> None:
    # as many as fit into a page
    _fill(alice, 4000, {})
    began = time.perf_counter()

    answer = _export(alice)

    assert time.perf_counter() - began < 10
    assert len(answer.text.encode()) < MOST_BYTES
    assert len(answer.json["trail"]) > 2000


# cursors


@pytest.fixture
def cursor(alice: Person) -> str:
    """Where alice's second page begins."""
    _fill(alice, 150, {"granted": ["x" * 64] * 150})
    return str(_export(alice).json["cursor"])


def test_cursor_is_of_the_session_that_it_was_given_to(
    alice: Person, bob: Person, cursor: str
) -> None:
    for other in (bob, alice.sign_in()):
        answer = _export(other, cursor)
        assert answer.status == 422
        assert answer.json["details"] == [
            {"field": "cursor", "message": "Is not a cursor of this list"}
        ]
    assert _export(alice, cursor).status == 200


def test_cursor_of_another_list_is_none_of_this_one(
    desk: Desk, admin: Person, alice: Person
) -> None:
    other = desk.audit(alice.id, limit=1).json["cursor"]

    assert _export(admin, other).status == 422


@pytest.mark.parametrize(
    "query",
    [
        {"cursor": "garbage"},
        {"cursor": "x" * 1025},
        {"cursor": ""},
        {"cursor": "eyJ0cmFpbCI6bnVsbH0"},
        {"cursor": "\u0661"},
        {"limit": "5"},
        {"user_id": "1"},
        {"email": "bob@example.com"},
    ],
)
def test_what_is_no_query_of_this_is_refused(
    alice: Person, stack: Deployment, query: dict[str, object]
) -> None:
    with stack.unchanged():
        answer = alice.api.call(*EXPORT_OWN_DATA.at(query), token=alice.token)

    assert answer.status == 422
    assert [detail["field"] for detail in answer.json["details"]] == list(query)


def test_person_who_is_deleted_meanwhile_gets_nothing(alice: Person, aws_calls: AwsCalls) -> None:
    account = alice.account
    aws_calls.forget()
    aws_calls.before(2, account.delete)

    answer = _export(alice)

    assert (answer.status, answer.code) == (401, "session_ended")


def test_reading_it_changes_nothing(alice: Person, stack: Deployment) -> None:
    with stack.unchanged():
        _export(alice)

    assert list(LoginAttempt.scan()) == []
