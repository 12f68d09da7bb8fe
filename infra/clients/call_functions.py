"""The module ``calls`` of the Python client: a function for each call of the service."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from infra.clients.annotations import annotation, docstring
from infra.clients.contract import JSON_TYPE, Json, Operation, operations

HEAD = '''"""Every call of the service, named as its function is; `make types` writes this."""

from typing import Literal
from urllib.parse import quote

from users_client import answers
from users_client.call import Call, given, new_key

'''
ANSWERS = "answers."


class Parameter(NamedTuple):
    """What a function takes."""

    name: str
    type: str
    is_required: bool

    @property
    def declared(self) -> str:
        """Return it as a signature has it."""
        if self.is_required:
            return f"{self.name}: {self.type}"
        kinds = dict.fromkeys([*self.type.split(" | "), "None"])
        return f"{self.name}: {' | '.join(kinds)} = None"


def module(contract: Json) -> str:
    """Return the module's text."""
    return HEAD + "\n\n".join(_function(it) for it in operations(contract) if it.speaks_json)


def _function(operation: Operation) -> str:
    in_path, in_query = _named(operation, "path"), _named(operation, "query")
    in_body = _members(operation)
    key = [Parameter("idempotency_key", "str", is_required=False)] if operation.takes_key else []
    taken = sorted([*in_path, *in_query, *in_body, *key], key=lambda it: not it.is_required)
    signature = f"*, {', '.join(it.declared for it in taken)}" if taken else ""
    parts = [
        f'"{operation.method}"',
        _path(operation.path, in_path),
        *(f"query=given({_passed(in_query)})" for _ in in_query[:1]),
        *(f"body=given({_passed(in_body)})" for _ in in_body[:1]),
        *(f"{it.name}={it.name} or new_key()" for it in key),
    ]
    return (
        f"def {operation.content['operationId']}({signature}) -> Call[{_answer(operation)}]:\n"
        f"{docstring(operation.content['summary'])}\n"
        f"    return Call({', '.join(parts)})\n"
    )


def _named(operation: Operation, place: str) -> Sequence[Parameter]:
    return [
        Parameter(
            it["name"], annotation(operation.resolved(it["schema"])), it.get("required", False)
        )
        for it in operation.parameters(place)
    ]


def _members(operation: Operation) -> Sequence[Parameter]:
    if operation.body is None:
        return []
    schema = operation.resolved(operation.body)
    required = schema.get("required", ())
    return [
        Parameter(name, annotation(its, ANSWERS), name in required)
        for name, its in schema["properties"].items()
    ]


def _answer(operation: Operation) -> str:
    kinds = [
        annotation(it["content"][JSON_TYPE]["schema"], ANSWERS) if "content" in it else "None"
        for it in operation.answers
    ]
    return " | ".join(dict.fromkeys(kinds))


def _path(path: str, parameters: Iterable[Parameter]) -> str:
    for it in parameters:
        path = path.replace(f"{{{it.name}}}", f'{{quote(str({it.name}), safe="")}}')
    return f"f'{path}'" if "{" in path else f'"{path}"'


def _passed(parameters: Iterable[Parameter]) -> str:
    return ", ".join(f"{it.name}={it.name}" for it in parameters)
