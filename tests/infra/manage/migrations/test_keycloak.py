"""People of a realm of Keycloak, as ``kc.sh export`` writes it."""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from accounts.credentials import passwords
from accounts.storage import users
from tests.infra.manage.conftest import Manage
from tests.infra.manage.migrations.conftest import Follow, LogIn, user
from tests.support.api import Api
from tests.support.apps import App
from tests.support.foreign_hashes import SALT
from tests.support.manage_lines import PASSWORD
from tests.support.register import LOG_IN, PROVE_SECOND_FACTOR

# Keycloak keeps the letters, of which apps were shown the base32
SECRET = "N2yGqVNZpXzDsCXtbOEQ"
Credential = dict[str, Any]


def _credential(kind: str, secret: object, data: object) -> Credential:
    return {
        "id": "4d6f9d2b-34a1-4c55-8b8e-7d3a3f1f6f0e",
        "type": kind,
        "createdDate": 1700000000000,
        "secretData": json.dumps(secret),
        "credentialData": json.dumps(data),
    }


def _password(made: bytes, algorithm: str, iterations: int, **more: list[str]) -> Credential:
    secret = {
        "value": base64.b64encode(made).decode(),
        "salt": base64.b64encode(SALT).decode(),
        "additionalParameters": {},
    }
    data = {"hashIterations": iterations, "algorithm": algorithm, "additionalParameters": more}
    return _credential("password", secret, data)


def _pbkdf2(algorithm: str, digest: str, iterations: int, length: int) -> Credential:
    made = hashlib.pbkdf2_hmac(digest, PASSWORD.encode(), SALT, iterations, length)
    return _password(made, algorithm, iterations)


def _argon2(kind: str = "id", version: str = "1.3") -> Credential:
    # Keycloak's own choice since 24
    made = Argon2id(salt=SALT, length=32, iterations=5, lanes=1, memory_cost=7168)
    return _password(
        made.derive(PASSWORD.encode()),
        "argon2",
        5,
        hashLength=["32"],
        memory=["7168"],
        type=[kind],
        version=[version],
        parallelism=["1"],
    )


def _app(secret: str, **changes: object) -> Credential:
    data = {"subType": "totp", "digits": 6, "counter": 0, "period": 30, "algorithm": "HmacSHA1"}
    return _credential("otp", {"value": secret}, {**data, **changes})


# the defaults of its versions, with fewer iterations where the first are many
PASSWORDS = {
    "argon2": _argon2(),
    "sha512": _pbkdf2("pbkdf2-sha512", "sha512", 210_000, 64),
    "sha256": _pbkdf2("pbkdf2-sha256", "sha256", 27_500, 64),
    "sha256, of one block": _pbkdf2("pbkdf2-sha256", "sha256", 27_500, 32),
    "sha1": _pbkdf2("pbkdf2", "sha1", 20_000, 64),
}


def _user(email: str, *credentials: object, **changes: object) -> dict[str, Any]:
    return {
        "id": "b3f0c0ce-5d26-4a39-9a2b-3f7f6f1f8a11",
        "username": "nina",
        "firstName": "Nina",
        "lastName": "Жукова",
        "email": email,
        "emailVerified": True,
        "createdTimestamp": 1700000000123,
        "enabled": True,
        "totp": False,
        "credentials": [*credentials],
        "disableableCredentialTypes": [],
        "requiredActions": [],
        "realmRoles": ["default-roles-example", "offline_access"],
        "notBefore": 0,
        "groups": [],
        **changes,
    }


def _file(*people: object) -> str:
    return json.dumps({"id": "example", "realm": "example", "users": people, "clients": []})


@pytest.mark.parametrize("name", PASSWORDS)
def test_people_log_in_with_their_password(follow: Follow, log_in: LogIn, name: str) -> None:
    ended = follow("keycloak", _file(_user("nina@example.com", PASSWORDS[name])))

    assert ended.code == 0
    nina = user("nina@example.com")
    assert (nina.name, nina.role, nina.status) == ("Nina Жукова", "read_only", "active")
    assert nina.created_at.isoformat() == "2023-11-14T22:13:20.123000+00:00"
    assert users.has_confirmed_email(nina)
    assert log_in("nina@example.com", "not the password") == 401
    assert log_in("nina@example.com", PASSWORD) == 200
    assert not passwords.is_outdated(user("nina@example.com").password_hash)


@pytest.mark.parametrize(
    ("app", "seen"),
    [
        (_app(SECRET), base64.b32encode(SECRET.encode()).decode()),
        (_app("JBSWY3DPEHPK3PXPJBSWY3DP", secretEncoding="BASE32"), "JBSWY3DPEHPK3PXPJBSWY3DP"),
    ],
    ids=["letters", "base32"],
)
def test_app_goes_on_working(follow: Follow, api: Api, app: Credential, seen: str) -> None:
    follow("keycloak", _file(_user("nina@example.com", _argon2(), app)))

    person = {"email": "nina@example.com", "passw": PASSWORD}
    asked = api.call(*LOG_IN.at(), json=person)
    assert asked.status == 202
    proof = {"challenge": asked.json["challenge"], "code": App(seen).code()}
    assert api.call(*PROVE_SECOND_FACTOR.at(), json=proof).status == 200


