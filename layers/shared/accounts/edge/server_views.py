"""What the answers of the server zone look like."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self

from accounts.access import roles, second_factors
from accounts.edge.view import View
from accounts.storage import audit, users

if TYPE_CHECKING:
    from accounts.administration.pages import Page
    from accounts.administration.showing import Shown
    from accounts.storage.tables import AuditEvent, Role


class Created(View):
    """A new account."""

    id: int
    message: str = "Resource created successfully"
    created_at: datetime


class UserView(View):
    """An account, as those who may read accounts see it."""

    id: int
    kind: str
    email: str
    name: str
    role: str
    status: str
    language: str
    created_at: datetime
    updated_at: datetime
    last_log_in: datetime | None
    blocked_until: datetime | None
    # a back-end has neither
    email_confirmed: bool | None
    second_factors: Sequence[str] | None
    # the address that it will have once it is confirmed
    pending_email: str | None

    @classmethod
    def of(cls, shown: "Shown") -> Self:
        """Return the account."""
        user = shown.user
        is_person = user.kind == users.PERSON
        return cls(
            id=user.id,
            kind=user.kind,
            email=user.email,
            name=user.name,
            role=user.role,
            status=user.status,
            language=user.language,
            created_at=user.created_at,
            updated_at=user.updated_at,
            last_log_in=users.last_log_in(user),
            blocked_until=shown.blocked_until,
            email_confirmed=users.has_confirmed_email(user) if is_person else None,
            second_factors=second_factors.names(user) if is_person else None,
            pending_email=users.pending_email(user),
        )


class UserPage(View):
    """A page of accounts; no cursor means that it is the last."""

    users: Sequence[UserView]
    cursor: str | None

    @classmethod
    def of(cls, page: "Page") -> Self:
        """Return the page."""
        return cls(users=[UserView.of(shown) for shown in page.items], cursor=page.cursor)


class AuditEventView(View):
    """Something that was done."""

    id: str
    # whose account it was done to, if any
    user_id: int | None
    what: str
    happened_at: datetime
    actor_id: int | None
    operator: str | None
    ip_address: str | None
    request_id: str | None
    details: Mapping[str, str | int | Sequence[str]]

    @classmethod
    def of(cls, event: "AuditEvent") -> Self:
        """Return the event."""
        return cls(
            id=event.event_id,
            user_id=event.user_id if event.user_id > audit.NOBODY else None,
            what=event.what,
            happened_at=event.happened_at,
            actor_id=event.actor_id,
            operator=event.operator,
            ip_address=event.ip_address,
            request_id=event.request_id,
            details=event.details,
        )


class AuditPage(View):
    """A page of events, newest first; no cursor means that it is the last."""

    events: Sequence[AuditEventView]
    cursor: str | None

    @classmethod
    def of(cls, page: "Page") -> Self:
        """Return the page."""
        return cls(events=[AuditEventView.of(event) for event in page.items], cursor=page.cursor)


class RoleView(View):
    """A role."""

    name: str
    title: Mapping[str, str]
    permissions: Sequence[str]
    builtin: bool
    back_end: bool
    second_factor: bool

    @classmethod
    def of(cls, role: "Role") -> Self:
        """Return the role."""
        return cls(
            name=role.name,
            title={"en": role.title_en, "ru": role.title_ru},
            permissions=role.permissions,
            builtin=role.builtin,
            back_end=bool(role.back_end),
            second_factor=roles.demands_second_factor(role),
        )


class Roles(View):
    """All roles."""

    roles: Sequence[RoleView]


class IssuedServiceToken(View):
    """A service token, given out once."""

    user_id: int
    session_id: str
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme, no secret
    expires_at: datetime


class IssuedResetToken(View):
    """A reset token, given out once."""

    reset_token: str
    expires_at: datetime
