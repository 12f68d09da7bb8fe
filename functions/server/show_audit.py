"""GET /api/v1/server/users/{user_id}/audit - what happened to an account. Needs audit:read."""

from accounts.administration import trail
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.queries import PageQuery
from accounts.edge.server_views import AuditPage


@endpoint(zone="server", permission="audit:read")
def handler(request: Request) -> AuditPage:
    """Return a page of events, also of an account that is no more."""
    query = PageQuery.read(request.query)
    session = request.caller.session
    return AuditPage.of(trail.list_events(request.user_id, query.limit, query.cursor, session))
