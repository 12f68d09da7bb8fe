"""A key pair signs that KMS seals: who may open it, what becomes of another, where it is not."""

import base64
import os
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from joserfc import jwt
from joserfc.jwk import KeySet

from accounts import settings
from accounts.access import deployment
from accounts.credentials import key_pairs, kms, public_keys
from accounts.credentials.key_pairs import KeyPairError
from accounts.errors import UnavailableError
from accounts.storage.key_pairs import KeyPair
from tests.support import cached
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.cached import Cached
from tests.support.deployment import Deployment, forget_environment
from tests.support.endpoint import Endpoint
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import (
    ISSUE_SERVICE_TOKEN,
    JWKS,
    LOG_IN,
    LOG_IN_WITH_CODE,
    LOG_IN_WITH_PASSKEY,
    PROVE_SECOND_FACTOR,
    REFRESH,
    each,
)
from tests.support.rotating import SIGNERS, kid_of, published, who_am_i
from tests.support.scene import Scene

ISSUING = (
    ISSUE_SERVICE_TOKEN,
    LOG_IN,
    LOG_IN_WITH_CODE,
    LOG_IN_WITH_PASSKEY,
    PROVE_SECOND_FACTOR,
    REFRESH,
)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@pytest.fixture(params=["ES256", "RS256"])
def signing(
    stack: Deployment, api: Api, aws_calls: AwsCalls, request: pytest.FixtureRequest
) -> Cached:
    """The stack, signing with a pair of either algorithm."""
    return cached.switch(stack, aws_calls, request.param)


@pytest.fixture
def visit(signing: Cached, scene: Scene) -> Scene:
    """Everybody, signed in anew: no token of before is good."""
    return Scene(scene.api, scene.alice.sign_in(), scene.admin.sign_in(), scene.web_backend)


def _opened(signing: Cached) -> PrivateKey:
    """Return the private half, opened past all rights."""
    now = settings.current()
    context = {"purpose": "signing", "kid": now.signing_kid}
    der = kms.decrypt(signing.pair.private_half, now.signing_key_id, context)
    key = load_der_private_key(der, password=None)
    assert isinstance(key, PrivateKey)
    return key


@each(ISSUING)
def test_all_who_issue_tokens_sign_with_the_pair(
    signing: Cached, visit: Scene, aws_calls: AwsCalls, endpoint: Endpoint
) -> None:
    token = endpoint.call(visit).json["access_token"]

    keys = KeySet.import_key_set(visit.api.call(*JWKS.at()).json)
    (algorithm,) = (key["alg"] for key in published(visit.api))
    assert jwt.decode(token, keys, algorithms=[algorithm]).claims["iss"]
    assert kid_of(token) == signing.attributes["SigningKid"]
    assert "Sign" not in aws_calls.operations


def test_pair_is_opened_once_a_process_and_at_the_first_signature(
    signing: Cached, alice: Person, aws_calls: AwsCalls
) -> None:
    aws_calls.forget()
    assert "Decrypt" not in aws_calls.operations

    for _ in range(3):
        assert who_am_i(alice.api, alice.sign_in().token).status == 200

    assert aws_calls.operations.count("Decrypt") == 1
    asked = [call.arguments.get("TableName") for call in aws_calls.made]
    assert asked.count(settings.signing().key_pairs_table) == 1


def test_first_signatures_at_the_same_time_are_all_good(signing: Cached) -> None:
    messages = [f"message {number}".encode() for number in range(16)]

    with ThreadPoolExecutor(8) as pool:
        signatures = list(pool.map(key_pairs.sign, messages))

    public = _opened(signing).public_key()
    for message, signature in zip(messages, signatures, strict=True):
        if isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, message, ec.ECDSA(SHA256()))
        else:
            public.verify(signature, message, PKCS1v15(), SHA256())


def test_refresh_token_shown_again_brings_the_same_access_token(visit: Scene) -> None:
    first, again = REFRESH.call(visit), REFRESH.call(visit)

    assert first.status == again.status == 200
    assert first.json["access_token"] == again.json["access_token"]


