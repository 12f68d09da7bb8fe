"""What the benchmark under load makes of its figures, and who sends what."""

import http.client
from typing import NoReturn

import pytest

from benchmarks import load
from benchmarks.load import Connection, Device, Step
from tests.support.register import ANY_USERS, LOG_IN, REFRESH


def _device(number: int = 0) -> Device:
    return Device(f"p{number}@example.com", "example_string")


def test_percentiles_are_in_milliseconds() -> None:
    assert load.percentiles([number / 1000 for number in range(101)]) == (50, 95, 99)
    assert load.percentiles([0.25]) == (250, 250, 250)


def test_rate_is_of_all_kinds_and_errors_are_told() -> None:
    step = Step(4, 2.0, {"log-in": [0.1], "who-am-I": [0.1] * 9}, {("refresh", "503"): 3})

    figures = {(row.what, row.unit): row.value for row in load.rows([step])}

    assert figures["4 connections, all", "/s"] == 5
    assert figures["4 connections, errors", "requests"] == 3
    assert figures["4 connections, who-am-I p99", "ms"] == 100
    assert not [what for what, _ in figures if "refresh" in what]


@pytest.mark.parametrize("connections", load.CONNECTIONS)
def test_each_device_is_used_by_one_connection(connections: int) -> None:
    devices = [_device(number) for number in range(load.DEVICES)]

    shares = load.shared(devices, connections)

    assert len(shares) == connections
    assert sorted(it.email for share in shares for it in share) == sorted(d.email for d in devices)
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


def test_device_is_known_from_its_first_log_in_on_and_keeps_the_newest_tokens() -> None:
    device = _device()
    assert device.body(LOG_IN) == {"email": "p0@example.com", "passw": "example_string"}

    device.keep({"access_token": "a1", "refresh_token": "r1", "device_token": "d1"})
    device.keep({"access_token": "a2", "refresh_token": "r2", "user": {}})

    assert device.body(REFRESH) == {"refresh_token": "r2"}
    assert device.body(ANY_USERS) is None
    known = {"email": "p0@example.com", "passw": "example_string", "device_token": "d1"}
    assert device.body(LOG_IN) == known


def test_what_is_not_answered_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> NoReturn:
        raise ConnectionResetError

    monkeypatch.setattr(http.client.HTTPConnection, "request", refuse)
    connection = Connection(1, [_device()])

    connection.send(_device(), LOG_IN)

    assert connection.errors == {("log-in", "ConnectionResetError"): 1}
    assert connection.taken == {}
