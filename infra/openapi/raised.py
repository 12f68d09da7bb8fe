"""Which errors a function can end with, read off its code and the code of all that it calls.

Calls are followed by name, and by the types that the code declares; a method of something whose
type it does not tell is looked up by its name alone. So an error may be found that never comes,
but none that comes is missed: what is raised in a way that is not understood is refused.
"""

import ast
import types
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from infra.openapi import source
from infra.openapi.names import Names

Errors = frozenset[type[BaseException]]
NONE: Errors = frozenset()


class NotUnderstoodError(Exception):
    """What is raised somewhere cannot be told from the code; the text names the place."""


def by(*functions: Callable[..., Any]) -> Errors:
    """Return the errors that these functions of ours can end with.

    Of a method of an object, what the object's members rule out is left out: of ``if self.x`` one
    branch alone counts.

    Raises:
        NotUnderstoodError: one of them raises something that does not tell its class.
    """
    return NONE.union(
        *(_by(source.plain(it), _bound(getattr(it, "__self__", None))) for it in functions)
    )


_found: dict[tuple[types.FunctionType, int], Errors] = {}


def _by(function: types.FunctionType, bound: object) -> Errors:
    known = function, id(bound)
    if known not in _found:
        # what calls itself raises nothing by that alone
        _found[known] = NONE
        node = source.definition(function)
        _found[known] = _Reader(function, node, bound).errors() if node else NONE
    return _found[known]


def _bound(owner: object) -> object:
    return None if isinstance(owner, type) else owner


class _Reader:
    """Reads one function."""

    def __init__(self, function: types.FunctionType, node: ast.FunctionDef, bound: object) -> None:
        self._place = f"{function.__module__}.{function.__qualname__}"
        self._body = node.body
        self._names = Names(function, node, bound)
        # by the name that the except clause gives it, and None for that which a bare raise means
        self._caught: Mapping[str | None, Errors] = {None: NONE}
        self._reads: Mapping[type, Callable[[Any], Errors]] = {
            ast.Try: self._of_try,
            ast.With: self._of_with,
            ast.Raise: self._of_raise,
            ast.If: self._of_if,
            ast.IfExp: self._of_if,
            ast.Name: self._of_name,
            ast.Attribute: self._of_name,
            ast.Call: self._of_call,
        }

    def errors(self) -> Errors:
        """Return what it can end with."""
        return self._all(self._body)

    def _all(self, nodes: Iterable[ast.AST]) -> Errors:
        return NONE.union(*map(self._of, nodes))

    def _of(self, node: ast.AST) -> Errors:
        return self._reads.get(type(node), self._within)(node)

    def _within(self, node: ast.AST) -> Errors:
        return self._all(ast.iter_child_nodes(node))

    def _of_try(self, node: ast.Try) -> Errors:
        left, handled, outside = self._all(node.body), NONE, self._caught
        for handler in node.handlers:
            kinds = self._kinds([handler.type]) if handler.type else (BaseException,)
            caught = left - _but(left, kinds)
            self._caught = {**outside, None: caught, handler.name: caught}
            handled |= self._all(handler.body)
            left = _but(left, kinds)
        self._caught = outside
        return left | handled | self._all([*node.orelse, *node.finalbody])

    def _of_with(self, node: ast.With) -> Errors:
        within = self._all(node.body)
        for item in node.items:
            entered = item.context_expr
            if isinstance(entered, ast.Call) and self._names.thing(entered.func) is suppress:
                within = _but(within, self._kinds(entered.args))
            else:
                within |= self._of(entered)
        return within

    def _of_if(self, node: ast.If | ast.IfExp) -> Errors:
        branches = {True: _listed(node.body), False: _listed(node.orelse)}
        holds = self._names.holds(node.test)
        chosen = branches.values() if holds is None else [branches[holds]]
        return self._of(node.test) | NONE.union(*map(self._all, chosen))

    def _of_raise(self, node: ast.Raise) -> Errors:
        if node.exc is None:
            return self._caught[None]
        if isinstance(node.exc, ast.Name) and node.exc.id in self._caught:
            return self._caught[node.exc.id]
        return self._within(node) | self._raised(node.exc)

    def _of_name(self, node: ast.Name | ast.Attribute) -> Errors:
        # also what is handed on is called, sooner or later
        target = self._names.target(node)
        bound = _bound(getattr(target, "__self__", None))
        ran = NONE.union(*(_by(function, bound) for function in source.run_by(target)))
        return self._within(node) | ran

    def _of_call(self, node: ast.Call) -> Errors:
        return self._within(node) | by(*self._by_name_alone(node.func))

    def _by_name_alone(self, called: ast.expr) -> Iterable[types.FunctionType]:
        if isinstance(called, ast.Attribute) and self._names.target(called) is None:
            return source.methods().get(called.attr, ())
        return ()

    def _raised(self, node: ast.expr) -> Errors:
        if isinstance(node, ast.IfExp):
            return self._raised(node.body) | self._raised(node.orelse)
        called = node.func if isinstance(node, ast.Call) else node
        target = self._names.target(called)
        if isinstance(target, type):
            return frozenset([target])
        # a function or method that makes the error
        makers = [*source.run_by(target), *self._by_name_alone(called)]
        kinds = [it for maker in makers for it in source.parts(source.hints(maker).get("return"))]
        if not kinds or not all(isinstance(kind, type) for kind in kinds):
            raise NotUnderstoodError(f"{self._place} raises {ast.unparse(node)}: of which class?")
        return frozenset(kinds)

    def _kinds(self, nodes: Iterable[ast.expr]) -> tuple[type[BaseException], ...]:
        """Return the classes that an except clause or ``suppress`` names."""
        named = (
            it for node in nodes for it in (node.elts if isinstance(node, ast.Tuple) else [node])
        )
        things = map(self._names.thing, named)
        # some are tuples that have a name
        flat = (it for thing in things for it in (thing if isinstance(thing, tuple) else (thing,)))
        return tuple(it for it in flat if isinstance(it, type))


def _listed(branch: ast.expr | list[ast.stmt]) -> Sequence[ast.AST]:
    return branch if isinstance(branch, list) else [branch]


def _but(errors: Errors, caught: tuple[type[BaseException], ...]) -> Errors:
    return frozenset(error for error in errors if not issubclass(error, caught))
