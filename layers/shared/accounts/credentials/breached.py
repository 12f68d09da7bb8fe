"""Passwords known from data breaches, as Have I Been Pwned's range API knows them.

The service learns five of the forty hexadecimal digits of the password's SHA-1 and answers with
all hashes that begin so, among padding, so that not even the answer's length tells which it was.
"""

import hashlib
import re
import unicodedata

from accounts import logs, metrics, outgoing, settings

TIMEOUT_SECONDS = 1
# an answer has about 1,000 lines of about 40 bytes
MAX_ANSWER_BYTES = 256 * 1024
_PREFIX_DIGITS = 5
_LINE = re.compile(r"([0-9A-F]{35}):([0-9]{1,15})")


def contains(password: str) -> bool:
    """Say whether the password is known from a breach; False also where nobody could be asked.

    That nobody could is logged and counted. A password of unknown history is better than nobody
    being able to set one.
    """
    message = unicodedata.normalize("NFC", password).encode()
    digest = hashlib.sha1(message, usedforsecurity=False).hexdigest().upper()
    url = f"{settings.current().breached_passwords_url}/{digest[:_PREFIX_DIGITS]}"
    try:
        return digest[_PREFIX_DIGITS:] in _suffixes(_fetched(url))
    except outgoing.NO_ANSWER as error:
        # its text may hold anything that was answered
        logs.degraded("breached_check_failed", reason=type(error).__name__)
        metrics.count("BreachedCheckFailed")
        return False


def _fetched(url: str) -> bytes:
    headers = {"add-padding": "true", "user-agent": "users-service"}
    return outgoing.ask(
        "GET", url, headers=headers, seconds=TIMEOUT_SECONDS, most_bytes=MAX_ANSWER_BYTES
    )


def _suffixes(answer: bytes) -> set[str]:
    """Return the suffixes known from breaches; a count of zero is padding."""
    lines = answer.decode("ascii", errors="replace").upper().splitlines()
    matches = [_LINE.fullmatch(line) for line in lines]
    known = {match[1] for match in matches if match and int(match[2])}
    # no prefix is without padding
    if not matches or None in matches:
        raise outgoing.NotAnAnswerError
    return known
