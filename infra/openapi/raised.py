"""Which errors a function can end with, read off its code and the code of all that it calls.

Calls are followed by name, and by the types that the code declares; a method of something whose
type it does not tell is looked up by its name alone. So an error may be found that never comes,
but none that comes is missed as long as each ``raise`` is understood.
"""

import ast
import builtins
import importlib
import inspect
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

# the shared package, and the handlers as this one imports them
OURS = ("accounts", "functions")
Errors = frozenset[type[BaseException]]
NONE: Errors = frozenset()


class NotUnderstoodError(Exception):
    """What is raised somewhere cannot be told from the code; the text names the place."""


def by(*functions: Callable[..., Any]) -> Errors:
    """Return the errors that these functions of the accounts package can end with.

    Raises:
        NotUnderstoodError: one of them raises something that does not tell its class.
    """
    return NONE.union(*(_by(_plain(function)) for function in functions))


_found: dict[object, Errors] = {}


def _by(function: types.FunctionType) -> Errors:
    if function not in _found:
        # what calls itself raises what it raises otherwise
        _found[function] = NONE
        _found[function] = _Reader(function).errors()
    return _found[function]


@dataclass
class _Reader:
    """Reads one function."""

    function: types.FunctionType
    # what names stand for that the function itself binds: their types, as far as declared
    local: dict[str, Any] = field(default_factory=dict)
    imported: dict[str, Any] = field(default_factory=dict)
    # by the name that an except clause gives it
    caught: dict[str | None, Errors] = field(default_factory=dict)

    def errors(self) -> Errors:
        """Return what it can end with."""
        node = _definitions(self.function.__module__).get(self.function.__qualname__)
        if node is None:
            return NONE
        self.local.update(_hints(self.function))
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for argument in arguments:
            self.local.setdefault(argument.arg, None)
        if arguments and arguments[0].arg in ("self", "cls"):
            self.local[arguments[0].arg] = _owner(self.function)
        for part in ast.walk(node):
            self._bind(part)
        return self._all(node.body)

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.ImportFrom(module=str(name), names=aliases):
                module = importlib.import_module(name)
                for alias in aliases:
                    self.imported[alias.asname or alias.name] = _member(module, alias.name)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self.local[name] = self._type(value)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                self.local[name] = self._type(value)
            case ast.Name(id=name, ctx=ast.Store()):
                self.local.setdefault(name, None)

    def _all(self, nodes: Iterable[ast.AST]) -> Errors:
        return NONE.union(*map(self._of, nodes))

    def _of(self, node: ast.AST) -> Errors:
        match node:
            case ast.Try():
                return self._of_try(node)
            case ast.With(items=[ast.withitem(context_expr=ast.Call(func=function, args=quiet))]):
                within = self._all(node.body)
                if self._object(function) is suppress:
                    return _but(within, self._classes(quiet))
                return within | self._of(node.items[0])
            case ast.Raise(exc=None):
                return self.caught.get(None, NONE)
            case ast.Raise(exc=ast.Name(id=name)) if name in self.caught:
                return self.caught[name]
            case ast.Raise(exc=ast.expr() as raised):
                return self._all(ast.iter_child_nodes(node)) | self._raised(raised)
            case ast.Name() | ast.Attribute():
                return self._of_reference(node) | self._all(ast.iter_child_nodes(node))
            case ast.Call(func=ast.Attribute() as method) if self._target(method) is None:
                named = NONE.union(*map(_by, _methods().get(method.attr, ())))
                return named | self._all(ast.iter_child_nodes(node))
        return self._all(ast.iter_child_nodes(node))

    def _of_try(self, node: ast.Try) -> Errors:
        left = self._all(node.body)
        handled: Errors = NONE
        for handler in node.handlers:
            caught = self._classes([handler.type]) if handler.type else (BaseException,)
            before = dict(self.caught)
            here = frozenset(error for error in left if issubclass(error, caught))
            self.caught |= {None: here, handler.name: here}
            handled |= self._all(handler.body)
            self.caught = before
            left = _but(left, caught)
        return left | handled | self._all(node.orelse) | self._all(node.finalbody)

    def _of_reference(self, node: ast.Name | ast.Attribute) -> Errors:
        return NONE.union(*map(_by, _functions(self._target(node))))

    def _raised(self, node: ast.expr) -> Errors:
        called = node.func if isinstance(node, ast.Call) else node
        target = self._target(called)
        if isinstance(target, type) and issubclass(target, BaseException):
            return frozenset([target])
        makers = list(_functions(target))
        if target is None and isinstance(called, ast.Attribute):
            makers = list(_methods().get(called.attr, ()))
        kinds = [kind for maker in makers for kind in _parts(_hints(maker).get("return"))]
        if kinds and all(isinstance(kind, type) for kind in kinds):
            return frozenset(kinds)
        place = f"{self.function.__module__}.{self.function.__qualname__}"
        raise NotUnderstoodError(f"{place} raises {ast.unparse(node)}, which tells no class")

    def _classes(self, nodes: Iterable[ast.expr]) -> tuple[type[BaseException], ...]:
        """Return the classes that an except clause or ``suppress`` names."""
        flat = (
            it for node in nodes for it in (node.elts if isinstance(node, ast.Tuple) else [node])
        )
        found = [self._object(node) for node in flat]
        flatter = (it for kind in found for it in (kind if isinstance(kind, tuple) else (kind,)))
        return tuple(kind for kind in flatter if isinstance(kind, type))

    def _target(self, node: ast.expr) -> Any:  # noqa: ANN401 - anything that has a name
        """Return what a name stands for, or a member of something of a known type."""
        found = self._object(node)
        if found is None and isinstance(node, ast.Attribute):
            kind = self._type(node.value)
            found = inspect.getattr_static(kind, node.attr, None) if kind else None
            if kind and found is None and node.attr in _hints(kind):
                return _hints(kind)[node.attr]
        return found

    def _object(self, node: ast.expr) -> Any:  # noqa: ANN401 - anything that has a name
        match node:
            case ast.Name(id=name) if name in self.imported:
                return self.imported[name]
            case ast.Name(id=name) if name not in self.local:
                return self.function.__globals__.get(name, getattr(builtins, name, None))
            case ast.Attribute(value=value, attr=attribute):
                owner = self._object(value)
                return None if owner is None else getattr(owner, attribute, None)
        return None

    def _type(self, node: ast.expr) -> Any:  # noqa: ANN401 - a class, mostly
        match node:
            case ast.Name(id=name) if name in self.local:
                return _bare(self.local[name])
            case ast.Call(func=called):
                target = self._target(called)
                if isinstance(target, type):
                    return target
                kinds = [_hints(it).get("return") for it in _functions(target)]
                return _bare(kinds[0]) if len(kinds) == 1 else None
            case ast.Attribute(value=value, attr=attribute):
                kind = self._type(value)
                found = inspect.getattr_static(kind, attribute, None) if kind else None
                if isinstance(found, property) and found.fget:
                    return _bare(_hints(found.fget).get("return"))
                return _bare(_hints(kind).get(attribute)) if kind else None
        return None


