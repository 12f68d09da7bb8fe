"""What the answers look like.

Frozen dataclasses, which cost a tenth of pydantic's models at each cold start: what we say
ourselves need not be checked as what clients send. :mod:`accounts.edge.answers` writes them out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import ClassVar, Literal, Self

from accounts import settings
from accounts.access import devices
from accounts.access.authentication import Principal
from accounts.credentials import device_tokens, tokens
from accounts.edge import cookies
from accounts.edge.view import View
from accounts.storage.tables import UserSession

DAY_SECONDS = 24 * 3600


class Done(View):
    """It worked, and there is nothing more to say."""

    success: bool = True
    message: str


class Confirmed(Done):
    """The session counts as recently proved, for ``expires_in`` seconds."""

    message: str = "Identity confirmed"
    expires_in: int


class NewAppSecret(View):
    """A new secret for an authenticator app: typed, opened on the same device, or scanned."""

    secret: str
    uri: str
    qr_svg: str


class NewRecoveryCodes(View):
    """Recovery codes, shown this once; without any, those that there are stay."""

    recovery_codes: Sequence[str] | None


class EmailRestored(Done):
    """The old address is back, and its owner may set a new password."""

    message: str = "Email restored"
    reset_token: str
    expires_at: datetime


class SignedOut(Done):
    """The session is over."""

    message: str = "Signed out"

    def in_cookies(self) -> tuple[Self, Sequence[str]]:
        """Return this, and what takes the browser's tokens away."""
        return self, cookies.clear()


class AccountGone(View):
    """Nothing is left to tell of."""

    def in_cookies(self) -> tuple[Self, Sequence[str]]:
        """Return this, and what takes all away that a browser has of the account."""
        return self, (*cookies.clear(), cookies.remember("", 0))


class PasswordSet(Done):
    """The password is another one, and the device on which it was set is known."""

    message: str = "Password updated"
    device_token: str | None

    def in_cookies(self) -> tuple[Self, Sequence[str]]:
        """Return this without the device token, and the cookie that carries it."""
        return replace(self, device_token=None), (_device_cookie(self.device_token),)


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
        return replace(self, access_token=None, refresh_token=None), handed_over


class Challenge(View):
    """What to send back together with the code that is on its way."""

    challenge: str
    expires_in: int


class LoggedIn(Tokens):
    """The tokens of a new session and whose they are."""

    user: UserSummary
    device_token: str | None
    # the session is for getting one, and for nothing else yet
    second_factor_required: bool | None

    def in_cookies(self) -> tuple[Self, Sequence[str]]:
        """Return this without the tokens, and the cookies that carry them."""
        content, handed_over = super().in_cookies()
        cookie = _device_cookie(self.device_token)
        return replace(content, device_token=None), (*handed_over, cookie)


class FactorChallenge(View):
    """The password or the code was right, and one of these factors is asked for, too."""

    http_status: ClassVar[int | None] = 202
    challenge: str
    factors: Sequence[str]
    expires_in: int


class Seance(View):
    """A device that the account is signed in on."""

    session_id: str
    device: str
    user_agent: str
    ip_address: str
    created_at: datetime
    last_activity: datetime
    expires_at: datetime
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

    seances: Sequence[Seance]

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
    # not in sessions of the version before this one
    language: str | None
    role: str
    permissions: Sequence[str]
    created_at: datetime
    email_confirmed: bool
    # how they have proved who they are (RFC 8176), and when they last did
    amr: Sequence[str] | None
    auth_time: datetime

    @classmethod
    def of(cls, caller: Principal) -> Self:
        """Return the caller, from nothing but their session."""
        session = caller.session
        return cls(
            user_id=session.user_id,
            session_id=session.session_id,
            email=session.email,
            name=session.name,
            language=session.language,
            role=session.role,
            permissions=caller.permissions,
            created_at=session.user_created_at,
            email_confirmed=not session.email_unconfirmed,
            amr=tokens.proofs(session),
            auth_time=tokens.proved_at(session),
        )


class Health(View):
    """The function runs."""

    status: str = "ok"


class Jwks(View):
    """A JWK set (RFC 7517 section 5): public keys only."""

    keys: Sequence[Mapping[str, str]]


class OpenIdConfiguration(View):
    """The metadata of an issuer (OpenID Connect Discovery 1.0 section 3)."""

    issuer: str
    jwks_uri: str
    # required members, of which the values are the only ones that fit
    response_types_supported: Sequence[str] = ("token",)
    subject_types_supported: Sequence[str] = ("public",)
    id_token_signing_alg_values_supported: Sequence[str]


def _device_cookie(device_token: str | None) -> str:
    return cookies.remember(device_token or "", device_tokens.DAYS * DAY_SECONDS)
