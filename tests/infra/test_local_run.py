"""``python -m infra.local`` starts the stack, tells where it is, and stops when told to."""

import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import boto3
import jwt
import pytest

from infra.local.server import HOST, HOST_IPV6, LOCALHOST, PortError, listen, listen_as_localhost
from tests.support.register import (
    ANY_USERS,
    FORGET_PASSWORD,
    HEALTH,
    LOG_IN,
    REFRESH,
    SET_NEW_PASSWORD,
    SIGN_UP,
)

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
FRONT_ENDS = ("http://localhost:5173", "http://127.0.0.1:5173")
ISSUER = "http://127.0.0.1:3000"


@dataclass(frozen=True)
class Run:
    """A running stack: its process, and what it left for scripts and on the screen."""

    process: subprocess.Popen[str]
    session_file: Path
    output_file: Path

    @property
    def session(self) -> dict[str, Any]:
        session: dict[str, Any] = json.loads(self.session_file.read_text())
        return session

    @property
    def output(self) -> str:
        return self.output_file.read_text()

    @property
    def port(self) -> str:
        return str(self.session["base_url"]).rpartition(":")[2]


def _start(folder: Path, port: str = "0", *arguments: str) -> Run:
    run_environment = {
        **os.environ,
        "PORT": port,
        "SESSION": str(folder / "local" / "session.json"),
        "AWS_PROFILE": "somebody's own",
    }
    output_file = folder / f"output-{port}.txt"
    with output_file.open("w") as output:
        process = subprocess.Popen(  # noqa: S603 - our own command
            # the cheapest hash that the template allows
            [sys.executable, "-m", "infra.local", "--parameter", "BcryptCost=10", *arguments],
            cwd=ROOT,
            env=run_environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            # a shell gives what it runs in the background no SIGINT
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread of ours is running
        )
    return Run(process, Path(run_environment["SESSION"]), output_file)


