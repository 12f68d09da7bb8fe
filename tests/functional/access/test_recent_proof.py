"""A stolen access token alone does not suffice for what decides over accounts."""

from collections.abc import Callable

import pytest

from tests.support import people
from tests.support.answers import Answer
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.people import Person
from tests.support.register import CONFIRM_IDENTITY

CHALLENGE = 'Bearer error="insufficient_user_authentication", max_age="600"'
Act = Callable[[Desk, Person], Answer]

TAKES_PROOF: dict[str, Act] = {
    "service token": lambda desk, _: desk.service_token(),
    "save role": lambda desk, _: desk.save_role("gardener", "content:read"),
    "delete role": lambda desk, _: desk.delete_role("weeder"),
    "e-mail": lambda desk, alice: desk.update(alice.id, email="alice@example.org"),
    "role": lambda desk, alice: desk.update(alice.id, role="methodist"),
    "same role": lambda desk, alice: desk.update(alice.id, role="read_only"),
    "status": lambda desk, alice: desk.update(alice.id, status="disabled"),
    "role beside a name": lambda desk, alice: desk.update(alice.id, name="A", role="methodist"),
    "delete": lambda desk, alice: desk.delete(alice.id),
    "second factors": lambda desk, alice: desk.reset_factors(alice.id),
    "sign up with a role": lambda desk, _: desk.sign_up("new@example.com", role="administrator"),
    "reset token": lambda desk, alice: desk.reset_token(alice.email),
}
TAKES_NONE: dict[str, Act] = {
    "name": lambda desk, alice: desk.update(alice.id, name="Alice Cooper"),
    "sign up": lambda desk, _: desk.sign_up("new@example.com"),
    "sign up with the default role": lambda desk, _: desk.sign_up(
        "new@example.com", role="read_only"
    ),
    "list": lambda desk, _: desk.list_users(),
    "show": lambda desk, alice: desk.show(alice.id),
    "sign out": lambda desk, alice: desk.end_seances(alice.id),
    "trail": lambda desk, alice: desk.audit(alice.id),
    "roles": lambda desk, _: desk.roles(),
}


@pytest.fixture
def quiet(setting: Callable[..., None]) -> None:
    """Nobody's activity is noted, so that what is stored changes by what is done alone."""
    setting(ACTIVITY_SECONDS="1000000")


@pytest.fixture
def late(desk: Desk, clock: Clock, quiet: None) -> Desk:
    """The desk, whose administrator logged in longer ago than a proof counts."""
    desk.save_role("weeder", "content:read")
    clock.advance(seconds=600)
    return desk


@pytest.mark.parametrize("act", TAKES_PROOF.values(), ids=TAKES_PROOF)
def test_log_in_long_ago_does_not_suffice(
    late: Desk, alice: Person, stack: Deployment, act: Act
) -> None:
    with stack.unchanged():
        answer = act(late, alice)

    assert (answer.status, answer.code) == (403, "reauthentication_required")
    assert answer.headers["www-authenticate"] == CHALLENGE
    assert answer.json == {"error": "Forbidden", "message": "Confirm your identity first"}


@pytest.mark.parametrize("act", TAKES_PROOF.values(), ids=TAKES_PROOF)
def test_it_is_done_after_a_confirmation(
    late: Desk, admin: Person, alice: Person, act: Act
) -> None:
    confirmed = late.api.call(
        *CONFIRM_IDENTITY.at(), token=admin.token, json={"passw": admin.passw}
    )

    assert confirmed.status == 200
    assert act(late, alice).status in (200, 201, 204)


@pytest.mark.parametrize("act", TAKES_PROOF.values(), ids=TAKES_PROOF)
def test_log_in_of_late_suffices(desk: Desk, alice: Person, clock: Clock, act: Act) -> None:
    desk.save_role("weeder", "content:read")
    clock.advance(seconds=599)

    assert act(desk, alice).status in (200, 201, 204)


@pytest.mark.parametrize("act", TAKES_NONE.values(), ids=TAKES_NONE)
def test_what_decides_over_nobody_takes_no_proof(late: Desk, alice: Person, act: Act) -> None:
    assert act(late, alice).status in (200, 201)


def test_proof_lasts_as_long_as_is_set(
    desk: Desk, clock: Clock, setting: Callable[..., None]
) -> None:
    setting(RECENT_PROOF_SECONDS="60")
    clock.advance(seconds=60)

    answer = desk.service_token()

    assert answer.code == "reauthentication_required"
    assert 'max_age="60"' in answer.headers["www-authenticate"]


def test_proof_on_one_device_is_none_on_another(late: Desk, admin: Person, alice: Person) -> None:
    # the owner's own, while a thief has the token of the first
    admin.sign_in()

    assert late.service_token().code == "reauthentication_required"


def test_who_may_not_is_told_so_however_long_ago_their_proof_is(
    late: Desk, methodist: Person, alice: Person
) -> None:
    answer = late.by(methodist.token).update(alice.id, role="administrator")

    assert answer.code == "permission_missing"


# back-ends


@pytest.fixture
def back_end(desk: Desk, clock: Clock, quiet: None) -> Desk:
    """A back-end that may do whatever one can be given, with a token that is a day old."""
    permissions = (
        "users:read", "users:create", "users:update", "users:delete", "passwords:reset",
        "roles:write", "service_tokens:create", "content:read", "content:write",
    )  # fmt: skip
    desk.save_role("service", *permissions)
    desk.save_role("registrar", "users:create")
    token = people.service_token(desk.api, "Back office")
    clock.advance(seconds=86_400)
    return desk.by(token)


PLAIN: dict[str, Act] = {
    "e-mail": TAKES_PROOF["e-mail"],
    "status": TAKES_PROOF["status"],
    "delete": TAKES_PROOF["delete"],
    "reset token": TAKES_PROOF["reset token"],
    "second factors": TAKES_PROOF["second factors"],
}
PEOPLES: dict[str, Act] = {
    "service token": TAKES_PROOF["service token"],
    "save role": TAKES_PROOF["save role"],
    "delete role": lambda desk, _: desk.delete_role("registrar"),
}


@pytest.mark.parametrize("act", PLAIN.values(), ids=PLAIN)
def test_back_end_has_nobody_to_ask_and_decides_over_plain_accounts(
    back_end: Desk, alice: Person, act: Act
) -> None:
    assert act(back_end, alice).status in (200, 201, 204)


@pytest.mark.parametrize("act", PLAIN.values(), ids=PLAIN)
def test_back_end_decides_over_no_account_that_governs(
    desk: Desk, back_end: Desk, stack: Deployment, act: Act
) -> None:
    # by its permissions it could
    registrar = desk.somebody_else("Rita", "registrar")

    with stack.unchanged():
        answer = act(back_end, registrar)

    assert (answer.status, answer.code) == (403, "user_token_required")


@pytest.mark.parametrize("act", PEOPLES.values(), ids=PEOPLES)
def test_back_end_makes_no_tokens_and_no_roles(
    back_end: Desk, alice: Person, stack: Deployment, act: Act
) -> None:
    with stack.unchanged():
        answer = act(back_end, alice)

    assert (answer.status, answer.code) == (403, "user_token_required")
