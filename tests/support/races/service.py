"""The service's endpoints by name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from infra.local.api_gateway.http_events import HttpRequest, event_from, new_request_id
from infra.local.invoke import FunctionError, Invoke
from infra.local.lambdas import queue_events
from infra.local.template.declarations import Route
from tests.support import register
from tests.support.answers import Answer
from tests.support.api import Api

PASSWORD = "correct horse battery"
NEW_PASSWORD = "violet umbrella 77"
if TYPE_CHECKING:
    from mypy_boto3_sqs.type_defs import MessageTypeDef

# functions for deployments, for where there is no route, and for files, which ask nothing of AWS;
# and those that nobody asks, whose faults are in tests/races/test_event_faults.py
NEVER_ASKED = frozenset(
    {
        "DeliverWebhooks",
        "ExportTrail",
        "NoSuchRoute",
        "PrepareStack",
        "PublishEvents",
        "ShowDocs",
        "ShowOpenapi",
        "ShowPages",
    }
)


@dataclass(frozen=True)
class Service:
    """The API and the functions beside it, and tokens for what not everybody may call."""

    api: Api
    invoke: Invoke
    back_end: str
    administrator: str

    def sign_up(
        self,
        email: str,
        passw: str = PASSWORD,
        *,
        role: str | None = None,
        key: str | None = None,
        token: str | None = None,
    ) -> Answer:
        """Create an account: as a back-end, or as the administrator if it gets a role."""
        body = {"email": email, "name": "Nina New", "passw": passw}
        return self.api.call(
            *register.SIGN_UP.at(),
            token=token or (self.administrator if role else self.back_end),
            json={**body, "role": role} if role else body,
            headers={"Idempotency-Key": key} if key else None,
        )

    def invite(self, email: str) -> Answer:
        """Create an account whose owner is to choose the password."""
        body = {"email": email, "name": "Nina New", "invite": True}
        return self.api.call(*register.SIGN_UP.at(), token=self.back_end, json=body)

    def log_in(self, email: str, passw: str = PASSWORD, device_token: str | None = None) -> Answer:
        """Sign in, from a known device if there is a token."""
        body = {"email": email, "passw": passw}
        known = {"device_token": device_token} if device_token else {}
        return self.api.call(*register.LOG_IN.at(), json=body | known)

    def refresh(self, refresh_token: str) -> Answer:
        """Ask for the next pair of tokens."""
        return self.api.call(*register.REFRESH.at(), json={"refresh_token": refresh_token})

    def forget_password(self, email: str) -> Answer:
        """Ask for a mail with a reset token."""
        return self.api.call(*register.FORGET_PASSWORD.at(), json={"email": email})

    def send_log_in_code(self, email: str) -> Answer:
        """Ask for a mail with a log-in code."""
        return self.api.call(*register.SEND_LOG_IN_CODE.at(), json={"email": email})

    def log_in_with_code(self, proof: Mapping[str, str]) -> Answer:
        """Sign in with a challenge and its code."""
        return self.api.call(*register.LOG_IN_WITH_CODE.at(), json=proof)

    def prove_second_factor(self, challenge: str, code: str) -> Answer:
        """Complete a log-in."""
        body = {"challenge": challenge, "code": code}
        return self.api.call(*register.PROVE_SECOND_FACTOR.at(), json=body)

    def begin_totp(self, token: str) -> Answer:
        """Ask for the secret of an authenticator app."""
        return self.api.call(*register.BEGIN_TOTP.at(), token=token)

    def enable_totp(self, token: str, code: str) -> Answer:
        """Take the app into use."""
        return self.api.call(*register.ENABLE_TOTP.at(), token=token, json={"code": code})

    def disable_totp(self, token: str) -> Answer:
        """Remove the app."""
        return self.api.call(*register.DISABLE_TOTP.at(), token=token)

    def renew_recovery_codes(self, token: str) -> Answer:
        """Ask for another set of recovery codes."""
        return self.api.call(*register.RENEW_RECOVERY_CODES.at(), token=token)

    def passkey_options(self, token: str, purpose: str = "enrol") -> Answer:
        """Ask what a browser has to know to make a passkey, or to use one."""
        body = {"purpose": purpose}
        return self.api.call(*register.PASSKEY_OPTIONS.at(), token=token, json=body)

    def passkey_log_in_options(self, challenge: str | None = None) -> Answer:
        """Ask what a browser has to know to sign in with a passkey."""
        body = {} if challenge is None else {"challenge": challenge}
        return self.api.call(*register.PASSKEY_LOG_IN_OPTIONS.at(), json=body)

    def add_passkey(self, token: str, made: Mapping[str, Any]) -> Answer:
        """Add a passkey that a browser had made."""
        body = {"credential": made}
        return self.api.call(*register.ADD_PASSKEY.at(), token=token, json=body)

    def delete_passkey(self, token: str, passkey_id: str) -> Answer:
        """Do without a passkey."""
        return self.api.call(*register.DELETE_PASSKEY.at(passkey_id=passkey_id), token=token)

    def log_in_with_passkey(self, used: Mapping[str, Any]) -> Answer:
        """Sign in with a passkey that a browser had used."""
        return self.api.call(*register.LOG_IN_WITH_PASSKEY.at(), json={"credential": used})

    def confirm_by_passkey(self, token: str, used: Mapping[str, Any]) -> Answer:
        """Prove once more who one is, by a passkey."""
        return self.api.call(*register.CONFIRM_IDENTITY.at(), token=token, json={"passkey": used})

    def prove_passkey(self, challenge: str, used: Mapping[str, Any]) -> Answer:
        """Complete a log-in with a passkey."""
        body = {"challenge": challenge, "passkey": used}
        return self.api.call(*register.PROVE_SECOND_FACTOR.at(), json=body)

    def confirm_by_code(self, token: str, code: str) -> Answer:
        """Prove once more who one is, by the second factor."""
        return self.api.call(*register.CONFIRM_IDENTITY.at(), token=token, json={"code": code})

    def who_am_i(self, token: str) -> Answer:
        """Ask who is signed in."""
        return self.api.call(*register.ANY_USERS.at(), token=token)

    def log_out(self, token: str) -> Answer:
        """Sign this device out."""
        return self.api.call(*register.LOG_OUT.at(), token=token)

    def show_seances(self, token: str) -> Answer:
        """List the devices."""
        return self.api.call(*register.SHOW_SEANCES.at(), token=token)

    def end_seance(self, token: str, session_id: str) -> Answer:
        """Sign one device out."""
        return self.api.call(*register.END_SEANCE.at(session_id=session_id), token=token)

    def end_other_seances(self, token: str) -> Answer:
        """Sign all other devices out."""
        return self.api.call(*register.END_OTHER_SEANCES.at(), token=token)

    def confirm_identity(self, token: str, passw: str = PASSWORD) -> Answer:
        """Prove once more who one is."""
        return self.api.call(*register.CONFIRM_IDENTITY.at(), token=token, json={"passw": passw})

    def reset_second_factors(self, user_id: int) -> Answer:
        """Remove all second factors of an account, as the administrator."""
        return self.api.call(
            *register.RESET_SECOND_FACTORS.at(user_id=user_id), token=self.administrator
        )

    def change_password(self, token: str, current: str, passw: str = NEW_PASSWORD) -> Answer:
        """Set a new password, knowing the old one."""
        body = {"current_passw": current, "passw": passw}
        return self.api.call(*register.CHANGE_PASSWORD.at(), token=token, json=body)

    def update_own_account(self, token: str, **changes: str) -> Answer:
        """Change one's own name or language."""
        return self.api.call(*register.UPDATE_OWN_ACCOUNT.at(), token=token, json=changes)

    def change_own_email(self, token: str, email: str) -> Answer:
        """Ask for another address."""
        body = {"email": email}
        return self.api.call(*register.CHANGE_OWN_EMAIL.at(), token=token, json=body)

    def delete_own_account(self, token: str) -> Answer:
        """Leave."""
        return self.api.call(*register.DELETE_OWN_ACCOUNT.at(), token=token)

    def issue_reset_token(self, email: str, key: str | None = None) -> Answer:
        """Make a reset token, as the administrator."""
        return self.api.call(
            *register.ISSUE_RESET_TOKEN.at(),
            token=self.administrator,
            json={"email": email},
            headers={"Idempotency-Key": key} if key else None,
        )

    def reset_password(self, reset_token: str, passw: str = NEW_PASSWORD) -> Answer:
        """Set a new password, as a back-end."""
        return self.api.call(
            *register.RESET_PASSWORD.at(),
            token=self.back_end,
            json={"reset_token": reset_token, "passw": passw},
        )

    def set_new_password(self, reset_token: str, passw: str = NEW_PASSWORD) -> Answer:
        """Set one's own new password."""
        body = {"reset_token": reset_token, "passw": passw}
        return self.api.call(*register.SET_NEW_PASSWORD.at(), json=body)

    def sign_up_oneself(self, email: str, passw: str = PASSWORD) -> Answer:
        """Ask for an account."""
        body = {"email": email, "name": "Nina New", "passw": passw}
        return self.api.call(*register.SELF_SIGN_UP.at(), json=body)

    def confirm_email(self, email_token: str, passw: str | None = None) -> Answer:
        """Have an address count: one's new one, or with the password that of one's sign-up."""
        proof = {"email_token": email_token}
        if passw:
            proof["passw"] = passw
        return self.api.call(*register.CONFIRM_EMAIL.at(), json=proof)

    def undo_email_change(self, undo_token: str) -> Answer:
        """Have one's old address back."""
        return self.api.call(*register.UNDO_EMAIL_CHANGE.at(), json={"undo_token": undo_token})

    def list_users(self, token: str | None = None, **wanted: str) -> Answer:
        """List the accounts that are wanted, or all, as the administrator or somebody else."""
        return self.api.call(*register.LIST_USERS.at(wanted), token=token or self.administrator)

    def show_user(self, user_id: int) -> Answer:
        """Show an account."""
        return self.api.call(*register.SHOW_USER.at(user_id=user_id), token=self.administrator)

    def update_user(self, user_id: int, token: str | None = None, **changes: str) -> Answer:
        """Change an account, as the administrator or another one."""
        return self.api.call(
            *register.UPDATE_USER.at(user_id=user_id),
            token=token or self.administrator,
            json=changes,
        )

    def delete_user(self, user_id: int, token: str | None = None) -> Answer:
        """Delete an account, as the administrator or another one."""
        return self.api.call(
            *register.DELETE_USER.at(user_id=user_id), token=token or self.administrator
        )

    def show_user_seances(self, user_id: int) -> Answer:
        """List an account's devices."""
        return self.api.call(
            *register.SHOW_USER_SEANCES.at(user_id=user_id), token=self.administrator
        )

    def end_user_seances(self, user_id: int) -> Answer:
        """Sign an account out everywhere."""
        return self.api.call(
            *register.END_USER_SEANCES.at(user_id=user_id), token=self.administrator
        )

    def show_audit(self, user_id: int) -> Answer:
        """Show what happened to an account."""
        return self.api.call(*register.SHOW_AUDIT.at(user_id=user_id), token=self.administrator)

    def list_roles(self) -> Answer:
        """List the roles."""
        return self.api.call(*register.LIST_ROLES.at(), token=self.administrator)

    def save_role(self, name: str, *permissions: str, second_factor: bool | None = None) -> Answer:
        """Create or change a role."""
        title = {"en": name, "ru": name}
        body = {"title": title, "permissions": permissions, "second_factor": second_factor}
        return self.api.call(*register.SAVE_ROLE.at(name=name), token=self.administrator, json=body)

    def delete_role(self, name: str) -> Answer:
        """Delete a role."""
        return self.api.call(*register.DELETE_ROLE.at(name=name), token=self.administrator)

    def issue_service_token(self, email: str, key: str | None = None) -> Answer:
        """Make a token for a back-end."""
        return self.api.call(
            *register.ISSUE_SERVICE_TOKEN.at(),
            token=self.administrator,
            json={"email": email, "name": "A back-end"},
            headers={"Idempotency-Key": key} if key else None,
        )

    def authorize(self, token: str) -> Answer:
        """Ask, as another application, whether a request may pass: 200, 401, or no decision."""
        request = HttpRequest(
            "GET", "/", "HTTP/1.1", (("authorization", f"Bearer {token}"),), b"", "192.0.2.1", 443
        )
        event = event_from(request, Route("GET", "/"), {}, new_request_id())
        try:
            decision = self.invoke("VerifySession", event)
        except FunctionError as error:
            if not str(error).startswith("UnavailableError"):
                raise
            return Answer(503, {"x-error-code": "unavailable"}, "{}")
        assert isinstance(decision, dict)
        return Answer(200 if decision["isAuthorized"] else 401, {}, "{}")

    def send_mail(self, order: str, message_id: str = "a message's id") -> Answer:
        """Hand over an order from the mail queue: 200, or 503 if it has to come again."""
        message: MessageTypeDef = {
            "MessageId": message_id,
            "ReceiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
            "Attributes": {"ApproximateReceiveCount": "1"},
            "Body": order,
            "MD5OfBody": "",
        }
        event = queue_events.event_from([message], "arn:aws:sqs:us-east-1:123456789012:mail")
        failed = queue_events.failed_ids(self.invoke("SendMail", event), [message_id])
        return Answer(503, {"x-error-code": "unavailable"}, "{}") if failed else Answer(200, {}, "")
