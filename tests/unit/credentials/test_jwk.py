import pytest
from joserfc.jwk import ECKey, RSAKey

from accounts.credentials.jwk import public_jwk


@pytest.mark.parametrize("number", range(5))
def test_thumbprint_is_that_of_another_library(number: int) -> None:
    key = ECKey.generate_key("P-256", private=False)

    jwk = public_jwk(key.as_der(private=False))

    assert jwk["kid"] == key.thumbprint()
    assert {name: jwk[name] for name in ("crv", "kty", "x", "y")} == {
        name: key.as_dict(private=False)[name] for name in ("crv", "kty", "x", "y")
    }


def test_thumbprint_of_a_key_of_rsa_is_that_of_another_library() -> None:
    key = RSAKey.generate_key(2048, private=False)

    jwk = public_jwk(key.as_der(private=False))

    assert jwk["kid"] == key.thumbprint()
    assert jwk == {**key.as_dict(private=False), "alg": "RS256", "use": "sig", "kid": jwk["kid"]}
