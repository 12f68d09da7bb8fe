"""The ``endpoint`` decorator: what stands between API Gateway and a handler's one line.

It authenticates, asks for the permission, validates the body, calls the handler, and writes the
answer out. In that order: who may not call learns nothing about the body. What is around it all,
from the event to the line in the log, is :mod:`accounts.edge.handler`.
"""

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, overload

from accounts.access import authentication, enrolment, recent_proof, roles
from accounts.access.authentication import Principal
from accounts.access.sessions import Client
from accounts.credentials import tokens
from accounts.credentials.tokens import Kind
from accounts.edge import answers, cookies
from accounts.edge.event import Event
from accounts.edge.handler import Handler, Trace, arrived
from accounts.edge.view import View
from accounts.errors import (
    TokenExpiredError,
    UserNotFoundError,
    UserTokenRequiredError,
    ValidationFailedError,
)
from accounts.records import Record
from accounts.storage import users

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext
    from typing_extensions import TypeVar

    # pydantic comes with it, which only those who take a body shall load
    from accounts.edge.fields import RequestSchema

    Body = TypeVar("Body", default=None)
else:
    from typing import TypeVar

    # Python's own takes a default from 3.13 on; only type checkers ask for it
    Body = TypeVar("Body")

IDEMPOTENCY_HEADER = "idempotency-key"

Zone = Literal["public", "private", "server"]
_Schema = TypeVar("_Schema", bound="RequestSchema")


class Request(Record, Generic[Body]):
    """A request that has passed all checks of its endpoint."""

    method: str
    path: str
    client: Client
    path_parameters: Mapping[str, str]
    query: Mapping[str, str]
    body: Body
    principal: Principal | None
    wants_cookies: bool
    refresh_cookie: str | None
    device_cookie: str | None
    idempotency_key: str | None

    @property
    def user_id(self) -> int:
        """Return the account that the path names.

        Raises:
            UserNotFoundError: it names none.
        """
        text = self.path_parameters["user_id"]
        if not re.fullmatch(users.ID_PATTERN, text):
            raise UserNotFoundError
        return int(text)

    @property
    def role_name(self) -> str:
        """Return the role that the path names.

        Raises:
            ValidationFailedError: no role can have that name.
        """
        return self._name()

    @property
    def webhook_name(self) -> str:
        """Return the webhook that the path names.

        Raises:
            ValidationFailedError: no webhook can have that name.
        """
        return self._name()

    def _name(self) -> str:
        text = self.path_parameters["name"]
        if not re.fullmatch(roles.NAME_PATTERN, text):
            raise ValidationFailedError.of("name", roles.NAME_RULE)
        return text

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


