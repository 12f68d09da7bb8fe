"""Recovery codes: for who has lost what makes their other codes. Each works once.

Sixty random bits each, kept as HMACs whose key KMS makes for the account: a stolen table opens
nothing, and it is one call for all ten. They are read off paper, so they have Crockford's base 32,
which leaves letters out that look like digits, and takes those for what they look like.
"""

import base64
import hashlib
import hmac
import re
import secrets
from typing import NamedTuple

from accounts import clock, settings
from accounts.credentials import kms
from accounts.storage.factors import RecoveryCodes
from accounts.storage.transactions import Change, Delete, Put, Update

COUNT = 10
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LENGTH = 12
PATTERN = f"[{ALPHABET}]{{{LENGTH}}}"
_GROUP = 4
_LOOK_ALIKES = str.maketrans("oil", "011")
# no password and no log-in code has it, which the same key is used for
_PREFIX = b"\xffrecovery#"


class NewCodes(NamedTuple):
    """Recovery codes as given out, once; they work from when ``kept`` is written."""

    codes: list[str]
    kept: Change


class UsedCode(NamedTuple):
    """The use of a code, which works once, in the caller's transaction; so many are left then."""

    spent: Change
    left: int


def new(user_id: int) -> NewCodes:
    """Return ten new codes for the account; once they are kept, all it had before are void.

    Raises:
        UnavailableError: KMS did not answer.
    """
    codes = ["".join(secrets.choice(ALPHABET) for _ in range(LENGTH)) for _ in range(COUNT)]
    key_id = settings.current().password_key_id
    key = _key(user_id, key_id)
    record = RecoveryCodes(
        factor=_of(user_id).factor,
        user_id=user_id,
        key_id=key_id,
        code_macs={_mac(key, code) for code in codes},
        created_at=clock.now(),
    )
    return NewCodes([_grouped(code) for code in codes], Put(record))


def none_left(user_id: int) -> Change:
    """Return the change by which an account with a second factor has no codes, until it asks."""
    record = _of(user_id)
    record.user_id, record.key_id = user_id, settings.current().password_key_id
    record.created_at = clock.now()
    return Put(record)


def use(user_id: int, code: str) -> UsedCode | None:
    """Return what using the code takes, or None if it is none that the account has left.

    Raises:
        UnavailableError: DynamoDB or KMS did not answer.
    """
    record = RecoveryCodes.find(_of(user_id).factor)
    if record is None:
        return None
    mac = _mac(_key(user_id, record.key_id), code)
    left = record.code_macs or set()
    if mac not in left:
        return None
    is_left = RecoveryCodes.code_macs.contains(mac)
    spent = Update(record, is_left, [RecoveryCodes.code_macs.delete({mac})])
    return UsedCode(spent, len(left) - 1)


def removed(user_id: int) -> Change:
    """Return the change that voids all codes of the account, if it has any."""
    return Delete(_of(user_id))


def as_kept(typed: str) -> str:
    """Return a code without what people add, or mistake, when they type one."""
    return re.sub("[ -]", "", typed).lower().translate(_LOOK_ALIKES)


def _of(user_id: int) -> RecoveryCodes:
    return RecoveryCodes(factor=f"{RecoveryCodes.PREFIX}{user_id}")


def _grouped(code: str) -> str:
    return "-".join(code[first : first + _GROUP] for first in range(0, LENGTH, _GROUP))


def _key(user_id: int, key_id: str) -> bytes:
    return kms.hmac_sha384(_PREFIX + str(user_id).encode(), key_id)


def _mac(key: bytes, code: str) -> str:
    return base64.b64encode(hmac.digest(key, code.encode(), hashlib.sha256)).decode()
