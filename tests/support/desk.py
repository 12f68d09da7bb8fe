"""The administration's endpoints by name, as whoever sits at the desk calls them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from accounts import clock
from accounts.access import new_accounts
from accounts.storage.tables import AuditEvent, Role, User
from tests.support import email_tokens, people, register
from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.people import Person

# the fixture before_write
BeforeWrite = Callable[..., None]


@dataclass(frozen=True)
class Desk:
    """The API, as called with one token."""

    api: Api
    token: str

    def by(self, token: str) -> "Desk":
        """Return the desk with somebody else at it."""
        return replace(self, token=token)

    def list_users(self, **query: object) -> Answer:
        return self._call(register.LIST_USERS.at(query))

    def pages(self, **query: object) -> Iterator[list[dict[str, Any]]]:
        """Yield the pages of a list, each asked for when it is wanted."""
        cursor: dict[str, str] = {}
        while True:
            answer = self.list_users(**query, **cursor)
            assert answer.status == 200, answer
            yield answer.json["users"]
            if "cursor" not in answer.json:
                return
            cursor = {"cursor": answer.json["cursor"]}

    def show(self, user_id: object) -> Answer:
        return self._call(register.SHOW_USER.at(user_id=user_id))

    def update(self, user_id: object, **changes: object) -> Answer:
        return self._call(register.UPDATE_USER.at(user_id=user_id), json=changes)

    def move(self, user_id: int, email: str) -> Answer:
        """Begin a change of address and have it confirmed, as who reads the new one's mail."""
        begun = self.update(user_id, email=email)
        return begun if begun.status != 200 else self.confirm_email(self.email_token(user_id))

    def email_token(self, user_id: int) -> str:
        """Return a token that confirms the change of address that is begun."""
        user = User.get(user_id)
        return self._kept(email_tokens.confirmation(user, user.pending_email_change.email))

    def undo_token(self, user_id: int) -> str:
        """Return a token that takes it back, also once it is confirmed."""
        return self._kept(email_tokens.undo(User.get(user_id)))

    def confirm_email(self, email_token: str) -> Answer:
        return self.api.call(*register.CONFIRM_EMAIL.at(), json={"email_token": email_token})

    def undo_email_change(self, undo_token: str) -> Answer:
        return self.api.call(*register.UNDO_EMAIL_CHANGE.at(), json={"undo_token": undo_token})

    def _kept(self, token: str) -> str:
        self.api.secrets.add(token)
        return token

    def delete(self, user_id: object) -> Answer:
        return self._call(register.DELETE_USER.at(user_id=user_id))

    def seances(self, user_id: object) -> Answer:
        return self._call(register.SHOW_USER_SEANCES.at(user_id=user_id))

    def end_seances(self, user_id: object) -> Answer:
        return self._call(register.END_USER_SEANCES.at(user_id=user_id))

    def reset_factors(self, user_id: object) -> Answer:
        return self._call(register.RESET_SECOND_FACTORS.at(user_id=user_id))

    def audit(self, user_id: object, **query: object) -> Answer:
        return self._call(register.SHOW_AUDIT.at(query, user_id=user_id))

    def events(self, **query: object) -> Answer:
        """Return a page of what happened to all accounts."""
        return self._call(register.LIST_AUDIT.at(query))

    def unblock(self, user_id: object) -> Answer:
        return self._call(register.UNBLOCK_USER.at(user_id=user_id))

    def roles(self) -> Answer:
        return self._call(register.LIST_ROLES.at())

    def save_role(
        self, name: str, *permissions: str, en: str = "Role", ru: str = "Роль", **other: object
    ) -> Answer:
        role = {"title": {"en": en, "ru": ru}, "permissions": permissions, **other}
        # as bytes, because a refusal may name a permission that was asked for
        body = json.dumps(role).encode()
        headers = {"Content-Type": "application/json"}
        return self._call(register.SAVE_ROLE.at(name=name), body=body, headers=headers)

    def delete_role(self, name: str) -> Answer:
        return self._call(register.DELETE_ROLE.at(name=name))

    def sign_up(self, email: str, key: str | None = None, **other: object) -> Answer:
        body = {"email": email, "name": "Nina New", "passw": "example_string", **other}
        return self._call(register.SIGN_UP.at(), json=body, **_once(key))

    def service_token(
        self, email: str = "shop@services.example.com", key: str | None = None, **other: object
    ) -> Answer:
        body = {"email": email, "name": "Web shop", **other}
        return self._call(register.ISSUE_SERVICE_TOKEN.at(), json=body, **_once(key))

    def reset_token(self, email: str, key: str | None = None) -> Answer:
        body = {"email": email}
        return self._call(register.ISSUE_RESET_TOKEN.at(), json=body, **_once(key))

    def set_password(self, reset_token: str, passw: str = "another_string") -> Answer:
        body = {"reset_token": reset_token, "passw": passw}
        return self._call(register.RESET_PASSWORD.at(), json=body)

    def somebody_else(self, name: str, role: str) -> Person:
        """Return a new person with this role."""
        return people.person(self.api, name, role)

    def somebody_with(self, *permissions: str, role: str = "clerk") -> Person:
        """Return a new person whose role, made for them, permits just this."""
        saved = self.save_role(role, *permissions)
        assert saved.status == 200, saved
        return self.somebody_else(role.title(), role)

    def _call(self, at: tuple[str, str], **request: Any) -> Answer:  # noqa: ANN401 - as Api.call
        return self.api.call(*at, token=self.token, **request)


def settle(email: str, role: str = "read_only", status: str = "active") -> User:
    """Return a new account that has no password, made as fast as can be."""
    user = new_accounts.new_user(email, "Somebody", role, None)
    user.status = status
    new_accounts.create(user)
    return user


def who_am_i(person: Person, token: str | None = None) -> Answer:
    return person.api.call(*register.ANY_USERS.at(), token=token or person.token)


def refresh(person: Person) -> Answer:
    body = {"refresh_token": person.refresh_token}
    return person.api.call(*register.REFRESH.at(), json=body)


def log_in(person: Person, **other: str) -> Answer:
    return person.api.call(*register.LOG_IN.at(), json={**person.credentials, **other})


def sign_out_others(person: Person) -> Answer:
    return person.api.call(*register.END_OTHER_SEANCES.at(), token=person.token)


def is_signed_out(*devices: Person) -> bool:
    """Say whether no token of any of the devices works, for sure."""
    answers = [answer for device in devices for answer in (who_am_i(device), refresh(device))]
    return {(answer.status, answer.code) for answer in answers} == {(401, "session_ended")}


def events(user_id: int) -> list[AuditEvent]:
    """Return what is on record of the account, oldest first."""
    return AuditEvent.find_all(user_id)


def counted(role: str) -> tuple[int, int]:
    """Return how many hold the role, as kept, and how many of them are active."""
    stored = Role.get(role)
    return stored.holders, stored.active_holders


def timestamp() -> str:
    """Return what time it is, as answers tell it."""
    return clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")


def _once(key: str | None) -> dict[str, Any]:
    return {} if key is None else {"headers": {"Idempotency-Key": key}}
