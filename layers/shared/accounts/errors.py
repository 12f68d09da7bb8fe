"""Every answer that is not a success: one class each, with its status, texts and stable code.

``error`` and ``message`` are the body, ``code`` travels in the header ``x-error-code``. What
caused an error stays in ``__cause__`` and never reaches the caller.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

MISSING_FIELD = "This field is required"

Dependency = Literal["DynamoDB", "KMS", "SQS", "SSM", "S3", "EventBridge", "BotCheck"]


class AccountsError(Exception):
    """Base of all errors that the service answers with; as such, a bug of ours."""

    status: ClassVar[int] = 500
    error: ClassVar[str] = "Internal Server Error"
    code: ClassVar[str] = "internal_error"
    message: str = "An unexpected error occurred"

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the headers that this error adds to the answer."""
        return {}

    @property
    def details(self) -> Sequence[Mapping[str, str]] | None:
        """Return what is wrong field by field, where the error is about fields."""
        return None


class MalformedRequestError(AccountsError):
    """The body is not a JSON object in UTF-8, or is nested too deep."""

    status = 400
    error = "Bad Request"
    code = "malformed_request"
    message = "Request body is not valid JSON"


class UnknownEventError(MalformedRequestError):
    """The function was invoked with something else than an HTTP API 2.0 event."""

    code = "unknown_event"
    message = "Request is not an HTTP API event"


class UnauthorizedError(AccountsError):
    """No credentials that hold; the challenge is that of RFC 6750 section 3."""

    status = 401
    error = "Unauthorized"
    code = "unauthorized"
    message = "Authentication required"

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the challenge."""
        return {"www-authenticate": "Bearer"}


class TokenMissingError(UnauthorizedError):
    """No ``Authorization: Bearer`` was sent."""

    code = "token_missing"


class TokenInvalidError(UnauthorizedError):
    """The token is malformed, forged, of another kind or not ours."""

    code = "token_invalid"

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the challenge, saying that the token sent is the reason."""
        return {"www-authenticate": 'Bearer error="invalid_token"'}


class TokenExpiredError(TokenInvalidError):
    """The token is ours but its time is over: refresh and go on."""

    code = "token_expired"


class SessionEndedError(TokenInvalidError):
    """The session behind the token is over: log in again."""

    code = "session_ended"


class InvalidCredentialsError(UnauthorizedError):
    """Unknown e-mail, wrong password or disabled account: one answer (OWASP ASVS 6.3.8)."""

    code = "invalid_credentials"
    message = "Invalid email or password"


class InvalidCodeError(UnauthorizedError):
    """The code is not that of the challenge, which may be nobody's: one answer."""

    code = "invalid_code"
    message = "Invalid code"


class InvalidPasskeyError(UnauthorizedError):
    """The passkey is nobody's here, or its use is not what was asked for: one answer."""

    code = "invalid_passkey"
    message = "Invalid passkey"


class ForbiddenError(AccountsError):
    """Signed in, but not allowed."""

    status = 403
    error = "Forbidden"
    code = "permission_missing"

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the challenge of RFC 6750 section 3.1."""
        return {"www-authenticate": 'Bearer error="insufficient_scope"'}


class PermissionMissingError(ForbiddenError):
    """The caller's role lacks a permission, which the message names."""

    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.message = f"Permission {permission} required"


class UserTokenRequiredError(ForbiddenError):
    """A service token was used in the private zone, which belongs to people."""

    code = "user_token_required"
    message = "A user's own token is required"


class RoleNotGrantableError(ForbiddenError):
    """A back-end gives the default role only, so that a stolen token makes nobody powerful."""

    code = "role_not_grantable"
    message = "Back-ends give the default role only"


