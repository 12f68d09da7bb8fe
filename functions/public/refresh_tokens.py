"""POST /api/v1/public/users/refresh - the next pair of tokens. Whoever holds a refresh token."""

from accounts.edge.endpoint import Request, endpoint
from accounts.edge.schemas import RefreshSchema
from accounts.edge.views import Tokens
from accounts.errors import TokenMissingError, ValidationFailedError
from accounts.sign_in import refresh


@endpoint(zone="public", body=RefreshSchema)
def handler(request: Request[RefreshSchema]) -> Tokens:
    """Exchange the refresh token, which is worthless afterwards."""
    token = request.body.refresh_token or request.refresh_cookie
    if token is None:
        # a browser whose cookie is gone has done nothing wrong
        if request.wants_cookies:
            raise TokenMissingError
        raise ValidationFailedError.lacks("refresh_token")
    return Tokens.from_attributes(refresh.refresh(token, request.client))
