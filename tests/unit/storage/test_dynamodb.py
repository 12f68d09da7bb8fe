import socket
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from pynamodb.exceptions import PynamoDBException

from accounts import aws
from accounts.errors import UnavailableError
from accounts.storage.dynamodb import IntegerAttribute, Table, connect, disconnect, find_together
from accounts.storage.factors import Totp
from accounts.storage.key_pairs import KeyPair
from accounts.storage.search_index import SearchEntry
from accounts.storage.tables import OneTimeToken, Role, User, UserEmail, UserSession
from accounts.storage.webhooks import Webhook
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment

URL = "https://dynamodb.us-east-1.amazonaws.com"
FAILURES = [
    ClientError({"Error": {"Code": code, "Message": ""}}, "Operation")
    for code in (
        "ThrottlingException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "InternalServerError",
        "ServiceUnavailable",
        "ResourceNotFoundException",
        "AccessDeniedException",
        "ExpiredTokenException",
        "UnrecognizedClientException",
    )
] + [
    ReadTimeoutError(endpoint_url=URL),
    ConnectTimeoutError(endpoint_url=URL),
    ConnectionClosedError(endpoint_url=URL),
    EndpointConnectionError(endpoint_url=URL),
    NoCredentialsError(),
]
READS: dict[str, Callable[[], object]] = {
    "one item": lambda: User.find(1),
    "a partition": lambda: UserSession.find_all(1),
    "items together": lambda: find_together(UserEmail(email="a"), Role(name="b")),
}


@pytest.fixture
def calls(aws_calls: AwsCalls) -> AwsCalls:
    """The calls to DynamoDB, of a function that may read everywhere."""
    aws_calls.function = "Test"
    actions = ("GetItem", "Query", "BatchGetItem", "UpdateItem")
    may = {(f"dynamodb:{action}", arn) for action in actions for arn in aws_calls.arns.values()}
    aws_calls.allowed = {"Test": frozenset(may)}
    return aws_calls


@pytest.mark.parametrize("read", READS.values(), ids=READS)
@pytest.mark.parametrize("failure", FAILURES, ids=lambda f: getattr(f, "response", f))
def test_failure_of_dynamodb_is_unavailable_and_not_absence(
    calls: AwsCalls, read: Callable[[], object], failure: Exception
) -> None:
    calls.fail(1, failure)

    with pytest.raises(UnavailableError):
        read()


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_request_that_dynamodb_calls_wrong_is_a_bug(
    calls: AwsCalls, read: Callable[[], object]
) -> None:
    calls.fail(1, ClientError({"Error": {"Code": "ValidationException", "Message": ""}}, "x"))

    with pytest.raises((PynamoDBException, ClientError)):
        read()


@pytest.mark.parametrize("read", READS.values(), ids=READS)
def test_reads_are_strongly_consistent(calls: AwsCalls, read: Callable[[], object]) -> None:
    read()

    (call,) = calls.made
    for part in call.arguments.get("RequestItems", {"": call.arguments}).values():
        assert part["ConsistentRead"] is True


def test_absent_item_is_none(calls: AwsCalls) -> None:
    assert User.find(1) is None
    assert UserSession.find(1, "x") is None
    assert UserSession.find_all(1) == []


def test_items_are_found_together_in_the_order_asked_for(calls: AwsCalls) -> None:
    keys = (UserEmail(email="nobody@example.com"), Role(name="read_only"))

    missing, found = find_together(*keys)
    again, missing_too = find_together(*reversed(keys))

    assert missing is missing_too is None
    assert isinstance(found, Role)
    assert isinstance(again, Role)
    assert found.name == again.name == "read_only"
    assert calls.operations == ["BatchGetItem", "BatchGetItem"]


def test_items_of_one_table_are_told_apart(calls: AwsCalls) -> None:
    names = ("methodist", "no_such_role", "read_only")

    found = find_together(*(Role(name=name) for name in names))

    assert [role and role.key()[0] for role in found] == ["methodist", None, "read_only"]
    assert calls.operations == ["BatchGetItem"]


