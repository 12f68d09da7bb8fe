"""Proving once more who one is, on a session that began some time ago."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from accounts import clock
from accounts.access import account_changes, present_password, second_factors, sessions
from accounts.access.authentication import Principal
from accounts.credentials import throttle
from accounts.credentials.browser_answers import Assertion
from accounts.errors import SecondFactorRequiredError, SessionEndedError, ValidationFailedError
from accounts.storage import audit
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import Change, ConditionFailedError, Update, retried, write


class _Shown(NamedTuple):
    """Something that was right: how it counts (RFC 8176), and what it takes."""

    amr: Sequence[str]
    changes: Sequence[Change]


_NOTHING = _Shown((), ())
_WRONG: Mapping[str, str] = {
    "code": "This is not a code that works",
    "passkey": "This is not a passkey that works",
}


def confirm(
    caller: Principal, password: str | None, code: str | None, passkey: Assertion | None = None
) -> None:
    """Have the caller's session count as recently proved from now on.

    That takes their password, or their second factor if they have one, by a code or a passkey:
    there a password alone would let a thief add a factor of their own. Whatever is shown has to
    be right. Wrong guesses are slowed down, by session, so that a stolen access token is no way
    around the limits of log-ins.

    Raises:
        ValidationFailedError: this is not the password, or not a code or passkey that works.
        ChallengeInvalidError: what the passkey was used for is unknown, used or expired.
        SecondFactorRequiredError: the account has a second factor, and none was shown.
        TooManyRequestsError: too many wrong ones.
        SessionEndedError: the session has ended meanwhile.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    present_password.admit(caller)
    user = account_changes.callers_account(caller)
    if code is None and passkey is None:
        if second_factors.has_any(user):
            raise SecondFactorRequiredError
        if password is None:
            raise ValidationFailedError.lacks("passw")
    by_password = _by_password(caller, user, password)
    retried(lambda: _prove(caller, user, by_password, code, passkey))


def _prove(
    caller: Principal,
    user: User,
    by_password: _Shown,
    code: str | None,
    passkey: Assertion | None,
) -> None:
    by_factor = _by_passkey(caller, user, passkey) if passkey else _by_code(user, code)
    session = caller.session
    own_pool = [] if by_password.changes else [throttle.clear(throttle.session(session.session_id))]
    event = audit.event(user.id, "identity_confirmed", session_id=session.session_id)
    amr = [*by_password.amr, *by_factor.amr]
    actions = [UserSession.proved_at.set(clock.now()), sessions.proved(session, amr)]
    proved = Update(session, UserSession.session_id.exists(), actions)
    try:
        write(proved, *by_password.changes, *by_factor.changes, *own_pool, event)
    except ConditionFailedError as error:
        if proved in error.failed:
            raise SessionEndedError from error
        # used meanwhile, which reading it again tells
        raise


def _by_password(caller: Principal, user: User, password: str | None) -> _Shown:
    if password is None:
        return _NOTHING
    present_password.verify(user, password, field="passw")
    return _Shown(("pwd",), present_password.clear_failures(caller))


def _by_code(user: User, code: str | None) -> _Shown:
    if code is None:
        return _NOTHING
    # imported here, because most accounts have no second factor
    from accounts.access import factor_codes  # noqa: PLC0415 - see above
    from accounts.mail import factor_notices  # noqa: PLC0415 - see above

    try:
        proof = factor_codes.check(user, code)
    except factor_codes.WrongCodeError as error:
        raise _wrong("code") from error
    told = factor_notices.recovery_code_used(user, proof.codes_left)
    return _Shown(proof.amr, [*proof.changes, *told])


def _by_passkey(caller: Principal, user: User, answer: Assertion) -> _Shown:
    # imported here, because it loads what reads WebAuthn
    from accounts.access import factor_codes  # noqa: PLC0415 - see above
    from accounts.own_account import passkey_confirmation  # noqa: PLC0415 - see above

    try:
        proof = passkey_confirmation.check(caller, user, answer)
    except factor_codes.WrongCodeError as error:
        raise _wrong("passkey") from error
    return _Shown(proof.amr, proof.changes)


def _wrong(field: str) -> ValidationFailedError:
    return ValidationFailedError.of(field, _WRONG[field])
