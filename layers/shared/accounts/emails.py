"""E-mail addresses in their one canonical form."""

from email_validator import EmailNotValidError, validate_email

MAX_LENGTH = 254


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
    try:
        parts = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError as error:
        raise EmailInvalidError from error
    return f"{parts.local_part}@{parts.ascii_domain}".lower()
