"""The list of endpoints: route, handler, permission, what it does and takes."""

import textwrap

from pydantic import BaseModel

from accounts.edge import (
    change_schemas,
    code_schemas,
    factor_schemas,
    passkey_schemas,
    queries,
    schemas,
    server_schemas,
    webhook_schemas,
)
from infra.docs import handlers
from infra.docs.handlers import Handler

ZONES = {
    "public": "Anyone may call",
    "private": "A signed-in person may call",
    "server": "A back-end or an administrator may call, who has the permission",
}
LINE_LENGTH = 120
SCHEMAS = {
    name: value
    for module in (
        schemas,
        change_schemas,
        code_schemas,
        factor_schemas,
        passkey_schemas,
        server_schemas,
        webhook_schemas,
        queries,
    )
    for name, value in vars(module).items()
}


def listing() -> str:
    """Return the list, zone by zone."""
    return "\n".join(f"{_zone(zone)}\n" for zone in ZONES)


def _zone(zone: str) -> str:
    entries = [
        _entry(route.key, handler)
        for route, handler in handlers.endpoints()
        if handler.zone == zone
    ]
    return "\n".join([f"**{zone}** – {ZONES[zone]}:", "", *entries])


def _entry(route: str, handler: Handler) -> str:
    needs = f", `{handler.permission}`" if handler.permission else ""
    takes = _fields(handler)
    text = f"- `{route}` ({handler.name}{needs}): {handler.promise}."
    return textwrap.fill(
        f"{text} Takes {takes}." if takes else text,
        LINE_LENGTH,
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )


def _fields(handler: Handler) -> str:
    groups = {
        "": _named(handler.body, required=True),
        "optional ": _named(handler.body, required=False),
        "in the query ": _named(handler.query, required=False),
    }
    return "; ".join(f"{kind}{' '.join(names)}" for kind, names in groups.items() if names)


def _named(schema: str | None, *, required: bool) -> list[str]:
    """Return those fields of the schema that a request must have, or that it need not."""
    if schema is None:
        return []
    model: type[BaseModel] = SCHEMAS[schema]
    fields = model.model_fields.items()
    return [f"`{field.alias or name}`" for name, field in fields if field.is_required() == required]
