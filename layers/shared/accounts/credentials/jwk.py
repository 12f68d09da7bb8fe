"""A public key as others are shown it: a JWK that is named by its thumbprint."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from accounts.credentials import opaque
from accounts.credentials.public_keys import ALGORITHMS


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
    canonical = json.dumps(members, sort_keys=True, separators=(",", ":")).encode()
    return opaque.base64url(hashlib.sha256(canonical).digest())
