"""The $default route: CORS preflight, 404 and 405."""

import re

from accounts.edge.route_table import ROUTES
from accounts.errors import MethodNotAllowedError, RouteNotFoundError


def refuse_unless_preflight(method: str, path: str) -> None:
    """Return if the request is a browser's question (OPTIONS) about one of our paths.

    API Gateway adds its CORS headers to the answer; of itself it allows nothing.

    Raises:
        MethodNotAllowedError: the path is one of ours, with other methods.
        RouteNotFoundError: it is not.
    """
    allowed = [method for method, template in ROUTES if _matches(template, path)]
    if not allowed:
        raise RouteNotFoundError
    if method != "OPTIONS":
        raise MethodNotAllowedError(allowed)


def _matches(template: str, path: str) -> bool:
    literal_parts = re.split(r"\{[^}]+\}", template)
    return re.fullmatch("[^/]+".join(map(re.escape, literal_parts)), path) is not None
