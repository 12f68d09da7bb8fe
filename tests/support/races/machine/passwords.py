"""Passwords, what resets them, and the mails about it."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.mail.messages import Message
from tests.support.races.machine.driver import EMAILS, PASSWORDS, Driver
from tests.support.races.machine.model import (
    INVITATION,
    MOST_LINKS,
    RESET,
    Account,
    Order,
)


class Passwords(Driver):
    """What people and back-ends do about passwords, and the consumer of the mail queue."""

    def has_reset_tokens(self) -> bool:
        """Say whether there was ever a reset token."""
        return any(account.reset_tokens for account in self.world.everybody())

    def has_orders(self) -> bool:
        """Say whether a mail was ever ordered."""
        return bool(self.world.orders)

    @precondition(Driver.has_devices)
    @rule(
        data=st.data(),
        guess=st.none() | st.sampled_from(PASSWORDS),
        new=st.sampled_from(PASSWORDS),
    )
    def change_password(self, data: st.DataObject, guess: str | None, new: str) -> None:
        account, device = self.pick(data)
        current = guess or account.passw or PASSWORDS[0]
        answer = self.service.change_password(device.access, current, new)
        if device.verdict(self.now) is None and current != account.passw:
            assert answer.status == 422
        elif self.agrees(answer, device):
            account.set_password(new)
            account.end_all(spare=device)
            account.trail["password_changed"] += 1
            self.world.order_notice("password_changed", account, self.now, "password_changed")

    @rule(email=st.sampled_from(EMAILS))
    def forget_password(self, email: str) -> None:
        assert self.service.forget_password(email).status == 202
        self.world.order("reset", email, self.now)

    @rule(email=st.sampled_from(EMAILS))
    def issue_reset_token(self, email: str) -> None:
        answer = self.administrator().issue_reset_token(email)
        account = self.world.accounts.get(email)
        if account is None or not account.active or account.kind != "person":
            assert answer.status == 404
            return
        assert answer.status == 201
        account.give_reset_token(answer.json["reset_token"], self.now + RESET)

    @precondition(has_reset_tokens)
    @rule(data=st.data(), passw=st.sampled_from(PASSWORDS))
    def reset_password(self, data: st.DataObject, passw: str) -> None:
        given = [(a, token) for a in self.world.everybody() for token in a.reset_tokens]
        account, token = self.choose(data, given)
        answer = self.service.reset_password(token, passw)
        if token in account.resets and self.now < account.resets[token]:
            assert answer.status == 200
            account.set_password(passw)
            account.end_all()
            account.trail["password_reset"] += 1
            self.world.order_notice("password_reset", account, self.now, "password_reset")
        else:
            assert answer.status == 410

    @precondition(has_orders)
    @rule(data=st.data())
    def send_mail(self, data: st.DataObject) -> None:
        order = self.choose(data, self.world.orders)
        message = Message(
            order.kind,
            order.email,
            order.ordered_at,
            request_id="ordered",
            occasion=order.occasion,
        )
        before = self.outbox.mails()
        answer = self.service.send_mail(message.to_json(), f"order {order.number}")
        assert answer.status == 200
        sent = [mail for mail in self.outbox.mails() if mail not in before]
        if order.occasion:
            assert [mail.recipients for mail in sent] == [(order.email,)] * (not order.done)
            order.done = True
            return
        account = self._addressee(order)
        assert [mail.recipients for mail in sent] == ([(account.email,)] if account else [])
        order.done = True
        if account:
            token = sent[0].text.partition("#reset_token=")[2].split()[0]
            life = RESET if order.kind == "reset" else INVITATION
            account.give_reset_token(token, self.now + life)
            if order.kind == "reset":
                account.links.append(self.now + life)

    def _addressee(self, order: Order) -> Account | None:
        """Return whom the order brings a mail, if anybody."""
        account = self.world.accounts.get(order.email)
        if order.done or account is None or account.kind != "person" or not account.active:
            return None
        if order.kind == "invitation":
            return None if account.passw else account
        working = [end for end in account.links if end > self.now]
        return account if len(working) < MOST_LINKS else None
