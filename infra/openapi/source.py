"""The code that ships, as it is written: its functions and methods, and the types they declare."""

import ast
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

# the shared package, and the handlers as infra.openapi.operations imports them
OURS = frozenset({"accounts", "functions"})


def is_ours(thing: Any) -> bool:  # noqa: ANN401 - a class or a function
    """Say whether a class or a function is of the code that ships."""
    return str(thing.__module__).partition(".")[0] in OURS


def plain(function: Any) -> Any:  # noqa: ANN401 - whatever wraps a function
    """Return the function behind a method, a decorator or a cache."""
    function = getattr(function, "__func__", function)
    return inspect.unwrap(function) if callable(function) else function


def run_by(target: object) -> Iterator[types.FunctionType]:
    """Return our functions that run when ``target`` is called or, as a property, read."""
    if isinstance(target, type) and is_ours(target):
        for name in ("__init__", "__post_init__"):
            yield from run_by(inspect.getattr_static(target, name, None))
    elif isinstance(target, property):
        yield from run_by(target.fget)
    elif callable(target) or isinstance(target, classmethod | staticmethod):
        function = plain(target)
        if isinstance(function, types.FunctionType) and is_ours(function):
            yield function


@cache
def methods() -> Mapping[str, Sequence[types.FunctionType]]:
    """Return the methods of all our classes, by name."""
    found: dict[str, dict[types.FunctionType, None]] = {}
    for owner in _classes():
        for name, value in vars(owner).items():
            for method in run_by(value):
                found.setdefault(name, {})[method] = None
    return {name: tuple(of_that_name) for name, of_that_name in found.items()}


def _classes() -> Iterator[type]:
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in OURS:
            for value in vars(module).values():
                if isinstance(value, type) and value.__module__ == name:
                    yield value


def definition(function: types.FunctionType) -> ast.FunctionDef | None:
    """Return a function's code; what a library wrote, such as an ``__init__``, has none here."""
    return _definitions(function.__module__).get(function.__qualname__)


def owner(function: types.FunctionType) -> Any:  # noqa: ANN401 - a class
    """Return the class that a method is of."""
    found: Any = sys.modules[function.__module__]
    for name in function.__qualname__.split(".")[:-1]:
        found = getattr(found, name, None)
    return found


@cache
def hints(thing: Callable[..., Any] | type) -> Mapping[str, Any]:
    """Return the types that a function or a class declares, as far as they are there."""
    try:
        return typing.get_type_hints(thing)
    except (NameError, TypeError, AttributeError):
        return dict(_hints_one_by_one(thing))


def parts(kind: Any) -> Sequence[Any]:  # noqa: ANN401 - any annotation
    """Return what a union is made of, or the one thing that anything else is."""
    is_union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    return typing.get_args(kind) if is_union else (kind,)


def class_of(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """Return the class of ours that an annotation is about, if it is about one."""
    there = [part for part in parts(kind) if part is not type(None)]
    bare = (typing.get_origin(there[0]) or there[0]) if len(there) == 1 else None
    return bare if isinstance(bare, type) and is_ours(bare) else None


def _hints_one_by_one(thing: Callable[..., Any] | type) -> Iterator[tuple[str, Any]]:
    # some names are there for type checkers alone
    namespace = vars(sys.modules[thing.__module__])
    for name, kind in getattr(thing, "__annotations__", {}).items():
        with suppress(NameError, SyntaxError, AttributeError, TypeError):
            yield name, eval(kind, dict(namespace)) if isinstance(kind, str) else kind  # noqa: S307 - our own code


@cache
def _definitions(module: str) -> Mapping[str, ast.FunctionDef]:
    path = Path(str(sys.modules[module].__file__))
    return dict(_defined(ast.parse(path.read_text(encoding="utf-8")), ""))


def _defined(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Return the functions and methods in ``node``, by their qualified names."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child
            yield from _defined(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _defined(child, f"{prefix}{child.name}.")
