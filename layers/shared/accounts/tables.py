"""The DynamoDB tables as PynamoDB models, and the one connection they share.

``template.yaml`` defines the tables; the models only map their items.
"""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar, Self, TypeVar

from botocore.exceptions import BotoCoreError, ClientError
from pynamodb.attributes import (
    Attribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.connection import Connection
from pynamodb.connection.table import TableConnection
from pynamodb.constants import NUMBER
from pynamodb.exceptions import DoesNotExist, PynamoDBException, UpdateError
from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex
from pynamodb.models import Model

from accounts import settings
from accounts.errors import UnavailableError

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2
# tries after the first one
RETRIES = 2

_lock = threading.Lock()
_connection: Connection | None = None
_Item = TypeVar("_Item", bound="Table")


class IntegerAttribute(Attribute[int]):
    """A DynamoDB number that is an int here, where PynamoDB's own may be a float."""

    attr_type = NUMBER

    def serialize(self, value: int) -> str:
        """Return the number as DynamoDB takes it."""
        return str(value)

    def deserialize(self, value: str) -> int:
        """Return the number as read."""
        return int(value)


class Table(Model):
    """Base of the models: reads that are consistent and fail in our own terms."""

    # the name of the setting that holds the table's name
    table_setting: ClassVar[str]

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

        For counters only: if a reply is lost, the resend may count twice.

        Raises:
            UnavailableError: DynamoDB did not answer.
        """
        with unavailable_on_failure():
            try:
                self.update(list(actions), condition)
            except UpdateError as error:
                if _code(error.cause) != "ConditionalCheckFailedException":
                    raise
                return False
        return True

    def key(self) -> tuple[Any, ...]:
        """Return the item's hash key and its range key, which is None in a table without."""
        names = (self._hash_keyname, self._range_keyname)
        return tuple(getattr(self, name) if name else None for name in names)

    @classmethod
    def forget_connection(cls) -> None:
        """Have the next use ask for a connection again."""
        cls._connection = None

    @classmethod
    def _get_connection(cls) -> TableConnection:
        connect()
        return super()._get_connection()


class _ListedBy(GlobalSecondaryIndex["User"]):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    """Base of the indexes that listing accounts reads; none holds anything secret."""

    email = UnicodeAttribute(range_key=True)


class _ByRole(_ListedBy):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_role"
        projection = AllProjection()

    role = UnicodeAttribute(hash_key=True)


class _ByStatus(_ListedBy):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)


class _ByInitial(_ListedBy):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_initial"
        projection = AllProjection()

    initial = UnicodeAttribute(hash_key=True)


class User(Table):
    """An account. ``version`` counts its changes and its log-ins, for conditions to name."""

    table_setting = "users_table"

    class Meta:
        table_name = ""

    by_role = _ByRole()
    by_status = _ByStatus()
    by_initial = _ByInitial()

    id = IntegerAttribute(hash_key=True)
    kind = UnicodeAttribute()
    email = UnicodeAttribute()
    # of the e-mail, so that listing by its beginning has a partition to read
    initial = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    status = UnicodeAttribute()
    version = IntegerAttribute()
    language = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    # an invited person has neither until they set one
    password_hash = UnicodeAttribute(null=True)
    password_changed_at = UTCDateTimeAttribute(null=True)
    # of every session there is, and perhaps of some that are over
    session_ids = ListAttribute[Any](of=UnicodeAttribute, null=True)
    reset_token_hash = UnicodeAttribute(null=True)
    reset_token_expires_at = UTCDateTimeAttribute(null=True)


class UserEmail(Table):
    """Says whose a canonical e-mail address is; being its key makes the address unique."""

    table_setting = "user_emails_table"

    class Meta:
        table_name = ""

    email = UnicodeAttribute(hash_key=True)
    user_id = IntegerAttribute()


class Role(Table):
    """A role: its titles and its permissions."""

    table_setting = "roles_table"

    class Meta:
        table_name = ""

    name = UnicodeAttribute(hash_key=True)
    title_en = UnicodeAttribute()
    title_ru = UnicodeAttribute()
    permissions = ListAttribute[Any](of=UnicodeAttribute)
    builtin = BooleanAttribute()
    # counted for administrators, of whom one must stay, and for roles that can be deleted
    holders = IntegerAttribute(default=0)
    active_holders = IntegerAttribute(default=0)


