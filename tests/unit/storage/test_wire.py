"""What is read straight is what botocore's own parser would have read."""

import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.hooks import HierarchicalEmitter
from botocore.parsers import ResponseParserFactory
from botocore.session import Session

from accounts.storage import wire

VALUES: Mapping[str, object] = {
    "text": {"S": "Zo\u00eb \ud83d\ude00"},
    "number": {"N": "9007199254740993"},
    "bytes": {"B": base64.b64encode(b"\x00\xff").decode()},
    "numbers": {"NS": ["1", "2"]},
    "texts": {"SS": ["a", "b"]},
    "blobs": {"BS": [base64.b64encode(b"a").decode(), ""]},
    "nothing": {"NULL": True},
    "truth": {"BOOL": False},
    "list": {"L": [{"S": "a"}, {"B": base64.b64encode(b"in a list").decode()}]},
    "map": {"M": {"B": {"S": "called as a type is"}, "BS": {"B": ""}}},
    # likewise
    "B": {"S": "b"},
    "BS": {"L": []},
}
CAPACITY = {"TableName": "users", "CapacityUnits": 0.5}
ANSWERS: Mapping[str, Mapping[str, object]] = {
    "GetItem": {"Item": VALUES, "ConsumedCapacity": CAPACITY},
    "Query": {"Items": [VALUES, {}], "Count": 2, "LastEvaluatedKey": {"id": {"N": "1"}}},
    "BatchGetItem": {"Responses": {"users": [VALUES]}, "UnprocessedKeys": {}},
    "UpdateItem": {"Attributes": VALUES},
    "TransactWriteItems": {"ConsumedCapacity": [CAPACITY]},
}
FAILURE = {
    "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
    "Message": "Transaction cancelled",
    "CancellationReasons": [{"Code": "ConditionalCheckFailed", "Item": VALUES}, {"Code": "None"}],
}


@pytest.mark.parametrize("operation", ANSWERS)
def test_answers_are_read_as_botocore_reads_them(operation: str) -> None:
    answer = ANSWERS[operation]

    assert _read(operation, 200, answer, straight=True) == _read(operation, 200, answer)


def test_failures_are_left_to_botocore() -> None:
    as_read = _read("TransactWriteItems", 400, FAILURE, straight=True)

    assert as_read == _read("TransactWriteItems", 400, FAILURE)
    assert as_read["Error"]["Code"] == "TransactionCanceledException"


def test_a_number_of_an_attribute_keeps_all_its_digits() -> None:
    read = _read("GetItem", 200, ANSWERS["GetItem"], straight=True)

    assert read["Item"]["number"] == {"N": "9007199254740993"}


def _read(
    operation: str, status: int, answer: Mapping[str, object], *, straight: bool = False
) -> Mapping[str, Any]:
    """Return what botocore makes of an answer of DynamoDB's."""
    model = Session().get_service_model("dynamodb").operation_model(operation)
    shape: Any = model.output_shape
    response = {"status_code": status, "headers": {}, "body": json.dumps(answer).encode()}
    customized: dict[str, Any] = {}
    if straight:
        events = HierarchicalEmitter()
        wire.read_straight(events)
        events.emit(
            f"before-parse.dynamodb.{operation}",
            operation_model=model,
            response_dict=response,
            customized_response_dict=customized,
        )
    read = ResponseParserFactory().create_parser("json").parse(response, shape)
    return {**read, **customized}
