"""CloudFormation custom resource: seed the roles, publish the signing keys' public halves."""

from accounts.custom_resource import custom_resource
from accounts.deployment import prepare

handler = custom_resource(prepare)
