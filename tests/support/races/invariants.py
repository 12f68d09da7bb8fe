"""What must be true of the tables at every instant, whatever is tried at once or breaks."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Self, TypeVar

from accounts import clock, emails, settings
from accounts.access import roles
from accounts.access.waiting_sign_ups import MOST_WAITING
from accounts.credentials import device_tokens, log_in_codes, one_time_tokens, passkey_challenges
from accounts.credentials.tokens import Kind
from accounts.sign_in import second_factor
from accounts.storage import search_index
from accounts.storage.dynamodb import Table
from accounts.storage.factors import Totp
from accounts.storage.search_index import IndexState, SearchEntry
from accounts.storage.tables import (
    AuditEvent,
    OneTimeToken,
    Role,
    User,
    UserEmail,
    UserSession,
    WaitingSignUps,
)
from accounts.storage.users import ACTIVE
from accounts.storage.webhooks import Webhook
from tests.support.races import event_invariants, factor_invariants
from tests.support.races.event_invariants import EVENT_RULES, Deliveries
from tests.support.races.factor_invariants import FACTOR_RULES, Factor
from tests.support.races.storage import Content

# expiry is kept in whole seconds
_ROUNDING = timedelta(seconds=1)
# those of other processes run on
_OTHER_CLOCKS = timedelta(minutes=1)
_ROTATION = ("child", "signature", "issued", "rotated", "paced")
# what a session of an earlier release has
_FORMER = (
    "refresh_family_hash",
    "refresh_token_hash",
    "previous_token_hash",
    "rotated_at",
    "sealed_child",
    "access_signature",
    "access_issued_at",
    "refreshes_paced_until",
)
# what a session has only sometimes
_OPTIONAL = {
    "email_unconfirmed",
    "family",
    "newest",
    "proved_at",
    "amr",
    "enrolment_due",
    *_ROTATION,
    *_FORMER,
}
_Model = TypeVar("_Model", bound=Table)


class InvariantError(AssertionError):
    """The tables hold what must never be; the text names each rule that is broken, and where."""


@dataclass(frozen=True)
class State:
    """The tables' items as the service understands them, and the time they were read at."""

    users: Mapping[int, User]
    emails: Mapping[str, UserEmail]
    roles: Mapping[str, Role]
    sessions: Sequence[UserSession]
    tokens: Sequence[OneTimeToken]
    waiting: Sequence[WaitingSignUps]
    events: Sequence[AuditEvent]
    factors: Mapping[str, Factor]
    entries: frozenset[tuple[str, ...]]
    webhooks: Sequence[Webhook]
    deliveries: Deliveries
    now: datetime

    @classmethod
    def of(cls, content: Content) -> Self:
        """Return the state that is ``content`` at this moment."""
        webhooks, deliveries = event_invariants.read(content[Webhook.named()].values())
        return cls(
            users={user.id: user for user in _items(User, content)},
            emails={owner.email: owner for owner in _items(UserEmail, content)},
            roles={role.name: role for role in _items(Role, content)},
            sessions=_items(UserSession, content),
            tokens=[t for t in _items(OneTimeToken, content) if not _is_waiting(t)],
            waiting=[w for w in _items(WaitingSignUps, content) if _is_waiting(w)],
            events=_items(AuditEvent, content),
            factors=factor_invariants.read(content[Totp.named()].values()),
            entries=frozenset(
                entry.key()
                for entry in _items(SearchEntry, content)
                if entry.beginning != IndexState.BEGINNING
            ),
            webhooks=webhooks,
            deliveries=deliveries,
            now=clock.now(),
        )

    def sessions_of(self, user_id: int) -> list[str]:
        """Return the ids of the user's sessions."""
        return [session.session_id for session in self.sessions if session.user_id == user_id]


Rule = Callable[[State], Iterator[str]]
Check = Callable[[], State]


def one_email_one_user(state: State) -> Iterator[str]:
    """A canonical e-mail belongs to one user, and a user to one, and to those it may go back to."""
    for user in state.users.values():
        owner = state.emails.get(user.email)
        if owner is None or owner.user_id != user.id:
            yield f"user {user.id} does not hold its e-mail"
    for owner in state.emails.values():
        holder = state.users.get(owner.user_id)
        ends = _part(owner, "expires_at")
        if ends is not None and ends <= state.now:
            # free, though still there
            continue
        if holder is None or ends != _ends(holder, owner.email):
            yield f"the e-mail of user {owner.user_id} is held by nobody"
        if emails.canonical(owner.email) != owner.email:
            yield f"the e-mail of user {owner.user_id} is not canonical"


