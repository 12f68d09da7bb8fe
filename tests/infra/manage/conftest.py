"""The operator's command line, on the stack that the other tests use too."""

import json
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from accounts import invocation
from accounts.invocation import Origin
from accounts.storage.tables import AuditEvent
from infra.local.server import address, listen
from infra.manage.__main__ import main
from tests.support.clocks import Clock
from tests.support.deployment import Deployment


@dataclass(frozen=True)
class Ended:
    """What became of a command."""

    code: int
    out: str
    err: str

    @property
    def result(self) -> str:
        """Return the one line that a script would read."""
        (line,) = self.out.splitlines()
        return line


Manage = Callable[..., Ended]


@pytest.fixture
def embedded() -> Iterator[socket.socket]:
    """What listens where the embedded AWS would."""
    with listen(0) as listener:
        yield listener


@pytest.fixture
def session_file(stack: Deployment, embedded: socket.socket, tmp_path: Path) -> Path:
    """The file in which ``make run`` says where it is."""
    environment = dict(stack.environment)
    aws = {name: value for name, value in environment.items() if name.startswith("AWS_")}
    settings = {name: value for name, value in environment.items() if name not in aws}
    path = tmp_path / "session.json"
    path.write_text(
        json.dumps(
            {
                "aws": {
                    "endpoint_url": address(embedded),
                    "dynamodb_endpoint_url": address(embedded),
                    "environment": aws,
                    "resources": stack.resources,
                },
                "settings": settings,
            }
        )
    )
    return path


@pytest.fixture
def manage(
    session_file: Path,
    clock: Clock,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Manage:
    """Run a command on the local stack."""
    monkeypatch.setenv("SESSION", str(session_file))

    def run(*arguments: str, where: tuple[str, ...] = ("--local",)) -> Ended:
        capsys.readouterr()
        try:
            code = main([*map(str, arguments), *where])
        finally:
            invocation.set_origin(Origin())
        printed = capsys.readouterr()
        assert "Traceback" not in printed.err
        return Ended(code, printed.out, printed.err)

    return run


def events_of(user_id: int) -> list[AuditEvent]:
    """Return what the operator did to the account, as the audit trail has it."""
    events = AuditEvent.find_all(user_id)
    return [event for event in events if (event.request_id or "").startswith("manage-")]
