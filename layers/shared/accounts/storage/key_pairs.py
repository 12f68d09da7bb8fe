"""The table of key pairs that sign tokens, each sealed by a key in KMS that is for it alone."""

from pynamodb.attributes import BinaryAttribute, UnicodeAttribute

from accounts import settings
from accounts.storage.dynamodb import Table


class KeyPair(Table):
    """A key pair: both halves in DER, sealed, of which only who signs can open the private one."""

    table_section = staticmethod(settings.signing)
    table_setting = "key_pairs_table"

    class Meta:
        table_name = ""

    sealing_key_id = UnicodeAttribute(hash_key=True)
    public_half = BinaryAttribute(legacy_encoding=False)
    private_half = BinaryAttribute(legacy_encoding=False)
