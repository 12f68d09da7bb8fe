"""The table of second factors, apart from the others: most requests look at none.

The account's own item says which there are, so all that an account has is found by key.
"""

from pynamodb.attributes import (
    BinaryAttribute,
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
