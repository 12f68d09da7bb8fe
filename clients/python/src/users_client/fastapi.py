"""A dependency for FastAPI: who is calling, if they may."""

from fastapi import HTTPException, Request, status

from users_client.verification import (
    Caller,
    KeysUnavailableError,
    TokenInvalidError,
    Verifier,
)

RETRY_SECONDS = 5
SCHEME = "bearer"


class SignedIn:
    """Lets in who is signed in, and hands their :class:`Caller` to the endpoint.

    Who lacks ``permission`` gets 403. Who has not proved more than a password, where ``mfa`` asks
    for it, or not within ``max_age_seconds``, gets the 401 of RFC 9470, section 3: the client has
    them confirm their identity at the users service, refreshes and comes again.
    """

    def __init__(
        self,
        verifier: Verifier,
        permission: str | None = None,
        *,
        mfa: bool = False,
        max_age_seconds: int | None = None,
    ) -> None:
        self._verifier = verifier
        self._permission = permission
        self._mfa = mfa
        self._max_age_seconds = max_age_seconds

    # not async, so that FastAPI has a thread wait for the keys
    def __call__(self, request: Request) -> Caller:
        """Return who is calling.

        Raises:
            HTTPException: 401 for a token that is missing or bad, or a proof that is not enough;
                403 for a missing permission; 503 while the keys cannot be had.
        """
        caller = self._caller(request)
        if self._permission is not None and not caller.may(self._permission):
            raise HTTPException(
                status.HTTP_403_FORBIDDEN, f"Permission {self._permission} required"
            )
        self._check_proof(caller)
        return caller

    def _caller(self, request: Request) -> Caller:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != SCHEME or not token:
            raise _unauthorized("Authentication required", "Bearer")
        try:
            return self._verifier.verify(token.strip())
        except TokenInvalidError:
            raise _unauthorized("Authentication required", 'Bearer error="invalid_token"') from None
        except KeysUnavailableError as error:
            raise HTTPException(
                status.HTTP_503_SERVICE_UNAVAILABLE,
                "The keys of the users service cannot be had",
                {"Retry-After": str(RETRY_SECONDS)},
            ) from error

    def _check_proof(self, caller: Caller) -> None:
        challenge = 'Bearer error="insufficient_user_authentication"'
        if self._mfa and not caller.has_second_factor:
            raise _unauthorized(
                "Second factor required", f'{challenge}, error_description="Second factor required"'
            )
        seconds = self._max_age_seconds
        if seconds is not None and not caller.proved_within(seconds):
            raise _unauthorized("Recent proof required", f'{challenge}, max_age="{seconds}"')


def _unauthorized(detail: str, challenge: str) -> HTTPException:
    return HTTPException(status.HTTP_401_UNAUTHORIZED, detail, {"WWW-Authenticate": challenge})
