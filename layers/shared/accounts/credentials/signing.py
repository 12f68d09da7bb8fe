"""Making access tokens, with a key that stays in KMS."""

import secrets
from collections.abc import Sequence
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from jwt import PyJWS
from jwt.algorithms import ECAlgorithm
from jwt.utils import der_to_raw_signature

from accounts import clock, settings
from accounts.credentials import kms
from accounts.credentials.tokens import ALGORITHM, Claims, Kind, TokenPair, max_seconds, proved_at
from accounts.storage.tables import UserSession


class _KmsES256(ECAlgorithm):
    """ES256 whose private key is a KMS key id."""

    def prepare_key(self, key: str) -> str:  # type: ignore[override]
        return key

    def check_key_length(self, key: str) -> None:
        """Accept: KMS vouches for the key it holds."""

    def sign(self, msg: bytes, key: str) -> bytes:  # type: ignore[override]
        return der_to_raw_signature(kms.sign_es256(msg, key), SECP256R1())


_jws = PyJWS(algorithms=[])
_jws.register_algorithm(ALGORITHM, _KmsES256(ECAlgorithm.SHA256, SECP256R1))


def token_pair(session: UserSession, permissions: Sequence[str], refresh_token: str) -> TokenPair:
    """Return an access token for the session beside its refresh token.

    Raises:
        UnavailableError: KMS did not answer.
    """
    seconds = max_seconds(Kind(session.kind))
    return TokenPair(access_token(session, permissions), seconds, refresh_token)


def access_token(
    session: UserSession, permissions: Sequence[str], seconds: int | None = None
) -> str:
    """Return a token for the session, which has to be stored before anyone is given it.

    It lives for ``seconds``, or as long as one of its kind may.

    Raises:
        UnavailableError: KMS did not answer.
    """
    now = settings.current()
    kind = Kind(session.kind)
    issued_at = clock.now()
    claims = Claims(
        iss=now.issuer,
        aud=now.audience,
        sub=str(session.user_id),
        sid=session.session_id,
        role=session.role,
        permissions=tuple(permissions),
        iat=int(issued_at.timestamp()),
        nbf=int(issued_at.timestamp()),
        exp=int((issued_at + timedelta(seconds=seconds or max_seconds(kind))).timestamp()),
        jti=secrets.token_urlsafe(16),
        auth_time=int(proved_at(session).timestamp()) if kind == Kind.USER else None,
    )
    return _jws.encode(
        claims.to_json(),
        now.signing_key_id,
        algorithm=ALGORITHM,
        headers={"typ": kind, "kid": now.signing_kid},
    )
