"""E-mail addresses in their one canonical form."""

import re

MAX_LENGTH = 254
MAX_LOCAL_LENGTH = 64
# what nearly everybody's address looks like; two hyphens side by side begin an A-label (RFC 5891)
_LABEL = "(?!.*--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
PLAIN = re.compile(
    rf"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@(?:{_LABEL}\.)+(?P<top_level>[A-Za-z]{{2,63}})"
)
# top-level domains that no mail can be sent to (RFC 6761, RFC 6762, RFC 7686)
NOT_ON_THE_INTERNET = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})


class EmailInvalidError(ValueError):
    """The text is not an e-mail address that mail can be sent to."""


def canonical(text: str) -> str:
    """Return the canonical form of an e-mail address, by which accounts are told apart.

    It is lower case throughout, with an internationalised domain in its ASCII form (RFC 5891).
    Local parts beyond ASCII are refused: the mail service could not send there.

    Raises:
        EmailInvalidError: the text is no such address.
    """
    if len(text) > MAX_LENGTH:
        raise EmailInvalidError
    return text.lower() if _is_plain(text) else _validated(text)


def _is_plain(text: str) -> bool:
    plain = PLAIN.fullmatch(text)
    return (
        plain is not None
        and text.index("@") <= MAX_LOCAL_LENGTH
        and plain["top_level"].lower() not in NOT_ON_THE_INTERNET
    )


def _validated(text: str) -> str:
    # imported here: hardly any address needs it, and it would be a tenth of log_in's cold start
    from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - see above

    try:
        parts = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise EmailInvalidError from error
    return f"{parts.local_part}@{parts.ascii_domain}".lower()
