"""Tables full of accounts, each signed in on a device, as fast as DynamoDB Local takes them."""

import base64
from collections.abc import Iterator, Mapping
from typing import Any
from unittest.mock import patch

from accounts.access import new_accounts, sessions
from accounts.access.sessions import Client
from accounts.storage.dynamodb import Table
from accounts.storage.transactions import Change, Put
from infra.local import TEMPLATE
from infra.local.stack import Stack
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template
from tests.support.crowd import word
from tests.support.races.storage import Content, Item, Storage

AT_A_TIME = 1_000
CLIENT = Client("198.51.100.1", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/130.0")


def storage(stack: Stack, url: str) -> Storage:
    """Return the stack's tables in the DynamoDB Local at ``url``."""
    keys = {
        stack.resources[table.logical_id]["Ref"]: tuple(
            part["AttributeName"] for part in table.definition["KeySchema"]
        )
        for table in Template.load(TEMPLATE, PSEUDO_PARAMETERS).tables()
        if table.logical_id in stack.resources
    }
    return Storage(url, keys)


def fill(tables: Storage, first: int, end: int) -> None:
    """Add the accounts of these numbers, with all that the service keeps of each."""
    nothing: Content = {name: {} for name in tables.keys}
    for number in range(first, end, AT_A_TIME):
        tables.restore(_content(tables, range(number, min(number + AT_A_TIME, end))), nothing)


def _content(tables: Storage, numbers: range) -> Content:
    content: dict[str, dict[str, Item]] = {name: {} for name in tables.keys}
    for item in _items(numbers):
        of_table = content[item.named()]
        of_table[str(len(of_table))] = {
            name: _as_sent(value) for name, value in item.serialize().items()
        }
    return content


def _as_sent(value: Mapping[str, Any]) -> Mapping[str, Any]:
    # bytes go as base64
    return {"B": base64.b64encode(value["B"]).decode()} if "B" in value else value


def _items(numbers: range) -> Iterator[Table]:
    made: list[Table] = []

    def gather(*changes: Change) -> None:
        made.extend(change.item for change in changes if isinstance(change, Put))

    # what a sign-up writes, but many in one request
    with patch.object(new_accounts, "write", gather):
        for number in numbers:
            first_name, last_name = word(number), word(number * 7919)
            email = f"{first_name}{number}@example.com"
            user = new_accounts.new_user(email, f"{first_name} {last_name}", "read_only", None)
            new_accounts.create(user)
            session, _ = sessions.new_session(user, CLIENT)
            user.session_ids = [session.session_id]
            made.append(session)
    return iter(made)
