"""Create a template's tables, keys, queues, buses and buckets in the AWS that clients talk to."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

import boto3

from infra.local.cannot_run import CannotRunError
from infra.local.template.pseudo_parameters import ACCOUNT_ID, API_ID, REGION, STACK_NAME
from infra.local.template.reader import Template

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import StreamSpecificationTypeDef
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_sqs import SQSClient

# by logical id: what Ref (under "Ref") and Fn::GetAtt give
Resources = dict[str, dict[str, Any]]


class OtherTableError(CannotRunError):
    """A table of this name was made from another template; the text names it."""


def create_resources(template: Template) -> Resources:
    """Create the template's tables, keys, queues, buses and buckets; those that exist already stay.

    Raises:
        OtherTableError: one of them is a table with other keys or indexes.
    """
    return {
        **_create_tables(template, boto3.client("dynamodb")),
        **_create_keys(template, boto3.client("kms")),
        **_create_queues(template, boto3.client("sqs")),
        **_create_buses(template, boto3.client("events")),
        # which is only asked for its name
        "Api": {"Ref": API_ID},
        **_create_buckets(template),
    }


def verify_sender(template: Template) -> None:
    """Have SES take mails from the template's sender, as an operator does for each deployment."""
    boto3.client("sesv2").create_email_identity(EmailIdentity=template.values["MailFrom"])


def _create_tables(template: Template, dynamodb: "DynamoDBClient") -> Resources:
    created: Resources = {}
    for table in template.tables():
        name = _physical_name(table.logical_id)
        try:
            # the definition is the template's, whose keys are CreateTable's
            dynamodb.create_table(TableName=name, **cast("dict[str, Any]", table.definition))
        except dynamodb.exceptions.ResourceInUseException:
            _require_same(dynamodb, name, table.definition)
        else:
            _expire(dynamodb, name, table.ttl_attribute)
        created[table.logical_id] = {"Ref": name, "Arn": _arn("dynamodb", f"table/{name}")}
        if stream := table.definition.get("StreamSpecification"):
            created[table.logical_id]["StreamArn"] = _stream(dynamodb, name, stream)
    return created


def _stream(dynamodb: "DynamoDBClient", name: str, wanted: "StreamSpecificationTypeDef") -> str:
    """Return the ARN of the table's stream; one that was made without begins it now."""
    table = dynamodb.describe_table(TableName=name)["Table"]
    if not table.get("LatestStreamArn"):
        dynamodb.update_table(TableName=name, StreamSpecification=wanted)
        table = dynamodb.describe_table(TableName=name)["Table"]
    return table["LatestStreamArn"]


def _require_same(dynamodb: "DynamoDBClient", name: str, definition: Mapping[str, Any]) -> None:
    made = dynamodb.describe_table(TableName=name)["Table"]
    if _indexes(made) != _indexes(definition):
        raise OtherTableError(f"{name} was made with other keys or indexes than the template's")


def _indexes(definition: Mapping[str, Any]) -> Mapping[str | None, Mapping[str, str]]:
    """Return the keys of a table, under None, and of its indexes, by what each is there for."""
    parts = (
        definition,
        *definition.get("GlobalSecondaryIndexes", ()),
        *definition.get("LocalSecondaryIndexes", ()),
    )
    return {
        part.get("IndexName"): {key["KeyType"]: key["AttributeName"] for key in part["KeySchema"]}
        for part in parts
    }


def _expire(dynamodb: "DynamoDBClient", name: str, ttl_attribute: str | None) -> None:
    if ttl_attribute:
        dynamodb.update_time_to_live(
            TableName=name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": ttl_attribute},
        )


def _create_keys(template: Template, kms: "KMSClient") -> Resources:
    created: Resources = {}
    for key in template.kms_keys():
        alias = f"alias/{_physical_name(key.logical_id)}"
        try:
            metadata = kms.describe_key(KeyId=alias)["KeyMetadata"]
        except kms.exceptions.NotFoundException:
            definition = cast("dict[str, Any]", key.definition)
            metadata = kms.create_key(**definition)["KeyMetadata"]
            kms.create_alias(AliasName=alias, TargetKeyId=metadata["KeyId"])
        created[key.logical_id] = {"Ref": metadata["KeyId"], "Arn": metadata["Arn"]}
    return created


def _create_queues(template: Template, sqs: "SQSClient") -> Resources:
    fifo = template.fifo_queue_ids()
    names = {
        logical_id: _physical_name(logical_id) + (".fifo" if logical_id in fifo else "")
        for logical_id in template.queue_ids()
    }
    created: Resources = {
        logical_id: {
            "Ref": sqs.create_queue(
                QueueName=name, Attributes={"FifoQueue": "true"} if logical_id in fifo else {}
            )["QueueUrl"],
            "Arn": _arn("sqs", name),
            "QueueName": name,
        }
        for logical_id, name in names.items()
    }
    # attributes afterwards: a redrive policy names another queue
    for queue in template.queues(created):
        sqs.set_queue_attributes(
            QueueUrl=created[queue.logical_id]["Ref"], Attributes=_sqs_attributes(queue.attributes)
        )
    return created


def _create_buses(template: Template, events: "EventBridgeClient") -> Resources:
    created: Resources = {}
    for logical_id in template.event_bus_ids():
        name = _physical_name(logical_id)
        arn = events.create_event_bus(Name=name)["EventBusArn"]
        created[logical_id] = {"Ref": name, "Arn": arn, "Name": name}
    return created


def _create_buckets(template: Template) -> Resources:
    created: Resources = {}
    for logical_id in template.bucket_ids():
        # as CloudFormation names them
        name = _physical_name(logical_id).lower()
        s3 = boto3.client("s3")
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        created[logical_id] = {"Ref": name, "Arn": f"arn:aws:s3:::{name}"}
    return created


def _sqs_attributes(attributes: Mapping[str, Any]) -> dict[Any, str]:
    """Return the attributes as SQS takes them: all text, structures as JSON."""
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in attributes.items()
        # which a queue is made with
        if name != "FifoQueue"
    }


def _physical_name(logical_id: str) -> str:
    return f"{STACK_NAME}-{logical_id}"


def _arn(service: str, resource: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT_ID}:{resource}"
