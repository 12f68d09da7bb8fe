"""Storing accounts that come from elsewhere, several in one transaction.

Each comes with its e-mail, so that e-mails stay unique, with its event in the audit trail, and
with its part in the count of who holds its role. Nothing is kept of how far an import has come:
who is there already is told by looking.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial

from accounts.access import role_holders
from accounts.access.role_holders import Holding
from accounts.credentials import opaque, recovery_codes, totp_secrets
from accounts.storage import audit, search_index, users
from accounts.storage.dynamodb import unavailable_on_failure
from accounts.storage.tables import AuditEvent, Role, User, UserEmail
from accounts.storage.transactions import (
    LARGEST_TRANSACTION,
    Change,
    ConditionFailedError,
    Put,
    Update,
    write,
)
from infra.manage.retries import retried_until_available
from infra.manage.user_lines import new_id

# items of a transaction, of which one may be the role that is counted
LARGEST_BATCH = LARGEST_TRANSACTION - 1
CREATED = "user_created"
NO_HASH = "no hash"
# events of an account, of which its import is the first
BEGINNING = 50
TAKEN_EMAIL = "email: Belongs to another account"
TAKEN_ID = "id: Belongs to another account"


@dataclass(frozen=True)
class Newcomer:
    """An account to store, and the line that it comes from."""

    line_number: int
    user: User
    id_is_given: bool
    totp_secret: bytes | None = field(default=None, repr=False)

    @property
    def size(self) -> int:
        """Return how many items it takes to store: account, e-mail, event, what finds it, an app.

        With an app comes where recovery codes will be.
        """
        return 3 + len(search_index.entries(self.user)) + 2 * (self.totp_secret is not None)


@dataclass(frozen=True)
class Refusal:
    """Why a line was not taken."""

    line_number: int
    reason: str


@dataclass
class Outcome:
    """What became of newcomers."""

    imported: int = 0
    there_already: int = 0
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, line_number: int, reason: str) -> None:
        """Note that a line was not taken."""
        self.refused.append(Refusal(line_number, reason))

    def add(self, other: "Outcome") -> None:
        """Note what became of others, too."""
        self.imported += other.imported
        self.there_already += other.there_already
        self.refused += other.refused


def is_counted(role: str) -> bool:
    """Say whether it is counted who holds the role."""
    return bool(role_holders.holder_count_changes(None, Holding(role, active=True)))


class Storage:
    """Stores batches of newcomers, from several threads at once."""

    def __init__(self, roles: Collection[str], pause: Callable[[float], object]) -> None:
        # batches that are counted at the same item would only get into each other's way
        self._turns = {role: threading.Lock() for role in roles if is_counted(role)}
        self._pause = pause

    def store(self, batch: Sequence[Newcomer]) -> Outcome:
        """Store those of the batch who are not there, and say what became of all.

        Together they may have the size LARGEST_BATCH, no e-mail and no id twice, and if it is
        counted who holds the role of one, then all have that role.

        Raises:
            UnavailableError: DynamoDB did not answer for long.
        """
        outcome = Outcome()
        tried = False
        while batch := self._not_there(batch, outcome, tried=tried):
            tried = True
            try:
                with self._turn(batch[0].user.role):
                    retried_until_available(partial(_write, batch), self._pause)
            except ConditionFailedError as error:
                batch = _without_conflicts(batch, error.failed, outcome)
            else:
                outcome.imported += len(batch)
                break
        return outcome

    def _turn(self, role: str) -> AbstractContextManager[object]:
        return self._turns.get(role) or nullcontext()

    def _not_there(
        self, batch: Sequence[Newcomer], outcome: Outcome, *, tried: bool
    ) -> Sequence[Newcomer]:
        owners = retried_until_available(partial(_owners, batch), self._pause)
        namesakes = {}
        for newcomer in batch:
            owner = owners.get(newcomer.user.email)
            if owner == newcomer.user.id:
                # once tried, it was this import that stored it, though the answer was lost
                outcome.imported += tried
                outcome.there_already += not tried
            elif owner is not None:
                namesakes[owner] = newcomer
        came_before = retried_until_available(partial(_who_came_before, namesakes), self._pause)
        outcome.there_already += len(came_before)
        for owner, newcomer in namesakes.items():
            if owner not in came_before:
                outcome.refuse(newcomer.line_number, TAKEN_EMAIL)
        return [newcomer for newcomer in batch if newcomer.user.email not in owners]


def _write(batch: Sequence[Newcomer]) -> None:
    write(*_changes(batch))


def _changes(batch: Sequence[Newcomer]) -> Sequence[Change]:
    changes: list[Change] = []
    for newcomer in batch:
        user = newcomer.user
        if newcomer.totp_secret:
            # sealed here, since it is for the id that the account has now
            user.has_totp = True
            app = totp_secrets.imported(user.id, newcomer.totp_secret)
            changes += [app, recovery_codes.none_left(user.id)]
        event = audit.event(
            user.id, CREATED, role=user.role, kind=user.kind, imported=_source(user)
        )
        owner = UserEmail(email=user.email, user_id=user.id)
        changes += [
            *search_index.added(user),
            Put(owner, UserEmail.email.does_not_exist()),
            Put(user, User.id.does_not_exist()),
            event,
        ]
    return [*changes, *_counts(batch)]


def _counts(batch: Sequence[Newcomer]) -> Sequence[Change]:
    role = batch[0].user.role
    if not is_counted(role):
        return []
    active = sum(users.is_active(newcomer.user) for newcomer in batch)
    actions = [Role.holders.add(len(batch)), Role.active_holders.add(active)]
    return [Update(Role(name=role), Role.name.exists(), actions)]


def _without_conflicts(
    batch: Sequence[Newcomer], failed: Sequence[Change], outcome: Outcome
) -> Sequence[Newcomer]:
    """Return those who may still be stored, after a transaction that ``failed`` kept from it."""
    items = [change.item for change in failed]
    emails = {item.email for item in items if isinstance(item, UserEmail)}
    # whose e-mail was taken as well is perhaps there already, which is looked into next
    ids = {item.id for item in items if isinstance(item, User) and item.email not in emails}
    role_is_gone = any(isinstance(item, Role) for item in items)
    rest = []
    for newcomer in batch:
        if role_is_gone:
            outcome.refuse(newcomer.line_number, f"role: There is no role {newcomer.user.role}")
        elif newcomer.user.id not in ids:
            rest.append(newcomer)
        elif newcomer.id_is_given:
            outcome.refuse(newcomer.line_number, TAKEN_ID)
        else:
            newcomer.user.id = new_id()
            rest.append(newcomer)
    return rest


def _owners(batch: Sequence[Newcomer]) -> Mapping[str, int]:
    emails = [newcomer.user.email for newcomer in batch]
    with unavailable_on_failure():
        found = UserEmail.batch_get(emails, consistent_read=True)
        return {owner.email: owner.user_id for owner in found}


def _who_came_before(namesakes: Mapping[int, Newcomer]) -> Collection[int]:
    """Return those accounts that an earlier import made of the same line as the newcomer's."""
    ids = [owner for owner, newcomer in namesakes.items() if not newcomer.id_is_given]
    if not ids:
        return ()
    with unavailable_on_failure():
        return {
            user.id
            for user in User.batch_get(ids, consistent_read=True)
            if _is_same(user, namesakes[user.id].user)
        }


def _is_same(user: User, newcomer: User) -> bool:
    # with its salt a hash is one of a kind; a log-in makes it anew, but the trail remembers
    if user.password_hash and user.password_hash == newcomer.password_hash:
        return True
    # where it began, give or take what clocks differ by
    beginning = AuditEvent.query(user.id, limit=BEGINNING, consistent_read=True)
    return any(
        event.what == CREATED and event.details.get("imported") == _source(newcomer)
        for event in beginning
    )


def _source(user: User) -> str:
    """Return what tells an imported password hash from others, and nothing else of it."""
    return opaque.digest(user.password_hash)[:16] if user.password_hash else NO_HASH
