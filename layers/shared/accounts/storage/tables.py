"""The DynamoDB tables as PynamoDB models.

``template.yaml`` defines the tables; the models only map their items.
"""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    JSONAttribute,
    ListAttribute,
    MapAttribute,
    TTLAttribute,
    UnicodeAttribute,
    UTCDateTimeAttribute,
)
from pynamodb.indexes import (
    AllProjection,
    GlobalSecondaryIndex,
    IncludeProjection,
    KeysOnlyProjection,
)

from accounts.storage.dynamodb import IntegerAttribute, MomentAttribute, Table


class _ListedBy(GlobalSecondaryIndex["User"]):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    """Base of the indexes that listing accounts reads; none holds anything secret."""

    email = UnicodeAttribute(range_key=True)


class _ByRole(_ListedBy):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_role"
        projection = AllProjection()

    role = UnicodeAttribute(hash_key=True)


class _ByStatus(_ListedBy):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_status"
        projection = AllProjection()

    status = UnicodeAttribute(hash_key=True)


class _ByInitial(_ListedBy):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_initial"
        projection = AllProjection()

    initial = UnicodeAttribute(hash_key=True)


class _ByLastLogIn(GlobalSecondaryIndex["User"]):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_last_log_in"
        projection = KeysOnlyProjection()

    shard = UnicodeAttribute(hash_key=True)
    last_log_in = UnicodeAttribute(range_key=True)


class EmailChange(MapAttribute[str, Any]):
    """A change of an account's address, begun or made in this epoch of its credentials."""

    epoch = IntegerAttribute()
    email = UnicodeAttribute()
    until = UTCDateTimeAttribute()


class User(Table):
    """An account. ``version`` counts its changes and its log-ins, for conditions to name."""

    table_setting = "users_table"

    class Meta:
        table_name = ""

    by_role = _ByRole()
    by_status = _ByStatus()
    by_initial = _ByInitial()
    by_last_log_in = _ByLastLogIn()

    id = IntegerAttribute(hash_key=True)
    kind = UnicodeAttribute()
    email = UnicodeAttribute()
    # true until its owner has shown that mail reaches them; missing where they have, or need not
    email_unconfirmed = BooleanAttribute(null=True)
    # of the e-mail, so that listing by its beginning has a partition to read
    initial = UnicodeAttribute()
    name = UnicodeAttribute()
    role = UnicodeAttribute()
    status = UnicodeAttribute()
    version = IntegerAttribute()
    language = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    updated_at = UTCDateTimeAttribute()
    # an invited person has neither until they set one
    password_hash = UnicodeAttribute(null=True)
    password_changed_at = UTCDateTimeAttribute(null=True)
    # of every session there is, and perhaps of some that are over
    session_ids = ListAttribute[Any](of=UnicodeAttribute, null=True)
    # counts the changes that void every token made before them
    credentials_epoch = IntegerAttribute(default=0)
    # digests of device tokens with when they expire, latest last: of those shown again at a later
    # log-in, and of those that were not
    known_devices = JSONAttribute(null=True)
    new_devices = JSONAttribute(null=True)
    # the account's place in the order by last log-ins, of those in its shard; missing in accounts
    # of old deployments until they are entered, or log in
    shard = UnicodeAttribute(null=True)
    last_log_in = UnicodeAttribute(null=True)
    log_ins_paced_until = UTCDateTimeAttribute(null=True)
    # which second factors are on file, so that a log-in need not look; missing where there is none
    has_totp = BooleanAttribute(null=True)
    # by what each is kept
    passkey_ids = ListAttribute[Any](of=UnicodeAttribute, null=True)
    # to the address that it will have, if that is confirmed in time
    pending_email_change = EmailChange(null=True)  # type: ignore[no-untyped-call] # PynamoDB's own
    # those that may be taken back, oldest first, each with the address that it had before
    email_changes = ListAttribute[Any](of=EmailChange, null=True)
    # of the idempotency key that the account was signed up with, and of what was said with it
    sign_up_key_digest = UnicodeAttribute(null=True)
    sign_up_digest = UnicodeAttribute(null=True)


