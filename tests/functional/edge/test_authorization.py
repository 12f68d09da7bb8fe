"""The Authorization header: how a token may come, and which tokens do not count."""

import hashlib
import hmac
import json
from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from jwt.algorithms import ECAlgorithm

from accounts import settings
from accounts.storage.tables import User
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.forging import ORDER, Forge, encoded
from tests.support.people import Person
from tests.support.register import ANY_USERS, LOG_OUT, PROTECTED, RESET_PASSWORD, SIGN_UP, each
from tests.support.scene import Scene

UNAUTHORIZED = {"error": "Unauthorized", "message": "Authentication required"}
LEEWAY_SECONDS = 30
LIFE_SECONDS = 900

# how the header may look, and what it is then found to be
HEADERS: dict[str, tuple[Callable[[str], str], str]] = {
    "empty": (lambda _: "", "token_missing"),
    "scheme only": (lambda _: "Bearer", "token_missing"),
    "scheme and space": (lambda _: "Bearer ", "token_missing"),
    "scheme and spaces": (lambda _: "Bearer    ", "token_missing"),
    "Basic": (lambda _: "Basic YWxpY2U6c2VjcmV0", "token_missing"),
    "Basic with the token": (lambda token: f"Basic {token}", "token_missing"),
    "Token": (lambda token: f"Token {token}", "token_missing"),
    "no scheme": (lambda token: token, "token_missing"),
    "no space": (lambda token: f"Bearer{token}", "token_missing"),
    "tab": (lambda token: f"Bearer\t{token}", "token_missing"),
    "colon": (lambda token: f"Bearer: {token}", "token_missing"),
    "two spaces": (lambda token: f"Bearer  {token}", "token_invalid"),
    "space behind": (lambda token: f"Bearer {token} ", "token_invalid"),
    "comma behind": (lambda token: f"Bearer {token},", "token_invalid"),
    "two tokens": (lambda token: f"Bearer {token} {token}", "token_invalid"),
    "two headers, joined": (lambda token: f"Bearer {token},Bearer {token}", "token_invalid"),
    "a parameter": (lambda token: f"Bearer {token}, realm=x", "token_invalid"),
    "quotes": (lambda token: f'Bearer "{token}"', "token_invalid"),
    "accents": (lambda token: f"Bearer é{token}", "token_invalid"),
    "NUL behind": (lambda token: f"Bearer {token}\x00", "token_invalid"),
    "9 KB": (lambda token: "Bearer " + (token + "a" * 9000)[:9000], "token_invalid"),
}


@pytest.mark.parametrize(("header", "code"), HEADERS.values(), ids=HEADERS)
def test_header_that_is_not_bearer_and_one_token_does_not_authenticate(
    api: Api, alice: Person, header: Callable[[str], str], code: str
) -> None:
    answer = api.call(*ANY_USERS.at(), headers={"Authorization": header(alice.token)})

    _assert_unauthorized(answer, code)


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_case_of_the_scheme_does_not_matter(api: Api, alice: Person, scheme: str) -> None:
    headers = {"Authorization": f"{scheme} {alice.token}"}

    assert api.call(*ANY_USERS.at(), headers=headers).status == 200


def test_two_authorization_headers_do_not_authenticate(api: Api, alice: Person) -> None:
    header = ("Authorization", f"Bearer {alice.token}")

    _assert_unauthorized(api.send(*ANY_USERS.at(), [header, header]), "token_invalid")


@each(PROTECTED)
def test_without_a_token_every_endpoint_asks_for_one(scene: Scene, endpoint: Endpoint) -> None:
    answer = endpoint.call(scene, token=None)

    _assert_unauthorized(answer, "token_missing")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("query", ["access_token={}", "token={}", "authorization=Bearer%20{}"])
def test_token_in_the_query_does_not_count(api: Api, alice: Person, query: str) -> None:
    answer = api.call("PUT", f"{ANY_USERS.path}?{query.format(alice.token)}")

    _assert_unauthorized(answer, "token_missing")


