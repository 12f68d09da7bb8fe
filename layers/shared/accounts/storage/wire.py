"""DynamoDB's JSON as botocore is to read it: straight, where its parser walks every value's shape.

In the answers of all operations that the service uses, only binary values are not in JSON what
they are in Python; so a session's attributes need not be looked up in the service's model, one by
one, which is most of what reading an answer costs.
"""

import base64
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.hooks import BaseEventHooks

_EVENT = "before-parse.dynamodb"
FIRST_FAILURE = 300


def read_straight(events: "BaseEventHooks") -> None:
    """Have the answers to a client of DynamoDB, whose events these are, be read straight."""
    events.register(_EVENT, _read)


def _read(
    response_dict: dict[str, Any],
    customized_response_dict: dict[str, Any],
    **_: object,
) -> None:
    # what failed is rare, and told in other ways
    if response_dict["status_code"] < FIRST_FAILURE:
        body: bytes = response_dict["body"]
        # a text may hold either as well
        has_binary = b'"B"' in body or b'"BS"' in body
        answer = json.loads(body, object_hook=_with_bytes if has_binary else None)
        customized_response_dict.update(answer)
        response_dict["body"] = b"{}"


def _with_bytes(value: dict[str, Any]) -> dict[str, Any]:
    """Return an attribute's value with its bytes; an attribute may be called B as well."""
    binary, binaries = value.get("B"), value.get("BS")
    if isinstance(binary, str):
        return {"B": base64.b64decode(binary)}
    if isinstance(binaries, list):
        return {"BS": [base64.b64decode(one) for one in binaries]}
    return value
