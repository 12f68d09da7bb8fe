"""GET /api/v1/server/users/{user_id}/audit - what happened to an account. Needs audit:read."""

from accounts import directory, validation
from accounts.administration_views import AuditPage
from accounts.http import Request, endpoint
from accounts.schemas import PageQuery


@endpoint(zone="server", permission="audit:read")
def handler(request: Request) -> AuditPage:
    """Return a page of events, also of an account that is no more."""
    query = validation.check(PageQuery, request.query)
    session = request.caller.session
    return AuditPage.of(directory.list_events(request.user_id, query.limit, query.cursor, session))
