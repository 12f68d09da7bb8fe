import re

import pytest

from accounts.credentials import opaque
from accounts.credentials.opaque import NotATokenError, RefreshToken

SESSION_ID = "s" * 22
SECRET = "a" * 43


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


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rt",
        "rt.1.s.a.a",
        f"rt.0.{SESSION_ID}.{SECRET}.{SECRET}",
        f"rt.01.{SESSION_ID}.{SECRET}.{SECRET}",
        f"rt.-1.{SESSION_ID}.{SECRET}.{SECRET}",
        f"rt.+1.{SESSION_ID}.{SECRET}.{SECRET}",
        f"rt.1_0.{SESSION_ID}.{SECRET}.{SECRET}",
        f"rt.\u0661.{SESSION_ID}.{SECRET}.{SECRET}",
        f"rt.1.{SESSION_ID}.{SECRET}.{SECRET[1:]}",
        f"rt.1.{SESSION_ID}.{SECRET}.{SECRET}a",
        f"rt.1.{SESSION_ID}.{SECRET}.{SECRET[1:]}=",
        f"rt.1.{SESSION_ID}.{SECRET}.{SECRET[1:]}é",
        f" rt.1.{SESSION_ID}.{SECRET}.{SECRET}",
        f"rt.1.{SESSION_ID}.{SECRET}.{SECRET}\n",
        f"RT.1.{SESSION_ID}.{SECRET}.{SECRET}",
        f"pr.1.{SESSION_ID}.{SECRET}.{SECRET}",
        f"pr.{SECRET}",
        f"rt.{'1' * 17}.{SESSION_ID}.{SECRET}.{SECRET}",
    ],
)
def test_what_is_no_refresh_token_is_refused(text: str) -> None:
    with pytest.raises(NotATokenError):
        RefreshToken.read(text)


def test_digest_matches_its_own_secret_only() -> None:
    secret, other = opaque.new_secret(), opaque.new_secret()
    stored = opaque.digest(secret)

    assert opaque.matches(secret, stored)
    assert not opaque.matches(other, stored)
    assert not opaque.matches(secret, None)
    assert secret not in stored
