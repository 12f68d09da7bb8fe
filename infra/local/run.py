"""Everything that runs: the stack, what polls its queues, and the API with the pages beside it."""

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from infra.local.invoke import Host
from infra.local.lambdas.queue_polling import polling
from infra.local.mail import pages
from infra.local.mail.back_end import BackEnd
from infra.local.mail.outbox import Outbox
from infra.local.server import address, serving
from infra.local.stack import Stack, deployed

if TYPE_CHECKING:
    from infra.local.seed import Administrator


@dataclass(frozen=True)
class Run:
    """A running service: where it is and who may enter."""

    base_url: str
    administrator: "Administrator" = field(repr=False)
    service_token: str = field(repr=False)
    stack: Stack = field(repr=False)
    parameters: Mapping[str, str]

    @property
    def outbox_url(self) -> str:
        """Return where a browser sees the mails."""
        return self.base_url + pages.OUTBOX

    def session(self) -> Mapping[str, Any]:
        """Return what scripts need to know of it, as JSON takes it."""
        environment = self.stack.aws_environment
        return {
            "base_url": self.base_url,
            "administrator": vars(self.administrator),
            "service_token": self.service_token,
            "outbox_url": self.base_url + pages.OUTBOX_JSON,
            # of the template, where they are not its defaults
            "parameters": dict(self.parameters),
            "aws": {
                "endpoint_url": environment["AWS_ENDPOINT_URL"],
                "dynamodb_endpoint_url": environment["AWS_ENDPOINT_URL_DYNAMODB"],
                "region": environment["AWS_REGION"],
                "environment": environment,
                "resources": self.stack.resources,
            },
            # for tools that do a part of the functions' work
            "settings": self._settings(),
        }

    def _settings(self) -> Mapping[str, str]:
        # those of every function, but for what a few have beside them
        by_name = {function.logical_id: function for function in self.stack.functions}
        return by_name["LogIn"].environment


@contextmanager
def started(
    listener: socket.socket,
    parameters: Mapping[str, str],
    dynamodb_url: str | None,
    outbox: Outbox,
    host: Host | None = None,
) -> Iterator[Run]:
    """Run the service on ``listener``, with its mails in ``outbox``, while the context lasts.

    ``host`` runs the functions, by default in this process.

    Raises:
        TemplateError: the template or a parameter cannot be used.
    """
    base_url = address(listener)
    # a link in a mail leads to the page here, unless somebody wants to try their own
    parameters = {"ResetPageUrl": base_url + pages.RESET, **parameters}
    with deployed(parameters, dynamodb_url, outbox, host) as stack:
        # of the accounts package, which may read the environment when imported: it is set only now
        from infra.local import seed  # noqa: PLC0415

        service_token = seed.service_token()
        site = pages.beside(stack.api, outbox, BackEnd(base_url, service_token))
        with serving(site, listener), polling(stack.functions, stack.invoke):
            yield Run(base_url, seed.administrator(base_url), service_token, stack, parameters)