def changes_can_be_taken_back(state: State) -> Iterator[str]:
    """Each address that a user may go back to is kept for that user, and each change told apart."""
    for user in state.users.values():
        changes = [change for change in user.email_changes or [] if change.until > state.now]
        for change in changes:
            owner = state.emails.get(change.email)
            if owner is None or owner.user_id != user.id:
                yield f"user {user.id} cannot go back to an address before"
        epochs = [change.epoch for change in changes]
        if epochs != sorted(set(epochs)) or any(e >= user.credentials_epoch for e in epochs):
            yield f"user {user.id} has changes of address that are not told apart"


def users_are_whole(state: State) -> Iterator[str]:
    """A user's parts fit: a role that exists, the initial."""
    for user in state.users.values():
        if user.role not in state.roles:
            yield f"user {user.id} has a role that does not exist"
        if user.initial != user.email[0]:
            yield f"user {user.id} is listed under another initial"


def sessions_belong(state: State) -> Iterator[str]:
    """A session belongs to an active user, who knows of it, and says of the user what is true."""
    for session in state.sessions:
        user = state.users.get(session.user_id)
        if user is None:
            yield f"{_name(session)} belongs to nobody"
        elif user.status != ACTIVE:
            yield f"{_name(session)} belongs to a user who is not active"
        elif session.session_id not in (user.session_ids or []):
            yield f"{_name(session)} is not listed at its user"
        elif (session.role, session.email) != (user.role, user.email):
            yield f"{_name(session)} contradicts its user"
        elif _is_live(session, state) and _called(session) != _called(user):
            yield f"{_name(session)} has an old name or language"
        elif _is_live(session, state) and session.email_unconfirmed != user.email_unconfirmed:
            yield f"{_name(session)} tells of an address what is no longer true"


def sessions_are_whole(state: State) -> Iterator[str]:
    """A session has all its parts; one that was ended does not come back as a part of itself."""
    required = set(UserSession.get_attributes()) - _OPTIONAL
    for session in state.sessions:
        if any(_part(session, name) is None for name in required):
            yield f"{_name(session)} is not whole"


def one_live_refresh_token(state: State) -> Iterator[str]:
    """A person's session has one live refresh token, a back-end's none."""
    live = Counter(session.newest for session in state.sessions)
    for session in state.sessions:
        token, family = _part(session, "newest"), _part(session, "family")
        if session.kind == Kind.SERVICE:
            if token is not None or family is not None:
                yield f"{_name(session)} of a back-end can be refreshed"
            continue
        if token is None or family is None:
            yield f"{_name(session)} cannot be refreshed"
        if live[token] > 1:
            yield f"{_name(session)} shares its refresh token"
        if any(_part(session, name) is not None for name in _FORMER):
            yield f"{_name(session)} is kept in two forms"
        if len({_part(session, name) is None for name in _ROTATION}) > 1:
            yield f"{_name(session)} has half a rotation"


def sessions_end(state: State) -> Iterator[str]:
    """No session outlives its absolute limit, nor its idle limit without a new refresh."""
    limits = settings.current()
    for session in state.sessions:
        created, expires = _part(session, "created_at"), _part(session, "expires_at")
        if created is None or expires is None:
            # sessions_are_whole tells of it
            continue
        if session.kind == Kind.SERVICE:
            latest = created + timedelta(seconds=limits.service_token_seconds)
        else:
            used = _part(session, "rotated") or created
            latest = min(
                created + timedelta(seconds=limits.session_seconds),
                used + timedelta(seconds=limits.refresh_idle_seconds),
            )
        if expires > latest + _ROUNDING:
            yield f"{_name(session)} lives too long"


def few_sessions_a_user(state: State) -> Iterator[str]:
    """A user has at most as many sessions as allowed, and lists no more."""
    most = settings.current().sessions_per_user
    counts = Counter(session.user_id for session in state.sessions)
    for user_id, count in counts.items():
        if count > most:
            yield f"user {user_id} has {count} sessions"
    for user in state.users.values():
        listed = user.session_ids or []
        if len(listed) > most:
            yield f"user {user.id} lists {len(listed)} sessions"
        if len(set(listed)) < len(listed):
            yield f"user {user.id} lists a session twice"


def few_devices_a_user(state: State) -> Iterator[str]:
    """A user knows at most so many devices, and lists none of them twice."""
    for user in state.users.values():
        for devices in (user.known_devices or {}, user.new_devices or {}):
            if len(devices) > device_tokens.DEVICES_PER_USER:
                yield f"user {user.id} knows {len(devices)} devices"
        if set(user.known_devices or {}) & set(user.new_devices or {}):
            yield f"user {user.id} knows a device twice"


def somebody_administers(state: State) -> Iterator[str]:
    """There is an active administrator."""
    active = (user for user in state.users.values() if user.status == ACTIVE)
    if not any(user.role == roles.ADMINISTRATOR for user in active):
        yield "nobody administers"


