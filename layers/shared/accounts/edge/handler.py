"""What is around everything that API Gateway invokes: it always answers, and logs one line."""

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from accounts import invocation, logs, metrics
from accounts.edge import answers, cookies, proxy
from accounts.edge.event import Event, read
from accounts.errors import AccountsError, SessionEndedError, UnauthorizedError, UnavailableError
from accounts.invocation import Origin

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from accounts.access.authentication import Principal


class Trace:
    """What becomes known of a request on its way, for the log line."""

    # of an event that names none
    route = "unknown"
    principal: "Principal | None" = None
    error: AccountsError | None = None
    event: Event | None = None

    def __init__(self, request_id: str) -> None:
        self.request_id = request_id
        self.started = time.perf_counter()

    def begin(self, event: Event) -> None:
        """Note which request it is, and where it comes from."""
        self.event = event
        self.request_id, self.route = event.request_id, event.route_key
        invocation.set_origin(Origin(self.request_id, event.source_ip))
        invocation.set_api(event.api)

    def recognise(self, principal: "Principal") -> None:
        """Note who is calling."""
        self.principal = principal
        invocation.set_actor(principal.user_id)

    def fail(self, error: AccountsError, *, signs_out: bool) -> answers.Answer:
        """Return the answer that tells of ``error``; see :attr:`Handler.signs_out`."""
        self.error = error
        metrics.count_failure(error)
        by_cookies = self.event is not None and self.event.wants_cookies
        ended = UnauthorizedError if signs_out else SessionEndedError
        over = by_cookies and isinstance(error, ended)
        taken_away = cookies.clear() if over else ()
        language = self.event.language if self.event else "en"
        return answers.failure(
            error, request_id=self.request_id, language=language, cookies=taken_away
        )

    def log(self, status: int) -> None:
        """Log how it went."""
        session = self.principal.session if self.principal else None
        outage = self.error if isinstance(self.error, UnavailableError) else None
        logs.request(
            self.error.code if self.error else "ok",
            round((time.perf_counter() - self.started) * 1000, 1),
            route=self.route,
            status=status,
            user_id=session.user_id if session else None,
            session_id=session.session_id if session else None,
            dependency=outage.dependency if outage else None,
            reason=outage.reason if outage else None,
        )


class Handler:
    """Base of Lambda handlers behind the gateway."""

    # takes a browser's cookies away however it ends
    signs_out: bool

    def __call__(self, raw_event: object, context: "LambdaContext") -> answers.Answer:
        """Answer the event. Never raises: the worst is a 500."""
        trace = Trace(context.aws_request_id)
        invocation.begin(context)
        metrics.begin()
        try:
            answer = self._answer(read(raw_event), trace, context)
        except AccountsError as error:
            answer = trace.fail(error, signs_out=self.signs_out)
        except Exception as error:  # noqa: BLE001 - the outermost frame: a bug must not leak
            logs.crash(error)
            answer = trace.fail(AccountsError(), signs_out=False)
        trace.log(answer["statusCode"])
        return answer

    def _answer(self, event: Event, trace: Trace, context: "LambdaContext") -> answers.Answer:
        raise NotImplementedError


def arrived(event: Event, trace: Trace) -> Event:
    """Return the event as of the address that it truly comes from, and note it.

    Raises:
        ProxyRequiredError: it came around the proxy, and none may.
        UnknownEventError: the proxy does not say where it comes from.
    """
    trace.begin(event)
    caller = proxy.caller_address(event.headers, event.source_ip)
    if caller != event.source_ip:
        event = replace(event, source_ip=caller)
        trace.begin(event)
    return event
