import datetime
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import ReadOnlyCredentials

from accounts import aws
from accounts.request_signing import VERSION, RequestSigner
from accounts.storage import dynamodb

BODY = b'{"TableName": "users", "Key": {"id": {"N": "1"}}}'
TIMES = [
    datetime.datetime(2026, 1, 31, 23, 59, 59, tzinfo=datetime.UTC),
    datetime.datetime(2026, 2, 1, tzinfo=datetime.UTC),
]
Sign = Callable[[type[auth.SigV4Auth], str | None, datetime.datetime], dict[str, str]]


@pytest.fixture(params=["https://dynamodb.eu-north-1.amazonaws.com/", "http://127.0.0.1:8000/"])
def sign(request: pytest.FixtureRequest) -> Sign:
    """Return the headers of a request to this address that a signer has signed at a time."""

    def signed(
        signer: type[auth.SigV4Auth], token: str | None, now: datetime.datetime
    ) -> dict[str, str]:
        headers = {
            "X-Amz-Target": "DynamoDB_20120810.GetItem",
            "Content-Type": "application/x-amz-json-1.0",
            "User-Agent": "Botocore",
            # of an earlier try
            "Authorization": "stale",
            "X-Amz-Date": "20200101T000000Z",
        }
        made = AWSRequest(method="POST", url=request.param, data=BODY, headers=headers)
        credentials = ReadOnlyCredentials("key", "secret", token)
        with patch.object(auth, "get_current_datetime", lambda: now):
            signer(credentials, "dynamodb", "eu-north-1").add_auth(made)
        return dict(made.headers.items())

    return signed


@pytest.mark.parametrize("token", [None, "a session's token"])
def test_requests_are_signed_as_botocore_would_sign_them(sign: Sign, token: str | None) -> None:
    for now in TIMES:
        assert sign(RequestSigner, token, now) == sign(auth.SigV4Auth, token, now)


def test_tomorrow_the_key_is_another(sign: Sign) -> None:
    today, tomorrow = (sign(RequestSigner, None, now)["Authorization"] for now in TIMES)

    assert today.rpartition("=")[2] != tomorrow.rpartition("=")[2]


@pytest.mark.usefixtures("stack")
def test_clients_of_dynamodb_and_kms_sign_so() -> None:
    for client in (dynamodb.connect().client, aws.client("kms")):
        events: Any = client.meta.events
        chosen = events.emit_until_response(
            f"choose-signer.{client.meta.service_model.service_id.hyphenize()}.Operation",
            context={},
        )
        assert chosen[1] == VERSION
