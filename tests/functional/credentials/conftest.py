"""The functions of the stack while it is being updated."""

import threading

import pytest
from botocore.client import BaseClient

from accounts.credentials import pace
from accounts.credentials.pace import Pace
from accounts.storage.key_pairs import KeyPair
from tests.support.deployment import Deployment
from tests.support.fleet import Fleet


@pytest.fixture
def fleet(stack: Deployment, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    """The functions, each in an environment of its own."""
    fleet = Fleet(stack)
    monkeypatch.setattr("accounts.settings.current", fleet.current)
    monkeypatch.setattr("accounts.settings.signing", fleet.signing)
    monkeypatch.setattr(KeyPair, "table_section", fleet.signing)
    # those who come again and again do so as fast as they can
    for name in ("LOG_INS", "REFRESHES"):
        monkeypatch.setattr(pace, name, Pace(at_once=1_000_000, seconds=1))
    # moto's transactions are not isolated from one another
    one_at_a_time = threading.Lock()
    # where botocore and PynamoDB meet
    send = BaseClient._make_api_call  # type: ignore[attr-defined] # noqa: SLF001 - as above

    def send_alone(client: BaseClient, operation: str, arguments: dict[str, object]) -> object:
        with one_at_a_time:
            return send(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", send_alone)
    return fleet
