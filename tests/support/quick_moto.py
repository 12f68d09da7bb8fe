"""moto, without the half of its time that it takes to spell out what is spelled out already."""

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

from moto import mock_aws
from moto.core.model import StructureShape
from moto.core.serialize import BaseJSONSerializer

# of an attribute of DynamoDB: what is in moto's answer as it goes over the wire
AS_SENT = frozenset({"S", "N", "BOOL", "NULL", "SS", "NS"})

# moto looks for each of ten kinds of value under a dozen possible names
_spelled_out = BaseJSONSerializer._serialize_type_structure  # noqa: SLF001 - the place to step in


def _serialized(
    self: BaseJSONSerializer,
    serialized: MutableMapping[str, Any],
    value: Any,  # noqa: ANN401 - whatever a service answers
    shape: StructureShape,
    key: str,
) -> None:
    if shape.name == "AttributeValue" and value.keys() <= AS_SENT:
        serialized[key] = value
    else:
        _spelled_out(self, serialized, value, shape, key)


@contextmanager
def quick_aws() -> Iterator[None]:
    """Have moto stand in for AWS as long as the context lasts."""
    with patch.object(BaseJSONSerializer, "_serialize_type_structure", _serialized), mock_aws():
        yield
