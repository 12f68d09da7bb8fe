"""The table of endpoints: route, handler, permission, what it does and takes."""

from pydantic import BaseModel

from accounts.edge import schemas
from infra.docs import handlers, markdown
from infra.docs.handlers import Handler

HEAD = ("Method", "Path", "Function", "Permission", "What", "Takes")
ZONES = ("public", "private", "server")


def table() -> str:
    """Return the table, zone by zone."""
    found = sorted(handlers.endpoints(), key=lambda pair: ZONES.index(str(pair[1].zone)))
    return markdown.table(
        HEAD,
        [
            (
                route.method,
                f"`{route.path}`",
                handler.name,
                handler.permission or "–",
                handler.promise,
                _fields(handler),
            )
            for route, handler in found
        ],
    )


def _fields(handler: Handler) -> str:
    groups = {
        "": _named(handler.body, required=True),
        "optional ": _named(handler.body, required=False),
        "query ": _named(handler.query, required=False),
    }
    return "; ".join(f"{kind}{' '.join(names)}" for kind, names in groups.items() if names) or "–"


def _named(schema: str | None, *, required: bool) -> list[str]:
    """Return those fields of the schema that a request must have, or that it need not."""
    if schema is None:
        return []
    model: type[BaseModel] = getattr(schemas, schema)
    fields = model.model_fields.items()
    return [f"`{field.alias or name}`" for name, field in fields if field.is_required() == required]
