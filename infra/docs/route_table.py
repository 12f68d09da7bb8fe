"""The module that tells the function for all other requests which routes there are."""

from infra.docs import handlers

HEAD = '"""The routes of the API, as template.yaml has them. Written by ``make docs``."""\n'


def module() -> str:
    """Return the text of the module."""
    routes = sorted((route.path, route.method) for route, _ in handlers.endpoints())
    lines = "".join(f'    ("{method}", "{path}"),\n' for path, method in routes)
    return f"{HEAD}\nROUTES = (\n{lines})\n"
