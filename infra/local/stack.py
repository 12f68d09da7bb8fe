"""The stack of template.yaml, put together on this machine as a deployment would be."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from infra.local import ROOT, aws
from infra.local.declarations import CustomResource, Function
from infra.local.embedded import client_environment, embedded_aws
from infra.local.functions import Functions, load_module
from infra.local.gateway import Gateway
from infra.local.invoke import Invoke
from infra.local.mail.outbox import Outbox
from infra.local.template import Template

TEMPLATE = ROOT / "template.yaml"


@dataclass(frozen=True)
class Stack:
    """A stack that is ready for requests: its API, its functions, and the resources behind them."""

    api: Gateway
    functions: tuple[Function, ...]
    invoke: Invoke
    resources: Mapping[str, Mapping[str, Any]]
    aws_environment: Mapping[str, str]


@contextmanager
def deployed(
    parameters: Mapping[str, str] | None = None,
    dynamodb_url: str | None = None,
    outbox: Outbox | None = None,
) -> Iterator[Stack]:
    """Deploy the template with these parameters for as long as the context lasts.

    ``dynamodb_url`` names a DynamoDB to use in place of the embedded one. Mails end in ``outbox``.
    What comes through queues waits there until somebody polls them.

    Raises:
        TemplateError: the template or a parameter cannot be used.
    """
    template = Template.load(TEMPLATE, aws.PSEUDO_PARAMETERS, parameters)
    with embedded_aws(dynamodb_url, outbox) as url:
        resources = aws.create_resources(template)
        for custom in template.custom_resources(resources):
            resources[custom.logical_id] = _make(custom, template, resources)
        aws.verify_sender(template)
        functions = template.functions(resources)
        invoke = Functions(functions)
        api = Gateway(functions, invoke, template.cors())
        environment = client_environment(url, dynamodb_url)
        yield Stack(api, functions, invoke, resources, environment)


def _make(custom: CustomResource, template: Template, resources: aws.Resources) -> dict[str, Any]:
    """Let the custom resource's function do its work; return what Ref and Fn::GetAtt will give."""
    function = template.function(custom.function_id, resources)
    os.environ.update(function.environment)
    attributes = load_module(function).prepare(custom.properties)
    # on Lambda it has a process, and so an environment, of its own: forget what it read of it
    from accounts import settings  # noqa: PLC0415 - what it imports may read the environment

    settings.current.cache_clear()
    return {"Ref": custom.logical_id, **attributes}
