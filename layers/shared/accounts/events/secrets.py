"""The secrets that webhooks are signed with: shown once, and not in any table.

Each is made of a seed, which is in the table, by the HMAC key in KMS that is under the passwords,
too: who has the table alone can sign nothing. A webhook has one secret, or while it is rotated
two, by both of which each delivery is signed.
"""

import base64
import functools
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from accounts import clock, settings
from accounts.credentials import kms, opaque
from accounts.storage.webhooks import Webhook

PREFIX = "whsec_"
# how long the secret before is good beside a new one
OVERLAP = timedelta(days=1)
# no password has this byte, which the same key is used for: it is in no text in UTF-8
_LABEL = b"\xffwebhook\x00"

Seed = dict[str, Any]


def new_seed() -> Seed:
    """Return what a secret is made of."""
    return {"seed": opaque.new_secret(), "key_id": settings.current().password_key_id}


def rotated(seeds: Sequence[Seed]) -> list[Seed]:
    """Return seeds with a new one before that of now, which ends in a while; older ones go."""
    until = (clock.now() + OVERLAP).isoformat()
    return [new_seed(), {**seeds[0], "until": until}]


def of(webhook: Webhook) -> Sequence[str]:
    """Return the secrets that are good now, the newest first.

    Raises:
        UnavailableError: KMS did not answer.
    """
    return [secret(webhook.id, seed) for seed in webhook.seeds if _is_good(seed)]


def secret(name: str, seed: Seed) -> str:
    """Return the secret that is made of a webhook's seed, as Standard Webhooks write it.

    Raises:
        UnavailableError: KMS did not answer.
    """
    return _secret(name, seed["seed"], seed["key_id"])


# the same for as long as the process lives, and each is asked for at every delivery
@functools.lru_cache(maxsize=64)
def _secret(name: str, seed: str, key_id: str) -> str:
    mac = kms.hmac_sha384(_LABEL + f"{name} {seed}".encode(), key_id)
    return PREFIX + base64.b64encode(mac).decode()


def _is_good(seed: Seed) -> bool:
    return "until" not in seed or clock.now() < datetime.fromisoformat(seed["until"])
