"""The table of costs: what one call of the server zone asks of AWS, as the tests count it."""

from infra.docs import markdown
from tests.support.endpoint import Endpoint
from tests.support.register import ALL

HEAD = ("Call", "Requests", "Read units", "Write units")


def table() -> str:
    """Return the table, in the order of the register."""
    return markdown.table(HEAD, [_row(endpoint) for endpoint in ALL if endpoint.zone == "server"])


def _row(endpoint: Endpoint) -> tuple[str, ...]:
    requests = ", ".join(f"{times} {name}" for name, times in endpoint.requests.items())
    read, written = endpoint.units
    return f"`{endpoint.key}`", requests, f"{read:g}", f"{written:g}"
