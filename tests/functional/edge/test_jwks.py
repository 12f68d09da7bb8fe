"""GET /.well-known/jwks.json."""

import json
from collections.abc import Callable

import pytest
from joserfc import jwt
from joserfc.errors import BadSignatureError
from joserfc.jwk import KeySet

from accounts import settings
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.people import Person
from tests.support.register import ANY_USERS, JWKS

Setting = Callable[..., None]


def test_set_has_one_public_key_and_nothing_private(api: Api) -> None:
    answer = api.call(*JWKS.at())

    assert answer.status == 200
    assert list(answer.json) == ["keys"]
    (key,) = answer.json["keys"]
    assert set(key) == {"kty", "crv", "x", "y", "alg", "use", "kid"}
    assert (key["kty"], key["crv"]) == ("EC", "P-256")
    assert (key["alg"], key["use"]) == ("ES256", "sig")


def test_others_may_keep_it_for_ten_minutes(api: Api) -> None:
    assert api.call(*JWKS.at()).headers["cache-control"] == "public, max-age=600"


def test_set_asks_nothing_of_aws(api: Api, aws_calls: AwsCalls) -> None:
    api.call(*JWKS.at())

    assert aws_calls.operations == []


def test_another_library_verifies_our_tokens_with_it(api: Api, alice: Person) -> None:
    keys = KeySet.import_key_set(api.call(*JWKS.at()).json)

    token = jwt.decode(alice.token, keys, algorithms=["ES256"])

    assert token.header["typ"] == "at+jwt"
    assert token.claims["sub"] == str(alice.id)
    claims = jwt.JWTClaimsRegistry(
        iss={"essential": True, "value": token.claims["iss"]},
        aud={"essential": True, "value": "users"},
        exp={"essential": True},
    )
    claims.validate(token.claims)


def test_another_library_refuses_a_token_that_was_changed(api: Api, alice: Person) -> None:
    keys = KeySet.import_key_set(api.call(*JWKS.at()).json)
    header, payload, signature = alice.token.split(".")
    changed = f"{header}.{payload[:-4]}AAAA.{signature}"

    with pytest.raises(BadSignatureError):
        jwt.decode(changed, keys, algorithms=["ES256"])


def test_kid_is_the_thumbprint_that_another_library_computes(api: Api) -> None:
    (published,) = api.call(*JWKS.at()).json["keys"]
    (key,) = KeySet.import_key_set({"keys": [published]}).keys

    assert published["kid"] == key.thumbprint()


def test_token_names_the_key_that_signed_it(api: Api, alice: Person) -> None:
    (published,) = api.call(*JWKS.at()).json["keys"]
    keys = KeySet.import_key_set({"keys": [published]})

    assert jwt.decode(alice.token, keys, algorithms=["ES256"]).header["kid"] == published["kid"]


@pytest.mark.parametrize(
    "member",
    [
        {"use": "enc"},
        {"use": None},
        {"key_ops": ["sign"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"alg": "ECDH-ES"},
        {"alg": "ES384"},
        {"alg": None},
        {"crv": "P-384"},
        {"kty": "RSA"},
    ],
    ids=str,
)
def test_key_that_is_for_something_else_verifies_no_token(
    api: Api, alice: Person, setting: Setting, member: dict[str, object]
) -> None:
    setting(TOKEN_JWKS=json.dumps({"keys": [{**_key(), **member}]}))

    assert api.call(*ANY_USERS.at(), token=alice.token).code == "token_invalid"


@pytest.mark.parametrize("operations", [{}, {"key_ops": ["verify"]}], ids=str)
def test_key_that_does_not_say_what_it_is_for_verifies_tokens(
    api: Api, alice: Person, setting: Setting, operations: dict[str, object]
) -> None:
    bare = {name: _key()[name] for name in ("kty", "crv", "x", "y", "kid")}
    setting(TOKEN_JWKS=json.dumps({"keys": [{**bare, **operations}]}))

    assert api.call(*ANY_USERS.at(), token=alice.token).status == 200


def test_key_that_is_for_something_else_takes_nothing_from_the_others(
    api: Api, alice: Person, setting: Setting
) -> None:
    other = {"kty": "RSA", "use": "enc", "kid": "other", "n": "AQAB", "e": "AQAB"}
    setting(TOKEN_JWKS=json.dumps({"keys": [other, _key()]}))

    assert api.call(*ANY_USERS.at(), token=alice.token).status == 200


def test_set_that_is_broken_is_a_bug_of_ours(api: Api, setting: Setting) -> None:
    setting(TOKEN_JWKS="{")

    assert api.call(*JWKS.at()).status == 500


def _key() -> dict[str, object]:
    (key,) = json.loads(settings.current().token_jwks)["keys"]
    return dict(key)