class ReauthenticationRequiredError(ForbiddenError):
    """The act takes a more recent proof of who is calling: confirm it, and ask again.

    No 401, though RFC 9470 has one: clients would refresh their token, which proves nothing.
    """

    code = "reauthentication_required"
    message = "Confirm your identity first"

    def __init__(self, max_age_seconds: int) -> None:
        super().__init__(max_age_seconds)
        self._max_age_seconds = max_age_seconds

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the challenge of RFC 9470 section 3."""
        error = 'error="insufficient_user_authentication"'
        return {"www-authenticate": f'Bearer {error}, max_age="{self._max_age_seconds}"'}


class SecondFactorRequiredError(ForbiddenError):
    """The caller has to get a second factor, or to prove one, before anything else."""

    code = "second_factor_required"
    message = "A second factor is required"


class EmailCodesOffError(AccountsError):
    """Nobody logs in with codes by mail here: a setting of the deployment."""

    status = 403
    error = "Forbidden"
    code = "email_codes_off"
    message = "Codes by e-mail are switched off"


class PasskeysOffError(AccountsError):
    """There are no passkeys here: the deployment has no name of its own to make them for."""

    status = 403
    error = "Forbidden"
    code = "passkeys_off"
    message = "Passkeys are switched off"


class OwnChangesOffError(AccountsError):
    """People do not do this to their own account here: a setting of the deployment."""

    status = 403
    error = "Forbidden"
    code = "own_changes_off"
    message = "This is up to an administrator"


class BotCheckFailedError(AccountsError):
    """Who is asking has not shown that they are no bot: let them try the check again."""

    status = 403
    error = "Forbidden"
    code = "bot_check_failed"
    message = "The bot check was not passed"


class UserNotFoundError(AccountsError):
    """No such user; said in the server zone only."""

    status = 404
    error = "Not Found"
    code = "user_not_found"
    message = "User not found"


class ProxyRequiredError(AccountsError):
    """The request came around the proxy that all have to come through."""

    status = 403
    error = "Forbidden"
    code = "proxy_required"
    message = "Requests have to come through the service's public address"


class SignUpClosedError(AccountsError):
    """Nobody may sign themselves up here."""

    status = 403
    error = "Forbidden"
    code = "sign_up_closed"
    message = "Sign-up is closed"


class RouteNotFoundError(AccountsError):
    """No endpoint has this path."""

    status = 404
    error = "Not Found"
    code = "route_not_found"
    message = "No such endpoint"


class MethodNotAllowedError(AccountsError):
    """The path exists, with other methods, which RFC 9110 section 15.5.6 wants named."""

    status = 405
    error = "Method Not Allowed"
    code = "method_not_allowed"
    message = "This endpoint has other methods"

    def __init__(self, allowed: Sequence[str]) -> None:
        super().__init__(allowed)
        self._allowed = allowed

    @property
    def headers(self) -> Mapping[str, str]:
        """Return the methods that the path does have."""
        return {"allow": ", ".join(self._allowed)}


class WebhooksOffError(AccountsError):
    """Nobody is told of events here: a setting of the deployment."""

    status = 403
    error = "Forbidden"
    code = "webhooks_off"
    message = "Events and webhooks are switched off"


class WebhookNotFoundError(AccountsError):
    """No such webhook; said in the server zone only."""

    status = 404
    error = "Not Found"
    code = "webhook_not_found"
    message = "Webhook not found"


class DeliveryNotFoundError(AccountsError):
    """Nothing is known of such a delivery; said in the server zone only."""

    status = 404
    error = "Not Found"
    code = "delivery_not_found"
    message = "Delivery not found"


class TooManyWebhooksError(AccountsError):
    """There are as many webhooks as there may be, since each event is for any of them."""

    status = 409
    error = "Conflict"
    code = "too_many_webhooks"
    message = "There are too many webhooks, delete one of them first"


class UserExistsError(AccountsError):
    """The e-mail address is taken; said in the server zone only."""

    status = 409
    error = "Conflict"
    code = "user_exists"
    message = "User already exists"


class RoleNotFoundError(AccountsError):
    """No such role; said in the server zone only."""

    status = 404
    error = "Not Found"
    code = "role_not_found"
    message = "Role not found"


class LastAdministratorError(AccountsError):
    """Nobody would be left to administer."""

    status = 409
    error = "Conflict"
    code = "last_administrator"
    message = "The last administrator cannot be removed"


class SearchIncompleteError(AccountsError):
    """Not everybody can be found yet: accounts from before there was search are being entered."""

    status = 409
    error = "Conflict"
    code = "search_incomplete"
    message = "Search is being set up, not everybody can be found yet"


class RoleInUseError(AccountsError):
    """Accounts hold the role."""

    status = 409
    error = "Conflict"
    code = "role_in_use"
    message = "Role is in use"


class BuiltinRoleError(AccountsError):
    """The role is one that every deployment has."""

    status = 409
    error = "Conflict"
    code = "role_builtin"
    message = "Built-in roles cannot be deleted"


class SecondFactorDemandedError(AccountsError):
    """The role of who would be without a second factor demands one."""

    status = 409
    error = "Conflict"
    code = "second_factor_demanded"
    message = "Your role demands a second factor, add another one first"


class TooManyServiceTokensError(AccountsError):
    """The back-end holds as many tokens as it may; none is ended to make room for another."""

    status = 409
    error = "Conflict"
    code = "too_many_service_tokens"
    message = "The back-end has too many tokens, end one of them first"


class NoSecondFactorError(AccountsError):
    """The account has no second factor that recovery codes could stand in for."""

    status = 409
    error = "Conflict"
    code = "no_second_factor"
    message = "Add a second factor first"


class PasskeyNotFoundError(AccountsError):
    """The caller has no such passkey."""

    status = 404
    error = "Not Found"
    code = "passkey_not_found"
    message = "Passkey not found"


class PasskeyExistsError(AccountsError):
    """The authenticator's key is on file already, perhaps with another account."""

    status = 409
    error = "Conflict"
    code = "passkey_exists"
    message = "Passkey already exists"


