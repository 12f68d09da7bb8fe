"""Where Powertools remembers what was done already."""

import functools

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer

from accounts import aws, settings


@functools.cache
def store(whose: str) -> DynamoDBPersistenceLayer:  # noqa: ARG001 - it tells the cached ones apart
    """Return the store of a user of this module, whose client is made once a process.

    Powertools configures a store at its first use for good, so no two users can share one.
    """
    table = settings.idempotency().idempotency_table
    return DynamoDBPersistenceLayer(table, boto_config=aws.config())
