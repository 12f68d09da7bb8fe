"""Every kind of change there is, and the event that it must leave."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from tests.support.answers import Answer
from tests.support.apps import App
from tests.support.desk import Desk, log_in, refresh, sign_out_others, who_am_i
from tests.support.people import Person, claims
from tests.support.register import (
    BEGIN_TOTP,
    CHANGE_OWN_EMAIL,
    CHANGE_PASSWORD,
    CONFIRM_IDENTITY,
    DISABLE_TOTP,
    ENABLE_TOTP,
    END_SEANCE,
    LOG_OUT,
    RENEW_RECOVERY_CODES,
    SHOW_SEANCES,
    UPDATE_OWN_ACCOUNT,
)

# of whom it is told
ALICE, ADMIN, NEW, SHOP = "alice", "admin", "new", "shop"


@dataclass(frozen=True)
class Stage:
    """Those whom deeds are done by and to."""

    desk: Desk
    alice: Person
    admin: Person
    clock: Callable[..., None]

    def private(self, at: tuple[str, str], **body: object) -> Answer:
        """Call an endpoint of the private zone as alice."""
        return self.alice.api.call(*at, token=self.alice.token, json=body)


@dataclass(frozen=True)
class Deed:
    """Something that is done: ``prepare`` returns how, when all that it takes is there."""

    prepare: Callable[[Stage], Callable[[], Answer]]
    # what is told, and at whom; the details may say whatever they are not asked for here
    what: str
    told_at: str = ALICE
    # the account that acts; nobody does in the public zone
    actor: str | None = ADMIN
    details: Mapping[str, object] | None = None
    # told in the same breath
    also: tuple[str, ...] = ()


def _updates(**changes: object) -> Callable[[Stage], Callable[[], Answer]]:
    return lambda stage: lambda: stage.desk.update(stage.alice.id, **changes)


def _resets(stage: Stage) -> Callable[[], Answer]:
    token = stage.desk.reset_token(stage.alice.email).json["reset_token"]
    return lambda: stage.desk.set_password(token)


def _changes_password(stage: Stage) -> Callable[[], Answer]:
    passwords = {"current_passw": stage.alice.passw, "passw": "another_string"}
    return lambda: stage.private(CHANGE_PASSWORD.at(), **passwords)


def _ends_a_device(stage: Stage) -> Callable[[], Answer]:
    phone = stage.alice.sign_in()
    return lambda: stage.private(END_SEANCE.at(session_id=phone.session_id))


def _ends_others(stage: Stage) -> Callable[[], Answer]:
    stage.alice.sign_in()
    return lambda: sign_out_others(stage.alice)


def _replays(stage: Stage) -> Callable[[], Answer]:
    child = refresh(stage.alice).json["refresh_token"]
    stage.clock(seconds=11)
    refresh(replace(stage.alice, refresh_token=child))
    return lambda: refresh(stage.alice)


def _deletes_a_role(stage: Stage) -> Callable[[], Answer]:
    stage.desk.save_role("gardener", "garden:write")
    return lambda: stage.desk.delete_role("gardener")


def _confirms_email(stage: Stage) -> Callable[[], Answer]:
    stage.desk.update(stage.alice.id, email="a@example.org")
    token = stage.desk.email_token(stage.alice.id)
    return lambda: stage.desk.confirm_email(token)


def _undoes_email(stage: Stage) -> Callable[[], Answer]:
    stage.desk.update(stage.alice.id, email="a@example.org")
    token = stage.desk.undo_token(stage.alice.id)
    stage.desk.confirm_email(stage.desk.email_token(stage.alice.id))
    return lambda: stage.desk.undo_email_change(token)


def _issues_again(stage: Stage) -> Callable[[], Answer]:
    stage.desk.service_token()
    return stage.desk.service_token


def _begun_app(stage: Stage) -> App:
    return App(stage.private(BEGIN_TOTP.at()).json["secret"])


def _enables_an_app(stage: Stage) -> Callable[[], Answer]:
    app = _begun_app(stage)
    return lambda: stage.private(ENABLE_TOTP.at(), code=app.code())


def _disables_an_app(stage: Stage) -> Callable[[], Answer]:
    _enables_an_app(stage)()
    return lambda: stage.private(DISABLE_TOTP.at())


def _renews_recovery_codes(stage: Stage) -> Callable[[], Answer]:
    _enables_an_app(stage)()
    return lambda: stage.private(RENEW_RECOVERY_CODES.at())


def _uses_a_recovery_code(stage: Stage) -> Callable[[], Answer]:
    code = _enables_an_app(stage)().json["recovery_codes"][0]
    return lambda: stage.private(CONFIRM_IDENTITY.at(), code=code)


DEEDS: Mapping[str, Deed] = {
    "sign up": Deed(
        lambda stage: lambda: stage.desk.sign_up("new@example.com", role="methodist"),
        "user_created",
        told_at=NEW,
        details={"role": "methodist", "kind": "person"},
    ),
    "role": Deed(_updates(role="methodist"), "user_updated", details={"role": "methodist"}),
    "status": Deed(_updates(status="disabled"), "user_updated", details={"status": "disabled"}),
    "email": Deed(
        _updates(email="a@example.org"), "user_updated", details={"email": "to be confirmed"}
    ),
    "name": Deed(_updates(name="Alice Cooper"), "user_updated", details={"name": "changed"}),
    "everything": Deed(
        _updates(name="A", email="a@example.org", role="methodist", status="disabled"),
        "user_updated",
        details={
            "name": "changed",
            "email": "to be confirmed",
            "role": "methodist",
            "status": "disabled",
        },
    ),
    "confirm email": Deed(_confirms_email, "email_changed", actor=None),
    "undo email": Deed(
        _undoes_email, "email_change_undone", actor=None, also=("reset_token_issued",)
    ),
    "delete": Deed(lambda stage: lambda: stage.desk.delete(stage.alice.id), "user_deleted"),
    "reset token": Deed(
        lambda stage: lambda: stage.desk.reset_token(stage.alice.email), "reset_token_issued"
    ),
    "reset": Deed(_resets, "password_reset"),
    "change password": Deed(_changes_password, "password_changed", actor=ALICE),
    "own name": Deed(
        lambda stage: lambda: stage.private(UPDATE_OWN_ACCOUNT.at(), name="Alice Cooper"),
        "user_updated",
        actor=ALICE,
        details={"name": "changed"},
    ),
    "own email": Deed(
        lambda stage: lambda: stage.private(CHANGE_OWN_EMAIL.at(), email="a@example.org"),
        "user_updated",
        actor=ALICE,
        details={"email": "to be confirmed"},
    ),
    "own language": Deed(
        lambda stage: lambda: stage.private(UPDATE_OWN_ACCOUNT.at(), language="ru"),
        "user_updated",
        actor=ALICE,
        details={"language": "ru"},
    ),
    "confirm": Deed(
        lambda stage: lambda: stage.private(CONFIRM_IDENTITY.at(), passw=stage.alice.passw),
        "identity_confirmed",
        actor=ALICE,
    ),
    "begin with an app": Deed(_enables_an_app, "totp_enabled", actor=ALICE),
    "remove the app": Deed(_disables_an_app, "totp_disabled", actor=ALICE),
    "new recovery codes": Deed(_renews_recovery_codes, "recovery_codes_renewed", actor=ALICE),
    "use a recovery code": Deed(
        _uses_a_recovery_code,
        "recovery_code_used",
        actor=ALICE,
        details={"left": 9},
        also=("identity_confirmed",),
    ),
    "log in": Deed(lambda stage: lambda: log_in(stage.alice), "session_begun", actor=None),
    "log out": Deed(
        lambda stage: lambda: stage.private(LOG_OUT.at()),
        "session_ended",
        actor=ALICE,
        details={"why": "log_out"},
    ),
    "end a device": Deed(
        _ends_a_device, "session_ended", actor=ALICE, details={"why": "ended_by_user"}
    ),
    "end others": Deed(
        _ends_others, "sessions_ended", actor=ALICE, details={"why": "ended_by_user", "count": 1}
    ),
    "sign out": Deed(
        lambda stage: lambda: stage.desk.end_seances(stage.alice.id),
        "sessions_ended",
        details={"why": "ended_by_administrator", "count": 1},
    ),
    "theft": Deed(_replays, "session_ended", actor=None, details={"why": "refresh_token_replayed"}),
    "save a role": Deed(
        lambda stage: lambda: stage.desk.save_role("gardener", "garden:write"),
        "role_saved",
        told_at=ADMIN,
        details={"role": "gardener"},
    ),
    "delete a role": Deed(
        _deletes_a_role, "role_deleted", told_at=ADMIN, details={"role": "gardener"}
    ),
    "first service token": Deed(
        lambda stage: stage.desk.service_token,
        "service_token_issued",
        told_at=SHOP,
        also=("user_created", "session_begun"),
    ),
    "service token": Deed(
        _issues_again, "service_token_issued", told_at=SHOP, also=("session_begun",)
    ),
}
# what changes nothing about an account, a session, a role or a token
READING: Mapping[str, Callable[[Stage], Answer]] = {
    "list": lambda stage: stage.desk.list_users(),
    "show": lambda stage: stage.desk.show(stage.alice.id),
    "devices": lambda stage: stage.desk.seances(stage.alice.id),
    "trail": lambda stage: stage.desk.audit(stage.alice.id),
    "roles": lambda stage: stage.desk.roles(),
    "who am I": lambda stage: who_am_i(stage.alice),
    "refresh": lambda stage: refresh(stage.alice),
    "own devices": lambda stage: stage.private(SHOW_SEANCES.at()),
    "nobody to sign out": lambda stage: sign_out_others(stage.alice),
    "no such device": lambda stage: stage.private(END_SEANCE.at(session_id="x" * 22)),
    "address taken": lambda stage: stage.desk.sign_up(stage.alice.email),
    "address of another": lambda stage: stage.desk.update(stage.alice.id, email=stage.admin.email),
    "no such account": lambda stage: stage.desk.delete(5),
    "not allowed": lambda stage: stage.desk.by(stage.alice.token).update(stage.alice.id, name="A"),
    "last administrator": lambda stage: stage.desk.delete(stage.admin.id),
    "no such role": lambda stage: stage.desk.delete_role("ghost"),
    "built-in role": lambda stage: stage.desk.delete_role("methodist"),
    "spent reset token": lambda stage: stage.desk.set_password(f"pr.5.{'x' * 43}"),
    "nobody to reset": lambda stage: stage.desk.reset_token("nobody@example.com"),
}


def subject(deed: Deed, stage: Stage, answer: Answer) -> int:
    """Return the account that the deed is told of."""
    if deed.told_at == NEW:
        return int(answer.json["id"])
    if deed.told_at == SHOP:
        return int(claims(answer.json["access_token"])["sub"])
    return {ALICE: stage.alice.id, ADMIN: stage.admin.id}[deed.told_at]
