"""GET /api/v1/public/health - is the service there? Anyone."""

from accounts.http import Request, endpoint
from accounts.views import Health


@endpoint(zone="public")
def handler(_request: Request) -> Health:
    """Say that it is."""
    return Health()
