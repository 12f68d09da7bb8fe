"""Recent proof (step-up): for what a stolen access token alone must not suffice. RFC 9470.

A log-in counts as a proof, and so does :mod:`accounts.own_account.identity`. Back-ends have
nobody to ask, so they are exempt, and shut out where that would open more than they do.
"""

from datetime import timedelta

from accounts import clock, settings
from accounts.access import roles
from accounts.access.authentication import Principal
from accounts.credentials import tokens
from accounts.errors import ReauthenticationRequiredError, UserTokenRequiredError


def require(caller: Principal) -> None:
    """Return if the caller is a person who proved of late who they are, or an operator.

    Raises:
        ReauthenticationRequiredError: their last proof is too long ago.
        UserTokenRequiredError: a back-end is calling.
    """
    if caller.is_service:
        raise UserTokenRequiredError
    if caller.is_operator:
        return
    seconds = settings.current().recent_proof_seconds
    if tokens.proved_at(caller.session) + timedelta(seconds=seconds) <= clock.now():
        raise ReauthenticationRequiredError(seconds)


def require_for(role: str, caller: Principal) -> None:
    """Return if the caller may decide over an account of this role as far as proof goes.

    A person must have proved of late who they are; a back-end need not where the role is a plain
    one.

    Raises:
        ReauthenticationRequiredError: their last proof is too long ago.
        UserTokenRequiredError: a back-end is calling, and the role governs.
        UnavailableError: DynamoDB did not answer.
    """
    if not caller.is_service or roles.governs(role):
        require(caller)
