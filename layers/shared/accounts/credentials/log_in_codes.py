"""Log-in codes: eight digits in a mail, for who can show the challenge that they go with.

Who asks for a code gets a challenge, which is the same for every address: only once somebody with
that address is found, and the mail made, does it get a code and an owner. So nothing about it
tells whether there is an account. The code is kept as its HMAC under a key in KMS, together with
the challenge: a stolen table opens nothing, and a code goes with no other challenge.

Each challenge takes five tries, counted before they are compared (OWASP ASVS 6.5.5): five in a
hundred million. As somebody else may have asked, and spoil theirs, the link in the mail has a
challenge of its own, which only who reads the mail knows. Both work once together.
"""

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from accounts import clock, settings
from accounts.credentials import kms, one_time_tokens, opaque
from accounts.credentials.one_time_tokens import Kind, TokenInvalidError
from accounts.storage.tables import LoginAttempt, OneTimeToken, User
from accounts.storage.transactions import Change, ConditionFailedError, Delete, Put, Update, write

DIGITS = 8
TRIES = 5
LIFE_SECONDS = 600
_MAC_BYTES = 48
# no password has it, which the same key is used for: this byte is in no text in UTF-8
_PREFIX = b"\xff"


class ChallengeOverError(Exception):
    """There is no such challenge, or it is used, void or expired, or has no tries left."""


class WrongCodeError(Exception):
    """The code is not the one that was mailed for the challenge, if any was."""


@dataclass(frozen=True)
class NewChallenge:
    """A challenge as given out, once; it counts from when ``kept`` is written."""

    text: str
    key: str
    kept: Change


@dataclass(frozen=True)
class MailedCode:
    """A code, and the challenge for the link in its mail."""

    code: str
    link_challenge: str


@dataclass(frozen=True)
class OpenCode:
    """A right code: whose it is, and of which epoch of their credentials.

    ``spent`` is its part in the transaction that uses it, whose conditions let it work once.
    """

    user_id: int
    epoch: int
    spent: Sequence[Change]


def new_challenge() -> NewChallenge:
    """Return a challenge that nobody owns yet, and that is not yet stored."""
    secret = opaque.new_secret()
    expires_at = clock.now() + timedelta(seconds=LIFE_SECONDS)
    record = OneTimeToken(token=_key(secret), expires_at=expires_at)
    return NewChallenge(_text(secret), record.token, _put(record))


def mail_to(user: User, key: str, place: LoginAttempt) -> MailedCode:
    """Give the challenge a code and an owner, and return what to mail them.

    If it has a code from an earlier try at mailing, that is void. ``place`` is the mail's among
    those that the mailbox has; the use of the code frees it.

    Raises:
        ChallengeOverError: it is expired, or was used.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    root = OneTimeToken.find(key)
    # DynamoDB keeps expired items for days
    if root is None or root.expires_at <= clock.now():
        raise ChallengeOverError
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    secret = opaque.new_secret()
    link = OneTimeToken(
        token=_key(secret),
        user_id=user.id,
        epoch=user.credentials_epoch,
        code_mac=_mac(_key(secret), code),
        place=place.subject,
        root=key,
        expires_at=root.expires_at,
    )
    owned = [
        OneTimeToken.user_id.set(user.id),
        OneTimeToken.epoch.set(user.credentials_epoch),
        OneTimeToken.code_mac.set(_mac(key, code)),
        OneTimeToken.place.set(place.subject),
    ]
    try:
        write(Update(root, OneTimeToken.token.exists(), owned), _put(link))
    except ConditionFailedError as error:
        raise ChallengeOverError from error
    return MailedCode(code, _text(secret))


def check(challenge: str, code: str) -> OpenCode:
    """Return what the challenge and its code open; whichever fails asks the same of AWS.

    Raises:
        ChallengeOverError: see there.
        WrongCodeError: the code is another, or nobody's.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    record = _counted(challenge)
    mac = _mac(record.token, code)
    # zeros are the HMAC of nothing that anybody will find
    if not hmac.compare_digest(mac, record.code_mac or bytes(_MAC_BYTES)):
        raise WrongCodeError
    exists = OneTimeToken.token.exists()
    # gone with either of the two, the first challenge lets only one of them be used
    roots = [Delete(OneTimeToken(token=record.root), exists)] if record.root else []
    place = Delete(LoginAttempt(subject=record.place))
    return OpenCode(record.user_id, record.epoch, (Delete(record, exists), *roots, place))


def _counted(challenge: str) -> OneTimeToken:
    """Return the challenge, once one more of its tries is counted."""
    try:
        secret = one_time_tokens.secret_of(Kind.LOG_IN, challenge)
    except TokenInvalidError as error:
        raise ChallengeOverError from error
    record = OneTimeToken(token=_key(secret))
    is_live = one_time_tokens.has_tries_left(TRIES) & (OneTimeToken.expires_at > clock.now())
    if not record.try_update([OneTimeToken.tries.add(1)], is_live):
        raise ChallengeOverError
    return record


def _put(record: OneTimeToken) -> Change:
    return Put(record, OneTimeToken.token.does_not_exist())


def _key(secret: str) -> str:
    return one_time_tokens.key(Kind.LOG_IN, secret)


def _text(secret: str) -> str:
    return one_time_tokens.text_of(Kind.LOG_IN, secret)


def _mac(key: str, code: str) -> bytes:
    message = _PREFIX + f"{key}:{code}".encode()
    return kms.hmac_sha384(message, settings.current().password_key_id)
