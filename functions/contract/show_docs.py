"""GET /docs - the contract as a page to read, and to call the API from. Anyone, where it is on."""

from pathlib import Path

from accounts import settings
from accounts.edge.files import Files

handler = Files(
    Path(__file__).parent / "docs",
    "index.html",
    is_on=lambda: settings.contract().serve_docs,
    others=frozenset({"icon.svg", "page.css", "page.js", "swagger-ui-bundle.js", "swagger-ui.css"}),
    headers={
        # Swagger UI's style has its icons in itself
        "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self';"
        " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'",
        "referrer-policy": "no-referrer",
    },
)
