"""The code that another service checks our tokens with, run against ``make run`` over HTTP."""

import base64
import json
import os
import runpy
import secrets
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest

from infra.local import ROOT
from tests.support.register import JWKS, LOG_IN, SIGN_UP

pytestmark = pytest.mark.readme

EXAMPLE = ROOT / "docs" / "verify-elsewhere" / "verify_token.py"
PASSWORD = "example_string"

Verified = Callable[..., Mapping[str, Any]]


@pytest.fixture(scope="module")
def session() -> Mapping[str, Any]:
    """What `make run` tells scripts of itself."""
    content: Mapping[str, Any] = json.loads(Path(os.environ["SESSION"]).read_text(encoding="utf-8"))
    return content


@pytest.fixture
def verified(session: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch) -> Verified:
    return example(session, monkeypatch, session["base_url"], "users")


@pytest.fixture(scope="module")
def access_token(session: Mapping[str, Any]) -> str:
    """The token of a person who has just signed in."""
    person = {"email": f"{secrets.token_hex(8)}@example.com", "passw": PASSWORD}
    sign_up = {**person, "name": "Example Name"}
    post(session, SIGN_UP.path, sign_up, session["service_token"])
    token: str = post(session, LOG_IN.path, person)["access_token"]
    return token


def example(
    session: Mapping[str, Any], monkeypatch: pytest.MonkeyPatch, issuer: str, audience: str
) -> Verified:
    """Return the example's function, as another service would have configured it."""
    monkeypatch.setenv("USERS_JWKS_URL", f"{session['base_url']}{JWKS.path}")
    monkeypatch.setenv("USERS_ISSUER", issuer)
    monkeypatch.setenv("USERS_AUDIENCE", audience)
    verified: Verified = runpy.run_path(str(EXAMPLE))["verified"]
    return verified


def step_up(verified: Any) -> type[Exception]:  # noqa: ANN401 - a function, with where it is from
    """Return what the example raises where more is demanded than was shown."""
    error: type[Exception] = verified.__globals__["StepUpRequiredError"]
    return error


def post(
    session: Mapping[str, Any], path: str, body: Mapping[str, str], token: str | None = None
) -> Mapping[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - the address is our own
        session["base_url"] + path,
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
        content: Mapping[str, Any] = json.load(answer)
    return content


def part(value: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def test_access_token_is_accepted(verified: Verified, access_token: str) -> None:
    claims = verified(access_token)

    assert claims["sub"].isdigit()
    assert claims["role"] == "read_only"
    assert claims["permissions"] == ["content:read"]


def test_administrators_token_is_accepted(verified: Verified, session: Mapping[str, Any]) -> None:
    assert verified(session["administrator"]["access_token"])["role"] == "administrator"


def test_second_factor_can_be_demanded(verified: Verified, access_token: str) -> None:
    assert verified(access_token, amr="pwd")["amr"] == ["pwd"]

    # of whom the password is all that was shown
    with pytest.raises(step_up(verified)) as raised:
        verified(access_token, amr="mfa", max_age_seconds=600)

    assert raised.value.challenge == (  # type: ignore[attr-defined] # of the example
        'Bearer error="insufficient_user_authentication", max_age="600"'
    )


def test_proof_of_late_can_be_demanded(
    verified: Verified, access_token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proved_at = verified(access_token, max_age_seconds=600)["auth_time"]
    monkeypatch.setattr("time.time", lambda: proved_at + 600.5)

    with pytest.raises(step_up(verified)):
        verified(access_token, max_age_seconds=600)

    assert verified(access_token, max_age_seconds=601)


def test_service_token_is_not_taken_for_a_persons(
    verified: Verified, session: Mapping[str, Any]
) -> None:
    with pytest.raises(jwt.InvalidTokenError, match="not a person's"):
        verified(session["service_token"])


def test_tampered_claims_are_refused(verified: Verified, access_token: str) -> None:
    header, _, signature = access_token.split(".")
    claims = jwt.decode(access_token, options={"verify_signature": False})

    tampered = part({**claims, "role": "administrator"})

    with pytest.raises(jwt.InvalidSignatureError):
        verified(f"{header}.{tampered}.{signature}")


def test_token_without_signature_is_refused(verified: Verified, access_token: str) -> None:
    header = {**jwt.get_unverified_header(access_token), "alg": "none"}
    claims = access_token.split(".")[1]

    with pytest.raises(jwt.InvalidTokenError):
        verified(f"{part(header)}.{claims}.")


def test_token_of_an_unknown_key_is_refused(verified: Verified, access_token: str) -> None:
    header = {**jwt.get_unverified_header(access_token), "kid": "unknown"}
    _, claims, signature = access_token.split(".")

    with pytest.raises(jwt.PyJWKClientError):
        verified(f"{part(header)}.{claims}.{signature}")


@pytest.mark.parametrize(
    ("issuer", "audience", "error"),
    [
        ("urn:users:another", "users", jwt.InvalidIssuerError),
        (None, "another", jwt.InvalidAudienceError),
    ],
)
def test_token_for_others_is_refused(
    session: Mapping[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    access_token: str,
    issuer: str | None,
    audience: str,
    error: type[jwt.PyJWTError],
) -> None:
    verified = example(session, monkeypatch, issuer or session["base_url"], audience)

    with pytest.raises(error):
        verified(access_token)
