"""Tables, keys, queues and log groups, in moto's server."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.support.rehearsal.kinds import Made, Properties, ResourceError, require_only_changes


class Tables:
    """``AWS::DynamoDB::Table``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._dynamodb = client("dynamodb")

    def make(self, name: str, properties: Properties) -> Made:
        """Make the table."""
        apart = (
            "PointInTimeRecoverySpecification",
            "SSESpecification",
            "TimeToLiveSpecification",
        )
        given = {key: value for key, value in properties.items() if key not in apart}
        if stream := given.get("StreamSpecification"):
            given["StreamSpecification"] = _switched_on(stream)
        table = self._dynamodb.create_table(TableName=name, **given)["TableDescription"]
        if ttl := properties.get("TimeToLiveSpecification"):
            self._dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=ttl)
        self._recover(name, properties)
        return self._made(name, properties, table)

    def change(self, made: Made, properties: Properties) -> Made:
        """Change the protection and the recovery; anything else has to be thought of first."""
        require_only_changes(
            made,
            properties,
            "DeletionProtectionEnabled",
            "PointInTimeRecoverySpecification",
            "StreamSpecification",
        )
        stream, before = (it.get("StreamSpecification") for it in (properties, made.properties))
        streams = {} if stream == before else {"StreamSpecification": _switched_on(stream)}
        table = self._dynamodb.update_table(
            TableName=made.physical_id,
            DeletionProtectionEnabled=properties["DeletionProtectionEnabled"],
            **streams,
        )["TableDescription"]
        self._recover(made.physical_id, properties)
        return self._made(made.physical_id, properties, table)

    def remove(self, made: Made) -> None:
        """Delete the table."""
        self._dynamodb.delete_table(TableName=made.physical_id)

    def _made(self, name: str, properties: Properties, table: Mapping[str, Any]) -> Made:
        stream = {"StreamArn": table["LatestStreamArn"]} if "LatestStreamArn" in table else {}
        return Made(name, properties, {"Arn": table["TableArn"], **stream})

    def _recover(self, name: str, properties: Properties) -> None:
        self._dynamodb.update_continuous_backups(
            TableName=name,
            PointInTimeRecoverySpecification=properties["PointInTimeRecoverySpecification"],
        )


def _switched_on(stream: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a stream's properties as DynamoDB takes them, which has a switch besides."""
    return {"StreamEnabled": True, **stream} if stream else {"StreamEnabled": False}


class Keys:
    """``AWS::KMS::Key``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._kms = client("kms")

    def make(self, _name: str, properties: Properties) -> Made:
        """Make the key."""
        key = self._kms.create_key(
            Description=properties["Description"],
            KeySpec=properties["KeySpec"],
            KeyUsage=properties["KeyUsage"],
            Policy=json.dumps(properties["KeyPolicy"]),
        )["KeyMetadata"]
        return Made(key["KeyId"], properties, {"Arn": key["Arn"]})

    def change(self, made: Made, properties: Properties) -> Made:
        """Change the key's policy."""
        self._kms.put_key_policy(
            KeyId=made.physical_id,
            PolicyName="default",
            Policy=json.dumps(properties["KeyPolicy"]),
        )
        return Made(made.physical_id, properties, made.attributes)

    def remove(self, made: Made) -> None:
        """Have the key deleted in 30 days."""
        self._kms.schedule_key_deletion(KeyId=made.physical_id)


class Queues:
    """``AWS::SQS::Queue``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._sqs = client("sqs")

    def make(self, name: str, properties: Properties) -> Made:
        """Make the queue, whose name says if it keeps an order."""
        if properties.get("FifoQueue"):
            name = f"{name}.fifo"
        url = self._sqs.create_queue(QueueName=name, Attributes=_texts(properties))["QueueUrl"]
        arn = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        return Made(url, properties, {"QueueName": name, "Arn": arn["Attributes"]["QueueArn"]})

    def change(self, made: Made, properties: Properties) -> Made:
        """Change the queue's attributes."""
        self._sqs.set_queue_attributes(QueueUrl=made.physical_id, Attributes=_texts(properties))
        return Made(made.physical_id, properties, made.attributes)

    def remove(self, made: Made) -> None:
        """Delete the queue."""
        self._sqs.delete_queue(QueueUrl=made.physical_id)


class Buses:
    """``AWS::Events::EventBus``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._events = client("events")

    def make(self, _name: str, properties: Properties) -> Made:
        """Make the bus."""
        name = properties["Name"]
        arn = self._events.create_event_bus(Name=name)["EventBusArn"]
        return Made(name, properties, {"Arn": arn, "Name": name})

    def change(self, made: Made, _properties: Properties) -> Made:
        """Refuse: there is nothing about it but its name."""
        raise ResourceError(f"{made.physical_id} would change")

    def remove(self, made: Made) -> None:
        """Delete the bus."""
        self._events.delete_event_bus(Name=made.physical_id)


class LogGroups:
    """``AWS::Logs::LogGroup``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._logs = client("logs")

    def make(self, name: str, properties: Properties) -> Made:
        """Make the group."""
        name = properties.get("LogGroupName", name)
        self._logs.create_log_group(logGroupName=name)
        (group,) = self._logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        made = Made(name, properties, {"Arn": group["arn"]})
        return self.change(made, properties)

    def change(self, made: Made, properties: Properties) -> Made:
        """Change how long lines are kept."""
        self._logs.put_retention_policy(
            logGroupName=made.physical_id, retentionInDays=int(properties["RetentionInDays"])
        )
        return Made(made.physical_id, properties, made.attributes)

    def remove(self, made: Made) -> None:
        """Delete the group with its lines."""
        self._logs.delete_log_group(logGroupName=made.physical_id)


def _texts(properties: Properties) -> dict[str, str]:
    return {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in properties.items()
    }
