"""$default - what no other route takes. Anyone."""

from accounts.edge import unrouted
from accounts.edge.endpoint import Request, endpoint


@endpoint(zone="public", status=204)
def handler(request: Request) -> None:
    """Let browsers ask ahead (CORS); refuse all else, naming the methods a path of ours has."""
    unrouted.refuse_unless_preflight(request.method, request.path)
