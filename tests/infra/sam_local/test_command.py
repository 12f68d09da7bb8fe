"""``make sam-local`` starts sam on the running stack, or says what is missing."""

import json
import shutil
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.build.target import host_architecture
from infra.local import TEMPLATE
from infra.local.aws.embedded import client_environment
from infra.local.server import HOST, listen
from infra.sam_local import __main__ as command
from infra.sam_local import docker

# a sam that writes down what it was given
SAM = """#!/bin/sh
printf '%s\\n' "$@" > "{told}/arguments"
env > "{told}/environment"
exit 7
"""


@pytest.fixture
def aws() -> Iterator[socket.socket]:
    """What listens where the stack's resources are."""
    with listen(0) as listener:
        yield listener


@pytest.fixture
def session_file(session: dict[str, Any], aws: socket.socket, tmp_path: Path) -> Path:
    url = f"http://{HOST}:{aws.getsockname()[1]}"
    session["aws"] |= {
        "endpoint_url": url,
        "dynamodb_endpoint_url": url,
        "environment": client_environment(url),
    }
    path = tmp_path / "session.json"
    path.write_text(json.dumps(session))
    return path


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where a stand-in for sam writes what it was given; all else is there, and built."""
    built = tmp_path / "built"
    built.mkdir()
    shutil.copy(TEMPLATE, built / "template.yaml")
    sam = tmp_path / "sam"
    sam.write_text(SAM.format(told=tmp_path))
    sam.chmod(0o755)
    monkeypatch.setattr(docker, "bridge_address", lambda: "192.0.2.7")
    monkeypatch.setattr(command, "_build", lambda: None)
    monkeypatch.setattr(command, "SAM", sam)
    for name, path in {"BUILT": "", "TEMPLATE": "declared.json", "VARIABLES": "variables"}.items():
        monkeypatch.setattr(command, name, built / path)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield tmp_path
    for number, handler in handlers.items():
        signal.signal(number, handler)


def refused(session_file: Path, capfd: pytest.CaptureFixture[str], port: int = 0) -> str:
    assert command.main(["--port", str(port), "--session-file", str(session_file)]) == 1
    return capfd.readouterr().err


def test_sam_is_given_what_is_written_for_it(session_file: Path, told: Path) -> None:
    code = command.main(["--port", "0", "--session-file", str(session_file), "--debug"])

    assert code == 7
    arguments = (told / "arguments").read_text().split()
    assert arguments[:2] == ["local", "start-api"]
    assert arguments[-1] == "--debug"
    assert f"Architecture={host_architecture()}" in arguments
    given = {name: arguments[arguments.index(name) + 1] for name in ("--template", "--env-vars")}
    assert "AWS_ENDPOINT_URL" in Path(given["--template"]).read_text()
    assert set(json.loads(Path(given["--env-vars"]).read_text())) >= {"LogIn", "AnyUsers"}


def test_keys_of_the_shell_do_not_reach_sam(
    session_file: Path, told: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "somebody's own")
    monkeypatch.setenv("AWS_PROFILE", "somebody's own")

    command.main(["--port", "0", "--session-file", str(session_file)])

    environment = (told / "environment").read_text()
    assert "AWS_ACCESS_KEY_ID=local" in environment
    assert "somebody's own" not in environment


def test_missing_run_is_told_plainly(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert refused(tmp_path / "none.json", capfd) == (
        f"Nothing runs here, as there is no {tmp_path / 'none.json'}. Start it: make run\n"
    )


def test_run_that_has_ended_is_told_plainly(
    session_file: Path, aws: socket.socket, capfd: pytest.CaptureFixture[str]
) -> None:
    aws.close()

    assert refused(session_file, capfd) == (
        f"What {session_file} tells of has ended. Start it anew: make run\n"
    )


def test_missing_docker_is_told_before_anything_is_built(
    session_file: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(session_file.parent))

    assert refused(session_file, capfd) == (
        "There is no Docker here, and sam local runs functions in it\n"
    )


@pytest.mark.usefixtures("told")
def test_taken_port_is_told_plainly(
    session_file: Path, aws: socket.socket, capfd: pytest.CaptureFixture[str]
) -> None:
    port = aws.getsockname()[1]

    assert refused(session_file, capfd, port) == f"Port {port} is taken by another program\n"


@pytest.mark.usefixtures("told")
def test_run_of_another_template_is_told_plainly(
    session_file: Path, session: dict[str, Any], capfd: pytest.CaptureFixture[str]
) -> None:
    del session["aws"]["resources"]["UsersTable"]
    session_file.write_text(json.dumps(session))

    assert refused(session_file, capfd) == (
        "make run is of another template: The template asks for UsersTable, unknown here."
        " Start it anew\n"
    )
