"""The queues of the embedded SQS, past SQS: PurgeQueue lets itself be called once a minute."""

from moto.backends import get_backend

from infra.local.template.pseudo_parameters import ACCOUNT_ID, REGION


def emptied() -> list[str]:
    """Take off every queue what was put there, whether due or not, and return it.

    Moto looks at all that lies there for each message that comes, so much of it makes SQS slow.
    """
    bodies = []
    for queue in get_backend("sqs")[ACCOUNT_ID][REGION].queues.values():
        bodies += [message.body for message in queue._messages]  # noqa: SLF001 - as above
        queue._messages = []  # noqa: SLF001 - as above
        # which would keep back others of their groups
        queue.pending_messages.clear()
    return bodies