def test_items_that_dynamodb_did_not_get_to_are_not_taken_as_absent(
    calls: AwsCalls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        connect(),
        "dispatch",
        lambda *_: {"Responses": {}, "UnprocessedKeys": {"table": {"Keys": [{}]}}},
    )

    with pytest.raises(UnavailableError):
        find_together(UserEmail(email="a"), Role(name="b"))


def test_all_models_share_one_connection(stack: Deployment) -> None:
    disconnect()

    connections = {_connection(model) for model in _models()}

    assert connections == {id(connect())}


def test_every_model_has_its_table_in_the_template(stack: Deployment) -> None:
    # a stack that signs in KMS has no table of key pairs
    names = [model.named() for model in _models() if model is not KeyPair]

    assert not KeyPair.named()
    assert {*names} <= {*stack.stored()}
    # who waits to be confirmed lies beside the tokens that confirm it, all factors are together,
    # and so are a word and how far the index is made, and a webhook and its deliveries
    shared = {name: count for name, count in Counter(names).items() if count > 1}
    assert shared == {
        OneTimeToken.named(): 2,
        SearchEntry.named(): 2,
        Totp.named(): 3,
        Webhook.named(): 2,
    }


def test_patience_with_dynamodb_ends_before_the_functions_time(stack: Deployment) -> None:
    config: Any = connect().client.meta.config

    assert (config.connect_timeout, config.read_timeout) == (1, 2)
    assert config.retries["total_max_attempts"] == 3
    longest = 3 * (config.connect_timeout + config.read_timeout)
    assert longest < min(function.timeout_seconds for function in stack.functions)


@pytest.fixture
def silent_address() -> Iterator[str]:
    """An address that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


def test_dynamodb_that_hangs_is_unavailable_in_time(
    stack: Deployment, monkeypatch: pytest.MonkeyPatch, silent_address: str
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", silent_address)
    monkeypatch.setattr(aws, "READ_TIMEOUT_SECONDS", 0.05)
    disconnect()
    began = time.perf_counter()

    try:
        with pytest.raises(UnavailableError):
            User.find(1)
    finally:
        monkeypatch.undo()
        disconnect()

    assert time.perf_counter() - began < 5


def test_new_connection_is_made_from_the_settings_of_then(
    stack: Deployment, setting: Callable[..., None]
) -> None:
    setting(USERS_TABLE="another-table")
    disconnect()

    try:
        assert User._get_connection().table_name == "another-table"  # noqa: SLF001 - nothing public tells
    finally:
        setting(USERS_TABLE=stack.environment["USERS_TABLE"])
        disconnect()


@pytest.mark.parametrize("number", [0, 1, -1, 2**53 - 1])
def test_integers_survive(number: int) -> None:
    attribute = IntegerAttribute()

    value = attribute.deserialize(attribute.serialize(number))

    assert value == number
    assert type(value) is int


def test_key_of_an_item_has_a_range_key_where_its_table_has(stack: Deployment) -> None:
    assert User(1).key() == (1, None)
    assert UserSession(1, "a").key() == (1, "a")


def test_update_of_one_item_says_whether_its_condition_held(calls: AwsCalls) -> None:
    calls.function = ""
    UserEmail(email="a", user_id=1).save()
    calls.function = "Test"
    item = UserEmail(email="a")

    assert item.try_update([UserEmail.user_id.set(2)], UserEmail.user_id == 1)
    assert not item.try_update([UserEmail.user_id.set(3)], UserEmail.user_id == 1)

    found = UserEmail.find("a")
    assert found
    assert found.user_id == 2


@pytest.mark.parametrize("failure", FAILURES, ids=lambda f: getattr(f, "response", f))
def test_update_that_dynamodb_did_not_do_is_unavailable(
    calls: AwsCalls, failure: Exception
) -> None:
    calls.fail(1, failure)

    with pytest.raises(UnavailableError):
        UserEmail(email="a").try_update([UserEmail.user_id.set(2)], UserEmail.user_id == 1)


def _models() -> list[type[Table]]:
    return Table.__subclasses__()


def _connection(model: type[Table]) -> int:
    return id(model._get_connection().connection)  # noqa: SLF001 - nothing public tells
