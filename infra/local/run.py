"""Everything that runs: the stack, what polls its queues, and the API with the pages beside it."""

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local import built_pages, docs_page, session
from infra.local.api_gateway.access_log import Answered, logged
from infra.local.aws.kept import Kept, nothing_kept
from infra.local.events.event_log import EventLog
from infra.local.invoke import Host, Ongoing
from infra.local.lambdas.in_process import shared_environment
from infra.local.lambdas.queue_polling import polling
from infra.local.lambdas.stream_polling import stream_polling
from infra.local.mail.outbox import Outbox
from infra.local.own_mails import own_mails
from infra.local.server import LOCALHOST, limited, listen, serving
from infra.local.site import pages
from infra.local.stack import Stack, deployed

if TYPE_CHECKING:
    from infra.local.seed import Administrator

# Lambda gives each request a processor of its own. Here all share those of this machine with
# whatever else it does: only so many are worked on at once, and each may take longer.
AT_ONCE = os.cpu_count() or 1
TIME_FACTOR = 4
# the parameter Issuer's word for the address of the API
API_URL = "ApiUrl"
# what is off until somebody wants it, and costs nothing here
ALL_OF_IT = {"Events": "true", "ServeDocs": "true"}
# what orders a mail from a process of its own, such as infra.manage, does its deed in that time
MOMENT_SECONDS = 0.5


@dataclass(frozen=True)
class Place:
    """Where a run is to be found: the sockets of its port, and the file that tells of it."""

    listeners: Sequence[socket.socket]
    session_file: Path

    @property
    def port(self) -> int:
        """Return the port that all of the sockets listen on."""
        port: int = self.listeners[0].getsockname()[1]
        return port

    @property
    def base_url(self) -> str:
        """Return the address that people and links name."""
        return f"http://{LOCALHOST}:{self.port}"


@dataclass(frozen=True)
class Run:
    """A running service: where it is and who may enter."""

    base_url: str
    administrator: "Administrator" = field(repr=False)
    service_token: str = field(repr=False)
    stack: Stack = field(repr=False)
    parameters: Mapping[str, str]
    session_file: Path

    @property
    def pages_url(self) -> str | None:
        """Return where people sign in, if there are pages."""
        is_off = self.parameters.get("Pages") == "false"
        return None if is_off else self.base_url + built_pages.FIRST

    @property
    def local_url(self) -> str:
        """Return where all is listed that there is."""
        return self.base_url + pages.FOLDER

    @property
    def outbox_url(self) -> str:
        """Return where a browser sees the mails."""
        return self.base_url + pages.OUTBOX

    @property
    def docs_url(self) -> str | None:
        """Return where a browser sees the contract, if that is shown."""
        is_shown = self.parameters.get("ServeDocs") == "true"
        return self.base_url + docs_page.PATH if is_shown else None

    @property
    def events_url(self) -> str | None:
        """Return where a browser sees the events, if they are told."""
        is_told = self.parameters.get("Events") == "true"
        return self.base_url + pages.EVENTS if is_told else None

    def routes(self) -> Sequence[str]:
        """Return the routes of the API, as events name them."""
        routes = (route for function in self.stack.functions for route in function.routes)
        return sorted((route.key for route in routes if route.path), key=_path_first)

    def session(self) -> Mapping[str, Any]:
        """Return what scripts need to know of it, as JSON takes it."""
        environment = self.stack.aws_environment
        return {
            "base_url": self.base_url,
            "administrator": vars(self.administrator),
            "service_token": self.service_token,
            "outbox_url": self.base_url + pages.OUTBOX_JSON,
            "events_url": self.base_url + pages.EVENTS_JSON,
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
        # also what few functions have
        return shared_environment(self.stack.functions)


def _settle(requests: Ongoing) -> None:
    """Return when whoever ordered a mail until now has done what it tells of, or never will."""
    time.sleep(MOMENT_SECONDS)
    requests.wait()


def _path_first(key: str) -> tuple[str, str]:
    method, _, path = key.partition(" ")
    return path, method


@contextmanager
def started(
    place: Place,
    parameters: Mapping[str, str],
    outbox: Outbox,
    *,
    kept: Kept | None = None,
    host: Host | None = None,
    log: Callable[[Answered], None] = lambda _: None,
) -> Iterator[Run]:
    """Run the service at ``place``, with its mails in ``outbox``, while the context lasts.

    Requests are answered, and then handed to ``log``, exactly as long as the file that tells of
    the run is there. ``kept`` is what it begins with, by default nothing. ``host`` runs the
    functions, by default in this process.

    Raises:
        CannotRunError: the deployer's own mails cannot be used.
        TemplateError: the template or a parameter cannot be used.
        OtherTableError: a table that was kept is not the template's.
    """
    kept = kept or nothing_kept()
    # a link in a mail leads to the page here, and passkeys are for this place and for the pages
    # that may call it, unless somebody wants to try their own
    at = filter(None, (place.base_url, parameters.get("AllowedOrigins")))
    parameters = {
        "ResetPageUrl": place.base_url + built_pages.FIRST,
        **ALL_OF_IT,
        "PasskeyRpId": LOCALHOST,
        "PasskeyOrigins": ",".join(at),
        **parameters,
    }
    if parameters.get("Issuer", API_URL) == API_URL:
        # as a stack with a name of its own: who looks for the keys by the issuer finds them here
        parameters["Issuer"] = place.base_url
    events = EventLog()
    with (
        own_mails(),
        deployed(parameters, kept.dynamodb_url, outbox, host, TIME_FACTOR, events=events) as stack,
    ):
        kept.save()
        # of the accounts package, which may read the environment when imported: it is set only now
        from infra.local import seed  # noqa: PLC0415

        service_token = seed.service_token()
        with serving(stack.api, listen(0)) as inner_url:
            administrator = seed.administrator(inner_url, kept.administrator_password)
        session_file = session.free(place.session_file, place.port)
        run = Run(place.base_url, administrator, service_token, stack, parameters, session_file)
        api = logged(limited(stack.api, AT_ONCE), log)
        with_docs = docs_page.with_button(api, pages.DOCS_SCRIPT, pages.DOCS_STYLE)
        known = {"email": administrator.email, "passw": administrator.passw}
        with_pages = built_pages.until_built(with_docs) if run.pages_url else with_docs
        site = pages.beside(with_pages, outbox, run.routes(), known, events)
        with (
            session.published(session_file, run.session()),
            polling(stack.functions, stack.invoke, partial(_settle, stack.requests)),
            stream_polling(stack.functions, stack.invoke),
            ExitStack() as served,
        ):
            for listener in place.listeners:
                served.enter_context(serving(site, listener))
            yield run