def _but(errors: Errors, caught: tuple[type[BaseException], ...]) -> Errors:
    return frozenset(error for error in errors if not issubclass(error, caught))


def _functions(target: object) -> Iterator[types.FunctionType]:
    """Return the functions of the package that run when ``target`` is called, or read."""
    if isinstance(target, type) and _is_ours(target):
        for name in ("__init__", "__post_init__"):
            yield from _functions(inspect.getattr_static(target, name, None))
    elif isinstance(target, property):
        yield from _functions(target.fget)
    elif callable(target) or isinstance(target, classmethod | staticmethod):
        plain = _plain(target)
        if isinstance(plain, types.FunctionType) and _is_ours(plain):
            yield plain


def _plain(function: Any) -> Any:  # noqa: ANN401 - whatever wraps a function
    function = getattr(function, "__func__", function)
    return inspect.unwrap(function) if callable(function) else function


def _is_ours(thing: Any) -> bool:  # noqa: ANN401 - a class or a function
    return str(thing.__module__).partition(".")[0] in OURS


def _parts(kind: Any) -> Sequence[Any]:  # noqa: ANN401 - any annotation
    """Return what a union is made of, or the one thing that anything else is."""
    is_union = typing.get_origin(kind) in (typing.Union, types.UnionType)
    return typing.get_args(kind) if is_union else (kind,)


def _bare(kind: Any) -> Any:  # noqa: ANN401 - any annotation
    """Return the class that an annotation is about, if it is about one of the package."""
    kinds = [it for it in _parts(kind) if it is not type(None)]
    if len(kinds) != 1:
        return None
    kind = kinds[0]
    kind = typing.get_origin(kind) or kind
    return kind if isinstance(kind, type) and _is_ours(kind) else None


@cache
def _hints(thing: Any) -> Mapping[str, Any]:  # noqa: ANN401 - a class or a function
    try:
        return typing.get_type_hints(thing)
    except (NameError, TypeError, AttributeError):
        return _hints_one_by_one(thing)


def _hints_one_by_one(thing: Any) -> Mapping[str, Any]:  # noqa: ANN401 - as above
    """Return those hints that stand for something at run time, too."""
    namespace = vars(sys.modules[thing.__module__]) if hasattr(thing, "__module__") else {}
    found = {}
    for name, kind in getattr(thing, "__annotations__", {}).items():
        with suppress(NameError, SyntaxError, AttributeError, TypeError):
            found[name] = eval(kind, dict(namespace)) if isinstance(kind, str) else kind  # noqa: S307 - our own code
    return found


@cache
def _definitions(module: str) -> Mapping[str, ast.FunctionDef]:
    """Return the functions and methods of a module, by their qualified names."""
    path = Path(str(sys.modules[module].__file__))
    return dict(_defined(ast.parse(path.read_text(encoding="utf-8")), ""))


def _defined(node: ast.AST, prefix: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef):
            yield prefix + child.name, child
            yield from _defined(child, f"{prefix}{child.name}.<locals>.")
        elif isinstance(child, ast.ClassDef):
            yield from _defined(child, f"{prefix}{child.name}.")


def _owner(function: types.FunctionType) -> Any:  # noqa: ANN401 - a class
    owner: Any = sys.modules[function.__module__]
    for name in function.__qualname__.split(".")[:-1]:
        owner = getattr(owner, name, None)
    return owner


def _member(module: types.ModuleType, name: str) -> Any:  # noqa: ANN401 - whatever it has
    if not hasattr(module, name):
        return importlib.import_module(f"{module.__name__}.{name}")
    return getattr(module, name)


@cache
def _methods() -> Mapping[str, tuple[types.FunctionType, ...]]:
    """Return the methods of all classes of the package, by name."""
    found: dict[str, dict[types.FunctionType, None]] = {}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in OURS:
            for owner in vars(module).values():
                if isinstance(owner, type) and owner.__module__ == name:
                    for attribute, value in vars(owner).items():
                        for method in _functions(value):
                            found.setdefault(attribute, {})[method] = None
    return {name: tuple(methods) for name, methods in found.items()}
