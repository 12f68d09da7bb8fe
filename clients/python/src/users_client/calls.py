"""Every call of the service, named as its function is; `make types` writes this."""

from typing import Literal
from urllib.parse import quote

from users_client import answers
from users_client.call import Call, given, new_key


def jwks() -> Call[answers.Jwks]:
    """Return the keys as they were published at deploy time."""
    return Call("GET", "/.well-known/jwks.json")


def discovery() -> Call[answers.OpenIdConfiguration]:
    """Tell the issuer, where the keys are, and what they are for."""
    return Call("GET", "/.well-known/openid-configuration")


def related_origins() -> Call[answers.RelatedOrigins]:
    """Tell browsers which sites may use the passkeys of this domain."""
    return Call("GET", "/.well-known/webauthn")


def delete_own_account() -> Call[None]:
    """Delete the caller's account with everything personal; the last administrator cannot."""
    return Call("DELETE", "/api/v1/private/users/any")


def update_own_account(
    *, name: str | None = None, language: Literal["en", "ru"] | None = None
) -> Call[answers.WhoAmI]:
    """Change the caller's account, on all their devices at once, and return who they are now."""
    return Call("PATCH", "/api/v1/private/users/any", body=given(name=name, language=language))


def any_users() -> Call[answers.WhoAmI]:
    """Return the caller's account, role and permissions."""
    return Call("PUT", "/api/v1/private/users/any")


def export_own_data(*, cursor: str | None = None) -> Call[answers.OwnDataView]:
    """Return the caller's account, role, devices and a page of what happened, without secrets."""
    return Call("GET", "/api/v1/private/users/any/data", query=given(cursor=cursor))


def confirm_identity(
    *,
    code: str | None = None,
    passkey: answers.AssertionSchema | None = None,
    passw: str | None = None,
) -> Call[answers.Confirmed]:
    """Have this session count as recently proved."""
    return Call(
        "POST", "/api/v1/private/users/confirm", body=given(code=code, passkey=passkey, passw=passw)
    )


def change_own_email(*, email: str) -> Call[answers.Done]:
    """Mail the new address a link that confirms it, and tell the present one."""
    return Call("POST", "/api/v1/private/users/email", body=given(email=email))


def log_out() -> Call[answers.SignedOut]:
    """End the caller's session; its tokens are worthless from now on."""
    return Call("PUT", "/api/v1/private/users/logout")


def list_passkeys() -> Call[answers.PasskeyList]:
    """Return the caller's passkeys, oldest first."""
    return Call("GET", "/api/v1/private/users/passkeys")


def add_passkey(
    *, credential: answers.RegistrationSchema, label: str | None = None
) -> Call[answers.AddedPasskey]:
    """Have the passkey open the caller's account, and return it."""
    return Call(
        "POST", "/api/v1/private/users/passkeys", body=given(credential=credential, label=label)
    )


def passkey_options(*, purpose: str) -> Call[answers.PasskeyOptions]:
    """Return what the browser has to know; to make one takes a recent proof."""
    return Call("POST", "/api/v1/private/users/passkeys/options", body=given(purpose=purpose))


def delete_passkey(*, passkey_id: str) -> Call[None]:
    """Remove that passkey of the caller's; what is not theirs is as if it did not exist."""
    return Call("DELETE", f"/api/v1/private/users/passkeys/{quote(str(passkey_id), safe='')}")


def rename_passkey(*, passkey_id: str, label: str) -> Call[answers.PasskeyView]:
    """Return the passkey under its new label."""
    return Call(
        "PATCH",
        f"/api/v1/private/users/passkeys/{quote(str(passkey_id), safe='')}",
        body=given(label=label),
    )


def change_password(*, current_passw: str, passw: str) -> Call[answers.Done]:
    """Set the password and sign all other devices out."""
    return Call(
        "PUT",
        "/api/v1/private/users/passw/change_passw",
        body=given(current_passw=current_passw, passw=passw),
    )


def renew_recovery_codes() -> Call[answers.NewRecoveryCodes]:
    """Make ten recovery codes; those from before are void."""
    return Call("POST", "/api/v1/private/users/recovery_codes")


def end_other_seances() -> Call[answers.Ended]:
    """End all sessions of the caller's but this one."""
    return Call("DELETE", "/api/v1/private/users/seances")


