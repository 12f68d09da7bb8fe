"""$default - what no other route takes. Anyone."""

from accounts import routes
from accounts.http import Request, endpoint


@endpoint(zone="public", status=204)
def handler(request: Request) -> None:
    """Let browsers ask ahead (CORS); refuse all else, naming the methods a path of ours has."""
    routes.settle(request.method, request.path)
