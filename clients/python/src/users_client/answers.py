"""What the service answers; `make types` writes this from its contract."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict, final


@final
class Account(TypedDict):
    """The account itself."""

    id: int
    email: str
    email_confirmed: bool
    name: str
    language: str
    status: str
    created_at: str
    updated_at: str
    password_changed_at: NotRequired[str]
    last_log_in: NotRequired[str]
    pending_email: NotRequired[PendingEmail]
    former_emails: list[FormerEmail]
    known_devices: list[str]
    second_factors: list[str]


@final
class Act(TypedDict):
    """Something that the account did to another."""

    happened_at: str
    ip_address: NotRequired[str]


@final
class AddedPasskey(TypedDict):
    """A new passkey, and the recovery codes that come with an account's first factor, once."""

    id: str
    label: str
    transports: list[str]
    created_at: str
    last_used_at: NotRequired[str]
    backed_up: bool
    recovery_codes: NotRequired[list[str]]


@final
class AssertionResponse(TypedDict):
    """What the authenticator said, and signed."""

    clientDataJSON: str
    authenticatorData: str
    signature: str
    userHandle: NotRequired[str | None]


@final
class AssertionSchema(TypedDict):
    """The use of a passkey (``AuthenticationResponseJSON``)."""

    rawId: str
    type: Literal["public-key"]
    response: AssertionResponse


@final
class AttestationResponse(TypedDict):
    """What the authenticator said of the key that it made."""

    clientDataJSON: str
    attestationObject: str
    transports: NotRequired[list[str]]


@final
class AuditEventView(TypedDict):
    """Something that was done."""

    id: str
    user_id: NotRequired[int]
    what: str
    happened_at: str
    actor_id: NotRequired[int]
    operator: NotRequired[str]
    ip_address: NotRequired[str]
    request_id: NotRequired[str]
    details: dict[str, str | int | list[str]]


@final
class AuditPage(TypedDict):
    """A page of events, newest first; no cursor means that it is the last."""

    events: list[AuditEventView]
    cursor: NotRequired[str]


@final
class AuthenticatorSelection(TypedDict):
    """What an authenticator must be able to do: keep the key, and verify who uses it."""

    residentKey: Literal["required"]
    requireResidentKey: bool
    userVerification: Literal["required"]


@final
class Challenge(TypedDict):
    """What to send back together with the code that is on its way."""

    challenge: str
    expires_in: int


@final
class Confirmed(TypedDict):
    """The session counts as recently proved, for ``expires_in`` seconds."""

    success: bool
    message: str
    expires_in: int


@final
class Created(TypedDict):
    """A new account."""

    id: int
    message: str
    created_at: str


@final
class DeliveryPage(TypedDict):
    """A page of deliveries, newest first; no cursor means that it is the last."""

    deliveries: list[DeliveryView]
    cursor: NotRequired[str]


@final
class DeliveryView(TypedDict):
    """What became of an event for a webhook; the delivery has the event's id."""

    delivery_id: str
    type: str
    status: str
    attempts: int
    attempted_at: NotRequired[str]
    next_attempt_at: NotRequired[str]
    response_status: NotRequired[int]
    latency_ms: NotRequired[int]
    reason: NotRequired[str]


@final
class Done(TypedDict):
    """It worked, and there is nothing more to say."""

    success: bool
    message: str


@final
class EmailRestored(TypedDict):
    """The old address is back, and its owner may set a new password."""

    success: bool
    message: str
    reset_token: str
    expires_at: str


@final
class Ended(TypedDict):
    """How many sessions were ended."""

    ended: int


@final
class Error(TypedDict):
    """Why a request was refused; the header x-error-code has a stable code."""

    error: str
    message: str


# What the header x-error-code can say.
ErrorCode = Literal[
    "bot_check_failed",
    "challenge_invalid",
    "delivery_not_found",
    "email_codes_off",
    "email_token_invalid",
    "idempotency_key_busy",
    "internal_error",
    "invalid_code",
    "invalid_credentials",
    "invalid_passkey",
    "last_administrator",
    "malformed_request",
    "no_second_factor",
    "own_changes_off",
    "passkey_exists",
    "passkey_not_found",
    "passkeys_off",
    "payload_too_large",
    "permission_missing",
    "proxy_required",
    "reauthentication_required",
    "reset_token_invalid",
    "role_builtin",
    "role_in_use",
    "role_not_found",
    "role_not_grantable",
    "search_incomplete",
    "second_factor_demanded",
    "second_factor_required",
    "session_ended",
    "sign_up_closed",
    "token_expired",
    "token_invalid",
    "token_missing",
    "too_many_passkeys",
    "too_many_requests",
    "too_many_service_tokens",
    "too_many_webhooks",
    "unavailable",
    "undo_token_invalid",
    "unknown_event",
    "unsupported_media_type",
    "user_exists",
    "user_not_found",
    "user_token_required",
    "validation_failed",
    "webhook_not_found",
    "webhooks_off",
]


