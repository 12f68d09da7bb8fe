"""What the answers of the server zone look like."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self

from accounts.access import roles, second_factors
from accounts.edge.views import View
from accounts.storage import users

if TYPE_CHECKING:
    from accounts.administration.listing import Page
    from accounts.storage.tables import Role, User


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
    # not in lists: their indexes do not have it
    email_confirmed: bool | None = None
    pending_email: str | None = None
    second_factors: Sequence[str] | None = None

    @classmethod
    def of(cls, user: "User") -> Self:
        """Return the account, with the address that it will have once it is confirmed."""
        # a back-end has no mailbox, and no second factor
        is_person = user.kind == users.PERSON
        return replace(
            cls.from_attributes(user),
            email_confirmed=users.has_confirmed_email(user) if is_person else None,
            pending_email=users.pending_email(user),
            second_factors=second_factors.names(user) if is_person else None,
        )


class UserPage(View):
    """A page of accounts; no cursor means that it is the last."""

    users: Sequence[UserView]
    cursor: str | None

    @classmethod
    def of(cls, page: "Page") -> Self:
        """Return the page."""
        return cls(users=[UserView.from_attributes(u) for u in page.items], cursor=page.cursor)


class AuditEventView(View):
    """Something that was done."""

    what: str
    happened_at: datetime
    actor_id: int | None
    operator: str | None
    ip_address: str | None
    request_id: str | None
    details: Mapping[str, str | int | Sequence[str]]


class AuditPage(View):
    """A page of events, newest first; no cursor means that it is the last."""

    events: Sequence[AuditEventView]
    cursor: str | None

    @classmethod
    def of(cls, page: "Page") -> Self:
        """Return the page."""
        events = [AuditEventView.from_attributes(event) for event in page.items]
        return cls(events=events, cursor=page.cursor)


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
