"""GET /api/v1/server/audit - what happened to all accounts, a page at a time. Needs audit:read."""

from accounts.administration import trail
from accounts.administration.trail import WantedEvents
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.queries import EventsQuery
from accounts.edge.server_views import AuditPage


@endpoint(zone="server", permission="audit:read")
def handler(request: Request) -> AuditPage:
    """Return a page of events, newest first."""
    query = EventsQuery.read(request.query)
    wanted = WantedEvents(query.event, query.actor_id, query.since, query.until)
    session = request.caller.session
    return AuditPage.of(trail.list_all_events(wanted, query.limit, query.cursor, session))
