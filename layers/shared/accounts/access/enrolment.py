"""Roles that demand a second factor, and the sessions of holders who have yet to get one.

Whether one does is decided when a session begins. Until its owner has a factor it is good for
getting one and for nothing else; its access tokens permit nothing, also where others verify them.
A session that is older than the demand goes on: its owner is led to enrol at the next log-in.
"""

from collections.abc import Sequence

from pynamodb.expressions.update import Action

from accounts.access import roles, second_factors
from accounts.errors import SecondFactorDemandedError, SecondFactorRequiredError
from accounts.storage.tables import Role, User, UserSession

# for the transaction that gives the owner of the session a factor
OVER: Sequence[Action] = (UserSession.enrolment_due.remove(),)


def is_due(user: User, role: Role) -> bool:
    """Say whether a session that the account begins now is for getting a second factor."""
    return roles.demands_second_factor(role) and not second_factors.has_any(user)


def permitted(session: UserSession, role: Role) -> Sequence[str]:
    """Return what a new access token of a person's session permits."""
    return () if session.enrolment_due else role.permissions


def require_over(session: UserSession) -> None:
    """Return if the session is good for anything that its role permits.

    Raises:
        SecondFactorRequiredError: its owner has yet to get a second factor.
    """
    if session.enrolment_due:
        raise SecondFactorRequiredError


def require_dispensable(user: User) -> None:
    """Return if the account may do without a second factor, before it loses its last one.

    It could get another at the next log-in. But until then it would be one that a password opens.

    Raises:
        SecondFactorDemandedError: its role demands one.
        UnavailableError: DynamoDB did not answer.
    """
    if roles.demands_second_factor(roles.find(user.role)):
        raise SecondFactorDemandedError
