"""Where what is being done comes from: the request, its sender and, once known, the caller.

Kept beside the call instead of handed down it, for the log and the audit trail alone; no rule of
the service may depend on it.
"""

from contextvars import ContextVar
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Origin:
    """A request's id, its source address and the account that makes it, as far as known.

    An operator has no account; ``operator`` is who they are to AWS.
    """

    request_id: str = ""
    ip_address: str | None = None
    actor_id: int | None = None
    operator: str | None = None


_current: ContextVar[Origin] = ContextVar("origin", default=Origin())  # noqa: B039 - it is frozen


def current() -> Origin:
    """Return where what this thread is doing comes from."""
    return _current.get()


def begin(request_id: str, ip_address: str | None = None) -> None:
    """Begin a request, of which no caller is known yet."""
    take(Origin(request_id, ip_address))


def take(where: Origin) -> None:
    """Have what this thread does come from there."""
    _current.set(where)


def acts(user_id: int) -> None:
    """Say which account is acting."""
    _current.set(replace(_current.get(), actor_id=user_id))
