"""How many passwords were really looked at."""

import bcrypt
import pytest


@pytest.fixture
def hash_checks(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The hashes that a password was compared with, in order."""
    checked: list[bytes] = []
    check = bcrypt.checkpw

    def noted(password: bytes, hashed: bytes) -> bool:
        checked.append(hashed)
        return check(password, hashed)

    monkeypatch.setattr(bcrypt, "checkpw", noted)
    return checked
