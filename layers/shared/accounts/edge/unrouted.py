"""Answering requests that no route takes."""

import os
import re

from accounts.errors import MethodNotAllowedError, RouteNotFoundError


def settle(method: str, path: str) -> None:
    """Return if the request is a browser's question (OPTIONS) about one of our paths.

    API Gateway adds its CORS headers to the answer; of itself it allows nothing. The routes are
    those of the variable ``ROUTES``: ``POST /path/{id}, ...``.

    Raises:
        MethodNotAllowedError: the path is one of ours, with other methods.
        RouteNotFoundError: it is not.
    """
    routes = (route.split() for route in os.environ["ROUTES"].split(","))
    allowed = [method for method, template in routes if _matches(template, path)]
    if not allowed:
        raise RouteNotFoundError
    if method != "OPTIONS":
        raise MethodNotAllowedError(allowed)


def _matches(template: str, path: str) -> bool:
    literal_parts = re.split(r"\{[^}]+\}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, literal_parts)), path) is not None
