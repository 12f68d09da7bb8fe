import base64
import hashlib
import re
import time
from collections.abc import Callable

import bcrypt
import pytest

from accounts import settings
from accounts.credentials import derived_hashes, kms, passwords
from accounts.credentials.passwords import WrongPasswordError
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment
from tests.support.foreign_hashes import MAKERS, argon2_hash

Setting = Callable[..., None]


def test_hash_is_bcrypt_over_the_keyed_password(stack: Deployment) -> None:
    key_id = settings.current().password_key_id

    stored = passwords.hashed("example_string")

    bcrypt_hash = stored[stored.index("$2b$04$") :]
    keyed = base64.b64encode(kms.hmac_sha384(b"example_string", key_id))
    assert len(keyed) == 64
    assert bcrypt.checkpw(keyed, bcrypt_hash.encode())
    assert key_id in stored


def test_hash_tells_nothing_that_can_be_guessed_without_the_key(stack: Deployment) -> None:
    stored = passwords.hashed("example_string")
    bcrypt_hash = stored[stored.index("$2b$04$") :].encode()

    for digest in (hashlib.sha384, hashlib.sha256, hashlib.md5):
        plain = digest(b"example_string").digest()
        assert not bcrypt.checkpw(base64.b64encode(plain), bcrypt_hash)
        assert plain.hex() not in stored
    assert not bcrypt.checkpw(b"example_string", bcrypt_hash)


def test_same_password_never_has_the_same_hash(stack: Deployment) -> None:
    assert len({passwords.hashed("example_string") for _ in range(5)}) == 5


def test_cost_is_the_one_set(stack: Deployment, setting: Setting) -> None:
    setting(BCRYPT_COST="5")

    assert re.search(r"\$2b\$05\$", passwords.hashed("example_string"))


def test_right_password_verifies_and_a_wrong_one_raises(stack: Deployment) -> None:
    stored = passwords.hashed("example_string")

    passwords.verify("example_string", stored)
    with pytest.raises(WrongPasswordError):
        passwords.verify("example_strinG", stored)


@pytest.mark.parametrize("password", ["", "example_string", "." * 53, "\x00"])
def test_nothing_verifies_where_nothing_is_stored(stack: Deployment, password: str) -> None:
    with pytest.raises(WrongPasswordError):
        passwords.verify(password, None)


def test_as_much_is_done_where_nothing_is_stored(
    stack: Deployment, aws_calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    costs: list[bytes] = []
    really = bcrypt.checkpw

    def check(password: bytes, hashed: bytes) -> bool:
        costs.append(hashed[:7])
        return really(password, hashed)

    monkeypatch.setattr("bcrypt.checkpw", check)
    aws_calls.function = "LogIn"
    stored = passwords.hashed("example_string")
    aws_calls.forget()

    for known in (stored, None):
        with pytest.raises(WrongPasswordError):
            passwords.verify("another", known)

    assert costs == [b"$2b$04$", b"$2b$04$"]
    assert aws_calls.operations == ["GenerateMac", "GenerateMac"]


@pytest.mark.parametrize("characters", [1, 72, 73, 256])
def test_long_passwords_are_not_cut(stack: Deployment, characters: int) -> None:
    password = "😀" * characters
    stored = passwords.hashed(password)

    passwords.verify(password, stored)
    with pytest.raises(WrongPasswordError):
        passwords.verify(password + "😀", stored)


def test_hash_is_outdated_when_the_cost_or_the_key_changed(
    stack: Deployment, setting: Setting
) -> None:
    stored = passwords.hashed("example_string")
    assert not passwords.is_outdated(stored)

    setting(BCRYPT_COST="5")
    assert passwords.is_outdated(stored)
    setting(BCRYPT_COST="4")
    assert not passwords.is_outdated(stored)
    setting(PASSWORD_KEY_ID="another")
    assert passwords.is_outdated(stored)


@pytest.mark.parametrize("made", MAKERS)
def test_hash_of_another_system_verifies_and_is_outdated(
    stack: Deployment, made: Callable[[str], str]
) -> None:
    stored = made("example_string")

    passwords.verify("example_string", stored)
    with pytest.raises(WrongPasswordError):
        passwords.verify("example_strinG", stored)
    assert passwords.is_outdated(stored)


@pytest.mark.parametrize(
    ("spent", "taken"),
    [(0, 64), (1, 64), (40, 64), (63, 64), (64, 65), (200, 201)],
)
def test_a_no_takes_as_long_as_one_hash_of_ours(
    stack: Deployment,
    setting: Setting,
    monkeypatch: pytest.MonkeyPatch,
    spent: int,
    taken: int,
) -> None:
    # 64 of the lowest cost
    setting(BCRYPT_COST="10")
    ticks = [0]

    def takes(count: int) -> Callable[..., bool]:
        def work(*_: object) -> bool:
            ticks[0] += count
            return False

        return work

    monkeypatch.setattr(time, "thread_time", lambda: ticks[0])
    monkeypatch.setattr(bcrypt, "checkpw", takes(1))
    monkeypatch.setattr(derived_hashes, "is_of", takes(spent))

    with pytest.raises(WrongPasswordError):
        passwords.verify("wrong", argon2_hash("right"))

    assert ticks[0] == taken
