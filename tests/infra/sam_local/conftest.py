"""A stack that runs, as it tells of itself."""

from typing import Any

import pytest

from infra.local import TEMPLATE
from infra.local.aws.embedded import client_environment
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template

AWS_URL = "http://127.0.0.1:5000"
DYNAMODB_URL = "http://localhost:8000"
# all that functions' environments are made of
ATTRIBUTES = ("Arn", "Jwks", "LogKey", "Revision", "SigningKid")
QUEUE_URL = f"{AWS_URL}/123456789012/users-local-MailQueue"


@pytest.fixture
def session() -> dict[str, Any]:
    """What `make run` would have written."""
    return {
        "base_url": "http://localhost:3000",
        "parameters": {"ResetPageUrl": "http://localhost:3000/account", "AuditDays": "31"},
        "aws": {
            "endpoint_url": AWS_URL,
            "dynamodb_endpoint_url": DYNAMODB_URL,
            "environment": client_environment(AWS_URL, DYNAMODB_URL),
            "resources": _resources(),
        },
    }


def _resources() -> dict[str, dict[str, str]]:
    """Return a name, and attributes, for each resource of the template."""
    document = Template.load(TEMPLATE, PSEUDO_PARAMETERS).document
    made = {
        logical_id: {"Ref": f"the {logical_id}", **dict.fromkeys(ATTRIBUTES, "attribute")}
        for logical_id in document["Resources"]
    }
    made["MailQueue"]["Ref"] = QUEUE_URL
    return made
