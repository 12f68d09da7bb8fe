"""Which new passwords are refused (NIST SP 800-63B-4 section 3.1.1.2, OWASP ASVS 6.2).

No mixture of characters is asked for; the length is checked with the rest of the request's form.
Refused is what an attacker would try first. Case is no disguise: ``PassWord1`` is ``password1``.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from accounts import settings
from accounts.credentials import common_passwords
from accounts.credentials.common_passwords import folded
from accounts.errors import ValidationFailedError

REPEATED = "Must not be one letter or digit repeated"
PERSONAL = "Must not be the person's own e-mail or name, even with digits or signs added"
SERVICE = "Must not be the name of this service, even with digits or signs added"
COMMON = "Is among the passwords that attackers try first; choose a less common one"
BREACHED = "Is known from a data breach; choose one that is used nowhere else"


def require_strong(password: str, personal: Sequence[str]) -> None:
    """Return if a person may have this new password.

    ``personal`` is what is known of the person, such as e-mail and name. The password may contain
    that, but there must be letters besides: ``anna1990`` is too little for Anna Smith, and so is
    ``Anna.Smith!``.

    Raises:
        ValidationFailedError: it is refused; the message tells why, in words for the person.
    """
    fault = next(_faults(password, personal), None)
    if fault:
        raise ValidationFailedError.of("passw", fault)


def _faults(password: str, personal: Sequence[str]) -> Iterator[str]:
    here = settings.current()
    if re.fullmatch(r"([^\W_])\1*", folded(password)):
        yield REPEATED
    if _core(password) in _cores(personal):
        yield PERSONAL
    if _core(password) in _cores((here.mail_service_name, here.audience)):
        yield SERVICE
    if common_passwords.contains(password):
        yield COMMON
    # last, so that another service hears only of passwords that are good otherwise
    if here.breached_passwords_url and _was_breached(password):
        yield BREACHED


def _cores(texts: Iterable[str]) -> set[str]:
    return {_core(word) for text in texts for word in _words(text)} - {""}


def _words(text: str) -> Iterator[str]:
    yield text
    yield text.partition("@")[0]
    yield from re.split(r"[\W_]+", text)


def _core(text: str) -> str:
    """Return the text's letters; if there are none, as in a phone number, its digits."""
    characters = folded(text)
    letters = "".join(filter(str.isalpha, characters))
    return letters or "".join(filter(str.isalnum, characters))


def _was_breached(password: str) -> bool:
    from accounts.credentials import breached  # noqa: PLC0415 - costs nothing where nobody is asked

    return breached.contains(password)
