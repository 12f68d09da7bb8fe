"""The stack of template.yaml, put together on this machine as a deployment would be."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from infra.local import ROOT, aws
from infra.local.declarations import CustomResource, Function
from infra.local.embedded import client_environment, embedded_aws
from infra.local.functions import Functions, load_module
from infra.local.gateway import Gateway
from infra.local.invoke import Host, Invoke
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


class InProcess:
    """Runs the functions' sources in this process."""

    template = TEMPLATE

    def make(
        self,
        custom: CustomResource,
        function: Function,
        aws_environment: Mapping[str, str],  # noqa: ARG002 - this process's own already
    ) -> Mapping[str, Any]:
        """Let the function do its work, without CloudFormation's protocol around it."""
        os.environ.update(function.environment)
        attributes: Mapping[str, Any] = load_module(function).prepare(custom.properties)
        # on Lambda it has a process, and so an environment, of its own: forget what it read of it
        from accounts import settings  # noqa: PLC0415 - what it imports may read the environment

        settings.current.cache_clear()
        return attributes

    @contextmanager
    def running(
        self,
        functions: Sequence[Function],
        aws_environment: Mapping[str, str],  # noqa: ARG002 - as above
    ) -> Iterator[Invoke]:
        """Load the functions' modules."""
        yield Functions(functions)


@contextmanager
def deployed(
    parameters: Mapping[str, str] | None = None,
    dynamodb_url: str | None = None,
    outbox: Outbox | None = None,
    host: Host | None = None,
) -> Iterator[Stack]:
    """Deploy the template with these parameters for as long as the context lasts.

    ``dynamodb_url`` names a DynamoDB to use in place of the embedded one. Mails end in ``outbox``.
    What comes through queues waits there until somebody polls them. ``host`` runs the functions;
    by default this process does, from their sources.

    Raises:
        TemplateError: the template or a parameter cannot be used.
    """
    host = host or InProcess()
    template = Template.load(host.template, aws.PSEUDO_PARAMETERS, parameters)
    with embedded_aws(dynamodb_url, outbox) as url:
        environment = client_environment(url, dynamodb_url)
        resources = aws.create_resources(template)
        for custom in template.custom_resources(resources):
            function = template.function(custom.function_id, resources)
            attributes = host.make(custom, function, environment)
            resources[custom.logical_id] = {"Ref": custom.logical_id, **attributes}
        aws.verify_sender(template)
        functions = template.functions(resources)
        with host.running(functions, environment) as invoke:
            api = Gateway(functions, invoke, template.cors())
            yield Stack(api, functions, invoke, resources, environment)