def _wait(run: Run, condition: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not condition():
        assert run.process.poll() is None, run.output
        assert time.monotonic() - began < START_SECONDS, run.output
        time.sleep(0.05)


def _is_listened_on(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex((HOST, port)) == 0


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    folder = tmp_path_factory.mktemp("run")
    origins = ("--origins", ",".join(FRONT_ENDS))
    run = _start(folder, "0", *origins, "--parameter", f"Issuer={ISSUER}")
    try:
        _wait(run, run.session_file.exists)
        yield run
    finally:
        run.process.kill()
        run.process.wait()


def _call(
    run: Run, method: str, path: str, token: str = "", body: Mapping[str, object] | None = None
) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - an address on this machine
        run.session["base_url"] + path,
        method=method,
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        data=None if body is None else json.dumps(body).encode(),
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
        answered: dict[str, Any] = json.load(answer)
    return answered


def _asking(run: Run, method: str, path: str, origin: str) -> urllib.request.Request:
    """Return what a browser asks before a page of ``origin`` may call with cookies."""
    return urllib.request.Request(  # noqa: S310 - an address on this machine
        run.session["base_url"] + path,
        method="OPTIONS",
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": "content-type,x-token-delivery",
        },
    )


@contextmanager
def _as_localhost() -> Iterator[list[str]]:
    """The names by which what listens as localhost is found."""
    with ExitStack() as opened:
        listeners = [opened.enter_context(listener) for listener in listen_as_localhost(0)]
        names = {socket.AF_INET: (LOCALHOST, HOST), socket.AF_INET6: (f"[{HOST_IPV6}]",)}
        yield [name for listener in listeners for name in names[listener.family]]


def _mails(run: Run, recipient: str) -> list[dict[str, Any]]:
    mails = _call(run, "GET", "/_local/outbox.json")["mails"]
    return [mail for mail in mails if mail["to"] == [recipient]]


def test_only_the_owner_may_read_the_session_file(run: Run) -> None:
    assert stat.S_IMODE(run.session_file.stat().st_mode) == 0o600


def test_session_file_lets_the_administrator_in(run: Run) -> None:
    administrator = run.session["administrator"]

    me = _call(run, *ANY_USERS.at(), administrator["access_token"])

    assert (me["email"], me["role"]) == (administrator["email"], "administrator")


def test_session_file_leads_to_the_tables(run: Run) -> None:
    aws = run.session["aws"]
    dynamodb = boto3.client(
        "dynamodb",
        endpoint_url=aws["dynamodb_endpoint_url"],
        region_name=aws["region"],
        aws_access_key_id=aws["environment"]["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=aws["environment"]["AWS_SECRET_ACCESS_KEY"],
    )

    roles = dynamodb.scan(TableName=aws["resources"]["RolesTable"]["Ref"])

    assert "administrator" in {item["name"]["S"] for item in roles["Items"]}


def test_session_tells_the_parameters_that_are_no_defaults(run: Run) -> None:
    base_url = run.session["base_url"]

    assert run.session["parameters"] == {
        "ResetPageUrl": f"{base_url}/account",
        "Events": "true",
        "ServeDocs": "true",
        "PasskeyRpId": LOCALHOST,
        "PasskeyOrigins": ",".join((base_url, *FRONT_ENDS)),
        "BcryptCost": "10",
        "AllowedOrigins": ",".join(FRONT_ENDS),
        "Issuer": ISSUER,
    }


def test_it_is_found_at_localhost_however_that_is_spelt(run: Run) -> None:
    with _as_localhost() as hosts:
        addresses = [f"http://{host}:{run.port}" for host in hosts]

    assert run.session["base_url"] == f"http://localhost:{run.port}"
    for address in addresses:
        with urllib.request.urlopen(address + HEALTH.path, timeout=10) as answer:  # noqa: S310 - on this machine
            assert json.load(answer) == {"status": "ok"}


def test_address_of_this_machine_may_be_the_issuer(run: Run) -> None:
    token = run.session["administrator"]["access_token"]

    assert jwt.decode(token, options={"verify_signature": False})["iss"] == ISSUER


@pytest.mark.parametrize("origin", FRONT_ENDS)
def test_page_of_an_origin_that_was_named_may_send_and_read_all_that_it_needs(
    run: Run, origin: str
) -> None:
    asked = _asking(run, *REFRESH.at(), origin)

    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - on this machine
        preflight = dict(answer.headers)
        status = answer.status
    sent = urllib.request.Request(  # noqa: S310 - as above
        run.session["base_url"] + REFRESH.path, method="POST", headers={"Origin": origin}
    )
    with pytest.raises(HTTPError) as refusal:
        urllib.request.urlopen(sent, timeout=10)  # noqa: S310 - as above

    assert status == 204
    assert preflight["access-control-allow-origin"] == origin
    assert preflight["access-control-allow-credentials"] == "true"
    assert "POST" in preflight["access-control-allow-methods"].split(",")
    assert set(preflight["access-control-allow-headers"].split(",")) == {
        *("authorization", "content-type", "idempotency-key", "x-token-delivery"),
    }
    with refusal.value as answer:
        assert answer.headers["access-control-allow-origin"] == origin
        assert answer.headers["access-control-allow-credentials"] == "true"
        exposed = answer.headers["access-control-expose-headers"]
        assert set(exposed.split(",")) == {"x-error-code", "x-request-id", "retry-after"}


def test_page_of_another_origin_may_do_nothing(run: Run) -> None:
    asked = _asking(run, *REFRESH.at(), "http://localhost:5174")

    with urllib.request.urlopen(asked, timeout=10) as answer:  # noqa: S310 - on this machine
        allowed = [name for name in answer.headers if name.startswith("access-control-")]

    assert allowed == []


def test_port_that_another_program_has_on_one_loopback_is_taken() -> None:
    with _as_localhost() as hosts:
        pass
    if f"[{HOST_IPV6}]" not in hosts:
        pytest.skip("This machine has no IPv6")
    with socket.create_server((HOST_IPV6, 0), family=socket.AF_INET6) as other:
        port = other.getsockname()[1]

        with pytest.raises(PortError, match="is taken by another program"):
            listen_as_localhost(port)

    with listen(port):
        # and nothing was left behind
        pass


def test_screen_shows_who_the_administrator_is(run: Run) -> None:
    administrator = run.session["administrator"]

    _wait(run, lambda: "Stop with Ctrl-C" in run.output)

    welcome, _, _ = run.output.partition("a line for each request")
    assert len(welcome.splitlines()) <= 30
    assert "make try" in welcome
    assert "gone when it stops (make run KEEP=yes)" in welcome
    assert run.session["base_url"] in run.output
    assert administrator["email"] in run.output
    assert administrator["passw"] in run.output
    assert f"{run.session['base_url']}/account\n" in run.output
    assert f"{run.session['base_url']}/_local/outbox\n" in run.output
    assert run.session["outbox_url"] == f"{run.session['base_url']}/_local/outbox.json"


def test_mail_leads_back_into_the_account(run: Run) -> None:
    email = "forgetful@example.com"
    person = {"email": email, "name": "Forgetful", "passw": "example_string"}
    _call(run, *SIGN_UP.at(), run.session["service_token"], person)

    _call(run, *FORGET_PASSWORD.at(), body={"email": email})

    _wait(run, lambda: len(_mails(run, email)) == 1)
    (mail,) = _mails(run, email)
    page, _, token = mail["text"].split()[-1].partition("#reset_token=")
    assert page == f"{run.session['base_url']}/account"
    _wait(run, lambda: f"{page}#reset_token={token}" in run.output)
    changed = {"passw": "another_string", "reset_token": token}
    assert _call(run, *SET_NEW_PASSWORD.at(), body=changed)["success"] is True
    credentials = {"email": email, "passw": "another_string"}
    login = _call(run, *LOG_IN.at(), body=credentials)
    assert login["user"]["email"] == email


def test_mail_of_what_was_about_to_happen_leaves_soon_or_is_said_to_be_late(run: Run) -> None:
    email = "invited@example.com"
    invitation = {"email": email, "name": "Invited", "invite": True}

    _call(run, *SIGN_UP.at(), run.session["service_token"], invitation)
    answered_at = datetime.now(UTC)

    _wait(run, lambda: len(_mails(run, email)) == 1)
    (mail,) = _mails(run, email)
    seconds = (datetime.fromisoformat(mail["sent_at"]) - answered_at).total_seconds()
    # on a busy machine
    assert seconds < 2 or "after it was sent" in run.output
    assert seconds < 10


def test_session_of_the_readme_is_played_call_by_call(run: Run) -> None:
    played = subprocess.run(
        [sys.executable, "-m", "infra.local.walk"],
        cwd=ROOT,
        env={**os.environ, "SESSION": str(run.session_file)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert played.returncode == 0, played.stdout + played.stderr
    assert '"message": "Resource created successfully"' in played.stdout
    assert '"message": "Password updated"' in played.stdout
    assert f"{run.session['base_url']}/_local/outbox" in played.stdout


def test_each_request_is_a_line_and_json_is_for_those_who_ask(run: Run) -> None:
    _call(run, "GET", f"{HEALTH.path}?from=here")

    line = rf"^\d\d:\d\d:\d\d  GET     {HEALTH.path} +200 +\d+ ms *$"
    _wait(run, lambda: re.search(line, run.output, re.MULTILINE) is not None)
    assert '"level"' not in run.output


@pytest.fixture(scope="module")
def kept(run: Run, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[], Run]]:
    """Start a run beside the other one, in its folder, with data of its own that it keeps."""
    folder = tmp_path_factory.mktemp("kept")
    with pytest.MonkeyPatch.context() as patch:
        # no Java, so that moto keeps the data
        patch.setenv("PATH", str(folder))
        runs: list[Run] = []
        # one for all of them: tokens are of the issuer, and that is where the run is found
        with listen(0) as free:
            port = str(free.getsockname()[1])

        def start() -> Run:
            first = _start(
                run.session_file.parents[1], port, "--keep-in", str(folder), "--logs", "json"
            )
            beside = run.session_file.with_stem(f"session-{port}")
            runs.append(Run(first.process, beside, first.output_file))
            return runs[-1]

        yield start
    for started in runs:
        started.process.kill()
        started.process.wait()


def test_what_is_kept_outlives_its_run_and_other_runs_are_left_alone(
    run: Run, kept: Callable[[], Run]
) -> None:
    credentials = {"email": "kept@example.com", "passw": "example_string"}
    person = {**credentials, "name": "Kept"}
    before = kept()
    _wait(before, before.session_file.exists)
    told = before.session
    _call(before, *SIGN_UP.at(), told["service_token"], person)
    login = _call(before, *LOG_IN.at(), body=credentials)
    assert _end(before) == 0

    after = kept()
    _wait(after, after.session_file.exists)

    me = _call(after, *ANY_USERS.at(), login["access_token"])
    assert me["email"] == person["email"]
    assert _call(after, *LOG_IN.at(), body=credentials)["access_token"]
    administrator = told["administrator"]
    assert _call(after, *ANY_USERS.at(), administrator["access_token"])
    assert after.session["administrator"]["passw"] == administrator["passw"]
    assert _end(after) == 0
    assert "Data and keys are kept in" in after.output
    assert '"level":"INFO","message":"request"' in after.output
    assert _call(run, *HEALTH.at()) == {"status": "ok"}


def _end(run: Run) -> int:
    run.process.send_signal(signal.SIGTERM)
    return run.process.wait(timeout=30)


def test_nothing_is_answered_before_the_session_file_is_there(tmp_path: Path) -> None:
    with listen(0) as free:
        port = free.getsockname()[1]
    starting = _start(tmp_path, str(port))
    try:
        _wait(starting, lambda: _is_listened_on(port))

        url = f"http://{HOST}:{port}{HEALTH.path}"
        with urllib.request.urlopen(url, timeout=START_SECONDS) as answer:
            assert answer.status == 200
            assert starting.session_file.exists()
    finally:
        starting.process.kill()
        starting.process.wait()


def test_taken_port_is_told_plainly(run: Run, tmp_path: Path) -> None:
    second = _start(tmp_path, run.port)

    assert second.process.wait(timeout=30) == 1
    assert second.output == (
        f"Port {run.port} is taken by another program. "
        f"Choose another: make run PORT={int(run.port) + 1}\n"
    )


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--port", "70000"], "70000 is no port number"),
        (["--parameter", "BcryptCost"], "BcryptCost is not NAME=VALUE"),
        (["--port", "0", "--parameter", "Nothing=1"], "The template has no parameter Nothing"),
        (["--port", "0", "--parameter", "BcryptCost=9"], "BcryptCost must be at least 10"),
        (["--origins", "localhost:5173"], "localhost:5173 is not like http://localhost:5173"),
        (["--origins", "http://a,http://b/"], "http://b/ is not like http://localhost:5173"),
    ],
)
def test_wrong_argument_is_told_plainly(arguments: list[str], complaint: str) -> None:
    ended = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "infra.local", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ended.returncode in (1, 2)
    assert complaint in ended.stderr
    assert "Traceback" not in ended.stderr


def test_ctrl_c_while_it_starts_is_no_error(tmp_path: Path) -> None:
    with listen(0) as free:
        port = free.getsockname()[1]
    starting = _start(tmp_path, str(port))
    _wait(starting, lambda: _is_listened_on(port))

    starting.process.send_signal(signal.SIGINT)

    assert starting.process.wait(timeout=30) == 0
    assert "Traceback" not in starting.output
    assert not starting.session_file.exists()


def test_sigterm_stops_it_and_takes_the_session_file_away(run: Run) -> None:
    assert _end(run) == 0
    assert "Stopped. Its data and keys are gone; make run KEEP=yes keeps them." in run.output
    assert "Traceback" not in run.output
    assert not run.session_file.exists()
