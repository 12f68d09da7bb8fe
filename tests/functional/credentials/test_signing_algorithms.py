"""RS256 in place of ES256: the type of the key decides, and never what a token says of itself."""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from accounts import settings
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.fleet import Fleet, Order
from tests.support.forging import Forge, encoded
from tests.support.people import Person
from tests.support.register import DISCOVERY, JWKS, REFRESH
from tests.support.rotating import (
    ORDERS,
    Traffic,
    holding,
    kid_of,
    kids,
    logging_in,
    published,
    refreshing,
    roll_out,
    signs_tokens_with,
    spread,
    visitors,
    who_am_i,
)

# the runbook; a stack begins with ES256 alone
PUBLISH_BOTH = {"SigningAlgorithm": "ES256", "PublishBothSigningKeys": "algorithms"}
SIGN_WITH_RSA = {"SigningAlgorithm": "RS256", "PublishBothSigningKeys": "algorithms"}
DROP_EC = {"SigningAlgorithm": "RS256", "PublishBothSigningKeys": "false"}
LIFE_SECONDS = 900 + 30


@pytest.fixture
def api(stack: Deployment, fleet: Fleet) -> Api:
    """The API of that fleet."""
    return Api(stack.gateway(fleet))


@pytest.fixture
def both(fleet: Fleet) -> Fleet:
    """The functions, signing with RSA, while the key of before still verifies."""
    roll_out(fleet, PUBLISH_BOTH, SIGN_WITH_RSA)
    fleet.stand_by("LogIn")
    return fleet


def header_of(token: str) -> Mapping[str, Any]:
    return Forge(token).header


@pytest.mark.parametrize("order", ORDERS)
def test_change_of_algorithm_refuses_no_valid_token_however_the_update_spreads(
    fleet: Fleet, api: Api, clock: Clock, order: Order
) -> None:
    first, second, third = visitors(api)
    comers_and_goers = logging_in(first), refreshing(second)
    overlap = Traffic((*comers_and_goers, holding(third)))
    afterwards = Traffic(comers_and_goers)

    with overlap.flowing():
        spread(fleet, PUBLISH_BOTH, order, overlap)
        spread(fleet, SIGN_WITH_RSA, order, overlap)
    clock.advance(seconds=LIFE_SECONDS)
    with afterwards.flowing():
        spread(fleet, DROP_EC, order, afterwards)

    assert overlap.refusals == []
    assert afterwards.refusals == []
    assert kid_of(third.token) not in kids(api)


def test_set_has_a_key_of_each_kind_while_the_algorithm_is_changed(both: Fleet, api: Api) -> None:
    ec, rsa_key = published(api)

    assert set(ec) == {"kty", "crv", "x", "y", "alg", "use", "kid"}
    assert set(rsa_key) == {"kty", "n", "e", "alg", "use", "kid"}
    assert (rsa_key["kty"], rsa_key["alg"], rsa_key["use"]) == ("RSA", "RS256", "sig")
    assert rsa_key["kid"] == RSAKey.import_key(dict(rsa_key)).thumbprint()
    assert len(base64.urlsafe_b64decode(rsa_key["n"] + "==")) == 2048 // 8


@pytest.mark.parametrize(
    ("stages", "algorithms"),
    [
        ([], ["ES256"]),
        ([PUBLISH_BOTH], ["ES256", "RS256"]),
        ([PUBLISH_BOTH, SIGN_WITH_RSA, DROP_EC], ["RS256"]),
    ],
    ids=["before", "meanwhile", "after"],
)
def test_verifiers_are_told_the_algorithms_of_the_keys(
    fleet: Fleet, api: Api, stages: list[Mapping[str, str]], algorithms: list[str]
) -> None:
    roll_out(fleet, *stages)

    told = api.call(*DISCOVERY.at()).json

    assert told["id_token_signing_alg_values_supported"] == algorithms


