"""GET /api/v1/private/users/any/data - all that is kept about one. Any signed-in person."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.own_views import OwnDataView
from accounts.edge.queries import OwnDataQuery
from accounts.own_account import data


@endpoint(zone="private")
def handler(request: Request) -> OwnDataView:
    """Return the caller's account, role, devices and a page of what happened, without secrets."""
    query = OwnDataQuery.read(request.query)
    return OwnDataView.of(data.export(request.caller, query.cursor), request.caller.session)
