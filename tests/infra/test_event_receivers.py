"""The receivers in docs/events.md, run as they stand there."""

import json
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime

import pytest

from accounts.events.delivery import signed_headers
from infra.local import ROOT
from infra.local.server import HOST

SECRET = "whsec_" + 32 * "QUFB"
PATIENCE_SECONDS = 10
EVENT = {"id": "evt_1", "type": "user.created", "data": {"user_id": 4711}}


def _receiver() -> str:
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return str(code)


@pytest.fixture
def port() -> int:
    """A port that is free."""
    with socket.create_server((HOST, 0)) as listener:
        number: int = listener.getsockname()[1]
    return number


@pytest.fixture
def receiver(port: int) -> Iterator[subprocess.Popen[str]]:
    """The receiver, listening."""
    environment = {"WEBHOOK_SECRET": SECRET, "PORT": str(port)}
    with subprocess.Popen(  # noqa: S603 - our own document
        [sys.executable, "-c", _receiver()], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends_at:
            with suppress(ConnectionRefusedError), socket.create_connection((HOST, port)):
                break
            time.sleep(0.05)
        yield process
        process.kill()


def _status(port: int, body: str, secret: str) -> int:
    headers = signed_headers("evt_1", datetime.now(UTC), body, [secret])
    request = urllib.request.Request(f"http://{HOST}:{port}/", body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - as above
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_python_receiver_takes_what_is_signed_once_and_nothing_else(
    receiver: subprocess.Popen[str], port: int
) -> None:
    body = json.dumps(EVENT)

    assert _status(port, body, "whsec_" + 32 * "QkJC") == 401
    assert [_status(port, body, SECRET) for _ in range(2)] == [204, 204]

    receiver.kill()
    printed, _ = receiver.communicate(timeout=PATIENCE_SECONDS)
    assert printed == "user.created 4711\n"
