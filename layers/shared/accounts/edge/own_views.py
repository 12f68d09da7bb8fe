"""What the answer to somebody who asks for their own data looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from accounts.access import second_factors
from accounts.credentials import device_tokens, tokens
from accounts.edge.view import View
from accounts.edge.views import Seance
from accounts.storage import users

if TYPE_CHECKING:
    from accounts.own_account.data import OwnData
    from accounts.storage.tables import AuditEvent, Role, User, UserSession

# how an event's id begins, of which indexes have nothing else that tells when
_TIME = "%Y-%m-%dT%H:%M:%S.%fZ"
_TIME_LENGTH = 27


class PendingEmail(View):
    """An address that waits to be confirmed."""

    email: str
    until: datetime


class FormerEmail(View):
    """An address that the account can go back to."""

    email: str
    until: datetime


class Account(View):
    """The account itself."""

    id: int
    email: str
    email_confirmed: bool
    name: str
    language: str
    status: str
    created_at: datetime
    updated_at: datetime
    password_changed_at: datetime | None
    last_log_in: datetime | None
    pending_email: PendingEmail | None
    former_emails: Sequence[FormerEmail]
    # until when each is known, of which there is but a digest
    known_devices: Sequence[datetime]
    second_factors: Sequence[str]

    @classmethod
    def of(cls, user: "User") -> Self:
        """Return the account without its secrets."""
        waits = users.pending_email(user) is not None
        former = users.undoable_changes(user)
        return cls(
            id=user.id,
            email=user.email,
            email_confirmed=users.has_confirmed_email(user),
            name=user.name,
            language=user.language,
            status=user.status,
            created_at=user.created_at,
            updated_at=user.updated_at,
            password_changed_at=user.password_changed_at,
            last_log_in=users.last_log_in(user),
            pending_email=PendingEmail.from_attributes(user.pending_email_change)
            if waits
            else None,
            former_emails=[FormerEmail.from_attributes(change) for change in former],
            known_devices=device_tokens.expiries_of(user),
            second_factors=second_factors.names(user),
        )


class OwnRole(View):
    """The account's role, and what it permits now."""

    name: str
    title: Mapping[str, str]
    permissions: Sequence[str]

    @classmethod
    def of(cls, role: "Role") -> Self:
        """Return the role."""
        title = {"en": role.title_en, "ru": role.title_ru}
        return cls(name=role.name, title=title, permissions=role.permissions)


class OwnSeance(Seance):
    """A device that one is signed in on, and how one has proved oneself there (RFC 8176)."""

    amr: Sequence[str] | None = None


class OwnPasskey(View):
    """A passkey, without what it is known by."""

    label: str
    created_at: datetime
    last_used_at: datetime | None
    backed_up: bool


class OwnEvent(View):
    """Something that was done to the account: by ``you``, by ``another``, or by nobody signed in.

    Where another was is not the person's to know.
    """

    what: str
    happened_at: datetime
    by: str | None
    ip_address: str | None
    request_id: str | None
    details: Mapping[str, str | int | Sequence[str]]

    @classmethod
    def of(cls, event: "AuditEvent") -> Self:
        """Return what was done."""
        by = _who(event)
        return cls(
            what=event.what,
            happened_at=event.happened_at,
            by=by,
            ip_address=None if by == "another" else event.ip_address,
            request_id=event.request_id,
            details=event.details,
        )


class Act(View):
    """Something that the account did to another."""

    happened_at: datetime
    ip_address: str | None

    @classmethod
    def of(cls, event: "AuditEvent") -> Self:
        """Return when and from where it was done."""
        text = event.event_id[:_TIME_LENGTH]
        happened_at = datetime.strptime(text, _TIME).replace(tzinfo=UTC)
        return cls(happened_at=happened_at, ip_address=event.ip_address)


class OwnDataView(View):
    """What is kept about a person; no cursor means that there is no more of trail and acts."""

    account: Account
    role: OwnRole
    seances: Sequence[OwnSeance]
    passkeys: Sequence[OwnPasskey]
    trail: Sequence[OwnEvent]
    acts: Sequence[Act]
    cursor: str | None

    @classmethod
    def of(cls, data: "OwnData", current: "UserSession") -> Self:
        """Return the data, with the device that is asking marked."""
        return cls(
            account=Account.of(data.user),
            role=OwnRole.of(data.role),
            seances=[
                replace(OwnSeance.of(session, current), amr=tokens.proofs(session))
                for session in data.devices
            ],
            passkeys=[OwnPasskey.from_attributes(passkey) for passkey in data.passkeys],
            trail=[OwnEvent.of(event) for event in data.trail],
            acts=[Act.of(event) for event in data.acts],
            cursor=data.cursor,
        )


def _who(event: "AuditEvent") -> str | None:
    # PynamoDB has no type for an attribute that may be missing
    actor_id: int | None = event.actor_id
    if actor_id is None:
        return "another" if event.operator else None
    return "you" if actor_id == event.user_id else "another"
