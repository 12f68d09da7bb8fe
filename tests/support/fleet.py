"""The stack's functions while it is being updated: each has an environment of its own."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import boto3

from accounts import settings
from accounts.access import deployment
from accounts.settings import Settings, SigningSettings
from accounts.storage import dynamodb
from infra.local import ROOT
from infra.local.lambdas.in_process import Context, load_module
from infra.local.template.declarations import CustomResource, Function
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS, STACK_NAME
from infra.local.template.reader import Template
from tests.support.deployment import FEATURES, Deployment
from tests.support.policies import Permission, declared

Order = Callable[[Function], Any]


@dataclass(frozen=True)
class Given:
    """What a function was last given, as far as updates in these tests change it."""

    current: Settings
    # of who issues tokens alone
    signing: SigningSettings | None


class Fleet:
    """Invokes handlers, each with the settings that its function was last given.

    On Lambda an update reaches one function after another, so for a while two that work together
    are configured differently; the one environment of a process cannot show that.
    """

    def __init__(self, stack: Deployment) -> None:
        self.template = stack.template
        self.resources: dict[str, Mapping[str, Any]] = dict(stack.resources)
        self._cheap = {"BCRYPT_COST": str(settings.current().bcrypt_cost)}
        # of whoever is no function
        self._outside = Given(settings.current(), settings.signing())
        self._settings = {f.logical_id: self._load(f) for f in stack.functions}
        self._handlers = {f.logical_id: _handler(f) for f in stack.functions}
        self._running = threading.local()

    def current(self) -> Settings:
        """Return the settings of the function that this thread runs."""
        return self._given().current

    def signing(self) -> SigningSettings:
        """Return what the function that this thread runs knows of how to sign."""
        given = self._given().signing
        assert given is not None
        return given

    def __call__(self, logical_id: str, event: dict[str, Any]) -> object:
        """Invoke a function and return its result, which has passed through JSON."""
        self._running.given = self._settings[logical_id]
        try:
            return json.loads(json.dumps(self._handlers[logical_id](event, _context(logical_id))))
        finally:
            del self._running.given

    def update(self, parameters: Mapping[str, str], order: Order) -> Iterator[str]:
        """Update the stack as CloudFormation does, function by function in this order.

        Yields the logical id of each function that has been given its new environment.
        """
        before = self.template
        # what is on stays on
        values = {**FEATURES, **parameters}
        self.template = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS, values)
        self._create_keys()
        self._create_tables()
        for custom in self.template.custom_resources(self.resources):
            if custom.properties != _properties(custom, before, self.resources):
                self.resources[custom.logical_id] = self._prepare(custom)
        for function in sorted(self.template.functions(self.resources), key=order):
            self._settings[function.logical_id] = self._load(function)
            yield function.logical_id
        for gone in _kept_ids(before) - _kept_ids(self.template):
            # the key or table itself is retained, but the stack does not know it any more
            del self.resources[gone]

    def stand_by(self, logical_id: str) -> None:
        """Let whoever is no function, such as a forger, know what this function knows."""
        self._outside = self._settings[logical_id]

    def change(self, logical_id: str, **settings: object) -> None:
        """Give a function other settings than the template does."""
        given = self._settings[logical_id]
        changed = replace(given.current, **settings)  # type: ignore[arg-type] # whatever they are
        self._settings[logical_id] = replace(given, current=changed)

    def permissions(self, logical_id: str) -> frozenset[Permission]:
        """Return what the function is allowed to do."""
        return declared(self.template, self.resources)[logical_id]

    def signing_key_arn(self) -> str:
        """Return the key that log-ins are signed with, or that seals the pair that signs them."""
        key_id = self._settings["LogIn"].current.signing_key_id
        (arn,) = [str(r["Arn"]) for r in self.resources.values() if r["Ref"] == key_id]
        return arn

    def _create_keys(self) -> None:
        kms = boto3.client("kms")
        for key in self.template.kms_keys():
            if key.logical_id not in self.resources:
                made = kms.create_key(**key.definition)["KeyMetadata"]
                self.resources[key.logical_id] = {"Ref": made["KeyId"], "Arn": made["Arn"]}

    def _create_tables(self) -> None:
        for table in self.template.tables():
            if table.logical_id not in self.resources:
                # by a name of its own, as the one before is retained
                name = f"{STACK_NAME}-{table.logical_id}-{uuid.uuid4()}"
                made = boto3.client("dynamodb").create_table(TableName=name, **table.definition)
                arn = made["TableDescription"]["TableArn"]
                self.resources[table.logical_id] = {"Ref": name, "Arn": arn}
                # on Lambda a process knows one table of each kind, as it has one environment
                dynamodb.disconnect()

    def _prepare(self, custom: CustomResource) -> Mapping[str, Any]:
        function = self.template.function(custom.function_id, self.resources)
        self._running.given = self._load(function)
        try:
            attributes = deployment.prepare(custom.properties)
        finally:
            del self._running.given
        return {"Ref": custom.logical_id, **attributes}

    def _given(self) -> Given:
        given: Given = getattr(self._running, "given", self._outside)
        return given

    def _load(self, function: Function) -> Given:
        environment = {**function.environment, **self._cheap}
        issues = "SIGNING_MODE" in environment
        signing = SigningSettings.load(environment) if issues else None
        return Given(Settings.load(environment), signing)


def _properties(
    custom: CustomResource, template: Template, resources: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Any]:
    (properties,) = [
        other.properties
        for other in template.custom_resources(resources)
        if other.logical_id == custom.logical_id
    ]
    return properties


def _kept_ids(template: Template) -> set[str]:
    keys = {key.logical_id for key in template.kms_keys()}
    return keys | {table.logical_id for table in template.tables()}


def _handler(function: Function) -> Callable[[dict[str, Any], Context], object]:
    handler: Callable[[dict[str, Any], Context], object] = load_module(function).handler
    return handler


def _context(logical_id: str) -> Context:
    return Context(
        function_name=logical_id,
        aws_request_id=str(uuid.uuid4()),
        invoked_function_arn=f"arn:aws:lambda:us-east-1:123456789012:function:{logical_id}",
        memory_limit_in_mb=512,
        deadline=time.monotonic() + 17,
    )
