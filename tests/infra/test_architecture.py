"""What depends on what, and that each thing is where its name says."""

import ast
import graphlib
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from infra.docs import handlers
from infra.local import ROOT
from infra.local.template.declarations import DEFAULT_ROUTE, Function

ACCOUNTS = ROOT / "layers" / "shared" / "accounts"
FUNCTIONS = ROOT / "functions"
ZONES = ("public", "private", "server")

# Each room may import those below it; those of one floor never import each other. The modules at
# the root lie below them all.
FLOORS = (
    {"edge"},
    {"administration", "sign_in", "own_account"},
    {"access", "mail", "events"},
    {"credentials"},
    {"storage"},
)

# who alone may import what, so that its pitfalls are in one place
OWNERS: Mapping[str, frozenset[str]] = {
    "bcrypt": frozenset({"credentials.passwords"}),
    # Powertools' store of what was done once needs it
    "boto3": frozenset(),
    "email_validator": frozenset({"emails"}),
    "jwt": frozenset(
        {
            "credentials.jwk",
            "credentials.public_keys",
            "credentials.signing",
            "credentials.tokens",
        }
    ),
    "ua_parser": frozenset({"access.devices"}),
}
# who alone may use what
USERS: Mapping[str, frozenset[str]] = {
    "os.environ": frozenset({"settings"}),
    "datetime.now": frozenset({"clock"}),
    "datetime.utcnow": frozenset(),
    "time.time": frozenset(),
}


def _name(path: Path) -> str:
    return ".".join(path.relative_to(ACCOUNTS).with_suffix("").parts)


