"""Whoever guesses from one address, at whatever accounts, has a budget of failures."""

import pytest

from accounts.storage.tables import LoginAttempt, UserSession
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.guesses import FREE, UNKNOWN, WRONG, failures, guess, log_in, pretend
from tests.support.people import Person

BUDGET = 100
WINDOW_SECONDS = 300
ELSEWHERE = "198.51.100.7"
# the call of a log-in by which its password is keyed, before it is compared
KEYING = 5
VICTIM = "203.0.113.5"
FORGED = {
    "one before": ("X-Forwarded-For", VICTIM),
    "several before": ("X-Forwarded-For", f"127.0.0.1, {VICTIM}"),
    "garbage before": ("X-Forwarded-For", "unknown, [::1]:80, \x1b[31m"),
    "real": ("X-Real-IP", VICTIM),
    "standard": ("Forwarded", f"for={VICTIM};proto=https"),
    "Cloudflare": ("CF-Connecting-IP", VICTIM),
    "Akamai": ("True-Client-IP", VICTIM),
    "client": ("X-Client-IP", VICTIM),
}


def _spend_budget(api: Api) -> None:
    assert log_in(api, UNKNOWN).status == 401
    pretend("address", BUDGET)


def _left_of_the_window(clock: Clock) -> int:
    return WINDOW_SECONDS - int(clock.time.timestamp()) % WINDOW_SECONDS


def test_a_hundred_failures_are_all_that_an_address_has(
    api: Api, alice: Person, clock: Clock, hash_checks: list[bytes]
) -> None:
    statuses = [log_in(api, f"nobody{n}@example.com").status for n in range(BUDGET)]
    assert statuses == [401] * BUDGET
    hash_checks.clear()

    refused = log_in(api, alice.email, alice.passw)

    assert refused.status == 429
    assert refused.headers["retry-after"] == str(_left_of_the_window(clock))
    assert hash_checks == []


def test_a_refused_address_learns_nothing_about_accounts(api: Api, alice: Person) -> None:
    _spend_budget(api)

    right, wrong, unknown = (
        log_in(api, *credentials).but_for_its_id
        for credentials in ((alice.email, alice.passw), (alice.email,), (UNKNOWN,))
    )

    assert right == wrong == unknown


def test_other_addresses_are_not_concerned(api: Api, alice: Person) -> None:
    _spend_budget(api)
    elsewhere = api.seen_from(ELSEWHERE)

    assert log_in(elsewhere, alice.email).status == 401
    assert log_in(elsewhere, alice.email, alice.passw).status == 200


def test_the_end_of_the_window_frees_the_address(api: Api, alice: Person, clock: Clock) -> None:
    _spend_budget(api)

    clock.advance(seconds=_left_of_the_window(clock) - 1)
    answer = log_in(api, alice.email, alice.passw)
    assert (answer.status, answer.headers["retry-after"]) == (429, "1")

    clock.advance(seconds=1)
    assert log_in(api, alice.email, alice.passw).status == 200


def test_successes_do_not_count(api: Api, alice: Person, bob: Person) -> None:
    log_in(api, UNKNOWN)
    pretend("address", BUDGET - 1)

    for person in (alice, bob, alice, bob):
        assert log_in(api, person.email, person.passw).status == 200

    assert failures("address") == BUDGET - 1
    assert log_in(api, alice.email).status == 401
    assert log_in(api, alice.email).status == 429


def test_a_refused_address_does_not_burn_the_free_failures_of_an_account(
    api: Api, alice: Person
) -> None:
    _spend_budget(api)

    assert guess(api, alice.email, 10) == [429] * 10

    assert guess(api.seen_from(ELSEWHERE), alice.email, FREE) == [401] * FREE


def test_polling_a_locked_account_takes_from_the_budget_as_guessing_does(
    api: Api, alice: Person
) -> None:
    assert guess(api, alice.email, FREE + 1) == [401] * (FREE + 1)

    assert guess(api, alice.email, 10) == [429] * 10

    assert failures("address") == FREE + 11


def test_the_budget_is_taken_before_the_password_is_looked_at(
    api: Api, alice: Person, aws_calls: AwsCalls
) -> None:
    taken: list[int] = []
    aws_calls.before(KEYING, lambda: taken.append(failures("address")))

    assert log_in(api, alice.email).status == 401

    assert aws_calls.operations[KEYING - 1] == "GenerateMac"
    assert taken == [1]


def test_a_budget_is_given_back_to_the_window_that_it_was_taken_from(
    api: Api, alice: Person, clock: Clock, aws_calls: AwsCalls
) -> None:
    clock.advance(seconds=_left_of_the_window(clock) - 1)
    aws_calls.before(KEYING, lambda: clock.advance(seconds=1))

    assert log_in(api, alice.email, alice.passw).status == 200

    windows = [pool for pool in LoginAttempt.scan() if pool.subject.startswith("address#")]
    assert {window.failures for window in windows} == {0}


def test_successes_at_the_same_moment_do_not_overdraw_the_budget(
    api: Api, alice: Person, bob: Person, aws_calls: AwsCalls
) -> None:
    log_in(api, UNKNOWN)
    pretend("address", BUDGET - 1)
    aws_calls.forget()
    others: list[int] = []
    aws_calls.before(KEYING, lambda: others.append(log_in(api, bob.email, bob.passw).status))

    assert log_in(api, alice.email, alice.passw).status == 200

    assert others == [429]
    assert failures("address") == BUDGET - 1


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_no_header_says_where_a_request_comes_from(
    api: Api, alice: Person, forged: tuple[str, str]
) -> None:
    _spend_budget(api)

    assert log_in(api, alice.email, alice.passw, headers=dict([forged])).status == 429
    # nor is somebody else charged for it
    assert log_in(api.seen_from(VICTIM), alice.email, alice.passw).status == 200


@pytest.mark.parametrize("forged", FORGED.values(), ids=FORGED)
def test_no_header_takes_a_failure_off_the_address(api: Api, forged: tuple[str, str]) -> None:
    for _ in range(3):
        assert log_in(api, UNKNOWN, headers=dict([forged])).status == 401

    assert failures("address") == 3


def test_the_address_recorded_with_a_session_is_no_header_either(api: Api, alice: Person) -> None:
    answer = log_in(
        api.seen_from(ELSEWHERE), alice.email, alice.passw, headers={"X-Forwarded-For": VICTIM}
    )

    assert answer.status == 200
    addresses = {session.ip_address for session in UserSession.find_all(alice.id)}
    assert VICTIM not in addresses
    assert ELSEWHERE in addresses


def test_a_network_of_ipv6_addresses_counts_as_one(api: Api, alice: Person) -> None:
    _spend_budget(api.seen_from("2001:db8:1:2::1"))

    neighbours = ("2001:db8:1:2::1", "2001:DB8:1:2:0:0:0:2", "2001:db8:1:2:ffff:ffff:ffff:ffff")
    statuses = [
        log_in(api.seen_from(ip), alice.email, alice.passw).status
        for ip in (*neighbours, "2001:db8:1:3::1", "2001:db8:1:1:ffff:ffff:ffff:ffff")
    ]

    assert statuses == [429, 429, 429, 200, 200]


def test_failures_of_one_address_count_whomever_they_are_about(
    api: Api, alice: Person, bob: Person
) -> None:
    for email in (alice.email, bob.email, UNKNOWN):
        assert log_in(api, email, WRONG).status == 401

    assert failures("address") == 3
