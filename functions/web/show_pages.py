"""GET / - the pages: /account for people, /console for administrators. Anyone, where it is on."""

from pathlib import Path

from accounts.edge.pages import Pages

# where `make pages` puts what it builds
handler = Pages(Path(__file__).parent / "pages")
