"""The first requests of a process, all at the same moment."""

import pytest

from tests.support.deployment import forget_environment
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races


@rounds(5)
def test_first_requests_at_once_are_all_served(
    service: Service, alice: Person, check: Check
) -> None:
    check()
    forget_environment()

    answers = together(
        [
            lambda: service.who_am_i(alice.token),
            lambda: service.refresh(alice.refresh_token),
            lambda: service.forget_password(alice.email),
            lambda: service.issue_reset_token(alice.email),
        ]
        * 4
    )

    assert {answer.status for answer in answers} == {200, 201, 202}
    check()
