"""A table back to what another holds: exactly, in place, and only when asked to."""

from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from infra.manage import restoring
from tests.infra.manage.conftest import Manage
from tests.support.deployment import Deployment
from tests.support.people import Person

RESTORED = "restored"

Items = list[dict[str, Any]]


@pytest.fixture
def table(stack: Deployment) -> str:
    """The table of accounts."""
    name: str = stack.resources["UsersTable"]["Ref"]
    return name


@pytest.fixture
def restored(table: str, alice: Person, admin: Person) -> Iterator[Callable[[], None]]:
    """Do as AWS does that restores the table beside it."""
    dynamodb: Any = boto3.client("dynamodb")

    def restore() -> None:
        told = dynamodb.describe_table(TableName=table)["Table"]
        dynamodb.create_table(
            TableName=RESTORED,
            BillingMode="PAY_PER_REQUEST",
            **{name: told[name] for name in ("AttributeDefinitions", "KeySchema")},
            GlobalSecondaryIndexes=[
                {name: index[name] for name in ("IndexName", "KeySchema", "Projection")}
                for index in told["GlobalSecondaryIndexes"]
            ],
        )
        for item in _items(table):
            dynamodb.put_item(TableName=RESTORED, Item=item)

    yield restore
    dynamodb.delete_table(TableName=RESTORED)


def _items(table: str) -> Items:
    return sorted(
        boto3.client("dynamodb").scan(TableName=table)["Items"], key=lambda item: item["id"]["N"]
    )


def _damage(table: str, alice: Person) -> None:
    """Lose one account, change another, and let a third come."""
    dynamodb = boto3.client("dynamodb")
    first, *_ = (item for item in _items(table) if item["id"]["N"] != str(alice.id))
    dynamodb.delete_item(TableName=table, Key={"id": first["id"]})
    (mine,) = (item for item in _items(table) if item["id"]["N"] == str(alice.id))
    dynamodb.put_item(TableName=table, Item={**mine, "name": {"S": "Mallory"}})
    dynamodb.put_item(TableName=table, Item={**mine, "id": {"N": "77"}})


def test_table_is_told_apart_and_left_alone(
    manage: Manage, restored: Callable[[], None], table: str, alice: Person
) -> None:
    restored()
    _damage(table, alice)
    before = _items(table)

    ended = manage("restore-table", "UsersTable", "--from", RESTORED)

    assert ended.code == 0
    same = len(_items(RESTORED)) - 2
    assert f"{same} items the same, 2 missing or other, 1 not in restored." in ended.err
    assert "Nothing was changed" in ended.err
    assert _items(table) == before


def test_table_is_brought_back_exactly(
    manage: Manage, restored: Callable[[], None], table: str, alice: Person
) -> None:
    restored()
    _damage(table, alice)

    ended = manage("restore-table", "UsersTable", "--from", RESTORED, "--apply")

    assert ended.code == 0
    assert _items(table) == _items(RESTORED)
    alice.sign_in()


def test_second_time_nothing_is_written(
    manage: Manage,
    restored: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    restored()

    monkeypatch.setattr(restoring, "_write", lambda _client, _table, requests: _none(requests))
    ended = manage("restore-table", "UsersTable", "--from", RESTORED, "--apply")

    assert "0 missing or other, 0 not in restored." in ended.err


def _none(requests: list[Any]) -> None:
    assert requests == []


def test_table_of_other_keys_is_refused(manage: Manage, stack: Deployment) -> None:
    emails = stack.resources["UserEmailsTable"]["Ref"]

    ended = manage("restore-table", "UsersTable", "--from", emails, "--apply")

    assert ended.code == 1
    assert "has other keys than" in ended.err


@pytest.mark.parametrize(
    ("logical_id", "reason"),
    [("UsersTable", "cannot be restored from itself"), ("LogIn", "has no table LogIn")],
)
def test_what_cannot_be_meant_is_refused(
    manage: Manage, table: str, logical_id: str, reason: str
) -> None:
    ended = manage("restore-table", logical_id, "--from", table, "--apply")

    assert ended.code == 1
    assert reason in ended.err


def test_emptied_sessions_sign_everybody_out(
    manage: Manage, stack: Deployment, alice: Person
) -> None:
    ended = manage("empty-table", "UserSessionsTable")

    assert ended.code == 0
    assert stack.stored()[stack.resources["UserSessionsTable"]["Ref"]] == []


def test_accounts_cannot_be_emptied(manage: Manage, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        manage("empty-table", "UsersTable")