def test_another_library_verifies_tokens_of_rsa(both: Fleet, api: Api, alice: Person) -> None:
    token = alice.sign_in().token
    keys = KeySet.import_key_set(api.call(*JWKS.at()).json)

    verified = jwt.decode(token, keys, algorithms=["RS256"])

    assert header_of(token) == {
        "alg": "RS256",
        "typ": "at+jwt",
        "kid": next(key["kid"] for key in published(api) if key["kty"] == "RSA"),
    }
    assert verified.claims["sub"] == str(alice.id)


def test_tokens_of_either_algorithm_are_good_meanwhile(
    both: Fleet, api: Api, alice: Person
) -> None:
    new = alice.sign_in().token

    assert [header_of(token)["alg"] for token in (alice.token, new)] == ["ES256", "RS256"]
    assert [who_am_i(api, token).status for token in (alice.token, new)] == [200, 200]


def test_refresh_token_shown_again_brings_the_same_access_token(
    both: Fleet, api: Api, alice: Person
) -> None:
    first, again = (
        api.call(*REFRESH.at(), json={"refresh_token": shown})
        for shown in [alice.refresh_token] * 2
    )

    assert first.status == again.status == 200
    assert first.json["access_token"] == again.json["access_token"]
    assert header_of(first.json["access_token"])["alg"] == "RS256"


def test_only_those_who_issue_tokens_may_sign_and_with_keys_that_there_are(both: Fleet) -> None:
    keys = {both.resources[key.logical_id]["Arn"] for key in both.template.kms_keys()}

    for function in both.template.functions(both.resources):
        may = signs_tokens_with(both, function.logical_id)
        assert may <= keys
        assert not may or both.signing_key_arn() in may


Confusion = Callable[[Forge, Mapping[str, str]], str]


def _hmac_of(secret: Callable[[rsa.RSAPublicKey], bytes]) -> Confusion:
    def make(forge: Forge, jwk: Mapping[str, str]) -> str:
        key = RSAKey.import_key(dict(jwk)).get_op_key("verify")
        signed = f"{encoded({**forge.header, 'alg': 'HS256'})}.{encoded(forge.claims)}"
        return f"{signed}.{encoded(hmac.digest(secret(key), signed.encode(), 'sha256'))}"

    return make


