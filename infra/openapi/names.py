"""What the names in a function stand for: things of its module, or values of a declared type."""

import ast
import builtins
import importlib
import inspect
import types
from typing import Any

from infra.openapi import source


class Names:
    """The names in one function; where it is the method of ``bound``, its first is that."""

    def __init__(
        self, function: types.FunctionType, node: ast.FunctionDef, bound: object = None
    ) -> None:
        self._globals = function.__globals__
        # what it imports, and the object whose method it is
        self._known: dict[str, Any] = {} if bound is None else {"self": bound}
        # what the function itself binds, with the class of the value where it is known
        self._local = {name: source.class_of(it) for name, it in source.hints(function).items()}
        arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        for argument in arguments:
            self._local.setdefault(argument.arg, None)
        if arguments and arguments[0].arg in ("self", "cls"):
            self._local[arguments[0].arg] = source.owner(function)
        for part in ast.walk(node):
            self._bind(part)

    def target(self, node: ast.expr) -> Any:  # noqa: ANN401 - anything that has a name
        """Return what a name stands for, or the member of a value whose class is known."""
        found = self.thing(node)
        if found is not None or not isinstance(node, ast.Attribute):
            return found
        owner = self._class(node.value)
        # what a class says of its members holds where it has no such member itself
        declared = source.hints(owner).get(node.attr) if owner else None
        return inspect.getattr_static(owner, node.attr, declared) if owner else None

    def thing(self, node: ast.expr) -> Any:  # noqa: ANN401 - anything that has a name
        """Return the module, class, function or constant that a name stands for, if it is one."""
        match node:
            case ast.Name(id=name) if name in self._known:
                return self._known[name]
            case ast.Name(id=name) if name not in self._local:
                return self._globals.get(name, getattr(builtins, name, None))
            case ast.Attribute(value=value, attr=attribute):
                return getattr(self.thing(value), attribute, None)
            case _:
                return None

    def holds(self, test: ast.expr) -> bool | None:
        """Return whether a condition on the object's members holds; None if that is not known."""
        if "self" not in self._known:
            return None
        known = {**self._globals, **self._known}
        for name in self._local.keys() - self._known.keys():
            known.pop(name, None)
        try:
            return bool(eval(compile(ast.Expression(test), "", "eval"), known))  # noqa: S307 - our own code
        except (NameError, AttributeError, TypeError):
            return None

    def _class(self, node: ast.expr) -> Any:  # noqa: ANN401 - a class
        """Return the class of a value, if the code tells it."""
        match node:
            case ast.Name(id=name):
                return self._local.get(name)
            case ast.Call(func=called):
                target = self.target(called)
                return target if isinstance(target, type) else _returned(target)
            case ast.Attribute(value=value, attr=attribute):
                owner = self._class(value)
                found = inspect.getattr_static(owner, attribute, None) if owner else None
                if isinstance(found, property):
                    return _returned(found)
                return source.class_of(source.hints(owner).get(attribute)) if owner else None
            case _:
                return None

    def _bind(self, node: ast.AST) -> None:
        match node:
            case ast.ImportFrom(module=str(name), names=aliases):
                for alias in aliases:
                    self._known[alias.asname or alias.name] = _member(name, alias.name)
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                self._local[name] = self._class(value)
            case ast.NamedExpr(target=ast.Name(id=name), value=value):
                self._local[name] = self._class(value)
            case ast.Name(id=name, ctx=ast.Store()):
                self._local.setdefault(name, None)
            case _:
                pass


def _returned(target: object) -> Any:  # noqa: ANN401 - a class
    kinds = [source.hints(function).get("return") for function in source.run_by(target)]
    return source.class_of(kinds[0]) if len(kinds) == 1 else None


def _member(module: str, name: str) -> Any:  # noqa: ANN401 - whatever it has
    there = importlib.import_module(module)
    return (
        getattr(there, name)
        if hasattr(there, name)
        else importlib.import_module(f"{module}.{name}")
    )
