"""The service as `make run` starts it, pages around it, and a browser to visit both with."""

import functools
import importlib.util
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from infra.local import ROOT
from tests.support.register import HEALTH, SIGN_UP
from tests.support.tabs import Tab

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

# `make browser` installs Playwright; who runs other tests need not have it
if importlib.util.find_spec("playwright") is None:
    collect_ignore_glob = ["test_*.py"]

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START_SECONDS = 60
STOP_SECONDS = 20
PASSWORD = "example_string"


@dataclass(frozen=True)
class Service:
    """The running service."""

    port: int
    service_token: str
    administrator_token: str

    @property
    def origin(self) -> str:
        """Return the address that a browser has it at."""
        return f"http://localhost:{self.port}"

    def call(
        self, method: str, path: str, token: str = "", body: Mapping[str, str] | None = None
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


class _Page(BaseHTTPRequestHandler):
    """An empty page, whatever is asked for."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay quiet."""


@contextmanager
def _pages() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="session")
def front_end() -> Iterator[str]:
    """The origin of a front-end that the service allows to call it."""
    with _pages() as port:
        yield f"http://localhost:{port}"


@pytest.fixture(scope="session")
def stranger_port() -> Iterator[int]:
    """The port of pages that the service knows nothing of."""
    with _pages() as port:
        yield port


@pytest.fixture(scope="session")
def service(front_end: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    switched_on = ("--parameter", "SelfSignUp=true", "--parameter", "EmailCodes=true")
    folder = tmp_path_factory.mktemp("service")
    with running(folder, "--origins", front_end, *switched_on) as service:
        yield service


@contextmanager
def running(folder: Path, *arguments: str) -> Iterator[Service]:
    """Run the service, with its session file and log in ``folder``, while the context lasts."""
    command = [sys.executable, "-m", "infra.local", "--port", "0"]
    command += ["--session-file", str(folder / "session.json")]
    command += ["--parameter", "BcryptCost=10", *arguments]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)  # noqa: S603 - our own
    try:
        session = _session(process, folder)
        port = int(session["base_url"].rpartition(":")[2])
        administrator = session["administrator"]
        yield Service(port, session["service_token"], administrator["access_token"])
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


@pytest.fixture(scope="session")
def launch() -> Iterator[Callable[..., "Browser"]]:
    """Start a browser with these flags; it ends with the tests."""
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - may not be there

    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    assert found, f"None of {', '.join(BROWSERS)} is installed; CHROMIUM=path names another"
    with sync_playwright() as playwright:

        def start(*flags: str) -> "Browser":
            return playwright.chromium.launch(executable_path=found, args=[*FLAGS, *flags])

        yield start


@pytest.fixture(scope="session")
def browser(launch: Callable[..., "Browser"]) -> Iterator["Browser"]:
    with launch() as browser:
        yield browser


@pytest.fixture
def profile(browser: "Browser") -> Iterator["BrowserContext"]:
    """A new browser profile, with a cookie jar of its own."""
    with browser.new_context() as context:
        yield context


@pytest.fixture
def open_tab(profile: "BrowserContext", service: Service) -> Callable[[str], Tab]:
    """Open a tab of that profile at an address, from where it calls the service."""
    return functools.partial(Tab.at, profile, service.origin)


@pytest.fixture
def tab(open_tab: Callable[[str], Tab], service: Service) -> Tab:
    """A tab that shows something of the service's own, so that it may ask it anything."""
    return open_tab(f"{service.origin}{HEALTH.path}")


@pytest.fixture
def credentials(service: Service) -> Mapping[str, str]:
    """E-mail and password of a new person."""
    return signed_up(service)


def signed_up(service: Service) -> Mapping[str, str]:
    """Have a new person signed up, and return their e-mail and password."""
    person = {"email": f"{secrets.token_hex(8)}@example.com", "passw": PASSWORD}
    service.call(*SIGN_UP.at(), service.service_token, {**person, "name": "Example Name"})
    return person


@pytest.fixture
def signed_in(tab: Tab, credentials: Mapping[str, str]) -> Tab:
    """The tab, after a log-in with cookies."""
    assert tab.log_in(credentials).status == 200
    return tab
