"""Accounts to a file: all of them, once, whole, and for the owner's eyes only."""

import fcntl
import json
import resource
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from accounts.access import roles
from accounts.credentials import passwords, reset_tokens
from accounts.errors import ResetTokenInvalidError, UnavailableError
from accounts.storage.tables import Role, User, UserEmail
from accounts.storage.transactions import Update, write
from infra.manage import exporting
from infra.manage.importing import Import, Pace
from infra.manage.user_lines import Rules
from tests.infra.manage.conftest import Manage
from tests.support import manage_lines as lines
from tests.support.api import Api
from tests.support.deployment import Deployment
from tests.support.filed_factors import put_on_file
from tests.support.manage_lines import foreign
from tests.support.people import Person

MANY = 30
# what a restored account begins anew
FORGOTTEN = (
    "version",
    "session_ids",
    "credentials_epoch",
    "known_devices",
    "new_devices",
    "log_ins_paced_until",
    # an order of the list, which begins anew with the accounts
    "last_log_in",
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where to export to."""
    return tmp_path / "users.jsonl"


@pytest.fixture
def crowd(tmp_path: Path, api: Api) -> None:
    """So many accounts that they do not fit on a few pages."""
    content = (foreign(number, role="methodist") for number in range(MANY))
    source = lines.write(tmp_path / "crowd.jsonl", *content)
    rules = Rules(frozenset({"methodist"}), frozenset(), frozenset())
    Import(source, rules, Pace(workers=1)).run(lambda _count: None)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ask for a few accounts at a time."""
    monkeypatch.setattr(exporting, "PAGE", 5)


def _users(stack: Deployment) -> dict[str, dict[str, Any]]:
    items = stack.stored()[stack.resources["UsersTable"]["Ref"]]
    return {
        item["id"]["N"]: {name: value for name, value in item.items() if name not in FORGOTTEN}
        for item in items
    }


def test_every_account_is_in_the_file_once(
    manage: Manage, file: Path, stack: Deployment, crowd: None, small_pages: None
) -> None:
    ended = manage("export-users", "--with-hashes", str(file))

    assert ended.code == 0
    exported = [str(line["id"]) for line in lines.read(file)]
    assert len(exported) == len(set(exported))
    assert set(exported) == set(_users(stack))
    assert f"{len(exported)} accounts in {file}" in ended.err


def test_hashes_are_in_the_file_only_where_they_are_asked_for(
    manage: Manage, file: Path, alice: Person
) -> None:
    ended = manage("export-users", str(file))

    assert ended.code == 0
    assert "--with-hashes" in ended.err
    assert "$2b$" not in file.read_text(encoding="utf-8")
    assert all("password_hash" not in line for line in lines.read(file))
    file.unlink()
    assert "keep it as safe" in manage("export-users", "--with-hashes", str(file)).err


def test_interrupted_export_with_hashes_does_not_go_on_without(
    manage: Manage, file: Path, interrupted: Path
) -> None:
    ended = manage("export-users", str(file))

    assert (ended.code, file.exists()) == (1, False)
    assert "with other options" in ended.err


def test_line_has_everything_that_makes_up_the_account(
    manage: Manage, file: Path, alice: Person
) -> None:
    manage("export-users", "--with-hashes", str(file))

    account = alice.account
    (line,) = (line for line in lines.read(file) if line["email"] == alice.email)
    assert line == {
        "id": alice.id,
        "kind": "person",
        "email": alice.email,
        "email_confirmed": True,
        "name": "Alice",
        "role": "read_only",
        "status": "active",
        "language": "en",
        "created_at": account.created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": account.updated_at.isoformat().replace("+00:00", "Z"),
        "password_hash": account.password_hash,
        "password_changed_at": account.created_at.isoformat().replace("+00:00", "Z"),
        "second_factors": [],
    }


def test_second_factors_are_told_by_name_alone(manage: Manage, file: Path, alice: Person) -> None:
    put_on_file(alice.id)

    manage("export-users", "--with-hashes", str(file))

    (line,) = (line for line in lines.read(file) if line["email"] == alice.email)
    assert line["second_factors"] == ["totp", "recovery_code", "passkey"]
    text = file.read_text(encoding="utf-8")
    assert [key for key in alice.account.passkey_ids if key in text] == []


def test_only_the_owner_may_read_the_file(manage: Manage, file: Path) -> None:
    manage("export-users", "--with-hashes", str(file))

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.glob("users*")] == ["users.jsonl"]


