"""The endpoints as their handlers declare them, with nothing left to look up."""

import ast
import dataclasses
import importlib.util
import sys
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from accounts.edge.endpoint import Endpoint
from accounts.edge.queries import Query
from accounts.edge.view import View
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
    # what the handler returns, by status; None is an empty body
    views: Mapping[int, type[View] | None]
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
    views = _views(file, endpoint)
    return Operation(
        route,
        file,
        endpoint,
        views={
            # one without members, which is only there for its cookies, is an empty body, too
            status: view if view and dataclasses.fields(view) else None
            for status, view in views.items()
        },
        gives_cookies=any(it and it.in_cookies is not View.in_cookies for it in views.values()),
        query=getattr(module, file.query) if file.query else None,
        message=_message(path),
    )


def _views(file: Handler, endpoint: Endpoint[Any]) -> Mapping[int, type[View] | None]:
    hint = typing.get_type_hints(endpoint.action).get("return")
    found: dict[int, type[View] | None] = {}
    for part in typing.get_args(hint) or (hint,):
        if part is type(None):
            found[endpoint.status] = None
        elif isinstance(part, type) and issubclass(part, View):
            found[part.http_status or endpoint.status] = part
        else:
            raise UndescribedError(
                f"{file.name}: the handler has to say which view it returns, and says {part}"
            )
    return found


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
