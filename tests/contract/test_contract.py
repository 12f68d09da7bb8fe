"""Schemathesis against the running service, for each kind of caller (`make contract`)."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import ROOT
from tests.support.running import Service, running

pytestmark = pytest.mark.contract

HERE = Path(__file__).parent
SCHEMATHESIS = ROOT / ".venv-contract" / "bin" / "schemathesis"
CALLERS = ("anonymous", "person", "administrator", "back-end")
PHASES = ("Examples", "Coverage", "Fuzzing", "Stateful")
# what is off until somebody wants it
FEATURES = {"SelfSignUp": "true", "EmailCodes": "true"}
LONGEST_SECONDS = 840


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """The service, with all that it can do, and without what another caller has left in it."""
    with running(tmp_path, **FEATURES) as it:
        yield it


@pytest.mark.parametrize("caller", CALLERS)
def test_service_keeps_its_contract(
    service: Service, caller: str, capsys: pytest.CaptureFixture[str]
) -> None:
    session = json.loads(service.session_file.read_text())
    url = f"http://127.0.0.1:{service.port}"

    run = subprocess.run(  # noqa: S603 - our own
        [SCHEMATHESIS, "--config-file", HERE / "schemathesis.toml", "run", f"{url}/openapi.json"],
        cwd=ROOT,
        env={
            **os.environ,
            "SCHEMATHESIS_HOOKS": "tests.contract.hooks",
            "PYTHONPATH": str(ROOT),
            "CONTRACT_CALLER": caller,
            "CONTRACT_URL": url,
            "CONTRACT_ADMINISTRATOR": json.dumps(session["administrator"]),
            "CONTRACT_SERVICE_TOKEN": session["service_token"],
        },
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )

    assert run.returncode == 0, run.stdout + run.stderr
    summary = run.stdout[run.stdout.index(" SUMMARY ") :]
    assert re.findall(r"✅ (\w+)", summary) == list(PHASES), summary
    with capsys.disabled():
        sys.stdout.write(f"\n{caller}: {_told(summary)}\n")


def _told(summary: str) -> str:
    (cases,) = re.findall(r"^ +(\d+ generated.*)$", summary, re.MULTILINE)
    return str(cases)
