"""What the template and a handler's file say of an endpoint."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from infra.local import ROOT
from infra.local.template.declarations import DEFAULT_ROUTE, Function, Route
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template

# without which some functions are not there
EVERYTHING = {"Events": "true", "TrailExport": "true"}


@dataclass(frozen=True)
class Handler:
    """A handler's file: its docstrings, and the names that its code gives."""

    name: str
    first_line: str
    # what it does, in a sentence without its full stop
    promise: str
    zone: str | None
    permission: str | None
    # the names of the schemas of body and query
    body: str | None
    query: str | None


def functions() -> tuple[Function, ...]:
    """Return the functions of template.yaml."""
    # what is only known after a deployment is of no interest here
    return template().functions(defaultdict(lambda: defaultdict(str)))


def endpoints() -> Iterator[tuple[Route, Handler]]:
    """Return the endpoints' routes, each with its handler; what serves files is none of them."""
    for function in functions():
        handler = read(path_of(function)) if function.routes else None
        for route in function.routes:
            if route != DEFAULT_ROUTE and handler and handler.zone:
                yield route, handler


def path_of(function: Function) -> Path:
    """Return the file of a function's handler."""
    return function.code / f"{function.handler.partition('.')[0]}.py"


def read(path: Path) -> Handler:
    """Return what a handler's file says."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    declared = {
        keyword.arg: keyword.value
        for call in calls
        if ast.unparse(call.func) == "endpoint"
        for keyword in call.keywords
    }
    return Handler(
        name=path.stem,
        first_line=_first_line(tree),
        promise=next(filter(None, map(_first_line, tree.body[::-1])), "").removesuffix("."),
        zone=_name(declared.get("zone")),
        permission=_name(declared.get("permission")),
        body=_name(declared.get("body")),
        query=next(filter(None, map(_schema_of_query, calls)), None),
    )


def _first_line(node: ast.AST) -> str:
    text = ast.get_docstring(node) if isinstance(node, ast.Module | ast.FunctionDef) else None
    return (text or "").partition("\n")[0]


def _schema_of_query(call: ast.Call) -> str | None:
    """Return what ``SomeQuery.read(request.query)`` names, which is ``SomeQuery``."""
    reads_query = "request.query" in map(ast.unparse, call.args)
    return _name(call.func.value) if reads_query and isinstance(call.func, ast.Attribute) else None


def _name(node: ast.expr | None) -> str | None:
    if node is None:
        return None
    return str(node.value) if isinstance(node, ast.Constant) else ast.unparse(node)


@cache
def template() -> Template:
    """Return template.yaml."""
    return Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS, EVERYTHING)
