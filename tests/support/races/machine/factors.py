"""Second factors: an app that people get, log in with, replace, lose and do without."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.mail.messages import Kind
from tests.support.apps import STEP_SECONDS, App
from tests.support.races.machine.devices import is_full
from tests.support.races.machine.driver import Driver
from tests.support.races.machine.model import Account, Device


class Factors(Driver):
    """What people do about their second factor, and who helps them when it is lost."""

    def has_challenges(self) -> bool:
        """Say whether anybody was ever asked for a second factor."""
        return any(account.challenges for account in self.world.people())

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def begin_app(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.begin_totp(device.access)
        if self.agrees(answer, device, status=201, while_enrolling=True, takes_proof=True):
            account.begun = App(answer.json["secret"])

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def enable_app(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        if account.begun is None:
            return
        is_first = not account.has_factor
        answer = self.service.enable_totp(device.access, account.begun.code())
        if not self.agrees(answer, device, while_enrolling=True, takes_proof=True):
            return
        codes = answer.json.get("recovery_codes")
        assert bool(codes) == is_first
        account.take_into_use(self._step(), codes)
        if is_first:
            account.end_all(spare=device)
        device.due = False
        device.amr = ("pwd", "otp", "mfa")
        self._told(account, "totp_enabled")

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def get_an_app(self, data: st.DataObject) -> None:
        """Begin with one and enable it: what seldom comes about rule by rule."""
        self.begin_app(data)
        self.enable_app(data)

    @precondition(Driver.has_devices)
    @rule(data=st.data())
    def disable_app(self, data: st.DataObject) -> None:
        account, device = self.pick(data)
        answer = self.service.disable_totp(device.access)
        if answer.code == "second_factor_demanded":
            assert account.has_factor
            assert account.role in self.world.demanding
        elif self.agrees(answer, device, status=204, takes_proof=True):
            if account.has_factor:
                assert account.role not in self.world.demanding
                self._told(account, "totp_disabled")
            account.forget_factors()

    @precondition(has_challenges)
    @rule(data=st.data(), is_recovery=st.booleans())
    def prove_second_factor(self, data: st.DataObject, *, is_recovery: bool) -> None:
        given = [(a, c) for a in self.world.people() for c in a.challenges]
        # thrice, or most would be over
        good = [(a, c) for a, c in given if self._completes(a, c)]
        account, challenge = self.choose(data, given + good + good)
        code = self._code(account, is_recovery=is_recovery)
        if code is None or is_full(account):
            return
        answer = self.service.prove_second_factor(challenge, code)
        if not self._completes(account, challenge):
            assert (answer.status, answer.code) == (410, "challenge_invalid")
            return
        assert answer.status == 200
        assert "second_factor_required" not in answer.json
        account.challenges[challenge] = (account.stretch - 1, self.now)
        device = Device.signed_in(answer.json, self.now)
        device.amr = ("pwd", "otp", "mfa")
        account.begin(device)
        account.welcome(answer.json["device_token"])
        self._use_up(account, code)

    @precondition(Driver.has_accounts)
    @rule(data=st.data())
    def reset_factors(self, data: st.DataObject) -> None:
        account = self.pick_account(data)
        answer = self.administrator().reset_second_factors(account.id)
        if account.gone:
            assert answer.code == "user_not_found"
            return
        assert answer.status == 204
        if account.has_factor:
            self._told(account, "second_factors_reset")
            account.forget_factors()
            account.void()
            account.end_all()

    def _completes(self, account: Account, challenge: str) -> bool:
        stretch, ends = account.challenges[challenge]
        is_there = account.active and not account.gone and account.has_factor
        return is_there and stretch == account.stretch and self.now < ends

    def _code(self, account: Account, *, is_recovery: bool) -> str | None:
        """Return a code that was not used yet, if there is one; of who has no app, any."""
        if account.app is None:
            return "000000"
        if is_recovery:
            return account.recovery_codes[-1] if account.recovery_codes else None
        ahead = account.last_step + 1 - self._step()
        return account.app.code(max(ahead, -1)) if ahead <= 1 else None

    def _use_up(self, account: Account, code: str) -> None:
        if code not in account.recovery_codes:
            account.last_step = max(account.last_step + 1, self._step() - 1)
            return
        account.recovery_codes.remove(code)
        self._told(account, "recovery_code_used", codes_left=len(account.recovery_codes))

    def _told(self, account: Account, what: Kind, codes_left: int = 0) -> None:
        """Have something about the factors be on record, and its notice on the queue."""
        account.trail[what] += 1
        order = self.world.order_notice(what, account, self.now, what)
        assert order.occasion is not None
        order.occasion = replace(order.occasion, codes_left=codes_left)

    def _step(self) -> int:
        return int(self.now.timestamp()) // STEP_SECONDS
