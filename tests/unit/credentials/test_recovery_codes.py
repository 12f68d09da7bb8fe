"""Recovery codes: random, readable, kept as HMACs, and each good once."""

import math
import re
from collections.abc import Callable

import boto3
import pytest

from accounts.credentials import recovery_codes
from accounts.storage.factors import RecoveryCodes
from accounts.storage.transactions import ConditionFailedError, write
from tests.support.deployment import Deployment

Setting = Callable[..., None]
USER_ID = 17
OTHER_ID = 18


@pytest.fixture
def codes(stack: Deployment) -> list[str]:
    """Ten codes that the account has."""
    new = recovery_codes.new(USER_ID)
    write(new.kept)
    return new.codes


def _as_kept(code: str) -> str:
    return recovery_codes.as_kept(code)


def test_there_are_ten_of_at_least_fifty_bits_each(codes: list[str]) -> None:
    characters = {character for code in codes for character in code} - {"-"}
    bits = math.log2(len(recovery_codes.ALPHABET)) * recovery_codes.LENGTH

    assert len(set(codes)) == 10
    assert all(re.fullmatch(r"[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}", code) for code in codes)
    assert characters <= set(recovery_codes.ALPHABET)
    assert bits >= 50


def test_alphabet_has_no_two_that_look_alike() -> None:
    assert len(set(recovery_codes.ALPHABET)) == 32
    assert not set("oilu") & set(recovery_codes.ALPHABET)


@pytest.mark.parametrize(
    "typed",
    ["0123-4567-89ab", "O123 4567 89AB", "oi23456789ab", " 0L23--4567-89aB ", "0I23456789AB"],
)
def test_case_dashes_and_look_alikes_do_not_matter(typed: str) -> None:
    assert _as_kept(typed) == "0123456789ab"


def test_each_works_once(codes: list[str]) -> None:
    for left, code in zip(range(9, -1, -1), codes, strict=True):
        used = recovery_codes.use(USER_ID, _as_kept(code))
        assert used is not None
        write(used.spent)
        assert used.left == left
        assert recovery_codes.use(USER_ID, _as_kept(code)) is None


def test_use_that_comes_second_fails(codes: list[str]) -> None:
    one, other = (recovery_codes.use(USER_ID, _as_kept(codes[0])) for _ in range(2))
    assert one is not None
    assert other is not None
    write(one.spent)

    with pytest.raises(ConditionFailedError):
        write(other.spent)


def test_use_that_was_on_its_way_fails_once_there_is_a_new_set(codes: list[str]) -> None:
    used = recovery_codes.use(USER_ID, _as_kept(codes[0]))
    assert used is not None
    write(recovery_codes.new(USER_ID).kept)

    with pytest.raises(ConditionFailedError):
        write(used.spent)


def test_new_set_voids_the_one_before(codes: list[str]) -> None:
    write(recovery_codes.new(USER_ID).kept)

    assert [recovery_codes.use(USER_ID, _as_kept(code)) for code in codes] == [None] * 10


def test_code_is_its_own_accounts(codes: list[str]) -> None:
    kept = RecoveryCodes.get(f"recovery#{USER_ID}")
    kept.factor = f"recovery#{OTHER_ID}"
    kept.save()

    assert recovery_codes.use(OTHER_ID, _as_kept(codes[0])) is None


def test_what_is_kept_of_a_code_is_an_hmac(codes: list[str], stack: Deployment) -> None:
    kept = RecoveryCodes.get(f"recovery#{USER_ID}")

    assert len(kept.code_macs) == 10
    assert {len(mac) for mac in kept.code_macs} == {44}
    text = repr(stack.stored())
    assert [code for code in codes if code in text or _as_kept(code) in text] == []
    assert [mac for mac in kept.code_macs if recovery_codes.use(USER_ID, mac)] == []


def test_account_without_codes_has_none_that_works(stack: Deployment) -> None:
    assert recovery_codes.use(USER_ID, "0123456789ab") is None


def test_codes_work_on_after_the_key_for_new_passwords_is_another(
    codes: list[str], setting: Setting, stack: Deployment
) -> None:
    other = boto3.client("kms").create_key(KeySpec="HMAC_384", KeyUsage="GENERATE_VERIFY_MAC")
    setting(PASSWORD_KEY_ID=other["KeyMetadata"]["KeyId"])

    assert recovery_codes.use(USER_ID, _as_kept(codes[0])) is not None
