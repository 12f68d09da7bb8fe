"""Which tokens are good, in a service that has nothing but the keys."""

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import pytest
from tests.keys import published

from tests.conftest import Scene
from users_client.verification import KeysUnavailableError, TokenInvalidError, Verifier


def part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_person_is_known_by_their_token(verifier: Verifier, log_in: Callable[[], str]) -> None:
    token = log_in()

    caller = verifier.verify(token)

    claims = jwt.decode(token, options={"verify_signature": False})
    assert (str(caller.user_id), caller.session_id) == (claims["sub"], claims["sid"])
    assert (caller.role, caller.permissions) == ("read_only", ("content:read",))
    assert caller.methods == ("pwd",)
    assert not caller.has_second_factor
    assert caller.proved_within(60)
    assert caller.claims == claims


def test_tampered_claims_are_refused(verifier: Verifier, log_in: Callable[[], str]) -> None:
    token = log_in()
    header, _, signature = token.split(".")
    claims = jwt.decode(token, options={"verify_signature": False})

    tampered = part({**claims, "role": "administrator"})

    with pytest.raises(TokenInvalidError, match="Signature verification failed"):
        verifier.verify(f"{header}.{tampered}.{signature}")


@pytest.mark.parametrize("changed", [{"alg": "none"}, {"alg": "HS256"}, {"kid": "unknown"}])
def test_token_with_another_header_is_refused(
    verifier: Verifier, log_in: Callable[[], str], changed: Mapping[str, str]
) -> None:
    token = log_in()
    header = {**jwt.get_unverified_header(token), **changed}
    _, claims, signature = token.split(".")

    for signed in (signature, ""):
        with pytest.raises(TokenInvalidError):
            verifier.verify(f"{part(header)}.{claims}.{signed}")


def test_token_of_a_back_end_is_none_of_a_person(verifier: Verifier, scene: Scene) -> None:
    with pytest.raises(TokenInvalidError, match="not a person's"):
        verifier.verify(scene.service_token)


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "é.b.c", "\ud800.b.c", "a" * 9000])
def test_nonsense_is_refused(verifier: Verifier, token: str) -> None:
    with pytest.raises(TokenInvalidError):
        verifier.verify(token)


@pytest.mark.parametrize(
    "made",
    [
        {"issuer": "https://another.example.com"},
        {"audience": "another"},
    ],
)
def test_token_for_others_is_refused(
    scene: Scene, log_in: Callable[[], str], made: Mapping[str, str]
) -> None:
    given = {"issuer": scene.issuer, "audience": "users", **made}
    verifier = Verifier(**given, jwks_url=f"{scene.base_url}/.well-known/jwks.json")

    with pytest.raises(TokenInvalidError):
        verifier.verify(log_in())


def test_issuer_says_where_its_keys_are() -> None:
    with published({"keys": []}) as keys, pytest.raises(KeysUnavailableError):
        # no key is no set of keys, yet it was asked for
        Verifier(keys.url).verify(keys.token())
    assert keys.asked == ["/.well-known/jwks.json"]


@pytest.mark.parametrize("broken", ["not json", "[]", '{"keys": [{"kty": "??"}]}', ""])
def test_broken_keys_are_as_good_as_none(broken: str) -> None:
    with published(broken) as keys, pytest.raises(KeysUnavailableError):
        Verifier(keys.url).verify(keys.token())


def test_unknown_key_is_asked_for_once_in_a_while() -> None:
    with published() as keys:
        verifier = Verifier(keys.url)
        for _ in range(5):
            with pytest.raises(TokenInvalidError):
                verifier.verify(keys.token(kid="unknown"))

    assert len(keys.asked) == 1


@pytest.mark.parametrize("missing", ["exp", "iat", "nbf", "iss", "aud", "sub", "sid", "role"])
def test_token_without_a_claim_is_refused(missing: str) -> None:
    with published() as keys, pytest.raises(TokenInvalidError):
        Verifier(keys.url).verify(keys.token("key", **{missing: None}))


@pytest.mark.parametrize("claims", [{"sub": "nobody"}, {"permissions": None}, {"amr": 7}])
def test_token_with_a_strange_claim_is_refused(claims: Mapping[str, Any]) -> None:
    with published() as keys, pytest.raises(TokenInvalidError):
        Verifier(keys.url).verify(keys.token(**claims))
