"""The runbook's way back after a loss, on DynamoDB Local, step by step and timed.

DynamoDB Local restores nothing to a point in time; a copy that is made at that point stands for
what AWS would restore. How long AWS takes for that, nothing here tells.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from infra.local import TEMPLATE
from infra.local.stack import Stack
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template
from infra.manage import reindexing, restoring
from infra.manage.importing import Import
from infra.manage.user_lines import Rules
from tests.support import manage_lines as lines
from tests.support.manage_lines import PASSWORD, foreign
from tests.support.people import Person
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.storage import Content, Storage

pytestmark = pytest.mark.races

MANY = 2_000
# what is restored together, to the same second
ACCOUNTS = ("UsersTable", "UserEmailsTable")
FACTORS = "SecondFactorsTable"
AT_A_TIME = 8
ROLES = frozenset({"read_only"})


@dataclass
class Tables:
    """The stack's tables, as its operator sees them."""

    stack: Stack
    storage: Storage
    made: list[str] = field(default_factory=list)

    def name(self, logical_id: str) -> str:
        """Return what the table is called."""
        name: str = self.stack.resources[logical_id]["Ref"]
        return name

    def make(self, logical_id: str, name: str, content: Content) -> None:
        """Make a table as AWS restores one: the same keys, indexes and items under a name."""
        declared = {
            table.logical_id: table for table in Template.load(TEMPLATE, PSEUDO_PARAMETERS).tables()
        }
        dynamodb: Any = boto3.client("dynamodb")
        dynamodb.create_table(TableName=name, **declared[logical_id].definition)
        items = list(content[self.name(logical_id)].values())
        for start in range(0, len(items), 25):
            batch = [{"PutRequest": {"Item": item}} for item in items[start : start + 25]]
            assert not dynamodb.batch_write_item(RequestItems={name: batch})["UnprocessedItems"]

    def restored(self, logical_id: str, content: Content) -> str:
        """Make the table that AWS would restore beside the stack's; returns its name."""
        name = f"{self.name(logical_id)}-restored"
        self.make(logical_id, name, content)
        self.made.append(name)
        return name


@pytest.fixture
def operated(on_dynamodb_local: Stack, storage: Storage) -> Iterator[Tables]:
    tables = Tables(on_dynamodb_local, storage)
    yield tables
    for name in tables.made:
        boto3.client("dynamodb").delete_table(TableName=name)


@pytest.fixture
def crowd(tmp_path: Path, service: Service) -> None:
    """As many accounts as take a while."""
    file = lines.write(tmp_path / "people.jsonl", *map(foreign, range(MANY)))
    Import(file, Rules(ROLES, frozenset(), frozenset())).run(lambda _count: None)


def test_dynamodb_local_restores_nothing_itself(operated: Tables) -> None:
    dynamodb = boto3.client("dynamodb")

    with pytest.raises(ClientError, match="UnknownOperationException"):
        dynamodb.restore_table_to_point_in_time(
            SourceTableName=operated.name("UsersTable"),
            TargetTableName="restored",
            UseLatestRestorableTime=True,
        )


def test_accounts_go_back_to_one_second_and_everybody_signs_in_anew(
    operated: Tables,
    service: Service,
    crowd: None,
    alice: Person,
    check: Check,
    record_property: Callable[[str, object], None],
) -> None:
    then = operated.storage.read()
    at_that_second = check()
    _go_wrong(service, alice)

    restored = {name: operated.restored(name, then) for name in (*ACCOUNTS, FACTORS)}
    began = time.monotonic()
    found = {name: _brought_back(operated.name(name), it) for name, it in restored.items()}
    restoring.empty(operated.name("UserSessionsTable"), lambda _count: None)
    reindexing.reindex(lambda _count: None, AT_A_TIME)
    record_property("seconds", round(time.monotonic() - began, 1))

    assert min(found[name].other for name in ACCOUNTS) > 0
    now = check()
    assert now.users.keys() == at_that_second.users.keys()
    assert now.emails.keys() == at_that_second.emails.keys()
    assert now.sessions == []
    assert service.who_am_i(alice.token).status == 401
    assert service.log_in(alice.email).status == 200
    assert service.log_in("person0@example.com", PASSWORD).status == 200
    assert service.log_in("late@example.com").status == 401


def _brought_back(table: str, source: str) -> restoring.Differences:
    return restoring.restore(table, source, lambda _count: None, apply=True)


def _go_wrong(service: Service, alice: Person) -> None:
    """Lose accounts, change one, and have somebody sign up meanwhile."""
    for person in service.list_users(email="person1").json["users"]:
        assert service.delete_user(person["id"]).status == 200
    assert service.update_user(alice.id, email="mallory@example.com").status == 200
    assert service.sign_up("late@example.com").status == 201


@pytest.mark.parametrize("lost", ACCOUNTS)
def test_deleted_table_comes_back_under_its_name_and_nothing_is_deployed(
    operated: Tables, service: Service, alice: Person, check: Check, lost: str
) -> None:
    then = operated.storage.read()
    name = operated.name(lost)
    boto3.client("dynamodb").delete_table(TableName=name)
    assert service.log_in(alice.email).status == 503

    operated.make(lost, name, then)

    assert service.log_in(alice.email).status == 200
    check()
