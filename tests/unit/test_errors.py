"""The table of errors, as it is documented."""

from collections.abc import Iterator, Mapping

import pytest

from accounts.errors import (
    AccountsError,
    RetryLaterError,
    TooManyRequestsError,
    ValidationFailedError,
)
from tests.support.answers import ERRORS, telling_header

CODES: Mapping[str, tuple[int, str]] = {
    "malformed_request": (400, "Request body is not valid JSON"),
    "unknown_event": (400, "Request is not an HTTP API event"),
    "token_missing": (401, "Authentication required"),
    "token_invalid": (401, "Authentication required"),
    "token_expired": (401, "Authentication required"),
    "session_ended": (401, "Authentication required"),
    "invalid_credentials": (401, "Invalid email or password"),
    "invalid_code": (401, "Invalid code"),
    "permission_missing": (403, "Permission users:create required"),
    "user_token_required": (403, "A user's own token is required"),
    "role_not_grantable": (403, "Back-ends give the default role only"),
    "reauthentication_required": (403, "Confirm your identity first"),
    "webhooks_off": (403, "Events and webhooks are switched off"),
    "webhook_not_found": (404, "Webhook not found"),
    "delivery_not_found": (404, "Delivery not found"),
    "too_many_webhooks": (409, "There are too many webhooks, delete one of them first"),
    "user_not_found": (404, "User not found"),
    "email_codes_off": (403, "Codes by e-mail are switched off"),
    "passkeys_off": (403, "Passkeys are switched off"),
    "invalid_passkey": (401, "Invalid passkey"),
    "passkey_not_found": (404, "Passkey not found"),
    "passkey_exists": (409, "Passkey already exists"),
    "too_many_passkeys": (409, "Remove a passkey first"),
    "own_changes_off": (403, "This is up to an administrator"),
    "bot_check_failed": (403, "The bot check was not passed"),
    "second_factor_required": (403, "A second factor is required"),
    "proxy_required": (403, "Requests have to come through the service's public address"),
    "sign_up_closed": (403, "Sign-up is closed"),
    "route_not_found": (404, "No such endpoint"),
    "method_not_allowed": (405, "This endpoint has other methods"),
    "role_not_found": (404, "Role not found"),
    "user_exists": (409, "User already exists"),
    "last_administrator": (409, "The last administrator cannot be removed"),
    "search_incomplete": (409, "Search is being set up, not everybody can be found yet"),
    "role_in_use": (409, "Role is in use"),
    "role_builtin": (409, "Built-in roles cannot be deleted"),
    "too_many_service_tokens": (
        409,
        "The back-end has too many tokens, end one of them first",
    ),
    "no_second_factor": (409, "Add a second factor first"),
    "second_factor_demanded": (
        409,
        "Your role demands a second factor, add another one first",
    ),
    "idempotency_key_busy": (409, "A request with this Idempotency-Key is being answered"),
    "reset_token_invalid": (410, "Reset token is invalid or has expired"),
    "email_token_invalid": (410, "E-mail token is invalid or has expired"),
    "undo_token_invalid": (410, "Undo token is invalid or has expired"),
    "challenge_invalid": (410, "Challenge is invalid or has expired"),
    "payload_too_large": (413, "Request body is larger than 16 KiB"),
    "unsupported_media_type": (415, "Content-Type must be application/json"),
    "validation_failed": (422, "Invalid parameters"),
    "too_many_requests": (429, "Too many attempts, try again later"),
    "internal_error": (500, "An unexpected error occurred"),
    "unavailable": (503, "The service is temporarily unavailable, try again"),
}
ARGUMENTS: Mapping[str, tuple[object, ...]] = {
    "PermissionMissingError": ("users:create",),
    "MethodNotAllowedError": (["GET", "POST"],),
    "ReauthenticationRequiredError": (600,),
    "ValidationFailedError": ([{"field": "a", "message": "b"}],),
}


def _all(base: type[AccountsError] = AccountsError) -> Iterator[type[AccountsError]]:
    yield base
    for kind in base.__subclasses__():
        yield from _all(kind)


# the base of those that say when to come back is none by itself
EVERY = [kind for kind in _all() if kind is not RetryLaterError]


def made(kind: type[AccountsError]) -> AccountsError:
    return kind(*ARGUMENTS.get(kind.__name__, ()))


def test_every_code_has_its_status_and_message() -> None:
    # of a class and its base with the same code the former is the one that is raised
    raised = {error.code: error for error in map(made, EVERY)}
    del raised["unauthorized"]

    assert {code: (error.status, error.message) for code, error in raised.items()} == CODES


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_error_has_the_words_of_its_status_and_the_headers_that_it_needs(
    kind: type[AccountsError],
) -> None:
    error = made(kind)

    assert error.error == ERRORS[error.status]
    assert (error.details is not None) == (error.status == 422)
    if header := telling_header(error.status, error.code):
        assert error.headers[header]


def test_codes_are_told_apart() -> None:
    own = [vars(kind)["code"] for kind in EVERY if "code" in vars(kind)]

    assert len(own) == len(set(own))


@pytest.mark.parametrize("seconds", [1, 30, 900])
def test_waiting_time_is_told_in_seconds(seconds: int) -> None:
    assert TooManyRequestsError(seconds).headers == {"retry-after": str(seconds)}


def test_whoever_shall_come_again_is_told_when() -> None:
    for kind in RetryLaterError.__subclasses__():
        assert kind().headers == {"retry-after": "1"}


def test_missing_fields_are_called_so() -> None:
    assert ValidationFailedError.lacks("email").message == "Required parameters missing"
    assert ValidationFailedError.of("email", "wrong").message == "Invalid parameters"