def show_seances() -> Call[answers.Seances]:
    """Return the devices that the caller is signed in on, newest first."""
    return Call("POST", "/api/v1/private/users/seances")


def end_seance(*, session_id: str) -> Call[None]:
    """End that session of the caller's; what is not theirs is as if it did not exist."""
    return Call("DELETE", f"/api/v1/private/users/seances/{quote(str(session_id), safe='')}")


def disable_totp() -> Call[None]:
    """Remove the app's secret, and with the last factor the recovery codes."""
    return Call("DELETE", "/api/v1/private/users/totp")


def begin_totp() -> Call[answers.NewAppSecret]:
    """Make a secret that counts once a code of it is shown."""
    return Call("POST", "/api/v1/private/users/totp")


def enable_totp(*, code: str) -> Call[answers.NewRecoveryCodes]:
    """Have log-ins ask for codes of the new secret, as one of them shows that the app has it."""
    return Call("PUT", "/api/v1/private/users/totp", body=given(code=code))


def health() -> Call[answers.Health]:
    """Say that the service is there."""
    return Call("GET", "/api/v1/public/health")


def confirm_email(*, email_token: str, passw: str | None = None) -> Call[answers.Done]:
    """Spend the token; a sign-up becomes an account, one that moves is signed out everywhere."""
    return Call(
        "PUT", "/api/v1/public/users/email", body=given(email_token=email_token, passw=passw)
    )


def undo_email_change(*, undo_token: str) -> Call[answers.EmailRestored]:
    """Spend the token, bring the address back, and return a reset token for a new password."""
    return Call("PUT", "/api/v1/public/users/email/undo", body=given(undo_token=undo_token))


def log_in(
    *, email: str, passw: str, device_token: str | None = None
) -> Call[answers.LoggedIn | answers.FactorChallenge]:
    """Begin a session and return its tokens; the browser's former one is over."""
    return Call(
        "POST",
        "/api/v1/public/users/login",
        body=given(email=email, passw=passw, device_token=device_token),
    )


def log_in_with_code(
    *, challenge: str, code: str, device_token: str | None = None
) -> Call[answers.LoggedIn | answers.FactorChallenge]:
    """Begin a session and return its tokens; the browser's former one is over."""
    return Call(
        "POST",
        "/api/v1/public/users/login/code",
        body=given(challenge=challenge, code=code, device_token=device_token),
    )


def log_in_with_passkey(
    *, credential: answers.AssertionSchema, device_token: str | None = None
) -> Call[answers.LoggedIn]:
    """Begin a session and return its tokens; the browser's former one is over."""
    return Call(
        "POST",
        "/api/v1/public/users/login/passkey",
        body=given(credential=credential, device_token=device_token),
    )


def prove_second_factor(
    *,
    challenge: str,
    code: str | None = None,
    passkey: answers.AssertionSchema | None = None,
    device_token: str | None = None,
) -> Call[answers.LoggedIn]:
    """Begin a session and return its tokens; the browser's former one is over."""
    return Call(
        "POST",
        "/api/v1/public/users/login/second_factor",
        body=given(code=code, passkey=passkey, challenge=challenge, device_token=device_token),
    )


def send_log_in_code(*, email: str) -> Call[answers.Challenge]:
    """Order the mail; whether there is such an account is not even looked up."""
    return Call("POST", "/api/v1/public/users/login/send_code", body=given(email=email))


def passkey_log_in_options(*, challenge: str | None = None) -> Call[answers.PasskeyOptions]:
    """Return what the browser has to know: to sign in by any passkey, or as the second step."""
    return Call("POST", "/api/v1/public/users/passkeys/options", body=given(challenge=challenge))


def forget_password(*, email: str) -> Call[answers.Done]:
    """Order the mail; whether there is such an account is not even looked up."""
    return Call("POST", "/api/v1/public/users/passw/forget_passw", body=given(email=email))


def set_new_password(*, passw: str, reset_token: str) -> Call[answers.PasswordSet]:
    """Spend the reset token, set the password and end every session of the account."""
    return Call(
        "PUT",
        "/api/v1/public/users/passw/set_new_passw",
        body=given(passw=passw, reset_token=reset_token),
    )


def refresh_tokens(*, refresh_token: str | None = None) -> Call[answers.Tokens]:
    """Exchange the refresh token, which is worthless afterwards."""
    return Call("POST", "/api/v1/public/users/refresh", body=given(refresh_token=refresh_token))


