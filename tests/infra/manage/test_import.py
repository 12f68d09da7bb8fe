"""Accounts from a file: who gets in, who does not and why, and that nobody is lost or doubled."""

import base64
import json
import stat
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import pytest

from accounts import settings
from accounts.access import new_accounts, roles
from accounts.credentials import passwords
from accounts.errors import UnavailableError
from accounts.storage import users
from accounts.storage.factors import RecoveryCodes, Totp
from accounts.storage.tables import AuditEvent, Role, User, UserEmail
from accounts.storage.transactions import Change, write
from infra.manage import newcomers
from infra.manage.importing import Import, Pace
from infra.manage.newcomers import Newcomer, Outcome
from infra.manage.user_lines import Rules
from tests.infra.manage.conftest import Ended, Manage
from tests.support import manage_lines as lines
from tests.support.api import Api
from tests.support.apps import App
from tests.support.deployment import Deployment
from tests.support.foreign_hashes import argon2_hash, pbkdf2_hash
from tests.support.manage_lines import PASSWORD, bcrypt_hash, foreign
from tests.support.people import Person
from tests.support.register import LOG_IN, PROVE_SECOND_FACTOR

# moto's transactions are not isolated, so one at a time
BATCHED = Pace(workers=1)
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
# two whole transactions and a part of one
MANY = 70

