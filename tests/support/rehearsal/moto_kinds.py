"""Which types of resources moto's server makes as they are declared."""

from collections.abc import Callable, Mapping
from typing import Any

from tests.support.rehearsal.bucket_kinds import Buckets
from tests.support.rehearsal.data_kinds import Buses, Keys, LogGroups, Queues, Tables
from tests.support.rehearsal.function_kinds import Aliases, Functions, Layers, Versions
from tests.support.rehearsal.kinds import Kind
from tests.support.rehearsal.role_kinds import Policies, Roles


def kinds(client: Callable[[str], Any]) -> Mapping[str, Kind]:
    """Return how each of them is made."""
    return {
        "AWS::DynamoDB::Table": Tables(client),
        "AWS::Events::EventBus": Buses(client),
        "AWS::IAM::ManagedPolicy": Policies(client),
        "AWS::IAM::Role": Roles(client),
        "AWS::KMS::Key": Keys(client),
        "AWS::Lambda::Alias": Aliases(client),
        "AWS::Lambda::Function": Functions(client),
        "AWS::Lambda::LayerVersion": Layers(client),
        "AWS::Lambda::Version": Versions(client),
        "AWS::Logs::LogGroup": LogGroups(client),
        "AWS::S3::Bucket": Buckets(client),
        "AWS::SQS::Queue": Queues(client),
    }
