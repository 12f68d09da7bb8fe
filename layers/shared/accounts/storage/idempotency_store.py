"""Where Powertools remembers what was done already."""

import functools

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer
from botocore.config import Config

from accounts import settings

CONNECT_TIMEOUT_SECONDS = 1
READ_TIMEOUT_SECONDS = 2
ATTEMPTS = 3


@functools.cache
def store(whose: str) -> DynamoDBPersistenceLayer:  # noqa: ARG001 - it tells the cached ones apart
    """Return the store of a user of this module, whose client is made once a process.

    Powertools configures a store at its first use for good, so no two users can share one.
    """
    patience = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"total_max_attempts": ATTEMPTS, "mode": "standard"},
    )
    return DynamoDBPersistenceLayer(settings.current().idempotency_table, boto_config=patience)
