"""What a template declares: functions and routes, tables, keys, queues and CORS."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class TemplateError(ValueError):
    """The template, or a parameter given to it, cannot be used as it is; the text says why."""


@dataclass(frozen=True)
class Route:
    """A route of the API: a method, or ANY, and a path; ``$default`` has neither."""

    method: str
    path: str

    @property
    def key(self) -> str:
        """Return the route as events name it: ``GET /pets/{id}`` or ``$default``."""
        return f"{self.method} {self.path}" if self.path else self.method


DEFAULT_ROUTE = Route("$default", "")


@dataclass(frozen=True)
class QueueSource:
    """A queue whose messages a function is given, and whether it tells which of them failed."""

    queue_arn: str
    batch_size: int
    reports_failures: bool


@dataclass(frozen=True)
class StreamSource:
    """A table's stream whose new items a function is given, until it takes them.

    ``retries`` is how often a batch comes again, before its first record goes to ``dead_letters``.
    """

    stream_arn: str
    batch_size: int
    retries: int
    dead_letters_arn: str


@dataclass(frozen=True)
class Function:
    """A Lambda function: where its handler is and what surrounds it."""

    logical_id: str
    handler: str
    code: Path
    environment: Mapping[str, str]
    timeout_seconds: int
    memory_mb: int
    routes: tuple[Route, ...]
    queues: tuple[QueueSource, ...] = ()
    streams: tuple[StreamSource, ...] = ()


@dataclass(frozen=True)
class Table:
    """A DynamoDB table: the arguments of CreateTable but its name, and its TTL attribute."""

    logical_id: str
    definition: Mapping[str, Any]
    ttl_attribute: str | None


@dataclass(frozen=True)
class Key:
    """A KMS key: the arguments of CreateKey."""

    logical_id: str
    definition: Mapping[str, Any]


@dataclass(frozen=True)
class Queue:
    """An SQS queue: its attributes as CreateQueue names them."""

    logical_id: str
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class CustomResource:
    """A custom resource: the function that makes it and what that is given."""

    logical_id: str
    function_id: str
    properties: Mapping[str, Any]


@dataclass(frozen=True)
class Cors:
    """What the API tells browsers of other origins; with no origins, nothing."""

    allow_origins: tuple[str, ...] = ()
    allow_methods: tuple[str, ...] = ()
    allow_headers: tuple[str, ...] = ()
    expose_headers: tuple[str, ...] = ()
    max_age_seconds: int | None = None
    allow_credentials: bool = False
