"""Answering requests that no route takes."""

import os
import re
from typing import NoReturn

from accounts.errors import MethodNotAllowedError, RouteNotFoundError


def refuse(path: str) -> NoReturn:
    """Say that there is no such endpoint, or that it has other methods.

    The routes are those of the variable ``ROUTES``: ``POST /path/{id}, ...``.

    Raises:
        MethodNotAllowedError: the path is one of ours.
        RouteNotFoundError: it is not.
    """
    routes = (route.split() for route in os.environ["ROUTES"].split(","))
    if allowed := [method for method, template in routes if _matches(template, path)]:
        raise MethodNotAllowedError(allowed)
    raise RouteNotFoundError


def _matches(template: str, path: str) -> bool:
    literal_parts = re.split(r"\{[^}]+\}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, literal_parts)), path) is not None
