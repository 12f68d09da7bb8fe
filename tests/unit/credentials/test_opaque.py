import re

import pytest

from accounts.credentials import opaque
from accounts.credentials.opaque import NotATokenError, RefreshToken

SESSION_ID = "s" * 22


def _refresh_token(user_id: int = 7) -> RefreshToken:
    return RefreshToken(user_id, SESSION_ID, opaque.new_secret(), opaque.new_secret())


def test_secrets_have_256_bits_and_never_repeat() -> None:
    secrets = {opaque.new_secret() for _ in range(10_000)}

    assert len(secrets) == 10_000
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)


@pytest.mark.parametrize("user_id", [1, 42, 2**53 - 1])
def test_refresh_token_can_be_taken_apart(user_id: int) -> None:
    token = _refresh_token(user_id)

    assert RefreshToken.read(str(token)) == token
    assert str(token).startswith(f"rt.{user_id}.{SESSION_ID}.")


@pytest.mark.parametrize("user_id", [1, 42, 2**53 - 1])
def test_reset_token_can_be_taken_apart(user_id: int) -> None:
    secret = opaque.new_secret()

    assert opaque.read_reset_token(opaque.reset_token(user_id, secret)) == (user_id, secret)


def test_one_kind_of_token_is_not_taken_for_another() -> None:
    secret = opaque.new_secret()

    with pytest.raises(NotATokenError):
        RefreshToken.read(opaque.reset_token(7, secret))
    with pytest.raises(NotATokenError):
        opaque.read_reset_token(str(_refresh_token()))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pr",
        "pr..",
        "pr.0." + "a" * 43,
        "pr.01." + "a" * 43,
        "pr.-1." + "a" * 43,
        "pr.+1." + "a" * 43,
        "pr.1_0." + "a" * 43,
        "pr.\u0661." + "a" * 43,
        "pr.1." + "a" * 42,
        "pr.1." + "a" * 44,
        "pr.1." + "a" * 42 + "=",
        "pr.1." + "a" * 42 + "é",
        " pr.1." + "a" * 43,
        "pr.1." + "a" * 43 + "\n",
        "PR.1." + "a" * 43,
        "pr." + "1" * 17 + "." + "a" * 43,
    ],
)
def test_what_is_no_reset_token_is_refused(text: str) -> None:
    with pytest.raises(NotATokenError):
        opaque.read_reset_token(text)


def test_digest_matches_its_own_secret_only() -> None:
    secret, other = opaque.new_secret(), opaque.new_secret()
    stored = opaque.digest(secret)

    assert opaque.matches(secret, stored)
    assert not opaque.matches(other, stored)
    assert not opaque.matches(secret, None)
    assert secret not in stored
