"""What the guides tell to do, done on the stack that the other tests use."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from accounts.storage import users
from accounts.storage.tables import User
from infra.local import ROOT
from tests.infra.manage.conftest import Ended, Manage
from tests.support import guesses
from tests.support import manage_lines as lines
from tests.support.api import Api

GUIDES = ROOT / "docs" / "migrate"
COMMAND = "python -m infra.manage "

Follow = Callable[..., Ended]
LogIn = Callable[[str, str], int]


def guided(system: str) -> list[str]:
    """Return the arguments of the one command of infra.manage that a guide's examples have."""
    text = (GUIDES / f"{system}.md").read_text(encoding="utf-8")
    (line,) = (line for line in text.splitlines() if line.startswith(COMMAND))
    return shlex.split(line.removeprefix(COMMAND))


@pytest.fixture
def follow(manage: Manage, tmp_path: Path) -> Follow:
    """Run the guide's command on this content of its file."""

    def run(system: str, content: str, *options: str) -> Ended:
        *arguments, name = guided(system)
        assert arguments[-2:] == ["--stack", "users"]
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return manage(*arguments[:-2], str(path), *options)

    return run


@pytest.fixture
def log_in(api: Api) -> LogIn:
    """Log in, and return the status."""

    def call(email: str, password: str) -> int:
        return guesses.log_in(api, email, password).status

    return call


@pytest.fixture
def refused(tmp_path: Path) -> Callable[[str], dict[int, str]]:
    """Return the refused lines of the import of a file, with their reasons."""

    def read(name: str) -> dict[int, str]:
        refused = lines.read(tmp_path / f"{name}.refused.jsonl")
        return {line["line"]: line["reason"] for line in refused}

    return read


def user(email: str) -> User:
    """Return somebody's account."""
    found = users.find_by_email(email)
    assert found is not None
    return found
