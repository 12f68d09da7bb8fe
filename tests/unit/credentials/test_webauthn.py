"""The two ceremonies: what is an answer to what was asked for, and what is not."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from fido2 import cbor
from fido2.cose import ES256, ES384, RS256, CoseKey, Ed448, EdDSA

from accounts.credentials import webauthn
from accounts.credentials.browser_answers import Assertion, Registration
from accounts.credentials.webauthn import CeremonyError, Credential, RelyingParty, Use
from tests.support import authenticator as software
from tests.support.authenticator import Authenticator, decoded

ORIGIN = "https://app.example.com"
PARTY = RelyingParty("example.com", frozenset({ORIGIN, "https://www.example.com"}))
CHALLENGE = secrets.token_urlsafe(32)
ALGORITHMS = {"ES256": ES256, "EdDSA": EdDSA, "RS256": RS256}
Spoil = Callable[[dict[Any, Any]], object]


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(ORIGIN)


def _registration(device: Authenticator, **options: object) -> Registration:
    user = {"id": software.encoded(b"somebody"), "name": "a", "displayName": "A"}
    asked = {"rp": {"id": PARTY.id}, "user": user, "challenge": CHALLENGE, **options}
    told = device.create(asked)
    response = told["response"]
    return Registration(
        decoded(told["rawId"]),
        decoded(response["clientDataJSON"]),
        decoded(response["attestationObject"]),
    )


def _assertion(device: Authenticator, **options: object) -> Assertion:
    told = device.get({"rpId": PARTY.id, "challenge": CHALLENGE, **options})
    response = told["response"]
    return Assertion(
        decoded(told["rawId"]),
        decoded(response["clientDataJSON"]),
        decoded(response["authenticatorData"]),
        decoded(response["signature"]),
        decoded(response["userHandle"]),
    )


def _but(registration: Registration, part: str, value: bytes) -> Registration:
    parts: Any = {part: value}
    return registration._replace(**parts)


def _created(registration: Registration) -> Credential:
    return webauthn.created(registration, CHALLENGE, PARTY)


def _used(assertion: Assertion, public_key: bytes) -> Use:
    return webauthn.used(assertion, public_key, CHALLENGE, PARTY)


def _with_key(registration: Registration, spoil: Spoil) -> Registration:
    """Return the registration with another key in it."""
    attestation: Any = cbor.decode(registration.attestation_object)
    data = attestation["authData"]
    start = 37 + 16 + 2 + len(registration.credential_id)
    key: Any = cbor.decode(data[start:])
    spoil(key)
    spoilt = attestation | {"authData": data[:start] + cbor.encode(key)}
    return registration._replace(attestation_object=cbor.encode(spoilt))


@pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=ALGORITHMS)
def test_a_key_is_made_and_used(device: Authenticator, algorithm: type[CoseKey]) -> None:
    device.algorithm = algorithm.ALGORITHM

    credential = _created(_registration(device))
    use = _used(_assertion(device), credential.public_key)

    assert software.encoded(credential.id) in device.keys
    assert (credential.counter, use.counter) == (1, 2)
    assert not credential.is_backed_up


def test_of_several_origins_any_will_do(device: Authenticator) -> None:
    device.origin = "https://www.example.com"

    assert _created(_registration(device))


def test_that_a_key_is_backed_up_is_told(device: Authenticator) -> None:
    device.flags |= software.ELIGIBLE
    credential = _created(_registration(device))
    device.flags |= software.BACKED_UP
    use = _used(_assertion(device), credential.public_key)

    assert (credential.is_backup_eligible, credential.is_backed_up) == (True, False)
    assert (use.is_backup_eligible, use.is_backed_up) == (True, True)


WRONG: Mapping[str, dict[str, Any]] = {
    "another type": {"said": {"type": "payment.get"}},
    "another challenge": {"said": {"challenge": secrets.token_urlsafe(32)}},
    "a challenge with padding": {"said": {"challenge": CHALLENGE + "="}},
    "an empty challenge": {"said": {"challenge": ""}},
    "a challenge that is no text": {"said": {"challenge": 5}},
    "a challenge in other digits": {"said": {"challenge": "\uff11" * 43}},
    "no origin": {"said": {"origin": None}},
    "another origin": {"origin": "https://evil.example"},
    "an origin without TLS": {"origin": "http://app.example.com"},
    "an origin at another port": {"origin": ORIGIN + ":8443"},
    "an origin below ours": {"origin": "https://evil.app.example.com"},
    "our origin as a prefix": {"origin": ORIGIN + ".evil.example"},
    "our origin in capitals": {"origin": ORIGIN.upper()},
    "a frame of another site": {"said": {"crossOrigin": True}},
    "a frame, in a word": {"said": {"crossOrigin": "true"}},
    "a frame, in a number": {"said": {"crossOrigin": 0}},
    "the origin of the page around it": {"said": {"topOrigin": ORIGIN}},
    "nobody present": {"flags": software.VERIFIED},
    "nobody verified": {"flags": software.PRESENT},
    "no flags": {"flags": 0},
    "backed up and never eligible": {
        "flags": software.PRESENT | software.VERIFIED | software.BACKED_UP
    },
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_key_is_not_taken_with(device: Authenticator, wrong: dict[str, Any]) -> None:
    with pytest.raises(CeremonyError):
        _created(_registration(replace(device, **wrong)))


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_a_key_is_not_used_with(device: Authenticator, wrong: dict[str, Any]) -> None:
    credential = _created(_registration(device))

    with pytest.raises(CeremonyError):
        _used(_assertion(replace(device, **wrong)), credential.public_key)


def test_one_ceremony_is_not_the_other(device: Authenticator) -> None:
    credential = _created(_registration(device))

    with pytest.raises(CeremonyError):
        _created(_registration(replace(device, said={"type": "webauthn.get"})))
    assertion = _assertion(replace(device, said={"type": "webauthn.create"}))
    with pytest.raises(CeremonyError):
        _used(assertion, credential.public_key)


def test_a_key_for_another_relying_party_is_not_taken(device: Authenticator) -> None:
    with pytest.raises(CeremonyError, match="another relying party"):
        _created(_registration(device, rp={"id": "app.example.com"}))


def test_nor_is_the_use_of_one(device: Authenticator) -> None:
    credential = _created(_registration(device))

    with pytest.raises(CeremonyError, match="another relying party"):
        _used(_assertion(device, rpId="evil.example"), credential.public_key)


def test_a_credential_under_another_id_is_not_taken(device: Authenticator) -> None:
    registration = _registration(device)

    with pytest.raises(CeremonyError, match="another id"):
        _created(registration._replace(credential_id=bytes(32)))


@pytest.mark.parametrize(
    ("length", "is_taken"), [(0, False), (1, True), (1023, True), (1024, False), (10_000, False)]
)
def test_an_id_has_1_to_1023_bytes(device: Authenticator, length: int, is_taken: bool) -> None:
    device.id_bytes = length
    registration = _registration(device)

    if is_taken:
        assert len(_created(registration).id) == length
    else:
        with pytest.raises(CeremonyError, match="empty or too long"):
            _created(registration)


def test_a_signature_by_another_key_opens_nothing(device: Authenticator) -> None:
    credential = _created(_registration(device))
    other = Authenticator(ORIGIN)
    _registration(other)

    with pytest.raises(CeremonyError, match="signature"):
        _used(_assertion(other), credential.public_key)


@pytest.mark.parametrize("part", ["client_data", "authenticator_data", "signature"])
def test_no_byte_may_be_another(device: Authenticator, part: str) -> None:
    credential = _created(_registration(device))
    assertion = _assertion(device)
    whole: bytes = getattr(assertion, part)

    for place in range(len(whole)):
        byte = bytes([whole[place] ^ 1])
        spoilt = whole[:place] + byte + whole[place + 1 :]
        with pytest.raises(CeremonyError):
            _used(assertion._replace(**{part: spoilt}), credential.public_key)


@pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=ALGORITHMS)
def test_what_is_cut_off_anywhere_is_refused(
    device: Authenticator, algorithm: type[CoseKey]
) -> None:
    device.algorithm = algorithm.ALGORITHM
    registration = _registration(device)
    credential = _created(registration)
    assertion = _assertion(device)

    for part in ("client_data", "attestation_object"):
        whole: bytes = getattr(registration, part)
        for length in range(len(whole)):
            with pytest.raises(CeremonyError):
                _created(_but(registration, part, whole[:length]))
    for part in ("client_data", "authenticator_data", "signature"):
        whole = getattr(assertion, part)
        for length in range(len(whole)):
            with pytest.raises(CeremonyError):
                _used(assertion._replace(**{part: whole[:length]}), credential.public_key)


@pytest.mark.parametrize("part", ["client_data", "attestation_object"])
def test_what_has_more_behind_it_is_refused(device: Authenticator, part: str) -> None:
    registration = _registration(device)

    with pytest.raises(CeremonyError):
        _created(_but(registration, part, getattr(registration, part) + b"\0"))


UNREADABLE = {
    "nothing": b"",
    "a number": b"\x01",
    "a text": b'"text"',
    "no UTF-8": b"\xff\xfe",
    "half a JSON object": b'{"type":"webauthn.create"',
    "an array": b"[]",
    "nested JSON": b"[" * 12_000,
    "nested CBOR": b"\x81" * 12_000,
    "an endless array": b"\x9b" + b"\xff" * 8,
    "an endless text": b"\x7b" + b"\xff" * 8,
    "an empty map": b"\xa0",
    "a map as a key": b"\xa1\xa0\x01",
    "numbers for texts": cbor.encode({"fmt": 1, "attStmt": 2, "authData": 3}),
    "short data": cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(36)}),
    "no credential": cbor.encode({"fmt": "none", "attStmt": {}, "authData": bytes(37)}),
}


@pytest.mark.parametrize("unreadable", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("part", ["client_data", "attestation_object"])
def test_what_cannot_be_read_is_no_key(device: Authenticator, part: str, unreadable: bytes) -> None:
    registration = _registration(device)

    with pytest.raises(CeremonyError):
        _created(_but(registration, part, unreadable))


@pytest.mark.parametrize("unreadable", UNREADABLE.values(), ids=UNREADABLE)
@pytest.mark.parametrize("part", ["client_data", "authenticator_data", "signature"])
def test_what_cannot_be_read_is_no_use_of_one(
    device: Authenticator, part: str, unreadable: bytes
) -> None:
    credential = _created(_registration(device))
    assertion = _assertion(device)

    with pytest.raises(CeremonyError):
        _used(assertion._replace(**{part: unreadable}), credential.public_key)


def _become(key: CoseKey) -> Spoil:
    def become(spoilt: dict[Any, Any]) -> None:
        spoilt.clear()
        spoilt.update(key)

    return become


def _cose(kind: type[CoseKey], private: Any) -> CoseKey:  # noqa: ANN401 - of any algorithm
    return kind.from_cryptography_key(private.public_key())


def _rsa(bits: int, exponent: int = 65537) -> CoseKey:
    return _cose(RS256, rsa.generate_private_key(exponent, bits))


P384 = ec.generate_private_key(ec.SECP384R1())
BAD_KEYS: Mapping[str, Spoil] = {
    "no algorithm": lambda key: key.pop(3),
    "ES256K": lambda key: key.update({3: -47, -1: 8}),
    "ES384": _become(_cose(ES384, P384)),
    "Ed448": _become(_cose(Ed448, ed448.Ed448PrivateKey.generate())),
    "RS1": lambda key: key.update({3: -65535}),
    "PS256": lambda key: key.update({3: -37}),
    "an algorithm that nobody has": lambda key: key.update({3: -9999}),
    "an algorithm in words": lambda key: key.update({3: "ES256"}),
    "another type of key": lambda key: key.update({1: 3}),
    "another curve": lambda key: key.update({-1: 2}),
    "a point beside the curve": lambda key: key.update({-2: b"\x01" * 32}),
    "the point of nothing": lambda key: key.update({-2: bytes(32), -3: bytes(32)}),
    "a short coordinate": lambda key: key.update({-3: key[-3][:31]}),
    "a long coordinate": lambda key: key.update({-3: b"\0" + key[-3]}),
    "a coordinate in words": lambda key: key.update({-3: "y" * 32}),
    "no coordinate": lambda key: key.pop(-3),
    "an RSA key of 1024 bits": _become(_rsa(1024)),
    "an RSA key with an exponent of 3": _become(_rsa(2048, exponent=3)),
    "an RSA key without an exponent": _become(RS256({1: 3, 3: -257, -1: b"\xff" * 256})),
    "an RSA key with nothing in front": _become(
        RS256({1: 3, 3: -257, -1: bytes(1) + b"\xff" * 255, -2: b"\x01\x00\x01"})
    ),
}


@pytest.mark.parametrize("spoil", BAD_KEYS.values(), ids=BAD_KEYS)
def test_a_key_that_was_not_asked_for_is_not_taken(device: Authenticator, spoil: Spoil) -> None:
    registration = _registration(device)

    with pytest.raises(CeremonyError):
        _created(_with_key(registration, spoil))


def test_an_ed25519_key_under_the_name_of_es256_is_not_taken(device: Authenticator) -> None:
    key = _cose(EdDSA, ed25519.Ed25519PrivateKey.generate())

    with pytest.raises(CeremonyError):
        _created(_with_key(_registration(device), _become(ES256(key | {3: -7}))))


def test_what_is_wrong_is_told_in_our_words_alone(device: Authenticator) -> None:
    device.origin = "https://canary.example"

    with pytest.raises(CeremonyError) as caught:
        _created(_registration(device))

    assert "canary" not in str(caught.value)


def test_the_challenge_is_what_the_browser_says(device: Authenticator) -> None:
    assert webauthn.challenge_of(_registration(device).client_data) == CHALLENGE
