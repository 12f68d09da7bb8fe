"""The keys that never leave KMS: to sign tokens, to key HMACs, and to seal what has to be read."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from accounts import aws, invocation
from accounts.errors import UnavailableError

if TYPE_CHECKING:
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_kms.literals import SigningAlgorithmSpecType

    from accounts.credentials.public_keys import Algorithm

# what KMS calls the algorithms of RFC 7518 section 3.1
_NAMES: "Mapping[Algorithm, SigningAlgorithmSpecType]" = {
    "ES256": "ECDSA_SHA_256",
    "RS256": "RSASSA_PKCS1_V1_5_SHA_256",
}


def sign(message: bytes, key_id: str, algorithm: "Algorithm") -> bytes:
    """Return the signature of ``message`` (at most 4,096 bytes), an ECDSA one in DER.

    Raises:
        UnavailableError: KMS did not answer.
    """
    try:
        answer = _client().sign(
            KeyId=key_id,
            Message=message,
            MessageType="RAW",
            SigningAlgorithm=_NAMES[algorithm],
        )
    except (BotoCoreError, ClientError) as error:
        raise _translated(error) from error
    return answer["Signature"]


def hmac_sha384(message: bytes, key_id: str) -> bytes:
    """Return the HMAC-SHA-384 (48 bytes) of ``message`` (1 to 4,096 bytes).

    Raises:
        UnavailableError: KMS did not answer.
    """
    try:
        answer = _client().generate_mac(KeyId=key_id, Message=message, MacAlgorithm="HMAC_SHA_384")
    except (BotoCoreError, ClientError) as error:
        raise _translated(error) from error
    return answer["Mac"]


def encrypt(plaintext: bytes, key_id: str, context: Mapping[str, str]) -> bytes:
    """Return ``plaintext`` (at most 4,096 bytes) sealed, to be opened in the same context alone.

    Raises:
        UnavailableError: KMS did not answer.
    """
    try:
        answer = _client().encrypt(KeyId=key_id, Plaintext=plaintext, EncryptionContext=context)
    except (BotoCoreError, ClientError) as error:
        raise _translated(error) from error
    return answer["CiphertextBlob"]


def decrypt(sealed: bytes, key_id: str, context: Mapping[str, str]) -> bytes:
    """Return what was sealed with this key and in this context.

    Raises:
        UnavailableError: KMS did not answer, or it was sealed otherwise.
    """
    try:
        answer = _client().decrypt(KeyId=key_id, CiphertextBlob=sealed, EncryptionContext=context)
    except (BotoCoreError, ClientError) as error:
        raise _translated(error) from error
    return answer["Plaintext"]


def public_key(key_id: str) -> bytes:
    """Return the public half of a signing key, in DER.

    Raises:
        UnavailableError: KMS did not answer.
    """
    try:
        answer = _client().get_public_key(KeyId=key_id)
    except (BotoCoreError, ClientError) as error:
        raise _translated(error) from error
    return answer["PublicKey"]


def _client() -> "KMSClient":
    invocation.require_time()
    return aws.client("kms")


def _translated(error: BotoCoreError | ClientError) -> Exception:
    reason = aws.reason(error)
    return error if reason == "ValidationException" else UnavailableError("KMS", reason)