def test_pair_is_made_once(signing: Cached, monkeypatch: pytest.MonkeyPatch) -> None:
    before = signing.pair.serialize()

    assert deployment.prepare(signing.properties) == signing.attributes
    # as if both of two calls had found none
    monkeypatch.setattr(KeyPair, "find", lambda _: None)
    assert deployment.prepare(signing.properties) == signing.attributes

    assert signing.pair.serialize() == before


def _put_in_place(signing: Cached, **halves: bytes) -> None:
    pair = signing.pair
    for name, sealed in halves.items():
        setattr(pair, name, sealed)
    pair.save()
    # as in a process that begins
    forget_environment()


def _of_an_attacker() -> tuple[bytes, bytes]:
    """Return both halves of a pair of somebody's own, in DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    return (
        key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
    )


def _sealed_elsewhere(half: bytes, context: dict[str, str]) -> bytes:
    client = boto3.client("kms")
    key_id = client.create_key()["KeyMetadata"]["KeyId"]
    answer = client.encrypt(KeyId=key_id, Plaintext=half, EncryptionContext=context)
    return answer["CiphertextBlob"]


def _in_context(half: bytes, context: dict[str, str]) -> bytes:
    return kms.encrypt(half, settings.current().signing_key_id, context)


Seal = Callable[[bytes, dict[str, str]], bytes]


@pytest.mark.parametrize(
    ("seal", "of_kid", "status"),
    [
        (_sealed_elsewhere, None, 503),
        # of an earlier pair, say
        (_in_context, "another", 503),
        # by who may do what nobody but the set-up may
        (_in_context, None, 500),
        (lambda half, _: half, None, 503),
    ],
    ids=["by another key", "of another kid", "by the key itself", "not sealed"],
)
def test_private_half_of_somebody_else_signs_nothing(
    signing: Cached, visit: Scene, log: Log, seal: Seal, of_kid: str | None, status: int
) -> None:
    _, private = _of_an_attacker()
    kid = of_kid or signing.attributes["SigningKid"]
    _put_in_place(signing, private_half=seal(private, {"purpose": "signing", "kid": kid}))

    answer = LOG_IN.call(visit)

    assert answer.status == status
    assert "access_token" not in answer.text
    (crashed,) = log.named("crash") or [{}]
    assert ("KeyPairError" in str(crashed)) == (status == 500)


def test_pair_that_is_gone_signs_nothing(signing: Cached, visit: Scene) -> None:
    signing.pair.delete()
    forget_environment()

    assert LOG_IN.call(visit).status == 500
    with pytest.raises(KeyPairError):
        key_pairs.sign(b"message")


@pytest.mark.parametrize(
    "context", [{"purpose": "publishing"}, {"purpose": "signing", "kid": "x"}, {}], ids=str
)
def test_public_half_of_somebody_else_is_not_published(
    signing: Cached, context: dict[str, str]
) -> None:
    public, _ = _of_an_attacker()
    seal = _sealed_elsewhere if context == {"purpose": "publishing"} else _in_context
    _put_in_place(signing, public_half=seal(public, context))

    with pytest.raises(UnavailableError):
        deployment.prepare(signing.properties)


def test_only_those_who_issue_tokens_may_open_the_pair_and_in_its_context_alone(
    signing: Cached, aws_calls: AwsCalls
) -> None:
    key_id, kid = settings.current().signing_key_id, settings.current().signing_kid
    contexts = {
        "signing": {"purpose": "signing", "kid": kid},
        "publishing": {"purpose": "publishing"},
        "none": {},
        "of an app": {"purpose": "totp", "user_id": "1"},
    }

    may: dict[str, set[str]] = {}
    for function in aws_calls.allowed:
        for name, context in contexts.items():
            aws_calls.function = function
            with pytest.raises(UnavailableError) as refused:
                kms.decrypt(b"sealed by nobody", key_id, context)
            if refused.value.reason != "AccessDeniedException":
                may.setdefault(function, set()).add(name)
    aws_calls.function = ""
    aws_calls.refused.clear()

    assert may == {**{signer: {"signing"} for signer in SIGNERS}, "PrepareStack": {"publishing"}}


def test_the_set_up_alone_makes_pairs(signing: Cached, aws_calls: AwsCalls) -> None:
    made = {"kms:Encrypt": settings.current().signing_key_id, "dynamodb:PutItem": cached.TABLE}

    for action, name in made.items():
        arn = aws_calls.arns[name]
        who = {it for it, allowed in aws_calls.allowed.items() if (action, arn) in allowed}
        assert who == {"PrepareStack"}
    readers = {
        it
        for it, allowed in aws_calls.allowed.items()
        if any(arn == aws_calls.arns[cached.TABLE] for _, arn in allowed)
    }
    assert readers == {*SIGNERS, "PrepareStack"}


def _spellings(key: PrivateKey) -> set[str]:
    """Return how the private half, or what it can be made of, might be written."""
    numbers = key.private_numbers()
    secrets = (
        [numbers.private_value]
        if isinstance(numbers, ec.EllipticCurvePrivateNumbers)
        else [numbers.d, numbers.p, numbers.q]
    )
    raw = [number.to_bytes((number.bit_length() + 7) // 8) for number in secrets]
    # of the DER, what is not the same in every key
    raw.append(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))
    raw.append(key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()))
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    found = {line for line in pem.splitlines()[2:-1] if line} | {"PRIVATE KEY"}
    found |= {str(number) for number in secrets}
    for value in raw:
        found |= {value.hex(), value.hex().upper(), repr(value)[2:-1]}
        encoded = (base64.b64encode(value), base64.urlsafe_b64encode(value))
        found |= {it.decode().rstrip("=") for it in encoded}
    return found


@pytest.fixture
def outputs(
    log: Log, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> Callable[[], list[str]]:
    """What comes out of the process: any log, any output."""
    caplog.set_level("DEBUG", "accounts")
    return lambda: [log.text, caplog.text, *capfd.readouterr()]


def _errors_with_the_private_half_in_hand(visit: Scene) -> list[str]:
    """Return what is told of errors on the way from the sealed half to a key that signs."""
    told = []
    for broken in ("load_der_private_key", "public_keys"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(key_pairs, broken, None)
            forget_environment()
            answer = LOG_IN.call(visit)
            assert answer.status == 500
            with pytest.raises((TypeError, AttributeError)) as raised:
                key_pairs.sign(b"message")
            told += [answer.text, *traceback.format_exception(raised.value)]
    return told


def test_private_half_is_in_no_log_environment_error_answer_or_table(
    signing: Cached, visit: Scene, stack: Deployment, log: Log, outputs: Callable[[], list[str]]
) -> None:
    spellings = _spellings(_opened(signing))
    functions = signing.template.functions(signing.resources)
    places = {
        "errors": _errors_with_the_private_half_in_hand(visit),
        "answers": [endpoint.call(visit).text for endpoint in ISSUING],
        "environments": [value for it in functions for value in it.environment.values()],
        "environment": list(os.environ.values()),
        "the set-up's answer": list(signing.attributes.values()),
        "tables": [str(stack.stored())],
        "settings": [repr(settings.signing()), repr(settings.current())],
        "outputs": outputs(),
    }

    found = {
        (place, spelling)
        for place, texts in places.items()
        for spelling in spellings
        if spelling in "\n".join(texts)
    }

    assert found == set()
    assert set(signing.attributes) == {"Jwks", "SigningKid", "LogKey", "Revision"}
    assert len(log.named("crash")) == 2


def test_those_spellings_would_be_found(signing: Cached) -> None:
    key = _opened(signing)
    jwk = public_keys.published()[0]["kid"]
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()

    for leaked in (pem, repr(der), base64.b64encode(der).decode(), der.hex(), str({jwk: der})):
        assert any(spelling in leaked for spelling in _spellings(key))