def sign_up(
    *,
    email: str,
    passw: str,
    name: str,
    language: Literal["en", "ru"] | None = None,
    bot_token: str | None = None,
) -> Call[answers.Done]:
    """Order the mail that goes on; whether the address has an account is not even looked up."""
    return Call(
        "POST",
        "/api/v1/public/users/sign_up",
        body=given(email=email, passw=passw, name=name, language=language, bot_token=bot_token),
    )


def list_audit(
    *,
    limit: int | None = None,
    cursor: str | None = None,
    event: str | None = None,
    actor_id: int | None = None,
    since: str | None = None,
    until: str | None = None,
) -> Call[answers.AuditPage]:
    """Return a page of events, newest first."""
    return Call(
        "GET",
        "/api/v1/server/audit",
        query=given(
            limit=limit, cursor=cursor, event=event, actor_id=actor_id, since=since, until=until
        ),
    )


def list_roles() -> Call[answers.Roles]:
    """Return the roles."""
    return Call("GET", "/api/v1/server/roles")


def delete_role(*, name: str) -> Call[None]:
    """Delete the role, if nobody holds it."""
    return Call("DELETE", f"/api/v1/server/roles/{quote(str(name), safe='')}")


def save_role(
    *,
    name: str,
    title: answers.TitleSchema,
    permissions: list[str],
    back_end: bool | None = None,
    second_factor: bool | None = None,
) -> Call[answers.RoleView]:
    """Save the role and return it."""
    return Call(
        "PUT",
        f"/api/v1/server/roles/{quote(str(name), safe='')}",
        body=given(
            title=title, permissions=permissions, back_end=back_end, second_factor=second_factor
        ),
    )


def issue_service_token(
    *,
    email: str,
    name: str,
    role: str | None = None,
    expires_in: int | None = None,
    idempotency_key: str | None = None,
) -> Call[answers.IssuedServiceToken]:
    """Return a new token for the back-end."""
    return Call(
        "POST",
        "/api/v1/server/service_tokens",
        body=given(email=email, name=name, role=role, expires_in=expires_in),
        idempotency_key=idempotency_key or new_key(),
    )


def list_users(
    *,
    limit: int | None = None,
    cursor: str | None = None,
    role: str | None = None,
    status: Literal["active", "disabled"] | None = None,
    email: str | None = None,
    search: str | None = None,
    sort: Literal["created_at", "last_log_in"] | None = None,
    order: Literal["asc", "desc"] | None = None,
) -> Call[answers.UserPage]:
    """Return a page of accounts."""
    return Call(
        "GET",
        "/api/v1/server/users",
        query=given(
            limit=limit,
            cursor=cursor,
            role=role,
            status=status,
            email=email,
            search=search,
            sort=sort,
            order=order,
        ),
    )


def issue_reset_token(
    *, email: str, idempotency_key: str | None = None
) -> Call[answers.IssuedResetToken]:
    """Return a reset token, for a back-end that sends its own mail."""
    return Call(
        "POST",
        "/api/v1/server/users/passw/reset_token",
        body=given(email=email),
        idempotency_key=idempotency_key or new_key(),
    )


def reset_password(*, passw: str, reset_token: str) -> Call[answers.Done]:
    """Spend the reset token, set the password and end every session of the account."""
    return Call(
        "PUT",
        "/api/v1/server/users/passw/set_new_passw",
        body=given(passw=passw, reset_token=reset_token),
    )


def registration_user(
    *,
    email: str,
    name: str,
    passw: str | None = None,
    role: str | None = None,
    language: Literal["en", "ru"] | None = None,
    invite: bool | None = None,
    idempotency_key: str | None = None,
) -> Call[answers.Created]:
    """Create the account and return its id."""
    return Call(
        "POST",
        "/api/v1/server/users/sign_up",
        body=given(
            passw=passw, email=email, name=name, role=role, language=language, invite=invite
        ),
        idempotency_key=idempotency_key or new_key(),
    )


def delete_user(*, user_id: str) -> Call[answers.Done]:
    """Delete the account with everything personal."""
    return Call("DELETE", f"/api/v1/server/users/{quote(str(user_id), safe='')}")


def show_user(*, user_id: str) -> Call[answers.UserView]:
    """Return the account."""
    return Call("GET", f"/api/v1/server/users/{quote(str(user_id), safe='')}")


