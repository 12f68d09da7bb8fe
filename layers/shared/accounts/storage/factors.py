"""The table of second factors, apart from the others: most requests look at none.

The account's own item says which there are, so all that an account has is found by key.
"""

from typing import Any

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
    UTCDateTimeAttribute,
)

from accounts import settings
from accounts.storage.dynamodb import IntegerAttribute, Table


class Totp(Table):
    """The secret that an account's authenticator app makes codes of, and one that is to replace it.

    An account with ``has_totp`` has the first; before that, there is only what is to come.
    """

    table_setting = "second_factors_table"
    table_section = staticmethod(settings.factors)
    PREFIX = "totp#"

    class Meta:
        table_name = ""

    # the prefix and the account's id
    factor = UnicodeAttribute(hash_key=True)
    user_id = IntegerAttribute()
    # sealed by KMS, for this account alone
    sealed_secret = BinaryAttribute(null=True, legacy_encoding=False)
    pending_secret = BinaryAttribute(null=True, legacy_encoding=False)
    # of the last code that was used: it and all before it work no more
    last_step = IntegerAttribute(default=0)
    created_at = UTCDateTimeAttribute()


class RecoveryCodes(Table):
    """The recovery codes that an account has left, each as its HMAC."""

    table_setting = "second_factors_table"
    table_section = staticmethod(settings.factors)
    PREFIX = "recovery#"

    class Meta:
        table_name = ""

    # the prefix and the account's id
    factor = UnicodeAttribute(hash_key=True)
    user_id = IntegerAttribute()
    # that the HMACs were made with
    key_id = UnicodeAttribute()
    # DynamoDB has no empty sets: it is missing when all are used
    code_macs = UnicodeSetAttribute(null=True)
    created_at = UTCDateTimeAttribute()


class Passkey(Table):
    """A passkey of an account: being the key makes a credential that of one account alone."""

    table_setting = "second_factors_table"
    table_section = staticmethod(settings.factors)
    PREFIX = "passkey#"

    class Meta:
        table_name = ""

    # the prefix and the id that the account lists it by, which is a digest of the credential's
    factor = UnicodeAttribute(hash_key=True)
    user_id = IntegerAttribute()
    credential_id = BinaryAttribute(legacy_encoding=False)
    # a COSE key in CBOR
    public_key = BinaryAttribute(legacy_encoding=False)
    # of its uses, by itself; 0 for good where it does not count
    sign_count = IntegerAttribute()
    backup_eligible = BooleanAttribute()
    backed_up = BooleanAttribute()
    # as the browser named them
    transports = ListAttribute[Any](of=UnicodeAttribute)
    label = UnicodeAttribute()
    created_at = UTCDateTimeAttribute()
    last_used_at = UTCDateTimeAttribute(null=True)

    @property
    def id(self) -> str:
        """Return what the account lists it by."""
        return self.factor.removeprefix(self.PREFIX)
