"""An operator's first day: the command itself, on a stack that ``python -m infra.local`` runs."""

import json
import os
import pty
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from infra.local import ROOT
from tests.support import manage_lines as lines
from tests.support.manage_lines import PASSWORD, foreign
from tests.support.register import ANY_USERS, LOG_IN, RESET_PASSWORD, SIGN_UP, UPDATE_USER

START_SECONDS = 120
COMMAND_SECONDS = 120


@dataclass(frozen=True)
class Service:
    """A running stack, and the command line on it."""

    session_file: Path

    @property
    def environment(self) -> dict[str, str]:
        """Return what a shell would have set, and a little more."""
        return {**os.environ, "SESSION": str(self.session_file), "AWS_PROFILE": "somebody's own"}

    def manage(self, *arguments: str, code: int = 0) -> str:
        """Run a command and return what it shows; its exit code must be this."""
        ended = subprocess.run(  # noqa: S603 - our own command
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
        return ended.stdout

    def command(self, *arguments: str) -> list[str]:
        """Return what to run."""
        return [sys.executable, "-m", "infra.manage", *arguments, "--local"]

    def call(
        self, method: str, path: str, token: str = "", body: dict[str, Any] | None = None
    ) -> tuple[int, dict[str, Any]]:
        """Call the API; return its status and its answer."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(  # noqa: S310 - an address on this machine
            json.loads(self.session_file.read_text())["base_url"] + path,
            method=method,
            headers=headers,
            data=json.dumps(body).encode() if body is not None else None,
        )
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, json.load(answer)
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)

    def log_in(self, email: str, passw: str = PASSWORD) -> tuple[int, dict[str, Any]]:
        """Sign in."""
        body = {"email": email, "passw": passw}
        return self.call(*LOG_IN.at(), body=body)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The stack, with the cheapest hashes that the template allows."""
    folder = tmp_path_factory.mktemp("run")
    session_file = folder / "session.json"
    with (folder / "output.txt").open("w+") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            [
                *(sys.executable, "-m", "infra.local", "--port", "0"),
                *("--session-file", str(session_file), "--parameter", "BcryptCost=10"),
            ],
            cwd=ROOT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            began = time.monotonic()
            while not session_file.exists():
                assert process.poll() is None, (folder / "output.txt").read_text()
                assert time.monotonic() - began < START_SECONDS
                time.sleep(0.05)
            yield Service(session_file)
        finally:
            process.terminate()
            process.wait(30)


def test_first_day_of_an_operator(service: Service) -> None:
    link = service.manage("create-administrator", "olga@example.com", "--name", "Olga").strip()
    back_end = service.manage("issue-service-token", "shop@example.com", "--name", "Shop").strip()
    new_password = {"reset_token": link.partition("#reset_token=")[2], "passw": PASSWORD}
    assert service.call(*RESET_PASSWORD.at(), back_end, new_password)[0] == 200
    status, olga = service.log_in("olga@example.com")
    assert (status, olga["user"]["role"]) == (200, "administrator")

    # a sign-up with the token, and a change of role that bites on the next call
    person = {"email": "nina@example.com", "name": "Nina", "passw": PASSWORD}
    status, created = service.call(*SIGN_UP.at(), back_end, person)
    assert status == 201
    nina = service.log_in("nina@example.com")[1]["access_token"]
    change = {"role": "methodist"}
    update = UPDATE_USER.at(user_id=created["id"])
    assert service.call(*update, olga["access_token"], change)[0] == 200
    assert service.call(*ANY_USERS.at(), nina)[0] == 401

    nina = service.log_in("nina@example.com")[1]["access_token"]
    assert len(service.manage("list-sessions", "nina@example.com").splitlines()) == 2
    service.manage("end-sessions", "nina@example.com")
    assert service.call(*ANY_USERS.at(), nina)[0] == 401
    service.manage("disable", "nina@example.com")
    assert service.log_in("nina@example.com")[0] == 401
    service.manage("revoke-service-token", "shop@example.com")
    assert service.call(*SIGN_UP.at(), back_end, person)[0] == 401
    service.manage("check")


def test_people_of_another_system_move_in(service: Service, tmp_path: Path) -> None:
    people = (foreign(number) for number in range(3))
    source = lines.write(tmp_path / "people.jsonl", *people, "no line")
    exported = tmp_path / "users.jsonl"

    service.manage("import-users", str(source), code=1)
    assert service.log_in("person1@example.com")[0] == 200
    service.manage("export-users", "--with-hashes", str(exported))

    assert lines.read(tmp_path / "people.jsonl.refused.jsonl") == [
        {"line": 4, "reason": "Not a JSON object in UTF-8"}
    ]
    hashes = {line["email"]: line["password_hash"] for line in lines.read(exported)}
    assert hashes["person0@example.com"].startswith("$2b$")
    assert hashes["person1@example.com"].startswith("$kms-hmac-sha384$")


def test_terminal_shows_a_bar(service: Service, tmp_path: Path) -> None:
    source = lines.write(tmp_path / "people.jsonl", *(foreign(number) for number in range(10, 13)))
    terminal, its_end = pty.openpty()

    with subprocess.Popen(  # noqa: S603 - our own command
        service.command("import-users", str(source)),
        cwd=ROOT,
        env={**service.environment, "TERM": "xterm", "COLUMNS": "100"},
        stderr=its_end,
    ) as process:
        os.close(its_end)
        shown = _everything(terminal)
        assert process.wait(COMMAND_SECONDS) == 0

    assert "━" in shown
    assert "3/3" in shown


def _everything(terminal: int) -> str:
    parts = []
    # Linux says so when the other end is closed
    try:
        while part := os.read(terminal, 4096):
            parts.append(part)
    except OSError:
        pass
    finally:
        os.close(terminal)
    return b"".join(parts).decode()


def test_help_needs_no_deployment() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "infra.manage", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=COMMAND_SECONDS,
        check=True,
    )

    for command in ("create-administrator", "export-users", "revoke-service-token"):
        assert command in ended.stdout
