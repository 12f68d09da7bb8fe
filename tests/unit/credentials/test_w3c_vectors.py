"""All 15 test vectors of WebAuthn Level 3 (section 16): each is what it says, and taken or refused.

We ask for more than most of them show: that the user was verified, that no other site frames the
page, and one of three algorithms.
"""

import hashlib

import pytest
from fido2 import cbor
from fido2.webauthn import AttestationObject

from accounts.credentials import webauthn
from accounts.credentials.webauthn import CeremonyError, RelyingParty
from tests.support.w3c_vectors import KINDS, ORIGIN, RP_ID, Vector, vector

PARTY = RelyingParty(RP_ID, frozenset({ORIGIN}))
TAKEN = ""
UNVERIFIED = "The authenticator has not verified who uses it"
FRAMED = "The page is in a frame of another site"
ALGORITHM = "The key is of an algorithm that was not asked for"
# how the making of the key ends, and how its use
VERDICTS = {
    "none.ES256": (UNVERIFIED, UNVERIFIED),
    "packed-self.ES256": (TAKEN, UNVERIFIED),
    "none.ES256.crossOrigin": (FRAMED, FRAMED),
    "none.ES256.topOrigin": (FRAMED, FRAMED),
    "none.ES256.long-credential-id": (UNVERIFIED, TAKEN),
    "packed.ES256": (TAKEN, TAKEN),
    "packed.ES384": (UNVERIFIED, TAKEN),
    "packed.ES512": (ALGORITHM, UNVERIFIED),
    "packed.RS256": (TAKEN, UNVERIFIED),
    "packed.EdDSA": (UNVERIFIED, UNVERIFIED),
    "packed.Ed448": (UNVERIFIED, TAKEN),
    "tpm.ES256": (TAKEN, TAKEN),
    "android-key.ES256": (TAKEN, UNVERIFIED),
    "apple.ES256": (UNVERIFIED, UNVERIFIED),
    "fido-u2f.ES256": (UNVERIFIED, UNVERIFIED),
}
# how signatures begin as they are printed in section 16; each is of all that was drawn before
PRINTED = {
    "none.ES256": "3046022100f50a4e2e4409249c4a853ba361282f09841df4dd",
    "packed-self.ES256": "304402203310b9431903c401f1be2bdc8d23a4007682dbbd",
    "none.ES256.crossOrigin": "3046022100eb12fcf23b12764c0f122e22371fab92e283879f",
    "none.ES256.topOrigin": "3045022100b5a70c81780d5fcc9a4f2ae9caae99058f8accaf",
    "none.ES256.long-credential-id": "304502203ecef83fb12a0cae7841055f9f87103a99fd14b4",
    "packed.ES256": "30450220694969d3ee928de6f02ef23a9c644d7d77991645",
    "packed.RS256": "01063d52d7c39b4d432fc7063c5d93e582bdcb16889cd71f",
    "packed.EdDSA": "f5c59c7e46c34f6f8cc197101ddf9934fa2595f68eb1913a",
    "apple.ES256": "3046022100ee35db795ce28044e1f8231d68b3d79a98",
    "fido-u2f.ES256": "304402206172459958fea907b7292b92f555034bfd88",
}
each = pytest.mark.parametrize("name", KINDS)


def _verdict_on_making(made: Vector) -> str:
    try:
        webauthn.created(made.registration, made.made_for, PARTY)
    except CeremonyError as error:
        return str(error)
    return TAKEN


def _verdict_on_use(used: Vector) -> str:
    try:
        webauthn.used(used.assertion, _public_key(used), used.used_for, PARTY)
    except CeremonyError as error:
        return str(error)
    return TAKEN


def _public_key(made: Vector) -> bytes:
    attested = AttestationObject(made.registration.attestation_object).auth_data.credential_data
    assert attested is not None
    return cbor.encode(attested.public_key)


def test_there_are_fifteen_and_a_verdict_on_each() -> None:
    assert len(KINDS) == 15
    assert VERDICTS.keys() == KINDS.keys()


@each
def test_it_is_taken_or_refused_for_what_it_lacks(name: str) -> None:
    derived = vector(name)

    assert (_verdict_on_making(derived), _verdict_on_use(derived)) == VERDICTS[name]


@each
def test_it_is_right_in_itself(name: str) -> None:
    derived = vector(name)
    attested = AttestationObject(derived.registration.attestation_object).auth_data.credential_data
    assert attested is not None
    signed = derived.assertion.authenticator_data
    signed += hashlib.sha256(derived.assertion.client_data).digest()

    attested.public_key.verify(signed, derived.assertion.signature)


@pytest.mark.parametrize("name", PRINTED)
def test_it_is_as_printed(name: str) -> None:
    assert vector(name).assertion.signature.hex().startswith(PRINTED[name])


@each
def test_it_is_refused_with_another_challenge(name: str) -> None:
    derived = vector(name)

    with pytest.raises(CeremonyError, match="The challenge is another"):
        webauthn.created(derived.registration, derived.used_for, PARTY)
    with pytest.raises(CeremonyError, match="The challenge is another"):
        webauthn.used(derived.assertion, _public_key(derived), derived.made_for, PARTY)
