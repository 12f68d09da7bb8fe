"""The calls that may carry an idempotency key."""

from collections.abc import Callable, Mapping
from typing import Any

from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.deployment import Deployment
from tests.support.desk import Desk

KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"

Call = Callable[..., Answer]

CALLS: Mapping[str, Call] = {
    "sign up": lambda desk, key, email="new@example.com": desk.sign_up(email, key=key),
    "reset token": lambda desk, key, email="alice@example.com": desk.reset_token(email, key=key),
    "service token": lambda desk, key, email="shop@services.example.com": desk.service_token(
        email, key=key
    ),
}
# another body that would succeed, too
OTHERS: Mapping[str, str] = {
    "sign up": "other@example.com",
    "reset token": "bob@example.com",
    "service token": "other@services.example.com",
}


def records(stack: Deployment) -> list[Mapping[str, Any]]:
    """Return what is remembered of keys."""
    return stack.stored()[stack.resources["IdempotencyTable"]["Ref"]]


def accounts(stack: Deployment) -> int:
    """Return how many accounts there are."""
    return len(stack.stored()[User.Meta.table_name])


def refused(answer: Answer, message: str) -> bool:
    """Say whether the key was refused, for this reason."""
    return answer.status == 422 and answer.json["details"] == [
        {"field": "Idempotency-Key", "message": message}
    ]


def repeat(desk: Desk, name: str, times: int = 2) -> list[Answer]:
    """Make one call several times with one key."""
    return [CALLS[name](desk, KEY) for _ in range(times)]
