"""What must be true of second factors at every instant."""

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from accounts.access import factor_ends, second_factors
from accounts.credentials.tokens import Kind
from accounts.storage.factors import Passkey, RecoveryCodes, Totp
from accounts.storage.tables import User
from tests.support.races.storage import Item

if TYPE_CHECKING:
    from tests.support.races.invariants import State

Factor = Totp | RecoveryCodes | Passkey
MOST_PASSKEYS = 10
_MODELS: Mapping[str, type[Factor]] = {
    model.PREFIX: model for model in (Totp, RecoveryCodes, Passkey)
}


def read(items: Iterable[Item]) -> Mapping[str, Factor]:
    """Return what is on file, by its key, of the table's items."""
    factors = (_read(item) for item in items)
    return {factor.factor: factor for factor in factors}


def factors_belong(state: "State") -> Iterator[str]:
    """What is on file belongs to an account that says so, and the account says nothing else."""
    said = {key: user.id for user in state.users.values() for key in _said_by(user)}
    for key, factor in state.factors.items():
        if said.get(key) != factor.user_id:
            yield f"{key} belongs to nobody who says so"
    for key in said.keys() - state.factors.keys():
        yield f"{key} is not on file"


def factors_are_whole(state: "State") -> Iterator[str]:
    """An app in use has its secret, and one that is begun with what waits; passkeys are few."""
    for user in state.users.values():
        totp = state.factors.get(f"{Totp.PREFIX}{user.id}")
        if totp is not None:
            is_used, waits = (
                totp.attribute_values.get(name) is not None
                for name in ("sealed_secret", "pending_secret")
            )
            if not (is_used or waits):
                yield f"the app of user {user.id} has no secret"
            if is_used != bool(user.has_totp):
                yield f"the app of user {user.id} is in use or not, and the user says otherwise"
        ids = user.passkey_ids or []
        if len(ids) > MOST_PASSKEYS or len(set(ids)) < len(ids):
            yield f"user {user.id} lists {len(ids)} passkeys"


def second_factors_were_asked_for(state: "State") -> Iterator[str]:
    """A session of who has a second factor was begun with one, or is where the first was added."""
    for session in state.sessions:
        user = state.users.get(session.user_id)
        if user is None or session.kind == Kind.SERVICE or not second_factors.has_any(user):
            continue
        name = f"session {session.session_id} of user {user.id}"
        if "mfa" not in (session.attribute_values.get("amr") or "").split():
            yield f"{name} was begun with the password alone"
        if session.attribute_values.get("enrolment_due"):
            yield f"{name} is for getting a second factor, which is there"


FACTOR_RULES = (factors_belong, factors_are_whole, second_factors_were_asked_for)


def _said_by(user: User) -> Iterator[str]:
    for change in factor_ends.removal_changes(user):
        (key, _) = change.item.key()
        yield key


def _read(item: Item) -> Factor:
    prefix = str(item["factor"]["S"]).partition("#")[0] + "#"
    return _MODELS[prefix].from_raw_data(dict(item))
