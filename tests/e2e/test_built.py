"""What would be uploaded to Lambda does what the sources do, on Lambda's own runtime.

The functions are built for this machine's processor, and run on DynamoDB Local and moto.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import pytest

from accounts import settings
from infra.build.interpreter import nearest
from infra.build.target import ROOT, Target
from infra.local import built_pages
from infra.local.api_gateway.http_events import HttpRequest, event_from, new_request_id
from infra.local.aws.dynamodb_local import dynamodb_local
from infra.local.aws.kept import nothing_kept
from infra.local.lambdas.built import Built
from infra.local.lambdas.emulator import EmulatedFunctions
from infra.local.lambdas.runtime import runtime
from infra.local.mail.outbox import Outbox
from infra.local.run import Place, Run, started
from infra.local.server import listen
from infra.local.template.declarations import Route
from infra.local.template.pseudo_parameters import STACK_NAME
from tests.support.measured import key, measured
from tests.support.register import ANY_USERS, FORGET_PASSWORD, HEALTH, LOG_IN

BUILT = ROOT / ".local" / "built"
BUILD_SECONDS = 600
REPLAY_SECONDS = 300
MAIL_SECONDS = 60
ANSWER_SECONDS = 60

pytestmark = pytest.mark.e2e


@dataclass(frozen=True)
class Service:
    """The built service, running."""

    run: Run
    invoke: EmulatedFunctions
    built: Built
    outbox: Outbox
    session_file: Path

    def answer(self, route: Route, body: Mapping[str, str] | None = None) -> tuple[int, Any]:
        """Return the status, and the JSON that it answers with, if it does, to who has no token."""
        path = re.sub(r"\{\w+\+?\}", "1", route.path)
        request = urllib.request.Request(  # noqa: S310 - the address is our own
            self.run.base_url + path,
            method="GET" if route.method == "ANY" else route.method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - as above
                is_json = answer.headers.get_content_type() == "application/json"
                return answer.status, json.load(answer) if is_json else None
        except HTTPError as refusal:
            with refusal:
                return refusal.code, json.load(refusal)


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest) -> tuple[Target, Path]:
    """What to build for, and the Python to run it."""
    target, python = nearest()
    say(request, f"Running what is built for Python {target.python}, on {python}")
    if target.python != Target.python:
        say(request, f"THIS IS NOT LAMBDA'S PYTHON: there is no Python {Target.python} here")
    return target, python


@pytest.fixture(scope="module")
def template(target: tuple[Target, Path]) -> Path:
    """The template that would be deployed, beside the layer that would be uploaded."""
    where = f"BUILD_DIR={BUILT.relative_to(ROOT)}"
    what = [f"ARCHITECTURE={target[0].architecture}", f"LAYER_PYTHON={target[0].python}"]
    built = subprocess.run(  # noqa: S603 - our own Makefile
        ["make", "build", where, *what],  # noqa: S607 - the make of the machine
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=BUILD_SECONDS,
        check=False,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return BUILT / "template.yaml"


@pytest.fixture(scope="module")
def service(
    request: pytest.FixtureRequest,
    target: tuple[Target, Path],
    template: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Service]:
    packages = template.parent / "SharedLayer" / "python"
    host = Built(template, runtime(packages, *target, tmp_path_factory.mktemp("client")))
    outbox = Outbox()
    session_file = tmp_path_factory.mktemp("run") / ".local" / "session.json"
    environment = dict(os.environ)
    try:
        with (
            dynamodb_local() as dynamodb_url,
            started(
                Place((listen(0),), session_file),
                {},
                outbox,
                kept=nothing_kept(dynamodb_url),
                host=host,
            ) as run,
        ):
            assert isinstance(run.stack.invoke, EmulatedFunctions)
            yield Service(run, run.stack.invoke, host, outbox, session_file)
    finally:
        os.environ.clear()
        os.environ.update(environment)
        settings.current.cache_clear()
    say(request, "Init of each built function, median:")
    for name, took_ms in sorted(host.init_ms.items()):
        say(request, f"  {name:20} {statistics.median(took_ms):6.0f} ms")


def say(request: pytest.FixtureRequest, line: str) -> None:
    """Print a line whether or not the tests pass."""
    plugins = request.config.pluginmanager
    reporter, capture = plugins.get_plugin("terminalreporter"), plugins.get_plugin("capturemanager")
    assert reporter is not None
    assert capture is not None
    with capture.global_and_fixture_disabled():
        reporter.ensure_newline()
        reporter.write_line(line)


def test_every_route_answers_for_itself(service: Service) -> None:
    answers = {
        route.key: service.answer(route)
        for function in service.run.stack.functions
        for route in function.routes
        if route.path
    }

    assert answers[HEALTH.key] == (200, {"status": "ok"})
    assert answers[ANY_USERS.key][0] == 401
    # there is no file called 1
    for files in ("GET /docs/{file}", "ANY /assets/{proxy+}"):
        assert answers.pop(files)[0] == 404
    assert {status for status, _ in answers.values()} <= {200, 202, 401, 422}
    assert answers[LOG_IN.key][1]["error"] == "Validation Error"


@pytest.mark.parametrize("area", ["account", "console"])
def test_pages_come_as_they_were_built(service: Service, area: str) -> None:
    with urllib.request.urlopen(f"{service.run.base_url}/{area}") as page:  # noqa: S310 - our own
        text = page.read().decode()
    (script,) = re.findall(rf'src="(/assets/{area}-[^"]*[.]js)"', text)
    asked = urllib.request.Request(  # noqa: S310 - as above
        service.run.base_url + script, headers={"Accept-Encoding": "gzip, br"}
    )
    with urllib.request.urlopen(asked) as answer:  # noqa: S310 - as above
        content, encoding = answer.read(), answer.headers["content-encoding"]

    assert encoding == "br"
    assert content == (built_pages.FOLDER / f"{script.removeprefix('/')}.br").read_bytes()


def test_unknown_route_is_answered_in_our_own_words(service: Service) -> None:
    status, body = service.answer(Route("GET", "/api/v1/nothing"))

    assert status == 404
    assert body.keys() == {"error", "message"}


def test_forgotten_password_leads_to_a_mail(service: Service) -> None:
    address = service.run.administrator.email
    route = Route(*FORGET_PASSWORD.at())

    status, _ = service.answer(route, {"email": address})

    assert status == 202
    deadline = time.monotonic() + MAIL_SECONDS
    while not (mails := service.outbox.mails()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert [mail.recipients for mail in mails] == [(address,)]
    assert "#reset_token=" in mails[0].text


def test_authorizer_lets_only_a_session_through(service: Service) -> None:
    def decision(token: str) -> object:
        headers = (("Authorization", f"Bearer {token}"),)
        request = HttpRequest("GET", "/", "HTTP/1.1", headers, b"", "192.0.2.7", 443)
        event = event_from(request, Route("GET", "/"), {}, new_request_id())
        return service.invoke("VerifySession", {**event, "type": "REQUEST"})

    allowed = decision(service.run.administrator.access_token)

    assert isinstance(allowed, dict)
    assert allowed["isAuthorized"] is True
    assert decision("x.y.z") == {"isAuthorized": False}


def test_what_is_documented_works(service: Service) -> None:
    replay = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", "readme"],
        cwd=ROOT,
        env={**os.environ, "SESSION": str(service.session_file)},
        capture_output=True,
        text=True,
        timeout=REPLAY_SECONDS,
        check=False,
    )

    assert replay.returncode == 0, replay.stdout + replay.stderr


def test_every_function_ran_and_none_crashed(service: Service) -> None:
    declared = {function.logical_id for function in service.run.stack.functions}
    # nobody has a webhook, so nothing is in its queue
    assert service.invoke("DeliverWebhooks", {"Records": []}) == {"batchItemFailures": []}
    ran = service.invoke.init_ms().keys() | service.built.init_ms.keys()

    logged = service.invoke.logs().splitlines()

    assert ran == declared
    assert [line for line in logged if '"ERROR"' in line] == []


def test_what_comes_out_is_measured_by_route_in_the_stacks_name(service: Service) -> None:
    lines = [
        json.loads(line) for line in service.invoke.logs().splitlines() if '"service":' in line
    ]
    routes = {route.key for function in service.run.stack.functions for route in function.routes}

    assert {line["service"] for line in lines} == {STACK_NAME}
    assert {key("Latency", route=route) for route in routes} <= measured(lines).keys()
    assert key("Mails", outcome="sent") in measured(lines)


def test_libraries_have_nothing_to_say(service: Service) -> None:
    # what comes in through Python's own logging, Lambda's client writes with the logger's name
    logged = service.invoke.logs().splitlines()

    assert [line for line in logged if '"logger":' in line] == []
