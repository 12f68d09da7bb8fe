"""An AWS in this process: DynamoDB, KMS, SQS, SES and EventBridge by moto, on a loopback port.

On a port and not patched into this process's clients, so that scripts, tests and other processes
see the same tables, and so that time limits and retries are those of real connections.
"""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)

from infra.local.aws.no_delays import NoDelays
from infra.local.aws.transactions import Resends, quick_transactions
from infra.local.events.bus import Bus
from infra.local.events.event_log import EventLog
from infra.local.mail.catcher import Catcher
from infra.local.mail.outbox import Outbox
from infra.local.server import HOST, RequestHandler, listen, serving
from infra.local.template.pseudo_parameters import REGION

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class _QuietMotoHandler(MotoRequestHandler):
    log = RequestHandler.log


@contextmanager
def embedded_aws(
    dynamodb_url: str | None = None, outbox: Outbox | None = None, events: EventLog | None = None
) -> Iterator[str]:
    """Run the embedded AWS and point this process's AWS clients at it; gives its address.

    ``dynamodb_url`` names another DynamoDB (DynamoDB Local) to use in place of moto's. Other
    processes reach both by the same variables that this sets. Mails end in ``outbox``, and what is
    put on a bus in ``events``.
    """
    moto = _one_at_a_time(Resends(DomainDispatcherApplication(create_backend_app)))
    application = Bus(Catcher(NoDelays(moto), outbox or Outbox()), events or EventLog())
    with quick_transactions(), serving(application, listen(0), _QuietMotoHandler) as url:
        leave_the_shells_aws()
        os.environ.update(client_environment(url, dynamodb_url))
        yield url


def leave_the_shells_aws() -> None:
    """Forget whatever the shell says of AWS: a profile, a session token, another endpoint."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]


def client_environment(url: str, dynamodb_url: str | None = None) -> dict[str, str]:
    """Return the environment variables that point any AWS client at the embedded AWS."""
    return {
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url or url,
        # no file of the user's may lead to the real AWS, and no proxy stand in between
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "NO_PROXY": HOST,
        "no_proxy": HOST,
    }


def _one_at_a_time(application: "WSGIApplication") -> "WSGIApplication":
    """Let moto's DynamoDB answer one request at a time.

    Its transactions copy the tables, write, and put the copies back on failure, with no lock:
    of 16 parallel sign-ups of one e-mail two can win, or the loser's rollback undoes the winner.
    """
    lock = threading.Lock()

    def wrapped(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ.get("HTTP_X_AMZ_TARGET", "").startswith("DynamoDB"):
            with lock:
                return list(application(environ, start_response))
        # no lock for the others: SQS would hold it through a long poll
        return application(environ, start_response)

    return wrapped
