"""Password resets at the moment of other resets, log-ins and refreshes."""

from collections import Counter
from functools import partial

import pytest

from accounts.credentials import passwords
from accounts.mail.messages import Message
from infra.local.mail.outbox import Outbox
from tests.support import queues
from tests.support.clocks import Clock
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import NEW_PASSWORD, PASSWORD, Service
from tests.support.races.together import insisting, rounds, together

pytestmark = pytest.mark.races


def opens(person: Person, passw: str) -> bool:
    """Say whether a password is the person's, without the throttle having a say."""
    try:
        passwords.verify(passw, person.account.password_hash)
    except passwords.WrongPasswordError:
        return False
    return True


@rounds(10)
def test_of_sixteen_resets_with_one_token_one_sets_its_password(
    service: Service, alice: Person, check: Check
) -> None:
    token = service.issue_reset_token(alice.email).json["reset_token"]
    chosen = [f"new password {number}" for number in range(16)]
    # by itself and with the help of a back-end
    ways = [service.reset_password, service.set_new_password] * 8
    check()

    answers = together(
        [
            partial(insisting, partial(way, token, passw))
            for way, passw in zip(ways, chosen, strict=True)
        ]
    )

    assert sorted(answer.status for answer in answers) == [200] + [410] * 15
    pairs = zip(chosen, answers, strict=True)
    (won,) = [passw for passw, answer in pairs if answer.status == 200]
    assert [passw for passw in (PASSWORD, *chosen) if opens(alice, passw)] == [won]
    assert service.log_in(alice.email, won).status == 200
    assert service.who_am_i(alice.token).code == "session_ended"
    assert service.reset_password(token, "yet another one").status == 410
    check()


@rounds(10)
def test_nothing_of_the_old_password_outlives_a_reset(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    token = service.issue_reset_token(alice.email).json["reset_token"]
    check()

    answers = together(
        [
            lambda: service.reset_password(token),
            *[lambda: service.log_in(alice.email)] * 8,
            *[lambda: service.refresh(alice.refresh_token)] * 7,
        ]
    )

    assert answers[0].status == 200
    assert {answer.status for answer in answers} <= {200, 401, 503}
    begun = [answer.json for answer in answers[1:] if answer.status == 200]
    for pair in begun:
        assert service.who_am_i(pair["access_token"]).code == "session_ended"
        assert service.refresh(pair["refresh_token"]).code == "session_ended"
    assert alice.sessions == []
    assert service.log_in(alice.email, PASSWORD).status == 401
    assert service.log_in(alice.email, NEW_PASSWORD).status == 200
    check()


@rounds(10)
def test_of_sixteen_reset_tokens_used_at_once_one_works(
    service: Service, alice: Person, check: Check
) -> None:
    issued = together([partial(service.issue_reset_token, alice.email)] * 16)
    tokens = [answer.json["reset_token"] for answer in issued]
    check()

    answers = together(
        [partial(insisting, partial(service.reset_password, token)) for token in tokens]
    )

    assert sorted(answer.status for answer in answers) == [200] + [410] * 15
    assert {service.reset_password(token).status for token in tokens} == {410}
    check()


@rounds(10)
def test_no_request_for_a_token_spoils_one_that_is_in_use(
    service: Service, alice: Person, check: Check
) -> None:
    first = service.issue_reset_token(alice.email).json["reset_token"]
    check()

    answers = together(
        [
            *[lambda: service.issue_reset_token(alice.email)] * 8,
            *[lambda: service.reset_password(first)] * 8,
        ]
    )

    assert [answer.status for answer in answers[:8]] == [201] * 8
    assert sorted(answer.status for answer in answers[8:]) == [200] + [410] * 7
    check()
    # of the others those alone that were issued after the reset
    for answer in answers[:8]:
        assert service.reset_password(answer.json["reset_token"]).status in (200, 410)
        check()


@rounds(10)
def test_mails_asked_for_during_a_reset_neither_spoil_it_nor_outlive_it(
    service: Service, alice: Person, check: Check, outbox: Outbox, clock: Clock
) -> None:
    token = service.issue_reset_token(alice.email).json["reset_token"]
    order = Message("reset", alice.email, clock.time, "asked for").to_json()
    before = outbox.mails()
    check()

    answers = together(
        [
            partial(service.set_new_password, token),
            *[partial(service.send_mail, order, f"{token} {number}") for number in range(8)],
        ]
    )

    assert answers[0].status == 200
    # a mail whose account changed meanwhile comes again
    assert {answer.status for answer in answers[1:]} <= {200, 503}
    check()
    mailed = [mail for mail in outbox.mails() if mail not in before]
    tokens = [mail.text.partition("#reset_token=")[2].split()[0] for mail in mailed]
    # of those that were made after it one works
    assert [service.set_new_password(text).status for text in tokens].count(200) <= 1
    check()


@rounds(10)
def test_a_reset_is_told_even_if_the_account_is_deleted_meanwhile(
    service: Service, alice: Person, check: Check, outbox: Outbox
) -> None:
    token = service.issue_reset_token(alice.email).json["reset_token"]
    before = outbox.mails()
    queues.emptied()
    check()

    reset, deletion = together(
        [partial(service.set_new_password, token), partial(service.delete_user, alice.id)]
    )

    assert (deletion.status, reset.status in (200, 410)) == (200, True)
    for number, order in enumerate(queues.emptied()):
        assert service.send_mail(order, f"{token} {number}").status == 200
    told = Counter(mail.subject for mail in outbox.mails() if mail not in before)
    assert told["Your account at Users was deleted"] == 1
    assert told["Your password for Users was changed"] == (reset.status == 200)
    check()
