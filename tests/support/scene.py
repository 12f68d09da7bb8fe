"""The ground that the requests of the register stand on."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from accounts import clock
from accounts.events import payloads
from accounts.storage.webhooks import Delivery
from tests.support import email_tokens, filed_factors
from tests.support.api import Api
from tests.support.apps import App
from tests.support.authenticator import Authenticator, Json
from tests.support.callers import YES
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import (
    ADD_PASSKEY,
    BEGIN_TOTP,
    CONFIRM_EMAIL,
    ENABLE_TOTP,
    ISSUE_RESET_TOKEN,
    LOG_IN,
    PASSKEY_LOG_IN_OPTIONS,
    PASSKEY_OPTIONS,
    SAVE_ROLE,
    SAVE_WEBHOOK,
    UPDATE_USER,
)

# whose pages may have passkeys used, as tests deploy the stack
APP = "https://app.example.com"


@dataclass(frozen=True)
class Scene:
    """The API, and those whom the requests are about."""

    api: Api
    alice: Person
    admin: Person
    web_backend: str

    def token_for(self, endpoint: Endpoint) -> str | None:
        """Return a token of someone who may call the endpoint."""
        if endpoint.zone == "public":
            return None
        if endpoint.zone == "private":
            return self.alice.token
        by_service = endpoint.callers.verdicts["service"] == YES
        return self.web_backend if by_service else self.admin.token

    def user_id(self) -> Mapping[str, str]:
        """Return the parameter of paths that are about alice."""
        return {"user_id": str(self.alice.id)}

    def user_with_factors(self) -> Mapping[str, str]:
        """Return the same, once alice has second factors."""
        filed_factors.put_on_file(self.alice.id)
        return self.user_id()

    def unused_role(self) -> Mapping[str, str]:
        """Return the parameter of paths that are about a role that nobody holds."""
        answer = SAVE_ROLE.call(self)
        assert answer.status == 200, answer
        return {"name": answer.json["name"]}

    def webhook(self) -> Mapping[str, str]:
        """Return the parameter of paths that are about a webhook."""
        answer = SAVE_WEBHOOK.call(self)
        assert answer.status == 200, answer
        if "secret" in answer.json:
            self._kept(answer.json["secret"])
        return {"name": answer.json["name"]}

    def webhook_with_delivery(self) -> Mapping[str, str]:
        """Return the same, once there is an event that it did not take."""
        return {"name": self.delivery()["name"]}

    def delivery(self) -> Mapping[str, str]:
        """Return the parameters of paths that are about an event that a webhook did not take."""
        name = self.webhook()["name"]
        delivery = Delivery(owner=Delivery.owner_of(name), id=payloads.new_test_id())
        delivery.type, delivery.status, delivery.round = "webhook.test", "failed", ""
        delivery.expires_at = clock.now() + timedelta(days=1)
        delivery.save()
        return {"name": name, "delivery_id": delivery.id}

    def reset_token(self) -> str:
        """Return a reset token of alice's."""
        answer = ISSUE_RESET_TOKEN.call(self)
        assert answer.status == 201, answer
        return str(answer.json["reset_token"])

    def email_token(self) -> str:
        """Return a token that confirms an address that alice is about to have."""
        # another each time, since the one before may have been confirmed
        email = f"{secrets.token_hex(4)}@new.example.com"
        answer = UPDATE_USER.call(self, json={"email": email})
        assert answer.json["pending_email"] == email, answer
        return self._kept(email_tokens.confirmation(self.alice.account, email))

    def undo_token(self) -> str:
        """Return a token that takes back a change of alice's address that was confirmed."""
        email_token = self.email_token()
        undo_token = self._kept(email_tokens.undo(self.alice.account))
        assert CONFIRM_EMAIL.call(self, json={"email_token": email_token}).status == 200
        return undo_token

    def log_in_code(self) -> Mapping[str, str]:
        """Return a challenge and the code that alice was mailed for it."""
        challenge, code = email_tokens.log_in_code(self.alice.account)
        return {"challenge": self._kept(challenge), "code": self._kept(code)}

    def begun_app(self) -> App:
        """Return an app that alice has begun with."""
        answer = BEGIN_TOTP.call(self)
        assert answer.status == 201, answer
        return App(self._kept(answer.json["secret"]))

    def new_app(self) -> Mapping[str, str]:
        """Return a code of an app that alice has begun with."""
        return {"code": self.begun_app().code()}

    def app(self) -> App:
        """Return alice's app, which log-ins ask for from now on; its code of now is used up."""
        begun = self.begun_app()
        answer = ENABLE_TOTP.call(self, json={"code": begun.code()})
        assert answer.status == 200, answer
        codes = answer.json.get("recovery_codes", ())
        return replace(begun, recovery_codes=tuple(map(self._kept, codes)))

    def app_on_file(self) -> Mapping[str, str]:
        """Have log-ins ask for alice's app; the path has no parameters."""
        self.app()
        return {}

    def challenge(self, **other: str) -> str:
        """Return the challenge that alice gets for her password."""
        answer = LOG_IN.call(self, json={**self.alice.credentials, **other})
        assert answer.status == 202, answer
        return self._kept(answer.json["challenge"])

    def second_factor(self) -> Mapping[str, str]:
        """Return the challenge that alice gets for her password, and the code that it asks for."""
        app = self.app()
        return {"challenge": self.challenge(), "code": app.code(+1)}

    def passkey_challenge(self) -> str:
        """Return the challenge that alice gets for her password, which asks for a passkey."""
        self.authenticator()
        return self.challenge()

    def passkey_made(self) -> Json:
        """Return what a browser tells of a passkey that it was asked to make for alice."""
        return self._made(Authenticator(APP))

    def passkey_id(self) -> str:
        """Return the id of a passkey that alice has."""
        return self.add(Authenticator(APP))

    def passkey_used(self) -> Json:
        """Return what a browser tells of the use of a passkey that alice has, to sign in."""
        return self.signed(self.authenticator())

    def authenticator(self) -> Authenticator:
        """Return an authenticator that has a passkey of alice's."""
        authenticator = Authenticator(APP)
        self.add(authenticator)
        return authenticator

    def signed(self, authenticator: Authenticator) -> Json:
        """Return what a browser tells of the use of a passkey to sign in."""
        return authenticator.get(PASSKEY_LOG_IN_OPTIONS.call(self).json)

    def _made(self, authenticator: Authenticator) -> Json:
        return authenticator.create(PASSKEY_OPTIONS.call(self).json)

    def add(self, authenticator: Authenticator) -> str:
        """Have a passkey made for alice and added, and return its id."""
        answer = ADD_PASSKEY.call(self, json={"credential": self._made(authenticator)})
        assert answer.status == 201, answer
        return str(answer.json["id"])

    def _kept(self, token: str) -> str:
        self.api.secrets.add(token)
        return token
