"""The stack of these tests as it is once it signs with a key pair that KMS seals."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import boto3

from accounts import settings
from accounts.access import deployment
from accounts.storage.key_pairs import KeyPair
from infra.local import ROOT
from infra.local.lambdas.in_process import shared_environment
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS, STACK_NAME
from infra.local.template.reader import Template
from tests.support.aws_calls import AwsCalls
from tests.support.deployment import FEATURES, Deployment, forget_environment
from tests.support.policies import conditions, declared

TABLE = f"{STACK_NAME}-KeyPairsTable"


@dataclass(frozen=True)
class Cached:
    """The stack: the set-up function's properties and answer, and what became of the template."""

    template: Template
    resources: Mapping[str, Mapping[str, Any]]
    properties: Mapping[str, Any]
    attributes: Mapping[str, str]

    @property
    def pair(self) -> KeyPair:
        """Return the pair that signs, as it is kept."""
        return KeyPair.get(settings.current().signing_key_id, consistent_read=True)


def switch(stack: Deployment, aws_calls: AwsCalls, algorithm: str = "ES256") -> Cached:
    """Have the stack sign with a key pair alone until the next test.

    From here on ``aws_calls`` goes by the rights that roles have then.
    """
    parameters = {**FEATURES, "SigningMode": "cached", "SigningAlgorithm": algorithm}
    template = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS, parameters)
    resources = {**stack.resources, **_made(template, stack.resources)}
    aws_calls.allowed = declared(template, resources)
    aws_calls.conditions = conditions(template, resources)
    aws_calls.arns = {it["Ref"]: it["Arn"] for it in resources.values() if "Arn" in it}
    (custom,) = template.custom_resources(resources)
    os.environ.update(template.function(custom.function_id, resources).environment)
    forget_environment()
    aws_calls.function = custom.function_id
    attributes = deployment.prepare(custom.properties)
    aws_calls.function = ""
    resources[custom.logical_id] = {"Ref": custom.logical_id, **attributes}
    cheap = {"BCRYPT_COST": stack.environment["BCRYPT_COST"]}
    os.environ.update({**shared_environment(template.functions(resources)), **cheap})
    forget_environment()
    return Cached(template, resources, custom.properties, attributes)


def _made(template: Template, there: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    made: dict[str, dict[str, Any]] = {}
    for key in template.kms_keys():
        if key.logical_id not in there:
            metadata = boto3.client("kms").create_key(**key.definition)["KeyMetadata"]
            made[key.logical_id] = {"Ref": metadata["KeyId"], "Arn": metadata["Arn"]}
    for table in template.tables():
        if table.logical_id not in there:
            created = boto3.client("dynamodb").create_table(TableName=TABLE, **table.definition)
            made[table.logical_id] = {"Ref": TABLE, "Arn": created["TableDescription"]["TableArn"]}
    return made