class Endpoint(Handler, Record, Generic[Body], kw_only=False):
    """A Lambda handler: one route, who may call it, and what it takes."""

    action: Action[Body]
    zone: Zone
    permission: str | None
    schema: "type[RequestSchema] | None"
    status: int
    headers: Mapping[str, str]
    idempotent: bool
    recent_proof: bool
    signs_out: bool
    while_enrolling: bool
    available: Callable[[], object] | None

    def _answer(self, event: Event, trace: Trace, context: "LambdaContext") -> answers.Answer:
        event = arrived(event, trace)
        if self.available:
            self.available()
        if self.zone != "public":
            principal = self._caller(event)
            trace.recognise(principal)
            if not self.while_enrolling:
                enrolment.require_over(principal.session)
            if self.permission is not None:
                roles.require(principal.permissions, self.permission)
            if self.recent_proof:
                recent_proof.require(principal)
        headers = {"x-request-id": trace.request_id, **self.headers}
        if self.idempotent and trace.principal and IDEMPOTENCY_HEADER in event.headers:
            text = self._act_once(event, trace.principal, context)
            return answers.kept(text, self.status, headers, event.language)
        content = self._act(event, trace.principal)
        status = (content and content.http_status) or self.status
        if content is not None and event.wants_cookies:
            content, set_cookies = content.in_cookies()
            return answers.success(content, status, headers, event.language, set_cookies)
        return answers.success(content, status, headers, event.language)

    def _caller(self, event: Event) -> Principal:
        refresh_token = event.cookie(cookies.REFRESH) if self.signs_out else None
        try:
            kind, claims = tokens.verify(event.access_token())
        except TokenExpiredError:
            if refresh_token is None:
                raise
            return authentication.by_refresh_token(refresh_token)
        if self.zone == "private" and kind == Kind.SERVICE:
            raise UserTokenRequiredError
        return authentication.authenticate(kind, claims, governing=self.zone == "server")

    def _act_once(self, event: Event, principal: Principal, context: "LambdaContext") -> str:
        # imported here, because it takes long and few requests need it
        from accounts.edge import idempotency  # noqa: PLC0415 - see above

        once = idempotency.Once(
            key=event.headers[IDEMPOTENCY_HEADER],
            user_id=principal.user_id,
            route=event.route_key,
            body=event.json_body(),
        )
        return idempotency.answer(
            once, lambda: answers.text_of(self._act(event, principal)), context
        )

    def _act(self, event: Event, principal: Principal | None) -> View | None:
        body: Any = self.schema.parse(event.json_body()) if self.schema else None
        return self.action(
            Request(
                method=event.method,
                path=event.path,
                client=Client(event.source_ip, event.headers.get("user-agent", "")),
                path_parameters=event.path_parameters,
                query=event.query,
                body=body,
                principal=principal,
                wants_cookies=event.wants_cookies,
                refresh_cookie=event.cookie(cookies.REFRESH),
                device_cookie=event.cookie(cookies.DEVICE),
                idempotency_key=event.headers.get(IDEMPOTENCY_HEADER),
            )
        )


@overload
def endpoint(
    *,
    zone: Zone,
    permission: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    idempotent: bool = False,
    recent_proof: bool = False,
    signs_out: bool = False,
    while_enrolling: bool = False,
    available: Callable[[], object] | None = None,
) -> Callable[[Action[None]], Endpoint[None]]: ...


@overload
def endpoint(
    *,
    zone: Zone,
    body: type[_Schema],
    permission: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    idempotent: bool = False,
    recent_proof: bool = False,
    signs_out: bool = False,
    while_enrolling: bool = False,
    available: Callable[[], object] | None = None,
) -> Callable[[Action[_Schema]], Endpoint[_Schema]]: ...


def endpoint(  # noqa: PLR0913 - each says one thing, by name
    *,
    zone: Zone,
    body: "type[RequestSchema] | None" = None,
    permission: str | None = None,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    idempotent: bool = False,
    recent_proof: bool = False,
    signs_out: bool = False,
    while_enrolling: bool = False,
    available: Callable[[], object] | None = None,
) -> Callable[[Action[Any]], Endpoint[Any]]:
    """Make a function the handler of an endpoint.

    ``zone`` is who may call: anyone (``public``), a signed-in person (``private``), or whoever
    holds ``permission`` (``server``). ``body`` is the schema that the request body must meet;
    without one a body is ignored. ``status`` is that of success, ``headers`` go with it. An
    ``idempotent`` one heeds the header ``Idempotency-Key``. For one that needs ``recent_proof`` a
    stolen access token does not suffice. One that ``signs_out`` takes a browser's cookies away
    however it ends, and is content with its refresh cookie. One may be used ``while_enrolling``
    that helps people to the second factor that their role demands of them, or out. ``available``
    raises what is answered where the deployment has it switched off, before AWS is asked anything.

    Raises:
        ValueError: a server endpoint without a permission, or one elsewhere.
    """
    if (zone == "server") != (permission is not None):
        raise ValueError("the server zone, and only it, asks for a permission")

    if body is not None:
        # here, because a start is the time for what the first request would have to wait for
        body.model_rebuild()

    def decorate(action: Action[Any]) -> Endpoint[Any]:
        return Endpoint(
            action,
            zone,
            permission,
            body,
            status,
            headers or {},
            idempotent,
            recent_proof,
            signs_out,
            while_enrolling,
            available,
        )

    return decorate