class UserEmail(Table):
    """Says whose a canonical e-mail address is; being its key makes the address unique.

    One that its account has left is kept for it until ``expires_at``, and then is free.
    """

    table_setting = "user_emails_table"

    class Meta:
        table_name = ""

    email = UnicodeAttribute(hash_key=True)
    user_id = IntegerAttribute()
    expires_at = TTLAttribute(null=True)


class Role(Table):
    """A role: its titles and its permissions."""

    table_setting = "roles_table"

    class Meta:
        table_name = ""

    name = UnicodeAttribute(hash_key=True)
    title_en = UnicodeAttribute()
    title_ru = UnicodeAttribute()
    permissions = ListAttribute[Any](of=UnicodeAttribute)
    builtin = BooleanAttribute()
    # held by back-ends only, where people hold the others only; missing in items of old deployments
    back_end = BooleanAttribute(null=True)
    # whether who holds it has to have a second factor: by whoever edits it, and whatever they say
    # by the deployment
    second_factor = BooleanAttribute(null=True)
    second_factor_fixed = BooleanAttribute(null=True)
    # counted for administrators, of whom one must stay, and for roles that can be deleted
    holders = IntegerAttribute(default=0)
    active_holders = IntegerAttribute(default=0)


class UserSession(Table):
    """A device that an account is signed in on.

    It carries what a request needs to know of its user, so that one read decides; whatever
    changes that on the user ends or updates the session in the same transaction.
    """

    table_setting = "user_sessions_table"

    class Meta:
        table_name = ""

    user_id = IntegerAttribute(hash_key=True)
    session_id = UnicodeAttribute(range_key=True)
    kind = UnicodeAttribute()
    role = UnicodeAttribute()
    email = UnicodeAttribute()
    email_unconfirmed = BooleanAttribute(null=True)
    name = UnicodeAttribute()
    # missing in sessions of the version before this one
    language = UnicodeAttribute(null=True)
    user_created_at = UTCDateTimeAttribute()
    # authenticates the page cursors that this session is given
    cursor_key = UnicodeAttribute()
    ip_address = UnicodeAttribute()
    user_agent = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    last_activity = UTCDateTimeAttribute()
    expires_at = TTLAttribute()
    # since the log-in, which was a proof itself
    proved_at = UTCDateTimeAttribute(null=True)
    # how the person has proved who they are (RFC 8176), with spaces between; missing in sessions
    # of the version before this one
    amr = UnicodeAttribute(null=True)
    # of who has yet to get the second factor that their role demands
    enrolment_due = BooleanAttribute(null=True)
    # digests of the newest refresh token, and of what all of the session's have in common; a
    # service's session has neither. Names are short because each refresh pays by the kilobyte
    newest = BinaryAttribute(null=True, legacy_encoding=False)
    family = BinaryAttribute(null=True, legacy_encoding=False)
    # one whose token was not used yet has none of these: the newest token, sealed under the one
    # before; of the access token that was given with it, the signature and when it was; when
    child = BinaryAttribute(null=True, legacy_encoding=False)
    signature = BinaryAttribute(null=True, legacy_encoding=False)
    issued = IntegerAttribute(null=True)
    rotated = MomentAttribute(null=True)
    paced = MomentAttribute(null=True)
    # the same, in sessions that were refreshed last by the version before this one
    refresh_family_hash = UnicodeAttribute(null=True)
    refresh_token_hash = UnicodeAttribute(null=True)
    previous_token_hash = UnicodeAttribute(null=True)
    rotated_at = UTCDateTimeAttribute(null=True)
    sealed_child = UnicodeAttribute(null=True)
    access_signature = BinaryAttribute(null=True, legacy_encoding=False)
    access_issued_at = IntegerAttribute(null=True)
    refreshes_paced_until = UTCDateTimeAttribute(null=True)


