"""Putting mail on the queue.

A function that answers a request sends none itself: it would be frozen before the mail is out,
and the time it takes would tell whether there is an account.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Self, get_args

from botocore.exceptions import BotoCoreError, ClientError

from accounts import aws, clock, invocation, settings
from accounts.errors import UnavailableError

# longer than a function may run: by then what the mail tells of has happened, or never will
AFTER_THE_FACT_SECONDS = 20


Kind = Literal["reset", "invitation", "password_changed"]


@dataclass(frozen=True)
class Message:
    """An order to write to somebody; whether there is anybody, the sender finds out."""

    kind: Kind
    email: str
    ordered_at: datetime
    request_id: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the order that a message of the queue holds.

        Raises:
            ValueError: it is none of ours.
        """
        try:
            told = json.loads(text)
            # what another version of ours says beside that does not matter
            values = {name: told[name] for name in ("kind", "email", "request_id")}
            ordered_at = datetime.fromisoformat(told["ordered_at"])
        except (KeyError, TypeError) as error:
            raise ValueError("the message is no order") from error
        texts = all(isinstance(value, str) for value in values.values())
        if not texts or values["kind"] not in get_args(Kind) or ordered_at.tzinfo is None:
            raise ValueError("a value of the order is wrong")
        return cls(**values, ordered_at=ordered_at)

    def to_json(self) -> str:
        """Return the message that tells of this order."""
        return json.dumps({**vars(self), "ordered_at": self.ordered_at.isoformat()})


def reset(email: str) -> None:
    """Order a mail with a reset token for whoever has this canonical e-mail.

    Raises:
        UnavailableError: the queue did not answer.
    """
    _order("reset", email, delay_seconds=0)


def invitation(email: str) -> None:
    """Order a mail that invites a person about to be signed up to set a password.

    Raises:
        UnavailableError: the queue did not answer.
    """
    _order("invitation", email, delay_seconds=AFTER_THE_FACT_SECONDS)


def password_changed(email: str) -> None:
    """Order a mail that tells a person that their password, about to be changed, was changed.

    Raises:
        UnavailableError: the queue did not answer.
    """
    _order("password_changed", email, delay_seconds=AFTER_THE_FACT_SECONDS)


def _order(kind: Kind, email: str, delay_seconds: int) -> None:
    message = Message(
        kind=kind, email=email, ordered_at=clock.now(), request_id=invocation.origin().request_id
    )
    invocation.require_time()
    try:
        aws.client("sqs").send_message(
            QueueUrl=settings.current().mail_queue_url,
            MessageBody=message.to_json(),
            DelaySeconds=delay_seconds,
        )
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError("SQS", aws.reason(error)) from error
