"""GET /hello of an application of your own: greets whose token API Gateway has verified."""

from typing import Any

PERMISSION = "content:read"
FORBIDDEN = {"statusCode": 403}


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return who is calling, if it is a person who has the permission."""
    # text, all of it, whatever it is in the token
    claims = event["requestContext"]["authorizer"]["jwt"]["claims"]
    # API Gateway does not see a token's kind; people's alone have this
    if "auth_time" not in claims:
        return FORBIDDEN
    permissions = claims["permissions"].strip("[]").split()
    if not {PERMISSION, "*"} & set(permissions):
        return FORBIDDEN
    return {"message": f"Hello, user {claims['sub']}", "role": claims["role"]}
