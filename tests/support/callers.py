"""Kinds of callers, and the verdicts on them: may call, or how they are refused."""

from collections.abc import Mapping
from dataclasses import dataclass

# status, code and message of a refusal
Verdict = str | tuple[int, str, str]

YES = "yes"
SIGN_IN = (401, "token_missing", "Authentication required")
INVALID = (401, "token_invalid", "Authentication required")
EXPIRED = (401, "token_expired", "Authentication required")
ENDED = (401, "session_ended", "Authentication required")
PEOPLE_ONLY = (403, "user_token_required", "A user's own token is required")
ENROL_FIRST = (403, "second_factor_required", "A second factor is required")

KINDS = (
    "nobody",
    "read_only",
    "methodist",
    "administrator",
    # who may do everything, once they have the second factor that their role demands
    "enrolling",
    "service",
    "expired",
    "ended",
    "refresh token",
    "reset token",
)
# the same wherever a token is asked for
NO_TOKENS: Mapping[str, Verdict] = {
    "nobody": SIGN_IN,
    "expired": EXPIRED,
    "ended": ENDED,
    "refresh token": INVALID,
    "reset token": INVALID,
}


@dataclass(frozen=True)
class Callers:
    """The verdict on each kind of caller, and the permission that it turns on, if on one."""

    verdicts: Mapping[str, Verdict]
    permission: str | None = None


ANYONE = Callers(dict.fromkeys(KINDS, YES))
PEOPLE = Callers(
    {
        **NO_TOKENS,
        **dict.fromkeys(("read_only", "methodist", "administrator"), YES),
        "enrolling": ENROL_FIRST,
        "service": PEOPLE_ONLY,
    }
)
PEOPLE_WHILE_ENROLLING = Callers({**PEOPLE.verdicts, "enrolling": YES})

# whoever is tried has begun with no app, or has no second factor: those who have are alice
PEOPLE_WITH_A_NEW_APP = Callers(
    {
        **PEOPLE.verdicts,
        **dict.fromkeys(
            ("read_only", "methodist", "administrator", "enrolling"),
            (422, "validation_failed", "Invalid parameters"),
        ),
    }
)
PEOPLE_WITH_A_SECOND_FACTOR = Callers(
    {
        **PEOPLE.verdicts,
        **dict.fromkeys(
            ("read_only", "methodist", "administrator"),
            (409, "no_second_factor", "Add a second factor first"),
        ),
    }
)

# of whom there is one where each caller is tried
PEOPLE_BUT_THE_LAST_ADMINISTRATOR = Callers(
    {
        **PEOPLE.verdicts,
        "administrator": (409, "last_administrator", "The last administrator cannot be removed"),
    }
)


def holders_of(permission: str, *others: str) -> Callers:
    """Return the callers of an endpoint of the server zone: administrators and ``others`` may."""
    lacking = (403, "permission_missing", f"Permission {permission} required")
    verdicts: Mapping[str, Verdict] = {
        **NO_TOKENS,
        **dict.fromkeys(("read_only", "methodist", "service"), lacking),
        **dict.fromkeys(("administrator", *others), YES),
        "enrolling": ENROL_FIRST,
    }
    return Callers(verdicts, permission)
