"""PATCH /api/v1/private/users/any: one's own name, and the language of one's mails."""

import pytest

from accounts.storage.tables import UserSession
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, log_in, refresh, who_am_i
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import FORGET_PASSWORD, LOG_OUT, REFRESH, UPDATE_OWN_ACCOUNT
from tests.support.scene import Scene


def test_caller_learns_who_they_are_now(scene: Scene, alice: Person) -> None:
    before = who_am_i(alice).json

    answer = UPDATE_OWN_ACCOUNT.call(scene, json={"name": " Alice Cooper ", "language": "ru"})

    assert answer.status == 200
    assert answer.json == {**before, "name": "Alice Cooper", "language": "ru"}
    assert who_am_i(alice).json == answer.json


@pytest.mark.parametrize("change", [{"name": "Alice Cooper"}, {"language": "ru"}])
def test_what_is_not_sent_stays(scene: Scene, alice: Person, change: dict[str, str]) -> None:
    before = who_am_i(alice).json

    assert UPDATE_OWN_ACCOUNT.call(scene, json=change).json == {**before, **change}


def test_all_devices_say_so_and_go_on(scene: Scene, alice: Person, desk: Desk) -> None:
    phone = alice.sign_in()

    UPDATE_OWN_ACCOUNT.call(scene, json={"name": "Alice Cooper", "language": "ru"})

    for device in (alice, phone, alice.sign_in()):
        said = who_am_i(device).json
        assert (said["name"], said["language"]) == ("Alice Cooper", "ru")
    assert log_in(alice).json["user"]["name"] == "Alice Cooper"
    assert refresh(phone).status == 200
    shown = desk.show(alice.id).json
    assert (shown["name"], shown["language"]) == ("Alice Cooper", "ru")


def test_mails_are_in_that_language_from_now_on(scene: Scene, post: PostOffice) -> None:
    UPDATE_OWN_ACCOUNT.call(scene, json={"name": "Алиса", "language": "ru"})

    FORGET_PASSWORD.call(scene)

    assert post.deliver_one().text.startswith("Здравствуйте, Алиса!")


def test_trail_tells_that_it_changed(scene: Scene, alice: Person, clock: Clock) -> None:
    UPDATE_OWN_ACCOUNT.call(scene, json={"name": "Alice Cooper", "language": "ru"})
    clock.advance(seconds=1)
    UPDATE_OWN_ACCOUNT.call(scene, json={"name": "Alice Cooper", "language": "en"})

    told = [event for event in events(alice.id) if event.what == "user_updated"]
    assert [event.details for event in told] == [
        {"name": "changed", "language": "ru"},
        {"language": "en"},
    ]
    assert {event.actor_id for event in told} == {alice.id}


def test_it_is_one_transaction(scene: Scene, alice: Person, aws_calls: AwsCalls) -> None:
    alice.sign_in()
    aws_calls.forget()

    UPDATE_OWN_ACCOUNT.call(scene)

    assert aws_calls.operations == ["GetItem", "GetItem", "Query", "TransactWriteItems"]


@pytest.mark.parametrize(
    ("body", "field", "message"),
    [
        ({}, "nothing", "Send at least one field to change"),
        ({"language": "de"}, "language", "Must be 'en' or 'ru'"),
        ({"language": "EN"}, "language", "Must be 'en' or 'ru'"),
        ({"language": ""}, "language", "Must be 'en' or 'ru'"),
        ({"language": ["en"]}, "language", "Must be 'en' or 'ru'"),
        ({"name": ""}, "name", "Must not be empty"),
        ({"name": "n" * 101}, "name", "Must be at most 100 characters"),
        ({"name": "a\nb"}, "name", "Must be readable text without control characters"),
        ({"name": "https://x"}, "name", "Must have no links and no signs that reorder text"),
        ({"name": "A", "email": "a@example.org"}, "email", "Unknown field"),
        ({"name": "A", "role": "administrator"}, "role", "Unknown field"),
        ({"name": "A", "status": "active"}, "status", "Unknown field"),
    ],
)
def test_what_people_cannot_change_by_themselves_is_refused(
    scene: Scene, stack: Deployment, body: dict[str, object], field: str, message: str
) -> None:
    with stack.unchanged():
        answer = UPDATE_OWN_ACCOUNT.call(scene, json=body)

    assert answer.status == 422
    assert answer.json["details"] == [{"field": field, "message": message}]


def test_device_that_is_signed_out_meanwhile_changes_nothing(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(lambda: LOG_OUT.call(scene))

    assert UPDATE_OWN_ACCOUNT.call(scene).code == "session_ended"

    assert alice.account.name == "Alice"
    assert alice.sessions == []


def test_another_device_that_is_signed_out_meanwhile_is_no_hindrance(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    phone = alice.sign_in()
    before_write(lambda: LOG_OUT.call(scene, token=phone.token))

    assert UPDATE_OWN_ACCOUNT.call(scene).json["name"] == "Alice Cooper"

    assert [session.name for session in alice.sessions] == ["Alice Cooper"]


def test_device_that_is_added_meanwhile_says_so_too(
    scene: Scene, alice: Person, before_write: BeforeWrite
) -> None:
    before_write(alice.sign_in)

    UPDATE_OWN_ACCOUNT.call(scene)

    assert [session.name for session in alice.sessions] == ["Alice Cooper"] * 2


def test_person_who_is_disabled_meanwhile_changes_nothing(
    scene: Scene, alice: Person, desk: Desk, before_write: BeforeWrite
) -> None:
    before_write(lambda: desk.update(alice.id, status="disabled"))

    assert UPDATE_OWN_ACCOUNT.call(scene).code == "session_ended"

    assert alice.account.name == "Alice"


def test_session_of_before_there_was_a_language_goes_on(scene: Scene, alice: Person) -> None:
    (session,) = alice.sessions
    session.update([UserSession.language.remove()])

    before = who_am_i(alice).json
    after = UPDATE_OWN_ACCOUNT.call(scene, json={"language": "ru"}).json

    assert "language" not in before
    assert after == {**before, "language": "ru"} == who_am_i(alice).json
    assert REFRESH.call(scene).status == 200
