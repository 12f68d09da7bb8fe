"""Key pairs that sign tokens in our own processes, their private halves sealed by KMS.

A key in KMS is for one pair, so that a new key has a new pair, and who may use no key opens none.
What is sealed can only be opened in the encryption context that it was sealed in, by which IAM
tells apart who signs and who publishes.
"""

import functools
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from accounts import settings
from accounts.credentials import kms, public_keys
from accounts.credentials.jwk import public_jwk
from accounts.credentials.public_keys import Algorithm
from accounts.storage.key_pairs import KeyPair
from accounts.storage.transactions import ConditionFailedError, Put, write

RSA_BITS = 2048
RSA_EXPONENT = 65537
_PUBLISHING = {"purpose": "publishing"}
_PrivateKey = EllipticCurvePrivateKey | RSAPrivateKey


class KeyPairError(Exception):
    """The key pair that is to sign is not there, or not the one whose public half is published."""


def public_half(sealing_key_id: str, algorithm: Algorithm) -> bytes:
    """Return in DER the public half of the pair that this key seals, made now if there is none.

    It was sealed, too: else who can write to the table could have another key published.

    Raises:
        UnavailableError: DynamoDB or KMS did not answer.
    """
    pair = KeyPair.find(sealing_key_id) or _made(sealing_key_id, algorithm)
    return kms.decrypt(pair.public_half, sealing_key_id, _PUBLISHING)


def sign(message: bytes) -> bytes:
    """Return the signature of ``message`` by the pair that signs now, an ECDSA one in DER.

    Its private half is opened at the first signature of a process, and kept in its memory.

    Raises:
        KeyPairError: see there.
        UnavailableError: DynamoDB or KMS did not answer, or somebody else sealed the pair.
    """
    now = settings.current()
    key = _opened(now.signing_key_id, now.signing_kid)
    if isinstance(key, RSAPrivateKey):
        return key.sign(message, PKCS1v15(), SHA256())
    return key.sign(message, ECDSA(SHA256()))


@functools.lru_cache(maxsize=1)
def _opened(sealing_key_id: str, kid: str) -> _PrivateKey:
    pair = KeyPair.find(sealing_key_id)
    if pair is None:
        raise KeyPairError
    der = kms.decrypt(pair.private_half, sealing_key_id, _signing(kid))
    key = load_der_private_key(der, password=None)
    # with any other, nobody would take what it signs
    if key.public_key() != public_keys.verifying()[kid].key:
        raise KeyPairError
    return key  # type: ignore[return-value] # that key is of one of the two kinds


def _made(sealing_key_id: str, algorithm: Algorithm) -> KeyPair:
    private = (
        generate_rsa_key(RSA_EXPONENT, RSA_BITS)
        if algorithm == "RS256"
        else generate_private_key(SECP256R1())
    )
    public = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    der = private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pair = KeyPair(sealing_key_id)
    pair.public_half = kms.encrypt(public, sealing_key_id, _PUBLISHING)
    pair.private_half = kms.encrypt(der, sealing_key_id, _signing(public_jwk(public)["kid"]))
    try:
        write(Put(pair, KeyPair.sealing_key_id.does_not_exist()))
    except ConditionFailedError:
        # another call was first
        return KeyPair.get(sealing_key_id, consistent_read=True)
    return pair


def _signing(kid: str) -> Mapping[str, str]:
    # the trail of AWS, CloudTrail, says by it which key was opened
    return {"purpose": "signing", "kid": kid}
