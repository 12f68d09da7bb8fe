import hashlib

import pytest

from accounts.credentials import derived_hashes
from tests.support.foreign_hashes import SALT, argon2_hash, pbkdf2_hash, unpadded

# RFC 6070, RFC 7914 section 11, and the tests of the reference implementation of Argon2
KNOWN = {
    "sha1": (
        "password",
        "$pbkdf2-sha1$i=4096$c2FsdA$"
        + unpadded(bytes.fromhex("4b007901b765489abead49d926f721d065a429c1")),
    ),
    "sha256": (
        "passwd",
        "$pbkdf2-sha256$i=1$c2FsdA$"
        + unpadded(
            bytes.fromhex("55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
        ),
    ),
    "argon2": (
        "password",
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc",
    ),
}


@pytest.mark.parametrize("name", KNOWN)
def test_known_hashes_are_of_their_passwords_alone(name: str) -> None:
    password, stored = KNOWN[name]

    assert derived_hashes.is_of(password, stored)
    assert not derived_hashes.is_of(f"{password} ", stored)


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha512"])
def test_every_digest_of_pbkdf2_is_known(digest: str) -> None:
    stored = pbkdf2_hash("пароль", digest)

    assert derived_hashes.is_of("пароль", stored)
    assert not derived_hashes.is_of("Пароль", stored)


def test_beginning_of_a_longer_hash_is_compared_in_whole() -> None:
    made = hashlib.pbkdf2_hmac("sha256", b"password", SALT, 10, 64)
    beginning, other = made[:32], bytes([*made[:31], made[31] ^ 1])

    stored = [f"$pbkdf2-sha256$i=10${unpadded(SALT)}${unpadded(it)}" for it in (beginning, other)]

    assert [derived_hashes.is_of("password", it) for it in stored] == [True, False]


def test_argon2_of_unicode_is_of_its_bytes() -> None:
    assert derived_hashes.is_of("пароль 😀", argon2_hash("пароль 😀"))
