"""One-time tokens: of their own kind, until they expire, once."""

import re

import pytest

from accounts.credentials import one_time_tokens, opaque
from accounts.credentials.one_time_tokens import Kind, NewToken, TokenInvalidError
from accounts.storage.tables import OneTimeToken
from accounts.storage.transactions import ConditionFailedError, write
from tests.support.clocks import Clock
from tests.support.deployment import Deployment

ADDRESS = "alice@example.com"
LIFE_SECONDS = 60


def _kept(kind: Kind = Kind.RESET, *, email: str | None = None) -> NewToken:
    token = one_time_tokens.new(kind, 7, LIFE_SECONDS, epoch=3, email=email)
    write(token.kept)
    return token


def test_a_token_tells_what_it_is_bound_to(stack: Deployment, clock: Clock) -> None:
    token = _kept(email=ADDRESS)

    opened = one_time_tokens.read(Kind.RESET, token.text)

    assert (opened.user_id, opened.epoch, opened.email) == (7, 3, ADDRESS)


def test_a_token_need_not_be_bound(stack: Deployment, clock: Clock) -> None:
    token = one_time_tokens.new(Kind.EMAIL_UNDO, 7, LIFE_SECONDS)
    write(token.kept)

    opened = one_time_tokens.read(Kind.EMAIL_UNDO, token.text)

    assert (opened.user_id, opened.epoch, opened.email) == (7, None, None)


def test_a_token_does_nothing_before_it_is_kept(stack: Deployment, clock: Clock) -> None:
    token = one_time_tokens.new(Kind.RESET, 7, LIFE_SECONDS)

    with pytest.raises(TokenInvalidError):
        one_time_tokens.read(Kind.RESET, token.text)


def test_any_number_may_be_out(stack: Deployment, clock: Clock) -> None:
    texts = [_kept().text for _ in range(5)]

    assert len(set(texts)) == 5
    for text in texts:
        one_time_tokens.read(Kind.RESET, text)


def test_a_token_is_spent_once(stack: Deployment, clock: Clock) -> None:
    token = _kept()
    first, second = (one_time_tokens.read(Kind.RESET, token.text) for _ in range(2))

    write(first.spent)

    with pytest.raises(ConditionFailedError):
        write(second.spent)
    with pytest.raises(TokenInvalidError):
        one_time_tokens.read(Kind.RESET, token.text)


@pytest.mark.parametrize("fraction", [0, 0.25])
def test_a_token_lives_no_shorter_than_was_said(
    stack: Deployment, clock: Clock, fraction: float
) -> None:
    clock.advance(seconds=fraction)
    token = _kept()

    clock.advance(seconds=LIFE_SECONDS - 0.001)
    one_time_tokens.read(Kind.RESET, token.text)

    clock.time = token.expires_at
    with pytest.raises(TokenInvalidError):
        one_time_tokens.read(Kind.RESET, token.text)


@pytest.mark.parametrize("kind", Kind)
def test_a_token_is_of_no_other_kind(stack: Deployment, clock: Clock, kind: Kind) -> None:
    _, _, secret = _kept(kind).text.partition(".")

    for other in set(Kind) - {kind}:
        with pytest.raises(TokenInvalidError):
            one_time_tokens.read(other, f"{other}.{secret}")
        with pytest.raises(TokenInvalidError):
            one_time_tokens.read(other, f"{kind}.{secret}")
    one_time_tokens.read(kind, f"{kind}.{secret}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pr",
        "pr.",
        "pr.1." + "a" * 43,
        "pr." + "a" * 42,
        "pr." + "a" * 44,
        "pr." + "a" * 42 + "=",
        "pr." + "a" * 42 + "é",
        " pr." + "a" * 43,
        "pr." + "a" * 43 + "\n",
        "PR." + "a" * 43,
        "prx" + "a" * 43,
        "pr." + "a" * 43,
    ],
)
def test_what_is_no_token_is_refused(stack: Deployment, text: str) -> None:
    with pytest.raises(TokenInvalidError):
        one_time_tokens.read(Kind.RESET, text)


def test_the_table_tells_neither_token_nor_address(stack: Deployment, clock: Clock) -> None:
    token = _kept(email=ADDRESS)

    (stored,) = stack.stored()[OneTimeToken.Meta.table_name]

    _, _, secret = token.text.partition(".")
    assert stored["token"]["S"] == f"pr#{opaque.digest(secret)}"
    assert not re.search(f"{secret}|{ADDRESS}", str(stored))
