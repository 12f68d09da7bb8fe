"""Which events there are: what each is called to others, and what it tells.

The one truth: the consumer makes events by it, webhooks are checked against it, and docs/events.md
is written from it. What an event of the trail has beyond the fields named here stays there.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

Field = Literal["text", "number", "texts"]


class EventType(NamedTuple):
    """A kind of event: its name, what has happened, and the fields of ``changes``."""

    name: str
    told: str
    fields: Mapping[str, Field] = {}


_WHY: Mapping[str, Field] = {"session_id": "text", "why": "text"}
_DEVICE: Mapping[str, Field] = {"device": "text"}
_PASSKEY: Mapping[str, Field] = {"passkey_id": "text"}
_SESSION: Mapping[str, Field] = {"session_id": "text"}
_USER: Mapping[str, Field] = {
    "role": "text",
    "status": "text",
    "language": "text",
    "name": "text",
    "email": "text",
}

TEST = EventType("webhook.test", "Somebody tries a webhook; this is no event of the trail.")

# by what the trail calls it
BY_TRAIL: Mapping[str, EventType] = {
    "user_created": EventType(
        "user.created", "An account was made.", {"role": "text", "kind": "text"}
    ),
    "user_updated": EventType(
        "user.updated",
        "An account was changed: what has another value now is told, but of name and address"
        " only that they have.",
        _USER,
    ),
    "user_deleted": EventType("user.deleted", "An account was deleted, and its sessions with it."),
    "user_unblocked": EventType("user.unblocked", "A lock-out of an account was cleared."),
    "email_changed": EventType(
        "user.email_changed", "Another address was confirmed, and is the account's from now on."
    ),
    "email_change_undone": EventType(
        "user.email_change_undone",
        "A change of address was taken back; sessions and the password ended.",
    ),
    "email_confirmed": EventType(
        "user.email_confirmed", "The owner has shown that mail reaches them."
    ),
    "confirmation_resent": EventType(
        "user.confirmation_resent", "The mail that asks to confirm the address was sent again."
    ),
    "password_changed": EventType(
        "password.changed", "The owner changed the password; every other session ended."
    ),
    "password_reset": EventType(
        "password.reset", "The password was set with a reset token; every session ended."
    ),
    "reset_token_issued": EventType(
        "password.reset_token_issued", "A token that sets the password was made."
    ),
    "session_begun": EventType(
        "session.begun",
        "Somebody signed in, or a back-end got a token; older sessions that were one too many"
        " have ended.",
        {"session_id": "text", "surplus_ended": "number"},
    ),
    "session_ended": EventType("session.ended", "A session ended.", _WHY),
    "sessions_ended": EventType(
        "session.all_ended",
        "Several sessions ended at once: as many as told.",
        {"count": "number", "why": "text"},
    ),
    "device_new": EventType(
        "session.new_device", "Somebody signed in on a device that was not known.", _SESSION
    ),
    "identity_confirmed": EventType(
        "session.confirmed", "Somebody who is signed in proved anew who they are.", _SESSION
    ),
    "log_in_failed": EventType("log_in.failed", "The first failed log-in of a row.", _DEVICE),
    "log_in_slowed": EventType(
        "log_in.slowed", "So many log-ins failed that the next have to wait.", _DEVICE
    ),
    "log_in_off": EventType(
        "log_in.off", "So many log-ins failed that the password opens nothing.", _DEVICE
    ),
    "second_factors_reset": EventType(
        "user.second_factors_reset",
        "Every second factor of an account was removed by somebody who may.",
        {"second_factors": "texts", "break_glass": "text"},
    ),
    "second_factor_failed": EventType(
        "second_factor.failed", "The first wrong second factor of a row, after a right password."
    ),
    "second_factor_guessed": EventType(
        "second_factor.guessed",
        "So many second factors were wrong that the next have to wait.",
    ),
    "passkey_added": EventType("passkey.added", "Somebody signs in with a new passkey.", _PASSKEY),
    "passkey_removed": EventType("passkey.removed", "A passkey is none any more.", _PASSKEY),
    "passkey_refused": EventType(
        "passkey.refused", "A passkey's counter went back, as that of a copy does.", _PASSKEY
    ),
    "totp_enabled": EventType("totp.enabled", "An authenticator app became a second factor."),
    "totp_disabled": EventType("totp.disabled", "The authenticator app is none any more."),
    "recovery_codes_renewed": EventType(
        "recovery_codes.renewed", "Recovery codes were made; those before are void."
    ),
    "recovery_code_used": EventType(
        "recovery_codes.used",
        "A recovery code stood in for the second factor; as many as told are left.",
        {"left": "number"},
    ),
    "role_saved": EventType(
        "role.saved",
        "A role was made or changed. The account is that of whoever did it, or 0.",
        {
            "role": "text",
            "granted": "texts",
            "withdrawn": "texts",
            "title": "text",
            "second_factor": "text",
            "second_factor_fixed": "text",
        },
    ),
    "role_deleted": EventType(
        "role.deleted",
        "A role was deleted. The account is that of whoever did it, or 0.",
        {"role": "text", "withdrawn": "texts"},
    ),
    "service_token_issued": EventType("service_token.issued", "A back-end got a token."),
    "webhook_saved": EventType(
        "webhook.saved",
        "A webhook was made or changed. The account is that of whoever did it, or 0.",
        {"webhook": "text", "secret": "text"},
    ),
    "webhook_deleted": EventType(
        "webhook.deleted",
        "A webhook was deleted. The account is that of whoever did it, or 0.",
        {"webhook": "text"},
    ),
}

DISABLED = EventType("user.disabled", "An account was disabled; its sessions ended.", _USER)
ENABLED = EventType("user.enabled", "An account that was disabled may sign in again.", _USER)
THEFT = EventType(
    "session.theft",
    "A session was ended because a refresh token that had been used was shown again.",
    _WHY,
)

# the same event of the trail goes by another name where this detail has this value
_ELSE: Mapping[tuple[str, str, str], EventType] = {
    ("user_updated", "status", "disabled"): DISABLED,
    ("user_updated", "status", "active"): ENABLED,
    ("session_ended", "why", "refresh_token_replayed"): THEFT,
}

TYPES: Mapping[str, EventType] = {
    kind.name: kind
    for kind in sorted((*BY_TRAIL.values(), *_ELSE.values()), key=lambda kind: kind.name)
}


def of(what: str, details: Mapping[str, Any]) -> EventType | None:
    """Return the type of an event that the trail calls ``what``; None if others hear nothing."""
    for (name, detail, value), kind in _ELSE.items():
        if name == what and details.get(detail) == value:
            return kind
    return BY_TRAIL.get(what)
