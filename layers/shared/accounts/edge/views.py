"""What the answers look like.

Apart from the request schemas, so that a function that takes no body does not pay for what only
they need.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, PlainSerializer

from accounts import settings
from accounts.access import devices
from accounts.access.authentication import Principal
from accounts.edge import cookies
from accounts.storage.tables import UserSession


def _rfc3339(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


Timestamp = Annotated[datetime, PlainSerializer(_rfc3339)]


class View(BaseModel):
    """Base of answers; each can be read off the domain's objects."""

    # deferred: a function starts with all answers at hand and gives one or two
    model_config = ConfigDict(from_attributes=True, hide_input_in_errors=True, defer_build=True)

    def in_cookies(self) -> tuple[Self, Sequence[str]]:
        """Return this without what belongs in cookies, and those cookies."""
        return self, ()


class Done(View):
    """It worked, and there is nothing more to say."""

    success: bool = True
    message: str


class SignedOut(Done):
    """The session is over."""

    message: str = "Signed out"

    def in_cookies(self) -> tuple[Self, Sequence[str]]:
        """Return this, and what takes the browser's tokens away."""
        return self, cookies.clear()


class UserSummary(View):
    """Who signed in."""

    id: int
    email: str
    name: str
    role: str


class Tokens(View):
    """The tokens of a session (RFC 6749 section 5.1), which cookies may carry instead."""

    access_token: str | None
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme, no secret
    expires_in: int
    refresh_token: str | None

    def in_cookies(self) -> tuple[Self, Sequence[str]]:
        """Return this without the tokens, and the cookies that carry them."""
        handed_over = cookies.deliver(
            self.access_token or "",
            self.expires_in,
            self.refresh_token or "",
            settings.current().refresh_idle_seconds,
        )
        return self.model_copy(update={"access_token": None, "refresh_token": None}), handed_over


class LoggedIn(Tokens):
    """The tokens of a new session and whose they are."""

    user: UserSummary


class Seance(View):
    """A device that the account is signed in on."""

    session_id: str
    device: str
    user_agent: str
    ip_address: str
    created_at: Timestamp
    last_activity: Timestamp
    expires_at: Timestamp
    is_current: bool

    @classmethod
    def of(cls, session: UserSession, current: UserSession) -> Self:
        """Return the device behind the session."""
        return cls(
            session_id=session.session_id,
            device=devices.label(session.user_agent),
            user_agent=session.user_agent,
            ip_address=session.ip_address,
            created_at=session.created_at,
            last_activity=session.last_activity,
            expires_at=session.expires_at,
            is_current=session.session_id == current.session_id,
        )


class Seances(View):
    """The devices of an account, newest first."""

    seances: list[Seance]

    @classmethod
    def of(cls, sessions: Sequence[UserSession], current: UserSession) -> Self:
        """Return the devices, with the one that is asking marked."""
        return cls(seances=[Seance.of(session, current) for session in sessions])


class Ended(View):
    """How many sessions were ended."""

    ended: int


class WhoAmI(View):
    """The caller, as the service knows them."""

    success: bool = True
    user_id: int
    session_id: str
    email: str
    name: str
    role: str
    permissions: tuple[str, ...]
    created_at: Timestamp

    @classmethod
    def of(cls, caller: Principal) -> Self:
        """Return the caller, from nothing but their session."""
        session = caller.session
        return cls(
            user_id=session.user_id,
            session_id=session.session_id,
            email=session.email,
            name=session.name,
            role=session.role,
            permissions=caller.permissions,
            created_at=session.user_created_at,
        )


class Health(View):
    """The function runs."""

    status: str = "ok"


class Jwks(View):
    """A JWK set (RFC 7517 section 5): public keys only."""

    keys: list[dict[str, str]]
