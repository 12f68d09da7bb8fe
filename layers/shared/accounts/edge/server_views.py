"""What the answers of the server zone look like."""

from typing import Literal, Self

from accounts.administration.listing import Page
from accounts.edge.views import Timestamp, View
from accounts.storage.tables import Role


class Created(View):
    """A new account."""

    id: int
    message: str = "Resource created successfully"
    created_at: Timestamp


class UserView(View):
    """An account, as those who may read accounts see it."""

    id: int
    kind: str
    email: str
    name: str
    role: str
    status: str
    language: str
    created_at: Timestamp
    updated_at: Timestamp


class UserPage(View):
    """A page of accounts; no cursor means that it is the last."""

    users: list[UserView]
    cursor: str | None

    @classmethod
    def of(cls, page: Page) -> Self:
        """Return the page."""
        return cls(users=[UserView.model_validate(u) for u in page.items], cursor=page.cursor)


class AuditEventView(View):
    """Something that was done."""

    what: str
    happened_at: Timestamp
    actor_id: int | None
    operator: str | None
    ip_address: str | None
    request_id: str | None
    details: dict[str, str | int | list[str]]


class AuditPage(View):
    """A page of events, newest first; no cursor means that it is the last."""

    events: list[AuditEventView]
    cursor: str | None

    @classmethod
    def of(cls, page: Page) -> Self:
        """Return the page."""
        events = [AuditEventView.model_validate(event) for event in page.items]
        return cls(events=events, cursor=page.cursor)


class RoleView(View):
    """A role."""

    name: str
    title: dict[str, str]
    permissions: list[str]
    builtin: bool
    back_end: bool

    @classmethod
    def of(cls, role: Role) -> Self:
        """Return the role."""
        return cls(
            name=role.name,
            title={"en": role.title_en, "ru": role.title_ru},
            permissions=list(role.permissions),
            builtin=role.builtin,
            back_end=bool(role.back_end),
        )


class Roles(View):
    """All roles."""

    roles: list[RoleView]


class IssuedServiceToken(View):
    """A service token, given out once."""

    user_id: int
    session_id: str
    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the scheme, no secret
    expires_at: Timestamp


class IssuedResetToken(View):
    """A reset token, given out once."""

    reset_token: str
    expires_at: Timestamp
