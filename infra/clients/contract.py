"""The contract that machines read, taken apart."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from infra.clients.annotations import Schema, name_of
from infra.local import ROOT

FILE = ROOT / "functions" / "contract" / "openapi.json"
JSON_TYPE = "application/json"
IDEMPOTENCY_KEY = "IdempotencyKey"

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Operation:
    """A call of the service."""

    method: str
    path: str
    content: Json
    contract: Json

    @property
    def answers(self) -> Sequence[Json]:
        """Return the responses of a call that succeeds."""
        responses: Json = self.content["responses"]
        return [it for status, it in responses.items() if status.startswith("2")]

    @property
    def speaks_json(self) -> bool:
        """Say whether it answers with JSON, or with nothing."""
        return all(JSON_TYPE in it["content"] for it in self.answers if "content" in it)

    @property
    def takes_key(self) -> bool:
        """Say whether it heeds an idempotency key."""
        given = self.content.get("parameters", ())
        return any(name_of(it.get("$ref", "")) == IDEMPOTENCY_KEY for it in given)

    @property
    def body(self) -> Schema | None:
        """Return the schema of its body, which may refer to a component."""
        request = self.content.get("requestBody")
        schema: Schema | None = request and request["content"][JSON_TYPE]["schema"]
        return schema

    def parameters(self, place: str) -> Sequence[Json]:
        """Return what it takes in its path or query."""
        return [it for it in self.content.get("parameters", ()) if it.get("in") == place]

    def resolved(self, schema: Schema) -> Schema:
        """Return the schema, or the component that it refers to."""
        if "$ref" not in schema:
            return schema
        component: Schema = self.contract["components"]["schemas"][name_of(schema["$ref"])]
        return component


def read() -> Json:
    """Return the contract."""
    contract: Json = json.loads(FILE.read_text(encoding="utf-8"))
    return contract


def operations(contract: Json) -> Iterator[Operation]:
    """Return every call, in the contract's order."""
    for path, methods in contract["paths"].items():
        for method, content in methods.items():
            yield Operation(method.upper(), path, content, contract)
