"""The two ceremonies of WebAuthn (Level 3, sections 7.1 and 7.2): what was answered, checked.

fido2 reads CBOR and COSE and verifies signatures. Its own server is not used: it lets frames of
other sites through, takes any subdomain for an origin, and reads the list of public suffixes
whenever it is imported.

Attestation is asked of nobody (section 8.7) and not looked at: any authenticator is welcome that
keeps the key to itself and verifies who uses it.
"""

import hashlib
import hmac
import json
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, cast

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from fido2 import cbor
from fido2.cose import ES256, RS256, CoseKey, EdDSA
from fido2.webauthn import AttestationObject, AuthenticatorData

from accounts.credentials.browser_answers import Assertion, Registration

# WebAuthn Level 3 section 4, "Credential ID"
LONGEST_CREDENTIAL_ID_BYTES = 1023
# what COSE calls a key of each algorithm, and its curve (RFC 9053 section 7)
_EC, _P256 = 2, 1
_OKP, _ED25519 = 1, 6
_RSA = 3
_COORDINATE_BYTES = 32
_RSA_BYTES = range(256, 513)
_RSA_EXPONENT = b"\x01\x00\x01"


class CeremonyError(Exception):
    """The answer is not one to what was asked for; the text says why, and holds none of it."""


class RelyingParty(NamedTuple):
    """Whom the keys are for, and the origins of the pages that may have them used."""

    id: str
    origins: frozenset[str]


class Credential(NamedTuple):
    """A new key; ``public_key`` is a COSE key (RFC 9052 section 7) in CBOR."""

    id: bytes
    public_key: bytes
    counter: int
    is_backup_eligible: bool
    is_backed_up: bool


class Use(NamedTuple):
    """The use of a key."""

    counter: int
    is_backup_eligible: bool
    is_backed_up: bool


def challenge_of(client_data: bytes) -> str:
    """Return the challenge that a browser says it was given, in base64url.

    Raises:
        CeremonyError: it says none.
    """
    return _text(_said(client_data), "challenge")


def created(answer: Registration, challenge: str, party: RelyingParty) -> Credential:
    """Return the key that was made for ``challenge``, which is in base64url.

    Raises:
        CeremonyError: see there.
    """
    _check_client_data(answer.client_data, "webauthn.create", challenge, party)
    with _refused_unless_readable():
        data = AttestationObject(answer.attestation_object).auth_data
    _check_authenticator_data(data, party)
    attested = data.credential_data
    if attested is None:
        raise CeremonyError("There is no new credential in it")
    if attested.credential_id != answer.credential_id:
        raise CeremonyError("The credential has another id")
    if not 0 < len(attested.credential_id) <= LONGEST_CREDENTIAL_ID_BYTES:
        raise CeremonyError("The credential's id is empty or too long")
    _check_key(attested.public_key)
    return Credential(
        attested.credential_id,
        cbor.encode(attested.public_key),
        data.counter,
        data.is_backup_eligible(),
        data.is_backed_up(),
    )


def used(answer: Assertion, public_key: bytes, challenge: str, party: RelyingParty) -> Use:
    """Return the use of the key for ``challenge``, which is in base64url.

    Raises:
        CeremonyError: see there.
    """
    _check_client_data(answer.client_data, "webauthn.get", challenge, party)
    with _refused_unless_readable():
        data = AuthenticatorData(answer.authenticator_data)
    _check_authenticator_data(data, party)
    signed = answer.authenticator_data + hashlib.sha256(answer.client_data).digest()
    key = CoseKey.parse(cast(Mapping[int, Any], cbor.decode(public_key)))
    try:
        key.verify(signed, answer.signature)
    except (InvalidSignature, ValueError) as error:
        raise CeremonyError("The signature is not of this key") from error
    return Use(data.counter, data.is_backup_eligible(), data.is_backed_up())


def _check_client_data(client_data: bytes, kind: str, challenge: str, party: RelyingParty) -> None:
    said = _said(client_data)
    if _text(said, "type") != kind:
        raise CeremonyError("It is the answer to something else")
    if not hmac.compare_digest(_text(said, "challenge").encode(), challenge.encode()):
        raise CeremonyError("The challenge is another")
    if _text(said, "origin") not in party.origins:
        raise CeremonyError("The origin of the page is none of this service's")
    # somebody else's page could have it answered in a frame that nobody sees
    if said.get("crossOrigin", False) is not False or "topOrigin" in said:
        raise CeremonyError("The page is in a frame of another site")


def _check_authenticator_data(data: AuthenticatorData, party: RelyingParty) -> None:
    expected = hashlib.sha256(party.id.encode()).digest()
    if not hmac.compare_digest(data.rp_id_hash, expected):
        raise CeremonyError("It was made for another relying party")
    if not data.is_user_present():
        raise CeremonyError("Nobody was present")
    if not data.is_user_verified():
        raise CeremonyError("The authenticator has not verified who uses it")
    if data.is_backed_up() and not data.is_backup_eligible():
        raise CeremonyError("What cannot be backed up says that it is")


def _check_key(key: CoseKey) -> None:
    algorithm, key_type = key.get(3), key.get(1)
    if algorithm == ES256.ALGORITHM:
        is_whole = key_type == _EC and key.get(-1) == _P256 and _has_bytes(key, -2, -3)
    elif algorithm == EdDSA.ALGORITHM:
        is_whole = key_type == _OKP and key.get(-1) == _ED25519 and _has_bytes(key, -2)
    elif algorithm == RS256.ALGORITHM:
        is_whole = key_type == _RSA and _is_rsa(key)
    else:
        raise CeremonyError("The key is of an algorithm that was not asked for")
    if not is_whole:
        raise CeremonyError("The key is none of its algorithm")
    # a key that is none, such as a point beside the curve, is found out by using it
    with _refused_unless_readable():
        try:
            key.verify(b"", bytes(64))
        except InvalidSignature:
            return


def _has_bytes(key: CoseKey, *names: int) -> bool:
    values = [key.get(name) for name in names]
    return all(isinstance(it, bytes) and len(it) == _COORDINATE_BYTES for it in values)


def _is_rsa(key: CoseKey) -> bool:
    modulus = key.get(-1)
    is_sized = isinstance(modulus, bytes) and len(modulus) in _RSA_BYTES and modulus[0] > 0
    return is_sized and key.get(-2) == _RSA_EXPONENT


def _said(client_data: bytes) -> Mapping[str, Any]:
    with _refused_unless_readable():
        said = json.loads(client_data.decode())
    if not isinstance(said, dict):
        raise CeremonyError("It cannot be read")
    return said


def _text(said: Mapping[str, Any], name: str) -> str:
    value = said.get(name)
    if not (isinstance(value, str) and value.isascii()):
        raise CeremonyError("It cannot be read")
    return value


@contextmanager
def _refused_unless_readable() -> Iterator[None]:
    """Turn what reading something malformed raises into CeremonyError."""
    try:
        yield
    except (
        ValueError,
        LookupError,
        TypeError,
        AttributeError,
        OverflowError,
        RecursionError,
        UnsupportedAlgorithm,
        struct.error,
    ) as error:
        raise CeremonyError("It cannot be read") from error
