"""Imports between the rooms of infra/local run one way, and few of its other modules are shared."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import ROOT

LOCAL = ROOT / "infra" / "local"
# each room, and the rooms that it may import
ROOMS = {
    "template": set[str](),
    "events": set[str](),
    "mail": set[str](),
    "site": {"mail", "events"},
    "api_gateway": {"template"},
    "lambdas": {"template"},
    "aws": {"template", "mail", "events"},
}
# modules beside the rooms that rooms stand on; all others stand on the rooms
BELOW = {"deadline", "cannot_run", "invoke", "server", "terminal"}


def _imported(path: Path) -> Iterator[str]:
    """Yield the rooms and modules of infra/local that a file imports."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names = (f"{node.module}.{alias.name}" for alias in node.names)
            yield from (name.split(".")[2] for name in names if name.startswith("infra.local."))


def test_every_room_is_known() -> None:
    assert {path.parent.name for path in LOCAL.glob("*/*.py")} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_room_imports_those_below_it_alone(room: str) -> None:
    imported = {name for path in (LOCAL / room).glob("*.py") for name in _imported(path)}

    assert imported - {"ROOT", "TEMPLATE"} <= {room} | ROOMS[room] | BELOW


@pytest.mark.parametrize("module", sorted(BELOW))
def test_module_below_the_rooms_knows_declarations_alone(module: str) -> None:
    assert set(_imported(LOCAL / f"{module}.py")) <= BELOW | {"template"}
