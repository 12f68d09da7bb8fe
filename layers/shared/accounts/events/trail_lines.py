"""What the export of the trail tells of an event: what the trail shows, but no address.

The trail forgets the addresses of a deleted person, and a file that nobody can change would not.
"""

import json

from accounts.storage import audit, places
from accounts.storage.tables import AuditEvent


def line_of(event: AuditEvent) -> str:
    """Return the event as a line of JSON, with nothing that is null."""
    members = {
        "id": event.event_id,
        "user_id": event.user_id if event.user_id > audit.NOBODY else None,
        "what": event.what,
        "happened_at": places.time(event.happened_at),
        "actor_id": event.actor_id,
        "operator": event.operator,
        "request_id": event.request_id,
        "details": event.details,
    }
    return compact_json({name: value for name, value in members.items() if value is not None})


def compact_json(value: object) -> str:
    """Return the value as JSON without spaces, the same each time."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
