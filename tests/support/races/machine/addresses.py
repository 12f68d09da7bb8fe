"""Other addresses for accounts: begun, confirmed, taken back."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.support.races.machine.driver import EMAILS, PASSWORDS, Driver
from tests.support.races.machine.model import (
    RESET,
    TO_CONFIRM,
    TO_UNDO,
    Account,
    Move,
    MovingToken,
    Pending,
)
from tests.support.races.machine.passwords import Passwords


class Addresses(Passwords):
    """What administrators, and whoever reads the mails, do about addresses."""

    def has_confirmations(self) -> bool:
        """Say whether there was ever a token that confirms an address."""
        return any(account.confirmations for account in self.world.everybody())

    def has_undoings(self) -> bool:
        """Say whether there was ever a token that takes a change of address back."""
        return any(account.undoings for account in self.world.everybody())

    def has_pending(self) -> bool:
        """Say whether any address waits to be confirmed."""
        return any(account.waits_for(self.now) for account in self.world.accounts.values())

    @precondition(Driver.has_accounts)
    @rule(data=st.data(), email=st.sampled_from(EMAILS), is_mailed=st.booleans())
    def change_email(self, data: st.DataObject, email: str, *, is_mailed: bool) -> None:
        account = self.pick_account(data)
        expected = 200
        if email != account.email and not account.gone:
            expected = 200 if self.world.holder(email, self.now) in (None, account) else 409
            expected = 422 if account.kind == "service" else expected
        if expected != 200:
            assert self.administrator().update_user(account.id, email=email).status == expected
        elif self.is_changed(account, email=email):
            self._begin(account, email, is_mailed=is_mailed)

    @precondition(Driver.has_people)
    @rule(data=st.data(), email=st.sampled_from(EMAILS))
    def move(self, data: st.DataObject, email: str) -> None:
        """Begin, have the mails sent, and confirm: what seldom comes about rule by rule."""
        account = self.choose(data, list(self.active_people()))
        if self.world.holder(email, self.now) is None and self.is_changed(account, email=email):
            self._begin(account, email, is_mailed=True)
            self._confirm(account, *list(account.confirmations.items())[-1])

    @precondition(has_pending)
    @rule(data=st.data())
    def log_in_at_an_address_that_waits(self, data: st.DataObject) -> None:
        account = self.choose(data, [a for a in self.world.accounts.values() if a.pending])
        email = account.waits_for(self.now)
        if email and email not in self.world.accounts:
            answer = self.service.log_in(email, account.passw or PASSWORDS[0])
            assert self.strangers_are_kept_out(email, answer) or answer.status == 401

    @precondition(has_confirmations)
    @rule(data=st.data())
    def confirm_email(self, data: st.DataObject) -> None:
        given = [(a, t) for a in self.world.everybody() for t in a.confirmations.items()]
        # thrice, or most would be void
        good = [(a, t) for a, t in given if self._confirms(a, t[1])]
        account, (token, told) = self.choose(data, given + good + good)
        self._confirm(account, token, told)

    @precondition(has_undoings)
    @rule(data=st.data())
    def undo_email_change(self, data: st.DataObject) -> None:
        given = [(a, t) for a in self.world.everybody() for t in a.undoings.items()]
        # as above
        good = [(a, t) for a, t in given if self._back(a, t[1])]
        account, (token, told) = self.choose(data, given + good + good)
        self._undo(account, token, told)

    def _confirm(self, account: Account, token: str, told: MovingToken) -> None:
        answer = self.service.confirm_email(token)
        if not self._confirms(account, told):
            assert answer.code == "email_token_invalid"
            return
        assert answer.status == 200
        told.is_spent = True
        account.trail["email_changed"] += 1
        self.world.order_notice("email_changed_from", account, self.now, "email_changed")
        self.world.order_notice("email_changed_to", account, self.now, "email_changed", told.email)
        move = Move(account.email, account.stretch, self.now + TO_UNDO)
        account.moves = [*account.kept(self.now), move]
        self.world.readdress(account, told.email)

    def _undo(self, account: Account, token: str, told: MovingToken) -> None:
        answer = self.service.undo_email_change(token)
        back = self._back(account, told)
        if back is None:
            assert answer.code == "undo_token_invalid"
            return
        assert answer.status == 200
        told.is_spent = True
        email, account.moves = back
        account.trail["email_change_undone"] += 1
        for to in {account.email, email}:
            self.world.order_notice("email_restored", account, self.now, "email_change_undone", to)
        self.world.readdress(account, email)
        account.passw = None
        account.give_reset_token(answer.json["reset_token"], self.now + RESET)

    def _begin(self, account: Account, email: str, *, is_mailed: bool) -> None:
        """Have another address wait for its confirmation; perhaps both have their mails at once."""
        moves = email != account.email
        account.pending = Pending(email, self.now + TO_CONFIRM) if moves else None
        shown = self.administrator().show_user(account.id).json
        assert shown.get("pending_email") == account.waits_for(self.now)
        if moves:
            order, what = self.world.order_notice, "user_updated"
            orders = (
                order("email_changing", account, self.now, what),
                order("confirm_email", account, self.now, what, email),
            )
            for ordered in orders if is_mailed else ():
                self.deliver(ordered)

    def _confirms(self, account: Account, told: MovingToken) -> bool:
        """Say whether a token is good for the address that it is for."""
        return (
            not told.is_over(self.now)
            and not account.gone
            and told.stretch == account.stretch
            and told.email == account.waits_for(self.now)
            and self.world.holder(told.email, self.now) in (None, account)
        )

    def _back(self, account: Account, told: MovingToken) -> tuple[str, list[Move]] | None:
        """Return where a token brings the account, and what can be taken back after that."""
        if told.is_over(self.now) or account.gone:
            return None
        moves = account.kept(self.now)
        if account.waits_for(self.now) and told.stretch == account.stretch:
            return account.email, moves
        for number, move in enumerate(moves):
            if move.stretch == told.stretch:
                return move.before, moves[:number]
        return None
