"""What administrators and back-ends do to accounts."""

from collections import Counter

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.races.machine.driver import EMAILS, PASSWORDS, Driver
from tests.support.races.machine.model import Account, Device

NAMES = ("Kim", "Lee", "Max")
ROLES = ("read_only", "methodist", "gardener", "carter")
NEW_NAME = "Nina New"


class SignUps(Driver):
    """New accounts."""

    @rule(
        email=st.sampled_from(EMAILS),
        passw=st.sampled_from(PASSWORDS),
        role=st.sampled_from((None, *ROLES)),
    )
    def sign_up(self, email: str, passw: str, role: str | None) -> None:
        answer = self.administrator().sign_up(email.upper(), passw, role=role)
        if role is not None and role not in self.world.roles:
            assert answer.status == 422
        elif self.world.holder(email, self.now):
            assert answer.code == "user_exists"
        else:
            assert answer.status == 201
            account = Account(answer.json["id"], email, NEW_NAME, passw, role or "read_only")
            self.world.add(account)

    @rule(email=st.sampled_from(EMAILS))
    def invite(self, email: str) -> None:
        answer = self.service.invite(email)
        self.world.order("invitation", email, self.now)
        if self.world.holder(email, self.now):
            assert answer.code == "user_exists"
        else:
            assert answer.status == 201
            self.world.add(Account(answer.json["id"], email, NEW_NAME, None))


class Administration(SignUps):
    """Looking at, changing and deleting accounts."""

    @rule(role=st.sampled_from((None, *ROLES)), status=st.sampled_from((None, "disabled")))
    def list_users(self, role: str | None, status: str | None) -> None:
        wanted = {"role": role, "status": status}
        filters = {name: value for name, value in wanted.items() if value}
        administrator = self.administrator()
        answer = administrator.list_users(**filters)
        known = {role["name"] for role in administrator.list_roles().json["roles"]}
        if role and role not in known:
            assert answer.status == 422
            return
        assert answer.status == 200
        listed = {user["id"] for user in answer.json["users"] if user["email"] in EMAILS}
        assert listed == {
            account.id
            for account in self.world.accounts.values()
            if role in (None, account.role) and status in (None, account.status)
        }

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def list_users_as_a_person(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.list_users(token=device.access)
        allowed = "users:read" in self.world.roles.get(account.role, ())
        if device.verdict(self.now) is None and not device.due and not allowed:
            assert answer.code == "permission_missing"
        else:
            self.agrees(answer, device)

    @precondition(Driver.has_accounts)
    @rule(data=st.data())
    def show_user(self, data: st.DataObject) -> None:
        account = self.pick_account(data)
        answer = self.administrator().show_user(account.id)
        if account.gone:
            assert answer.code == "user_not_found"
        else:
            names = ("email", "name", "role", "status", "kind")
            told = {name: answer.json[name] for name in names}
            assert told == {name: getattr(account, name) for name in names}
            factors = ["totp", "recovery_code"] if account.has_factor else []
            assert answer.json.get("second_factors", []) == factors

    @precondition(Driver.has_accounts)
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def rename(self, data: st.DataObject, name: str) -> None:
        account = self.pick_account(data)
        if self.is_changed(account, name=name):
            account.name = name

    @precondition(Driver.has_accounts)
    @rule(data=st.data(), role=st.sampled_from(ROLES))
    def change_role(self, data: st.DataObject, role: str) -> None:
        account = self.pick_account(data)
        if account.kind == "service":
            return
        if role not in self.world.roles and not account.gone:
            assert self.administrator().update_user(account.id, role=role).status == 422
        elif self.is_changed(account, role=role) and role != account.role:
            account.role = role
            account.void()
            account.end_all()

    @precondition(Driver.has_accounts)
    @rule(data=st.data(), active=st.booleans())
    def disable_or_enable(self, data: st.DataObject, active: bool) -> None:
        account = self.pick_account(data)
        status = "active" if active else "disabled"
        if self.is_changed(account, status=status) and active != account.active:
            account.active = active
            account.void()
            account.end_all()

    @precondition(Driver.has_accounts)
    @rule(data=st.data())
    def delete_user(self, data: st.DataObject) -> None:
        account = self.pick_account(data)
        # to delete what is deleted already is to finish the deletion
        assert self.administrator().delete_user(account.id).status == 200
        if not account.gone:
            account.gone = True
            account.void()
            account.end_all()
            account.trail["user_deleted"] += 1
            self.world.deleted.append(self.world.accounts.pop(account.email))
            self.world.clear_failures(account.email)
            if account.kind == "person":
                self.world.order_notice("account_deleted", account, self.now, "user_deleted")

    @precondition(Driver.has_accounts)
    @rule(data=st.data())
    def show_user_seances(self, data: st.DataObject) -> None:
        account = self.pick_account(data)
        answer = self.administrator().show_user_seances(account.id)
        if account.gone:
            assert answer.code == "user_not_found"
        else:
            shown = {seance["session_id"] for seance in answer.json["seances"]}
            assert shown == {device.session_id for device in account.live(self.now)}

    @precondition(Driver.has_accounts)
    @rule(data=st.data())
    def end_user_seances(self, data: st.DataObject) -> None:
        account = self.pick_account(data)
        answer = self.administrator().end_user_seances(account.id)
        if account.gone:
            assert answer.code == "user_not_found"
        else:
            assert answer.json["ended"] == len(account.live(self.now))
            account.end_together(account.live(self.now))

    @precondition(Driver.has_accounts)
    @rule(data=st.data())
    def show_audit(self, data: st.DataObject) -> None:
        account = self.pick_account(data)
        answer = self.administrator().show_audit(account.id)
        assert answer.status == 200
        told = Counter(event["what"] for event in answer.json["events"])
        # the model counts no failures
        for what in ("log_in_failed", "log_in_slowed", "log_in_off"):
            del told[what]
        assert told == account.trail


class BackEnds(Driver):
    """Tokens for back-ends, and what they are good for."""

    @rule(email=st.sampled_from(EMAILS))
    def issue_service_token(self, email: str) -> None:
        answer = self.administrator().issue_service_token(email)
        account = self.world.holder(email, self.now)
        if account and (account.kind == "person" or not account.active):
            assert answer.code == "user_exists"
            return
        assert answer.status == 201
        if account is None:
            name, role = "A back-end", "service"
            account = Account(answer.json["user_id"], email, name, None, role, kind="service")
            self.world.add(account)
        account.begin(Device.of_a_back_end(answer.json["access_token"], self.now))
        account.trail["service_token_issued"] += 1

    @precondition(Driver.has_service_tokens)
    @rule(data=st.data())
    def list_users_as_a_back_end(self, data: st.DataObject) -> None:
        devices = [device for account in self.world.back_ends() for device in account.devices]
        device = self.choose(data, devices)
        self.agrees(self.service.list_users(token=device.access), device)

    @precondition(Driver.has_service_tokens)
    @rule(data=st.data())
    def ask_as_a_back_end_who_it_is(self, data: st.DataObject) -> None:
        devices = [device for account in self.world.back_ends() for device in account.devices]
        answer = self.service.who_am_i(self.choose(data, devices).access)
        # a token says by itself what it is for, whatever became of its session
        assert answer.code in ("user_token_required", "token_expired")