def test_what_was_exported_can_be_restored(
    manage: Manage, file: Path, stack: Deployment, api: Api, alice: Person
) -> None:
    manage("issue-service-token", "shop@example.com", "--name", "Shöp")
    manage("disable", "bob@example.com")
    manage("reset-link", "bob@example.com")
    alice.account.update([User.email_unconfirmed.set(True)])
    before = _users(stack)
    manage("export-users", "--with-hashes", str(file))
    _delete_everybody()

    ended = manage("import-users", str(file))

    assert ended.code == 0
    assert _users(stack) == before
    assert alice.sign_in().id == alice.id
    administrators = Role.find("administrator")
    assert administrators is not None
    assert (administrators.holders, administrators.active_holders) == (1, 1)


def test_no_token_of_an_account_works_on_what_it_is_restored_as(
    manage: Manage, file: Path, alice: Person
) -> None:
    _, _, token = manage("reset-link", alice.email).result.partition("#reset_token=")
    manage("export-users", "--with-hashes", str(file))
    _delete_everybody()
    manage("import-users", str(file))
    assert alice.account.name == alice.name

    with pytest.raises(ResetTokenInvalidError):
        reset_tokens.held(token)


def _delete_everybody() -> None:
    for user in User.scan():
        user.delete()
    for owner in UserEmail.scan():
        owner.delete()
    zero = [Role.holders.set(0), Role.active_holders.set(0)]
    write(Update(Role(name=roles.ADMINISTRATOR), None, zero))


def test_export_of_accounts_that_are_there_imports_nobody(
    manage: Manage, file: Path, stack: Deployment
) -> None:
    manage("export-users", "--with-hashes", str(file))

    with stack.unchanged():
        ended = manage("import-users", str(file))

    assert (ended.code, ended.err.partition(",")[0]) == (0, "0 accounts imported")


def test_file_that_is_there_is_not_written_over(manage: Manage, file: Path) -> None:
    file.write_text("mine")

    ended = manage("export-users", "--with-hashes", str(file))

    assert ended.code == 1
    assert "is there already" in ended.err
    assert [path.name for path in file.parent.iterdir() if "part" in path.name] == []
    assert file.read_text() == "mine"


def _fail_from_page(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pages = iter(range(1, number))
    real = exporting._page  # noqa: SLF001 - where a page comes from

    def instead(start: Any) -> Any:  # noqa: ANN401 - whatever the real one takes and gives
        if next(pages, None) is None:
            raise UnavailableError
        return real(start)

    monkeypatch.setattr(exporting, "_page", instead)


@pytest.fixture
def interrupted(
    manage: Manage, file: Path, crowd: None, small_pages: None, monkeypatch: pytest.MonkeyPatch
) -> Path:
    """An export that came to its fourth page; gives what it left."""
    monkeypatch.setattr("infra.manage.retries.TRIES", 1)
    with monkeypatch.context() as patch:
        _fail_from_page(4, patch)
        ended = manage("export-users", "--with-hashes", str(file))
    assert ended.code == 1
    assert "run the same command again" in ended.err
    assert not file.exists()
    part = file.with_name("users.jsonl.part")
    assert len(lines.read(part)) == 15
    return part


@pytest.mark.parametrize(
    "torn",
    [
        lambda content: content,
        lambda content: content[:-1],
        lambda content: content[:-30],
        lambda content: content + b'{"id":1,"em',
    ],
    ids=["whole", "no line end", "half a line", "half a line more"],
)
def test_interrupted_export_goes_on(
    manage: Manage,
    file: Path,
    stack: Deployment,
    interrupted: Path,
    torn: Callable[[bytes], bytes],
) -> None:
    interrupted.write_bytes(torn(interrupted.read_bytes()))

    ended = manage("export-users", "--with-hashes", str(file))

    assert ended.code == 0
    assert "Went on with the export that was interrupted" in ended.err
    exported = [str(line["id"]) for line in lines.read(file)]
    assert len(exported) == len(set(exported))
    assert set(exported) == set(_users(stack))
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.glob("users*")] == ["users.jsonl"]


