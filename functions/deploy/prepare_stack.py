"""CloudFormation custom resource: seed the roles, publish the signing keys' public halves."""

from accounts.access.deployment import prepare
from accounts.edge.custom_resource import custom_resource

handler = custom_resource(prepare)
