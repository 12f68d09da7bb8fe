"""Making access tokens, with a key that stays in KMS, or one that KMS seals."""

import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from typing import get_args

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from jwt import PyJWS
from jwt.algorithms import ECAlgorithm
from jwt.utils import base64url_decode, der_to_raw_signature

from accounts import clock, settings
from accounts.credentials import kms, opaque
from accounts.credentials.opaque import RefreshToken
from accounts.credentials.public_keys import Algorithm, signing_algorithm
from accounts.credentials.tokens import (
    Claims,
    Kind,
    TokenPair,
    issuer,
    max_seconds,
    proofs,
    proved_at,
)
from accounts.storage.tables import UserSession

JTI_BYTES = 16
_JTI_PURPOSE = b"access token beside a refresh token"
_Signer = Callable[[bytes], bytes]


class _ByKey(ECAlgorithm):
    """An algorithm whose key is what signs: given a message, it returns the signature."""

    def prepare_key(self, key: _Signer) -> _Signer:  # type: ignore[override]
        return key

    def check_key_length(self, key: _Signer) -> None:
        """Accept: whoever signs vouches for the key."""

    def sign(self, msg: bytes, key: _Signer) -> bytes:  # type: ignore[override]
        return key(msg)


_jws = PyJWS(algorithms=[])
for _algorithm in get_args(Algorithm):
    _jws.register_algorithm(_algorithm, _ByKey(ECAlgorithm.SHA256))


def token_pair(
    session: UserSession,
    permissions: Sequence[str],
    refresh_token: RefreshToken,
    issued_at: int,
    signature: bytes | None = None,
) -> TokenPair:
    """Return an access token for the session beside its refresh token.

    What it says is the same each time, its id being made from the refresh token's secret. But no
    two signatures are the same, so who wants the very same token brings its ``signature``, which
    is of no use without that secret.

    Raises:
        UnavailableError: KMS did not answer, or DynamoDB.
    """
    jti = hmac.digest(refresh_token.secret.encode(), _JTI_PURPOSE, hashlib.sha256)[:JTI_BYTES]
    seconds = max_seconds(Kind(session.kind))
    claims = _claims(session, permissions, issued_at, seconds, opaque.base64url(jti))
    access_token = _encoded(claims, session, _sign if signature is None else lambda _: signature)
    return TokenPair(access_token, seconds, str(refresh_token))


def signature_of(access_token: str) -> bytes:
    """Return the signature of a token of ours."""
    return base64url_decode(access_token.rpartition(".")[2])


def access_token(
    session: UserSession, permissions: Sequence[str], seconds: int | None = None
) -> str:
    """Return a token for the session, which has to be stored before anyone is given it.

    It lives for ``seconds``, or as long as one of its kind may.

    Raises:
        UnavailableError: KMS did not answer, or DynamoDB.
    """
    life = seconds or max_seconds(Kind(session.kind))
    jti = opaque.base64url(secrets.token_bytes(JTI_BYTES))
    claims = _claims(session, permissions, int(clock.now().timestamp()), life, jti)
    return _encoded(claims, session, _sign)


def _claims(
    session: UserSession, permissions: Sequence[str], issued_at: int, seconds: int, jti: str
) -> Claims:
    now = settings.current()
    is_person = session.kind == Kind.USER
    return Claims(
        iss=issuer(),
        aud=now.audience,
        sub=str(session.user_id),
        sid=session.session_id,
        role=session.role,
        permissions=tuple(permissions),
        iat=issued_at,
        nbf=issued_at,
        exp=issued_at + seconds,
        jti=jti,
        auth_time=int(proved_at(session).timestamp()) if is_person else None,
        email_verified=not session.email_unconfirmed if is_person else None,
        amr=proofs(session) if is_person else None,
    )


def _encoded(claims: Claims, session: UserSession, signer: _Signer) -> str:
    return _jws.encode(
        claims.to_json(),
        signer,  # type: ignore[arg-type] # PyJWT's types know no keys of other kinds
        algorithm=signing_algorithm(),
        headers={"typ": Kind(session.kind), "kid": settings.current().signing_kid},
    )


def _sign(message: bytes) -> bytes:
    algorithm = signing_algorithm()
    if settings.signing().signing_mode == "cached":
        from accounts.credentials import key_pairs  # noqa: PLC0415 - most deployments have none

        signature = key_pairs.sign(message)
    else:
        signature = kms.sign(message, settings.current().signing_key_id, algorithm)
    # ECDSA's R and S come in DER, a token has them side by side (RFC 7518 section 3.4)
    return der_to_raw_signature(signature, SECP256R1()) if algorithm == "ES256" else signature