def update_user(
    *,
    user_id: str,
    name: str | None = None,
    role: str | None = None,
    status: Literal["active", "disabled"] | None = None,
    email: str | None = None,
) -> Call[answers.UserView]:
    """Change the account; a new role or status signs it out, a new e-mail has to be confirmed."""
    return Call(
        "PATCH",
        f"/api/v1/server/users/{quote(str(user_id), safe='')}",
        body=given(name=name, role=role, status=status, email=email),
    )


def show_audit(
    *, user_id: str, limit: int | None = None, cursor: str | None = None
) -> Call[answers.AuditPage]:
    """Return a page of events, also of an account that is no more."""
    return Call(
        "GET",
        f"/api/v1/server/users/{quote(str(user_id), safe='')}/audit",
        query=given(limit=limit, cursor=cursor),
    )


def end_user_seances(*, user_id: str) -> Call[answers.Ended]:
    """End all sessions of the account."""
    return Call("DELETE", f"/api/v1/server/users/{quote(str(user_id), safe='')}/seances")


def show_user_seances(*, user_id: str) -> Call[answers.Seances]:
    """Return the devices that the account is signed in on, newest first."""
    return Call("POST", f"/api/v1/server/users/{quote(str(user_id), safe='')}/seances")


def reset_second_factors(*, user_id: str) -> Call[None]:
    """Remove every second factor of the account."""
    return Call("DELETE", f"/api/v1/server/users/{quote(str(user_id), safe='')}/second_factors")


def unblock_user(*, user_id: str) -> Call[answers.UserView]:
    """Have the account's failures begin anew, and return the account."""
    return Call("PUT", f"/api/v1/server/users/{quote(str(user_id), safe='')}/unblock")


def list_webhooks() -> Call[answers.Webhooks]:
    """Return the webhooks, without their secrets."""
    return Call("GET", "/api/v1/server/webhooks")


def delete_webhook(*, name: str) -> Call[None]:
    """Delete the webhook; what is on its way to it is dropped."""
    return Call("DELETE", f"/api/v1/server/webhooks/{quote(str(name), safe='')}")


def save_webhook(
    *,
    name: str,
    url: str,
    events: list[
        Literal[
            "*",
            "log_in.failed",
            "log_in.off",
            "log_in.slowed",
            "passkey.added",
            "passkey.refused",
            "passkey.removed",
            "password.changed",
            "password.reset",
            "password.reset_token_issued",
            "recovery_codes.renewed",
            "recovery_codes.used",
            "role.deleted",
            "role.saved",
            "second_factor.failed",
            "second_factor.guessed",
            "service_token.issued",
            "session.all_ended",
            "session.begun",
            "session.confirmed",
            "session.ended",
            "session.new_device",
            "session.theft",
            "totp.disabled",
            "totp.enabled",
            "user.confirmation_resent",
            "user.created",
            "user.deleted",
            "user.disabled",
            "user.email_change_undone",
            "user.email_changed",
            "user.email_confirmed",
            "user.enabled",
            "user.second_factors_reset",
            "user.unblocked",
            "user.updated",
            "webhook.deleted",
            "webhook.saved",
        ]
    ],
    personal_data: bool | None = None,
    rotate_secret: bool | None = None,
) -> Call[answers.WebhookView]:
    """Save the webhook and return it, once with its secret."""
    return Call(
        "PUT",
        f"/api/v1/server/webhooks/{quote(str(name), safe='')}",
        body=given(
            url=url, events=events, personal_data=personal_data, rotate_secret=rotate_secret
        ),
    )


def list_deliveries(
    *, name: str, limit: int | None = None, cursor: str | None = None
) -> Call[answers.DeliveryPage]:
    """Return a page of deliveries to the webhook, those of the newest events first."""
    return Call(
        "GET",
        f"/api/v1/server/webhooks/{quote(str(name), safe='')}/deliveries",
        query=given(limit=limit, cursor=cursor),
    )


def redeliver_event(*, name: str, delivery_id: str) -> Call[answers.Ordered]:
    """Begin the delivery of an event anew."""
    return Call(
        "POST",
        f"/api/v1/server/webhooks/{quote(str(name), safe='')}/deliveries/{quote(str(delivery_id), safe='')}",
    )


def test_webhook(*, name: str) -> Call[answers.Ordered]:
    """Send the webhook an event that says nothing."""
    return Call("POST", f"/api/v1/server/webhooks/{quote(str(name), safe='')}/test")
