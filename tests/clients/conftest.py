"""The service, Node and a browser for the tests of the clients (`make clients`)."""

import json
import os
import socket
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local import ROOT
from tests.support import chromium
from tests.support.aged import aged
from tests.support.register import LOG_IN
from tests.support.running import Service, running, signed_up
from tests.support.sites import folder_served

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CLIENTS = ROOT / "clients"
# what both builds run on, and what the TypeScript client promises to run on
NODES = {"newest": ROOT / ".venv-node", "oldest": ROOT / ".venv-node20"}


@dataclass(frozen=True)
class Node:
    """A Node, with the programs that npm has installed for the clients."""

    bin: Path

    def command(self, *command: str) -> Sequence[str]:
        """Return the command line that runs an installed program on this Node."""
        program = CLIENTS / "node_modules" / ".bin" / command[0]
        return [str(self.bin / "node"), str(program), *command[1:]]

    @property
    def environment(self) -> Mapping[str, str]:
        """Return the environment in which programs find this Node by name."""
        return {**os.environ, "PATH": f"{self.bin}:{os.environ['PATH']}"}

    def run(self, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run Node to its end, and return what came of it."""
        return subprocess.run(  # noqa: S603 - our own
            [str(self.bin / "node"), *command],
            cwd=CLIENTS,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="session")
def node() -> Node:
    """The Node that builds."""
    return Node(NODES["newest"] / "bin")


@pytest.fixture(scope="session")
def example_origin() -> str:
    """Where the example's page is going to be."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return f"http://localhost:{free.getsockname()[1]}"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A folder, and the origin at which its files are served."""
    folder = tmp_path_factory.mktemp("site")
    with folder_served(folder) as origin:
        yield folder, origin


@pytest.fixture(scope="session")
def service(
    site: tuple[Path, str], example_origin: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """The service, to which each refresh token that comes again is stolen."""
    parameters = {
        "SelfSignUp": "true",
        "EmailCodes": "true",
        "RefreshGraceSeconds": "0",
        "ResetPageUrl": f"{example_origin}/",
    }
    folder = tmp_path_factory.mktemp("service")
    with running(folder, "--origins", f"{site[1]},{example_origin}", **parameters) as service:
        yield service


@pytest.fixture(scope="session")
def session(service: Service) -> Mapping[str, Any]:
    """What the service tells scripts of itself."""
    content: Mapping[str, Any] = json.loads(service.session_file.read_text(encoding="utf-8"))
    return content


@pytest.fixture(scope="session")
def expired(service: Service, session: Mapping[str, Any]) -> Callable[[], Mapping[str, str]]:
    """Log a new person in whose access token has expired since."""

    def log_in() -> Mapping[str, str]:
        tokens = service.call(*LOG_IN.at(), body=signed_up(service))
        return {**tokens, "access_token": aged(tokens["access_token"], session)}

    return log_in


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """A headless Chromium."""
    if chromium.path() is None:
        pytest.skip("NO CHROMIUM: what the clients do in a browser is not tested here")
    with chromium.launcher() as start, start() as browser:
        yield browser