@final
class FactorChallenge(TypedDict):
    """The password or the code was right, and one of these factors is asked for, too."""

    challenge: str
    factors: list[str]
    expires_in: int


@final
class FieldError(TypedDict):
    """What is wrong with one field."""

    field: str
    message: str


@final
class FormerEmail(TypedDict):
    """An address that the account can go back to."""

    email: str
    until: str


@final
class GatewayError(TypedDict):
    """Why API Gateway refused a request by itself."""

    message: str


@final
class Health(TypedDict):
    """The function runs."""

    status: str


@final
class IssuedResetToken(TypedDict):
    """A reset token, given out once."""

    reset_token: str
    expires_at: str


@final
class IssuedServiceToken(TypedDict):
    """A service token, given out once."""

    user_id: int
    session_id: str
    access_token: str
    token_type: Literal["Bearer"]
    expires_at: str


@final
class Jwks(TypedDict):
    """A JWK set (RFC 7517 section 5): public keys only."""

    keys: list[dict[str, str]]


@final
class LoggedIn(TypedDict):
    """The tokens of a new session and whose they are."""

    access_token: NotRequired[str]
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: NotRequired[str]
    user: UserSummary
    device_token: NotRequired[str]
    second_factor_required: NotRequired[bool]


@final
class NewAppSecret(TypedDict):
    """A new secret for an authenticator app: typed, opened on the same device, or scanned."""

    secret: str
    uri: str
    qr_svg: str


@final
class NewRecoveryCodes(TypedDict):
    """Recovery codes, shown this once; without any, those that there are stay."""

    recovery_codes: NotRequired[list[str]]


@final
class OpenIdConfiguration(TypedDict):
    """The metadata of an issuer (OpenID Connect Discovery 1.0 section 3)."""

    issuer: str
    jwks_uri: str
    response_types_supported: list[str]
    subject_types_supported: list[str]
    id_token_signing_alg_values_supported: list[str]


@final
class Ordered(TypedDict):
    """An event is on its way; what becomes of it, the webhook's deliveries tell."""

    delivery_id: str


@final
class OwnDataView(TypedDict):
    """What is kept about a person; no cursor means that there is no more of trail and acts."""

    account: Account
    role: OwnRole
    seances: list[OwnSeance]
    passkeys: list[OwnPasskey]
    trail: list[OwnEvent]
    acts: list[Act]
    cursor: NotRequired[str]


@final
class OwnEvent(TypedDict):
    """Something that was done to the account: by ``you``, by ``another``, or by nobody signed
    in.
    """

    what: str
    happened_at: str
    by: NotRequired[str]
    ip_address: NotRequired[str]
    request_id: NotRequired[str]
    details: dict[str, str | int | list[str]]


@final
class OwnPasskey(TypedDict):
    """A passkey, without what it is known by."""

    label: str
    created_at: str
    last_used_at: NotRequired[str]
    backed_up: bool


@final
class OwnRole(TypedDict):
    """The account's role, and what it permits now."""

    name: str
    title: dict[str, str]
    permissions: list[str]


@final
class OwnSeance(TypedDict):
    """A device that one is signed in on, and how one has proved oneself there (RFC 8176)."""

    session_id: str
    device: str
    user_agent: str
    ip_address: str
    created_at: str
    last_activity: str
    expires_at: str
    is_current: bool
    amr: NotRequired[list[str]]


@final
class PasskeyDescriptor(TypedDict):
    """A passkey that is on file, by its credential's id."""

    type: Literal["public-key"]
    id: str
    transports: list[str]


@final
class PasskeyList(TypedDict):
    """The passkeys of an account, oldest first."""

    passkeys: list[PasskeyView]


