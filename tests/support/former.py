"""Sessions as the release before this one kept them: refresh tokens in another form."""

from accounts.access import rotations
from accounts.credentials import opaque, sealing
from accounts.credentials.opaque import RefreshToken
from accounts.storage.tables import UserSession


def keep_as_formerly(session: UserSession, text: str, parent: str | None = None) -> None:
    """Have the session be as if an earlier release had given out the token, for its parent."""
    token = RefreshToken.read(text)
    actions = [
        UserSession.refresh_family_hash.set(opaque.digest(token.family)),
        UserSession.refresh_token_hash.set(opaque.digest(token.secret)),
    ]
    if parent is not None:
        under = RefreshToken.read(parent).secret
        sealed = sealing.seal(token.secret, under=under, purpose="refresh token child")
        actions += [
            UserSession.previous_token_hash.set(opaque.digest(under)),
            UserSession.rotated_at.set(session.rotated),
            UserSession.sealed_child.set(sealed),
            UserSession.access_signature.set(session.signature),
            UserSession.access_issued_at.set(session.issued),
            UserSession.refreshes_paced_until.set(session.paced),
        ]
    newer = ("newest", "family", "child", "signature", "issued", "rotated", "paced")
    attributes = UserSession.get_attributes()
    session.update([*actions, *(attributes[name].remove() for name in newer)])
    assert rotations.is_newest(session, token)
