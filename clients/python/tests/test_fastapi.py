"""An API of one's own that lets in who is signed in at the users service."""

import asyncio
import time
from collections.abc import Callable
from typing import Annotated, Any

import httpx
import jwt
from fastapi import Depends, FastAPI
from tests.keys import Keys, published

from tests.conftest import Scene
from users_client.fastapi import SignedIn
from users_client.verification import Caller, Verifier

ISSUER = "https://users.example.com"
Ask = Callable[[str], httpx.Response]


def api(demand: SignedIn) -> Ask:
    """Return what asks an API with this demand, with a token."""
    app = FastAPI()

    @app.get("/hello")
    def hello(caller: Annotated[Caller, Depends(demand)]) -> dict[str, Any]:
        return {"user_id": caller.user_id, "role": caller.role}

    async def ask(token: str) -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
            return await client.get("/hello", headers={"Authorization": f"Bearer {token}"})

    return lambda token: asyncio.run(ask(token))


def test_person_is_let_in(verifier: Verifier, log_in: Callable[[], str]) -> None:
    token = log_in()

    answer = api(SignedIn(verifier, "content:read"))(token)

    claims = jwt.decode(token, options={"verify_signature": False})
    assert answer.json() == {"user_id": int(claims["sub"]), "role": "read_only"}


def test_administrator_may_everything(verifier: Verifier, scene: Scene) -> None:
    answer = api(SignedIn(verifier, "anything:at_all"))(scene.administrator_token)

    assert answer.status_code == 200


def test_missing_permission_is_refused(verifier: Verifier, log_in: Callable[[], str]) -> None:
    answer = api(SignedIn(verifier, "content:write"))(log_in())

    assert answer.status_code == 403
    assert answer.json() == {"detail": "Permission content:write required"}


def test_nobody_is_told_to_sign_in(verifier: Verifier) -> None:
    answer = api(SignedIn(verifier))("")

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_expired_token_is_refused(verifier: Verifier, scene: Scene) -> None:
    answer = api(SignedIn(verifier))(scene.expired_token)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == 'Bearer error="invalid_token"'


def test_keys_that_cannot_be_had_are_no_reason_to_sign_in_again() -> None:
    answer = api(SignedIn(Verifier("http://127.0.0.1:9")))(Keys("http://127.0.0.1:9").token())

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"


def test_second_factor_can_be_demanded() -> None:
    with published() as keys:
        ask = api(SignedIn(Verifier(keys.url), mfa=True))

        assert ask(keys.token(amr=["pwd", "otp", "mfa"])).status_code == 200
        refused = [ask(keys.token(amr=["pwd"])), ask(keys.token())]

    for answer in refused:
        assert answer.status_code == 401
        assert 'error="insufficient_user_authentication"' in answer.headers["www-authenticate"]


def test_recent_proof_can_be_demanded() -> None:
    with published() as keys:
        ask = api(SignedIn(Verifier(keys.url), max_age_seconds=600))

        assert ask(keys.token(auth_time=int(time.time()) - 590)).status_code == 200
        refused = [ask(keys.token(auth_time=int(time.time()) - 610)), ask(keys.token())]

    for answer in refused:
        assert answer.status_code == 401
        assert 'max_age="600"' in answer.headers["www-authenticate"]
