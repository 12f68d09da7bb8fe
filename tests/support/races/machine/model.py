"""What the service ought to know, as plainly as it can be said."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from accounts.mail.messages import Kind, Occasion
from tests.support.apps import App
from tests.support.occasions import occasion
from tests.support.people import claims

ACCESS = timedelta(seconds=900)
LEEWAY = timedelta(seconds=30)
GRACE = timedelta(seconds=10)
IDLE = timedelta(days=30)
SERVICE_TOKEN = timedelta(days=90)
# for what takes more than being signed in
RECENT_PROOF = timedelta(minutes=10)
CHALLENGE = timedelta(minutes=5)
RESET = timedelta(hours=1)
INVITATION = timedelta(days=1)
TO_CONFIRM = timedelta(days=1)
TO_UNDO = timedelta(days=7)
MOST_LINKS = 3
# of those that came back, and of those that did not
MOST_KNOWN_DEVICES = 10
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
    # of a person who has yet to get the second factor that their role demands
    due: bool = False
    amr: tuple[str, ...] = ("pwd",)
    proof_ends: datetime | None = None
    parent: str | None = None
    ancestors: list[str] = field(default_factory=list)
    ended: bool = False

    @classmethod
    def signed_in(cls, tokens: dict[str, str], now: datetime) -> Self:
        """Return the device that was given these tokens."""
        access, refresh = tokens["access_token"], tokens["refresh_token"]
        device = cls(access, now + ACCESS + LEEWAY, now + IDLE, refresh)
        device.proof_ends = now + RECENT_PROOF
        return device

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


@dataclass(frozen=True)
class Pending:
    """A change of address that waits to be confirmed."""

    email: str
    ends: datetime


@dataclass(frozen=True)
class Move:
    """A change of address that was confirmed: where the account was, which is kept for it."""

    before: str
    stretch: int
    ends: datetime


@dataclass
class MovingToken:
    """What confirms an address, or takes back the change that was begun in a stretch."""

    email: str
    stretch: int
    ends: datetime
    is_spent: bool = False

    def is_over(self, now: datetime) -> bool:
        """Say whether it was used, or its time is over."""
        return self.is_spent or now >= self.ends


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
    # a new password, role, status or address begins another
    stretch: int = 0
    pending: Pending | None = None
    moves: list[Move] = field(default_factory=list)
    confirmations: dict[str, MovingToken] = field(default_factory=dict)
    undoings: dict[str, MovingToken] = field(default_factory=dict)
    # the tokens of devices that are known, the newest last
    new_devices: list[str] = field(default_factory=list)
    known_devices: list[str] = field(default_factory=list)
    # the app in use, the last step that it made a code for, and one that waits to be enabled
    app: App | None = None
    last_step: int = 0
    begun: App | None = None
    recovery_codes: list[str] = field(default_factory=list)
    # with the stretch that each was given in, and when it ends
    challenges: dict[str, tuple[int, datetime]] = field(default_factory=dict)

    @property
    def has_factor(self) -> bool:
        """Say whether log-ins ask for a second factor."""
        return self.app is not None

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

    def kept(self, now: datetime) -> list[Move]:
        """Return the moves that can be taken back."""
        return [move for move in self.moves if now < move.ends]

    def waits_for(self, now: datetime) -> str | None:
        """Return the address that the account will have once that is confirmed."""
        pending = self.pending
        return pending.email if pending and now < pending.ends else None

    def knows(self, device_token: str) -> bool:
        """Say whether the owner has logged in from there before."""
        return device_token in self.known_devices + self.new_devices

    def welcome(self, device_token: str) -> None:
        """Know the device from now on, as one that came back if it did."""
        came_back = self.knows(device_token)
        for devices in (self.known_devices, self.new_devices):
            if device_token in devices:
                devices.remove(device_token)
        devices = self.known_devices if came_back else self.new_devices
        devices.append(device_token)
        del devices[:-MOST_KNOWN_DEVICES]

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
        """Let the tokens that are out, but those that undo, be worth nothing."""
        self.stretch += 1
        self.pending = None
        self.spent += self.resets
        self.resets.clear()
        self.links.clear()

    def give_reset_token(self, token: str, ends: datetime) -> None:
        """Have this reset token out, beside the others."""
        self.resets[token] = ends
        self.trail["reset_token_issued"] += 1

    def take_into_use(self, step: int, codes: list[str] | None) -> None:
        """Have log-ins ask for the app that was begun with."""
        self.app, self.begun, self.last_step = self.begun, None, step
        if codes:
            self.recovery_codes = codes

    def forget_factors(self) -> None:
        """Have no second factor any more."""
        self.app = self.begun = None
        self.recovery_codes = []

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
    account: Account | None = None
    done: bool = False


@dataclass
class World:
    """All accounts, roles and mails under way."""

    accounts: dict[str, Account] = field(default_factory=dict)
    deleted: list[Account] = field(default_factory=list)
    roles: dict[str, frozenset[str]] = field(default_factory=lambda: dict(BUILTIN))
    # the roles whose holders have to have a second factor
    demanding: set[str] = field(default_factory=set)
    orders: list[Order] = field(default_factory=list)
    # addresses at which strangers guessed until the password was off, and those of them whose
    # owners have come from a known device since
    off: set[str] = field(default_factory=set)
    slowed: set[str] = field(default_factory=set)

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
        self.clear_failures(account.email)

    def holder(self, email: str, now: datetime) -> Account | None:
        """Return whose the address is, or for whom it is kept."""
        if email in self.accounts:
            return self.accounts[email]
        kept = ((a, move) for a in self.accounts.values() for move in a.kept(now))
        return next((account for account, move in kept if move.before == email), None)

    def readdress(self, account: Account, email: str) -> None:
        """Have the account at this address from now on, signed out everywhere."""
        del self.accounts[account.email]
        self.clear_failures(account.email)
        self.clear_failures(email)
        account.email = email
        self.accounts[email] = account
        account.void()
        account.end_all()

    def let_the_owner_in(self, email: str) -> None:
        """Have the owner log in from a known device: the password is on again."""
        if email in self.off:
            self.off.remove(email)
            self.slowed.add(email)

    def clear_failures(self, email: str) -> None:
        """Forget what strangers did at an address."""
        self.off.discard(email)
        self.slowed.discard(email)

    def order(self, kind: Kind, email: str, now: datetime) -> None:
        """Put an order on the mail queue."""
        self.orders.append(Order(kind, email, now, len(self.orders)))

    def order_notice(
        self, kind: Kind, account: Account, now: datetime, what: str, to: str | None = None
    ) -> Order:
        """Put the order for a notice of what is done to the account on the mail queue."""
        told = occasion(account.id, account.name, what, account.stretch)
        number = len(self.orders)
        self.orders.append(Order(kind, to or account.email, now, number, told, account))
        return self.orders[-1]
