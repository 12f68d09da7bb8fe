"""Imports and exports beside each other, beside people at work, and killed in the middle."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path

import pytest

from accounts.access import roles
from accounts.credentials import passwords
from accounts.storage import users
from accounts.storage.tables import UserEmail
from infra.local import ROOT
from infra.local.stack import Stack
from infra.manage import exporting
from infra.manage.importing import Import
from infra.manage.newcomers import Outcome
from infra.manage.user_lines import Rules
from tests.support import manage_lines as lines
from tests.support.manage_lines import PASSWORD, foreign
from tests.support.races.invariants import Check
from tests.support.races.service import Service
from tests.support.races.storage import Storage
from tests.support.races.together import rounds, together

pytestmark = pytest.mark.races

RULES = Rules(frozenset({roles.DEFAULT}), frozenset(), frozenset())
PATIENCE_SECONDS = 120
# long enough an import to be killed in its midst
LINES = 3000
Start = Callable[..., subprocess.Popen[str]]


def imported(file: Path, rules: Rules = RULES) -> Outcome:
    """Import the file and return what became of its lines."""
    run = Import(file, rules)
    run.run(lambda _count: None)
    return run.outcome


@rounds(3)
def test_two_imports_of_one_file_store_everybody_once(tmp_path: Path, check: Check) -> None:
    file = lines.write(tmp_path / "people.jsonl", *map(foreign, range(300)))
    before = check()

    outcomes = together([lambda: imported(file)] * 2)

    assert [outcome.refused for outcome in outcomes] == [[], []]
    assert sum(outcome.imported for outcome in outcomes) == 300
    assert sum(outcome.there_already for outcome in outcomes) == 300
    assert len(check().users) == len(before.users) + 300


@rounds(3)
def test_restoring_one_export_twice_at_once_restores_everybody_once(
    tmp_path: Path, check: Check
) -> None:
    restored = (foreign(number, id=number + 1) for number in range(300))
    file = lines.write(tmp_path / "people.jsonl", *restored)
    before = check()

    outcomes = together([lambda: imported(file)] * 2)

    assert [outcome.refused for outcome in outcomes] == [[], []]
    assert len(check().users) == len(before.users) + 300


@rounds(5)
def test_of_an_import_and_a_sign_up_of_one_email_one_succeeds(
    tmp_path: Path, check: Check, service: Service
) -> None:
    emails = [f"person{number}@example.com" for number in range(15)]
    file = lines.write(tmp_path / "people.jsonl", *map(foreign, range(15)))
    outcomes: list[Outcome] = []
    statuses: list[int] = []

    def sign_up(email: str) -> None:
        statuses.append(service.sign_up(email).status)

    calls: list[Callable[[], None]] = [partial(sign_up, email) for email in emails]
    together([*calls, lambda: outcomes.append(imported(file))])

    (outcome,) = outcomes
    assert set(statuses) <= {201, 409}
    assert outcome.imported + statuses.count(201) == 15
    assert len(outcome.refused) == statuses.count(201)
    check()


@rounds(5)
def test_role_is_not_deleted_from_under_those_who_are_imported(
    tmp_path: Path, check: Check, service: Service
) -> None:
    assert service.save_role("teacher", "content:read").status in (200, 201)
    teachers = (foreign(number, role="teacher") for number in range(100))
    file = lines.write(tmp_path / "people.jsonl", *teachers)
    rules = replace(RULES, roles=RULES.roles | {"teacher"})
    outcomes: list[Outcome] = []
    statuses: list[int] = []

    together(
        [
            lambda: outcomes.append(imported(file, rules)),
            lambda: statuses.append(service.delete_role("teacher").status),
        ]
    )

    (outcome,) = outcomes
    if statuses == [409]:
        assert outcome == Outcome(imported=100)
    else:
        assert statuses in ([200], [204])
        assert (outcome.imported, len(outcome.refused)) == (0, 100)
    check()


@rounds(2)
def test_administrators_of_parallel_batches_are_all_counted(tmp_path: Path, check: Check) -> None:
    administrators = (foreign(number, role=roles.ADMINISTRATOR) for number in range(200))
    file = lines.write(tmp_path / "people.jsonl", *administrators)
    rules = replace(RULES, roles=frozenset({roles.ADMINISTRATOR}))

    assert imported(file, rules) == Outcome(imported=200)

    check()


@rounds(3)
def test_first_log_ins_at_once_all_succeed_and_make_the_hash_our_own(
    tmp_path: Path, check: Check, service: Service, unthrottled: None
) -> None:
    imported(lines.write(tmp_path / "people.jsonl", foreign(1)))

    answers = together([lambda: service.log_in("person1@example.com", PASSWORD)] * 16)

    assert {answer.status for answer in answers} <= {200, 503}
    assert 200 in {answer.status for answer in answers}
    user = users.find_by_email("person1@example.com")
    assert user is not None
    assert not passwords.is_outdated(user.password_hash)
    check()


@rounds(2)
def test_export_has_everybody_who_stays_once_while_others_come_and_go(
    tmp_path: Path,
    check: Check,
    service: Service,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(exporting, "PAGE", 5)
    imported(lines.write(tmp_path / "people.jsonl", *map(foreign, range(60))))
    staying = set(check().users)
    over = threading.Event()

    def come_and_go() -> None:
        for number in count(1000):
            created = service.sign_up(f"person{number}@example.com")
            if number % 2:
                service.delete_user(created.json["id"])
            if over.is_set():
                return

    def export() -> None:
        exporting.export_users(tmp_path / "users.jsonl", lambda _count: None, with_hashes=True)
        over.set()

    together([come_and_go, export])

    exported = [line["id"] for line in lines.read(tmp_path / "users.jsonl")]
    assert len(exported) == len(set(exported))
    assert staying <= set(exported)
    check()


@pytest.fixture
def command(on_dynamodb_local: Stack, tmp_path: Path) -> Start:
    """Start a command of its own on the stack."""
    stack = on_dynamodb_local
    environment = stack.aws_environment
    (settings,) = (f.environment for f in stack.functions if f.logical_id == "LogIn")
    aws = {
        "endpoint_url": environment["AWS_ENDPOINT_URL"],
        "dynamodb_endpoint_url": environment["AWS_ENDPOINT_URL_DYNAMODB"],
        "environment": environment,
        "resources": stack.resources,
    }
    session_file = tmp_path / "session.json"
    session_file.write_text(json.dumps({"aws": aws, "settings": settings}))

    def run(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(  # noqa: S603 - our own command
            [sys.executable, "-m", "infra.manage", *arguments, "--local"],
            cwd=ROOT,
            env={**os.environ, "SESSION": str(session_file)},
            stderr=subprocess.PIPE,
            text=True,
            # a shell gives what it runs in the background no SIGINT
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - no thread of ours is running
        )

    return run


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_killed_import_goes_on_where_it_was(
    tmp_path: Path, check: Check, storage: Storage, command: Start, number: signal.Signals
) -> None:
    before = check()
    file = lines.write(tmp_path / "people.jsonl", *map(foreign, range(LINES)))

    with command("import-users", str(file)) as killed:
        _wait(lambda: UserEmail.count() > len(before.users) + 50)
        killed.send_signal(number)
        assert killed.wait(PATIENCE_SECONDS) in (-signal.SIGKILL, 130)
    # what it had sent when it died is still done
    _wait(lambda: storage.read() == storage.read())
    done = len(check().users) - len(before.users)
    assert 0 < done < LINES
    with command("import-users", str(file)) as again:
        _, told = again.communicate(timeout=PATIENCE_SECONDS)

    assert again.returncode == 0
    assert f"{LINES - done:,} accounts imported, {done:,} there already, 0 lines refused" in told
    assert len(check().users) == len(before.users) + LINES


def _wait(condition: Callable[[], bool]) -> None:
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < PATIENCE_SECONDS
        time.sleep(0.01)
