"""Retry AWS's transient failures during bulk work."""

import random
from collections.abc import Callable
from typing import TypeVar

from botocore.exceptions import ClientError

from accounts.errors import UnavailableError
from infra.manage.problems import cause

TRIES = 8
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
SERVER_ERROR = 500
_PASSING = frozenset(
    {
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "ThrottlingException",
        "TransactionCanceledException",
        "TransactionInProgressException",
    }
)
Result = TypeVar("Result")


def retried_until_available(call: Callable[[], Result], pause: Callable[[float], object]) -> Result:
    """Return what ``call`` returns, trying again after pauses while it is unavailable.

    Raises:
        UnavailableError: it stays so for about half a minute, or will not pass by waiting, such
            as a missing permission.
    """
    for attempt in range(TRIES - 1):
        try:
            return call()
        except UnavailableError as error:
            if not _passes(error):
                raise
        longest = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2**attempt)
        pause(random.uniform(longest / 2, longest))  # noqa: S311 - spreads load, guards nothing
    return call()


def _passes(error: UnavailableError) -> bool:
    said = cause(error)
    if not isinstance(said, ClientError):
        return True
    status = said.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return status >= SERVER_ERROR or said.response["Error"]["Code"] in _PASSING
