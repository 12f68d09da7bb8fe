"""Putting mail on the queue.

A function that answers a request sends none itself: it would be frozen before the mail is out,
and the time it takes would tell whether there is an account.
"""

from datetime import datetime
from typing import Literal

from botocore.exceptions import BotoCoreError, ClientError
from pydantic import BaseModel, ConfigDict

from accounts import aws, clock, invocation, settings
from accounts.errors import UnavailableError

# longer than a function may run: by then what the mail tells of has happened, or never will
AFTER_THE_FACT_SECONDS = 20


class Message(BaseModel):
    """An order to write to somebody; whether there is anybody, the sender finds out."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    kind: Literal["reset", "invitation", "password_changed"]
    email: str
    ordered_at: datetime
    request_id: str


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


def _order(
    kind: Literal["reset", "invitation", "password_changed"], email: str, delay_seconds: int
) -> None:
    message = Message(
        kind=kind, email=email, ordered_at=clock.now(), request_id=invocation.origin().request_id
    )
    invocation.require_time()
    try:
        aws.client("sqs").send_message(
            QueueUrl=settings.current().mail_queue_url,
            MessageBody=message.model_dump_json(),
            DelaySeconds=delay_seconds,
        )
    except (BotoCoreError, ClientError) as error:
        raise UnavailableError("SQS", aws.reason(error)) from error
