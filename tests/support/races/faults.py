"""What can go wrong with a call to AWS."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)

from accounts import settings
from tests.support.clocks import Clock
from tests.support.races.interference import Call, Interference, Outcome, error_answer

_URL = "http://aws.example.com"
TRANSACTION = "TransactWriteItems"


def is_decisive(call: Call) -> bool:
    """Say whether the call writes what matters: a transaction, or the update of a session."""
    if call.operation == TRANSACTION:
        return True
    sessions = settings.current().user_sessions_table
    return call.operation == "UpdateItem" and sessions in call.written


class Death(BaseException):
    """The process ended; no ``except Exception`` can hold it."""


@dataclass(frozen=True)
class Answers(Interference):
    """Every try is answered with an error, and has done nothing.

    ``only`` is the beginning of a service and an operation, such as ``dynamodb UpdateItem``.
    """

    code: str
    status: int = 400
    only: str = ""

    def concerns(self, call: Call) -> bool:
        """Say whether the service can answer so."""
        return f"{call.service} {call.operation}".startswith(self.only)

    def around_try(self, _call: Call, _send: Callable[[], Outcome]) -> Outcome:
        """Answer with the error."""
        return error_answer(self.code, self.status)


@dataclass(frozen=True)
class Cancels(Interference):
    """The transaction is cancelled for a reason that is not in it; ``position`` says whose."""

    reason: str
    position: int = 0

    def concerns(self, call: Call) -> bool:
        """Say whether it is a transaction."""
        return call.operation == TRANSACTION

    def around_try(self, call: Call, _send: Callable[[], Outcome]) -> Outcome:
        """Answer with the cancellation."""
        reasons: list[str | None] = [None] * len(call.arguments["TransactItems"])
        reasons[self.position] = self.reason
        return error_answer("TransactionCanceledException", 400, reasons)


@dataclass(frozen=True)
class LeavesUnprocessed(Interference):
    """A batch is answered without one of its items having been looked at."""

    def concerns(self, call: Call) -> bool:
        """Say whether it is a batch."""
        return call.operation == "BatchGetItem"

    def around_try(self, call: Call, send: Callable[[], Outcome]) -> Outcome:
        """Answer for all tables but one."""
        success, error = send()
        assert success is not None
        answer, parsed = success
        table, keys = next(iter(call.arguments["RequestItems"].items()))
        responses = {name: found for name, found in parsed["Responses"].items() if name != table}
        return (answer, {**parsed, "Responses": responses, "UnprocessedKeys": {table: keys}}), error


@dataclass(frozen=True)
class Breaks(Interference):
    """Every try breaks before anything is sent, after that many seconds."""

    error: type[BotoCoreError]
    seconds: float
    clock: Clock

    def around_try(self, _call: Call, _send: Callable[[], Outcome]) -> Outcome:
        """Wait and break."""
        self.clock.advance(seconds=self.seconds)
        return None, self.error(endpoint_url=_URL, error="made up")


@dataclass(frozen=True)
class Collides(Interference):
    """The write meets a transaction each time."""

    def concerns(self, call: Call) -> bool:
        """Say whether it is one that matters."""
        return is_decisive(call)

    def around_try(self, call: Call, _send: Callable[[], Outcome]) -> Outcome:
        """Answer with the collision."""
        if call.operation != TRANSACTION:
            return error_answer("TransactionConflictException", 400)
        return Cancels("TransactionConflict").around_try(call, _send)


@dataclass
class LosesReply(Interference):
    """The call does its work, but of the first ``times`` tries the replies are lost."""

    error: type[BotoCoreError]
    times: int
    seconds: float
    clock: Clock
    _lost: int = 0

    def around_call(self, _call: Call, send: Callable[[], object]) -> object:
        """Make the call anew."""
        self._lost = 0
        return send()

    def around_try(self, _call: Call, send: Callable[[], Outcome]) -> Outcome:
        """Send, and lose what comes back."""
        outcome = send()
        if self._lost == self.times:
            return outcome
        self._lost += 1
        self.clock.advance(seconds=self.seconds)
        return None, self.error(endpoint_url=_URL, error="made up")


@dataclass
class StaysInProgress(Interference):
    """The transaction does its work, but its reply is lost, and every resend comes too early."""

    _sent: bool = False

    def concerns(self, call: Call) -> bool:
        """Say whether it is a transaction."""
        return call.operation == TRANSACTION

    def around_call(self, _call: Call, send: Callable[[], object]) -> object:
        """Make the call anew."""
        self._sent = False
        return send()

    def around_try(self, _call: Call, send: Callable[[], Outcome]) -> Outcome:
        """Send once."""
        if self._sent:
            return error_answer("TransactionInProgressException", 400)
        send()
        self._sent = True
        return None, ConnectionClosedError(endpoint_url=_URL)


@dataclass(frozen=True)
class RefusesFirst(Interference):
    """A batch of messages or events is taken but for its first entry."""

    def concerns(self, call: Call) -> bool:
        """Say whether it is such a batch."""
        return call.operation in ("SendMessageBatch", "PutEvents")

    def around_call(self, call: Call, send: Callable[[], object]) -> object:
        """Send the others, and answer that the first was refused."""
        # in place, since that is what is sent
        first, *others = call.arguments["Entries"]
        call.arguments["Entries"][:] = others
        answer: Any = send() if others else {}
        if call.operation == "SendMessageBatch":
            refused = {"Id": first["Id"], "Code": "InternalError", "SenderFault": False}
            return {**answer, "Failed": [refused]}
        entries = [{"ErrorCode": "InternalFailure"}, *answer.get("Entries", ())]
        return {**answer, "FailedEntryCount": 1, "Entries": entries}


@dataclass(frozen=True)
class Dies(Interference):
    """The process ends right before or right after the call."""

    after: bool

    def around_call(self, _call: Call, send: Callable[[], object]) -> object:
        """End, whatever the call brought."""
        try:
            if self.after:
                send()
        finally:
            raise Death


ANSWERS: tuple[Interference, ...] = (
    Answers("ThrottlingException"),
    Answers("RequestLimitExceeded"),
    Answers("InternalServerError", 500),
    Answers("ServiceUnavailable", 503),
    Answers("AccessDeniedException"),
    Answers("ResourceNotFoundException"),
    Answers("ExpiredTokenException"),
    Answers("ProvisionedThroughputExceededException", only="dynamodb"),
    Answers("ItemCollectionSizeLimitExceededException", only="dynamodb"),
    Answers("TransactionConflictException", only="dynamodb"),
    Answers("TransactionInProgressException", only=f"dynamodb {TRANSACTION}"),
    Answers("IdempotentParameterMismatchException", only=f"dynamodb {TRANSACTION}"),
    Answers("KMSInternalException", 500, only="kms"),
    Answers("DisabledException", only="kms"),
    Answers("KMSInvalidStateException", only="kms"),
    Answers("NotFoundException", only="kms"),
    Answers("QueueDoesNotExist", only="sqs"),
    Answers("OverLimit", 403, only="sqs"),
    Answers("MessageRejected", only="sesv2"),
    Answers("TooManyRequestsException", 429, only="sesv2"),
)
REASONS = (
    "TransactionConflict",
    "ThrottlingError",
    "ProvisionedThroughputExceeded",
    "ItemCollectionSizeLimitExceeded",
    "ValidationError",
)


def failures(call: Call, clock: Clock) -> Sequence[Interference]:
    """Return how the call can fail before it has done anything."""
    cancelled = (each for reason in REASONS for each in cancellations(call, reason))
    broken = (
        Breaks(EndpointConnectionError, 0, clock),
        Breaks(ConnectTimeoutError, 1, clock),
        Breaks(ReadTimeoutError, 2, clock),
        Breaks(ConnectionClosedError, 0, clock),
    )
    known = (*ANSWERS, LeavesUnprocessed(), *broken)
    return [*(fault for fault in known if fault.concerns(call)), *cancelled]


def changes_in_between(call: Call) -> Sequence[Interference]:
    """Return the ways in which the call can be told that something is not as it was read."""
    if call.operation == "UpdateItem" and is_decisive(call):
        is_as_read = " = " in str(call.arguments.get("ConditionExpression", ""))
        return [Answers("ConditionalCheckFailedException")] if is_as_read else []
    parts = call.arguments["TransactItems"] if call.operation == TRANSACTION else ()
    conditions = [
        str(change.get("ConditionExpression", "")) for part in parts for change in part.values()
    ]
    refused = cancellations(call, "ConditionalCheckFailed")
    return [each for each in refused if " = " in conditions[each.position]]


def cancellations(call: Call, reason: str) -> Sequence[Cancels]:
    """Return the ways in which a transaction can be cancelled for this reason: one a part."""
    parts = call.arguments["TransactItems"] if call.operation == TRANSACTION else ()
    return [Cancels(reason, position) for position, _ in enumerate(parts)]