WITHOUT = " (--drop-unknown-hashes takes the account without it)"
NO_HASH_AT_ALL = "Not a bcrypt, Argon2id or PBKDF2 hash such as $2b$12$..."
DIGESTS = ("sha1", "sha256", "sha512")
ROLE_RULE = "Must be up to 64 of a to z, 0 to 9 and _, beginning with a letter"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the file to import is."""
    return tmp_path / "people.jsonl"


@pytest.fixture
def report(tmp_path: Path) -> Callable[[], dict[int, str]]:
    """Return the refused lines of the last import, with their reasons."""

    def read() -> dict[int, str]:
        refused = tmp_path / "people.jsonl.refused.jsonl"
        if not refused.exists():
            return {}
        assert stat.S_IMODE(refused.stat().st_mode) == 0o600
        return {line["line"]: line["reason"] for line in lines.read(refused)}

    return read


Report = Callable[[], dict[int, str]]


@pytest.fixture
def imported(manage: Manage, file: Path) -> Callable[..., Ended]:
    """Import these lines."""

    def run(*content: Any, options: tuple[str, ...] = ()) -> Ended:  # noqa: ANN401 - a line
        return manage("import-users", str(lines.write(file, *content)), *options)

    return run


Imported = Callable[..., Ended]


def _user(email: str) -> User:
    user = users.find_by_email(email)
    assert user is not None
    return user


def _log_in(api: Api, email: str, passw: str = PASSWORD) -> int:
    return api.call(*LOG_IN.at(), json={"email": email, "passw": passw}).status


def test_person_of_another_system_logs_in_with_their_password(imported: Imported, api: Api) -> None:
    ended = imported(foreign())

    assert (ended.code, ended.err) == (0, "1 account imported, 0 there already, 0 lines refused.\n")
    assert _log_in(api, "person1@example.com", "wrong password") == 401
    assert _log_in(api, "person1@example.com") == 200


def test_app_of_another_system_goes_on_working(imported: Imported, api: Api) -> None:
    # as people were shown it
    ended = imported(foreign(totp_secret="jbsw y3dp ehpk 3pxp jbsw y3dp ehpk 3pxp"))

    assert ended.code == 0
    person = {"email": "person1@example.com", "passw": PASSWORD}
    asked = api.call(*LOG_IN.at(), json=person)
    assert (asked.status, asked.json["factors"]) == (202, ["totp", "recovery_code"])
    proof = {"challenge": asked.json["challenge"], "code": App(SECRET).code()}
    assert api.call(*PROVE_SECOND_FACTOR.at(), json=proof).status == 200


def test_secret_of_an_app_is_sealed_on_the_way_in(imported: Imported, stack: Deployment) -> None:
    imported(foreign(totp_secret=SECRET))

    totp = Totp.get(f"totp#{_user('person1@example.com').id}")
    raw = base64.b32decode(SECRET)
    assert raw not in totp.sealed_secret
    stored = str(stack.stored())
    spellings = (SECRET, raw.hex(), str(raw)[2:-1], base64.b64encode(raw).decode())
    assert [text for text in spellings if text in stored] == []


def test_who_comes_with_an_app_has_no_recovery_codes_yet(imported: Imported) -> None:
    imported(foreign(totp_secret=SECRET))

    codes = RecoveryCodes.get(f"recovery#{_user('person1@example.com').id}")
    assert not codes.code_macs


def test_many_with_apps_fit_into_their_transactions(imported: Imported, file: Path) -> None:
    content = [foreign(number, password_hash=None, totp_secret=SECRET) for number in range(40)]
    rules = Rules(frozenset({"read_only"}), frozenset(), frozenset())
    running = Import(lines.write(file, *content), rules, BATCHED)

    running.run(lambda _: None)

    assert (running.outcome.imported, running.outcome.refused) == (40, [])
    assert all(_user(line["email"]).has_totp for line in content)


@pytest.mark.parametrize(
    "secret", ["", "JBSWY3DP", "JBSWY3DPEHPK3PX1", "A" * 105, "Ж" * 16, "JBSWY3DPEHPK3PXP!"]
)
def test_secret_that_is_none_is_refused(imported: Imported, report: Report, secret: str) -> None:
    ended = imported(foreign(totp_secret=secret))

    assert ended.code == 1
    assert report() == {1: "totp_secret: Not 10 to 64 bytes in base32"}
    assert users.find_by_email("person1@example.com") is None


def test_back_end_has_no_app(imported: Imported, report: Report) -> None:
    imported(foreign(kind="service", role="service", password_hash=None, totp_secret=SECRET))

    assert report() == {1: "totp_secret: A back-end has none"}


def test_names_of_factors_are_read_over(imported: Imported) -> None:
    assert imported(foreign(second_factors=["totp", "recovery_code"])).code == 0

    assert _user("person1@example.com").has_totp is None


def test_first_log_in_makes_the_hash_our_own(imported: Imported, api: Api) -> None:
    imported(foreign())
    assert _user("person1@example.com").password_hash.startswith("$2b$")

    _log_in(api, "person1@example.com")

    user = _user("person1@example.com")
    assert settings.current().password_key_id in user.password_hash
    assert not passwords.is_outdated(user.password_hash)
    assert _log_in(api, "person1@example.com") == 200


@pytest.mark.parametrize(
    "stored", [argon2_hash(PASSWORD), *(pbkdf2_hash(PASSWORD, it) for it in DIGESTS)]
)
def test_hashes_other_than_bcrypt_log_in(imported: Imported, api: Api, stored: str) -> None:
    assert imported(foreign(password_hash=stored)).code == 0

    assert _log_in(api, "person1@example.com", "wrong password") == 401
    assert _log_in(api, "person1@example.com") == 200
    assert not passwords.is_outdated(_user("person1@example.com").password_hash)


def test_first_block_of_pbkdf2_is_all_that_a_log_in_makes(imported: Imported, api: Api) -> None:
    long = pbkdf2_hash(PASSWORD, "sha256", 64)

    imported(foreign(password_hash=long))

    assert _user("person1@example.com").password_hash == pbkdf2_hash(PASSWORD, "sha256", 32)
    assert _log_in(api, "person1@example.com") == 200


def _argon2(parameters: str, salt: str = "c2FsdHNhbHQ", digest: str = "A" * 43) -> str:
    return f"$argon2id$v=19${parameters}${salt}${digest}"


def _pbkdf2(iterations: object, salt: str = "c2FsdHNhbHQ", digest: str = "A" * 43) -> str:
    return f"$pbkdf2-sha256$i={iterations}${salt}${digest}"


@pytest.mark.parametrize(
    "stored",
    [
        _argon2("m=262144,t=4,p=16"),
        _argon2("m=8,t=131072,p=1"),
        _pbkdf2(1_500_000),
        "$2b$15$" + "." * 53,
    ],
)
def test_dearest_hash_that_a_log_in_bears_is_taken(imported: Imported, stored: str) -> None:
    assert imported(foreign(password_hash=stored)).code == 0

    assert _user("person1@example.com").password_hash == stored


NO_ARGON2 = "Not an Argon2id hash such as $argon2id$v=19$m=65536,t=3,p=4$..."
NO_PBKDF2 = "Not a PBKDF2 hash such as $pbkdf2-sha512$i=210000$..."
TOO_MUCH_MEMORY = "Takes more than 262,144 KiB, or 1,048,576 in all passes"
LANES = "More than 16 lanes, or less than 8 KiB for each"
NO_BYTES = "Salt or hash is too short or too long, or not in base64"


@pytest.mark.parametrize(
    ("stored", "reason"),
    [
        (_argon2("m=4194304,t=1,p=1"), TOO_MUCH_MEMORY),
        (_argon2("m=262145,t=1,p=1"), TOO_MUCH_MEMORY),
        (_argon2("m=262144,t=5,p=1"), TOO_MUCH_MEMORY),
        (_argon2("m=8,t=131073,p=1"), TOO_MUCH_MEMORY),
        (_argon2("m=65536,t=1,p=17"), LANES),
        (_argon2("m=31,t=1,p=4"), LANES),
        (_argon2("m=0,t=1,p=1"), NO_ARGON2),
        (_argon2("m=64,t=-1,p=1"), NO_ARGON2),
        (_argon2("m=64,t=1,p=1" + "0" * 5000), NO_ARGON2),
        (_argon2("m=٦٤,t=1,p=1"), NO_ARGON2),
        (_argon2("t=1,m=64,p=1"), NO_ARGON2),
        (_argon2("m=64,t=1,p=1").replace("v=19", "v=16"), NO_ARGON2),
        (_argon2("m=64,t=1,p=1", salt="c2FsdA"), NO_BYTES),
        (_argon2("m=64,t=1,p=1", digest="A" * 45), NO_BYTES),
        (_argon2("m=64,t=1,p=1", digest="A" * 20), NO_BYTES),
        (_argon2("m=64,t=1,p=1", digest="A" * 172), NO_BYTES),
        (_pbkdf2(1_500_001), "More than 1,500,000 iterations"),
        (_pbkdf2(10**9), "More than 1,500,000 iterations"),
        (_pbkdf2(0), NO_PBKDF2),
        (_pbkdf2("1e3"), NO_PBKDF2),
        (_pbkdf2(1, salt="=" * 8), NO_PBKDF2),
        (_pbkdf2(1).replace("sha256", "md5"), NO_PBKDF2),
        (_pbkdf2(1, salt="c2FsdA"), NO_BYTES),
        (_pbkdf2(1, digest=""), NO_PBKDF2),
        (_pbkdf2(1, digest="A" * 2000), NO_BYTES),
        ("$argon2i$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$" + "A" * 43, NO_HASH_AT_ALL),
    ],
)  # fmt: skip
def test_hash_that_a_log_in_cannot_bear_is_refused(
    imported: Imported, report: Report, stored: str, reason: str
) -> None:
    imported(foreign(password_hash=stored))

    assert report() == {1: f"password_hash: {reason}{WITHOUT}"}


@pytest.mark.parametrize("version", ["2a", "2b", "2y"])
def test_every_version_of_bcrypt_is_known(imported: Imported, api: Api, version: str) -> None:
    imported(foreign(password_hash=bcrypt_hash(PASSWORD, version)))

    assert _log_in(api, "person1@example.com") == 200


def test_password_that_was_cut_by_bcrypt_still_opens(imported: Imported, api: Api) -> None:
    long = "correct horse battery staple " * 5
    imported(foreign(password_hash=bcrypt_hash(long)))

    assert _log_in(api, "person1@example.com", long) == 200


def test_hash_with_bits_that_mean_nothing_still_opens(imported: Imported, api: Api) -> None:
    digits = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    stored = bcrypt_hash(PASSWORD)
    salt_end, hash_end = (digits[digits.index(stored[place]) | 1] for place in (28, 59))
    imported(foreign(password_hash=stored[:28] + salt_end + stored[29:59] + hash_end))

    assert _log_in(api, "person1@example.com") == 200


def test_what_a_line_does_not_say_is_as_at_a_sign_up(imported: Imported) -> None:
    imported(foreign())

    user = _user("person1@example.com")
    assert (user.name, user.kind, user.role) == ("Person 1", users.PERSON, roles.DEFAULT)
    assert (user.status, user.language) == (users.ACTIVE, settings.current().default_language)


def test_what_a_line_says_is_stored(imported: Imported, api: Api) -> None:
    imported(
        foreign(
            email="Nina@EXÄMPLE.com",
            role="methodist",
            status="disabled",
            language="ru",
            created_at="2019-05-01T14:00:00+02:00",
        )
    )

    user = _user("nina@xn--exmple-cua.com")
    assert (user.role, user.status, user.language) == ("methodist", "disabled", "ru")
    assert user.created_at.isoformat() == "2019-05-01T12:00:00+00:00"
    assert _log_in(api, "nina@xn--exmple-cua.com") == 401


def test_person_without_a_hash_gets_in_by_setting_a_password(
    imported: Imported, manage: Manage, api: Api
) -> None:
    without = {name: it for name, it in foreign().items() if name != "password_hash"}

    ended = imported(foreign(password_hash=None), {**without, "email": "person2@example.com"})

    assert ended.code == 0
    assert _log_in(api, "person1@example.com") == 401
    assert _log_in(api, "person2@example.com") == 401
    assert manage("reset-link", "person1@example.com").code == 0


def test_csv_is_taken_by_the_names_of_its_columns(manage: Manage, api: Api, tmp_path: Path) -> None:
    file = tmp_path / "people.CSV"
    hashed = bcrypt_hash(PASSWORD)
    file.write_text(
        "\ufeffname,email,password_hash,email_confirmed,role\r\n"
        f'"Doe, Jane",jane@example.com,{hashed},true,methodist\r\n'
        "\r\n"
        '"Two\nlines",two@example.com,,FALSE,\r\n'
        "Short,short@example.com\r\n"
        "Zoë,zoe@example.com,,,\r\n",
        encoding="utf-8",
        newline="",
    )

    ended = manage("import-users", str(file))

    assert ended.code == 1
    assert "2 accounts imported" in ended.err
    jane, zoe = _user("jane@example.com"), _user("zoe@example.com")
    assert (jane.name, jane.role) == ("Doe, Jane", "methodist")
    assert _log_in(api, "jane@example.com") == 200
    assert (zoe.name, zoe.role) == ("Zoë", "read_only")
    assert not zoe.password_hash
    report = (tmp_path / "people.CSV.refused.jsonl").read_text(encoding="utf-8")
    assert [json.loads(line)["line"] for line in report.splitlines()] == [5, 6]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"name\n",
        b"email,name,password\n",
        b"email,email,name\n",
        b"email,name\nx@example.com,\xff\n",
        b'email,name\nx@example.com,"open',
    ],
    ids=str,
)
def test_csv_of_another_form_is_refused(
    manage: Manage, stack: Deployment, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "people.csv"
    file.write_bytes(content)

    with stack.unchanged():
        ended = manage("import-users", str(file))

    assert ended.code == 1
    assert "CSV" in ended.err


def test_import_is_recorded_without_the_hash(imported: Imported) -> None:
    line = foreign()
    imported(line)

    (event,) = AuditEvent.find_all(_user("person1@example.com").id)
    assert event.what == "user_created"
    assert not event.actor_id
    assert event.request_id.startswith("manage-")
    assert event.operator.startswith("arn:aws:")
    assert line["password_hash"][7:] not in json.dumps(event.details)


MUST = ("email", "name")
FOREIGN_KEY = "password_hash: Needs the key of another deployment" + WITHOUT
NO_HASH = f"password_hash: {NO_HASH_AT_ALL}{WITHOUT}"
OURS = "$kms-hmac-sha384$another-key" + bcrypt_hash(PASSWORD)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("", None),
        ("   ", None),
        ("{", "Not a JSON object in UTF-8"),
        ("[]", "Not a JSON object in UTF-8"),
        ("null", "Not a JSON object in UTF-8"),
        (b'{"name": "\xff"}', "Not a JSON object in UTF-8"),
        ('{"name": NaN}', "Not a JSON object in UTF-8"),
        ("[" * 10_000, "Not a JSON object in UTF-8"),
        ('{"name": "\\ud800"}', "Not a JSON object in UTF-8"),
        ("{" + " " * 20_000 + "}", "Longer than 16,384 bytes"),
        ({}, "; ".join(f"{name}: This field is required" for name in MUST)),
        (foreign(email="nowhere"), "email: Must be an e-mail address"),
        (foreign(email=None), "email: Must be a string"),
        (foreign(name=""), "name: Must not be empty"),
        (foreign(name="x" * 101), "name: Must be at most 100 characters"),
        (foreign(passw="secret"), "passw: Unknown field"),
        (foreign(id=0), "id: Must be at least 1"),
        (foreign(id="1"), "id: Must be a whole number"),
        (foreign(id=2**53), f"id: Must be at most {2**53 - 1}"),
        (foreign(role="pirate"), "role: There is no role pirate"),
        (foreign(role="Pirate!"), f"role: {ROLE_RULE}"),
        (foreign(status="gone"), "status: Must be 'active' or 'disabled'"),
        (foreign(language="de"), "language: Must be 'en' or 'ru'"),
        (foreign(kind="robot"), "kind: Must be 'person' or 'service'"),
        (
            foreign(kind="service", password_hash=None, role="administrator"),
            "role: administrator is none of back-ends",
        ),
        (foreign(kind="service", role="service"), "password_hash: A back-end has none"),
        (foreign(created_at="yesterday"),
         "created_at: Must be a time such as 2024-01-31T12:00:00Z"),
        (foreign(created_at="2024-01-31"),
         "created_at: Must be a time such as 2024-01-31T12:00:00Z"),
        (foreign(created_at=1700000000), "created_at: Must be a string"),
        (foreign(password_hash=""), NO_HASH),
        (foreign(password_hash="hunter22"), NO_HASH),
        (foreign(password_hash=bcrypt_hash("x") + "\n"), NO_HASH),
        (foreign(password_hash="$2b$03$" + "a" * 53), NO_HASH),
        (foreign(password_hash="$2b$16$" + "a" * 53),
         "password_hash: Costs more than 15" + WITHOUT),
        (foreign(password_hash=OURS), FOREIGN_KEY),
    ],
)  # fmt: skip
def test_line_that_cannot_be_taken_is_reported_and_the_others_are_taken(
    imported: Imported,
    report: Report,
    line: Any,  # noqa: ANN401 - any line
    reason: str | None,
) -> None:
    ended = imported(foreign(1), line, foreign(2))

    assert ended.code == (1 if reason else 0)
    assert report() == ({2: reason} if reason else {})
    assert _user("person1@example.com").id != _user("person2@example.com").id


def test_nothing_secret_is_told_of_refused_lines(imported: Imported, tmp_path: Path) -> None:
    stored = bcrypt_hash(PASSWORD)

    ended = imported(
        foreign(password_hash=f"{stored}x"),
        foreign(password_hash=PASSWORD),
        foreign(role=stored),
        foreign(status=PASSWORD),
        {**foreign(), PASSWORD: "x"},
    )

    told = ended.err + ended.out + (tmp_path / "people.jsonl.refused.jsonl").read_text()
    assert stored[7:] not in told
    assert PASSWORD not in told


def test_files_of_other_systems_may_have_a_mark_and_windows_line_ends(
    imported: Imported, report: Report
) -> None:
    content = (json.dumps(foreign(number)) for number in (1, 2))

    ended = imported(b"\xef\xbb\xbf" + "\r\n".join(content).encode() + b"\r")

    assert (ended.code, report()) == (0, {})
    assert _user("person1@example.com").id != _user("person2@example.com").id


def test_last_line_needs_no_end(manage: Manage, file: Path) -> None:
    file.write_text(json.dumps(foreign()))

    assert manage("import-users", str(file)).code == 0


def test_email_twice_in_a_file_is_taken_once(imported: Imported, report: Report) -> None:
    imported(foreign(1), foreign(2), foreign(1, email="PERSON1@example.com", name="Other"))

    assert report() == {3: "email: Line 1 has it already"}
    assert _user("person1@example.com").name == "Person 1"


def test_id_twice_in_a_file_is_taken_once(imported: Imported, report: Report) -> None:
    imported(foreign(1, id=5), foreign(2, id=5))

    assert report() == {2: "id: Line 1 has it already"}
    assert _user("person1@example.com").id == 5


def test_email_of_somebody_else_is_refused(
    imported: Imported, report: Report, stack: Deployment, alice: Person
) -> None:
    with stack.unchanged():
        imported(foreign(1, email=alice.email), foreign(2, email=alice.email.upper(), id=5))

    assert report() == {
        1: "email: Belongs to another account",
        2: "email: Line 1 has it already",
    }


def test_id_of_somebody_else_is_refused(imported: Imported, report: Report, alice: Person) -> None:
    imported(foreign(1, id=alice.id), foreign(2))

    assert report() == {1: "id: Belongs to another account"}
    assert alice.account.email == alice.email
    assert UserEmail.find("person1@example.com") is None


def test_same_file_again_changes_nothing(imported: Imported, stack: Deployment, api: Api) -> None:
    content = [foreign(1), foreign(2, password_hash=None), foreign(3, id=5), foreign(4)]
    imported(*content)
    # whose hash is another one from now on
    assert _log_in(api, "person4@example.com") == 200

    with stack.unchanged():
        ended = imported(*content)

    assert (ended.code, ended.err) == (
        0,
        "0 accounts imported, 4 there already, 0 lines refused.\n",
    )


def test_mended_file_adds_what_was_missing(imported: Imported, report: Report) -> None:
    first, second = foreign(1), foreign(2)
    imported(first, {**second, "role": "pirate"})
    assert 2 in report()

    ended = imported(first, second)

    assert ended.err == "1 account imported, 1 there already, 0 lines refused.\n"
    assert report() == {}


def test_account_of_another_import_is_not_taken_for_the_lines_own(
    imported: Imported, report: Report
) -> None:
    imported(foreign(1))

    imported(foreign(1, password_hash=bcrypt_hash("another password")))

    assert report() == {1: "email: Belongs to another account"}


def test_hash_that_cannot_be_verified_can_be_left_behind(imported: Imported, api: Api) -> None:
    content = [foreign(1, password_hash=OURS), foreign(2), foreign(3, password_hash="$scrypt$")]

    ended = imported(*content, options=("--drop-unknown-hashes",))

    assert ended.code == 0
    assert _user("person1@example.com").password_hash is None
    assert _user("person3@example.com").password_hash is None
    assert _log_in(api, "person2@example.com") == 200


def test_our_own_hash_is_taken_as_it_is(imported: Imported, api: Api) -> None:
    imported(foreign(1, password_hash=passwords.hashed(PASSWORD)))

    assert _log_in(api, "person1@example.com") == 200


def test_imported_administrators_are_counted(
    imported: Imported, manage: Manage, admin: Person
) -> None:
    imported(
        foreign(1, role="administrator"),
        foreign(2, role="administrator", status="disabled"),
    )

    counts = Role.find("administrator")
    assert counts is not None
    assert (counts.holders, counts.active_holders) == (3, 2)
    assert manage("disable", admin.email).code == 0
    assert manage("disable", "person1@example.com").code == 1


RULES = Rules(frozenset({roles.DEFAULT, "administrator"}), frozenset(), frozenset())


@pytest.fixture
def many(file: Path, api: Api) -> Path:
    """A file with more people than a transaction takes."""
    return lines.write(file, *(foreign(number) for number in range(1, MANY + 1)))


def _run(file: Path, rules: Rules = RULES) -> Outcome:
    run = Import(file, rules, BATCHED)
    try:
        run.run(lambda _count: None)
    finally:
        run.report()
    return run.outcome


def _imported_emails(stack: Deployment) -> list[str]:
    items = stack.stored()[stack.resources["UsersTable"]["Ref"]]
    emails = (item["email"]["S"] for item in items)
    return sorted(email for email in emails if email.startswith("person"))


EVERYBODY = sorted(f"person{number}@example.com" for number in range(1, MANY + 1))


def test_many_are_stored_several_at_a_time(many: Path, stack: Deployment) -> None:
    assert _run(many) == Outcome(imported=MANY)

    assert _imported_emails(stack) == EVERYBODY
    assert _run(many) == Outcome(there_already=MANY)


def test_one_who_is_in_the_way_keeps_nobody_else_out(
    many: Path, stack: Deployment, report: Report, alice: Person
) -> None:
    content = lines.read(many)
    content[10]["email"] = alice.email
    content[20]["id"] = alice.id
    lines.write(many, *content)

    outcome = _run(many)

    assert outcome.imported == MANY - 2
    assert report() == {
        11: "email: Belongs to another account",
        21: "id: Belongs to another account",
    }


def test_sign_up_between_a_look_and_the_write_keeps_its_account(
    many: Path, report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = iter([True])
    look = newcomers._owners  # noqa: SLF001 - just after it is when the sign-up comes

    def instead(batch: Sequence[Newcomer]) -> Mapping[str, int]:
        found = look(batch)
        if next(looks, False):
            user = new_accounts.new_user("person7@example.com", "Quick", roles.DEFAULT, None)
            new_accounts.create(user)
        return found

    monkeypatch.setattr(newcomers, "_owners", instead)

    outcome = _run(many)

    assert outcome.imported == MANY - 1
    assert report() == {7: "email: Belongs to another account"}
    assert _user("person7@example.com").name == "Quick"


def test_everybody_of_a_role_that_is_gone_is_refused(many: Path, report: Report) -> None:
    content = [{**line, "role": "pirate"} for line in lines.read(many)[:40]]
    lines.write(many, *content, foreign(50))

    outcome = _run(many, replace(RULES, roles=RULES.roles | {"pirate"}))

    assert outcome.imported == 1
    assert report() == dict.fromkeys(range(1, 41), "role: There is no role pirate")


def test_batches_of_a_counted_role_are_counted_once(many: Path) -> None:
    lines.write(many, *({**line, "role": "administrator"} for line in lines.read(many)))

    _run(many)

    counts = Role.find("administrator")
    assert counts is not None
    assert (counts.holders, counts.active_holders) == (MANY + 1, MANY + 1)


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give up at the first failure."""
    monkeypatch.setattr("infra.manage.retries.TRIES", 1)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Do not wait between tries."""
    monkeypatch.setattr("infra.manage.retries.FIRST_PAUSE_SECONDS", 0)


def _failing(
    monkeypatch: pytest.MonkeyPatch, failures: Iterator[str], real: Callable[..., None] = write
) -> None:
    def instead(*changes: Change) -> None:
        failure = next(failures, "")
        if failure == "refused":
            raise UnavailableError
        real(*changes)
        if failure == "lost":
            raise UnavailableError

    monkeypatch.setattr(newcomers, "write", instead)


@pytest.mark.usefixtures("no_patience")
@pytest.mark.parametrize("failure", ["refused", "lost"])
def test_interrupted_import_goes_on(
    many: Path, stack: Deployment, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    with monkeypatch.context() as patch:
        _failing(patch, chain(["", failure], repeat("refused")))
        with pytest.raises(UnavailableError):
            _run(many)
    before = len(_imported_emails(stack))
    assert 0 < before < MANY

    assert _run(many) == Outcome(imported=MANY - before, there_already=before)

    assert _imported_emails(stack) == EVERYBODY


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("failure", ["refused", "lost"])
def test_moment_without_dynamodb_is_waited_through(
    many: Path, stack: Deployment, monkeypatch: pytest.MonkeyPatch, failure: str
) -> None:
    _failing(monkeypatch, iter(["", failure, failure, ""]))

    assert _run(many) == Outcome(imported=MANY)

    assert _imported_emails(stack) == EVERYBODY


@pytest.mark.usefixtures("no_patience")
def test_interrupted_command_says_how_to_go_on(
    manage: Manage, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _failing(monkeypatch, chain(["", ""], repeat("refused")))

    ended = manage("import-users", str(many))

    assert ended.code == 1
    assert "run the same command again" in ended.err
    assert "2 accounts imported" in ended.err


def test_file_that_is_not_there_is_told(manage: Manage, tmp_path: Path) -> None:
    ended = manage("import-users", str(tmp_path / "nothing"))

    assert (ended.code, ended.err) == (1, f"{tmp_path / 'nothing'}: No such file or directory\n")


def test_local_stand_in_is_asked_for_one_account_at_a_time(
    manage: Manage, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def noting(*changes: Change) -> None:
        sizes.append(sum(isinstance(change.item, User) for change in changes))
        write(*changes)

    monkeypatch.setattr(newcomers, "write", noting)

    manage("import-users", str(many))

    assert sizes == [1] * MANY
