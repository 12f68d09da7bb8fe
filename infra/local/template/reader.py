"""Read what template.yaml declares: functions, tables, keys, queues and CORS."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, Self

from samtranslator.plugins.globals.globals import (  # type: ignore[import-untyped] # ships no types
    Globals,
)
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from infra.local.template.declarations import (
    DEFAULT_ROUTE,
    Cors,
    CustomResource,
    Function,
    Key,
    Queue,
    QueueSource,
    Route,
    StreamSource,
    Table,
    TemplateError,
)
from infra.local.template.intrinsics import Node, Resolver
from infra.local.template.parameters import parameter_values, text

FUNCTION = "AWS::Serverless::Function"
QUEUE = "AWS::SQS::Queue"
DEFAULT_TIMEOUT_SECONDS = 3
DEFAULT_MEMORY_MB = 128
TABLE_PROPERTIES = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
    "ProvisionedThroughput",
    "StreamSpecification",
)
QUEUE_SOURCE_PROPERTIES = frozenset(
    {"Queue", "BatchSize", "FunctionResponseTypes"}
    # of speed alone, which here nothing depends on
    | {"MaximumBatchingWindowInSeconds", "ScalingConfig"}
)
DEFAULT_BATCH_SIZE = 10
# what is understood of a stream's is understood with exactly these values alone
STREAM_SOURCE: Mapping[str, Any] = {
    "StartingPosition": "TRIM_HORIZON",
    "FilterCriteria": {"Filters": [{"Pattern": '{"eventName": ["INSERT"]}'}]},
    "FunctionResponseTypes": ["ReportBatchItemFailures"],
    "BisectBatchOnFunctionError": True,
}
STREAM_SOURCE_PROPERTIES = frozenset(
    {"Stream", "BatchSize", "MaximumRetryAttempts", "MaximumRecordAgeInSeconds"}
    | {"DestinationConfig"}
)
KEY_PROPERTIES = ("Description", "KeySpec", "KeyUsage", "MultiRegion")

Attributes = Mapping[str, Mapping[str, Node]]


@dataclass(frozen=True)
class Template:
    """A SAM template with values for its parameters.

    The views that depend on other resources take their ``attributes``: by logical id, what Ref
    (under the key "Ref") and Fn::GetAtt give. They raise UnresolvedReferenceError if one is
    missing.
    """

    root: Path
    document: Mapping[str, Any]
    values: Mapping[str, Node]

    @classmethod
    def load(
        cls, path: Path, pseudo: Mapping[str, str], parameters: Mapping[str, str] | None = None
    ) -> Self:
        """Read the template at ``path``.

        ``pseudo`` is what AWS::Region and its like stand for, ``parameters`` overrides defaults.

        Raises:
            TemplateError: a parameter is unknown, lacks a value or does not allow it.
        """
        document = yaml_parse(path.read_text(encoding="utf-8"))
        values = parameter_values(document.get("Parameters", {}), parameters or {})
        return cls(path.parent.resolve(), document, {**pseudo, **values})

    def functions(self, attributes: Attributes) -> tuple[Function, ...]:
        """Return all Lambda functions."""
        ids = (logical_id for logical_id, _ in self._resources(FUNCTION))
        return tuple(self.function(logical_id, attributes) for logical_id in ids)

    def function(self, logical_id: str, attributes: Attributes) -> Function:
        """Return one Lambda function."""
        own = self.document["Resources"][logical_id].get("Properties", {})
        properties = Globals(self.document).merge(FUNCTION, own, logical_id)
        resolve = self._resolver(attributes).resolve
        variables = resolve(properties.get("Environment", {}).get("Variables", {}))
        return Function(
            logical_id,
            handler=resolve(properties["Handler"]),
            code=self.root / resolve(properties["CodeUri"]),
            environment={name: text(value) for name, value in variables.items()},
            timeout_seconds=int(resolve(properties.get("Timeout", DEFAULT_TIMEOUT_SECONDS))),
            memory_mb=int(resolve(properties.get("MemorySize", DEFAULT_MEMORY_MB))),
            routes=tuple(
                _route(resolve(event.get("Properties", {}).get("Method")), event)
                for event in properties.get("Events", {}).values()
                if event["Type"] == "HttpApi"
            ),
            queues=tuple(
                _queue_source(f"{logical_id}.{name}", resolve(event["Properties"]))
                for name, event in properties.get("Events", {}).items()
                if event["Type"] == "SQS"
            ),
            streams=tuple(
                _stream_source(f"{logical_id}.{name}", resolve(event["Properties"]))
                for name, event in properties.get("Events", {}).items()
                if event["Type"] == "DynamoDB"
            ),
        )

    def tables(self) -> tuple[Table, ...]:
        """Return all DynamoDB tables."""
        tables = []
        for logical_id, properties in self._resources("AWS::DynamoDB::Table"):
            resolved = self._resolver({}).resolve(_only(TABLE_PROPERTIES, properties))
            if stream := resolved.get("StreamSpecification"):
                # CloudFormation's has no such switch: to name it is to want it
                resolved["StreamSpecification"] = {"StreamEnabled": True, **stream}
            ttl = self._resolver({}).resolve(properties.get("TimeToLiveSpecification", {}))
            attribute = ttl["AttributeName"] if ttl.get("Enabled") else None
            tables.append(Table(logical_id, resolved, attribute))
        return tuple(tables)

    def kms_keys(self) -> tuple[Key, ...]:
        """Return all KMS keys."""
        return tuple(
            Key(logical_id, self._resolver({}).resolve(_only(KEY_PROPERTIES, properties)))
            for logical_id, properties in self._resources("AWS::KMS::Key")
        )

    def queue_ids(self) -> tuple[str, ...]:
        """Return the logical ids of all SQS queues."""
        return tuple(logical_id for logical_id, _ in self._resources(QUEUE))

    def fifo_queue_ids(self) -> frozenset[str]:
        """Return the logical ids of those SQS queues that keep an order."""
        queues = self._resources(QUEUE)
        return frozenset(name for name, properties in queues if properties.get("FifoQueue"))

    def event_bus_ids(self) -> tuple[str, ...]:
        """Return the logical ids of all event buses."""
        return tuple(logical_id for logical_id, _ in self._resources("AWS::Events::EventBus"))

    def bucket_ids(self) -> tuple[str, ...]:
        """Return the logical ids of all buckets of S3."""
        return tuple(logical_id for logical_id, _ in self._resources("AWS::S3::Bucket"))

    def queues(self, attributes: Attributes) -> tuple[Queue, ...]:
        """Return all SQS queues."""
        return tuple(
            Queue(logical_id, self._resolver(attributes).resolve(_without("Tags", properties)))
            for logical_id, properties in self._resources(QUEUE)
        )

    def custom_resources(self, attributes: Attributes) -> tuple[CustomResource, ...]:
        """Return all custom resources that a function of this template makes."""
        return tuple(
            CustomResource(
                logical_id,
                function_id=properties["ServiceToken"]["Fn::GetAtt"][0],
                properties=self._resolver(attributes).resolve(_without("ServiceToken", properties)),
            )
            for logical_id, properties in self._resources("Custom::*")
        )

    def cors(self) -> Cors | None:
        """Return the CORS configuration of the API, if it has one."""
        for _, properties in self._resources("AWS::Serverless::HttpApi"):
            if "CorsConfiguration" in properties:
                given = self._resolver({}).resolve(properties["CorsConfiguration"]) or {}
                return Cors(
                    allow_origins=tuple(filter(None, given.get("AllowOrigins", ()))),
                    allow_methods=tuple(given.get("AllowMethods", ())),
                    allow_headers=tuple(given.get("AllowHeaders", ())),
                    expose_headers=tuple(given.get("ExposeHeaders", ())),
                    max_age_seconds=given.get("MaxAge"),
                    allow_credentials=bool(given.get("AllowCredentials", False)),
                )
        return None

    def _resources(self, kind: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        for logical_id, resource in self.document["Resources"].items():
            if fnmatchcase(resource["Type"], kind) and self._exists(resource):
                yield logical_id, resource.get("Properties", {})

    def _exists(self, resource: Mapping[str, Any]) -> bool:
        return "Condition" not in resource or self._resolver({}).holds(resource["Condition"])

    def _resolver(self, attributes: Attributes) -> Resolver:
        return Resolver(self.values, attributes, self.document.get("Conditions", {}))


def _only(names: tuple[str, ...], properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name in names}


def _without(name: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in properties.items() if key != name}


def _route(method: str | None, event: Mapping[str, Any]) -> Route:
    path = event.get("Properties", {}).get("Path")
    if path is None or method is None:
        return DEFAULT_ROUTE
    return Route(str(method).upper(), str(path))


def _queue_source(name: str, properties: Mapping[str, Any]) -> QueueSource:
    # a filter, say: without it the function would get what it never gets on AWS
    if unknown := sorted(set(properties) - QUEUE_SOURCE_PROPERTIES):
        raise TemplateError(f"{', '.join(unknown)} of {name} is not understood here")
    return QueueSource(
        properties["Queue"],
        batch_size=int(properties.get("BatchSize", DEFAULT_BATCH_SIZE)),
        reports_failures="ReportBatchItemFailures" in properties.get("FunctionResponseTypes", []),
    )


def _stream_source(name: str, properties: Mapping[str, Any]) -> StreamSource:
    others = {key: properties[key] for key in set(properties) - STREAM_SOURCE_PROPERTIES}
    if others != STREAM_SOURCE:
        raise TemplateError(f"{name} has other properties than are understood here")
    return StreamSource(
        properties["Stream"],
        batch_size=int(properties["BatchSize"]),
        retries=int(properties["MaximumRetryAttempts"]),
        dead_letters_arn=properties["DestinationConfig"]["OnFailure"]["Destination"],
    )
