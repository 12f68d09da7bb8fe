"""The units that DynamoDB counts for what is asked of it, by its own word."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch

from botocore.client import BaseClient

READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"})


@dataclass
class Units:
    """What requests to DynamoDB took: each by its operation, with its units."""

    requests: list[tuple[str, float]] = field(default_factory=list)
    written_by_table: Counter[str] = field(default_factory=Counter)

    @property
    def read(self) -> float:
        """Return the units of what reads."""
        return sum(units for operation, units in self.requests if operation in READS)

    @property
    def written(self) -> float:
        """Return the units of what writes, all indexes among them."""
        return sum(units for operation, units in self.requests if operation not in READS)

    def add(self, operation: str, arguments: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
        """Count a request that was answered."""
        capacity = answer["ConsumedCapacity"]
        # of each table
        parts = capacity if isinstance(capacity, list) else [capacity]
        least = _least(operation, arguments)
        taken = {part["TableName"]: max(part["CapacityUnits"], least) for part in parts}
        self.requests.append((operation, sum(taken.values())))
        if operation not in READS:
            self.written_by_table.update(taken)


@contextmanager
def counted() -> Iterator[Units]:
    """Count what this process asks of DynamoDB while the context lasts."""
    # where botocore and PynamoDB meet
    send = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - as above
    units = Units()

    def counting(client: BaseClient, operation: str, arguments: dict[str, Any]) -> Any:  # noqa: ANN401 - as botocore
        if client.meta.service_model.service_name != "dynamodb":
            return send(client, operation, arguments)
        answer = send(client, operation, {**arguments, "ReturnConsumedCapacity": "TOTAL"})
        units.add(operation, arguments, answer)
        return answer

    with patch.object(BaseClient, "_make_api_call", counting):
        yield units


def _least(operation: str, arguments: Mapping[str, Any]) -> float:
    """Return what a query takes that finds nothing, for which DynamoDB Local counts none."""
    if operation != "Query":
        return 0
    return 1 if arguments.get("ConsistentRead") else 0.5
