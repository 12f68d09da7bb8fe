"""The ``endpoint`` decorator: what stands between API Gateway and a handler's one line.

It reads the event, authenticates, asks for the permission, validates the body, calls the
handler, writes the answer or the error out, and logs one line. In that order: who may not call
learns nothing about the body.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Literal, overload

from pydantic import BaseModel
from typing_extensions import TypeVar

from accounts import answers, cookies, gateway, logs, roles, sessions, tokens, validation
from accounts.errors import AccountsError, UserTokenRequiredError
from accounts.sessions import Client, Principal
from accounts.views import View

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

Zone = Literal["public", "private", "server"]
Body = TypeVar("Body", default=None)
_Schema = TypeVar("_Schema", bound=BaseModel)


@dataclass(frozen=True)
class Request(Generic[Body]):
    """A request that has passed all checks of its endpoint."""

    method: str
    path: str
    client: Client
    path_parameters: Mapping[str, str]
    body: Body
    principal: Principal | None
    refresh_cookie: str | None

    @property
    def caller(self) -> Principal:
        """Return who is calling; in the public zone nobody is.

        Raises:
            LookupError: the endpoint is public.
        """
        if self.principal is None:
            raise LookupError("a public endpoint has no caller")
        return self.principal


Action = Callable[[Request[Body]], View | None]


@dataclass
class _Trace:
    """What becomes known of a request on its way, for the log line."""

    request_id: str
    started: float = field(default_factory=time.perf_counter)
    route: str = ""
    principal: Principal | None = None

    def begin(self, request_id: str, route: str) -> None:
        self.request_id, self.route = request_id, route
        logs.begin(request_id)

    def log(self, answer: answers.Answer) -> None:
        session = self.principal.session if self.principal else None
        logs.request(
            route=self.route,
            status=answer["statusCode"],
            code=answer["headers"].get("x-error-code"),
            user_id=session.user_id if session else None,
            session_id=session.session_id if session else None,
            duration_ms=round((time.perf_counter() - self.started) * 1000, 1),
        )


@dataclass(frozen=True)
class Endpoint(Generic[Body]):
    """A Lambda handler: one route, who may call it, and what it takes."""

    action: Action[Body]
    zone: Zone
    permission: str | None
    schema: type[BaseModel] | None
    status: int
    headers: Mapping[str, str]

    def __call__(self, raw_event: object, context: "LambdaContext") -> answers.Answer:
        """Answer the event. Never raises: the worst is a 500."""
        trace = _Trace(context.aws_request_id)
        logs.begin(trace.request_id)
        try:
            answer = self._answer(gateway.read(raw_event), trace)
        except AccountsError as error:
            answer = answers.failure(error, request_id=trace.request_id)
        except Exception as error:  # noqa: BLE001 - the outermost frame: a bug must not leak
            logs.crash(error)
            answer = answers.failure(AccountsError(), request_id=trace.request_id)
        trace.log(answer)
        return answer

    def _answer(self, event: gateway.Event, trace: _Trace) -> answers.Answer:
        trace.begin(event.context.request_id, event.route_key)
        trace.principal = self._authenticate(event)
        return answers.success(
            answers.Success(self._act(event, trace.principal), self.status, self.headers),
            request_id=trace.request_id,
            wants_cookies=event.wants_cookies,
        )

    def _act(self, event: gateway.Event, principal: Principal | None) -> View | None:
        body: Any = validation.parse(self.schema, event.json_body()) if self.schema else None
        http = event.context.http
        return self.action(
            Request(
                method=http.method,
                path=http.path,
                client=Client(http.source_ip, event.headers.get("user-agent", "")),
                path_parameters=event.path_parameters,
                body=body,
                principal=principal,
                refresh_cookie=event.cookie(cookies.REFRESH),
            )
        )

    def _authenticate(self, event: gateway.Event) -> Principal | None:
        if self.zone == "public":
            return None
        principal = sessions.authenticate(*tokens.verify(event.access_token()))
        if self.zone == "private" and principal.is_service:
            raise UserTokenRequiredError
        if self.permission is not None:
            roles.require(principal.permissions, self.permission)
        return principal


@overload
def endpoint(
    *,
    zone: Zone,
    permission: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Callable[[Action[None]], Endpoint[None]]: ...


@overload
def endpoint(
    *,
    zone: Zone,
    body: type[_Schema],
    permission: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Callable[[Action[_Schema]], Endpoint[_Schema]]: ...


def endpoint(
    *,
    zone: Zone,
    body: type[BaseModel] | None = None,
    permission: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Callable[[Action[Any]], Endpoint[Any]]:
    """Make a function the handler of an endpoint.

    ``zone`` is who may call: anyone (``public``), a signed-in person (``private``), or whoever
    holds ``permission`` (``server``). ``body`` is the schema that the request body must meet;
    without one a body is ignored. ``status`` is that of success, ``headers`` go with it.

    Raises:
        ValueError: a server endpoint without a permission, or one elsewhere.
    """
    if (zone == "server") != (permission is not None):
        raise ValueError("the server zone, and only it, asks for a permission")

    def decorate(action: Action[Any]) -> Endpoint[Any]:
        return Endpoint(action, zone, permission, body, status, headers or {})

    return decorate
