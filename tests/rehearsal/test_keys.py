"""Rotating the signing key and replacing the password key, on a stack that runs."""

import json
from collections.abc import Callable, Mapping

import boto3
import pytest

from accounts.credentials.jwk import public_jwk
from tests.support.rehearsal.rehearsal import Rehearsal

pytestmark = pytest.mark.rehearsal

KEY = "AWS::KMS::Key"


def _kid(key_id: str) -> str:
    """Return the name that a key must have in tokens and in the JWKS, asked of KMS itself."""
    return public_jwk(boto3.client("kms").get_public_key(KeyId=key_id)["PublicKey"])["kid"]


def _published(environment: Mapping[str, str]) -> set[str]:
    return {key["kid"] for key in json.loads(environment["TOKEN_JWKS"])["keys"]}


def _all_sign_with(rehearsal: Rehearsal, key_id: str, *, published: set[str]) -> None:
    """Every function must know the same keys: the one that signs, and those that verify."""
    for name, environment in rehearsal.live().environments.items():
        assert environment["SIGNING_KEY_ID"] == key_id
        assert environment["SIGNING_KID"] == _kid(key_id)
        # who sends mails, or pages, verifies nothing
        if name not in {"SendMail", "ShowPages"}:
            assert _published(environment) == {_kid(key) for key in published}


def _hash_with(rehearsal: Rehearsal) -> set[str]:
    """Return the keys that functions hash passwords with."""
    return {it["PASSWORD_KEY_ID"] for it in rehearsal.live().environments.values()}


def test_rotation_there_and_back_is_never_without_the_key_of_a_valid_token(
    deployed: Rehearsal,
) -> None:
    a = deployed.id("SigningKeyA")
    _all_sign_with(deployed, a, published={a})
    before = deployed.live()

    deployed.deploy(PublishBothSigningKeys="true")
    assert deployed.live().moved_since(before) == set(before.versions)
    b = deployed.id("SigningKeyB")
    assert deployed.id("SigningKeyA") == a
    _all_sign_with(deployed, a, published={a, b})

    deployed.deploy(ActiveSigningKey="B")
    _all_sign_with(deployed, b, published={a, b})

    deployed.deploy(PublishBothSigningKeys="false")
    _all_sign_with(deployed, b, published={b})
    assert deployed.stack.retained(KEY) == [a]

    deployed.deploy(PublishBothSigningKeys="true")
    new_a = deployed.id("SigningKeyA")
    assert new_a != a
    assert deployed.id("SigningKeyB") == b
    _all_sign_with(deployed, b, published={new_a, b})

    deployed.deploy(ActiveSigningKey="A")
    _all_sign_with(deployed, new_a, published={new_a, b})

    deployed.deploy(PublishBothSigningKeys="false")
    _all_sign_with(deployed, new_a, published={new_a})
    # whoever has a token of theirs, or an audit to do, still finds the keys
    assert deployed.stack.retained(KEY) == [a, b]
    for key in (a, b):
        assert boto3.client("kms").describe_key(KeyId=key)["KeyMetadata"]["Enabled"] is True


def test_change_of_algorithm_there_and_back_is_never_without_the_key_of_a_valid_token(
    deployed: Rehearsal,
) -> None:
    ec = deployed.id("SigningKeyA")

    deployed.deploy(PublishBothSigningKeys="algorithms")
    rsa = deployed.id("RsaSigningKeyA")
    _all_sign_with(deployed, ec, published={ec, rsa})
    assert boto3.client("kms").describe_key(KeyId=rsa)["KeyMetadata"]["KeySpec"] == "RSA_2048"

    deployed.deploy(SigningAlgorithm="RS256")
    _all_sign_with(deployed, rsa, published={ec, rsa})
    assert all({ec, rsa} == keys for keys in deployed.usable_keys().values())

    deployed.deploy(PublishBothSigningKeys="false")
    _all_sign_with(deployed, rsa, published={rsa})
    assert all({rsa} == keys for keys in deployed.usable_keys().values())
    assert deployed.stack.retained(KEY) == [ec]

    # a rotation keeps the algorithm
    deployed.deploy(PublishBothSigningKeys="true")
    rsa_b = deployed.id("RsaSigningKeyB")
    _all_sign_with(deployed, rsa, published={rsa, rsa_b})
    deployed.deploy(ActiveSigningKey="B", PublishBothSigningKeys="algorithms")
    ec_b = deployed.id("SigningKeyB")
    _all_sign_with(deployed, rsa_b, published={ec_b, rsa_b})

    deployed.deploy(SigningAlgorithm="ES256", PublishBothSigningKeys="false")
    _all_sign_with(deployed, ec_b, published={ec_b})
    assert deployed.stack.retained(KEY) == [ec, rsa, rsa_b]


def test_stack_may_begin_with_either_algorithm(new_stack: Callable[..., Rehearsal]) -> None:
    rehearsal = new_stack(SigningAlgorithm="RS256")

    rehearsal.deploy()

    rsa = rehearsal.id("RsaSigningKeyA")
    assert "SigningKeyA" not in rehearsal.stack.resources
    _all_sign_with(rehearsal, rsa, published={rsa})


def test_replaced_password_key_hashes_and_none_is_lost_on_the_way_there_and_back(
    deployed: Rehearsal,
) -> None:
    first = deployed.id("PasswordKey")

    deployed.deploy(ReplacePasswordKey="true")
    new = deployed.id("NewPasswordKey")
    assert deployed.id("PasswordKey") == first != new
    assert _hash_with(deployed) == {new}

    deployed.deploy(ReplacePasswordKey="false")
    assert _hash_with(deployed) == {first}
    assert deployed.stack.retained(KEY) == [new]
    for key in (first, new):
        told = boto3.client("kms").describe_key(KeyId=key)["KeyMetadata"]
        assert (told["KeySpec"], told["Enabled"]) == ("HMAC_384", True)
