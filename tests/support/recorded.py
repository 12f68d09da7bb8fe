"""What the product's code puts on record: the names of audit events, and what they tell."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path

from accounts.storage import trails
from infra.local import ROOT

CODE = (ROOT / "layers" / "shared" / "accounts", ROOT / "infra" / "manage")
# by the function of accounts.storage.audit that is called: which argument is the name
_NAME_AT = {"event": 1, "passing_event": 1, "role_event": 0, "webhook_event": 0}
# names that are decided elsewhere, by the expression that stands in their place
_DECIDED: Mapping[str, frozenset[str]] = {
    "trails.DELETED": frozenset({trails.DELETED}),
    # failures._what
    "what": frozenset({"log_in_failed", "log_in_slowed", "log_in_off"}),
}
# what the functions that are called add themselves
_ADDED = {"role_event": frozenset({"role"}), "webhook_event": frozenset({"webhook"})}


def details() -> Mapping[str, frozenset[str]]:
    """Return the names of the details by what an event is called."""
    found: dict[str, frozenset[str]] = defaultdict(frozenset)
    for folder in CODE:
        for path in folder.rglob("*.py"):
            if path.name != "audit.py":
                for what, told in _recorded(path):
                    found[what] |= told
    return found


def _recorded(path: Path) -> Iterator[tuple[str, frozenset[str]]]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    constants = {
        ast.unparse(target): frozenset({str(node.value.value)})
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
    }
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        room, _, called = ast.unparse(call.func).rpartition(".")
        if room == "audit" and called in _NAME_AT:
            told = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
            told |= _ADDED.get(called, frozenset())
            for what in _names(call.args[_NAME_AT[called]], {**constants, **_DECIDED}):
                yield what, frozenset(told)


def _names(node: ast.expr, known: Mapping[str, frozenset[str]]) -> frozenset[str]:
    if isinstance(node, ast.Constant):
        return frozenset({str(node.value)})
    return known[ast.unparse(node)]
