"""Passwords, what resets them, and the mails about it."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from accounts.mail.messages import Message
from infra.local.mail.outbox import Mail
from tests.support.answers import Answer
from tests.support.races.machine.driver import EMAILS, PASSWORDS, Driver
from tests.support.races.machine.model import (
    INVITATION,
    MOST_LINKS,
    RESET,
    TO_CONFIRM,
    TO_UNDO,
    Account,
    MovingToken,
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
        is_asked = device.verdict(self.now) is None and not device.due
        if is_asked and current != account.passw:
            assert answer.status == 422
        elif self.agrees(answer, device):
            account.set_password(new)
            self.world.clear_failures(account.email)
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
        account, token = self._pick_reset_token(data)
        self._is_reset(account, token, passw, self.service.reset_password(token, passw))

    @precondition(has_reset_tokens)
    @rule(data=st.data(), passw=st.sampled_from(PASSWORDS))
    def set_new_password(self, data: st.DataObject, passw: str) -> None:
        account, token = self._pick_reset_token(data)
        answer = self.service.set_new_password(token, passw)
        if self._is_reset(account, token, passw, answer):
            account.welcome(answer.json["device_token"])

    @precondition(has_orders)
    @rule(data=st.data())
    def send_mail(self, data: st.DataObject) -> None:
        self.deliver(self.choose(data, self.world.orders))

    def deliver(self, order: Order) -> None:
        """Hand an order over to the consumer of the queue, perhaps once more."""
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
            if sent:
                self._receive(order, sent[0])
            order.done = True
            return
        account = self._addressee(order)
        assert [mail.recipients for mail in sent] == ([(account.email,)] if account else [])
        order.done = True
        if account:
            token = _token(sent[0], "reset_token")
            life = RESET if order.kind == "reset" else INVITATION
            account.give_reset_token(token, self.now + life)
            if order.kind == "reset":
                account.links.append(self.now + life)

    def _pick_reset_token(self, data: st.DataObject) -> tuple[Account, str]:
        """Return some reset token, spent or not, and whose it is."""
        given = [(a, token) for a in self.world.everybody() for token in a.reset_tokens]
        # thrice, or most would be spent
        good = [(a, token) for a, token in given if self._is_good(a, token)]
        return self.choose(data, given + good + good)

    def _is_good(self, account: Account, token: str) -> bool:
        ends = account.resets.get(token)
        return account.active and ends is not None and self.now < ends

    def _is_reset(self, account: Account, token: str, passw: str, answer: Answer) -> bool:
        """Say whether the password was set with a token, once sure that it was to be."""
        if not self._is_good(account, token):
            assert answer.code == "reset_token_invalid"
            return False
        assert answer.status == 200
        account.set_password(passw)
        account.end_all()
        account.trail["password_reset"] += 1
        self.world.clear_failures(account.email)
        self.world.order_notice("password_reset", account, self.now, "password_reset")
        return True

    def _receive(self, notice: Order, mail: Mail) -> None:
        """Take the token out of a notice that has one."""
        account, told = notice.account, notice.occasion
        assert account is not None
        assert told is not None
        if confirm := _token(mail, "email_token"):
            ends = self.now + TO_CONFIRM
            account.confirmations[confirm] = MovingToken(notice.email, told.epoch, ends)
        if undo := _token(mail, "undo_token"):
            ends = self.now + TO_UNDO
            account.undoings[undo] = MovingToken(notice.email, told.epoch, ends)
        assert bool(confirm) == (notice.kind == "confirm_email")
        assert bool(undo) == (notice.kind in ("email_changing", "email_changed_from"))

    def _addressee(self, order: Order) -> Account | None:
        """Return whom the order brings a mail, if anybody."""
        account = self.world.accounts.get(order.email)
        if order.done or account is None or account.kind != "person" or not account.active:
            return None
        if order.kind == "invitation":
            return None if account.passw else account
        working = [end for end in account.links if end > self.now]
        return account if len(working) < MOST_LINKS else None


def _token(mail: Mail, name: str) -> str:
    """Return the token that the mail's link is for, or nothing."""
    _, _, rest = mail.text.partition(f"#{name}=")
    return rest.split()[0] if rest else ""
