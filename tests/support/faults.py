"""How AWS fails."""

from botocore.exceptions import ClientError, ReadTimeoutError

THROTTLED = "ProvisionedThroughputExceededException"


def refusal(code: str = THROTTLED) -> Exception:
    """Return the error of a call that AWS refused."""
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Operation")


def silence() -> Exception:
    """Return the error of a call that nobody answered."""
    return ReadTimeoutError(endpoint_url="https://aws")
