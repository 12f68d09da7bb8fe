"""What a deployment needs beyond its resources: the built-in roles, and its public keys."""

import hashlib
import json
import time
from collections.abc import Mapping
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from accounts.access import fixed_demands, migration, roles
from accounts.credentials import kms, opaque
from accounts.credentials.public_keys import ALGORITHMS
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

    ``properties`` holds ``PublishedKeyIds``, the KMS keys whose tokens verify, ``SigningKeyId``,
    the one of them that signs, and ``PasswordKeyId``, from which the key of the digests in the
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
    keys = {key_id: public_jwk(kms.public_key(key_id)) for key_id in properties["PublishedKeyIds"]}
    return {
        "Jwks": json.dumps({"keys": list(keys.values())}, separators=(",", ":")),
        "SigningKid": keys[properties["SigningKeyId"]]["kid"],
        "LogKey": kms.hmac_sha384(_LOG_KEY_LABEL, properties["PasswordKeyId"]).hex(),
        "Revision": _sha256(properties).hex()[:REVISION_DIGITS],
    }


def public_jwk(der: bytes) -> Mapping[str, str]:
    """Return a public key in DER as a JWK (RFC 7517) whose ``kid`` is its thumbprint.

    It is one for ES256, of the curve P-256, or one for RS256.
    """
    key = load_der_public_key(der)
    if isinstance(key, RSAPublicKey):
        members = _members(RSAAlgorithm.to_jwk(key, as_dict=True), "e", "kty", "n")
    else:
        ec_key = cast(EllipticCurvePublicKey, key)
        members = _members(ECAlgorithm.to_jwk(ec_key, as_dict=True), "crv", "kty", "x", "y")
    algorithm = ALGORITHMS[members["kty"], members.get("crv")]
    return {**members, "alg": algorithm, "use": "sig", "kid": _thumbprint(members)}


def _members(jwk: Mapping[str, Any], *names: str) -> Mapping[str, str]:
    return {name: str(jwk[name]) for name in names}


def _thumbprint(members: Mapping[str, str]) -> str:
    # RFC 7638 section 3: the required members only, sorted, without white space
    return opaque.base64url(_sha256(members))


def _sha256(members: Mapping[str, Any]) -> bytes:
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.sha256(canonical).digest()
