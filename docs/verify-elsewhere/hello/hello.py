"""GET /hello of an application of your own: greets whom the users service let through."""

from typing import Any


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return who is calling, as the authorizer found out."""
    caller = event["requestContext"]["authorizer"]["lambda"]
    return {"message": f"Hello, user {caller['user_id']}", "role": caller["role"]}
