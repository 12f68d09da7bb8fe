"""What a function does before its first request, which a snapshot would hand to all its copies."""

import ast
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest

from infra.docs import handlers
from infra.local import ROOT

HANDLERS = sorted((ROOT / "functions").glob("*/*.py"))
SHARED = sorted((ROOT / "layers" / "shared" / "accounts").rglob("*.py"))

# Runs in a Python of its own, with nothing of ours in its environment: notes each request for
# randomness or the network while the files given run, and what is kept afterwards. Two modules
# of Python's own draw random bytes when they are imported, for what nobody uses here.
IMPORT = """
import json, os, runpy, sys

noted = []

def watch(owner, name):
    real = getattr(owner, name)
    def noting(*arguments, **keywords):
        noted.append(f"{owner.__name__}.{name}")
        return real(*arguments, **keywords)
    setattr(owner, name, noting)

watch(os, "urandom")
import multiprocessing.process, random, secrets, uuid
del noted[:]
for name in ("random", "randint", "randrange", "getrandbits", "choice", "choices", "sample",
             "shuffle", "uniform", "randbytes"):
    watch(random, name)
for name in ("token_bytes", "token_hex", "token_urlsafe", "randbelow", "randbits"):
    watch(secrets, name)
for name in ("uuid1", "uuid4", "getnode"):
    watch(uuid, name)

def audit(event, arguments):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto"):
        noted.append(event)

sys.addaudithook(audit)
for path in sys.argv[1:]:
    runpy.run_path(path)

kept = {
    f"{name}.{attribute}": value.cache_info().currsize
    for name, module in list(sys.modules.items())
    if name.startswith("accounts.")
    for attribute, value in vars(module).items()
    if hasattr(value, "cache_info")
}
connection = getattr(sys.modules.get("accounts.storage.dynamodb"), "_connection", None)
print(json.dumps({
    "noted": noted,
    "kept": kept,
    "connected": connection is not None,
    "modules": sorted(sys.modules),
}))
"""


def _imported(paths: Iterable[Path]) -> Mapping[str, Any]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "layers" / "shared")}
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", IMPORT, *map(str, paths)],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    result: Mapping[str, Any] = json.loads(done.stdout)
    return result


def test_import_draws_no_random_number_calls_nobody_and_keeps_nothing() -> None:
    imported = _imported(HANDLERS)

    assert imported["noted"] == []
    assert {name for name, size in imported["kept"].items() if size} == set()
    assert imported["connected"] is False
    # what is made on first use, settings and clients among it, was there to be looked at
    assert {"accounts.settings.current", "accounts.aws._client"} <= set(imported["kept"])


def test_only_who_takes_a_body_or_a_query_loads_pydantic() -> None:
    read = {path: handlers.read(path) for path in HANDLERS}
    others = [path for path, it in read.items() if it.body is None and it.query is None]

    modules = _imported(others)["modules"]

    assert "accounts.edge.endpoint" in modules
    assert "pydantic" not in modules


def test_who_takes_nothing_and_calls_only_dynamodb_loads_little_else() -> None:
    modules = _imported([ROOT / "functions" / "private" / "any_users.py"])["modules"]

    unneeded = {"aws_lambda_powertools", "boto3", "email_validator", "ua_parser"}
    assert unneeded.isdisjoint(modules)


def test_who_serves_files_knows_nothing_of_accounts() -> None:
    files = [path for path in HANDLERS if path.parent.name in ("contract", "web")]

    modules = _imported(files)["modules"]

    assert {path.stem for path in files} == {"show_docs", "show_openapi", "show_pages"}
    assert "accounts.edge.pages" in modules
    assert {"pydantic", "pynamodb", "jwt"}.isdisjoint(modules)
    rooms = {name.split(".")[1] for name in modules if name.startswith("accounts.")}
    assert rooms.isdisjoint({"access", "credentials", "storage"})


def test_who_is_off_by_default_is_loaded_by_nobody() -> None:
    modules = _imported(HANDLERS)["modules"]

    assert "accounts.credentials.bot_check" in modules
    assert "accounts.credentials.siteverify" not in modules


def test_hashes_of_other_systems_are_read_only_where_one_is_met() -> None:
    modules = _imported(HANDLERS)["modules"]

    assert "accounts.credentials.passwords" in modules
    assert "accounts.credentials.derived_hashes" not in modules
    assert "cryptography.hazmat.primitives.kdf.argon2" not in modules


def test_only_who_always_has_a_passkey_before_them_loads_what_reads_webauthn() -> None:
    readers = {"add_passkey", "log_in_with_passkey"}

    modules = _imported([path for path in HANDLERS if path.stem not in readers])["modules"]

    assert "accounts.edge.passkey_schemas" in modules
    assert "fido2" not in modules


def test_who_confirms_an_address_loads_no_sign_up_before_there_is_one() -> None:
    modules = _imported([ROOT / "functions" / "public" / "confirm_email.py"])["modules"]

    assert "accounts.own_account.confirmation" in modules
    assert {"accounts.own_account.sign_up", "accounts.access.new_accounts"}.isdisjoint(modules)


# what is there for second factors alone
OF_SECOND_FACTORS = (
    "accounts.access.factor_changes",
    "accounts.access.factor_codes",
    "accounts.credentials.recovery_codes",
    "accounts.credentials.totp",
    "accounts.sign_in.second_factor",
    "accounts.storage.factors",
    "fido2",
    "segno",
)


@pytest.mark.parametrize("name", ["log_in", "log_in_with_code", "refresh_tokens"])
def test_who_has_no_second_factor_loads_nothing_of_them(name: str) -> None:
    modules = _imported([ROOT / "functions" / "public" / f"{name}.py"])["modules"]

    assert not {*modules} & {*OF_SECOND_FACTORS}


def test_pictures_of_secrets_are_drawn_by_who_shows_one_alone() -> None:
    with_segno = {path.stem for path in SHARED if "segno" in path.read_text(encoding="utf-8")}

    assert with_segno == {"qr_codes"}
    assert "segno" not in _imported([ROOT / "functions" / "private" / "enable_totp.py"])["modules"]
    assert "segno" not in _imported([ROOT / "functions" / "private" / "disable_totp.py"])["modules"]


def test_every_way_to_randomness_and_the_network_is_watched(tmp_path: Path) -> None:
    sinner = tmp_path / "sinner.py"
    sinner.write_text(
        "import functools, os, random, secrets, socket, sys, types, uuid\n"
        "os.urandom(1); random.random(); secrets.token_hex(); uuid.uuid4()\n"
        "socket.socket(type=socket.SOCK_DGRAM).connect(('127.0.0.1', 9))\n"
        "module = sys.modules['accounts.sinner'] = types.ModuleType('accounts.sinner')\n"
        "module.kept = functools.cache(lambda: 1)\n"
        "module.kept()\n",
        encoding="utf-8",
    )

    imported = _imported([sinner])

    drawn = {"os.urandom", "random.random", "secrets.token_hex", "uuid.uuid4"}
    assert {*drawn, "socket.connect"} <= set(imported["noted"])
    assert imported["kept"] == {"accounts.sinner.kept": 1}


def test_nobody_uses_the_generator_whose_state_a_snapshot_would_copy() -> None:
    users = {
        path.stem
        for path in (*HANDLERS, *SHARED)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in (getattr(node, "module", None), *(alias.name for alias in node.names))
        if name == "random"
    }

    assert users == set()
