"""Passkeys on file: an account's own item lists them by id, so all are found by key.

:mod:`accounts.credentials.passkey_proofs` makes and uses them, which loads what reads WebAuthn.
"""

import hashlib
from collections.abc import Sequence
from typing import NamedTuple

from accounts import settings
from accounts.credentials import opaque
from accounts.errors import PasskeysOffError
from accounts.storage.dynamodb import find_all_of
from accounts.storage.factors import Passkey
from accounts.storage.tables import User

# with what goes with an account, they fit into the transaction that deletes it
MOST = 10
# of COSE, the best one first: ES256, EdDSA, RS256
ALGORITHMS = (-7, -8, -257)
ID_PATTERN = "[A-Za-z0-9_-]{43}"
_HANDLE_BYTES = 8


class CreationOptions(NamedTuple):
    """What an authenticator has to know to make a passkey; those ``excluded`` make none again."""

    challenge: str
    rp_id: str
    user: User
    excluded: Sequence[Passkey]


class RequestOptions(NamedTuple):
    """What an authenticator has to know to use a passkey: one ``allowed``, or any."""

    challenge: str
    rp_id: str
    allowed: Sequence[Passkey] = ()


def rp_id() -> str:
    """Return the domain that passkeys are made for here.

    Raises:
        PasskeysOffError: there is none.
    """
    if not (domain := settings.passkeys().passkey_rp_id):
        raise PasskeysOffError
    return domain


def origins() -> Sequence[str]:
    """Return the sites that passkeys are made and used on (WebAuthn Level 3 section 5.11).

    Raises:
        PasskeysOffError: there are none here.
    """
    rp_id()
    return sorted(settings.passkeys().passkey_origins)


def id_of(credential_id: bytes) -> str:
    """Return the id that an account lists the credential's passkey by."""
    digest = hashlib.sha256(credential_id).digest()
    return opaque.base64url(digest)


def keyed(passkey_id: str) -> Passkey:
    """Return the key of a passkey."""
    return Passkey(factor=Passkey.PREFIX + passkey_id)


def ids_of(user: User) -> Sequence[str]:
    """Return the ids of the account's passkeys, oldest first."""
    # PynamoDB has no type for an attribute that may be missing
    ids: list[str] | None = user.passkey_ids
    return ids or ()


def of(user: User) -> Sequence[Passkey]:
    """Return the account's passkeys, oldest first.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    # one that is being removed may be gone since the account was read
    return find_all_of([keyed(id_) for id_ in ids_of(user)])


def handle(user_id: int) -> bytes:
    """Return what authenticators know the account by: nothing personal, as its id is random."""
    return user_id.to_bytes(_HANDLE_BYTES, "big")
