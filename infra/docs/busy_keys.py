"""The table of keys that many requests touch, as a test finds them."""

from infra.docs import markdown
from tests.support import busy_keys

HEAD = ("Key", "What it holds", "What touches it", "Possible in a second")


def table() -> str:
    """Return the table, by table and index."""
    return markdown.table(HEAD, [_row(busy) for busy in busy_keys.ALL])


def _row(busy: busy_keys.Busy) -> tuple[str, ...]:
    return f"`{busy.place}` `{busy.value}`", busy.what, busy.who, busy.limit