def holders_are_counted(state: State) -> Iterator[str]:
    """Roles that must not lose their last holder, or be deleted while held, know their holders."""
    held = Counter(user.role for user in state.users.values())
    active = Counter(u.role for u in state.users.values() if u.status == ACTIVE)
    for role in state.roles.values():
        if role.builtin and role.name != roles.ADMINISTRATOR:
            continue
        if (role.holders or 0, role.active_holders or 0) != (held[role.name], active[role.name]):
            yield f"role {role.name} miscounts its holders"


def one_time_tokens_are_whole(state: State) -> Iterator[str]:
    """A one-time token is of a kind, bound as that kind is, and soon over."""
    limits = settings.current()
    kinds = one_time_tokens.Kind
    # whose owner is known when they are used, or mailed
    unowned = {kinds.SIGN_UP, kinds.PASSKEY_LOG_IN}
    unbound = {kinds.LOG_IN, kinds.PASSKEY_LOG_IN}
    lives = {
        **dict.fromkeys(
            (kinds.PASSKEY_LOG_IN, kinds.PASSKEY_ENROLMENT, kinds.PASSKEY_CONFIRMATION),
            passkey_challenges.SECONDS,
        ),
        kinds.RESET: max(limits.reset_token_seconds, limits.invitation_seconds),
        kinds.EMAIL_CONFIRMATION: limits.email_token_seconds,
        kinds.EMAIL_UNDO: limits.undo_token_seconds,
        kinds.SIGN_UP: limits.email_token_seconds,
        kinds.LOG_IN: log_in_codes.LIFE_SECONDS,
        kinds.SECOND_FACTOR: second_factor.LIFE_SECONDS,
    }
    for token in state.tokens:
        kind = token.token.partition("#")[0]
        if kind not in set(kinds):
            yield f"token {token.token} is of no kind"
            continue
        longest = timedelta(seconds=lives[kinds(kind)])
        # by the epoch, or because it is for this address, or this session, and no other
        bonds = ("epoch", "sealed_email", "session_id")
        if kind not in unbound and all(_part(token, name) is None for name in bonds):
            yield f"token {token.token} cannot be voided"
        if kind != kinds.LOG_IN and (_part(token, "user_id") is None) != (kind in unowned):
            yield f"token {token.token} is nobody's, or of a sign-up and somebody's"
        expiry = _part(token, "expires_at")
        if expiry is None or expiry > state.now + longest + _ROUNDING:
            yield f"token {token.token} lives too long"


def sign_ups_wait_for_a_while(state: State) -> Iterator[str]:
    """Few wait at a canonical address, each with a password of their own, and not for ever."""
    longest = timedelta(seconds=settings.current().email_token_seconds)
    for waiting in state.waiting:
        email = waiting.token.removeprefix(WaitingSignUps.PREFIX)
        if emails.canonical(email) != email:
            yield "somebody waits at an address that is not canonical"
        if not 1 <= len(waiting.people) <= MOST_WAITING:
            yield f"{len(waiting.people)} wait at one address"
            continue
        if len({person.password_hash for person in waiting.people}) < len(waiting.people):
            yield "somebody waits twice"
        ends = max(person.until for person in waiting.people)
        if ends > state.now + longest + _OTHER_CLOCKS or not ends <= waiting.expires_at + _ROUNDING:
            yield "somebody waits too long, or not long enough"


def challenges_are_whole(state: State) -> Iterator[str]:
    """A challenge has its code and its owner or neither, and no more tries than there are."""
    for token in state.tokens:
        if not token.token.startswith(one_time_tokens.Kind.LOG_IN):
            continue
        owned = {_part(token, name) is None for name in ("user_id", "epoch", "code_mac", "place")}
        if len(owned) > 1:
            yield f"challenge {token.token} has half an owner"
        if (_part(token, "tries") or 0) > log_in_codes.TRIES:
            yield f"challenge {token.token} was tried too often"
        if _part(token, "root") is not None and owned != {False}:
            yield f"challenge {token.token} is in no mail"


def second_steps_are_whole(state: State) -> Iterator[str]:
    """A challenge for a second factor says what was proved, and was not tried too often."""
    for token in state.tokens:
        if not token.token.startswith(one_time_tokens.Kind.SECOND_FACTOR):
            continue
        if not _part(token, "amr"):
            yield f"challenge {token.token} follows no first proof"
        if (_part(token, "tries") or 0) > second_factor.TRIES:
            yield f"challenge {token.token} was tried too often"


def tokens_work_once(state: State) -> Iterator[str]:
    """Of the reset tokens that an account was given, each is there still or was used at most once.

    One may be gone without a use: it was expired.
    """
    given = Counter(event.user_id for event in state.events if event.what == "reset_token_issued")
    spent = Counter(event.user_id for event in state.events if event.what == "password_reset")
    resets = (t for t in state.tokens if t.token.startswith(one_time_tokens.Kind.RESET))
    kept = Counter(token.user_id for token in resets)
    for user_id in spent | kept:
        if spent[user_id] + kept[user_id] > given[user_id]:
            yield f"a reset token of user {user_id} worked twice, or outlived its use"


