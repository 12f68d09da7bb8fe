"""GET /.well-known/webauthn."""

from collections.abc import Callable

from tests.support.api import Api
from tests.support.register import RELATED_ORIGINS


def test_browsers_learn_which_other_sites_use_our_passkeys(
    api: Api, setting: Callable[..., None]
) -> None:
    setting(PASSKEY_ORIGINS="https://shop.example.net,https://app.example.com")

    answer = api.call(*RELATED_ORIGINS.at())

    assert answer.status == 200
    assert answer.headers["cache-control"] == "public, max-age=600"
    assert answer.json == {"origins": ["https://app.example.com", "https://shop.example.net"]}


def test_there_are_none_where_there_is_no_domain_for_passkeys(
    api: Api, setting: Callable[..., None]
) -> None:
    setting(PASSKEY_RP_ID="")

    answer = api.call(*RELATED_ORIGINS.at())

    assert (answer.status, answer.code) == (403, "passkeys_off")
