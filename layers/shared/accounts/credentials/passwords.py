"""Password hashes.

A stored hash is bcrypt over base64(HMAC-SHA-384(password)) (OWASP Password Storage Cheat Sheet),
where the HMAC key is in KMS: who steals the table cannot even begin to guess. The HMAC also
brings every password below bcrypt's limit of 72 bytes without cutting it. A hash imported from
another system (bcrypt, Argon2id, PBKDF2) is good until its owner's next log-in makes a new one.
"""

import base64
import itertools
import time
import unicodedata
from dataclasses import dataclass, replace

import bcrypt

from accounts import settings
from accounts.credentials import kms

MAX_LENGTH = 256
BCRYPT_BYTES = 72
_SCHEME = "$kms-hmac-sha384$"
_DERIVED = ("$argon2id$", "$pbkdf2-")
_LOWEST_COST = 4
# how finely is matched what a hash of ours takes: 2**6 steps
_FINENESS = 6
# a well-formed salt and hash that belong to no password
_NOBODYS = "." * 53


class WrongPasswordError(Exception):
    """The password is not the one behind the hash."""


def hashed(password: str) -> str:
    """Return the hash to store for a password.

    Raises:
        UnavailableError: KMS did not answer.
    """
    key_id = settings.current().password_key_id
    salt = bcrypt.gensalt(settings.current().bcrypt_cost)
    return f"{_SCHEME}{key_id}{bcrypt.hashpw(_keyed(password, key_id), salt).decode()}"


# never shown
@dataclass(frozen=True, eq=False, repr=False)
class Candidate:
    """A password, keyed as the hash that is ``stored`` is; None stands for a hash of nobody's."""

    password: str
    keyed: bytes
    stored: str | None

    def of_nobody(self) -> "Candidate":
        """Return it compared with no hash there is, which takes the same work."""
        return replace(self, stored=None)

    def verify(self) -> None:
        """Return if this is the password behind the hash.

        A no takes the same work whatever is stored: nothing, a hash of a lower cost, or one from
        another system. So the time tells nothing (OWASP ASVS 6.3.8). What costs more than a hash
        of ours takes longer, until its owner logs in.

        Raises:
            WrongPasswordError: it is not.
        """
        known = self.stored or _dummy()
        if known.startswith(_DERIVED):
            _verify_derived(self.password, known)
            return
        _, bcrypt_hash = _parts(known)
        # imported: the systems that made it cut what bcrypt does not take
        imported = self.password.encode()[:BCRYPT_BYTES]
        candidate = self.keyed if known.startswith(_SCHEME) else imported
        if not bcrypt.checkpw(candidate, bcrypt_hash.encode()) or not self.stored:
            _make_up_for(_cost(bcrypt_hash))
            raise WrongPasswordError


def candidate(password: str, stored: str | None) -> Candidate:
    """Return the password keyed, ready to be compared with what is stored; nothing tells yet.

    Whatever is stored, KMS is asked once, even where nothing comes of it.

    Raises:
        UnavailableError: KMS did not answer.
    """
    key_id, _ = _parts(stored or _dummy())
    return Candidate(password, _keyed(password, key_id), stored)


def verify(password: str, stored: str | None) -> None:
    """Return if ``password`` is the one behind ``stored``; see :meth:`Candidate.verify`.

    Raises:
        WrongPasswordError: it is not.
        UnavailableError: KMS did not answer.
    """
    candidate(password, stored).verify()


def _verify_derived(password: str, stored: str) -> None:
    began = time.thread_time()
    # imported here, because hardly any account has such a hash
    from accounts.credentials import derived_hashes  # noqa: PLC0415 - see above

    if not derived_hashes.is_of(password, stored):
        _make_up_since(began)
        raise WrongPasswordError


def is_outdated(stored: str) -> bool:
    """Say whether a hash was made elsewhere, or with another cost or key than those set now."""
    if not stored.startswith(_SCHEME):
        return True
    key_id, bcrypt_hash = _parts(stored)
    now = settings.current()
    return _cost(bcrypt_hash) != now.bcrypt_cost or key_id != now.password_key_id


def _keyed(password: str, key_id: str) -> bytes:
    # é from one keyboard is e and an accent from another (NIST SP 800-63B-4 section 3.1.1.2)
    message = unicodedata.normalize("NFC", password).encode()
    return base64.b64encode(kms.hmac_sha384(message, key_id))


def _parts(stored: str) -> tuple[str, str]:
    if not stored.startswith(_SCHEME):
        return settings.current().password_key_id, stored
    key_id, _, bcrypt_hash = stored.removeprefix(_SCHEME).partition("$")
    return key_id, f"${bcrypt_hash}"


def _cost(bcrypt_hash: str) -> int:
    return int(bcrypt_hash.split("$")[2])


def _make_up_for(cost: int) -> None:
    # each cost is twice the work of the one below: c + c + (c+1) + … + (n-1) is n
    for step in range(cost, settings.current().bcrypt_cost):
        bcrypt.checkpw(b"", f"$2b${step:02d}${_NOBODYS}".encode())


def _make_up_since(began: float) -> None:
    """Work on until a hash of ours could have been checked, as measured by small parts of one."""
    cost = settings.current().bcrypt_cost
    step = max(cost - _FINENESS, _LOWEST_COST)
    whole = 2 ** (cost - step)
    spent = time.thread_time() - began
    for steps in itertools.count(1):
        bcrypt.checkpw(b"", f"$2b${step:02d}${_NOBODYS}".encode())
        taken = time.thread_time() - began
        if taken * steps >= whole * (taken - spent):
            return


def _dummy() -> str:
    now = settings.current()
    return f"{_SCHEME}{now.password_key_id}$2b${now.bcrypt_cost:02d}${_NOBODYS}"
