"""An expanded template filled in: every reference replaced by a value of the form AWS gives."""

from collections.abc import Mapping
from typing import Any

from infra.local.template.intrinsics import Resolver
from infra.local.template.parameters import parameter_values
from infra.local.template.pseudo_parameters import ACCOUNT_ID

KEY_ID = "12345678-1234-1234-1234-123456789012"
# what other resources' policies and settings name them by
ARNS = {
    "AWS::DynamoDB::Table": "arn:aws:dynamodb:{region}:{account}:table/{name}",
    "AWS::IAM::Role": "arn:aws:iam::{account}:role/{name}",
    "AWS::KMS::Key": f"arn:aws:kms:{{region}}:{{account}}:key/{KEY_ID}",
    "AWS::Logs::LogGroup": "arn:aws:logs:{region}:{account}:log-group:{name}:*",
    "AWS::SQS::Queue": "arn:aws:sqs:{region}:{account}:{name}",
}
OTHER_ARN = "arn:aws:service:{region}:{account}:{name}"


class _Attributes(dict[str, str]):
    """Stands for a resource: its ARN by type, anything else by the attribute's name."""

    def __missing__(self, attribute: str) -> str:
        return f"{self['Ref']}-{attribute}"


def filled(
    template: Mapping[str, Any], parameters: Mapping[str, str], *, stack: str, region: str
) -> dict[str, dict[str, Any]]:
    """Return the resources that the stack would have, by logical id, without intrinsics.

    Resources whose condition does not hold are left out. ``Fn::GetAtt`` of anything but an ARN
    gives a text that names the resource and the attribute.
    """
    resources = template["Resources"]
    resolver = Resolver(
        {**parameter_values(template["Parameters"], parameters), **_pseudo(stack, region)},
        {name: _attributes(name, of["Type"], stack, region) for name, of in resources.items()},
        template.get("Conditions", {}),
    )
    return {
        name: {**resource, "Properties": resolver.resolve(resource.get("Properties", {}))}
        for name, resource in resources.items()
        if "Condition" not in resource or resolver.holds(resource["Condition"])
    }


def _pseudo(stack: str, region: str) -> dict[str, str]:
    return {
        "AWS::AccountId": ACCOUNT_ID,
        "AWS::Partition": "aws",
        "AWS::Region": region,
        "AWS::StackId": f"arn:aws:cloudformation:{region}:{ACCOUNT_ID}:stack/{stack}/{KEY_ID}",
        "AWS::StackName": stack,
        "AWS::URLSuffix": "amazonaws.com",
    }


def _attributes(name: str, kind: str, stack: str, region: str) -> _Attributes:
    physical = f"{stack}-{name}-1ABCDEFGHIJKL"
    arn = ARNS.get(kind, OTHER_ARN).format(region=region, account=ACCOUNT_ID, name=physical)
    return _Attributes(Ref=physical, Arn=arn)