@pytest.mark.parametrize("cookie", ["access_token={}", "token={}", "Authorization=Bearer {}"])
def test_token_in_a_cookie_of_any_name_does_not_count(api: Api, alice: Person, cookie: str) -> None:
    answer = api.call(*ANY_USERS.at(), headers={"Cookie": cookie.format(alice.token)})

    _assert_unauthorized(answer, "token_missing")


def test_token_in_the_body_does_not_count(api: Api, web_backend: str) -> None:
    body = {"email": "new@example.com", "name": "New", "passw": "example_string"}

    answer = api.call(*SIGN_UP.at(), json={**body, "access_token": web_backend})

    _assert_unauthorized(answer, "token_missing")


def test_other_headers_do_not_authenticate(api: Api, alice: Person) -> None:
    headers = {
        "X-Authorization": f"Bearer {alice.token}",
        "Proxy-Authorization": f"Bearer {alice.token}",
        "X-Forwarded-User": str(alice.id),
        "X-Amzn-Oidc-Data": alice.token,
    }

    _assert_unauthorized(api.call(*ANY_USERS.at(), headers=headers), "token_missing")


def test_authentication_comes_before_the_body(api: Api) -> None:
    answers = [
        api.call(*SIGN_UP.at(), body=body, headers={"Content-Type": "text/plain"})
        for body in (b"{", b"x" * 20_000, b"")
    ]

    assert {answer.status for answer in answers} == {401}


def test_permission_comes_before_the_body(api: Api, alice: Person) -> None:
    answer = api.call(*SIGN_UP.at(), token=alice.token, body=b"{")

    assert answer.status == 403
    assert answer.headers["www-authenticate"] == 'Bearer error="insufficient_scope"'


# tokens

SHAPES: dict[str, Callable[[Forge], str]] = {
    "dot": lambda _: ".",
    "two dots": lambda _: "..",
    "three dots": lambda _: "...",
    "two parts": lambda forge: forge.good.rpartition(".")[0],
    "four parts": lambda forge: f"{forge.good}.e30",
    "five parts (JWE)": lambda forge: f"{forge.good}..e30",
    "JSON serialisation": lambda forge: json.dumps(
        dict(zip(("protected", "payload", "signature"), forge.good.split("."), strict=True))
    ),
    "line break behind": lambda forge: f"{forge.good}\n",
    "line break inside": lambda forge: forge.good.replace(".", ".\n", 1),
    "padded payload": lambda forge: forge.good.replace(".", "==.", 1),
    "standard base64": lambda forge: forge.good.replace("-", "+").replace("_", "/") + "+",
    "header in UTF-16": lambda forge: forge.forged(
        header=json.dumps(forge.header).encode("utf-16")
    ),
    "header that is no JSON": lambda forge: forge.signed(header=b"{"),
    "header that is a list": lambda forge: forge.signed(header=[]),
    "header nested deep": lambda forge: forge.signed(header=b"[" * 2000),
    "payload that is a list": lambda forge: forge.signed(claims=[]),
    "payload that is a string": lambda forge: forge.signed(claims="x"),
    "payload that is null": lambda forge: forge.signed(claims=b"null"),
    "payload nested deep": lambda forge: forge.signed(claims=b'{"iss":' * 500),
    "payload not UTF-8": lambda forge: forge.signed(claims=b'{"iss":"\xff"}'),
    "payload of 5000 digits": lambda forge: forge.signed(claims=b'{"exp":' + b"9" * 5000 + b"}"),
    "over 8 KB": lambda forge: forge.but(jti="j" * 9000)[:9000],
}

ALGORITHMS: dict[str, object] = {
    "none": "none",
    "None": "None",
    "nOnE": "nOnE",
    "empty": "",
    "null": None,
    "number": 256,
    "list": ["ES256"],
    "object": {"ES256": 1},
    "HS256": "HS256",
    "RS256": "RS256",
    "ES384": "ES384",
    "PS256": "PS256",
    "EdDSA": "EdDSA",
    "lower case": "es256",
    "space": " ES256",
}

