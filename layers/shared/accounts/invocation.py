"""Request id, source address and actor, for log and audit only, and the time that is left.

No rule of the service may depend on the former. The time is Lambda's: a call to AWS that is not
answered takes its tries and time-outs to give up, and one that could not give up before Lambda
ends the function is not begun. The caller is told to try again, instead of getting the gateway's
own error and no log line.
"""

import time
from contextvars import ContextVar
from typing import NamedTuple, Protocol

from accounts.errors import UnavailableError

# three tries, each with a second to connect and two to be answered, and the pauses in between
LONGEST_CALL_SECONDS = 9.5


class Context(Protocol):
    """What Lambda hands to a function beside the event, as far as it is used here."""

    @property
    def aws_request_id(self) -> str:
        """Return the invocation's id."""

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the function may still take."""


class Origin(NamedTuple):
    """A request's id, its source address and the account that makes it, as far as known.

    An operator has no account; ``operator`` is who they are to AWS. ``account`` is a digest of
    the address that a public request is about.
    """

    request_id: str = ""
    ip_address: str | None = None
    actor_id: int | None = None
    operator: str | None = None
    account: str | None = None


class Api(NamedTuple):
    """The API that was called, as the gateway names it."""

    id: str = ""
    domain_name: str = ""


_origin: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - it is frozen
_api: ContextVar[Api] = ContextVar("api", default=Api())  # noqa: B039 - as above
_ends_at: ContextVar[float | None] = ContextVar("ends_at", default=None)


def begin(context: Context, reserved_seconds: float = 0) -> None:
    """Begin an invocation; the last ``reserved_seconds`` of its time are kept for its end."""
    set_origin(Origin(context.aws_request_id))
    limit(context.get_remaining_time_in_millis() / 1000 - reserved_seconds)


def limit(seconds: float) -> None:
    """Allow what this thread does to take that long from now."""
    _ends_at.set(time.monotonic() + seconds)


def origin() -> Origin:
    """Return the origin of what this thread is doing."""
    return _origin.get()


def set_origin(origin: Origin) -> None:
    """Set the origin of what this thread is doing."""
    _origin.set(origin)


def api() -> Api:
    """Return the API that this thread answers for."""
    return _api.get()


def set_api(api: Api) -> None:
    """Set the API that this thread answers for."""
    _api.set(api)


def set_actor(user_id: int) -> None:
    """Add the acting account to the origin."""
    _origin.set(_origin.get()._replace(actor_id=user_id))


def set_account(digest: str) -> None:
    """Add the account that the request is about to the origin."""
    _origin.set(_origin.get()._replace(account=digest))


def require_time(longest_seconds: float = LONGEST_CALL_SECONDS) -> None:
    """Return if there is time for a call to AWS, even for one that fails.

    Raises:
        UnavailableError: there is not.
    """
    if not has_time(longest_seconds):
        raise UnavailableError(reason="NoTimeLeft")


def has_time(seconds: float) -> bool:
    """Say whether what takes that long would end in time."""
    ends_at = _ends_at.get()
    return ends_at is None or time.monotonic() + seconds <= ends_at