def test_export_that_finds_no_room_goes_on_when_there_is(
    manage: Manage, file: Path, stack: Deployment, crowd: None, small_pages: None
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        ended = manage("export-users", "--with-hashes", str(file))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    stopped, reason = ended.err.splitlines()
    assert "run the same command again" in stopped
    assert (ended.code, reason) == (1, "File too large")
    assert not file.exists()
    assert manage("export-users", "--with-hashes", str(file)).code == 0
    assert sorted(str(line["id"]) for line in lines.read(file)) == sorted(_users(stack))


@pytest.mark.parametrize("name", ["", ".", "/"])
@pytest.mark.parametrize("command", ["export-users", "import-users"])
def test_file_must_have_a_name(
    manage: Manage, capsys: pytest.CaptureFixture[str], command: str, name: str
) -> None:
    with pytest.raises(SystemExit):
        manage(command, name)

    assert "must be the name of a file" in capsys.readouterr().err


def test_file_that_cannot_be_made_is_told_by_its_name(manage: Manage, file: Path) -> None:
    ended = manage("export-users", "--with-hashes", str(file.parent / "none" / file.name))

    assert (ended.code, ended.out) == (1, "")
    assert ended.err.endswith("users.jsonl.part: No such file or directory\n")
    assert "again" not in ended.err


def test_interrupted_export_goes_on_behind_an_account_that_was_deleted(
    manage: Manage, file: Path, stack: Deployment, interrupted: Path
) -> None:
    last = lines.read(interrupted)[-1]["id"]
    user = User.find(last)
    assert user is not None
    user.delete()

    manage("export-users", "--with-hashes", str(file))

    exported = [str(line["id"]) for line in lines.read(file)]
    assert len(exported) == len(set(exported))
    assert set(exported) == {*_users(stack), str(last)}


def test_interrupted_export_of_another_deployment_is_not_gone_on_with(
    manage: Manage, file: Path, interrupted: Path
) -> None:
    note = file.with_name("users.jsonl.part.json")
    noted = json.loads(note.read_text())
    note.write_text(json.dumps({**noted, "table": "other-UsersTable"}))
    before = interrupted.read_bytes()

    ended = manage("export-users", "--with-hashes", str(file))

    assert ended.code == 1
    assert "another deployment" in ended.err
    assert interrupted.read_bytes() == before


def test_part_that_nothing_is_known_of_is_begun_anew(
    manage: Manage, file: Path, stack: Deployment, interrupted: Path
) -> None:
    file.with_name("users.jsonl.part.json").unlink()
    interrupted.write_text('{"id":1}\n')

    manage("export-users", "--with-hashes", str(file))

    assert {str(line["id"]) for line in lines.read(file)} == set(_users(stack))


def test_of_two_exports_to_one_file_only_one_runs(manage: Manage, file: Path) -> None:
    with file.with_name("users.jsonl.part").open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)

        ended = manage("export-users", "--with-hashes", str(file))

    assert ended.code == 1
    assert "Another export" in ended.err


def test_hash_of_an_export_names_its_key(manage: Manage, file: Path, stack: Deployment) -> None:
    key_id = stack.resources["PasswordKey"]["Ref"]

    manage("export-users", "--with-hashes", str(file))

    hashes = {line["password_hash"] for line in lines.read(file)} - {None}
    assert all(stored.startswith(f"$kms-hmac-sha384${key_id}$2b$") for stored in hashes)
    assert passwords.hashed("x").startswith(f"$kms-hmac-sha384${key_id}$2b$")


def test_export_without_permission_to_describe_the_table_has_no_total(
    monkeypatch: pytest.MonkeyPatch, api: Api
) -> None:
    def refused() -> object:
        raise UnavailableError

    monkeypatch.setattr(User, "describe_table", refused)

    assert exporting.about_how_many() is None
