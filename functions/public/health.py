"""GET /api/v1/public/health - is the service there? Anyone."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.views import Health


@endpoint(zone="public")
def handler(_request: Request) -> Health:
    """Say that the service is there."""
    return Health()
