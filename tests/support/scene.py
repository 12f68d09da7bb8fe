"""The ground that the requests of the register stand on."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from tests.support import email_tokens, filed_factors
from tests.support.api import Api
from tests.support.callers import YES
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import CONFIRM_EMAIL, ISSUE_RESET_TOKEN, SAVE_ROLE, UPDATE_USER


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

    def _kept(self, token: str) -> str:
        self.api.secrets.add(token)
        return token
