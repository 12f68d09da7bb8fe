"""Rotating the signing key and replacing the password key, on a stack that runs."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest

from accounts.credentials.jwk import public_jwk
from tests.support.rehearsal.changes import fail_setup
from tests.support.rehearsal.rehearsal import Rehearsal
from tests.support.rehearsal.stack import RolledBackError

pytestmark = pytest.mark.rehearsal

KEY = "AWS::KMS::Key"


def _kid(rehearsal: Rehearsal, key_id: str) -> str:
    """Return the name in tokens and in the JWKS of a key, or of the pair that it seals."""
    kms = boto3.client("kms")
    if kms.describe_key(KeyId=key_id)["KeyMetadata"]["KeySpec"] != "SYMMETRIC_DEFAULT":
        return public_jwk(kms.get_public_key(KeyId=key_id)["PublicKey"])["kid"]
    sealed = _pair(rehearsal, key_id)["public_half"]["B"]
    context = {"purpose": "publishing"}
    opened = kms.decrypt(KeyId=key_id, CiphertextBlob=sealed, EncryptionContext=context)
    return public_jwk(opened["Plaintext"])["kid"]


def _pair(rehearsal: Rehearsal, key_id: str) -> Mapping[str, Any]:
    item: Mapping[str, Any] = boto3.client("dynamodb").get_item(
        TableName=rehearsal.id("KeyPairsTable"), Key={"sealing_key_id": {"S": key_id}}
    )["Item"]
    return item


def _published(environment: Mapping[str, str]) -> set[str]:
    return {key["kid"] for key in json.loads(environment["TOKEN_JWKS"])["keys"]}


def _all_sign_with(rehearsal: Rehearsal, key_id: str, *, published: set[str]) -> None:
    """Every function must know the same keys: the one that signs, and those that verify."""
    for name, environment in rehearsal.live().environments.items():
        assert environment["SIGNING_KEY_ID"] == key_id
        assert environment["SIGNING_KID"] == _kid(rehearsal, key_id)
        # who sends mails, or pages, verifies nothing
        if name not in {"SendMail", "ShowPages"}:
            assert _published(environment) == {_kid(rehearsal, key) for key in published}


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


def _modes(rehearsal: Rehearsal) -> set[tuple[str, str]]:
    """Return how those who issue tokens sign, and where they find the pair that does."""
    return {
        (it["SIGNING_MODE"], it["KEY_PAIRS_TABLE"])
        for it in rehearsal.live().environments.values()
        if "SIGNING_MODE" in it
    }


def test_change_of_mode_is_never_without_the_key_of_a_valid_token(
    deployed: Rehearsal,
) -> None:
    in_kms = deployed.id("SigningKeyA")
    assert "KeyPairsTable" not in deployed.stack.resources
    assert _modes(deployed) == {("kms", "")}

    deployed.deploy(PublishBothSigningKeys="modes")
    sealing = deployed.id("SealingKeyA")
    table = deployed.id("KeyPairsTable")
    _all_sign_with(deployed, in_kms, published={in_kms, sealing})
    assert _modes(deployed) == {("kms", table)}

    deployed.deploy(SigningMode="cached")
    _all_sign_with(deployed, sealing, published={in_kms, sealing})
    assert _modes(deployed) == {("cached", table)}
    assert all({in_kms, sealing} == keys for keys in deployed.usable_keys().values())

    deployed.deploy(PublishBothSigningKeys="false")
    _all_sign_with(deployed, sealing, published={sealing})
    assert all({sealing} == keys for keys in deployed.usable_keys().values())
    assert deployed.stack.retained(KEY) == [in_kms]


def test_change_of_mode_back_is_likewise(new_stack: Callable[..., Rehearsal]) -> None:
    stack = new_stack(SigningMode="cached")
    stack.deploy()
    sealing, table = stack.id("SealingKeyA"), stack.id("KeyPairsTable")
    assert "SigningKeyA" not in stack.stack.resources

    stack.deploy(PublishBothSigningKeys="modes")
    in_kms = stack.id("SigningKeyA")
    _all_sign_with(stack, sealing, published={in_kms, sealing})

    stack.deploy(SigningMode="kms")
    _all_sign_with(stack, in_kms, published={in_kms, sealing})
    assert _modes(stack) == {("kms", table)}

    stack.deploy(PublishBothSigningKeys="false")
    _all_sign_with(stack, in_kms, published={in_kms})
    assert _modes(stack) == {("kms", "")}
    assert all({in_kms} == keys for keys in stack.usable_keys().values())
    assert stack.stack.retained(KEY) == [sealing]
    assert stack.stack.retained("AWS::DynamoDB::Table") == [table]


@pytest.mark.parametrize("algorithm", ["ES256", "RS256"])
def test_rotation_of_key_pairs_there_and_back_brings_a_new_one_each_time(
    new_stack: Callable[..., Rehearsal], algorithm: str
) -> None:
    kind = "Rsa" if algorithm == "RS256" else ""
    stack = new_stack(SigningMode="cached", SigningAlgorithm=algorithm)
    stack.deploy()
    a = stack.id(f"{kind}SealingKeyA")
    _all_sign_with(stack, a, published={a})
    first = _pair(stack, a)
    assert stack.ids(KEY).keys() == {f"{kind}SealingKeyA", "FactorKey", "PasswordKey"}

    stack.deploy(PublishBothSigningKeys="true")
    b = stack.id(f"{kind}SealingKeyB")
    _all_sign_with(stack, a, published={a, b})
    stack.deploy(ActiveSigningKey="B")
    _all_sign_with(stack, b, published={a, b})
    stack.deploy(PublishBothSigningKeys="false")
    _all_sign_with(stack, b, published={b})
    assert all({b} == keys for keys in stack.usable_keys().values())

    stack.deploy(PublishBothSigningKeys="true", ActiveSigningKey="A")
    new_a = stack.id(f"{kind}SealingKeyA")
    _all_sign_with(stack, new_a, published={new_a, b})
    stack.deploy(PublishBothSigningKeys="false")
    _all_sign_with(stack, new_a, published={new_a})
    assert len({a, b, new_a}) == 3
    assert stack.stack.retained(KEY) == [a, b]
    # no update has made a pair anew that there was
    assert _pair(stack, a) == first


def test_update_that_is_taken_back_signs_on_with_the_pair_of_before(
    new_stack: Callable[..., Rehearsal],
) -> None:
    stack = new_stack(SigningMode="cached")
    stack.deploy()
    a = stack.id("SealingKeyA")
    before = _pair(stack, a)
    fail_setup(stack)

    with pytest.raises(RolledBackError):
        stack.deploy(PublishBothSigningKeys="true", ActiveSigningKey="B")

    _all_sign_with(stack, a, published={a})
    assert _pair(stack, a) == before
    assert "SealingKeyB" not in stack.stack.resources


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
