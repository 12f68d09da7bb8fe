"""Find the route of an HTTP API that takes a request."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from infra.local.template.declarations import DEFAULT_ROUTE, Route

Target = TypeVar("Target")

_VARIABLE = re.compile(r"\{([^}+]+)(\+?)\}")


@dataclass(frozen=True)
class Match(Generic[Target]):
    """The route that takes a request, whom it leads to, and its path variables."""

    route: Route
    target: Target
    path_parameters: Mapping[str, str]


class Routes(Generic[Target]):
    """A table of routes, searched from the most specific to ``$default``.

    Paths are compared as they are: case counts, and so does a slash at the end.
    """

    def __init__(self, targets: Iterable[tuple[Route, Target]]) -> None:
        given = list(targets)
        ordered = sorted((p for p in given if p[0] != DEFAULT_ROUTE), key=lambda p: _rank(p[0]))
        self._patterns = [(route, target, _pattern(route.path)) for route, target in ordered]
        self._default = next((target for route, target in given if route == DEFAULT_ROUTE), None)

    def find(self, method: str, path: str) -> Match[Target] | None:
        """Return the route for ``method`` and the decoded ``path``, or None where there is none."""
        for route, target, (pattern, names) in self._patterns:
            if route.method in (method, "ANY") and (found := pattern.fullmatch(path)):
                return Match(route, target, dict(zip(names, found.groups(), strict=True)))
        return None if self._default is None else Match(DEFAULT_ROUTE, self._default, {})


def _rank(route: Route) -> tuple[bool, tuple[int, ...], bool]:
    """Order routes: greedy ones last, literal segments before variables, methods before ANY."""
    segments = [_VARIABLE.fullmatch(segment) for segment in route.path.split("/")]
    is_greedy = any(segment and segment.group(2) for segment in segments)
    kinds = tuple(int(segment is not None) for segment in segments)
    return is_greedy, kinds, route.method == "ANY"


def _pattern(path: str) -> tuple[re.Pattern[str], tuple[str, ...]]:
    parts = _VARIABLE.split(path)
    expression = "".join(
        re.escape(literal) + {"": "([^/]+)", "+": "(.+)", None: ""}[greedy]
        for literal, greedy in zip(parts[::3], [*parts[2::3], None], strict=True)
    )
    return re.compile(expression, re.DOTALL), tuple(parts[1::3])
