"""What a deployment needs beyond its resources: the built-in roles, and its public keys."""

import hashlib
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from accounts.access import fixed_demands, migration, roles
from accounts.credentials import key_pairs, kms
from accounts.credentials.jwk import public_jwk
from accounts.errors import UnavailableError

REVISION_DIGITS = 16
# how long IAM may take until a role that was just made, or changed, is known everywhere
SPREADING_SECONDS = 35
PAUSE_SECONDS = 2.5
# no password is this: they are UTF-8
_LOG_KEY_LABEL = b"\xff log key"


def prepare(properties: Mapping[str, Any]) -> Mapping[str, str]:
    """Seed the roles, move over what an earlier version left, and tell of the keys.

    Returned are the attributes ``Jwks`` (JSON), ``SigningKid``, ``LogKey`` and ``Revision``.

    ``properties`` holds ``PublishedKeyIds``, the KMS keys whose tokens verify, and ``KeyPairs``,
    as much of pairs that sign outside KMS: the ``SealingKeyId`` and the ``Algorithm`` of each,
    which is made if it is not there; ``SigningKeyId``, the KMS key that signs or seals what does;
    and ``PasswordKeyId``, from which the key of the digests in the
    log is derived. ``SecondFactorFor`` names roles, with commas between. ``Revision`` is another
    for any other properties. To repeat it changes nothing, and it is repeated while IAM has not
    spread.

    Raises:
        SecondFactorForError: one of them is none that people hold.
        UnavailableError: DynamoDB or KMS did not answer, or denied access for too long.
    """
    for _ in range(int(SPREADING_SECONDS / PAUSE_SECONDS)):
        try:
            return _prepare(properties)
        except UnavailableError as error:
            if error.reason != "AccessDeniedException":
                raise
        time.sleep(PAUSE_SECONDS)
    return _prepare(properties)


def _prepare(properties: Mapping[str, Any]) -> Mapping[str, str]:
    roles.seed()
    migration.migrate()
    # an update that is rolled back to a version before this one says nothing of it
    fixed_demands.fix({*filter(None, properties.get("SecondFactorFor", "").split(","))})
    keys = {key_id: public_jwk(der) for key_id, der in _public_keys(properties)}
    return {
        "Jwks": json.dumps({"keys": list(keys.values())}, separators=(",", ":")),
        "SigningKid": keys[properties["SigningKeyId"]]["kid"],
        "LogKey": kms.hmac_sha384(_LOG_KEY_LABEL, properties["PasswordKeyId"]).hex(),
        "Revision": _revision(properties),
    }


def _public_keys(properties: Mapping[str, Any]) -> Iterator[tuple[str, bytes]]:
    """Return public keys in DER, with the ids of the KMS keys that sign or seal what does."""
    for key_id in properties["PublishedKeyIds"]:
        yield key_id, kms.public_key(key_id)
    # as above
    for pair in properties.get("KeyPairs", ()):
        key_id = pair["SealingKeyId"]
        yield key_id, key_pairs.public_half(key_id, pair["Algorithm"])


def _revision(properties: Mapping[str, Any]) -> str:
    canonical = json.dumps(properties, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(canonical).hexdigest()[:REVISION_DIGITS]
