"""Roles and policies, in moto's server."""

import json
from collections.abc import Callable
from typing import Any

from tests.support.rehearsal.kinds import Made, Properties


class Roles:
    """``AWS::IAM::Role``, without the policies of AWS's own."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._iam = client("iam")

    def make(self, name: str, properties: Properties) -> Made:
        """Make the role with its inline policies."""
        trust = json.dumps(properties["AssumeRolePolicyDocument"])
        boundary = {key: properties[key] for key in ("PermissionsBoundary",) if key in properties}
        role = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, **boundary)
        made = Made(name, properties, {"Arn": role["Role"]["Arn"]})
        self._put(made, properties)
        return made

    def change(self, made: Made, properties: Properties) -> Made:
        """Replace the inline policies."""
        self._drop(made)
        self._put(made, properties)
        return Made(made.physical_id, properties, made.attributes)

    def remove(self, made: Made) -> None:
        """Delete the role with its policies."""
        self._drop(made)
        self._iam.delete_role(RoleName=made.physical_id)

    def _put(self, made: Made, properties: Properties) -> None:
        for policy in properties.get("Policies", []):
            self._iam.put_role_policy(
                RoleName=made.physical_id,
                PolicyName=policy["PolicyName"],
                # AWS takes older ones, and one that names none is such
                PolicyDocument=json.dumps({"Version": "2012-10-17", **policy["PolicyDocument"]}),
            )

    def _drop(self, made: Made) -> None:
        for policy in made.properties.get("Policies", []):
            self._iam.delete_role_policy(RoleName=made.physical_id, PolicyName=policy["PolicyName"])


class Policies:
    """``AWS::IAM::ManagedPolicy``."""

    def __init__(self, client: Callable[[str], Any]) -> None:
        self._iam = client("iam")

    def make(self, name: str, properties: Properties) -> Made:
        """Make the policy."""
        document = json.dumps(properties["PolicyDocument"])
        policy = self._iam.create_policy(PolicyName=name, PolicyDocument=document)
        return Made(policy["Policy"]["Arn"], properties)

    def change(self, made: Made, properties: Properties) -> Made:
        """Put another version of the policy in force, and delete the one before."""
        before = self._iam.get_policy(PolicyArn=made.physical_id)["Policy"]["DefaultVersionId"]
        document = json.dumps(properties["PolicyDocument"])
        self._iam.create_policy_version(
            PolicyArn=made.physical_id, PolicyDocument=document, SetAsDefault=True
        )
        self._iam.delete_policy_version(PolicyArn=made.physical_id, VersionId=before)
        return Made(made.physical_id, properties)

    def remove(self, made: Made) -> None:
        """Delete the policy."""
        self._iam.delete_policy(PolicyArn=made.physical_id)
