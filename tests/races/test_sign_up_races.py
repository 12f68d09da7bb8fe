"""Sign-ups of one e-mail address at the same instant."""

import pytest

from tests.races.together import together

pytestmark = pytest.mark.races

SPELLINGS = (
    "nina@exämple.com",
    "NINA@exämple.com",
    "Nina@EXÄMPLE.com",
    "nina@xn--exmple-cua.com",
    "niNA@XN--EXMPLE-CUA.COM",
    "nina@ｅｘämple.com",
    "nInA@Exämple.cOm",
    "NiNa@xn--exmple-cua.com",
)


@pytest.mark.parametrize("round_number", range(10))
def test_of_sixteen_sign_ups_of_one_email_one_succeeds(service, storage, invariants, round_number):
    answers = together([lambda s=spelling: service.sign_up(s) for spelling in SPELLINGS * 2])

    assert sorted(answer.status for answer in answers) == [201] + [409] * 15
    invariants()
