"""What AWS calls its failures."""

from botocore.exceptions import ClientError


def code(error: BaseException | None) -> str | None:
    """Return the code of an error that AWS answered with; what is no answer has none."""
    return error.response["Error"]["Code"] if isinstance(error, ClientError) else None


def reason(error: BaseException) -> str:
    """Return why a call failed, in a word without anything that was sent."""
    return code(error) or type(error).__name__
