"""Codes of authenticator apps, by the vectors of RFC 4226 and RFC 6238."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from accounts.credentials import totp
from tests.support.clocks import Clock
from tests.support.deployment import Deployment

Setting = Callable[..., None]
# RFC 4226 appendix D, which RFC 6238 shares
SECRET = b"12345678901234567890"
HOTP = (
    *("755224", "287082", "359152", "969429", "338314"),
    *("254676", "287922", "162583", "399871", "520489"),
)
# RFC 6238 appendix B, for SHA-1: when, its step, and eight digits
TOTP = {
    59: (0x0000000000000001, "94287082"),
    1111111109: (0x00000000023523EC, "07081804"),
    1111111111: (0x00000000023523ED, "14050471"),
    1234567890: (0x000000000273EF07, "89005924"),
    2000000000: (0x0000000003F940AA, "69279037"),
    20000000000: (0x0000000027BC86AA, "65353130"),
}


def _at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("counter", "code"), [*enumerate(HOTP)])
def test_codes_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert totp.code(SECRET, counter) == code


@pytest.mark.parametrize(("seconds", "step", "code"), [(at, *v) for at, v in TOTP.items()])
def test_codes_are_those_of_rfc_6238(
    seconds: int, step: int, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.clock.now", Clock(_at(seconds)))

    assert totp.code(SECRET, step, digits=8) == code
    # the last six of the eight are what apps show
    assert totp.step_of(SECRET, code[2:], after=0) == step


@pytest.mark.parametrize(
    ("drift", "counts"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)]
)
def test_code_may_be_one_step_early_or_late(
    drift: int, counts: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.clock.now", Clock(_at(1111111109)))
    step = 0x23523EC + drift

    assert totp.step_of(SECRET, totp.code(SECRET, step), after=0) == (step if counts else None)


@pytest.mark.parametrize("used", [0, 1])
def test_code_counts_only_after_the_last_one_that_was_used(
    used: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.clock.now", Clock(_at(1111111109)))
    step = 0x23523EC

    assert totp.step_of(SECRET, totp.code(SECRET, step), after=step - 1) == step
    assert totp.step_of(SECRET, totp.code(SECRET, step), after=step + used) is None


@pytest.mark.parametrize("typed", ["", "08180", "0818044", "\xe9\xe9\xe9\xe9\xe9\xe9", "abcdef"])
def test_what_is_no_code_is_of_no_step(typed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.clock.now", Clock(_at(1111111109)))

    assert totp.step_of(SECRET, typed, after=0) is None


def test_secrets_are_160_random_bits() -> None:
    secrets = {totp.new_secret() for _ in range(1000)}

    assert len(secrets) == 1000
    assert {len(secret) for secret in secrets} == {20}


def test_apps_read_secret_account_and_service_off_the_address(stack: Deployment) -> None:
    told = urlsplit(totp.uri(SECRET, "o'hara+a@example.com"))

    assert (told.scheme, told.netloc) == ("otpauth", "totp")
    assert unquote(told.path) == "/Users:o'hara+a@example.com"
    assert parse_qs(told.query) == {
        "secret": [base64.b32encode(SECRET).decode()],
        "issuer": ["Users"],
    }


def test_service_may_be_called_anything(setting: Setting, stack: Deployment) -> None:
    setting(MAIL_SERVICE_NAME="Школа №1 & co: 100 %")

    told = urlsplit(totp.uri(SECRET, "alice@example.com"))

    assert unquote(told.path) == "/Школа №1 & co: 100 %:alice@example.com"
    assert parse_qs(told.query)["issuer"] == ["Школа №1 & co: 100 %"]
