"""The endpoints as their handlers declare them, with nothing left to look up."""

import ast
import dataclasses
import importlib.util
import sys
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from accounts.edge.endpoint import Endpoint
from accounts.edge.queries import Query
from accounts.edge.views import View
from infra.docs import handlers
from infra.docs.handlers import Handler
from infra.local import ROOT
from infra.local.template.declarations import Route


class UndescribedError(Exception):
    """An endpoint has something that the document cannot tell of; the text says what to do."""


@dataclass(frozen=True)
class Operation:
    """An endpoint: its route, its file, the object that its file makes, and what that gives."""

    route: Route
    file: Handler
    endpoint: Endpoint[Any]
    # what the handler returns; None is an empty body
    view: type[View] | None
    # whether it comes with cookies, for browsers that ask for them
    gives_cookies: bool
    query: type[Query] | None
    # what the handler says in its own words, if it does
    message: str | None


def operations() -> Iterator[Operation]:
    """Return the endpoints of the template.

    Raises:
        UndescribedError: a handler does not say what it returns.
    """
    for route, file in handlers.endpoints():
        yield _operation(route, file, ROOT / "functions" / str(file.zone) / f"{file.name}.py")


def _operation(route: Route, file: Handler, path: Path) -> Operation:
    module = _module(path)
    endpoint: Endpoint[Any] = module.handler
    view = _view(file.name, endpoint)
    return Operation(
        route,
        file,
        endpoint,
        # one without members, which is only there for its cookies, is an empty body, too
        view=view if view and dataclasses.fields(view) else None,
        gives_cookies=view is not None and view.in_cookies is not View.in_cookies,
        query=getattr(module, file.query) if file.query else None,
        message=_message(path),
    )


def _view(name: str, endpoint: Endpoint[Any]) -> type[View] | None:
    returned = typing.get_type_hints(endpoint.action).get("return")
    if returned is type(None):
        return None
    if isinstance(returned, type) and issubclass(returned, View):
        return returned
    raise UndescribedError(
        f"{name}: its handler has to return one view, or None, and says {returned}"
    )


def _message(path: Path) -> str | None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.keyword(arg="message", value=ast.Constant(value=str(text))):
                return text
            case _:
                pass
    return None


def _module(path: Path) -> ModuleType:
    name = f"functions.{path.parent.name}.{path.stem}"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None  # noqa: S101 - it is a Python file
        assert spec.loader is not None  # noqa: S101 - as above
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]