SIGNATURES: dict[str, Callable[[Forge], bytes]] = {
    "none": lambda _: b"",
    "zeros": lambda _: bytes(64),
    "r is zero": lambda forge: bytes(32) + forge.signature[32:],
    "s is zero": lambda forge: forge.signature[:32] + bytes(32),
    "r is the group's order": lambda forge: ORDER.to_bytes(32) + forge.signature[32:],
    "s is the group's order": lambda forge: forge.signature[:32] + ORDER.to_bytes(32),
    "ones": lambda _: b"\xff" * 64,
    "a byte too few": lambda forge: forge.signature[:-1],
    "a byte too many": lambda forge: forge.signature + b"\x00",
    "a bit wrong": lambda forge: bytes([forge.signature[0] ^ 1]) + forge.signature[1:],
    "DER": lambda forge: _der(forge.signature),
    "swapped": lambda forge: forge.signature[32:] + forge.signature[:32],
}

WRONG_CLAIMS: dict[str, dict[str, object]] = {
    "iss of another stack": {"iss": "urn:users:123456789012:us-east-1:other"},
    "iss cut": {"iss": "urn:users:"},
    "iss empty": {"iss": ""},
    "iss in a list": {"iss": ["urn:users:123456789012:us-east-1:users-local"]},
    "aud of another": {"aud": "other"},
    "aud in a list": {"aud": ["users"]},
    "aud cut": {"aud": "user"},
    "aud longer": {"aud": "users2"},
    "aud empty": {"aud": ""},
    "sub empty": {"sub": ""},
    "sub space": {"sub": " "},
    "sub number": {"sub": 1},
    "sub zero": {"sub": "0"},
    "sub with a leading zero": {"sub": "01"},
    "sub negative": {"sub": "-1"},
    "sub float": {"sub": "1e3"},
    "sub of 17 digits": {"sub": "1" * 17},
    "sub of other digits": {"sub": "\u0661"},
    "sid empty": {"sid": ""},
    "sid number": {"sid": 1},
    "role empty": {"role": ""},
    "role list": {"role": ["read_only"]},
    "permissions text": {"permissions": "*"},
    "permissions of numbers": {"permissions": [1]},
    "exp text": {"exp": "99999999999"},
    "exp float": {"exp": 99999999999.5},
    "exp beyond floats": {"exp": 10**400},
    "exp list": {"exp": [1]},
    "exp true": {"exp": True},
    "exp NaN": {"exp": float("nan")},
    "exp in a thousand years": {"exp": 33_000_000_000},
    "iat text": {"iat": "1"},
    "iat float": {"iat": 1.5},
    "nbf text": {"nbf": "1"},
    "jti empty": {"jti": ""},
    "jti number": {"jti": 1},
    "auth_time text": {"auth_time": "1"},
    "auth_time float": {"auth_time": 1.5},
    "auth_time true": {"auth_time": True},
    "email_verified text": {"email_verified": "true"},
    "email_verified number": {"email_verified": 1},
    "amr text": {"amr": "pwd"},
    "amr of numbers": {"amr": [1]},
    "amr of empty texts": {"amr": [""]},
    "a claim more": {"is_admin": True},
}
CLAIMS = ("iss", "aud", "sub", "sid", "role", "permissions", "iat", "nbf", "exp", "jti")
# tokens may still be around from before there were these
YOUNGER_CLAIMS = ("auth_time", "email_verified", "amr")

WRONG_HEADERS: dict[str, dict[str, object]] = {
    "typ JWT": {"typ": "JWT"},
    "typ of refresh tokens": {"typ": "rt+jwt"},
    "typ empty": {"typ": ""},
    "typ null": {"typ": None},
    "typ list": {"typ": ["at+jwt"]},
    "kid unknown": {"kid": "another"},
    "kid empty": {"kid": ""},
    "kid null": {"kid": None},
    "kid number": {"kid": 1},
    "kid list": {"kid": []},
    "kid object": {"kid": {}},
    "kid path": {"kid": "../../dev/null"},
    "kid injection": {"kid": "' OR 1=1 --"},
    "crit": {"crit": ["exp"]},
    "b64 false": {"b64": False, "crit": ["b64"]},
}


