"""GET /api/v1/server/users - accounts, a page at a time. Needs users:read."""

from accounts.administration import listing
from accounts.administration.pages import Wanted
from accounts.edge.endpoint import Request, endpoint
from accounts.edge.queries import UsersQuery
from accounts.edge.server_views import UserPage


@endpoint(zone="server", permission="users:read")
def handler(request: Request) -> UserPage:
    """Return a page of accounts."""
    query = UsersQuery.read(request.query)
    wanted = Wanted(
        query.role, query.status, query.email, query.search, query.sort, query.order == "desc"
    )
    session = request.caller.session
    return UserPage.of(listing.list_users(wanted, query.limit, query.cursor, session))
