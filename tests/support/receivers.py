"""The receivers that docs/events.md shows, run as they stand there."""

import json
import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from accounts.events.delivery import signed_headers
from infra.local import ROOT
from infra.local.server import HOST

SECRET = "whsec_" + 32 * "QUFB"
OTHER_SECRET = "whsec_" + 32 * "QkJC"
PATIENCE_SECONDS = 10
EVENT = {"id": "evt_1", "type": "user.created", "data": {"user_id": 4711}}


def shown(language: str) -> str:
    """Return the receiver that is for this language."""
    text = (ROOT / "docs" / "events.md").read_text(encoding="utf-8")
    (code,) = re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return str(code)


def check(command: Sequence[str], folder: Path = ROOT) -> None:
    """Be sure that the receiver that this runs takes what is signed, once, and nothing else."""
    body = json.dumps(EVENT)
    with _listening(command, folder) as (receiver, port):
        assert _status(port, body, [OTHER_SECRET]) == 401
        assert _status(port, body, [OTHER_SECRET, SECRET]) == 204
        assert _status(port, body, [SECRET]) == 204
        receiver.kill()
        printed, _ = receiver.communicate(timeout=PATIENCE_SECONDS)
    assert printed == "user.created 4711\n"


@contextmanager
def _listening(command: Sequence[str], folder: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
    environment = {"PATH": os.environ["PATH"], "WEBHOOK_SECRET": SECRET, "PORT": str(port)}
    with subprocess.Popen(  # noqa: S603 - our own document
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        ends_at = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < ends_at:
            with suppress(ConnectionRefusedError), socket.create_connection((HOST, port)):
                break
            time.sleep(0.05)
        try:
            yield process, port
        finally:
            process.kill()


def _status(port: int, body: str, secrets: Sequence[str]) -> int:
    headers = signed_headers("evt_1", datetime.now(UTC), body, secrets)
    request = urllib.request.Request(f"http://{HOST}:{port}/", body.encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - as above
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
