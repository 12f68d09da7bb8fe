"""Passkeys, used and added and removed at the same moment."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import pytest

from tests.support.answers import Answer
from tests.support.authenticator import Authenticator, Json, on_file
from tests.support.desk import events
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import rounds, together
from tests.support.scene import APP

pytestmark = [pytest.mark.races, pytest.mark.usefixtures("unthrottled")]
WIDE = 16


def _made(service: Service, person: Person, device: Authenticator) -> Json:
    return device.create(service.passkey_options(person.token).json)


def _enrolled(service: Service, person: Person, step: int = 1) -> Authenticator:
    device = Authenticator(APP, step=step)
    answer = service.add_passkey(person.token, _made(service, person, device))
    assert answer.status == 201, answer
    return device


def _used(service: Service, device: Authenticator) -> Json:
    return device.get(service.passkey_log_in_options().json)


def _statuses(answers: Sequence[Answer]) -> Counter[int]:
    return Counter(answer.status for answer in answers)


@rounds(5)
def test_of_sixteen_uses_of_a_challenge_one_begins_a_session(
    service: Service, alice: Person, check: Check
) -> None:
    used = _used(service, _enrolled(service, alice))
    before = len(check().sessions_of(alice.id))

    answers = together([partial(service.log_in_with_passkey, used)] * WIDE)

    # who reads the key once the other has noted its use finds that it does not count on
    assert _statuses(answers)[200] == 1
    assert set(_statuses(answers)) <= {200, 401, 410}
    assert len(check().sessions_of(alice.id)) == before + 1
    assert [event.what for event in events(alice.id)].count("passkey_refused") == 0


@rounds(5)
def test_a_key_that_does_not_count_lets_in_with_each_of_sixteen_challenges(
    service: Service, alice: Person, check: Check
) -> None:
    device = _enrolled(service, alice, step=0)
    uses = [_used(service, device) for _ in range(WIDE)]

    answers = together([partial(service.log_in_with_passkey, used) for used in uses])

    # others kept changing the same account
    assert set(_statuses(answers)) <= {200, 503}
    assert _statuses(answers)[200] >= 1
    check()


@rounds(5)
def test_a_counter_goes_forward_alone_whatever_comes_at_once(
    service: Service, alice: Person, check: Check
) -> None:
    device = _enrolled(service, alice)
    uses = [_used(service, device) for _ in range(WIDE)]

    answers = together([partial(service.log_in_with_passkey, used) for used in uses])

    assert set(_statuses(answers)) <= {200, 401, 503}
    let_in = [number for number, answer in enumerate(answers) if answer.status == 200]
    (kept,) = on_file()
    # of the last one that was let in; the first was of when it was made
    assert kept.sign_count == 2 + max(let_in)
    check()


@rounds(5)
def test_a_credential_that_two_add_at_once_is_one_accounts(
    service: Service, alice: Person, bob: Person, check: Check
) -> None:
    device = Authenticator(APP)
    made = _made(service, alice, device)
    options = service.passkey_options(bob.token).json
    copied = {**made, "response": {**made["response"], "clientDataJSON": device.says(options)}}

    answers = together(
        [
            *[partial(service.add_passkey, alice.token, made)] * (WIDE // 2),
            *[partial(service.add_passkey, bob.token, copied)] * (WIDE // 2),
        ]
    )

    assert _statuses(answers)[201] == 1
    assert set(_statuses(answers)) <= {201, 409, 410}
    (kept,) = on_file()
    owners = [person.id for person in (alice, bob) if person.account.passkey_ids]
    assert owners == [kept.user_id]
    check()


@rounds(5)
def test_of_sixteen_who_add_the_same_one_does(
    service: Service, alice: Person, check: Check
) -> None:
    made = _made(service, alice, Authenticator(APP))

    answers = together([partial(service.add_passkey, alice.token, made)] * WIDE)

    assert _statuses(answers)[201] == 1
    assert set(_statuses(answers)) <= {201, 409, 410}
    assert len(on_file()) == len(alice.account.passkey_ids) == 1
    check()


@rounds(5)
def test_sixteen_that_are_added_at_once_are_ten_at_most(
    service: Service, alice: Person, check: Check
) -> None:
    made = [_made(service, alice, Authenticator(APP)) for _ in range(WIDE)]

    answers = together([partial(service.add_passkey, alice.token, one) for one in made])

    assert set(_statuses(answers)) <= {201, 409, 503}
    added = _statuses(answers)[201]
    assert 1 <= added <= 10
    assert len(on_file()) == len(alice.account.passkey_ids) == added
    check()


@rounds(5)
def test_one_that_is_removed_opens_nothing_from_then_on(
    service: Service, alice: Person, check: Check
) -> None:
    device = _enrolled(service, alice, step=0)
    (passkey_id,) = alice.account.passkey_ids
    uses = [_used(service, device) for _ in range(WIDE - 1)]

    removed, *answers = together(
        [
            partial(service.delete_passkey, alice.token, passkey_id),
            *(partial(service.log_in_with_passkey, used) for used in uses),
        ]
    )

    assert removed.status in (204, 503)
    assert set(_statuses(answers)) <= {200, 401, 503}
    if removed.status == 204:
        assert on_file() == []
        later = service.log_in_with_passkey(_used(service, device))
        assert later.code == "invalid_passkey"
    check()


@rounds(5)
def test_the_last_factor_that_is_removed_against_the_second_step(
    service: Service, alice: Person, check: Check
) -> None:
    device = _enrolled(service, alice, step=0)
    (passkey_id,) = alice.account.passkey_ids
    challenge = service.log_in(alice.email).json["challenge"]
    used = device.get(service.passkey_log_in_options(challenge).json)

    removed, *answers = together(
        [
            partial(service.delete_passkey, alice.token, passkey_id),
            *[partial(service.prove_passkey, challenge, used)] * (WIDE - 1),
        ]
    )

    assert removed.status == 204
    # of its five tries one may have been in time
    assert _statuses(answers)[200] <= 1
    assert set(_statuses(answers)) <= {200, 401, 410, 429}
    assert on_file() == []
    assert service.log_in(alice.email).status == 200
    check()


@rounds(5)
def test_of_sixteen_who_remove_the_same_all_have_and_the_owner_is_told_once(
    service: Service, alice: Person, check: Check
) -> None:
    _enrolled(service, alice)
    (passkey_id,) = alice.account.passkey_ids

    answers = together([partial(service.delete_passkey, alice.token, passkey_id)] * WIDE)

    assert _statuses(answers) == {204: WIDE}
    assert [event.what for event in events(alice.id)].count("passkey_removed") == 1
    check()


@rounds(5)
def test_the_owner_is_told_once_of_a_copy_that_is_shown_sixteen_times(
    service: Service, alice: Person, check: Check
) -> None:
    device = _enrolled(service, alice)
    copy = replace(device)
    assert service.log_in_with_passkey(_used(service, device)).status == 200
    used = _used(service, copy)

    answers = together([partial(service.log_in_with_passkey, used)] * WIDE)

    assert set(_statuses(answers)) <= {401, 410}
    assert [event.what for event in events(alice.id)].count("passkey_refused") == 1
    check()
