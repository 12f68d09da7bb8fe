"""GET /vault of an application of your own: for who has shown a second factor of late."""

import time
from typing import Any

MAX_AGE_SECONDS = 600
# RFC 9470 section 3. The client has the person confirm at the users service who they are
# (POST /api/v1/private/users/confirm) with their second factor, or get one, and asks again
CHALLENGE = f'Bearer error="insufficient_user_authentication", max_age="{MAX_AGE_SECONDS}"'


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Return what is in the vault, or that it takes a better or a more recent proof."""
    caller = event["requestContext"]["authorizer"]["lambda"]
    # a back-end has neither
    is_recent = time.time() <= caller.get("auth_time", 0) + MAX_AGE_SECONDS
    if "mfa" not in caller.get("amr", ()) or not is_recent:
        return {"statusCode": 401, "headers": {"www-authenticate": CHALLENGE}}
    return {"message": f"The vault of user {caller['user_id']}"}