# by name within the package: "edge.endpoint", "clock"
MODULES = {_name(path): path for path in ACCOUNTS.rglob("*.py") if path.stem != "__init__"}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(path: Path) -> Iterator[str]:
    """Return the full names of what a file imports, wherever in it."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _shared_modules(path: Path) -> set[str]:
    """Return which modules of the shared package a file imports, or takes something from."""
    names = {name.removeprefix("accounts.") for name in _imports(path)}
    return {m for m in MODULES for name in names if f"{name}.".startswith(f"{m}.")}


def _room(module: str) -> str | None:
    room, inside, _ = module.partition(".")
    return room if inside else None


# from each room to those that it imports; the modules at the root are None
ARROWS = {
    (_room(module), _room(imported))
    for module, path in MODULES.items()
    for imported in _shared_modules(path)
    if _room(module) != _room(imported)
}


def test_rooms_are_those_of_the_floors() -> None:
    assert {_room(module) for module in MODULES} - {None} <= set().union(*FLOORS)


@pytest.mark.parametrize("floor", range(len(FLOORS)))
def test_imports_run_downwards(floor: int) -> None:
    below: set[str | None] = {None}.union(*FLOORS[floor + 1 :])
    imported = {target for room, target in ARROWS if room in FLOORS[floor]}

    assert imported <= below


def test_root_imports_no_room() -> None:
    assert {target for room, target in ARROWS if room is None} == set()


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module: _shared_modules(path) for module, path in MODULES.items()}

    assert set(graphlib.TopologicalSorter(graph).static_order()) == set(MODULES)


def test_rooms_load_nothing_by_themselves_but_the_packages_that_they_need() -> None:
    doors = [path for path in ACCOUNTS.rglob("__init__.py") if path.parent != ACCOUNTS]

    for door in doors:
        # files are served without a database
        loaded = [] if door.parent.name == "edge" else ["accounts.packages"]
        assert list(_imports(door)) == loaded, door
        assert len(_tree(door).body) == len(loaded), door


def _shipped() -> list[Path]:
    return [*MODULES.values(), *FUNCTIONS.glob("*/*.py")]


@pytest.mark.parametrize("path", _shipped(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_nothing_that_ships_imports_what_stays_here(path: Path) -> None:
    roots = {name.split(".")[0] for name in _imports(path)}

    assert not roots & {"infra", "tests", "moto", "pytest", "werkzeug", "rich", "samtranslator"}


@pytest.mark.parametrize(
    "path", sorted(FUNCTIONS.glob("*/*.py")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_function_imports_the_shared_package_alone(path: Path) -> None:
    roots = {name.split(".")[0] for name in _imports(path)}

    assert roots - set(sys.stdlib_module_names) == {"accounts"}


@pytest.mark.parametrize("library", OWNERS)
def test_library_is_used_in_its_place_alone(library: str) -> None:
    users = {
        module
        for module, path in MODULES.items()
        if library in {name.split(".")[0] for name in _imports(path)}
    }

    assert users == OWNERS[library]


@pytest.mark.parametrize("name", USERS)
def test_surroundings_are_asked_in_one_place_alone(name: str) -> None:
    owner, attribute = name.split(".")
    users = {
        module
        for module, path in MODULES.items()
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr == attribute
        and isinstance(node.value, ast.Name)
        and node.value.id == owner
    }

    assert users == USERS[name]


def test_events_are_read_in_one_place_alone() -> None:
    readers = {module for module, path in MODULES.items() if "edge.event" in _shared_modules(path)}

    assert readers == {
        "edge.authorizer",
        "edge.endpoint",
        "edge.files",
        "edge.handler",
        "edge.pages",
    }


# functions, routes and the template


DECLARED = handlers.functions()
ROUTED = tuple(function for function in DECLARED if function.routes)
# what serves files has no zone, and as many routes as it needs
ENDPOINTS = tuple(
    function
    for function in ROUTED
    if function.routes != (DEFAULT_ROUTE,) and handlers.read(handlers.path_of(function)).zone
)


def test_each_function_has_a_file_of_its_own_and_each_file_a_function() -> None:
    paths = [handlers.path_of(function) for function in DECLARED]

    assert sorted(paths) == sorted(FUNCTIONS.glob("*/*.py"))
    assert {function.handler.partition(".")[2] for function in DECLARED} == {"handler"}


def test_each_route_has_one_function_and_each_endpoint_one_route() -> None:
    routes = [route.key for function in ROUTED for route in function.routes]

    assert len(routes) == len(set(routes))
    assert {len(function.routes) for function in ENDPOINTS} == {1}


@pytest.mark.parametrize("function", DECLARED, ids=lambda function: function.logical_id)
def test_function_is_called_as_its_file(function: Function) -> None:
    words = re.sub(r"(?<!^)(?=[A-Z])", "_", function.logical_id).lower()

    assert words == handlers.path_of(function).stem


@pytest.mark.parametrize("function", ENDPOINTS, ids=lambda function: function.logical_id)
def test_folder_code_and_path_name_the_same_zone(function: Function) -> None:
    (route,) = function.routes
    handler = handlers.read(handlers.path_of(function))
    zone = re.match(r"/api/v1/(\w+)/", route.path)

    assert handler.zone in ZONES
    assert function.code.name == handler.zone
    assert (zone[1] if zone else "public") == handler.zone


@pytest.mark.parametrize("function", ENDPOINTS, ids=lambda function: function.logical_id)
def test_first_line_of_a_file_names_its_route_and_who_may_call(function: Function) -> None:
    (route,) = function.routes
    handler = handlers.read(handlers.path_of(function))
    who = {
        "public": r"(Anyone|Whoever .+)\.",
        "private": r"Any signed-in person\.",
        "server": rf"Needs {handler.permission}\.",
    }[str(handler.zone)]

    assert re.fullmatch(rf"{re.escape(route.key)} - .+[.?] {who}", handler.first_line)


# what tests say of routes

TESTS = ROOT / "tests"
# each route once by hand, and the examples as they were given
SPELLED_OUT = {
    TESTS / "support" / "register.py",
    TESTS / "functional" / "edge" / "test_examples.py",
    TESTS / "e2e" / "test_seed_examples.py",
}


def _texts(path: Path) -> Iterator[str]:
    """Return the strings in a file but the docstrings."""
    nodes = list(ast.walk(_tree(path)))
    said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said:
            yield node.value


def test_routes_are_spelled_in_the_register_alone() -> None:
    route = re.compile(rf"/api/v1/({'|'.join(ZONES)})\b|/\.well-known/jwks\.json")

    found = [
        f"{path.relative_to(TESTS)}: {text}"
        for path in set(TESTS.rglob("*.py")) - SPELLED_OUT
        for text in _texts(path)
        if route.search(text)
    ]

    assert found == []


# what the documents say


def _rows(*head: str) -> Iterator[list[str]]:
    """Return the rows of the table with this head."""
    lines = iter((ROOT / "docs" / "api.md").read_text(encoding="utf-8").splitlines())
    for line in lines:
        if [cell.strip() for cell in line.strip("|").split("|")][: len(head)] == list(head):
            next(lines)
            for row in lines:
                if not row.startswith("|"):
                    return
                yield [cell.strip().strip("`") for cell in row.strip("|").split("|")]


def test_every_error_code_is_told() -> None:
    told = {
        (int(status), code)
        for statuses, codes, _ in _rows("Status", "x-error-code")
        for status in statuses.split(", ")
        for code in codes.split(", ")
    }
    tree = _tree(ACCOUNTS / "errors.py")
    codes = {
        node.value.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and [ast.unparse(target) for target in node.targets] == ["code"]
    }

    # the base of the answers 401 is none by itself
    assert {code for _, code in told} == codes - {"unauthorized"} | {"internal_error"}
