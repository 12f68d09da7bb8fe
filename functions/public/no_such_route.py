"""$default - what no other route takes. Anyone."""

from typing import NoReturn

from accounts import routes
from accounts.http import Request, endpoint


@endpoint(zone="public")
def handler(request: Request) -> NoReturn:
    """Refuse, saying which methods the path has, if it is one of ours."""
    routes.refuse(request.path)
