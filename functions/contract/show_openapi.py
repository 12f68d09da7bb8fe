"""GET /openapi.json - what machines read of this API. Anyone, where it is on."""

from pathlib import Path

from accounts import settings
from accounts.edge.files import Files

handler = Files(
    Path(__file__).parent, "openapi.json", is_on=lambda: settings.contract().serve_openapi
)
