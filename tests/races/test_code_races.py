"""Log-in codes at the moment of other codes, and of what voids them."""

from collections import Counter
from collections.abc import Callable
from functools import partial
from urllib.parse import parse_qsl

import pytest

from accounts.credentials import kms, log_in_codes
from accounts.mail.messages import Message
from accounts.storage import users
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import write
from infra.local.mail.outbox import Outbox
from tests.support import email_tokens
from tests.support.answers import Answer
from tests.support.clocks import Clock
from tests.support.noting import noted_argument
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races
ONCE = [200] + [410] * 15


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The codes, as KMS was asked for their HMAC."""
    return noted_argument(monkeypatch, kms, "hmac_sha384", 0)


def _proof(person: Person) -> dict[str, str]:
    challenge, code = email_tokens.log_in_code(person.account)
    return {"challenge": challenge, "code": code}


def _other(code: str, by: int) -> str:
    return f"{(int(code) + by) % 10**8:08d}"


def _statuses(answers: list[Answer]) -> list[int]:
    return sorted(answer.status for answer in answers)


@rounds(10)
def test_of_sixteen_right_codes_one_begins_a_session(
    service: Service, alice: Person, check: Check
) -> None:
    proof, before = _proof(alice), len(alice.sessions)
    check()

    answers = together([partial(service.log_in_with_code, proof)] * 16)

    assert _statuses(answers) == ONCE
    assert len(alice.sessions) == before + 1
    (won,) = [answer for answer in answers if answer.status == 200]
    assert service.who_am_i(won.json["access_token"]).status == 200
    check()


@rounds(10)
def test_of_sixteen_right_codes_at_an_unconfirmed_address_one_begins_a_session(
    service: Service, alice: Person, check: Check
) -> None:
    for session in alice.sessions:
        session.update([UserSession.email_unconfirmed.set(True)])
    alice.account.update([User.email_unconfirmed.set(True)])
    proof, before = _proof(alice), len(alice.sessions)
    check()

    answers = together([partial(service.log_in_with_code, proof)] * 16)

    assert _statuses(answers) == ONCE
    assert len(alice.sessions) == before + 1
    assert users.has_confirmed_email(alice.account)
    assert service.who_am_i(alice.token).json["email_confirmed"] is True
    check()


@rounds(10)
def test_of_sixteen_wrong_codes_five_are_compared(
    service: Service, alice: Person, check: Check, compared: list[bytes]
) -> None:
    proof = _proof(alice)
    wrong = [{**proof, "code": _other(proof["code"], by)} for by in range(1, 17)]
    compared.clear()

    answers = together([partial(service.log_in_with_code, guess) for guess in wrong])

    assert Counter(_statuses(answers)) == {401: 5, 410: 11}
    assert len(compared) == 5
    assert service.log_in_with_code(proof).code == "challenge_invalid"
    check()


@rounds(10)
def test_among_wrong_codes_at_once_the_right_one_begins_one_session_at_most(
    service: Service, alice: Person, check: Check, compared: list[bytes]
) -> None:
    proof, before = _proof(alice), len(alice.sessions)
    wrong = {**proof, "code": _other(proof["code"], 1)}
    compared.clear()

    answers = together([partial(service.log_in_with_code, one) for one in (proof, wrong) * 8])

    count = Counter(_statuses(answers))
    assert set(count) <= {200, 401, 410}
    assert count[200] <= 1
    assert len(compared) <= 5
    assert len(alice.sessions) == before + count[200]
    check()


@pytest.fixture
def mailed(
    service: Service, alice: Person, outbox: Outbox, clock: Clock
) -> Callable[[], tuple[dict[str, str], dict[str, str]]]:
    """Have alice mailed a code, and return what it and its link log in with."""

    def ask() -> tuple[dict[str, str], dict[str, str]]:
        challenge = log_in_codes.new_challenge()
        write(challenge.kept)
        order = Message(
            kind="log_in_code",
            email=alice.email,
            ordered_at=clock.time,
            request_id="asked",
            challenge=challenge.key,
        )
        assert service.send_mail(order.to_json(), challenge.key).status == 200
        text = outbox.mails()[0].text
        link = dict(parse_qsl(text.partition("/reset#")[2].split()[0]))
        return {"challenge": challenge.text, "code": link["code"]}, link

    return ask


@rounds(10)
def test_of_a_code_and_its_link_at_once_one_lets_in_once(
    service: Service,
    alice: Person,
    check: Check,
    mailed: Callable[[], tuple[dict[str, str], dict[str, str]]],
) -> None:
    before = len(alice.sessions)
    code, link = mailed()
    check()

    answers = together([partial(service.log_in_with_code, one) for one in (code, link) * 8])

    assert _statuses(answers) == ONCE
    assert len(alice.sessions) == before + 1
    check()


@rounds(10)
def test_of_sixteen_codes_of_one_account_at_once_each_begins_its_session_or_waits(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    proofs = [_proof(alice) for _ in range(4)]
    before = len(alice.sessions)
    check()

    answers = together([partial(service.log_in_with_code, proof) for proof in proofs * 4])

    count = Counter(_statuses(answers))
    assert set(count) <= {200, 410, 503}
    assert 1 <= count[200] <= 4
    assert len(alice.sessions) == before + count[200]
    check()


@rounds(10)
def test_no_code_outlives_what_voids_it_at_once(
    service: Service, alice: Person, check: Check, unthrottled: None
) -> None:
    proofs = [_proof(alice) for _ in range(7)]
    check()

    disabled, *answers = together(
        [
            partial(service.update_user, alice.id, status="disabled"),
            *[partial(service.log_in_with_code, proof) for proof in proofs * 2],
        ]
    )

    assert disabled.status == 200
    assert {answer.status for answer in answers} <= {200, 410, 503}
    for answer in answers:
        if answer.status == 200:
            assert service.who_am_i(answer.json["access_token"]).code == "session_ended"
    assert alice.sessions == []
    assert {service.log_in_with_code(proof).status for proof in proofs} == {410}
    check()


@rounds(10)
def test_a_deleted_account_is_let_into_by_no_code(
    service: Service, alice: Person, check: Check
) -> None:
    proof = _proof(alice)
    check()

    deletion, *answers = together(
        [
            partial(service.delete_user, alice.id),
            *[partial(service.log_in_with_code, proof)] * 7,
        ]
    )

    assert deletion.status == 200
    assert {answer.status for answer in answers} <= {200, 410}
    assert alice.sessions == []
    check()
