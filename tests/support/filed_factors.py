"""Second factors as they are on file, for tests of what becomes of them: none can be used."""

import secrets
from collections.abc import Iterator

from accounts import clock
from accounts.storage.factors import Passkey, RecoveryCodes, Totp
from accounts.storage.tables import User, UserSession
from accounts.storage.transactions import Put, Update, write


def put_on_file(user_id: int, *, passkeys: int = 2) -> None:
    """Give the account an authenticator app, recovery codes, and some passkeys.

    Its sessions are as if they had been begun with one of them.
    """
    keys = [_passkey(user_id, number) for number in range(passkeys)]
    says = [User.has_totp.set(True), User.passkey_ids.set([key.id for key in keys])]
    write(
        Update(User(id=user_id), actions=says),
        Put(
            Totp(
                factor=f"{Totp.PREFIX}{user_id}",
                user_id=user_id,
                sealed_secret=secrets.token_bytes(180),
                created_at=clock.now(),
            )
        ),
        Put(
            RecoveryCodes(
                factor=f"{RecoveryCodes.PREFIX}{user_id}",
                user_id=user_id,
                key_id="key",
                code_macs={secrets.token_urlsafe(32) for _ in range(10)},
                created_at=clock.now(),
            )
        ),
        *map(Put, keys),
        *(
            Update(session, actions=[UserSession.amr.set("pwd otp mfa")])
            for session in UserSession.find_all(user_id)
        ),
    )


def on_file(user_id: int) -> list[str]:
    """Return the keys of all that is on file for the account, whatever the account says."""
    return sorted(item.factor for item in _all() if item.user_id == user_id)


def _all() -> Iterator[Totp]:
    # one table: the attributes that are asked for are those of each kind
    yield from Totp.scan(consistent_read=True, attributes_to_get=["factor", "user_id"])


def _passkey(user_id: int, number: int) -> Passkey:
    return Passkey(
        factor=f"{Passkey.PREFIX}{secrets.token_urlsafe(32)}",
        user_id=user_id,
        credential_id=secrets.token_bytes(32),
        public_key=secrets.token_bytes(77),
        sign_count=0,
        backup_eligible=True,
        backed_up=True,
        transports=["internal"],
        label=f"Passkey {number}",
        created_at=clock.now(),
    )
