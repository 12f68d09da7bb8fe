"""What the answers about passkeys look like.

What a browser has to know is in WebAuthn's own form of JSON, which its
``parseCreationOptionsFromJSON`` and ``parseRequestOptionsFromJSON`` take as it is.
"""

# ruff: noqa: N815 - the names of members are WebAuthn's

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self

from accounts import settings
from accounts.credentials import opaque, passkey_challenges, passkeys
from accounts.edge.view import View

if TYPE_CHECKING:
    from accounts.own_account.new_passkey import Added
    from accounts.storage.factors import Passkey

_MILLISECONDS = passkey_challenges.SECONDS * 1000


class RelyingParty(View):
    """Whom a passkey is for."""

    id: str
    name: str


class PasskeyUser(View):
    """Whose a passkey is to be, as authenticators know and show them."""

    id: str
    name: str
    displayName: str


class PasskeyParameters(View):
    """A kind of key that is taken, by COSE's number of its algorithm."""

    type: Literal["public-key"] = "public-key"
    alg: int


class PasskeyDescriptor(View):
    """A passkey that is on file, by its credential's id."""

    type: Literal["public-key"] = "public-key"
    id: str
    transports: Sequence[str]

    @classmethod
    def of(cls, passkey: "Passkey") -> Self:
        """Return what tells a browser which it is."""
        return cls(id=opaque.base64url(passkey.credential_id), transports=passkey.transports)


class AuthenticatorSelection(View):
    """What an authenticator must be able to do: keep the key, and verify who uses it."""

    residentKey: Literal["required"] = "required"
    # for browsers of before there were kinds of it
    requireResidentKey: bool = True
    userVerification: Literal["required"] = "required"


class PasskeyOptions(View):
    """How to make a passkey, or how to use one."""

    challenge: str
    timeout: int = _MILLISECONDS
    # to make one
    rp: RelyingParty | None = None
    user: PasskeyUser | None = None
    pubKeyCredParams: Sequence[PasskeyParameters] | None = None
    excludeCredentials: Sequence[PasskeyDescriptor] | None = None
    authenticatorSelection: AuthenticatorSelection | None = None
    attestation: Literal["none"] | None = None
    # to use one
    rpId: str | None = None
    allowCredentials: Sequence[PasskeyDescriptor] | None = None
    userVerification: Literal["required"] | None = None

    @classmethod
    def to_make(cls, options: passkeys.CreationOptions) -> Self:
        """Return ``PublicKeyCredentialCreationOptionsJSON``."""
        user = options.user
        handle = opaque.base64url(passkeys.handle(user.id))
        return cls(
            challenge=options.challenge,
            rp=RelyingParty(id=options.rp_id, name=settings.current().mail_service_name),
            user=PasskeyUser(id=handle, name=user.email, displayName=user.name),
            pubKeyCredParams=[PasskeyParameters(alg=alg) for alg in passkeys.ALGORITHMS],
            excludeCredentials=[PasskeyDescriptor.of(passkey) for passkey in options.excluded],
            authenticatorSelection=AuthenticatorSelection(),
            attestation="none",
        )

    @classmethod
    def to_use(cls, options: passkeys.RequestOptions) -> Self:
        """Return ``PublicKeyCredentialRequestOptionsJSON``."""
        return cls(
            challenge=options.challenge,
            rpId=options.rp_id,
            allowCredentials=[PasskeyDescriptor.of(passkey) for passkey in options.allowed],
            userVerification="required",
        )


class PasskeyView(View):
    """A passkey, to who owns it."""

    id: str
    label: str
    transports: Sequence[str]
    created_at: datetime
    # not before the first use
    last_used_at: datetime | None
    backed_up: bool


class AddedPasskey(PasskeyView):
    """A new passkey, and the recovery codes that come with an account's first factor, once."""

    recovery_codes: Sequence[str] | None

    @classmethod
    def of(cls, added: "Added") -> Self:
        """Return the passkey without its key."""
        return cls(**vars(PasskeyView.from_attributes(added.passkey)), recovery_codes=added.codes)


class PasskeyList(View):
    """The passkeys of an account, oldest first."""

    passkeys: Sequence[PasskeyView]

    @classmethod
    def of(cls, found: "Sequence[Passkey]") -> Self:
        """Return them without their keys."""
        return cls(passkeys=[PasskeyView.from_attributes(passkey) for passkey in found])


class RelatedOrigins(View):
    """The sites that may use passkeys of this API's domain (WebAuthn Level 3 section 5.11)."""

    origins: Sequence[str]