@pytest.mark.parametrize("make", SHAPES.values(), ids=SHAPES)
def test_what_has_not_the_shape_of_a_token_is_refused(
    api: Api, alice: Person, make: Callable[[Forge], str]
) -> None:
    _assert_refused(api, make(Forge(alice.token)))


@pytest.mark.parametrize("algorithm", ALGORITHMS.values(), ids=ALGORITHMS)
def test_token_of_another_algorithm_is_refused_whoever_signed_it(
    api: Api, alice: Person, algorithm: object
) -> None:
    forge = Forge(alice.token)
    header = {**forge.header, "alg": algorithm}

    _assert_refused(api, forge.signed(header=header))
    _assert_refused(api, f"{encoded(header)}.{encoded(forge.claims)}.")


def test_token_without_an_algorithm_is_refused(api: Api, alice: Person) -> None:
    _assert_refused(api, Forge(alice.token).beheaded("alg"))


@pytest.mark.parametrize("signature", SIGNATURES.values(), ids=SIGNATURES)
def test_token_with_a_broken_signature_is_refused(
    api: Api, alice: Person, signature: Callable[[Forge], bytes]
) -> None:
    forge = Forge(alice.token)

    _assert_refused(api, forge.resigned(signature(forge)))


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"jku": "http://127.0.0.1:9/jwks.json"},
        {"x5u": "http://127.0.0.1:9/chain.pem"},
        {"x5c": ["AA=="]},
        {"zip": "DEF"},
    ],
    ids=str,
)
def test_token_signed_by_another_key_is_refused(
    api: Api, alice: Person, header: dict[str, object]
) -> None:
    forge = Forge(alice.token)

    _assert_refused(api, forge.forged(header={**forge.header, **header}))


def _public_key_spellings() -> dict[str, bytes]:
    jwks = settings.current().token_jwks
    jwk = json.loads(jwks)["keys"][0]
    key = ECAlgorithm.from_jwk(jwk)
    assert isinstance(key, EllipticCurvePublicKey)
    spki = serialization.PublicFormat.SubjectPublicKeyInfo
    pem = key.public_bytes(serialization.Encoding.PEM, spki)
    der = key.public_bytes(serialization.Encoding.DER, spki)
    point = key.public_bytes(
        serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
    )
    return {
        "PEM": pem,
        "PEM, no line break at the end": pem.rstrip(),
        "PEM with a byte order mark": b"\xef\xbb\xbf" + pem,
        "DER": der,
        "point": point,
        "JWK": json.dumps(jwk).encode(),
        "JWK, compact": json.dumps(jwk, separators=(",", ":")).encode(),
        "JWK set": jwks.encode(),
        "x": jwk["x"].encode(),
        "kid": jwk["kid"].encode(),
        "PEM in base64": encoded(pem).encode(),
        "DER in base64": encoded(der).encode(),
        "JWK in base64": encoded(jwk).encode(),
        "empty": b"",
        "secret": b"secret",
        "null": b"null",
        "zeros": bytes(32),
    }


def test_token_signed_with_our_public_key_as_hmac_secret_is_refused(
    api: Api, alice: Person
) -> None:
    forge = Forge(alice.token)
    signing_input = f"{encoded({**forge.header, 'alg': 'HS256'})}.{encoded(forge.claims)}"

    for secret in _public_key_spellings().values():
        signature = hmac.digest(secret, signing_input.encode(), hashlib.sha256)
        _assert_refused(api, f"{signing_input}.{encoded(signature)}")


@pytest.mark.parametrize("claim", CLAIMS)
def test_token_lacking_a_claim_is_refused(api: Api, alice: Person, claim: str) -> None:
    forge = Forge(alice.token)
    assert set(forge.claims) == {*CLAIMS, *YOUNGER_CLAIMS}

    _assert_refused(api, forge.without(claim))
    _assert_refused(api, forge.but(**{claim: None}))


