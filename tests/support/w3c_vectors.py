"""The test vectors of WebAuthn Level 3 (section 16), made as it says that they are derived.

All randomness in them is HKDF's, and ECDSA's nonces are deterministic (RFC 6979), so that they come
out byte for byte; digests of some as they are printed there are in the test. What the statements of
attestation say is left out: nothing here looks at it.
"""

import hashlib
import json
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fido2 import cbor, cose
from fido2.cose import CoseKey

from accounts.credentials.browser_answers import Assertion, Registration
from tests.support.authenticator import encoded

RP_ID = "example.org"
ORIGIN = "https://example.org"
# of the flags: user present, verified, eligible for back-up, backed up, with a credential
_UP, _UV, _BE, _BS, _AT = 0x01, 0x04, 0x08, 0x10, 0x40
_EXTRA = "clientDataJSON may be extended with additional fields in the future, such as this: "

Draw = Callable[[int], bytes]


@dataclass(frozen=True)
class Vector:
    """A key that is made and used, each for a challenge."""

    registration: Registration
    made_for: str
    assertion: Assertion
    used_for: str


@dataclass(frozen=True)
class Kind:
    """How a vector is made: ``certificate`` is how much is drawn for that of its attestation."""

    format: str
    key: type[CoseKey] = cose.ES256
    key_bytes: int = 32
    certificate: tuple[int, ...] = ()
    id_bytes: int = 32
    challenge_bytes: int = 32
    framed: bool = False
    framed_by: str | None = None
    # of U2F, which has no flags for them
    has_flags: bool = True


_CERTIFICATE = (32, 16)
KINDS = {
    "none.ES256": Kind("none"),
    "packed-self.ES256": Kind("packed"),
    "none.ES256.crossOrigin": Kind("none", framed=True),
    "none.ES256.topOrigin": Kind("none", framed=True, framed_by="https://example.com"),
    "none.ES256.long-credential-id": Kind("none", id_bytes=1023),
    "packed.ES256": Kind("packed", certificate=_CERTIFICATE),
    "packed.ES384": Kind("packed", cose.ES384, 48, _CERTIFICATE),
    "packed.ES512": Kind("packed", cose.ES512, 65, _CERTIFICATE, challenge_bytes=128),
    "packed.RS256": Kind("packed", cose.RS256, 0, _CERTIFICATE),
    "packed.EdDSA": Kind("packed", cose.EdDSA, 32, _CERTIFICATE),
    "packed.Ed448": Kind("packed", cose.Ed448, 57, _CERTIFICATE),
    "tpm.ES256": Kind("tpm", certificate=_CERTIFICATE),
    "android-key.ES256": Kind("android-key", certificate=(16,)),
    "apple.ES256": Kind("apple", certificate=(16,)),
    "fido-u2f.ES256": Kind("fido-u2f", certificate=_CERTIFICATE, has_flags=False),
}


def vector(name: str) -> Vector:
    """Return the vector of this name."""
    kind, draw = KINDS[name], _drawing(name)
    made_for = draw(kind.challenge_bytes)
    private: Any = _private_key(kind, draw)
    made_data = _client_data(draw, "webauthn.create", made_for, kind)
    aaguid, credential_id = draw(16), draw(kind.id_bytes)
    flags = draw(1)[0] & (_UV | _BE | _BS) if kind.has_flags else 0
    if not flags & _BE:
        flags &= ~_BS
    public = cbor.encode(kind.key.from_cryptography_key(private.public_key()))
    attested = aaguid + struct.pack(">H", len(credential_id)) + credential_id + public
    data = _authenticator_data(flags | _UP | _AT) + attested
    attestation = cbor.encode({"fmt": kind.format, "attStmt": {}, "authData": data})
    for length in kind.certificate:
        draw(length)
    used_for = draw(kind.challenge_bytes)
    used_data = _client_data(draw, "webauthn.get", used_for, kind)
    mask = _UV | _BS if flags & _BE else _UV
    used = _authenticator_data(draw(1)[0] & mask | flags & _BE | _UP)
    signature = _signature(kind, private, used + hashlib.sha256(used_data).digest())
    return Vector(
        Registration(credential_id, made_data, attestation),
        encoded(made_for),
        Assertion(credential_id, used_data, used, signature, None),
        encoded(used_for),
    )


def _drawing(name: str) -> Draw:
    numbers: Iterator[int] = count()

    def draw(length: int) -> bytes:
        derivation = HKDF(hashes.SHA256(), length, bytes([next(numbers)]), name.encode())
        return derivation.derive(b"WebAuthn test vectors")

    return draw


def _private_key(kind: Kind, draw: Draw) -> object:
    if kind.key is cose.RS256:
        # the two smallest primes of Mersenne's that are long enough
        p, q = 2**1279 - 1, 2**2203 - 1
        numbers = rsa.RSAPublicNumbers(65537, p * q)
        d = rsa.rsa_recover_private_exponent(65537, p, q)
        dmp1, dmq1, iqmp = rsa.rsa_crt_dmp1(d, p), rsa.rsa_crt_dmq1(d, q), rsa.rsa_crt_iqmp(p, q)
        return rsa.RSAPrivateNumbers(p, q, d, dmp1, dmq1, iqmp, numbers).private_key()
    secret = draw(kind.key_bytes)
    if kind.key is cose.EdDSA:
        return Ed25519PrivateKey.from_private_bytes(secret)
    if kind.key is cose.Ed448:
        return Ed448PrivateKey.from_private_bytes(secret)
    curves: dict[type[CoseKey], ec.EllipticCurve] = {
        cose.ES256: ec.SECP256R1(),
        cose.ES384: ec.SECP384R1(),
        cose.ES512: ec.SECP521R1(),
    }
    return ec.derive_private_key(int.from_bytes(secret, "big"), curves[kind.key])


def _signature(kind: Kind, private: Any, signed: bytes) -> bytes:  # noqa: ANN401 - of any algorithm
    if kind.key in (cose.EdDSA, cose.Ed448):
        made: bytes = private.sign(signed)
    elif kind.key is cose.RS256:
        made = private.sign(signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        digests = {cose.ES384: hashes.SHA384(), cose.ES512: hashes.SHA512()}
        digest = digests.get(kind.key, hashes.SHA256())
        made = private.sign(signed, ec.ECDSA(digest, deterministic_signing=True))
    return made


def _client_data(draw: Draw, what: str, challenge: bytes, kind: Kind) -> bytes:
    said: dict[str, object] = {"type": what, "challenge": encoded(challenge), "origin": ORIGIN}
    said["crossOrigin"] = kind.framed
    if kind.framed_by:
        said["topOrigin"] = kind.framed_by
    if draw(1)[0] & 1:
        said["extraData"] = _EXTRA + encoded(draw(16))
    return json.dumps(said, separators=(",", ":")).encode()


def _authenticator_data(flags: int) -> bytes:
    return hashlib.sha256(RP_ID.encode()).digest() + struct.pack(">BI", flags, 0)