class TooManyPasskeysError(AccountsError):
    """The account has as many as it may: one has to go first."""

    status = 409
    error = "Conflict"
    code = "too_many_passkeys"
    message = "Remove a passkey first"


class ResetTokenInvalidError(AccountsError):
    """The reset token is unknown, used, void or expired: one answer."""

    status = 410
    error = "Gone"
    code = "reset_token_invalid"
    message = "Reset token is invalid or has expired"


class EmailTokenInvalidError(AccountsError):
    """The e-mail token is unknown, used, void or expired, or its address taken: one answer."""

    status = 410
    error = "Gone"
    code = "email_token_invalid"
    message = "E-mail token is invalid or has expired"


class UndoTokenInvalidError(AccountsError):
    """The undo token is unknown, used, void or expired: one answer."""

    status = 410
    error = "Gone"
    code = "undo_token_invalid"
    message = "Undo token is invalid or has expired"


class ChallengeInvalidError(AccountsError):
    """The challenge is unknown, used, void or expired, or has no tries left: one answer."""

    status = 410
    error = "Gone"
    code = "challenge_invalid"
    message = "Challenge is invalid or has expired"


class PayloadTooLargeError(AccountsError):
    """The body is longer than any request of ours can be."""

    status = 413
    error = "Payload Too Large"
    code = "payload_too_large"
    message = "Request body is larger than 16 KiB"


class UnsupportedMediaTypeError(AccountsError):
    """A body that does not say that it is plain JSON."""

    status = 415
    error = "Unsupported Media Type"
    code = "unsupported_media_type"
    message = "Content-Type must be application/json"


class ValidationFailedError(AccountsError):
    """Fields are missing or wrong; ``details`` names each, never with its value."""

    status = 422
    error = "Validation Error"
    code = "validation_failed"

    def __init__(self, details: Sequence[Mapping[str, str]], *, missing: bool = False) -> None:
        super().__init__()
        self._details = details
        self.message = "Required parameters missing" if missing else "Invalid parameters"

    @classmethod
    def of(cls, field: str, message: str) -> "ValidationFailedError":
        """Return the error that finds fault with one field."""
        return cls([{"field": field, "message": message}])

    @classmethod
    def lacks(cls, field: str) -> "ValidationFailedError":
        """Return the error that misses one field."""
        return cls([{"field": field, "message": MISSING_FIELD}], missing=True)

    @property
    def details(self) -> Sequence[Mapping[str, str]]:
        """Return one entry a fault: ``field`` and ``message``."""
        return self._details


class IdempotencyKeyReusedError(ValidationFailedError):
    """The idempotency key came with another request before."""

    def __init__(self) -> None:
        fault = {"field": "Idempotency-Key", "message": "Was used with another request"}
        super().__init__([fault])


class RetryLaterError(AccountsError):
    """Not now; the same request may succeed after ``retry_after_seconds``."""

    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__(retry_after_seconds)
        self.retry_after_seconds = retry_after_seconds

    @property
    def headers(self) -> Mapping[str, str]:
        """Return when to come back (RFC 9110 section 10.2.3)."""
        return {"retry-after": str(self.retry_after_seconds)}


class TooManyRequestsError(RetryLaterError):
    """Too many failures; RFC 6585 section 4."""

    status = 429
    error = "Too Many Requests"
    code = "too_many_requests"
    message = "Too many attempts, try again later"


class UnavailableError(RetryLaterError):
    """DynamoDB, KMS, SQS or another did not do its part in time; nothing was decided.

    ``dependency`` and ``reason`` are for the log: which it was, and why. There is no dependency
    to blame where the time ran out, or where others kept changing the same things.
    """

    status = 503
    error = "Service Unavailable"
    code = "unavailable"
    message = "The service is temporarily unavailable, try again"

    def __init__(self, dependency: Dependency | None = None, reason: str | None = None) -> None:
        super().__init__()
        self.dependency = dependency
        self.reason = reason


class IdempotencyKeyBusyError(RetryLaterError):
    """The first request with this idempotency key is still being answered."""

    status = 409
    error = "Conflict"
    code = "idempotency_key_busy"
    message = "A request with this Idempotency-Key is being answered"
