"""The service as `make run` starts it, and pages beside it."""

import json
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from infra.local import ROOT
from tests.support.register import LOG_IN, SIGN_UP

START_SECONDS = 60
# half as long as a proof of who one is counts, and a third of the life of a token
FRESH_SECONDS = 300
STOP_SECONDS = 20
PASSWORD = "example_string"


@dataclass(frozen=True, eq=False)
class Service:
    """The running service."""

    port: int
    service_token: str
    administrator: Mapping[str, str]
    session_file: Path

    @property
    def origin(self) -> str:
        """Return the address that a browser has it at."""
        return f"http://localhost:{self.port}"

    @property
    def administrator_token(self) -> str:
        """Return a token of the administrator, who has proved themselves a moment ago."""
        return _signed_in(self, int(time.monotonic() // FRESH_SECONDS))

    def call(
        self, method: str, path: str, token: str = "", body: Mapping[str, object] | None = None
    ) -> Any:  # noqa: ANN401 - JSON is what it is
        """Call the service as a back-end does, and return what it answers."""
        request = urllib.request.Request(  # noqa: S310 - the address is our own
            self.origin + path,
            method=method,
            data=None if body is None else json.dumps(dict(body)).encode(),
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - as above
            return json.load(answer)


@cache
def _signed_in(service: Service, _period: int) -> str:
    token: str = service.call(*LOG_IN.at(), body=service.administrator)["access_token"]
    return token


class _Page(BaseHTTPRequestHandler):
    """An empty page, whatever is asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@contextmanager
def pages() -> Iterator[int]:
    """Serve empty pages on a port of this machine while the context lasts."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running(folder: Path, *arguments: str, **parameters: str) -> Iterator[Service]:
    """Run the service, with its session file and log in ``folder``, while the context lasts.

    ``parameters`` are those of the template.
    """
    command = [sys.executable, "-m", "infra.local", "--port", "0"]
    command += ["--session-file", str(folder / "session.json")]
    command += arguments
    for parameter in {"BcryptCost": "10", **parameters}.items():
        command += ["--parameter", "=".join(parameter)]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603 - our own
    try:
        session = _session(process, folder)
        port = int(session["base_url"].rpartition(":")[2])
        administrator = {name: session["administrator"][name] for name in ("email", "passw")}
        yield Service(port, session["service_token"], administrator, folder / "session.json")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(STOP_SECONDS)


def _session(process: "subprocess.Popen[bytes]", folder: Path) -> Mapping[str, Any]:
    """Return what the service tells scripts of itself, once it runs."""
    gives_up = time.monotonic() + START_SECONDS
    while not (folder / "session.json").is_file():
        log = (folder / "log").read_text()
        assert process.poll() is None, log
        assert time.monotonic() < gives_up, log
        time.sleep(0.1)
    session: Mapping[str, Any] = json.loads((folder / "session.json").read_text())
    return session


def signed_up(service: Service) -> Mapping[str, str]:
    """Have a new person signed up, and return their e-mail and password."""
    person = {"email": f"{secrets.token_hex(8)}@example.com", "passw": PASSWORD}
    service.call(*SIGN_UP.at(), service.service_token, {**person, "name": "Example Name"})
    return person
