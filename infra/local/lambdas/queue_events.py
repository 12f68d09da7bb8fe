"""Make a function's event of messages, and read which of them the function says have failed.

Follows "Using Lambda with Amazon SQS" in the Lambda guide.
"""

import base64
from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field, ValidationError

if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageAttributeValueOutputTypeDef, MessageTypeDef


class MalformedReportError(ValueError):
    """A function's report of failures cannot be read; Lambda takes the whole batch for failed."""


class _Failure(BaseModel):
    message_id: str = Field(alias="itemIdentifier")


class _Report(BaseModel):
    failures: list[_Failure] | None = Field(default=None, alias="batchItemFailures")


def event_from(messages: Sequence["MessageTypeDef"], queue_arn: str) -> dict[str, Any]:
    """Return the event that brings these messages, as they were received, to a function."""
    return {"Records": [_record(message, queue_arn) for message in messages]}


def failed_ids(result: object, sent: Collection[str]) -> frozenset[str]:
    """Return which of the messages that were ``sent`` the function reports as failed.

    Raises:
        MalformedReportError: it is no report, or names what was not sent.
    """
    try:
        report = _Report() if result is None else _Report.model_validate(result)
    except ValidationError as error:
        raise MalformedReportError(str(error)) from None
    failed = frozenset(failure.message_id for failure in report.failures or ())
    if unknown := failed - set(sent):
        raise MalformedReportError(f"None of the batch has the id {', '.join(sorted(unknown))}")
    return failed


def _record(message: "MessageTypeDef", queue_arn: str) -> dict[str, Any]:
    record = {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message["Attributes"],
        "messageAttributes": {
            name: _attribute(value) for name, value in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message["MD5OfBody"],
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": queue_arn.split(":")[3],
    }
    if "MD5OfMessageAttributes" in message:
        record["md5OfMessageAttributes"] = message["MD5OfMessageAttributes"]
    return record


def _attribute(value: "MessageAttributeValueOutputTypeDef") -> Mapping[str, Any]:
    attribute = {"dataType": value["DataType"], "stringListValues": [], "binaryListValues": []}
    if "StringValue" in value:
        attribute["stringValue"] = value["StringValue"]
    if "BinaryValue" in value:
        attribute["binaryValue"] = base64.b64encode(value["BinaryValue"]).decode()
    return attribute