def beginnings_are_on_record(state: State) -> Iterator[str]:
    """The audit trail has one event for the beginning of each account and of each session."""
    accounts = Counter(event.user_id for event in state.events if event.what == "user_created")
    sessions = Counter(
        event.details["session_id"] for event in state.events if event.what == "session_begun"
    )
    for user_id in state.users:
        if accounts[user_id] != 1:
            yield f"user {user_id} was created {accounts[user_id]} times"
    for session in state.sessions:
        if sessions[session.session_id] != 1:
            yield f"{_name(session)} was begun {sessions[session.session_id]} times"


def people_are_found(state: State) -> Iterator[str]:
    """The search index has the entries of those who are there, and no others."""
    theirs = {e.key() for user in state.users.values() for e in search_index.entries(user)}
    for _, place in sorted(theirs - state.entries):
        yield f"{place} is missing in the search index"
    for _, place in sorted(state.entries - theirs):
        yield f"{place} is too much in the search index"


RULES: tuple[Rule, ...] = (
    one_email_one_user,
    changes_can_be_taken_back,
    users_are_whole,
    sessions_belong,
    sessions_are_whole,
    one_live_refresh_token,
    sessions_end,
    few_sessions_a_user,
    few_devices_a_user,
    somebody_administers,
    holders_are_counted,
    one_time_tokens_are_whole,
    sign_ups_wait_for_a_while,
    challenges_are_whole,
    second_steps_are_whole,
    tokens_work_once,
    beginnings_are_on_record,
    *FACTOR_RULES,
    people_are_found,
    *EVENT_RULES,
)


@dataclass
class Invariants:
    """Checks the rules, and between one look and the next that what is over stays over."""

    _before: State | None = None
    # what was there once and is not any more
    _over: set[tuple[str, object]] = field(default_factory=set)

    def check(self, content: Content) -> State:
        """Return the state of the tables, if nothing is wrong with it.

        Raises:
            InvariantError: something is.
        """
        state = State.of(content)
        broken = [
            f"{rule.__name__}: {where}"
            for rule in (*RULES, self._stays_over, self._goes_on)
            for where in rule(state)
        ]
        if broken:
            raise InvariantError("; ".join(broken))
        self._before = state
        return state

    def _stays_over(self, state: State) -> Iterator[str]:
        """What was ended, spent or deleted does not return."""
        if self._before is None:
            return
        self._over |= _passing(self._before) - _passing(state)
        for thing in self._over & _passing(state):
            yield f"{thing} is back"

    def _goes_on(self, state: State) -> Iterator[str]:
        """Versions rise, and nothing is struck from the audit trail."""
        if self._before is None:
            return
        for user in state.users.values():
            before = self._before.users.get(user.id)
            if before is not None and before.version > user.version:
                yield f"the version of user {user.id} fell"
            if before is not None and before.credentials_epoch > user.credentials_epoch:
                yield f"the epoch of user {user.id} fell"
        kept = {event.key() for event in state.events}
        for event in self._before.events:
            if event.key() not in kept:
                yield f"an event {event.what} of user {event.user_id} is gone"


def _items(model: type[_Model], content: Content) -> list[_Model]:
    return [model.from_raw_data(dict(item)) for item in content[model.named()].values()]


def _is_waiting(item: OneTimeToken | WaitingSignUps) -> bool:
    # who waits lies beside the tokens
    return bool(item.token.startswith(WaitingSignUps.PREFIX))


def _passing(state: State) -> set[tuple[str, object]]:
    sessions = {("session", session.key()) for session in state.sessions}
    refresh = {("refresh token", _part(s, "newest")) for s in state.sessions}
    one_time = {("one-time token", token.token) for token in state.tokens}
    users = {("user", user_id) for user_id in state.users}
    return (sessions | refresh | one_time | users) - {("refresh token", None)}


def _ends(user: User, email: str) -> datetime | None:
    """Return until when an address is kept for the user, None for the present one."""
    if email == user.email:
        return None
    kept = [change.until for change in user.email_changes or [] if change.email == email]
    return max(kept, default=datetime.min.replace(tzinfo=UTC))


def _part(item: Table, name: str) -> Any:  # noqa: ANN401 - of any attribute's type, or None
    # PynamoDB's types do not know that what was stored may lack a part
    return item.attribute_values.get(name)


def _is_live(session: UserSession, state: State) -> bool:
    expires = _part(session, "expires_at")
    return expires is not None and bool(expires > state.now)


def _called(whom: User | UserSession) -> tuple[str, str]:
    return whom.name, whom.language


def _name(session: UserSession) -> str:
    return f"session {session.session_id} of user {session.user_id}"
