"""Attacks can be seen: in the account's trail and in the log."""

from collections.abc import Callable

import pytest

from accounts.credentials import throttle
from accounts.storage.tables import AuditEvent, LoginAttempt
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.desk import Desk, events
from tests.support.guesses import FREE, UNKNOWN, guess, log_in, pretend
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import FORGET_PASSWORD, HEALTH

THIEF = "203.0.113.66"


def _on_record(person: Person) -> list[tuple[str, str]]:
    trail = (event for event in events(person.id) if event.what.startswith("log_in_"))
    return sorted((event.what, event.details["device"]) for event in trail)


def test_the_first_failure_of_a_row_and_the_first_wait_are_in_the_trail(
    api: Api, alice: Person
) -> None:
    guess(api.seen_from(THIEF), alice.email)
    assert _on_record(alice) == [("log_in_failed", "unknown")]

    guess(api.seen_from(THIEF), alice.email, FREE + 5)

    assert _on_record(alice) == [("log_in_failed", "unknown"), ("log_in_slowed", "unknown")]
    failed = [event for event in events(alice.id) if event.what.startswith("log_in_")]
    assert {event.ip_address for event in failed} == {THIEF}
    assert {event.actor_id for event in failed} == {None}


def test_that_the_password_is_off_is_in_the_trail(api: Api, alice: Person) -> None:
    guess(api, alice.email)
    pretend("account", 99)

    guess(api, alice.email, 3)

    assert _on_record(alice) == [("log_in_failed", "unknown"), ("log_in_off", "unknown")]


def test_failures_from_a_known_device_are_told_apart(api: Api, alice: Person) -> None:
    home = log_in(api, alice.email, alice.passw).json["device_token"]

    log_in(api, alice.email, device_token=home)

    assert _on_record(alice) == [("log_in_failed", "known")]


def test_a_stranger_cannot_fill_the_trail(api: Api, alice: Person, clock: Clock) -> None:
    before = len(events(alice.id))
    for address in range(3):
        for _ in range(30):
            log_in(api.seen_from(f"198.51.100.{address}"), alice.email)
        clock.advance(seconds=900)

    assert len(events(alice.id)) == before + 2


def test_who_administers_sees_the_attack(api: Api, alice: Person, desk: Desk) -> None:
    guess(api, alice.email, FREE + 1)

    told = [event["what"] for event in desk.audit(alice.id).json["events"]]

    assert {"log_in_failed", "log_in_slowed"} <= set(told)


def test_an_address_that_nobody_has_keeps_its_trail_for_an_hour(api: Api, clock: Clock) -> None:
    guess(api, UNKNOWN, FREE + 1)

    nobodys = [event for event in AuditEvent.scan() if event.user_id < 0]

    assert sorted(event.what for event in nobodys) == ["log_in_failed", "log_in_slowed"]
    assert len({event.user_id for event in nobodys}) == 1
    assert {(event.expires_at - clock.time).total_seconds() for event in nobodys} == {3600}


def test_lines_about_one_address_bear_one_digest_which_does_not_tell_it(
    api: Api, alice: Person, bob: Person, log: Log
) -> None:
    log_in(api, alice.email)
    log_in(api, alice.email.upper(), alice.passw)
    api.call(*FORGET_PASSWORD.at(), json={"email": alice.email})
    log_in(api, bob.email)
    log_in(api, UNKNOWN)

    digests = [line["account"] for line in log.named("request")]

    assert len(digests) == 5
    assert len(set(digests[:3])) == 1
    assert len(set(digests)) == 3
    # without the key nobody gets from an address to its digest
    pool = throttle.account(alice.email).subject
    assert LoginAttempt.find(pool) is not None
    assert digests[0] not in pool


@pytest.mark.parametrize("key", ["", "another"])
def test_the_digest_is_made_with_the_deployments_key(
    api: Api, alice: Person, log: Log, setting: Callable[..., None], key: str
) -> None:
    log_in(api, alice.email)
    setting(LOG_KEY=key)
    log_in(api, alice.email)

    first, second = (line["account"] for line in log.named("request"))

    assert first != second


def test_a_line_of_another_request_bears_none(api: Api, alice: Person, log: Log) -> None:
    log_in(api, alice.email)
    alice.sign_in()
    api.call(*HEALTH.at())

    assert "account" not in log.named("request")[-1]
