"""What did not work, in words for a person."""

from collections.abc import Iterator

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError, NoRegionError
from pynamodb.exceptions import PynamoDBException

from accounts.errors import AccountsError, LastAdministratorError, UnavailableError
from accounts.settings import SettingsError
from infra.manage.deployments import DeploymentError


class RefusedError(Exception):
    """What was asked for cannot be done; the text says why and what to do instead."""


EXPECTED = (
    RefusedError,
    DeploymentError,
    AccountsError,
    SettingsError,
    BotoCoreError,
    ClientError,
    OSError,
)

KEYS_ARE_CLOSED = (
    "The keys let in only the stack's functions, and whom its parameter OperatorArn names. Deploy"
    " with your role or user there (docs/deploy.md), or have an administrator issue the token."
)


def explained(error: Exception) -> str:
    """Return what to tell a person of an expected error."""
    if isinstance(error, AccountsError):
        return _explained(error)
    if isinstance(error, NoCredentialsError | NoRegionError):
        missing = str(error).rstrip(".")
        return f"{missing}. Set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_REGION."
    if isinstance(error, SettingsError):
        return f"The deployment is of another version than this checkout: {error}"
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error)


def _explained(error: AccountsError) -> str:
    if isinstance(error, UnavailableError):
        if (error.dependency, error.reason) == ("KMS", "AccessDeniedException"):
            return KEYS_ARE_CLOSED
        return f"AWS did not do its part: {cause(error) or 'too many changes at once'}"
    if isinstance(error, LastAdministratorError):
        return f"{error.message}. Make another one first: create-administrator"
    details = (f"{fault['field']}: {fault['message']}" for fault in error.details or ())
    return "; ".join((error.message, *details))


def cause(error: BaseException) -> BotoCoreError | ClientError | None:
    """Return what AWS, or the way there, said that led to ``error``."""
    for link in _chain(error):
        if isinstance(link, BotoCoreError | ClientError):
            return link
    return None


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.cause if isinstance(error, PynamoDBException) else error.__cause__
