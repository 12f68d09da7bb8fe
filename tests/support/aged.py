"""An access token as it is when its time is over, signed by the key of a running service."""

import json
import time
from collections.abc import Mapping
from typing import Any

import boto3
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.utils import der_to_raw_signature

from tests.support.forging import decoded, encoded

LONG_AGO_SECONDS = 3600


def aged(token: str, session: Mapping[str, Any]) -> str:
    """Return the token as if it had been given out an hour ago."""
    header, payload, _ = token.split(".")
    claims = json.loads(decoded(payload))
    then = {name: claims[name] - LONG_AGO_SECONDS for name in ("iat", "nbf", "exp")}
    assert then["exp"] < time.time()
    signing_input = f"{header}.{encoded({**claims, **then})}"
    return f"{signing_input}.{encoded(_signature(signing_input, session))}"


def _signature(signing_input: str, session: Mapping[str, Any]) -> bytes:
    aws = session["aws"]
    client = boto3.client(
        "kms",
        endpoint_url=aws["endpoint_url"],
        region_name=aws["region"],
        aws_access_key_id=aws["environment"]["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=aws["environment"]["AWS_SECRET_ACCESS_KEY"],
    )
    signed = client.sign(
        KeyId=session["settings"]["SIGNING_KEY_ID"],
        Message=signing_input.encode(),
        SigningAlgorithm="ECDSA_SHA_256",
    )
    return der_to_raw_signature(signed["Signature"], ec.SECP256R1())