@pytest.mark.parametrize("claims", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
def test_token_with_a_wrong_claim_is_refused(
    api: Api, alice: Person, claims: dict[str, object]
) -> None:
    _assert_refused(api, Forge(alice.token).but(**claims))


@pytest.mark.parametrize("header", WRONG_HEADERS.values(), ids=WRONG_HEADERS)
def test_token_with_a_wrong_header_is_refused(
    api: Api, alice: Person, header: dict[str, object]
) -> None:
    _assert_refused(api, Forge(alice.token).headed(**header))


@pytest.mark.parametrize("member", ["typ", "kid"])
def test_token_lacking_a_header_is_refused(api: Api, alice: Person, member: str) -> None:
    _assert_refused(api, Forge(alice.token).beheaded(member))


@pytest.mark.parametrize("claim", YOUNGER_CLAIMS)
def test_token_from_before_there_was_a_claim_is_good(api: Api, alice: Person, claim: str) -> None:
    token = Forge(alice.token).without(claim)

    assert api.call("PUT", ANY_USERS.path, token=token).status == 200


def test_the_forge_itself_makes_good_tokens(api: Api, alice: Person) -> None:
    forge = Forge(alice.token)

    for token in (forge.signed(), forge.but(jti="another")):
        assert api.call(*ANY_USERS.at(), token=token).status == 200


BAD_EVERYWHERE: dict[str, Callable[[Forge], str]] = {
    "unsigned": lambda forge: (
        f"{encoded({'alg': 'none', 'typ': 'at+jwt'})}.{encoded(forge.claims)}."
    ),
    "zero signature": lambda forge: forge.resigned(bytes(64)),
    "signed by another": lambda forge: forge.forged(),
    "without exp": lambda forge: forge.without("exp"),
    "of another issuer": lambda forge: forge.but(iss="other"),
    "for another audience": lambda forge: forge.but(aud="other"),
    "of another type": lambda forge: forge.headed(typ="JWT"),
    "garbage": lambda _: "garbage",
}


@each(PROTECTED)
def test_bad_token_opens_no_endpoint_and_closes_none(
    scene: Scene, stack: Deployment, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    forge = Forge(request["token"])

    with stack.unchanged():
        for make in BAD_EVERYWHERE.values():
            answer = scene.api.call(**{**request, "token": make(forge)})
            _assert_unauthorized(answer, "token_invalid")

    assert scene.api.call(**request).status == endpoint.status


# times


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (0, None),
        (LIFE_SECONDS - 1, None),
        (LIFE_SECONDS, None),
        (LIFE_SECONDS + LEEWAY_SECONDS - 1, None),
        (LIFE_SECONDS + LEEWAY_SECONDS, "token_expired"),
        (10**9, "token_expired"),
        (-LEEWAY_SECONDS, None),
        (-LEEWAY_SECONDS - 1, "token_invalid"),
    ],
)
def test_token_is_good_in_its_time_with_half_a_minute_of_leeway(
    api: Api, alice: Person, clock: Clock, seconds: int, code: str | None
) -> None:
    clock.advance(seconds=seconds)

    answer = api.call(*ANY_USERS.at(), token=alice.token)

    assert answer.code == code
    if code:
        _assert_unauthorized(answer, code)


@pytest.mark.parametrize("claim", ["nbf", "iat"])
@pytest.mark.parametrize(("seconds", "status"), [(LEEWAY_SECONDS, 200), (LEEWAY_SECONDS + 1, 401)])
def test_token_is_not_good_before_its_time(
    api: Api, alice: Person, claim: str, seconds: int, status: int
) -> None:
    forge = Forge(alice.token)
    token = forge.but(**{claim: forge.claims[claim] + seconds})

    assert api.call(*ANY_USERS.at(), token=token).status == status


def test_token_that_lives_longer_than_ours_do_is_refused(api: Api, alice: Person) -> None:
    forge = Forge(alice.token)
    issued_at = forge.claims["iat"]

    assert api.call(*ANY_USERS.at(), token=forge.but(exp=issued_at + LIFE_SECONDS)).status == 200
    _assert_refused(api, forge.but(exp=issued_at + LIFE_SECONDS + 1))


