"""Events as deployments kept them that had no index by_actor_shard."""

from accounts.storage.tables import AuditEvent


def keep_as_before(*events: AuditEvent) -> None:
    """Keep these as such a deployment did, by who acted alone."""
    for event in events:
        actor_id = event.actor_id
        assert actor_id is not None
        event.update([AuditEvent.actor_shard.remove(), AuditEvent.former_actor_id.set(actor_id)])
