"""Signatures are those of Standard Webhooks: by its vector, and as its own library reads them."""

from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from accounts.events.delivery import signed_headers

# of the reference implementations
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
SECONDS = 1614265330
BODY = '{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
OTHER = "whsec_" + 32 * "QUFB"


def test_vector_of_the_standard_is_met() -> None:
    headers = signed_headers(ID, datetime.fromtimestamp(SECONDS, UTC), BODY, [SECRET])

    assert headers["webhook-id"] == ID
    assert headers["webhook-timestamp"] == str(SECONDS)
    assert headers["webhook-signature"] == SIGNATURE


def test_each_secret_signs_for_itself() -> None:
    now = datetime.now(UTC)
    headers = signed_headers(ID, now, BODY, [OTHER, SECRET])

    for secret in (SECRET, OTHER):
        assert Webhook(secret).verify(BODY, headers) == {"test": 2432232314}
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + 32 * "QkJC").verify(BODY, headers)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": "1614265331"},
        {"webhook-signature": "v1,AAAA"},
        {"webhook-signature": "v2,"},
    ],
)
def test_what_was_changed_does_not_verify(change: dict[str, str]) -> None:
    headers = signed_headers(ID, datetime.now(UTC), BODY, [SECRET])

    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(BODY, headers | change)
