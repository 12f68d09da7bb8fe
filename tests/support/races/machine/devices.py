"""Signing in and out, and staying signed in."""

from dataclasses import replace
from http import HTTPStatus

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.answers import Answer
from tests.support.races.machine.driver import EMAILS, PASSWORDS, Driver
from tests.support.races.machine.model import CHALLENGE, Account, Device

# the next one would end the oldest, of which there are races and scenarios
MOST_DEVICES = 19
# as many in a row switch the password off, in this machine
GUESSES = 10
WRONG = "not the password"


class Devices(Driver):
    """What people do with their devices, and an application that asks about them."""

    @rule(email=st.sampled_from(EMAILS), guess=st.none() | st.sampled_from(PASSWORDS))
    def log_in(self, email: str, guess: str | None) -> None:
        account = self.world.accounts.get(email)
        passw = guess or (account and account.passw) or PASSWORDS[0]
        if account and is_full(account):
            return
        answer = self.service.log_in(email, passw)
        if not self.strangers_are_kept_out(email, answer):
            self._is_let_in(account, passw, answer)

    @rule(email=st.sampled_from(EMAILS))
    def strangers_guess(self, email: str) -> None:
        """Each from an address of their own, until the password is off, if there is one."""
        for number in range(GUESSES):
            api = self.service.api.seen_from(f"203.0.113.{number}")
            assert replace(self.service, api=api).log_in(email, WRONG).status in (401, 429)
        self.world.slowed.discard(email)
        self.world.off.add(email)

    @precondition(Driver.has_known_devices)
    @rule(
        data=st.data(),
        guess=st.none() | st.sampled_from(PASSWORDS),
        is_attacked=st.booleans(),
    )
    def log_in_from_a_known_device(
        self, data: st.DataObject, guess: str | None, *, is_attacked: bool
    ) -> None:
        account, device_token = self.pick_known_device(data)
        passw = guess or account.passw or PASSWORDS[0]
        if is_full(account):
            return
        if is_attacked:
            self.strangers_guess(account.email)
        answer = self.service.log_in(account.email, passw, device_token)
        # whatever strangers did
        is_let_in = self._is_let_in(account, passw, answer)
        if is_let_in:
            assert answer.json["device_token"] == device_token
        if is_let_in or answer.status == HTTPStatus.ACCEPTED:
            self.world.let_the_owner_in(account.email)

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def who_am_i(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.who_am_i(device.access)
        if self.agrees(answer, device):
            told = {name: answer.json[name] for name in ("user_id", "email", "name", "role")}
            assert told == {
                "user_id": account.id,
                "email": account.email,
                "name": account.name,
                "role": account.role,
            }
            assert tuple(answer.json["amr"]) == device.amr

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def ask_elsewhere(self, data: st.DataObject) -> None:
        _, device = self.pick(data)
        answer = self.service.authorize(device.access)
        assert answer.status == (401 if device.verdict(self.now) or device.due else 200)

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def list_devices(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.show_seances(device.access)
        if self.agrees(answer, device):
            shown = {seance["session_id"] for seance in answer.json["seances"]}
            assert shown == {d.session_id for d in account.live(self.now)}

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def refresh(self, data: st.DataObject) -> None:
        _, device = self.pick(data)
        answer = self.service.refresh(device.refresh)
        if not device.lives(self.now):
            assert answer.code == "session_ended"
            return
        assert answer.status == 200
        device.rotate(answer.json, self.now)

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def replay(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        if not device.used:
            return
        token = self.choose(data, device.used)
        answer = self.service.refresh(token)
        if device.lives(self.now) and device.repeats(token, self.now):
            assert answer.status == 200
            assert answer.json["refresh_token"] == device.refresh
            return
        assert answer.code == "session_ended"
        if device.lives(self.now):
            account.end(device)

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def log_out(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        if self.agrees(self.service.log_out(device.access), device, while_enrolling=True):
            account.end(device)

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def end_a_device(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        owner, other = self.pick(data)
        answer = self.service.end_seance(device.access, other.session_id)
        if self.agrees(answer, device, status=204) and owner is account:
            account.end(other)

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def end_the_others(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.end_other_seances(device.access)
        if self.agrees(answer, device):
            others = [other for other in account.live(self.now) if other is not device]
            assert answer.json["ended"] == len(others)
            account.end_together(others)

    def _is_let_in(self, account: Account | None, passw: str, answer: Answer) -> bool:
        """Say whether a log-in began a session, once sure that it was to."""
        if account is None or not account.active or passw != account.passw:
            assert (answer.status, answer.code) == (401, "invalid_credentials")
            return False
        if account.has_factor:
            assert answer.status == HTTPStatus.ACCEPTED
            assert answer.json["factors"] == ["totp", "recovery_code"]
            challenge = answer.json["challenge"]
            account.challenges[challenge] = (account.stretch, self.now + CHALLENGE)
            return False
        assert answer.status == 200
        device = Device.signed_in(answer.json, self.now)
        device.due = account.role in self.world.demanding
        assert answer.json.get("second_factor_required", False) == device.due
        account.begin(device)
        account.welcome(answer.json["device_token"])
        return True


def is_full(account: Account) -> bool:
    """Say whether one more device would end the oldest."""
    return sum(not device.ended for device in account.devices) >= MOST_DEVICES