def test_what_they_were_there_they_are_here(follow: Follow, log_in: LogIn) -> None:
    ended = follow(
        "keycloak",
        _file(
            _user("teacher@example.com", realmRoles=["default-roles-example", "teacher"]),
            _user("admin@example.com", realmRoles=["administrator"]),
            _user("off@example.com", _argon2(), enabled=False),
            _user("new@example.com", emailVerified=False, attributes={"locale": ["ru"]}),
        ),
    )

    assert user("teacher@example.com").role == "methodist"
    assert user("admin@example.com").role == "read_only"
    assert "Roles without one of ours, so read_only: administrator (1)." in ended.err
    assert log_in("off@example.com", PASSWORD) == 401
    assert not users.has_confirmed_email(user("new@example.com"))
    assert user("new@example.com").language == "ru"


def test_of_several_roles_the_first_that_is_named_fits(follow: Follow) -> None:
    both = _user("both@example.com", realmRoles=["staff", "teacher"])

    follow("keycloak", _file(both), "--roles", "staff=administrator")

    assert user("both@example.com").role == "methodist"


def test_who_cannot_come_and_what_stays_are_told(follow: Follow) -> None:
    ended = follow(
        "keycloak",
        _file(
            _user("", username="service-account-x", serviceAccountClientId="x"),
            {},
            _user(
                "nina@example.com",
                {"type": "password", "value": PASSWORD},
                _credential("webauthn", {}, {"aaguid": "x"}),
                _app(SECRET, digits=8),
                requiredActions=["UPDATE_PASSWORD"],
                groups=["/staff"],
                clientRoles={"app": ["editor"]},
                attributes={"phone": ["+1"]},
            ),
        ),
    )

    assert ended.err.splitlines() == [
        "1 account imported, 0 there already, 0 lines refused.",
        (
            "Of these people 0 have a password and 1 set one by mail; 0 have an address that is not"
            " confirmed, 0 are disabled, 0 keep their authenticator app."
        ),
        "Skipped: account of a client (1), no e-mail address (1).",
        (
            "Left behind: attribute phone (1), clientRoles (1), credential otp (1),"
            " credential password (1), credential webauthn (1), groups (1), id (1),"
            " requiredActions (1), username (1)."
        ),
    ]
    assert user("nina@example.com").password_hash is None


NO_HASH = "password_hash: Not a bcrypt, Argon2id or PBKDF2 hash such as $2b$12$..."
NO_ARGON2 = "password_hash: Not an Argon2id hash such as $argon2id$v=19$m=65536,t=3,p=4$..."
WITHOUT = " (--drop-unknown-hashes takes the account without it)"


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("nobody", "Not a JSON object"),
        (_user("x@example.com", "password"), "credentials: Must be objects"),
        (_user("x@example.com", {"type": "password", "secretData": "{"}),
         "credentials: secretData is no JSON object"),
        (_user("x@example.com", {"type": "password", "credentialData": 5}),
         "credentials: credentialData is no JSON object"),
        (_user("x@example.com", _argon2("i")), NO_HASH + WITHOUT),
        (_user("x@example.com", _argon2(version="1.0")), NO_ARGON2 + WITHOUT),
        (_user("x@example.com", _password(b"x" * 32, "scrypt", 1)), NO_HASH + WITHOUT),
        (_user("x@example.com", _password(b"x" * 32, "pbkdf2-sha256", 9_000_000)),
         "password_hash: More than 1,500,000 iterations" + WITHOUT),
        (_user("x@example.com", credentials={"type": 1}), "credentials: Must be a list"),
        (_user("x@example.com", firstName=5), "firstName: Must be a string"),
        (_user("x@example.com", attributes=[1]), "attributes: Must be an object"),
        (_user("x@example.com", createdTimestamp=10**30), "createdTimestamp: Is no time"),
        (_user("x@example.com", _app("short")),
         "totp_secret: Not 10 to 64 bytes in base32"),
    ],
)  # fmt: skip
def test_user_of_another_form_is_refused_by_number(
    follow: Follow, refused: Callable[[str], dict[int, str]], given: object, reason: str
) -> None:
    ended = follow("keycloak", _file(_user("y@example.com"), given))

    assert ended.code == 1
    assert refused("realm.json") == {2: reason}
    assert user("y@example.com").name == "Nina Жукова"


def test_who_has_a_hash_of_another_kind_can_come_without_it(follow: Follow) -> None:
    ended = follow("keycloak", _file(_user("x@example.com", _argon2("i"))), "--drop-unknown-hashes")

    assert ended.code == 0
    assert user("x@example.com").password_hash is None


@pytest.mark.parametrize(
    "content", [b"", b"[]", b"{}", b'{"users": {}}', b'{"users": ' + b"[" * 100_000, b'"\xff"']
)
def test_file_of_another_form_is_refused(manage: Manage, tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "realm.json"
    file.write_bytes(content)

    ended = manage("import-users", "--from", "keycloak", str(file))

    assert (ended.code, ended.err) == (
        1,
        'The file is no JSON in UTF-8 of one realm with its "users".\n',
    )
