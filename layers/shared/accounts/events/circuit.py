"""The circuit of a webhook: one that fails for long is paused, and tried again now and then.

Failures are counted in a row. The first few change nothing; then nothing is sent for half a
minute, a minute and so on, up to an hour; what is tried after that decides how it goes on. Within
the first day what comes in a pause waits; later it is kept as failed, for somebody to send again.
"""

from datetime import datetime, timedelta

from pynamodb.expressions.update import Action

from accounts import clock
from accounts.storage.webhooks import Webhook

FREE_FAILURES = 5
FIRST_PAUSE_SECONDS = 30
LONGEST_PAUSE_SECONDS = 3600
PATIENCE = timedelta(days=1)


def seconds_paused(webhook: Webhook) -> float:
    """Return for how long nothing is to be sent, as read; 0 if something may be."""
    # PynamoDB has no type for an attribute that may be missing
    until: datetime | None = webhook.paused_until
    return max(0.0, (until - clock.now()).total_seconds()) if until else 0.0


def is_given_up(webhook: Webhook) -> bool:
    """Say whether the webhook has failed for so long that nothing waits for it any more."""
    since: datetime | None = webhook.failing_since
    return since is not None and clock.now() - since >= PATIENCE


def note_failure(webhook: Webhook) -> None:
    """Count a failure, and pause the webhook if there were many in a row.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    now, failures = clock.now(), webhook.failures + 1
    actions: list[Action] = [Webhook.failures.add(1)]
    if not webhook.failures or webhook.failing_since is None:
        actions.append(Webhook.failing_since.set(now))
    if failures >= FREE_FAILURES:
        seconds = min(FIRST_PAUSE_SECONDS * 2 ** (failures - FREE_FAILURES), LONGEST_PAUSE_SECONDS)
        actions.append(Webhook.paused_until.set(now + timedelta(seconds=seconds)))
    # one that was saved anew or deleted meanwhile begins anew
    webhook.try_update(actions, Webhook.revision == webhook.revision)


def note_success(webhook: Webhook) -> None:
    """Close the circuit: the webhook answers again.

    Raises:
        UnavailableError: DynamoDB did not answer.
    """
    if not webhook.failures:
        return
    actions = [
        Webhook.failures.set(0),
        Webhook.failing_since.remove(),
        Webhook.paused_until.remove(),
    ]
    webhook.try_update(actions, Webhook.revision == webhook.revision)
