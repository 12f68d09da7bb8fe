"""Each endpoint is whole: handler, route, line of the register, test, and what is generated."""

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from accounts.edge.route_table import ROUTES
from infra.docs import handlers
from infra.local import ROOT
from tests.support.register import ALL

# what a docstring begins with: GET and PUT /pets
_METHODS_AND_PATH = re.compile(r"([A-Z]+(?:(?:, | and )[A-Z]+)*) (/[^\s:,]*[^\s:,.])")


def _told_by_handlers() -> Iterator[str]:
    for path in (ROOT / "functions").glob("*/*.py"):
        handler = handlers.read(path)
        route, dash, _ = handler.first_line.partition(" - ")
        if handler.zone and dash and _METHODS_AND_PATH.fullmatch(route):
            yield route


def _told_by_test(path: Path) -> Iterator[str]:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    for methods, route in _METHODS_AND_PATH.findall(docstring.partition("\n")[0]):
        yield from (f"{method} {route}" for method in re.findall(r"[A-Z]+", methods))


def _parts() -> Mapping[str, set[str]]:
    """Return the endpoints by where each has to be."""
    tests = (ROOT / "tests" / "functional").rglob("test_*.py")
    return {
        "the first line of its file in functions/": set(_told_by_handlers()),
        "template.yaml": {route.key for route, _ in handlers.endpoints()},
        "tests/support/register.py": {endpoint.key for endpoint in ALL},
        "the first line of its test in tests/functional/": {
            route for path in tests for route in _told_by_test(path)
        },
        "what make docs writes": {f"{method} {path}" for method, path in ROUTES},
    }


def test_no_part_of_an_endpoint_is_forgotten() -> None:
    parts = _parts()
    everything = set().union(*parts.values())

    forgotten = {part: everything - there for part, there in parts.items() if everything - there}

    assert forgotten == {}
