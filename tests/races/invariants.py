"""What must be true of the tables at every instant, whatever was tried at once and whatever broke."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from accounts import clock, emails, roles, settings
from accounts.people import ACTIVE
from accounts.tables import Role, Table, User, UserEmail, UserSession
from accounts.tokens import Kind
from tests.races.storage import Content, Item

# expiry is kept in whole seconds
_ROUNDING = timedelta(seconds=1)
_REQUIRED_OF_SESSION = (
    "kind role email name user_created_at ip_address user_agent created_at last_activity expires_at"
).split()
_ROTATION = ("previous_token_hash", "rotated_at", "sealed_child")


class InvariantError(AssertionError):
    """The tables hold what must never be; the text names each rule that is broken, and where."""


@dataclass(frozen=True)
class State:
    """The tables' items as the service understands them, and the time they were read at."""

    users: Mapping[int, User]
    emails: Mapping[str, UserEmail]
    roles: Mapping[str, Role]
    sessions: Sequence[UserSession]
    now: datetime

    @classmethod
    def of(cls, content: Content) -> Self:
        """Return the state that is ``content`` at this moment."""
        names = settings.current()

        def items(model: type[Table]) -> Iterator[Item]:
            return (dict(item) for item in content[getattr(names, model.table_setting)].values())

        users = [User.from_raw_data(dict(item)) for item in items(User)]
        owners = [UserEmail.from_raw_data(dict(item)) for item in items(UserEmail)]
        known_roles = [Role.from_raw_data(dict(item)) for item in items(Role)]
        return cls(
            users={user.id: user for user in users},
            emails={owner.email: owner for owner in owners},
            roles={role.name: role for role in known_roles},
            sessions=[UserSession.from_raw_data(dict(item)) for item in items(UserSession)],
            now=clock.now(),
        )


Rule = Callable[[State], Iterator[str]]


def one_email_one_user(state: State) -> Iterator[str]:
    """A canonical e-mail belongs to one user, and a user to one canonical e-mail."""
    for user in state.users.values():
        owner = state.emails.get(user.email)
        if owner is None or owner.user_id != user.id:
            yield f"user {user.id} does not hold its e-mail"
    for owner in state.emails.values():
        holder = state.users.get(owner.user_id)
        if holder is None or holder.email != owner.email:
            yield f"the e-mail of user {owner.user_id} is held by nobody"
        if emails.canonical(owner.email) != owner.email:
            yield f"the e-mail of user {owner.user_id} is not canonical"


def users_are_whole(state: State) -> Iterator[str]:
    """A user has a role that exists, and a reset token has an expiry that is near."""
    longest = timedelta(seconds=settings.current().reset_token_seconds)
    for user in state.users.values():
        if user.role not in state.roles:
            yield f"user {user.id} has a role that does not exist"
        token, expiry = user.reset_token_hash, user.reset_token_expires_at
        if (token is None) != (expiry is None):
            yield f"user {user.id} has half a reset token"
        if expiry is not None and expiry > state.now + longest:
            yield f"the reset token of user {user.id} lives too long"


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
        elif (session.role, session.email, session.name) != (user.role, user.email, user.name):
            yield f"{_name(session)} contradicts its user"


def sessions_are_whole(state: State) -> Iterator[str]:
    """A session has all its parts; one that was ended does not come back as a part of itself."""
    for session in state.sessions:
        if any(getattr(session, name) is None for name in _REQUIRED_OF_SESSION):
            yield f"{_name(session)} is not whole"


def one_live_refresh_token(state: State) -> Iterator[str]:
    """A person's session has one live refresh token, a back-end's none."""
    live = Counter(session.refresh_token_hash for session in state.sessions)
    for session in state.sessions:
        token = session.refresh_token_hash
        if session.kind == Kind.SERVICE:
            if token is not None or session.refresh_family_hash is not None:
                yield f"{_name(session)} of a back-end can be refreshed"
            continue
        if token is None or session.refresh_family_hash is None:
            yield f"{_name(session)} cannot be refreshed"
        if live[token] > 1:
            yield f"{_name(session)} shares its refresh token"
        if token == session.previous_token_hash:
            yield f"{_name(session)} was rotated to the same token"
        if len({getattr(session, name) is None for name in _ROTATION}) > 1:
            yield f"{_name(session)} has half a rotation"


def sessions_end(state: State) -> Iterator[str]:
    """No session outlives its absolute limit, nor its idle limit without a new refresh."""
    limits = settings.current()
    for session in state.sessions:
        if session.created_at is None or session.expires_at is None:
            continue
        if session.kind == Kind.SERVICE:
            latest = session.created_at + timedelta(seconds=limits.service_token_seconds)
        else:
            used = session.rotated_at or session.created_at
            latest = min(
                session.created_at + timedelta(seconds=limits.session_seconds),
                used + timedelta(seconds=limits.refresh_idle_seconds),
            )
        if session.expires_at > latest + _ROUNDING:
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


def somebody_administers(state: State) -> Iterator[str]:
    """There is an active administrator."""
    active = (user for user in state.users.values() if user.status == ACTIVE)
    if not any(user.role == roles.ADMINISTRATOR for user in active):
        yield "nobody administers"


RULES: tuple[Rule, ...] = (
    one_email_one_user,
    users_are_whole,
    sessions_belong,
    sessions_are_whole,
    one_live_refresh_token,
    sessions_end,
    few_sessions_a_user,
    somebody_administers,
)


@dataclass
class Invariants:
    """Checks the rules, and between one look and the next that what is over stays over."""

    _before: State | None = None
    # what was there once and is not any more
    _over: set[object] = field(default_factory=set)

    def check(self, content: Content) -> State:
        """Return the state of the tables, if nothing is wrong with it.

        Raises:
            InvariantError: something is.
        """
        state = State.of(content)
        broken = [
            f"{rule.__name__}: {where}" for rule in (*RULES, self._stays_over) for where in rule(state)
        ]
        if broken:
            raise InvariantError("; ".join(broken))
        self._before = state
        return state

    def _stays_over(self, state: State) -> Iterator[str]:
        """An ended session, a spent reset token or refresh token never returns; versions rise."""
        if self._before is None:
            return
        self._over |= _passing(self._before) - _passing(state)
        for thing in self._over & _passing(state):
            yield f"{thing} is back"
        for user in state.users.values():
            before = self._before.users.get(user.id)
            if before is not None and before.version > user.version:
                yield f"the version of user {user.id} fell"


def _passing(state: State) -> set[object]:
    sessions = {("session", session.user_id, session.session_id) for session in state.sessions}
    refresh = {("refresh token", session.refresh_token_hash) for session in state.sessions}
    resets = {("reset token", user.reset_token_hash) for user in state.users.values()}
    users = {("user", user_id) for user_id in state.users}
    nothing = {("refresh token", None), ("reset token", None)}
    return (sessions | refresh | resets | users) - nothing


def _name(session: UserSession) -> str:
    return f"session {session.session_id} of user {session.user_id}"
