"""The keys that more than one request in fifty touches, and the limit that follows from each.

A partition of DynamoDB's takes 3,000 read units and 1,000 write units a second, and a key is in
one partition. Written down once: ``test_busy_keys`` finds these and no others.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import NamedTuple

from tests.support.endpoint import Endpoint
from tests.support.register import LIST_AUDIT, LIST_USERS

# what a Scan touches: no key more than any other
EVERY = "*"
# stands in a key for a back-end or an administrator who calls, and for where calls come from
CALLER, ADDRESS = "<caller>", "<address>"
READS, WRITES = 3_000, 1_000
# a write of a table in a transaction takes two units for each KB; one of an index takes one
TRANSACTED = WRITES // 2
SHARDS = 16


class Key(NamedTuple):
    """A partition key: of a table by its logical id, or of an index, such as Table/by_role."""

    place: str
    value: str


@dataclass(frozen=True)
class Busy:
    """A busy key: its table or index, its value as a pattern, what that is, and who touches it.

    ``limit`` is of what so many a second are possible. With ``endpoints`` the key is busy for
    these alone.
    """

    place: str
    value: str
    what: str
    who: str
    limit: str
    endpoints: Sequence[Endpoint] = ()

    def covers(self, key: Key, endpoint: Endpoint) -> bool:
        """Say whether this is the key that an endpoint touches."""
        is_here = key.place == self.place and fnmatchcase(key.value, self.value)
        return is_here and (not self.endpoints or endpoint in self.endpoints)


ALL = (
    Busy(
        "RolesTable",
        "*",
        "a role",
        "each call that it permits in the server zone; log-ins and refreshes of who has it, once in"
        " `RoleCacheSeconds` for each process of a function",
        f"{READS:,} of these together, for each role",
    ),
    Busy(
        "UserSessionsTable",
        CALLER,
        "the sessions of a back-end, or of an administrator",
        "each of its calls",
        f"{READS:,} calls of one back-end, whatever tokens it has; another one has as many",
    ),
    Busy(
        "AuditEventsTable",
        CALLER,
        "events about what is no account, kept with who acted",
        "each change of a role or a webhook",
        f"{TRANSACTED:,} changes by one administrator",
    ),
    Busy(
        "AuditEventsTable",
        "*",
        "the events of one account",
        "each page of the whole trail that shows one of them",
        f"{READS:,} pages",
        (LIST_AUDIT,),
    ),
    Busy(
        "AuditEventsTable/by_actor_shard",
        f"{CALLER}#?",
        "a sixteenth of what a back-end or an administrator did",
        "each of its calls that is on record",
        f"{SHARDS * WRITES:,} such calls of one back-end",
    ),
    Busy(
        "AuditEventsTable/by_time",
        "????-??#?",
        "a sixteenth of a month's events",
        "each call that is on record, each page of the whole trail",
        f"{SHARDS * WRITES:,} calls on record",
    ),
    Busy(
        "LoginAttemptsTable",
        f"*#{ADDRESS}#*",
        "what a source address has used up of a budget",
        "log-ins of devices that the account does not know, and whatever sends mail, from there",
        f"{WRITES:,} from one address, of which the budget lets a hundred in five minutes pass",
    ),
    Busy(
        "LoginAttemptsTable",
        "account#*",
        "the failures of one account",
        "each page of the list of accounts that shows it",
        f"{READS:,} pages",
        (LIST_USERS,),
    ),
    Busy(
        "SearchWordsTable",
        "?#made",
        "a sixteenth of the order in which accounts were made",
        "each account that is made or deleted",
        f"{SHARDS * TRANSACTED:,} accounts",
    ),
    Busy(
        "SearchWordsTable",
        "?#??",
        "a sixteenth of the words that begin alike, such as a domain that many have their mail at",
        "each account that is made, deleted, or gets or loses such a word",
        f"{SHARDS * TRANSACTED:,} accounts",
    ),
    Busy(
        "UsersTable",
        f"[{EVERY}]",
        "the accounts of a page",
        "each such page of the list without a filter",
        f"{READS:,} read units",
        (LIST_USERS,),
    ),
    Busy(
        "UsersTable",
        "0",
        "nothing: it is read in place of an account that is not there, so that this costs the same",
        "each call about an address that has no account",
        f"{READS:,} of these",
    ),
    Busy(
        "UsersTable/by_initial",
        "?",
        "the accounts whose address begins with this letter",
        "each account that is made, renamed, moved to another address, or deleted",
        f"{WRITES:,} accounts for each letter",
    ),
    Busy(
        "UsersTable/by_last_log_in",
        "?",
        "a sixteenth of the order of last log-ins",
        "each log-in, each account that is made or deleted",
        f"{SHARDS * WRITES:,} log-ins",
    ),
    Busy(
        "UsersTable/by_role",
        "*",
        "the accounts that have this role",
        "each account that is made, renamed, moved to another address, or deleted",
        f"{WRITES:,} accounts for each role",
    ),
    Busy(
        "UsersTable/by_status",
        "*",
        "the accounts that are active, or not",
        "each account that is made, renamed, moved to another address, or deleted",
        f"{WRITES:,} accounts",
    ),
    Busy(
        "WebhooksTable",
        "webhooks",
        "all webhooks",
        "each call about webhooks, each batch of events",
        f"{READS:,} of these",
    ),
    Busy(
        "WebhooksTable",
        "webhook#*",
        "what became of the deliveries to one webhook",
        "each delivery that failed, each page of their list",
        f"{WRITES:,} deliveries to one webhook",
    ),
)


def which(key: Key, endpoint: Endpoint) -> Sequence[Busy]:
    """Return what is written down of a key that an endpoint touches."""
    return [busy for busy in ALL if busy.covers(key, endpoint)]
