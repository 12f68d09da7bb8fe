"""The stack of template.yaml in this process: moto's AWS, the real handlers, no sockets."""

import copy
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from moto.backends import get_backend
from moto.dynamodb.models.dynamo_type import DynamoType

from accounts import invocation, settings
from accounts.access import deployment, recent_roles
from accounts.invocation import Origin
from accounts.storage import dynamodb
from infra.local import ROOT
from infra.local.api_gateway.gateway import Gateway
from infra.local.aws.resources import create_resources
from infra.local.invoke import Invoke
from infra.local.lambdas.in_process import Functions, shared_environment
from infra.local.template.declarations import Function
from infra.local.template.pseudo_parameters import ACCOUNT_ID, PSEUDO_PARAMETERS, REGION
from infra.local.template.reader import Template
from tests.support import queues
from tests.support.quick_moto import quick_aws

Items = Mapping[str, list[Mapping[str, Any]]]

_AWS_ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
}
_AN_HOUR = 3_600_000
# what is off until somebody wants it, and a page of their own for links in mails
FEATURES = {
    "SelfSignUp": "true",
    "EmailCodes": "true",
    "Events": "true",
    "TrailExport": "true",
    "PasskeyRpId": "example.com",
    "PasskeyOrigins": "https://app.example.com",
    "ResetPageUrl": "https://example.com/reset",
}
# each hash would cost a quarter of a second
_CHEAP = {"BCRYPT_COST": "4"}


@dataclass(frozen=True)
class Deployment:
    """A deployed stack: what the template declares, and what became of it."""

    template: Template
    resources: Mapping[str, Mapping[str, Any]]
    functions: tuple[Function, ...]
    environment: Mapping[str, str]
    invoke: Invoke
    # what the tables hold at the start of each test
    _seeded: dict[str, Any] = field(default_factory=dict)

    def gateway(self, invoke: Invoke) -> Gateway:
        """Return the API, whose requests lead to ``invoke``."""
        return Gateway(self.functions, invoke, self.template.cors())

    def keep(self) -> None:
        """Let every test begin with what is in the tables now."""
        self._seeded.update(self.content())

    def content(self) -> Mapping[str, Any]:
        """Return what is in the tables now, for ``fill`` to put there again."""
        return {name: copy.deepcopy(table.items) for name, table in _moto_tables().items()}

    def fill(self, content: Mapping[str, Any]) -> None:
        """Bring the tables back to these, and to what was in them."""
        tables = _moto_tables()
        for made_since in set(tables) - set(content):
            del tables[made_since]
        for name, table in tables.items():
            table.items = copy.deepcopy(content[name])
            if table.stream_shard:
                # each transaction copies it, too
                table.stream_shard.items = []

    def reset(self) -> None:
        """Bring the tables back to what was kept, empty the queues, and restore the environment."""
        self.fill(self._seeded)
        queues.emptied()
        recent_roles._known.cache_clear()  # noqa: SLF001 - as in a new process
        forget_settings()
        # a test that calls a handler in this thread leaves its request behind
        invocation.set_origin(Origin())
        invocation.limit(_AN_HOUR)
        if {name: os.environ.get(name) for name in _names(self.environment)} != self.environment:
            _set_environment(self.environment)

    def stored(self) -> Items:
        """Return all items in all tables, in DynamoDB's own notation, by the tables' names."""
        return {
            name: [item.to_json()["Attributes"] for item in table.all_items()]
            for name, table in _moto_tables().items()
        }

    def item(self, table: str, key: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
        """Return what a table has under a primary key, if anything, as ``stored`` does."""
        stored = _moto_tables()[table].get_item(*(DynamoType(dict(part)) for part in key.values()))
        return stored.to_json()["Attributes"] if stored else {}

    @contextmanager
    def unchanged(self) -> Iterator[None]:
        """Make sure that nothing changes while the context lasts but the counts of failures."""
        counts = self.resources["LoginAttemptsTable"]["Ref"]
        before = {**self.stored(), counts: []}
        yield
        assert {**self.stored(), counts: []} == before

    def arns(self) -> Mapping[str, str]:
        """Return the ARNs of tables and keys, by what the functions call them."""
        with_arn = (resource for resource in self.resources.values() if "Arn" in resource)
        return {resource["Ref"]: resource["Arn"] for resource in with_arn}


@contextmanager
def deployed() -> Iterator[Deployment]:
    """Deploy the stack for as long as the context lasts."""
    with quick_aws():
        _set_environment(_AWS_ENVIRONMENT)
        template = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS, FEATURES)
        resources = create_resources(template)
        for custom in template.custom_resources(resources):
            function = template.function(custom.function_id, resources)
            _set_environment({**_AWS_ENVIRONMENT, **function.environment})
            attributes = deployment.prepare(custom.properties)
            resources[custom.logical_id] = {"Ref": custom.logical_id, **attributes}
        functions = template.functions(resources)
        environment = {**_AWS_ENVIRONMENT, **shared_environment(functions), **_CHEAP}
        invoke = Functions(functions)
        _set_environment(environment)
        yield Deployment(template, resources, functions, environment, invoke)


def _set_environment(environment: Mapping[str, str]) -> None:
    for name in _names(environment) - set(environment):
        os.environ.pop(name, None)
    os.environ.update(environment)
    forget_environment()


def forget_settings() -> None:
    """Have the service read its settings anew."""
    for value in vars(settings).values():
        if hasattr(value, "cache_clear"):
            value.cache_clear()


def forget_environment() -> None:
    """Have the service read its settings and make its AWS clients anew."""
    dynamodb.disconnect()
    for name, module in sys.modules.items():
        if name.startswith("accounts."):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _names(environment: Mapping[str, str]) -> set[str]:
    """Return the names that matter to AWS clients and functions, whoever else has set them."""
    return {name for name in os.environ if name.startswith("AWS_")} | set(environment)


def _moto_tables() -> dict[str, Any]:
    # through the API, emptying four tables would take longer than most tests
    return get_backend("dynamodb")[ACCOUNT_ID][REGION].tables
