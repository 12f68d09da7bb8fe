"""An authenticator in software, and the browser around it: they answer what WebAuthn asks."""

import base64
import hashlib
import json
import secrets
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from fido2 import cbor
from fido2.cose import ES256, RS256, CoseKey, EdDSA

from accounts.storage.factors import Passkey

Options = Mapping[str, Any]
Json = dict[str, Any]
PrivateKey = EllipticCurvePrivateKey | Ed25519PrivateKey | RSAPrivateKey

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
AAGUID = bytes(16)


@dataclass(frozen=True)
class Kept:
    """A key, as the authenticator keeps it."""

    id: bytes
    private: PrivateKey
    user_handle: bytes
    rp_id: str


@dataclass
class Authenticator:
    """Keeps keys, and answers pages of ``origin``; what it says can be another than it should.

    One with a ``step`` of 0 does not count, as those that keep their keys in several places.
    """

    origin: str
    algorithm: int = ES256.ALGORITHM
    flags: int = PRESENT | VERIFIED
    counter: int = 0
    step: int = 1
    # what the browser says besides, or in place of what it would
    said: Json = field(default_factory=dict)
    keys: dict[str, Kept] = field(default_factory=dict)
    id_bytes: int = 32

    def create(self, options: Options) -> Json:
        """Return what ``toJSON()`` tells of a key made for these options (section 5.1)."""
        private = _new_key(self.algorithm)
        user_handle = decoded(options["user"]["id"])
        key = Kept(secrets.token_bytes(self.id_bytes), private, user_handle, options["rp"]["id"])
        self.keys[encoded(key.id)] = key
        cose = cbor.encode(cose_key(private))
        attested = AAGUID + struct.pack(">H", len(key.id)) + key.id + cose
        data = self._data(key.rp_id, ATTESTED) + attested
        attestation = {"fmt": "none", "attStmt": {}, "authData": data}
        return _told(
            key.id,
            clientDataJSON=self._client_data("webauthn.create", options["challenge"]),
            attestationObject=cbor.encode(attestation),
            authenticatorData=data,
            publicKeyAlgorithm=self.algorithm,
            transports=["internal", "hybrid"],
        )

    def get(self, options: Options) -> Json:
        """Return what ``toJSON()`` tells of the use of a key that the options allow."""
        allowed = [it["id"] for it in options.get("allowCredentials", [])] or list(self.keys)
        key = next(self.keys[it] for it in allowed if it in self.keys)
        data = self._data(options["rpId"])
        client_data = self._client_data("webauthn.get", options["challenge"])
        return _told(
            key.id,
            clientDataJSON=client_data,
            authenticatorData=data,
            signature=signed(key.private, data + hashlib.sha256(client_data).digest()),
            userHandle=key.user_handle,
        )

    def says(self, options: Options) -> str:
        """Return what the browser says of the options, as who copied a key would send it."""
        return encoded(self._client_data("webauthn.create", options["challenge"]))

    def _data(self, rp_id: str, more_flags: int = 0) -> bytes:
        self.counter += self.step
        head = struct.pack(">BI", self.flags | more_flags, self.counter)
        return hashlib.sha256(rp_id.encode()).digest() + head

    def _client_data(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps(said | self.said, separators=(",", ":")).encode()


def cose_key(private: PrivateKey) -> CoseKey:
    """Return the public half."""
    kinds: Mapping[type, type[CoseKey]] = {
        EllipticCurvePrivateKey: ES256,
        Ed25519PrivateKey: EdDSA,
        RSAPrivateKey: RS256,
    }
    kind = next(cose for of, cose in kinds.items() if isinstance(private, of))
    return kind.from_cryptography_key(private.public_key())


def signed(private: PrivateKey, data: bytes) -> bytes:
    """Return the signature of ``data``."""
    if isinstance(private, EllipticCurvePrivateKey):
        return private.sign(data, ec.ECDSA(hashes.SHA256()))
    if isinstance(private, Ed25519PrivateKey):
        return private.sign(data)
    return private.sign(data, padding.PKCS1v15(), hashes.SHA256())


def encoded(data: bytes) -> str:
    """Return base64url without padding, as WebAuthn's JSON has it."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return what base64url without padding tells."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _new_key(algorithm: int) -> PrivateKey:
    makers: Mapping[int, Callable[[], PrivateKey]] = {
        ES256.ALGORITHM: lambda: ec.generate_private_key(ec.SECP256R1()),
        EdDSA.ALGORITHM: Ed25519PrivateKey.generate,
        RS256.ALGORITHM: lambda: generate_private_key(65537, 2048),
    }
    return makers[algorithm]()


def _told(credential_id: bytes, **response: Any) -> Json:  # noqa: ANN401 - JSON is what it is
    return {
        "id": encoded(credential_id),
        "rawId": encoded(credential_id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": {
            name: encoded(value) if isinstance(value, bytes) else value
            for name, value in response.items()
        },
    }


def on_file() -> list[Passkey]:
    """Return the passkeys of everybody."""
    return [item for item in Passkey.scan() if item.factor.startswith(Passkey.PREFIX)]
