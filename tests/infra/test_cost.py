"""What docs/cost.md is computed from, and how."""

import math

import pytest

from infra.docs import bill, cost_tables, prices
from infra.docs.bill import CACHED, DEFAULT, MODES, USUAL, Mode, Profile
from infra.docs.prices import Price


def test_price_is_taken_tier_by_tier() -> None:
    price = Price("sweets", [(100, 0.0), (1_000, 2.0), (math.inf, 1.0)], 10, "https://example.com")

    assert [price.of(quantity) for quantity in (50, 100, 600, 2_000)] == [0, 0, 100, 280]


def test_every_price_names_a_page() -> None:
    sources = [price.source for price in prices.current().by_name.values()]

    assert [source for source in sources if not source.startswith("https://")] == []


@pytest.mark.parametrize(
    ("name", "quantity", "dollars"),
    [
        ("api_gateway_requests", 664_050_000, 627.645),
        ("cognito_essentials", 1_000_000, 14_850),
        ("cognito_lite", 1_000_000, 4_635),
        ("kms_signatures", 64_000_000, 960),
        ("dynamodb_writes", 2_000_000, 1.25),
    ],
)
def test_bill_is_as_reckoned_by_hand(name: str, quantity: float, dollars: float) -> None:
    assert prices.current().of(name, quantity) == pytest.approx(dollars)


def test_calls_cost_in_proportion() -> None:
    one = bill.of_calls({"refreshes": 1}, DEFAULT)

    thousand = bill.of_calls({"refreshes": 1_000}, DEFAULT)

    assert thousand == pytest.approx({name: 1_000 * dollars for name, dollars in one.items()})


def test_writes_are_those_that_the_tests_count() -> None:
    _, written = bill.calls()["refreshes"].endpoint.units

    parts = bill.of_calls({"refreshes": 1_000_000}, DEFAULT)

    assert parts["DynamoDB, writes"] == pytest.approx(0.625 * written)


def test_cached_signing_saves_a_request_to_kms_and_the_time_it_takes() -> None:
    call = bill.calls()["refreshes"]

    parts = bill.of_calls({"refreshes": 1_000_000}, CACHED)

    assert parts["KMS, signatures"] == 0
    assert bill.of_calls({"refreshes": 1_000_000}, DEFAULT)["KMS, signatures"] == 15
    assert call.billed_seconds(DEFAULT) - call.billed_seconds(CACHED) == pytest.approx(0.005)


@pytest.mark.parametrize(
    ("activity_seconds", "writes"), [("60", 896), ("300", 128), ("450", 64), ("900", 0)]
)
def test_activity_is_noted_between_refreshes(activity_seconds: str, writes: float) -> None:
    mode = Mode("test", {"ActivitySeconds": activity_seconds})
    often = Profile("often", log_ins=4, refreshes=60, who_am_i=1_000, sign_ups=0)

    assert often.activity_writes(mode) == writes


def test_who_never_calls_notes_no_activity() -> None:
    assert Profile("silent", 1, 1, who_am_i=0, sign_ups=0).activity_writes(DEFAULT) == 0


@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.name)
def test_nobody_costs_less_than_a_lunch(mode: Mode) -> None:
    assert 0 < sum(bill.idle(mode).values()) < 10


def test_cached_way_costs_a_tenth_of_cognito_at_most() -> None:
    assert cost_tables.ratio(CACHED) <= 0.10


def test_a_month_is_what_its_calls_cost_and_more() -> None:
    counts = {"log_ins": 4e6, "refreshes": 60e6, "who_am_i": 600e6, "sign_ups": 0.05e6}
    calls = sum(bill.of_calls(counts, DEFAULT).values())

    month = bill.of_month(1_000_000, USUAL, DEFAULT)

    beyond = ("DynamoDB, activity", "DynamoDB, storage", "Whatever happens")
    assert calls < sum(month.values()) - sum(month[name] for name in beyond) < 1.05 * calls
