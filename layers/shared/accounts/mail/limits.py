"""How much mail goes out: asked for from one source address, by one person, and to one mailbox.

A mailbox has places, three of each sort of mail that anybody may order. A place is taken for as
long as what was mailed works, or until that is used or void: so whoever floods a mailbox fills it
three at a time, and while a mail is withheld, one that works is in the mailbox.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

from accounts import clock
from accounts.credentials import budgets, opaque
from accounts.storage.tables import LoginAttempt

PER_PERSON = 10
PER_PERSON_SECONDS = 3600
PLACES = 3
SHARED_SECONDS = 3600


def spend_source(address: str) -> None:
    """Count one order of a mail, of whatever sort, from this source address.

    Raises:
        TooManyRequestsError: too many came from there.
        UnavailableError: it could not be counted.
    """
    budgets.spend("mail-from", address)


def spend_person(user_id: int) -> None:
    """Count one order of a mail, to whatever address, by the person who is signed in.

    Raises:
        TooManyRequestsError: the person has ordered too many.
        UnavailableError: it could not be counted.
    """
    budgets.spend_own("mail-by", user_id, PER_PERSON, PER_PERSON_SECONDS)


def take_place(pool: str, order_id: str, *, seconds: int, epoch: int) -> LoginAttempt | None:
    """Take one of the pool's places for ``seconds`` and return it, or None if none is free.

    A pool is a mailbox's for one sort of mail. What was mailed in another ``epoch`` of the
    account's credentials is void, and its place free. All tries of an order have one place.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    places = (LoginAttempt(subject=f"{pool}#{place}") for place in range(PLACES))
    return next((place for place in places if _is_taken(place, order_id, seconds, epoch)), None)


def take_places(
    email: str, asking: int, order_id: str, *, seconds: int, epoch: int
) -> Sequence[LoginAttempt]:
    """Take the places of a mail that one account has sent to somebody's address; none is withheld.

    What one account sends has places of its own, so that it keeps nobody else's mail back for
    long: those that all share are free again after an hour.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    # addresses that nobody here has must not pile up readable
    mailbox = f"mail-to#{opaque.digest(email)}"
    own = take_place(f"{mailbox}#{asking}", order_id, seconds=seconds, epoch=epoch)
    if own is None:
        return ()
    # whoever's credentials it is about
    shared = take_place(mailbox, order_id, seconds=SHARED_SECONDS, epoch=0)
    if shared is None:
        leave_place(own, order_id)
        return ()
    return own, shared


@contextmanager
def free_on_failure(order_id: str, *places: LoginAttempt) -> Iterator[None]:
    """Free the places of a mail that does not leave in here, which must keep nothing back.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    try:
        yield
    except Exception:
        for place in places:
            leave_place(place, order_id)
        raise


def leave_place(place: LoginAttempt, order_id: str) -> None:
    """Free the place of a mail that has not left, unless another order has it by now.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    place.try_update([LoginAttempt.blocked_until.remove()], LoginAttempt.message_id == order_id)


def _is_taken(place: LoginAttempt, order_id: str, seconds: int, epoch: int) -> bool:
    now = clock.now()
    # what is mailed is made after this, so it does not end before
    free_again = now + timedelta(seconds=seconds)
    actions = [
        LoginAttempt.blocked_until.set(free_again),
        LoginAttempt.message_id.set(order_id),
        LoginAttempt.epoch.set(epoch),
        LoginAttempt.expires_at.set(free_again),
    ]
    # DynamoDB keeps expired items for days
    free = LoginAttempt.blocked_until.does_not_exist() | (LoginAttempt.blocked_until <= now)
    # the link was used, or voided
    free |= LoginAttempt.epoch.does_not_exist() | (LoginAttempt.epoch != epoch)
    # a try before this one took it
    return place.try_update(actions, free | (LoginAttempt.message_id == order_id))