@pytest.mark.parametrize("exp", [0, -1, -(2**63), 1])
def test_token_that_expired_long_ago_is_expired(api: Api, alice: Person, exp: int) -> None:
    _assert_refused(api, Forge(alice.token).but(exp=exp), "token_expired")


def test_foreign_token_is_not_called_expired(api: Api, alice: Person) -> None:
    _assert_refused(api, Forge(alice.token).but(exp=1, iss="other"))
    _assert_refused(api, Forge(alice.token).forged(claims={**Forge(alice.token).claims, "exp": 1}))


# sessions


def test_token_of_an_ended_session_is_refused_in_every_spelling(api: Api, alice: Person) -> None:
    forge = Forge(alice.token)
    spellings = [alice.token, forge.twin(), alice.token + "==", forge.signed()]
    assert {api.call(*ANY_USERS.at(), token=one).status for one in spellings} == {200}

    assert api.call(*LOG_OUT.at(), token=alice.token).status == 200

    for spelling in spellings:
        _assert_refused(api, spelling, "session_ended")


@pytest.mark.parametrize(
    "claims",
    [
        {"sid": "A" * 22},
        {"sid": "x" * 2000},
        {"role": "administrator"},
        {"role": "administrator", "permissions": ["*"]},
        {"sub": "1"},
    ],
    ids=str,
)
def test_token_that_does_not_match_its_session_is_refused(
    api: Api, alice: Person, claims: dict[str, object]
) -> None:
    _assert_refused(api, Forge(alice.token).but(**claims), "session_ended")


def test_token_with_another_persons_session_is_refused(
    api: Api, alice: Person, bob: Person
) -> None:
    forge = Forge(alice.token)

    _assert_refused(api, forge.but(sid=bob.session_id), "session_ended")
    _assert_refused(api, forge.but(sub=str(bob.id)), "session_ended")


def test_kind_of_a_token_must_be_that_of_its_session(
    api: Api, alice: Person, web_backend: str
) -> None:
    as_service = Forge(alice.token).headed(typ="service+jwt")
    as_person = Forge(web_backend).headed(typ="at+jwt")

    _assert_unauthorized(api.call(*SIGN_UP.at(), token=as_service), "session_ended")
    # too long a life for a person's token
    _assert_refused(api, as_person)


def test_expired_session_that_is_still_stored_is_over(
    api: Api, alice: Person, clock: Clock
) -> None:
    (session,) = alice.sessions
    session.expires_at = clock.time
    session.save()

    _assert_refused(api, alice.token, "session_ended")


def test_token_of_a_deleted_account_is_refused_with_its_sessions_gone(
    api: Api, alice: Person
) -> None:
    for session in alice.sessions:
        session.delete()
    User(alice.id).delete()

    _assert_refused(api, alice.token, "session_ended")


def test_token_of_another_deployment_is_refused(
    api: Api, alice: Person, setting: Callable[..., None]
) -> None:
    production = "urn:users:123456789012:us-east-1:production"
    setting(ISSUER=production, FORMER_ISSUER=production)

    _assert_refused(api, alice.token)


def test_reset_token_does_not_authenticate_at_its_own_endpoint(scene: Scene) -> None:
    request = RESET_PASSWORD.request(scene)

    answer = scene.api.call(**{**request, "token": request["json"]["reset_token"]})

    _assert_unauthorized(answer, "token_invalid")


def _assert_refused(api: Api, token: str, code: str = "token_invalid") -> None:
    _assert_unauthorized(api.call(*ANY_USERS.at(), token=token), code)


def _assert_unauthorized(answer: Answer, code: str) -> None:
    assert (answer.status, answer.code) == (401, code)
    assert answer.json == UNAUTHORIZED
    challenge = "Bearer" if code == "token_missing" else 'Bearer error="invalid_token"'
    assert answer.headers["www-authenticate"] == challenge


def _der(raw: bytes) -> bytes:
    return encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
