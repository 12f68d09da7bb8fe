"""Webhooks: where other systems are told of events. Who saves one decides who hears of everybody.

So it takes a permission that governs, a recent proof, and for personal data also the right to read
accounts, which whoever saved the webhook must still have when an event is told.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from accounts import clock
from accounts.access import roles
from accounts.access.authentication import Principal, write_as
from accounts.errors import TooManyWebhooksError, WebhookNotFoundError
from accounts.events import readers
from accounts.events import secrets as webhook_secrets
from accounts.storage import audit
from accounts.storage.transactions import Delete, Put, retried
from accounts.storage.webhooks import Webhook

# each event is looked at for each of them
MOST = 20
_REVISION_BYTES = 8


@dataclass(frozen=True)
class Wanted:
    """A webhook as it is to be; ``rotate_secret`` gives one that is there another secret."""

    name: str
    url: str
    events: Sequence[str]
    personal_data: bool
    rotate_secret: bool


@dataclass(frozen=True)
class Saved:
    """A webhook as saved, and its secret if it has a new one, to be shown once."""

    webhook: Webhook
    secret: str | None


def find(name: str) -> Webhook:
    """Return the webhook of this name.

    Raises:
        WebhookNotFoundError: there is none.
        UnavailableError: DynamoDB did not answer.
    """
    if (webhook := Webhook.called(name)) is None:
        raise WebhookNotFoundError
    return webhook


def save(wanted: Wanted, caller: Principal) -> Saved:
    """Create the webhook, or have it be like this; one that was paused begins anew.

    Raises:
        PermissionMissingError: it asks for personal data, which the caller may not read.
        TooManyWebhooksError: it would be one too many.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB or KMS did not answer.
    """
    if wanted.personal_data:
        roles.require(caller.permissions, readers.PERMISSION)
    return retried(lambda: _save(wanted, caller))


def delete(name: str, caller: Principal) -> None:
    """Delete the webhook; what is on its way to it is dropped.

    Raises:
        WebhookNotFoundError: there is none.
        SessionEndedError: the caller's session has ended meanwhile.
        UnavailableError: DynamoDB did not answer.
    """
    retried(lambda: _delete(name, caller))


def _save(wanted: Wanted, caller: Principal) -> Saved:
    there = {webhook.id: webhook for webhook in Webhook.all()}
    before = there.get(wanted.name)
    if before is None and len(there) >= MOST:
        raise TooManyWebhooksError
    now = clock.now()
    webhook = Webhook(
        id=wanted.name,
        url=wanted.url,
        events=list(wanted.events),
        personal_data=wanted.personal_data,
        maker_id=caller.user_id,
        seeds=_seeds(wanted, before),
        created_at=before.created_at if before else now,
        updated_at=now,
        revision=secrets.token_hex(_REVISION_BYTES),
    )
    is_new_secret = before is None or wanted.rotate_secret
    # made first: what is written last is never lost to a failure behind it
    secret = webhook_secrets.secret(webhook.id, webhook.seeds[0]) if is_new_secret else None
    as_read = Webhook.revision == before.revision if before else Webhook.id.does_not_exist()
    told = audit.webhook_event(
        "webhook_saved", wanted.name, secret="new" if is_new_secret else None
    )
    write_as(caller, Put(webhook, as_read), told)
    return Saved(webhook, secret)


def _seeds(wanted: Wanted, before: Webhook | None) -> list[webhook_secrets.Seed]:
    if before is None:
        return [webhook_secrets.new_seed()]
    return webhook_secrets.rotated(before.seeds) if wanted.rotate_secret else before.seeds


def _delete(name: str, caller: Principal) -> None:
    webhook = find(name)
    gone = Delete(webhook, Webhook.revision == webhook.revision)
    write_as(caller, gone, audit.webhook_event("webhook_deleted", name))
