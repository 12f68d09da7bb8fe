"""The public keys of our tokens. A key's type decides on its algorithm, and no token does."""

import functools
import json
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, cast

from jwt.algorithms import AllowedPublicKeys, ECAlgorithm, RSAAlgorithm

from accounts import settings

Algorithm = Literal["ES256", "RS256"]

# by the JWK's kty and crv (RFC 7518 section 6)
ALGORITHMS: Mapping[tuple[object, object], Algorithm] = {
    ("EC", "P-256"): "ES256",
    ("RSA", None): "RS256",
}


class VerifyingKey(NamedTuple):
    """A public key, and the one algorithm that it is for, whatever a token says of itself."""

    algorithm: Algorithm
    key: AllowedPublicKeys


def published() -> Sequence[Mapping[str, str]]:
    """Return the public keys as others may see them: JWKs (RFC 7517 section 4)."""
    keys: Sequence[Mapping[str, str]] = json.loads(settings.current().token_jwks)["keys"]
    return keys


def signing_algorithm() -> Algorithm:
    """Return the algorithm of new tokens: that of the key which signs them."""
    now = settings.current()
    return _signing_algorithm(now.token_jwks, now.signing_kid)


def verifying() -> Mapping[str, VerifyingKey]:
    """Return by their ``kid`` the published keys that are for verifying access tokens."""
    return _load_keys(settings.current().token_jwks)


@functools.lru_cache(maxsize=1)
def _signing_algorithm(jwks: str, kid: str) -> Algorithm:
    # no key is loaded for it, since who signs may have none to verify
    return next(ALGORITHMS[_kind(key)] for key in json.loads(jwks)["keys"] if key["kid"] == kid)


@functools.lru_cache(maxsize=1)
def _load_keys(jwks: str) -> Mapping[str, VerifyingKey]:
    keys = filter(_is_for_tokens, json.loads(jwks)["keys"])
    return {key["kid"]: _verifying_key(key) for key in keys}


def _verifying_key(jwk: Mapping[str, str]) -> VerifyingKey:
    algorithm = ALGORITHMS[_kind(jwk)]
    kind = ECAlgorithm if algorithm == "ES256" else RSAAlgorithm
    return VerifyingKey(algorithm, cast(AllowedPublicKeys, kind.from_jwk(dict(jwk))))


def _kind(jwk: Mapping[str, object]) -> tuple[object, object]:
    return jwk["kty"], jwk.get("crv")


def _is_for_tokens(key: Mapping[str, object]) -> bool:
    # PyJWT reads none of the last three, which may be missing (RFC 7517 sections 4.2 to 4.4)
    operations = key.get("key_ops", ["verify"])
    algorithm = ALGORITHMS.get(_kind(key))
    return (
        algorithm is not None
        and key.get("use", "sig") == "sig"
        and (isinstance(operations, list) and "verify" in operations)
        and key.get("alg", algorithm) == algorithm
    )
