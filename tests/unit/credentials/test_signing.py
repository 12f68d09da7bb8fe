import jwt
import pytest
from jwt.algorithms import ECAlgorithm

from accounts import settings
from accounts.access.sessions import Client, new_service_session, new_session
from accounts.credentials import signing, tokens
from accounts.credentials.tokens import Kind
from accounts.storage.tables import User, UserSession
from tests.support import people
from tests.support.clocks import Clock
from tests.support.deployment import Deployment


@pytest.fixture
def session(stack: Deployment, clock: Clock) -> UserSession:
    """A person's session, not stored."""
    return new_session(_user(clock), Client("192.0.2.1", "tests"))[0]


def _user(clock: Clock, role: str = "read_only") -> User:
    return User(id=2**53 - 1, role=role, email="a@example.com", name="A", created_at=clock.time)


def test_token_verifies_as_what_was_signed(session: UserSession) -> None:
    kind, claims = tokens.verify(signing.access_token(session, ("content:read",)))

    assert kind == Kind.USER
    assert (claims.user_id, claims.sid) == (2**53 - 1, session.session_id)
    assert (claims.role, claims.permissions) == ("read_only", ("content:read",))


def test_service_token_has_its_own_kind_and_life(stack: Deployment, clock: Clock) -> None:
    session = new_service_session(_user(clock, "service"), Client("192.0.2.1", "tests"))

    kind, claims = tokens.verify(signing.access_token(session, ()))

    assert kind == Kind.SERVICE
    assert claims.exp - claims.iat == 90 * 24 * 3600


def test_every_token_has_an_id_of_its_own(session: UserSession) -> None:
    ids = {people.claims(signing.access_token(session, ()))["jti"] for _ in range(5)}

    assert len(ids) == 5


def test_pyjwt_itself_verifies_the_token(session: UserSession) -> None:
    here = settings.current()
    (jwk,) = jwt.PyJWKSet.from_json(here.token_jwks).keys

    claims = jwt.decode(
        signing.access_token(session, ("content:read",)),
        jwk.key,
        algorithms=["ES256"],
        audience=here.audience,
        issuer=here.issuer,
        options={"require": ["exp", "iat", "nbf", "sub", "jti"], "strict_aud": True},
        # the tests' clock stands still, and PyJWT's does not
        leeway=24 * 3600,
    )

    assert claims["permissions"] == ["content:read"]
    assert isinstance(jwk.Algorithm, ECAlgorithm)


def test_token_says_nothing_personal(session: UserSession) -> None:
    claims = str(people.claims(signing.access_token(session, ("content:read",))))

    assert "a@example.com" not in claims
    assert "'A'" not in claims


def test_token_of_many_permissions_still_fits_into_a_header(session: UserSession) -> None:
    most = [f"{'x' * 32}:{number:032}" for number in range(30)]

    token = signing.access_token(session, most)

    assert len(token) < 4096
    assert tokens.verify(token)[1].permissions == tuple(most)
