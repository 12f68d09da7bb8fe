"""Which second factors an account has, by what its own item says."""

import pytest

from accounts.access import second_factors
from accounts.storage.tables import User

ACCOUNTS: dict[str, tuple[User, list[str]]] = {
    "of an old deployment": (User(id=1), []),
    "with an app begun only": (User(id=1, has_totp=False), []),
    "without its last passkey": (User(id=1, passkey_ids=[]), []),
    "with an app": (User(id=1, has_totp=True), ["totp", "recovery_code"]),
    "with passkeys": (User(id=1, passkey_ids=["a", "b"]), ["recovery_code", "passkey"]),
    "with both": (
        User(id=1, has_totp=True, passkey_ids=["a"]),
        ["totp", "recovery_code", "passkey"],
    ),
}


@pytest.mark.parametrize(("user", "factors"), ACCOUNTS.values(), ids=ACCOUNTS)
def test_account_names_its_factors(user: User, factors: list[str]) -> None:
    assert second_factors.names(user) == factors
    assert second_factors.has_any(user) == bool(factors)
