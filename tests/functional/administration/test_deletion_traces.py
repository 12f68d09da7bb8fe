"""What a deleted account leaves behind: the skeleton of its trail, and nothing personal."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from accounts import clock
from accounts.storage.tables import AuditEvent, User
from tests.support import former_events
from tests.support.deployment import Deployment
from tests.support.desk import BeforeWrite, Desk, events, log_in, refresh, sign_out_others
from tests.support.keyed import KEY, records
from tests.support.people import Person
from tests.support.post_office import PostOffice
from tests.support.register import FORGET_PASSWORD, UPDATE_USER

ADDRESS = "203.0.113.77"
OWN = {"email": "canary.person@example.org", "name": "Canary Bird", "passw": "yellow feathers 9"}


@pytest.fixture
def bird(desk: Desk, post: PostOffice) -> Person:
    """A person who has done whatever a person can do, from an address of their own."""
    user_id = desk.sign_up(key=KEY, **OWN).json["id"]
    desk.reset_token(OWN["email"], key=KEY)
    home = desk.api.seen_from(ADDRESS)
    template = Person(home, user_id, OWN["email"], OWN["name"], "", OWN["passw"], "", "")
    log_in(template, passw="wrong password")
    bird = template.sign_in()
    bird.sign_in()
    refresh(bird)
    sign_out_others(bird)
    home.call(*FORGET_PASSWORD.at(), json={"email": bird.email})
    post.deliver()
    desk.update(user_id, name="Canary B. Bird")
    desk.move(user_id, "canary.bird@example.org")
    desk.update(user_id, role="administrator")
    log_in(template, email="canary.bird@example.org", passw="wrong password")
    return template


def _found(stack: Deployment, *canaries: str) -> Mapping[str, list[Mapping[str, Any]]]:
    """Return what is stored with any of the canaries in it, by table."""
    logical = {stack.resources[t.logical_id]["Ref"]: t.logical_id for t in stack.template.tables()}
    return {
        logical[table]: hits
        for table, items in stack.stored().items()
        if (hits := [item for item in items if _has(item, canaries)])
    }


def _has(item: Mapping[str, Any], canaries: tuple[str, ...]) -> bool:
    texts = "\n".join(_texts(item)).lower()
    return any(canary in texts for canary in canaries)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    else:
        yield str(value)


def test_nothing_personal_remains_in_any_table(desk: Desk, bird: Person, stack: Deployment) -> None:
    assert set(_found(stack, "canary")) == {"UsersTable", "UserEmailsTable", "SearchWordsTable"}
    assert "AuditEventsTable" in _found(stack, ADDRESS)
    # what is remembered of requests is sealed under keys that only the callers have
    assert len(records(stack)) > 1

    assert desk.delete(bird.id).status == 200

    assert _found(stack, "canary", "bird", "yellow") == {}
    assert set(_found(stack, ADDRESS)) <= {"LoginAttemptsTable"}


def test_counts_that_outlast_the_account_are_of_the_address_and_soon_over(
    desk: Desk, bird: Person, stack: Deployment
) -> None:
    desk.delete(bird.id)

    for item in stack.stored()[stack.resources["LoginAttemptsTable"]["Ref"]]:
        kind = item["subject"]["S"].partition("#")[0]
        # by source address for some minutes, by the account's id for two hours
        assert kind in ("address", "mail-from", "refresh", "mail")
        seconds = int(item["expires_at"]["N"]) - clock.now().timestamp()
        assert 0 < seconds <= 7200


def test_trail_tells_what_was_done_and_by_whom(desk: Desk, bird: Person, admin: Person) -> None:
    before = [event.what for event in events(bird.id)]

    desk.delete(bird.id)

    trail = events(bird.id)
    assert sorted(event.what for event in trail) == sorted([*before, "user_deleted"])
    assert {event.actor_id for event in trail} == {None, bird.id, admin.id}
    assert {event.user_id for event in trail} == {bird.id}


def test_event_whose_time_is_over_meanwhile_keeps_no_address_in_the_others(
    desk: Desk, bird: Person, stack: Deployment, before_write: BeforeWrite
) -> None:
    first = min(AuditEvent.find_all(bird.id), key=lambda event: event.event_id)
    # the account goes with one transaction, the addresses with the next
    before_write(first.delete, number=2)

    assert desk.delete(bird.id).status == 200

    assert "AuditEventsTable" not in _found(stack, ADDRESS)
    assert first.event_id not in {event.event_id for event in AuditEvent.find_all(bird.id)}


def test_addresses_of_others_stay_in_the_trail(desk: Desk, bird: Person, admin: Person) -> None:
    desk.delete(bird.id)

    told = {(event.actor_id == admin.id, event.ip_address) for event in events(bird.id)}
    assert told == {(True, "192.0.2.1"), (False, None)}


@pytest.mark.parametrize("is_former", [False, True])
def test_what_they_did_to_others_does_not_tell_their_address(
    desk: Desk, bird: Person, alice: Person, stack: Deployment, *, is_former: bool
) -> None:
    signed_in = log_in(bird, email="canary.bird@example.org")
    bird.api.call(
        *UPDATE_USER.at(user_id=alice.id),
        token=signed_in.json["access_token"],
        json={"name": "Renamed"},
    )
    (act,) = [event for event in events(alice.id) if event.ip_address == ADDRESS]
    if is_former:
        former_events.keep_as_before(act)

    assert desk.delete(bird.id).status == 200

    assert "AuditEventsTable" not in _found(stack, ADDRESS)


def test_what_they_did_to_roles_does_not_tell_their_address(
    desk: Desk, bird: Person, stack: Deployment
) -> None:
    signed_in = log_in(bird, email="canary.bird@example.org")
    away = Desk(bird.api, signed_in.json["access_token"])
    assert away.save_role("gardener", "garden:write").status == 200

    desk.delete(bird.id)

    assert "AuditEventsTable" not in _found(stack, ADDRESS)
    (event,) = [event for event in events(bird.id) if event.what == "role_saved"]
    assert event.details == {"role": "gardener", "granted": ["garden:write"]}


def test_others_keep_everything(desk: Desk, bird: Person, alice: Person) -> None:
    before = (User.get(alice.id).attribute_values, [e.key() for e in AuditEvent.query(alice.id)])

    desk.delete(bird.id)

    after = (User.get(alice.id).attribute_values, [e.key() for e in AuditEvent.query(alice.id)])
    assert after == before
