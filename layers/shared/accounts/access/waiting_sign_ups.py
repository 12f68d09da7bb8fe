"""Sign-ups that wait for their address to be confirmed.

There is no account yet, and the address is held against nobody: several may wait at one, and who
shows that mail reaches them, and knows the password of one, has the account. The others are gone
with that.
"""

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from pynamodb.expressions.condition import Condition

from accounts import clock, settings
from accounts.credentials import budgets, passwords
from accounts.credentials.passwords import WrongPasswordError
from accounts.storage.tables import WaitingSignUp, WaitingSignUps
from accounts.storage.transactions import Change, Delete, Put

# at one address; each is a hash more to compare with, for which a function has its time
MOST_WAITING = 3
_REVISION_BYTES = 8


@dataclass(frozen=True)
class Waiting:
    """Those who wait at an address, oldest first, and their record as it was read, if there is."""

    email: str
    people: Sequence[WaitingSignUp]
    record: WaitingSignUps | None

    @classmethod
    def at(cls, email: str) -> Self:
        """Return who waits at this canonical address.

        Raises:
            UnavailableError: DynamoDB did not answer.
        """
        record = WaitingSignUps.find(_key(email))
        people = record.people if record else ()
        # DynamoDB keeps expired items for days
        return cls(email, [one for one in people if one.until > clock.now()], record)

    def with_password(self, password: str) -> WaitingSignUp:
        """Return the one who chose this password; of several the latest.

        Raises:
            WrongPasswordError: nobody did.
            UnavailableError: KMS did not answer.
        """
        for person in reversed(self.people):
            try:
                passwords.verify(password, person.password_hash)
            except WrongPasswordError:
                continue
            return person
        raise WrongPasswordError

    def is_still(self, person: WaitingSignUp) -> bool:
        """Say whether this one, as read before, waits here."""
        return any(one.password_hash == person.password_hash for one in self.people)

    def joined(self, person: WaitingSignUp) -> Change:
        """Return the change by which one more waits, if nothing else has changed."""
        record = WaitingSignUps(
            token=_key(self.email),
            people=[*_with_room(self.people), person],
            revision=secrets.token_hex(_REVISION_BYTES),
            expires_at=person.until,
        )
        return Put(record, self._as_read)

    def ended(self) -> Change:
        """Return the change after which nobody waits, if nothing else has changed."""
        return Delete(WaitingSignUps(token=_key(self.email)), self._as_read)

    @property
    def _as_read(self) -> Condition:
        if self.record is None:
            return WaitingSignUps.token.does_not_exist()
        return WaitingSignUps.revision == self.record.revision


def new(name: str, language: str, password_hash: str, ip_address: str) -> WaitingSignUp:
    """Return somebody who begins to wait, until the link that they are mailed is over."""
    seconds = settings.current().email_token_seconds
    return WaitingSignUp(  # type: ignore[no-untyped-call] # PynamoDB's own __init__
        name=name,
        language=language,
        password_hash=password_hash,
        source=budgets.network(ip_address),
        until=clock.now() + timedelta(seconds=seconds),
    )


def clear(email: str) -> Change:
    """Return the change after which nobody waits at the address, whoever did."""
    return Delete(WaitingSignUps(token=_key(email)))


def _with_room(people: Sequence[WaitingSignUp]) -> Sequence[WaitingSignUp]:
    """Return those who may go on waiting when another one comes.

    Of the source that most came from the oldest has to go: so nobody makes others go by coming
    often.
    """
    if len(people) < MOST_WAITING:
        return people
    (source, _), *_rest = Counter(one.source for one in people).most_common(1)
    oldest = next(one for one in people if one.source == source)
    return [one for one in people if one is not oldest]


def _key(email: str) -> str:
    return f"{WaitingSignUps.PREFIX}{email}"
