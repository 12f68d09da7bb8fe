"""What the service ought to know, as plainly as it can be said."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from accounts.mail.messages import Kind, Occasion
from tests.support.occasions import occasion
from tests.support.people import claims

ACCESS = timedelta(seconds=900)
LEEWAY = timedelta(seconds=30)
GRACE = timedelta(seconds=10)
IDLE = timedelta(days=30)
SERVICE_TOKEN = timedelta(days=90)
RESET = timedelta(hours=1)
INVITATION = timedelta(days=1)
MOST_LINKS = 3
BUILTIN = {
    "read_only": frozenset({"content:read"}),
    "methodist": frozenset({"users:read", "roles:read", "content:read", "content:write"}),
}


@dataclass
class Device:
    """A session: a person's, or a back-end's, which has no refresh token."""

    access: str
    access_ends: datetime
    ends: datetime
    refresh: str = ""
    grace_ends: datetime | None = None
    parent: str | None = None
    ancestors: list[str] = field(default_factory=list)
    ended: bool = False

    @classmethod
    def signed_in(cls, tokens: dict[str, str], now: datetime) -> Self:
        """Return the device that was given these tokens."""
        access, refresh = tokens["access_token"], tokens["refresh_token"]
        return cls(access, now + ACCESS + LEEWAY, now + IDLE, refresh)

    @classmethod
    def of_a_back_end(cls, token: str, now: datetime) -> Self:
        """Return the session of a service token."""
        return cls(token, now + SERVICE_TOKEN + LEEWAY, now + SERVICE_TOKEN)

    @property
    def session_id(self) -> str:
        """Return the id of the session."""
        return str(claims(self.access)["sid"])

    @property
    def used(self) -> list[str]:
        """Return the refresh tokens that were exchanged for another one."""
        return [token for token in (*self.ancestors, self.parent) if token]

    def lives(self, now: datetime) -> bool:
        """Say whether it can be refreshed."""
        return not self.ended and now < self.ends

    def verdict(self, now: datetime) -> str | None:
        """Return why a call with its access token is refused, if it is."""
        if now >= self.access_ends:
            return "token_expired"
        return None if self.lives(now) else "session_ended"

    def rotate(self, tokens: dict[str, str], now: datetime) -> None:
        """Take the next pair of tokens."""
        if self.parent:
            self.ancestors.append(self.parent)
        self.parent, self.refresh = self.refresh, tokens["refresh_token"]
        self.access, self.access_ends = tokens["access_token"], now + ACCESS + LEEWAY
        self.ends, self.grace_ends = now + IDLE, now + GRACE

    def repeats(self, token: str, now: datetime) -> bool:
        """Say whether a token that was used is within the grace."""
        return token == self.parent and self.grace_ends is not None and now < self.grace_ends


@dataclass
class Account:
    """A person or a back-end, and what happened to it."""

    id: int
    email: str
    name: str
    passw: str | None
    role: str = "read_only"
    kind: str = "person"
    active: bool = True
    gone: bool = False
    # those that are out, with when they end, and those that are void
    resets: dict[str, datetime] = field(default_factory=dict)
    spent: list[str] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    trail: Counter[str] = field(default_factory=lambda: Counter(["user_created"]))
    # when those links end that were mailed because somebody asked, and are not void
    links: list[datetime] = field(default_factory=list)

    @property
    def status(self) -> str:
        """Return whether it may be used, in the service's words."""
        return "active" if self.active else "disabled"

    @property
    def reset_tokens(self) -> list[str]:
        """Return every reset token there ever was, the newest last."""
        return [*self.spent, *self.resets]

    def live(self, now: datetime) -> list[Device]:
        """Return the devices that are signed in."""
        return [device for device in self.devices if device.lives(now)]

    def begin(self, device: Device) -> None:
        """Sign in on a device."""
        self.devices.append(device)
        self.trail["session_begun"] += 1

    def end(self, device: Device) -> None:
        """Sign one device out, if it was not yet."""
        self.trail["session_ended"] += not device.ended
        device.ended = True

    def end_together(self, devices: list[Device]) -> None:
        """Sign several devices out at once."""
        self.trail["sessions_ended"] += bool(devices)
        for device in devices:
            device.ended = True

    def end_all(self, *, spare: Device | None = None) -> None:
        """End every session but ``spare``, as a part of what is done."""
        for device in self.devices:
            device.ended = device.ended or device is not spare

    def void(self) -> None:
        """Let the reset tokens that are out be worth nothing."""
        self.spent += self.resets
        self.resets.clear()
        self.links.clear()

    def give_reset_token(self, token: str, ends: datetime) -> None:
        """Have this reset token out, beside the others."""
        self.resets[token] = ends
        self.trail["reset_token_issued"] += 1

    def set_password(self, passw: str) -> None:
        """Have this password from now on."""
        self.passw = passw
        self.void()


@dataclass
class Order:
    """An order on the mail queue."""

    kind: Kind
    email: str
    ordered_at: datetime
    number: int
    occasion: Occasion | None = None
    done: bool = False


@dataclass
class World:
    """All accounts, roles and mails under way."""

    accounts: dict[str, Account] = field(default_factory=dict)
    deleted: list[Account] = field(default_factory=list)
    roles: dict[str, frozenset[str]] = field(default_factory=lambda: dict(BUILTIN))
    orders: list[Order] = field(default_factory=list)

    def everybody(self) -> Iterator[Account]:
        """Return every account, deleted ones too."""
        yield from self.accounts.values()
        yield from self.deleted

    def people(self) -> Iterator[Account]:
        """Return those that are persons."""
        return (account for account in self.everybody() if account.kind == "person")

    def back_ends(self) -> Iterator[Account]:
        """Return those that are back-ends."""
        return (account for account in self.everybody() if account.kind == "service")

    def add(self, account: Account) -> None:
        """Have a new account."""
        self.accounts[account.email] = account

    def order(self, kind: Kind, email: str, now: datetime) -> None:
        """Put an order on the mail queue."""
        self.orders.append(Order(kind, email, now, len(self.orders)))

    def order_notice(self, kind: Kind, account: Account, now: datetime, what: str) -> None:
        """Put the order for a notice of what was just done to the account on the mail queue."""
        told = occasion(account.id, account.name, what)
        self.orders.append(Order(kind, account.email, now, len(self.orders), told))
