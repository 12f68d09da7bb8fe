"""What the service asks of AWS: seen, counted, and made to fail."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from infra.local.template.pseudo_parameters import ACCOUNT_ID, REGION
from tests.support.policies import Permission, granting

Send = Callable[[BaseClient, str, dict[str, Any]], Any]

# part of a transaction: the IAM action it needs
_TRANSACTION_ACTIONS = {
    "Get": "dynamodb:GetItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Delete": "dynamodb:DeleteItem",
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
}
# operations whose action has another name
_ACTIONS = {"SendMessageBatch": "SendMessage"}
# the argument that names the resource, of the other operations
_RESOURCE_NAMES = ("TableName", "KeyId", "QueueUrl", "Bucket")


@dataclass(frozen=True)
class AwsCall:
    """One request to AWS."""

    service: str
    operation: str
    arguments: Mapping[str, Any]

    def needed(self) -> Iterator[tuple[str, str]]:
        """Return the IAM actions it needs, each with what the functions call the resource."""
        if self.operation in ("TransactGetItems", "TransactWriteItems"):
            for kind, table in self.parts():
                yield _TRANSACTION_ACTIONS[kind], table
        elif self.operation == "BatchGetItem":
            for table in self.arguments["RequestItems"]:
                yield "dynamodb:BatchGetItem", table
        elif self.operation == "SendEmail":
            yield "ses:SendEmail", self.arguments["FromEmailAddress"]
        elif self.operation == "PutEvents":
            for bus in {entry["EventBusName"] for entry in self.arguments["Entries"]}:
                yield "events:PutEvents", bus
        else:
            action = _ACTIONS.get(self.operation, self.operation)
            yield f"{self.service}:{action}", self._resource()

    def _resource(self) -> str:
        (name,) = (self.arguments[key] for key in _RESOURCE_NAMES if key in self.arguments)
        if "Bucket" in self.arguments:
            return f"{name}/{self.arguments['Key']}"
        return f"{name}/index/{index}" if (index := self.arguments.get("IndexName")) else str(name)

    def is_in(self, context: Mapping[str, str]) -> bool:
        """Return whether its encryption context has all of this one."""
        given: Mapping[str, str] = self.arguments.get("EncryptionContext", {})
        return context.items() <= given.items()

    def parts(self) -> Iterator[tuple[str, str]]:
        """Return the parts of a transaction: what each does, and to which table."""
        for item in self.arguments["TransactItems"]:
            for kind, part in item.items():
                yield kind, part["TableName"]


Such = Callable[[AwsCall], bool]


@dataclass
class AwsCalls:
    """Stands before botocore: records each call, refuses what IAM would, fails what a test picks.

    ``arns`` is by what functions call tables, keys and queues; ``allowed`` by function, and so is
    ``conditions``, which names encryption contexts. Outside of a function (``function`` is empty)
    everything is allowed, and nothing is recorded.
    """

    send: Send
    arns: Mapping[str, str]
    allowed: Mapping[str, frozenset[Permission]]
    conditions: Mapping[str, Mapping[Permission, Mapping[str, str]]] = field(default_factory=dict)
    function: str = ""
    made: list[AwsCall] = field(default_factory=list)
    used: dict[str, set[Permission]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    _before: dict[int, Callable[[], object]] = field(default_factory=dict)
    _before_such: list[tuple[Such, Callable[[], object]]] = field(default_factory=list)

    def __call__(self, client: BaseClient, operation: str, arguments: dict[str, Any]) -> object:
        """Send the call on, unless it is to fail."""
        if not self.function:
            return self.send(client, operation, arguments)
        call = AwsCall(client.meta.service_model.service_name, operation, arguments)
        self.made.append(call)
        self._authorize(call)
        if happens_before := self._before.get(len(self.made)):
            happens_before()
        for awaited in [it for it in self._before_such if it[0](call)]:
            self._before_such.remove(awaited)
            awaited[1]()
        return self.send(client, operation, arguments)

    def before(self, number: int, happens: Callable[[], object]) -> None:
        """Have ``happens`` called just before call ``number`` (from 1) from now on is sent."""
        self._before[len(self.made) + number] = self._outside(happens)

    def before_such(self, such: Such, happens: Callable[[], object]) -> None:
        """Have ``happens`` called just before the next call of which ``such`` is true is sent.

        For calls that go out together, of which either may be first.
        """
        self._before_such.append((such, self._outside(happens)))

    def fail(self, number: int, error: Exception) -> None:
        """Have call ``number`` (from 1) from now on raise ``error`` instead of being sent."""
        self.before(number, _raiser(error))

    def fail_such(self, such: Such, error: Exception) -> None:
        """Have the next call of which ``such`` is true raise ``error`` instead of being sent."""
        self.before_such(such, _raiser(error))

    def _outside(self, happens: Callable[[], object]) -> Callable[[], None]:
        def outside_of_the_function() -> None:
            function, self.function = self.function, ""
            try:
                happens()
            finally:
                self.function = function

        return outside_of_the_function

    def forget(self) -> None:
        """Begin anew: nothing recorded, nothing to fail."""
        self.made.clear()
        self._before.clear()
        self._before_such.clear()

    @property
    def operations(self) -> list[str]:
        """Return the names of the operations, in order."""
        return [call.operation for call in self.made]

    def _authorize(self, call: AwsCall) -> None:
        for action, name in call.needed():
            on_conditions = self.conditions.get(self.function, {})
            grants = {
                grant
                for grant in granting(self.allowed[self.function], action, self._arn(name))
                if call.is_in(on_conditions.get(grant, {}))
            }
            if not grants:
                text = f"{self.function} may not {action} on {name}"
                self.refused.append(text)
                raise ClientError(
                    {"Error": {"Code": "AccessDeniedException", "Message": text}}, call.operation
                )
            self.used.setdefault(self.function, set()).update(grants)

    def _arn(self, name: str) -> str:
        if "@" in name:
            return f"arn:aws:ses:{REGION}:{ACCOUNT_ID}:identity/{name}"
        if name in self.arns:
            return self.arns[name]
        # an index of a table, or an object in a bucket
        resource, slash, part = name.partition("/")
        return self.arns[resource] + slash + part


def _raiser(error: Exception) -> Callable[[], None]:
    def raises() -> None:
        raise error

    return raises
