"""What an order for a mail says, on its way through the queue."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, Self, get_args, get_type_hints

Kind = Literal[
    "reset",
    "invitation",
    "sign_up",
    "sign_up_taken",
    "sign_up_refused",
    "log_in_code",
    "password_changed",
    "password_reset",
    "account_created",
    "confirm_email",
    "email_taken",
    "email_changing",
    "email_changed_from",
    "email_changed_to",
    "email_restored",
    "new_device",
    "session_theft",
    "second_factors_reset",
    "passkey_added",
    "passkey_removed",
    "passkey_refused",
    "account_deleted",
    "totp_enabled",
    "totp_disabled",
    "recovery_codes_renewed",
    "recovery_code_used",
    "second_factor_guessed",
]


@dataclass(frozen=True)
class Occasion:
    """What a notice tells of: the event on record, and the person as they were then."""

    user_id: int
    event_id: str
    name: str
    language: str
    epoch: int
    # that somebody signed in on, and from where
    device: str = ""
    ip_address: str = ""
    # recovery codes; orders of the version before this one do not say
    codes_left: int = 0


@dataclass(frozen=True)
class Message:
    """An order to write to somebody.

    Without an ``occasion`` the sender finds out whether there is anybody. ``id`` stays the same
    if the order is put on the queue twice.
    """

    kind: Kind
    email: str
    ordered_at: datetime
    request_id: str
    # orders of the version before this one have none
    id: str = ""
    # of who has no account that would tell
    language: str = ""
    # by which the challenge is found that a code is ordered for
    challenge: str | None = None
    occasion: Occasion | None = None

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the order that a message of the queue holds.

        Raises:
            ValueError: it is none of ours.
        """
        try:
            told = json.loads(text)
            # what another version of ours says beside that does not matter
            values = _values(told, _TEXTS, optional=_OPTIONAL)
            ordered_at = datetime.fromisoformat(told["ordered_at"])
            about = told.get("occasion")
            occasion = Occasion(**_values(about, _PARTS, _NEW_PARTS)) if about is not None else None
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("the message is no order") from error
        if values["kind"] not in get_args(Kind) or ordered_at.tzinfo is None:
            raise ValueError("a value of the order is wrong")
        return cls(**values, ordered_at=ordered_at, occasion=occasion)

    def to_json(self) -> str:
        """Return the message that tells of this order."""
        told = {**asdict(self), "ordered_at": self.ordered_at.isoformat()}
        return json.dumps(
            {name: value for name, value in told.items() if value or name not in _OPTIONAL}
        )


_TEXTS: Mapping[str, type] = dict.fromkeys(
    ("kind", "email", "request_id", "id", "language", "challenge"), str
)
# an order says of these only what there is to say
_OPTIONAL = ("id", "language", "challenge", "occasion")
_PARTS: Mapping[str, type] = get_type_hints(Occasion)
_NEW_PARTS = ("codes_left",)


def _values(
    told: Mapping[str, Any], types: Mapping[str, type], optional: Collection[str] = ()
) -> dict[str, Any]:
    names = [name for name in types if name in told or name not in optional]
    if any(type(told[name]) is not types[name] for name in names):
        raise ValueError("a value of the order is wrong")
    return {name: told[name] for name in names}
