"""The second step of a log-in, to an account that has a second factor.

After the first proof there is no session yet but a challenge, which whoever has it completes. It
takes five tries, counted before they are compared, and failures are slowed down across all
challenges of the account: who knows its password and nothing else guesses at one of a million
codes a hundred times, and no more until it has a new password. Its known devices have counts of
their own, and the first step has nothing to do with these.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts import logs, metrics
from accounts.access import factor_codes, second_factors
from accounts.access.factor_codes import Proof, WrongCodeError
from accounts.access.sessions import Client
from accounts.credentials import budgets, device_tokens, one_time_tokens, throttle
from accounts.credentials.one_time_tokens import Kind, OpenToken, TokenInvalidError
from accounts.credentials.throttle import LONGEST_BLOCK_SECONDS, Attempt
from accounts.errors import ChallengeInvalidError, InvalidCodeError, TooManyRequestsError
from accounts.mail import factor_notices, orders
from accounts.sign_in import success
from accounts.sign_in.success import Challenged, LoggedIn
from accounts.storage import audit, users
from accounts.storage.tables import LoginAttempt, User
from accounts.storage.transactions import Change, ConditionFailedError, retried, write

LIFE_SECONDS = 300
TRIES = 5
# the pace of challenges, of a known device or of all others
CHALLENGES = 60
CHALLENGES_SECONDS = 3600
# to one account
NOTICES = 3
NOTICES_SECONDS = 24 * 3600

Check = Callable[[User], Proof]


@dataclass(frozen=True)
class _Entry:
    """A try that was let in, to be compared; ``device`` is the digest of a known one."""

    token: OpenToken
    user: User
    device: str | None
    attempt: Attempt
    number: int

    def success(self) -> Sequence[Change]:
        """Return what a success does to the counts, for the transaction that begins the session."""
        if self.device is None:
            return [throttle.take_back(self.attempt)]
        strangers = throttle.second_factor(self.user, None)
        return [throttle.clear(self.attempt.pool), throttle.forgive(strangers)]

    def record_failure(self) -> None:
        """Put a failure on record, if it is one of those that are, and tell the owner of a row.

        Raises:
            UnavailableError: DynamoDB or the queue did not answer.
        """
        if self.number == TRIES:
            event = audit.event(self.user.id, "second_factor_guessed")
            _tell(self.user, event)
            write(event)
        elif self.attempt.begins_row:
            write(audit.event(self.user.id, "second_factor_failed"))


def challenge(
    user: User, amr: Sequence[str], device_token: str | None, *also: Change
) -> Challenged:
    """Return a challenge for who has shown a first proof, and do what is to be done ``also``.

    Raises:
        TooManyRequestsError: the account's factors were asked for more often than people do.
        ConditionFailedError: a condition of ``also`` failed.
        UnavailableError: DynamoDB did not answer.
    """
    # it counts once it is completed
    metrics.take_back("LogIns")
    whose = _known(user, device_token) or user.id
    budgets.spend_own("challenge", whose, CHALLENGES, CHALLENGES_SECONDS)
    token = one_time_tokens.new(
        Kind.SECOND_FACTOR,
        user.id,
        LIFE_SECONDS,
        epoch=user.credentials_epoch,
        amr=" ".join(amr),
    )
    write(token.kept, *also)
    return Challenged(token.text, second_factors.names(user), LIFE_SECONDS)


def prove_code(text: str, code: str, client: Client, device_token: str | None) -> LoggedIn:
    """Begin a session for who has the challenge and a code of the account's; see :func:`prove`."""
    return prove(text, lambda user: factor_codes.check(user, code), client, device_token)


def prove(text: str, check: Check, client: Client, device_token: str | None) -> LoggedIn:
    """Begin a session for who has the challenge and a factor that ``check`` finds right.

    Raises:
        ChallengeInvalidError: the challenge is unknown, used, void, expired or has no tries left.
        InvalidCodeError: the factor is none of the account's, or was used before.
        TooManyRequestsError: either of these, too often; or the account logs in more often than
            people do.
        UnavailableError: DynamoDB, KMS or the queue did not answer.
    """
    metrics.count("LogIns")
    try:
        entry = _admitted(text, device_token)
        try:
            return _begin(entry, check, client, device_token)
        except WrongCodeError:
            entry.record_failure()
            raise
    except TokenInvalidError as error:
        budgets.spend("second-factor", client.ip_address)
        raise ChallengeInvalidError from error
    except WrongCodeError as error:
        budgets.spend("second-factor", client.ip_address)
        raise InvalidCodeError from error


def _admitted(text: str, device_token: str | None) -> _Entry:
    token = one_time_tokens.read(Kind.SECOND_FACTOR, text)
    user = _owner(token)
    logs.about(user.email)
    device = _known(user, device_token)
    pool = throttle.second_factor(user, device)
    attempt = throttle.admit(pool, LoginAttempt.find(pool.subject))
    if attempt.is_in_vain:
        raise TooManyRequestsError(LONGEST_BLOCK_SECONDS)
    return _Entry(token, user, device, attempt, one_time_tokens.count_try(token, TRIES))


def _begin(entry: _Entry, check: Check, client: Client, device_token: str | None) -> LoggedIn:
    as_read = [entry.user]

    def begin() -> LoggedIn:
        user = as_read.pop() if as_read else _owner(entry.token)
        proof = check(user)
        amr = dict.fromkeys((*(entry.token.amr or "").split(), *proof.amr))
        used = [
            *proof.changes,
            *factor_notices.recovery_code_used(user, proof.codes_left),
            *entry.success(),
        ]
        try:
            return success.begin(user, client, device_token, [*amr], (), entry.token.spent, *used)
        except ConditionFailedError as error:
            if entry.token.spent in error.failed:
                raise TokenInvalidError from error
            raise

    return retried(begin)


def _owner(token: OpenToken) -> User:
    user = users.owner_of_token(token.user_id, token.epoch)
    # without its last factor the first step is all there is
    if user is None or not second_factors.has_any(user):
        raise TokenInvalidError
    return user


def _known(user: User, device_token: str | None) -> str | None:
    device = device_tokens.digest(device_token)
    return device if device_tokens.is_known(user, device) else None


def _tell(user: User, event: Change) -> None:
    try:
        budgets.spend_own("second-factor-mail", user.id, NOTICES, NOTICES_SECONDS)
    except TooManyRequestsError:
        # the owner was told, and can do no more about another one
        return
    orders.second_factor_guessed(user, event)