class OneTimeToken(Table):
    """A token that is neither spent nor, perhaps, expired, by its kind and digest."""

    table_setting = "one_time_tokens_table"

    class Meta:
        table_name = ""

    token = UnicodeAttribute(hash_key=True)
    # one for a sign-up belongs to nobody yet, nor does a challenge until its code is mailed
    user_id = IntegerAttribute(null=True)
    epoch = IntegerAttribute(null=True)
    sealed_email = UnicodeAttribute(null=True)
    tries = IntegerAttribute(null=True)
    # what was proved before, of the challenge for a second factor
    amr = UnicodeAttribute(null=True)
    # of the code, and the mail's place among those that the mailbox has
    code_mac = BinaryAttribute(null=True, legacy_encoding=False)
    place = UnicodeAttribute(null=True)
    # the challenge that was asked for, where this is that of the link in the same mail
    root = UnicodeAttribute(null=True)
    # that alone may use it
    session_id = UnicodeAttribute(null=True)
    expires_at = TTLAttribute()


class WaitingSignUp(MapAttribute[str, Any]):
    """Somebody who has signed up and not confirmed it; ``source`` is the network they came from."""

    name = UnicodeAttribute()
    language = UnicodeAttribute()
    password_hash = UnicodeAttribute()
    source = UnicodeAttribute()
    until = UTCDateTimeAttribute()


class WaitingSignUps(Table):
    """Those who wait for one address to be confirmed, beside the tokens that confirm it."""

    table_setting = "one_time_tokens_table"
    # no kind of token has it
    PREFIX = "sign_up#"

    class Meta:
        table_name = ""

    # the prefix and the address
    token = UnicodeAttribute(hash_key=True)
    people = ListAttribute[Any](of=WaitingSignUp)
    # another one with each change, for conditions to name
    revision = UnicodeAttribute()
    expires_at = TTLAttribute()


class LoginAttempt(Table):
    """How often something failed, or was mailed, of late: by account or by source address."""

    table_setting = "login_attempts_table"

    class Meta:
        table_name = ""

    subject = UnicodeAttribute(hash_key=True)
    failures = IntegerAttribute(default=0)
    failed_at = UTCDateTimeAttribute(null=True)
    blocked_until = UTCDateTimeAttribute(null=True)
    # failures since the owner last logged in
    in_a_row = IntegerAttribute(default=0)
    # of the mail that has this place, and of the link in it
    message_id = UnicodeAttribute(null=True)
    epoch = IntegerAttribute(null=True)
    expires_at = TTLAttribute(null=True)


class _ByActor(GlobalSecondaryIndex["AuditEvent"]):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_actor"
        projection = IncludeProjection(["ip_address"])

    actor_id = IntegerAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class _ByActorShard(GlobalSecondaryIndex["AuditEvent"]):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_actor_shard"
        projection = IncludeProjection(["ip_address"])

    actor_shard = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class _ByTime(GlobalSecondaryIndex["AuditEvent"]):  # type: ignore[no-untyped-call] # PynamoDB's own subclass hook
    class Meta:
        index_name = "by_time"
        projection = IncludeProjection(["what"])

    bucket = UnicodeAttribute(hash_key=True)
    event_id = UnicodeAttribute(range_key=True)


class AuditEvent(Table):
    """Something that was done to an account, or by it to what has no account."""

    table_setting = "audit_events_table"

    class Meta:
        table_name = ""

    by_actor_shard = _ByActorShard()
    by_actor = _ByActor()
    by_time = _ByTime()

    user_id = IntegerAttribute(hash_key=True)
    # begins with the time
    event_id = UnicodeAttribute(range_key=True)
    what = UnicodeAttribute()
    happened_at = UTCDateTimeAttribute()
    # the id of who acted, and a shard of what they did
    actor_shard = UnicodeAttribute(null=True)
    # who acted, in events of old deployments, which alone are in the index by_actor
    former_actor_id = IntegerAttribute(null=True, attr_name="actor_id")
    # who acted from the command line: no account, but an identity of AWS
    operator = UnicodeAttribute(null=True)
    ip_address = UnicodeAttribute(null=True)
    request_id = UnicodeAttribute(null=True)
    details = JSONAttribute()
    # the month, and a shard of it; missing in events of old deployments
    bucket = UnicodeAttribute(null=True)
    expires_at = TTLAttribute()

    @property
    def actor_id(self) -> int | None:
        """Return the id of the account that acted, if one did."""
        # PynamoDB has no type for an attribute that may be missing
        shard: str | None = self.actor_shard
        former: int | None = self.former_actor_id
        return int(shard.partition("#")[0]) if shard else former
