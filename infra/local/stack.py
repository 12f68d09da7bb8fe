"""The stack of template.yaml, put together on this machine as a deployment would be."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from infra.local.api_gateway.gateway import INTEGRATION_TIMEOUT_SECONDS, Gateway
from infra.local.aws.embedded import client_environment, embedded_aws
from infra.local.aws.resources import create_resources, verify_sender
from infra.local.events.event_log import EventLog
from infra.local.invoke import Host, Invoke, Ongoing
from infra.local.lambdas.in_process import InProcess
from infra.local.mail.outbox import Outbox
from infra.local.template.declarations import Function
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template


@dataclass(frozen=True)
class Stack:
    """A stack that is ready for requests: its API, its functions, and the resources behind them.

    ``requests`` are the invocations that the API makes.
    """

    api: Gateway
    requests: Ongoing
    functions: tuple[Function, ...]
    invoke: Invoke
    resources: Mapping[str, Mapping[str, Any]]
    aws_environment: Mapping[str, str]


@contextmanager
def deployed(
    parameters: Mapping[str, str] | None = None,
    dynamodb_url: str | None = None,
    outbox: Outbox | None = None,
    host: Host | None = None,
    time_factor: int = 1,
    *,
    events: EventLog | None = None,
) -> Iterator[Stack]:
    """Deploy the template with these parameters for as long as the context lasts.

    ``dynamodb_url`` names a DynamoDB to use in place of the embedded one. Mails end in ``outbox``,
    what is put on the bus in ``events``, and webhooks may lead to this machine's loopback.
    What comes through queues waits there until somebody polls them. ``host`` runs the functions;
    by default this process does, from their sources. They and the gateway may take
    ``time_factor`` times as long as on AWS.

    Raises:
        TemplateError: the template or a parameter cannot be used.
    """
    host = host or InProcess()
    template = Template.load(host.template, PSEUDO_PARAMETERS, parameters)
    with embedded_aws(dynamodb_url, outbox, events) as url:
        environment = client_environment(url, dynamodb_url)
        resources = create_resources(template)
        for custom in template.custom_resources(resources):
            function = template.function(custom.function_id, resources)
            attributes = host.make(custom, function, environment)
            resources[custom.logical_id] = {"Ref": custom.logical_id, **attributes}
        verify_sender(template)
        functions = tuple(
            replace(
                function,
                timeout_seconds=function.timeout_seconds * time_factor,
                environment={**function.environment, **_on_loopback(function)},
            )
            for function in template.functions(resources)
        )
        with host.running(functions, environment) as invoke:
            longest = INTEGRATION_TIMEOUT_SECONDS * time_factor
            requests = Ongoing(invoke)
            api = Gateway(functions, requests, template.cors(), longest)
            yield Stack(api, requests, functions, invoke, resources, environment)


def _on_loopback(function: Function) -> dict[str, str]:
    """Return what lets webhooks lead to a receiver on this machine, which AWS never does."""
    name = "WEBHOOKS_ON_LOOPBACK"
    return {name: "true"} if name in function.environment else {}
