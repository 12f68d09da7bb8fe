"""Sign-ups of one e-mail address at the same moment."""

from functools import partial

import pytest

from tests.support.answers import Answer
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races

SPELLINGS = (
    "nina@exämple.com",
    "NINA@exämple.com",
    "Nina@EXÄMPLE.com",
    "nina@xn--exmple-cua.com",
    "niNA@XN--EXMPLE-CUA.COM",
    "nina@ｅｘämple.com",  # noqa: RUF001 - full width is the point
    "nInA@Exämple.cOm",
    "NiNa@xn--exmple-cua.com",
)


@rounds(10)
def test_of_sixteen_sign_ups_of_one_email_one_succeeds(service: Service, check: Check) -> None:
    before = check()

    answers = together([partial(service.sign_up, spelling) for spelling in SPELLINGS * 2])

    assert sorted(answer.status for answer in answers) == [201] + [409] * 15
    after = check()
    (created,) = set(after.users) - set(before.users)
    assert [answer.json["id"] for answer in answers if answer.status == 201] == [created]
    assert len(after.emails) == len(before.emails) + 1


@rounds(5)
def test_of_sixteen_sign_ups_with_one_key_all_who_get_an_answer_get_the_same(
    service: Service, check: Check
) -> None:
    check()

    def sign_up() -> Answer:
        return service.sign_up("nina@example.com", key="one-and-the-same-key")

    answers = together([sign_up] * 16)

    done = [answer for answer in answers if answer.status == 201]
    assert done
    assert len({answer.text for answer in done}) == 1
    assert {answer.code for answer in answers if answer.status != 201} <= {"idempotency_key_busy"}
    assert sign_up().text == done[0].text
    check()
