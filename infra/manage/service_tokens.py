"""Tokens of back-ends."""

from accounts import settings
from accounts.access import roles
from accounts.administration import back_ends
from accounts.administration.back_ends import BackEnd, ServiceToken
from accounts.errors import UserExistsError, ValidationFailedError
from accounts.storage import users
from infra.manage import sign_out
from infra.manage.operating import CLIENT, OPERATOR, account, canonical, readable, role_name
from infra.manage.problems import RefusedError

DAY_SECONDS = 86_400
FUNCTIONS_ALONE_SIGN = (
    "With SigningMode=cached the functions alone open the key that signs, and nobody here can. Have"
    " an administrator issue the token: POST /api/v1/server/service_tokens, or in the console."
)


def issue(email: str, name: str, role: str, days: int | None) -> ServiceToken:
    """Return a new token for the back-end, whose account is made if there is none.

    Raises:
        RefusedError: the e-mail, the name, the role or the life cannot be used, or the key that
            signs may be opened by functions alone.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    if settings.signing().signing_mode == "cached":
        raise RefusedError(FUNCTIONS_ALONE_SIGN)
    back_end = BackEnd(canonical(email), readable(name), role_name(role), _seconds(days))
    try:
        return back_ends.issue_token(back_end, OPERATOR, CLIENT)
    except ValidationFailedError as error:
        raise RefusedError(
            f"--role must be {roles.SERVICE} or a role that permits no more."
        ) from error
    except UserExistsError as error:
        raise RefusedError(
            f"{back_end.email} is a person, or a back-end that is disabled or has another role."
            " Choose another e-mail, or the role that it has."
        ) from error


def revoke(whom: str, session_id: str | None) -> int:
    """End the back-end's tokens, or the one of this session, and return how many those were.

    Raises:
        RefusedError: there is no such back-end or session.
        UnavailableError: DynamoDB did not answer.
    """
    user = account(whom)
    if user.kind != users.SERVICE:
        raise RefusedError(f"{user.email} is a person. To sign them out, run: end-sessions {whom}")
    return sign_out.end(user, session_id)


def _seconds(days: int | None) -> int:
    longest = settings.current().service_token_seconds
    if days is None:
        return longest
    if not 1 <= days <= longest // DAY_SECONDS:
        raise RefusedError(f"--days must be from 1 to {longest // DAY_SECONDS}.")
    return days * DAY_SECONDS
