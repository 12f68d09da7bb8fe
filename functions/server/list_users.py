"""GET /api/v1/server/users - accounts, a page at a time. Needs users:read."""

from accounts import directory, validation
from accounts.administration_views import UserPage
from accounts.directory import Wanted
from accounts.http import Request, endpoint
from accounts.schemas import UsersQuery


@endpoint(zone="server", permission="users:read")
def handler(request: Request) -> UserPage:
    """Return a page of accounts."""
    query = validation.check(UsersQuery, request.query)
    wanted = Wanted(query.role, query.status, query.email)
    session = request.caller.session
    return UserPage.of(directory.list_users(wanted, query.limit, query.cursor, session))