class UserSession(Table):
    """A device that an account is signed in on.

    It carries what a request needs to know of its user, so that one read decides; whatever
    changes that on the user ends or updates the session in the same transaction.
    """

    table_setting = "user_sessions_table"

    class Meta:
        table_name = ""

    user_id = IntegerAttribute(hash_key=True)
    session_id = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    role = UnicodeAttribute()
    email = UnicodeAttribute()
    name = UnicodeAttribute()
    user_created_at = UTCDateTimeAttribute()
    # authenticates the page cursors that this session is given
    cursor_key = UnicodeAttribute()
    ip_address = UnicodeAttribute()
    user_agent = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    last_activity = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    # a service's session has none of these
    refresh_family_hash = UnicodeAttribute(null=True)
    refresh_token_hash = UnicodeAttribute(null=True)
    # and one whose token was not used yet none of these
    previous_token_hash = UnicodeAttribute(null=True)
    rotated_at = UTCDateTimeAttribute(null=True)
    sealed_child = UnicodeAttribute(null=True)


class LoginAttempt(Table):
    """How often something failed, or was mailed, of late: by account or by source address."""

    table_setting = "login_attempts_table"

    class Meta:
        table_name = ""

    subject = UnicodeAttribute(hash_key=True)
    failures = IntegerAttribute(default=0)
    blocked_until = UTCDateTimeAttribute(null=True)
    mails = UnicodeSetAttribute(null=True)
    expires_at = TTLAttribute(null=True)


class AuditEvent(Table):
    """Something that was done to an account, or by it to what has no account."""

    table_setting = "audit_events_table"

    class Meta:
        table_name = ""

    user_id = IntegerAttribute(hash_key=True)
    # begins with the time
    event_id = UnicodeAttribute(range_key=True)
    what = UnicodeAttribute()
    happened_at = UTCDateTimeAttribute()
    actor_id = IntegerAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)
    details = JSONAttribute()
    expires_at = TTLAttribute()


MODELS: tuple[type[Table], ...] = (
    User,
    UserEmail,
    Role,
    UserSession,
    LoginAttempt,
    AuditEvent,
)


def find_together(*keys: Table) -> Sequence[Table | None]:
    """Return the items with the keys of those given, read consistently in one call, or None.

    Raises:
        UnavailableError: DynamoDB did not answer for all of them.
    """
    connection = connect()
    wanted = [type(key).get_operation_kwargs_from_class(*key.key()) for key in keys]
    request = {
        part["TableName"]: {"Keys": [part["Key"]], "ConsistentRead": True} for part in wanted
    }
    with unavailable_on_failure():
        answer = connection.dispatch("BatchGetItem", {"RequestItems": request})
    if answer.get("UnprocessedKeys"):
        raise UnavailableError
    found = answer["Responses"]
    return [
        type(key).from_raw_data(items[0]) if (items := found.get(part["TableName"])) else None
        for key, part in zip(keys, wanted, strict=True)
    ]


@contextmanager
def unavailable_on_failure() -> Iterator[None]:
    """Turn DynamoDB's failures into UnavailableError; a request that it calls wrong is a bug."""
    try:
        yield
    except (PynamoDBException, BotoCoreError, ClientError) as error:
        cause = error.cause if isinstance(error, PynamoDBException) else error
        if _code(cause) == "ValidationException":
            raise
        raise UnavailableError from error


def _code(cause: Exception | None) -> str | None:
    # PynamoDB's own cause_response_code breaks on errors that are no answers, such as time-outs
    return cause.response["Error"]["Code"] if isinstance(cause, ClientError) else None


def connect() -> Connection:
    """Return the connection, made on first use.

    PynamoDB would make one client a table, and a client costs tens of milliseconds of a cold
    start; here all models share one.
    """
    global _connection  # noqa: PLW0603 - one connection a process is the point
    with _lock:
        if _connection is None:
            _connection = _share(_make(), MODELS)
        return _connection


def disconnect() -> None:
    """Forget the connection, so that the next use makes one from the settings of then."""
    global _connection  # noqa: PLW0603 - see connect
    with _lock:
        _connection = None


def _make() -> Connection:
    return Connection(
        connect_timeout_seconds=CONNECT_TIMEOUT_SECONDS,
        read_timeout_seconds=READ_TIMEOUT_SECONDS,
        max_retry_attempts=RETRIES,
    )


def _share(connection: Connection, models: Iterable[type[Table]]) -> Connection:
    names = settings.current()
    for model in models:
        model.Meta.table_name = getattr(names, model.table_setting)
        model.forget_connection()
        table = super(Table, model)._get_connection()
        connection.add_meta_table(table.get_meta_table())
        table.connection = connection
    # made here, under the lock: botocore cannot make clients in parallel
    _ = connection.client
    return connection
