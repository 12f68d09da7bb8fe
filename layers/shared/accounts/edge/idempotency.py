"""Idempotency keys: a request that is repeated gets its first answer.

After the Idempotency-Key header of the IETF draft "The Idempotency-Key HTTP Header Field". What
is kept of an answer is sealed under the key that the client chose, and what is kept of a request
is a keyed hash, so that the table alone gives away neither tokens nor passwords.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.idempotency import (
    IdempotencyConfig,
    idempotent_function,
)
from aws_lambda_powertools.utilities.idempotency.exceptions import (
    IdempotencyAlreadyInProgressError,
    IdempotencyItemNotFoundError,
    IdempotencyPersistenceLayerError,
    IdempotencyValidationError,
)
from aws_lambda_powertools.utilities.idempotency.serialization.custom_dict import (
    CustomDictSerializer,
)

from accounts.credentials import sealing
from accounts.errors import (
    IdempotencyKeyBusyError,
    IdempotencyKeyReusedError,
    UnavailableError,
    ValidationFailedError,
)
from accounts.storage import idempotency_store

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

SHORTEST_KEY = 16
LONGEST_KEY = 128
REMEMBERED_SECONDS = 24 * 3600
_PURPOSE = "idempotent answer"


@dataclass(frozen=True)
class Once:
    """A request to be answered once: whose, by which key, on which route, saying what."""

    key: str
    user_id: int
    route: str
    body: bytes


def answer(once: Once, act: Callable[[], str], context: "LambdaContext") -> str:
    """Return the answer that ``act`` gives, or the one it gave to this request before.

    If ``act`` raises, nothing is kept and the request can be repeated.

    Raises:
        ValidationFailedError: the key is no good, or came with another body before.
        IdempotencyKeyBusyError: the first request is still being answered.
        UnavailableError: DynamoDB did not answer.
    """
    if not (once.key.isascii() and SHORTEST_KEY <= len(once.key) <= LONGEST_KEY):
        reason = f"Must be {SHORTEST_KEY} to {LONGEST_KEY} ASCII characters"
        raise ValidationFailedError.of("Idempotency-Key", reason)
    try:
        return _kept(once, act, context)
    except IdempotencyValidationError as error:
        raise IdempotencyKeyReusedError from error
    except IdempotencyAlreadyInProgressError as error:
        raise IdempotencyKeyBusyError from error
    except (IdempotencyPersistenceLayerError, IdempotencyItemNotFoundError) as error:
        raise UnavailableError("DynamoDB", type(error).__name__) from error


def _kept(once: Once, act: Callable[[], str], context: "LambdaContext") -> str:
    config = IdempotencyConfig(
        event_key_jmespath="id",
        payload_validation_jmespath="body",
        expires_after_seconds=REMEMBERED_SECONDS,
        hash_function="sha256",
        lambda_context=context,
    )
    seals = CustomDictSerializer(
        to_dict=lambda text: {"sealed": sealing.seal(text, under=once.key, purpose=_PURPOSE)},
        from_dict=lambda kept: sealing.unseal(kept["sealed"], under=once.key, purpose=_PURPOSE),
    )

    @idempotent_function(  # type: ignore[untyped-decorator] # Powertools has no type here
        data_keyword_argument="request",
        persistence_store=idempotency_store.store("requests"),
        config=config,
        output_serializer=seals,
    )
    def act_once(*, request: dict[str, Any]) -> str:  # noqa: ARG001 - Powertools reads it
        return act()

    fingerprint = hmac.digest(once.key.encode(), once.body, hashlib.sha256).hex()
    identity = f"{once.user_id} {once.route} {once.key}"
    result: str = act_once(request={"id": identity, "body": fingerprint})
    return result
