"""Tokens that differ from a good one in one respect, signed by whomever."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from jwt.utils import der_to_raw_signature

from accounts import settings
from accounts.credentials import key_pairs, kms, public_keys

# the order of the P-256 group
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


def encoded(value: object) -> str:
    """Return base64url without padding of bytes, or of anything else as JSON."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    """Return what a part of a token encodes."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def sign_as_we(signing_input: str) -> bytes:
    """Return our own signature, by the key in KMS or the pair that it seals."""
    algorithm = public_keys.signing_algorithm()
    if settings.signing().signing_mode == "cached":
        signature = key_pairs.sign(signing_input.encode())
    else:
        signature = kms.sign(signing_input.encode(), settings.current().signing_key_id, algorithm)
    return der_to_raw_signature(signature, ec.SECP256R1()) if algorithm == "ES256" else signature


def sign_as_attacker(signing_input: str) -> bytes:
    """Return a signature by a key of no standing."""
    der = ec.generate_private_key(ec.SECP256R1()).sign(signing_input.encode(), ec.ECDSA(SHA256()))
    return der_to_raw_signature(der, ec.SECP256R1())


@dataclass(frozen=True)
class Forge:
    """Makes variants of a good token."""

    good: str

    @property
    def header(self) -> dict[str, Any]:
        """Return the good token's header."""
        header: dict[str, Any] = json.loads(decoded(self.good.split(".")[0]))
        return header

    @property
    def claims(self) -> dict[str, Any]:
        """Return the good token's claims."""
        claims: dict[str, Any] = json.loads(decoded(self.good.split(".")[1]))
        return claims

    @property
    def signature(self) -> bytes:
        """Return the good token's signature: r and s, 32 bytes each."""
        return decoded(self.good.split(".")[2])

    def signed(self, header: object = None, claims: object = None) -> str:
        """Return a token with this header and these claims that bears our true signature."""
        signing_input = self._signing_input(header, claims)
        return f"{signing_input}.{encoded(sign_as_we(signing_input))}"

    def forged(self, header: object = None, claims: object = None) -> str:
        """Return the same with a signature by somebody else."""
        signing_input = self._signing_input(header, claims)
        return f"{signing_input}.{encoded(sign_as_attacker(signing_input))}"

    def but(self, **claims: object) -> str:
        """Return a token that is ours but for these claims."""
        return self.signed(claims={**self.claims, **claims})

    def without(self, claim: str) -> str:
        """Return a token that is ours but lacks a claim."""
        return self.signed(claims=_without(self.claims, claim))

    def headed(self, **members: object) -> str:
        """Return a token that is ours but for these members of its header."""
        return self.signed(header={**self.header, **members})

    def beheaded(self, member: str) -> str:
        """Return a token that is ours but lacks a member of its header."""
        return self.signed(header=_without(self.header, member))

    def resigned(self, signature: bytes) -> str:
        """Return the good token with another signature."""
        return f"{self.good.rpartition('.')[0]}.{encoded(signature)}"

    def twin(self) -> str:
        """Return the good token's other valid spelling: (r, n - s) in place of (r, s)."""
        r, s = self.signature[:32], int.from_bytes(self.signature[32:])
        return self.resigned(r + (ORDER - s).to_bytes(32))

    def _signing_input(self, header: object, claims: object) -> str:
        first = self.header if header is None else header
        second = self.claims if claims is None else claims
        return f"{encoded(first)}.{encoded(second)}"


def _without(members: Mapping[str, Any], name: str) -> dict[str, Any]:
    assert name in members
    return {key: value for key, value in members.items() if key != name}