@final
class PasskeyOptions(TypedDict):
    """How to make a passkey, or how to use one."""

    challenge: str
    timeout: int
    rp: NotRequired[RelyingParty]
    user: NotRequired[PasskeyUser]
    pubKeyCredParams: NotRequired[list[PasskeyParameters]]
    excludeCredentials: NotRequired[list[PasskeyDescriptor]]
    authenticatorSelection: NotRequired[AuthenticatorSelection]
    attestation: NotRequired[Literal["none"]]
    rpId: NotRequired[str]
    allowCredentials: NotRequired[list[PasskeyDescriptor]]
    userVerification: NotRequired[Literal["required"]]


@final
class PasskeyParameters(TypedDict):
    """A kind of key that is taken, by COSE's number of its algorithm."""

    type: Literal["public-key"]
    alg: int


@final
class PasskeyUser(TypedDict):
    """Whose a passkey is to be, as authenticators know and show them."""

    id: str
    name: str
    displayName: str


@final
class PasskeyView(TypedDict):
    """A passkey, to who owns it."""

    id: str
    label: str
    transports: list[str]
    created_at: str
    last_used_at: NotRequired[str]
    backed_up: bool


@final
class PasswordSet(TypedDict):
    """The password is another one, and the device on which it was set is known."""

    success: bool
    message: str
    device_token: NotRequired[str]


@final
class PendingEmail(TypedDict):
    """An address that waits to be confirmed."""

    email: str
    until: str


@final
class RegistrationSchema(TypedDict):
    """A passkey that was made (``RegistrationResponseJSON``)."""

    rawId: str
    type: Literal["public-key"]
    response: AttestationResponse


@final
class RelatedOrigins(TypedDict):
    """The sites that may use passkeys of this API's domain (WebAuthn Level 3 section 5.11)."""

    origins: list[str]


@final
class RelyingParty(TypedDict):
    """Whom a passkey is for."""

    id: str
    name: str


@final
class RoleView(TypedDict):
    """A role."""

    name: str
    title: dict[str, str]
    permissions: list[str]
    builtin: bool
    back_end: bool
    second_factor: bool


@final
class Roles(TypedDict):
    """All roles."""

    roles: list[RoleView]


@final
class Seance(TypedDict):
    """A device that the account is signed in on."""

    session_id: str
    device: str
    user_agent: str
    ip_address: str
    created_at: str
    last_activity: str
    expires_at: str
    is_current: bool


@final
class Seances(TypedDict):
    """The devices of an account, newest first."""

    seances: list[Seance]


@final
class SignedOut(TypedDict):
    """The session is over."""

    success: bool
    message: str


@final
class TitleSchema(TypedDict):
    """A role's name for people, in the languages there are."""

    en: str
    ru: str


@final
class Tokens(TypedDict):
    """The tokens of a session (RFC 6749 section 5.1), which cookies may carry instead."""

    access_token: NotRequired[str]
    token_type: Literal["Bearer"]
    expires_in: int
    refresh_token: NotRequired[str]


@final
class UserPage(TypedDict):
    """A page of accounts; no cursor means that it is the last."""

    users: list[UserView]
    cursor: NotRequired[str]


@final
class UserSummary(TypedDict):
    """Who signed in."""

    id: int
    email: str
    name: str
    role: str


@final
class UserView(TypedDict):
    """An account, as those who may read accounts see it."""

    id: int
    kind: str
    email: str
    name: str
    role: str
    status: str
    language: str
    created_at: str
    updated_at: str
    last_log_in: NotRequired[str]
    blocked_until: NotRequired[str]
    email_confirmed: NotRequired[bool]
    second_factors: NotRequired[list[str]]
    pending_email: NotRequired[str]


@final
class ValidationError(TypedDict):
    """What is missing or wrong, field by field."""

    error: str
    message: str
    details: list[FieldError]


@final
class WebhookView(TypedDict):
    """A webhook; its secret is in the answer that made it, and in no other."""

    name: str
    url: str
    events: list[str]
    personal_data: bool
    maker_id: int
    created_at: str
    updated_at: str
    failing_since: NotRequired[str]
    paused_until: NotRequired[str]
    secret: NotRequired[str]
    old_secret_until: NotRequired[str]


@final
class Webhooks(TypedDict):
    """All webhooks."""

    webhooks: list[WebhookView]


@final
class WhoAmI(TypedDict):
    """The caller, as the service knows them."""

    success: bool
    user_id: int
    session_id: str
    email: str
    name: str
    language: NotRequired[str]
    role: str
    permissions: list[str]
    created_at: str
    email_confirmed: bool
    amr: NotRequired[list[str]]
    auth_time: str
