"""DynamoDB itself: the connection that all tables share, reads, and what its failures mean."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, ClassVar, Self, TypeVar, cast

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import Attribute
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.constants import NUMBER
from pynamodb.exceptions import DoesNotExist, PynamoDBException, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.models import Model

from accounts import aws, invocation, parallel, request_signing, settings
from accounts.errors import UnavailableError
from accounts.storage import wire

# keys, a limit of DynamoDB's
_BATCH = 100
_Model = TypeVar("_Model", bound="Table")

_lock = threading.Lock()
_connection: Connection | None = None
# that the connection knows
_tables: set[str] = set()


class IntegerAttribute(Attribute[int]):
    """A DynamoDB number that is an int here, where PynamoDB's own may be a float."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """Return the number as DynamoDB takes it."""
        return str(value)

    def deserialize(self, value: str) -> int:
        """Return the number as read."""
        return int(value)


class MomentAttribute(Attribute[datetime]):
    """A moment to the millisecond, as a number: a third of the space that its text takes."""

    attr_type = NUMBER

    def serialize(self, value: datetime) -> str:
        """Return the moment as DynamoDB takes it."""
        return str(round(value.timestamp() * 1000))

    def deserialize(self, value: str) -> datetime:
        """Return the moment as read."""
        return datetime.fromtimestamp(int(value) / 1000, UTC)


class Table(Model):
    """Base of the models: reads that are consistent and fail in our own terms."""

    # the name of the setting that holds the table's name, and the section that it is in
    table_setting: ClassVar[str]
    table_section: ClassVar[Callable[..., Any]] = staticmethod(settings.current)

    @classmethod
    def find(cls, hash_key: Any, range_key: Any = None) -> Self | None:  # noqa: ANN401 - a key is a number or a string
        """Return the item as of now (a strongly consistent read), or None.

        Raises:
            UnavailableError: DynamoDB did not answer.
        """
        with unavailable_on_failure():
            try:
                return cls.get(hash_key, range_key, consistent_read=True)
            except DoesNotExist:
                return None

    @classmethod
    def find_all(cls, hash_key: Any) -> list[Self]:  # noqa: ANN401 - a key is a number or a string
        """Return all items of a partition as of now (a strongly consistent query).

        Raises:
            UnavailableError: DynamoDB did not answer.
        """
        with unavailable_on_failure():
            return list(cls.query(hash_key, consistent_read=True))

    def try_update(self, actions: Sequence[Action], condition: Condition) -> bool:
        """Update this one item if ``condition`` holds, and say whether it did.

        If a reply is lost, the resend may do it twice, or find the condition broken by itself: so
        this is for counters, and for what the condition bears again.

        Raises:
            UnavailableError: DynamoDB did not answer.
        """
        with unavailable_on_failure():
            try:
                self.update(list(actions), condition)
            except UpdateError as error:
                if aws.code(error.cause) != "ConditionalCheckFailedException":
                    raise
                return False
        return True

    def update_alone(self, actions: Sequence[Action], condition: Condition | None) -> None:
        """Update this one item if ``condition`` holds; what it is then is not read back.

        Raises:
            UpdateError: it does not hold, or DynamoDB did not answer.
        """
        hash_key, range_key = self._get_hash_range_key_serialized_values()
        self._get_connection().update_item(
            hash_key, range_key, actions=list(actions), condition=condition
        )

    def key(self) -> tuple[Any, ...]:
        """Return the item's hash key and its range key, which is None in a table without."""
        names = (self._hash_keyname, self._range_keyname)
        return tuple(getattr(self, name) if name else None for name in names)

    @classmethod
    def named(cls) -> str:
        """Return the name of the table, by the settings."""
        name: str = getattr(cls.table_section(), cls.table_setting)
        return name

    @classmethod
    def forget_connection(cls) -> None:
        """Have the next use ask for a connection again."""
        cls._connection = None

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connection = connect()
        with _lock:
            if cls._connection is None:
                cls._join(connection)
        return super()._get_connection()

    @classmethod
    def _join(cls, connection: Connection) -> None:
        cls.Meta.table_name = cls.named()
        table = super()._get_connection()
        # which two models may have in common
        if cls.Meta.table_name not in _tables:
            connection.add_meta_table(table.get_meta_table())
            _tables.add(cls.Meta.table_name)
        table.connection = connection


def find_together(*keys: Table) -> Sequence[Table | None]:
    """Return the items with the keys of those given, read consistently in one call, or None.

    Raises:
        UnavailableError: DynamoDB did not answer for all of them.
    """
    connection = connect()
    wanted = [type(key).get_operation_kwargs_from_class(*key.key()) for key in keys]
    request: dict[str, Any] = {}
    for part in wanted:
        table = request.setdefault(part["TableName"], {"Keys": [], "ConsistentRead": True})
        table["Keys"].append(part["Key"])
    with unavailable_on_failure():
        answer = connection.dispatch("BatchGetItem", {"RequestItems": request})
    if answer.get("UnprocessedKeys"):
        raise UnavailableError("DynamoDB", "UnprocessedKeys")
    found = answer["Responses"]
    return [
        _with_key(part["Key"], found.get(part["TableName"], ()), type(key))
        for key, part in zip(keys, wanted, strict=True)
    ]


def find_all_of(keys: Sequence[_Model]) -> Sequence[_Model]:
    """Return those items that are there with the keys of those given, read consistently.

    Raises:
        UnavailableError: DynamoDB did not answer for all of them.
    """
    found: list[_Model] = []
    for first in range(0, len(keys), _BATCH):
        together = find_together(*keys[first : first + _BATCH])
        found += [cast(_Model, item) for item in together if item is not None]
    return found


@contextmanager
def unavailable_on_failure() -> Iterator[None]:
    """Turn DynamoDB's failures into UnavailableError; a request that it calls wrong is a bug."""
    invocation.require_time()
    try:
        yield
    except (PynamoDBException, BotoCoreError, ClientError) as error:
        # PynamoDB's own cause_response_code breaks on what is no answer, such as time-outs
        cause = (error.cause if isinstance(error, PynamoDBException) else error) or error
        if aws.code(cause) == "ValidationException":
            raise
        raise UnavailableError("DynamoDB", aws.reason(cause)) from error


def connect() -> Connection:
    """Return the connection, made on first use.

    PynamoDB would make one client a table, and a client costs tens of milliseconds of a cold
    start; here all models share one, each from its first use on.
    """
    global _connection  # noqa: PLW0603 - one connection a process is the point
    with _lock:
        if _connection is None:
            for model in Table.__subclasses__():
                model.forget_connection()
            _tables.clear()
            _connection = _make()
        return _connection


def disconnect() -> None:
    """Forget the connection, so that the next use makes one from the settings of then."""
    global _connection  # noqa: PLW0603 - see connect
    with _lock:
        _connection = None


def _with_key(
    key: Mapping[str, Any], items: Sequence[dict[str, Any]], model: type[Table]
) -> Table | None:
    # of one table they come in any order
    found = (item for item in items if key.items() <= item.items())
    return next((model.from_raw_data(item) for item in found), None)


def _make() -> Connection:
    parallel.leave_time()
    connection = Connection(
        connect_timeout_seconds=aws.CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=aws.READ_TIMEOUT_SECONDS,
        max_retry_attempts=aws.ATTEMPTS - 1,
    )
    connection.session.set_default_client_config(Config(user_agent=aws.USER_AGENT))
    # made here, under the lock: botocore cannot make clients in parallel
    events = connection.client.meta.events
    wire.read_straight(events)
    request_signing.sign_once(events, "dynamodb")
    return connection