def _pem(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def _der(key: rsa.RSAPublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _by_another_key(pad: padding.AsymmetricPadding, algorithm: str) -> Confusion:
    def make(forge: Forge, _: Mapping[str, str]) -> str:
        key = rsa.generate_private_key(65537, 2048)
        signed = f"{encoded({**forge.header, 'alg': algorithm})}.{encoded(forge.claims)}"
        return f"{signed}.{encoded(key.sign(signed.encode(), pad, SHA256()))}"

    return make


def _with_its_own_key(forge: Forge, _: Mapping[str, str]) -> str:
    key = rsa.generate_private_key(65537, 2048)
    jwk = RSAKey.import_key(key).as_dict(private=False)
    signed = f"{encoded({**forge.header, 'jwk': jwk})}.{encoded(forge.claims)}"
    return f"{signed}.{encoded(key.sign(signed.encode(), padding.PKCS1v15(), SHA256()))}"


def _by_our_key(kms_name: Any, algorithm: str) -> Confusion:  # noqa: ANN401 - a literal of KMS's
    def make(forge: Forge, _: Mapping[str, str]) -> str:
        signed = f"{encoded({**forge.header, 'alg': algorithm})}.{encoded(forge.claims)}"
        answer = boto3.client("kms").sign(
            KeyId=settings.current().signing_key_id,
            Message=signed.encode(),
            MessageType="RAW",
            SigningAlgorithm=kms_name,
        )
        return f"{signed}.{encoded(answer['Signature'])}"

    return make


CONFUSIONS: Mapping[str, Confusion] = {
    "HMAC by the public key in PEM": _hmac_of(_pem),
    "HMAC by the public key in DER": _hmac_of(_der),
    "HMAC by the modulus": _hmac_of(lambda key: str(key.public_numbers().n).encode()),
    "PS256 in name": lambda forge, _: forge.headed(alg="PS256"),
    "PS256 by our own key": _by_our_key("RSASSA_PSS_SHA_256", "PS256"),
    "RS512 by our own key": _by_our_key("RSASSA_PKCS1_V1_5_SHA_512", "RS512"),
    "PSS by our own key": _by_our_key("RSASSA_PSS_SHA_256", "RS256"),
    "ES256 by a key of RSA": lambda forge, _: forge.headed(alg="ES256"),
    "none": lambda forge, _: forge.headed(alg="none"),
    "lower case": lambda forge, _: forge.headed(alg="rs256"),
    "no signature": lambda forge, _: forge.resigned(b""),
    "zeros": lambda forge, _: forge.resigned(bytes(256)),
    "ones": lambda forge, _: forge.resigned(b"\xff" * 256),
    "one": lambda forge, _: forge.resigned(bytes(255) + b"\x01"),
    "a byte too few": lambda forge, _: forge.resigned(forge.signature[:-1]),
    "a byte too many": lambda forge, _: forge.resigned(b"\x00" + forge.signature),
    "another's key": _by_another_key(padding.PKCS1v15(), "RS256"),
    "another's key, PS256": _by_another_key(padding.PSS(padding.MGF1(SHA256()), 32), "PS256"),
    "the attacker's key in its header": _with_its_own_key,
}


@pytest.mark.parametrize("make", CONFUSIONS.values(), ids=CONFUSIONS)
def test_token_that_is_for_another_algorithm_than_its_key_is_refused(
    both: Fleet, api: Api, alice: Person, make: Confusion
) -> None:
    token = alice.sign_in().token
    (jwk,) = [key for key in published(api) if key["kty"] == "RSA"]
    assert who_am_i(api, token).status == 200

    answer = who_am_i(api, make(Forge(token), jwk))

    assert (answer.status, answer.code) == (401, "token_invalid")


def test_our_own_signature_under_the_name_of_the_other_key_is_refused(
    both: Fleet, api: Api, alice: Person
) -> None:
    by_ec, by_rsa = Forge(alice.token), Forge(alice.sign_in().token)

    for forge, other in ((by_ec, by_rsa), (by_rsa, by_ec)):
        for algorithm in ("ES256", "RS256"):
            header = encoded({**forge.header, "kid": other.header["kid"], "alg": algorithm})
            mixed = f"{header}.{encoded(forge.claims)}.{encoded(forge.signature)}"
            assert who_am_i(api, mixed).code == "token_invalid"
            # and where the signature is of that very header, by the key of RSA
            signed = by_rsa.headed(kid=by_ec.header["kid"], alg=algorithm)
            assert who_am_i(api, signed).code == "token_invalid"


def test_forged_tokens_above_would_be_good_but_for_what_is_wrong_with_them(
    both: Fleet, api: Api, alice: Person
) -> None:
    forge = Forge(alice.sign_in().token)
    again = _by_our_key("RSASSA_PKCS1_V1_5_SHA_256", "RS256")

    assert who_am_i(api, forge.but(jti="another")).status == 200
    assert who_am_i(api, again(forge, {})).status == 200


@pytest.mark.parametrize(
    "member", [{"use": "enc"}, {"key_ops": ["sign"]}, {"alg": "PS256"}, {"alg": "ES256"}], ids=str
)
def test_key_of_rsa_that_is_for_something_else_verifies_no_token(
    both: Fleet, api: Api, alice: Person, monkeypatch: pytest.MonkeyPatch, member: dict[str, object]
) -> None:
    token = alice.sign_in().token
    keys = [{**key, **member} for key in published(api)]

    both.change("AnyUsers", token_jwks=json.dumps({"keys": keys}))

    assert who_am_i(api, token).code == "token_invalid"
