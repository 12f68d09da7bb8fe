"""The Python client: what it has of the contract is up to date, and it works on each Python."""

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest

from infra.clients import environments, written
from infra.local import ROOT
from tests.clients.conftest import CLIENTS
from tests.support.running import Service

pytestmark = pytest.mark.clients


def test_what_is_written_from_the_contract_is_up_to_date() -> None:
    outdated = [
        str(path.relative_to(ROOT))
        for path, text in written.modules().items()
        if path.read_text(encoding="utf-8") != text
    ]

    assert outdated == [], "make types writes them anew"


@pytest.mark.parametrize("version", environments.PYTHONS)
def test_its_types_hold_on(version: str) -> None:
    done = _run(version, "mypy", "--python-version", version)

    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("version", environments.PYTHONS)
def test_it_works_on(
    version: str,
    service: Service,
    session: Mapping[str, Any],
    expired: Callable[[], Mapping[str, str]],
    tmp_path: Path,
) -> None:
    token = service.administrator_token
    told = {
        "base_url": service.origin,
        "issuer": jwt.decode(token, options={"verify_signature": False})["iss"],
        "service_token": service.service_token,
        "administrator_token": token,
        "expired_token": expired()["access_token"],
    }
    scene = tmp_path / "scene.json"
    scene.write_text(json.dumps(told), encoding="utf-8")

    done = _run(version, "pytest", "--quiet", "-p", "no:cacheprovider", SCENE=str(scene))

    assert done.returncode == 0, done.stdout
    assert " passed in " in done.stdout


def _run(version: str, *command: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    python = environments.python_of(version)
    if not python.exists():
        pytest.skip(f"NO PYTHON {version}: the Python client is not tried on it here")
    return subprocess.run(  # noqa: S603 - our own
        [str(python), "-m", *command],
        cwd=CLIENTS / "python",
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
