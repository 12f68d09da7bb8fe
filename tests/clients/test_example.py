"""The React example, as its README starts it, from sign-up to log-out."""

import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from tests.clients.conftest import CLIENTS, Node
from tests.support.apps import App
from tests.support.register import BEGIN_TOTP, ENABLE_TOTP, LOG_IN
from tests.support.running import PASSWORD, Service, signed_up

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.clients

EXAMPLE = CLIENTS / "examples" / "react"
SECONDS = 30


@pytest.fixture(scope="module")
def example(node: Node, service: Service, example_origin: str) -> Iterator[str]:
    """The address of the example, run by Vite's own server."""
    port = str(urlsplit(example_origin).port)
    command = node.command("vite", "--host", "localhost", "--port", port, "--strictPort")
    environment = {**node.environment, "VITE_USERS_URL": service.origin}
    process = subprocess.Popen(command, cwd=EXAMPLE, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
    try:
        _wait_for(example_origin)
        yield example_origin
    finally:
        process.terminate()
        process.wait(SECONDS)


def _wait_for(origin: str) -> None:
    gives_up = time.monotonic() + SECONDS
    while True:
        try:
            urllib.request.urlopen(origin, timeout=SECONDS).close()  # noqa: S310 - our own
        except OSError:
            assert time.monotonic() < gives_up, "Vite does not answer"
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def page(browser: "Browser", example: str) -> Iterator["Page"]:
    """The example in a new profile; nothing may go wrong in its console."""
    with browser.new_context() as profile:
        page = profile.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(example)
        yield page
    assert errors == []


def _link(service: Service, email: str) -> str:
    """Return the link in the mail to an address, once it is there."""
    gives_up = time.monotonic() + SECONDS
    address = f"{service.origin}/_local/outbox.json?to={email}"
    while time.monotonic() < gives_up:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - our own
            mails: Any = json.load(answer)
        for word in json.dumps(mails).replace("\\n", " ").split():
            if "#email_token=" in word:
                return word.strip('",')
        time.sleep(0.2)
    pytest.fail("no mail came")


def _fill(page: "Page", **fields: str) -> None:
    for label, value in fields.items():
        page.get_by_label(label.replace("_", "-"), exact=True).fill(value)


def _log_in(page: "Page", person: Mapping[str, str]) -> None:
    _fill(page, E_mail=person["email"], Password=person["passw"])
    page.get_by_role("button", name="Log in").click()


def test_newcomer_signs_up_confirms_logs_in_sees_devices_and_logs_out(
    page: "Page", service: Service
) -> None:
    person = {"email": f"{time.time_ns()}@example.com", "passw": PASSWORD}
    page.get_by_role("button", name="I am new here").click()
    _fill(page, Name="Example Name", E_mail=person["email"], Password=person["passw"])
    page.get_by_role("button", name="Sign up").click()
    page.get_by_role("heading", name="Look into your mailbox").wait_for()

    page.goto("about:blank")
    page.goto(_link(service, person["email"]))
    _fill(page, Password=person["passw"])
    page.get_by_role("button", name="Confirm").click()
    page.get_by_text("Your address is confirmed").wait_for()
    assert "#" not in page.url

    _log_in(page, person)
    page.get_by_text("this device").wait_for()

    service.call(*LOG_IN.at(), body=person)
    page.reload()
    page.get_by_role("button", name="End").click()
    page.get_by_role("button", name="End").wait_for(state="detached")
    assert page.get_by_role("listitem").count() == 1

    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Log in").wait_for()
    page.reload()
    page.get_by_role("heading", name="Log in").wait_for()


def test_who_has_a_second_factor_is_asked_for_it(page: "Page", service: Service) -> None:
    person = signed_up(service)
    token = service.call(*LOG_IN.at(), body=person)["access_token"]
    app = App(service.call(*BEGIN_TOTP.at(), token)["secret"])
    codes = service.call(*ENABLE_TOTP.at(), token, {"code": app.code()})["recovery_codes"]

    _log_in(page, person)
    _fill(page, Code="000000")
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("alert").locator("p").wait_for()
    _fill(page, Code=codes[0])
    page.get_by_role("button", name="Go on").click()

    page.get_by_text("this device").wait_for()


def test_refusal_is_shown(page: "Page", service: Service) -> None:
    _log_in(page, {"email": "nobody@example.com", "passw": "a wrong password"})

    page.get_by_role("alert").get_by_text("Invalid email or password").wait_for()
    # what was typed is still there to mend
    assert page.get_by_label("E-mail").input_value() == "nobody@example.com"


def test_it_builds(node: Node, tmp_path: Path) -> None:
    types = node.run(str(CLIENTS / "node_modules" / ".bin" / "tsc"), "--project", "examples/react")
    built = subprocess.run(  # noqa: S603 - our own
        node.command("vite", "build", "--outDir", str(tmp_path / "dist")),
        cwd=EXAMPLE,
        env=node.environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (types.returncode, types.stdout) == (0, "")
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "dist" / "index.html").is_file()
