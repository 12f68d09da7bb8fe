import socket
import time
from collections.abc import Callable

import boto3
import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    ReadTimeoutError,
)
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from accounts import aws, settings
from accounts.credentials import kms
from accounts.errors import UnavailableError
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import Deployment, forget_environment

URL = "https://kms.us-east-1.amazonaws.com"
CALLS: dict[str, Callable[[], object]] = {
    "sign": lambda: kms.sign(b"message", settings.current().signing_key_id, "ES256"),
    "mac": lambda: kms.hmac_sha384(b"message", settings.current().password_key_id),
    "seal": lambda: kms.encrypt(b"message", settings.totp().factor_key_id, {}),
    "open": lambda: kms.decrypt(b"message", settings.totp().factor_key_id, {}),
    "public key": lambda: kms.public_key(settings.current().signing_key_id),
}


@pytest.fixture
def calls(aws_calls: AwsCalls) -> AwsCalls:
    """The calls to KMS, of a function that may do anything."""
    aws_calls.function = "Test"
    actions = ("Sign", "GenerateMac", "GetPublicKey", "Encrypt", "Decrypt")
    may = {(f"kms:{action}", arn) for action in actions for arn in aws_calls.arns.values()}
    aws_calls.allowed = {"Test": frozenset(may)}
    return aws_calls


def test_signature_verifies_with_the_public_key(stack: Deployment) -> None:
    key_id = settings.current().signing_key_id

    signature = kms.sign(b"message", key_id, "ES256")

    key = load_der_public_key(kms.public_key(key_id))
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(signature, b"message", ec.ECDSA(SHA256()))


def test_signature_by_a_key_of_rsa_verifies_as_rs256(stack: Deployment) -> None:
    made = boto3.client("kms").create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
    key_id = made["KeyMetadata"]["KeyId"]

    signature = kms.sign(b"message", key_id, "RS256")

    key = load_der_public_key(kms.public_key(key_id))
    assert isinstance(key, rsa.RSAPublicKey)
    key.verify(signature, b"message", padding.PKCS1v15(), SHA256())


def test_mac_is_48_bytes_and_depends_on_the_message_only(stack: Deployment) -> None:
    key_id = settings.current().password_key_id

    macs = [kms.hmac_sha384(message, key_id) for message in (b"a", b"a", b"b")]

    assert [len(mac) for mac in macs] == [48, 48, 48]
    assert macs[0] == macs[1] != macs[2]


def test_what_is_sealed_is_opened_in_its_own_context_alone(stack: Deployment) -> None:
    key_id, context = settings.totp().factor_key_id, {"user_id": "1", "purpose": "totp"}

    sealed = kms.encrypt(b"message", key_id, context)

    assert b"message" not in sealed
    assert kms.decrypt(sealed, key_id, context) == b"message"
    for other in ({"user_id": "2", "purpose": "totp"}, {"user_id": "1"}, {}):
        with pytest.raises(UnavailableError):
            kms.decrypt(sealed, key_id, other)


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
@pytest.mark.parametrize(
    "failure",
    [
        *(
            ClientError({"Error": {"Code": code, "Message": ""}}, "Operation")
            for code in (
                "ThrottlingException",
                "KMSInternalException",
                "DependencyTimeoutException",
                "DisabledException",
                "KMSInvalidStateException",
                "NotFoundException",
                "AccessDeniedException",
            )
        ),
        ReadTimeoutError(endpoint_url=URL),
        ConnectTimeoutError(endpoint_url=URL),
        EndpointConnectionError(endpoint_url=URL),
    ],
    ids=lambda failure: getattr(failure, "response", failure),
)
def test_failure_of_kms_is_unavailable(
    calls: AwsCalls, call: Callable[[], object], failure: Exception
) -> None:
    calls.fail(1, failure)

    with pytest.raises(UnavailableError) as raised:
        call()

    assert raised.value.__cause__ is failure


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_request_that_kms_calls_wrong_is_a_bug(calls: AwsCalls, call: Callable[[], object]) -> None:
    calls.fail(1, ClientError({"Error": {"Code": "ValidationException", "Message": ""}}, "x"))

    with pytest.raises(ClientError):
        call()


def test_kms_that_hangs_is_unavailable_in_time(
    stack: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", address)
        monkeypatch.setattr(aws, "READ_TIMEOUT_SECONDS", 0.05)
        forget_environment()
        began = time.perf_counter()

        try:
            with pytest.raises(UnavailableError):
                kms.public_key("any")
        finally:
            forget_environment()

    assert time.perf_counter() - began < 5
