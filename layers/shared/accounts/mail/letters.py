"""The mails, in the languages of those who get them."""

import html
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Letter:
    """A mail, ready to be sent."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class _Wording:
    subject: str
    paragraphs: tuple[str, ...]
    button: str = ""


_HELLO = {"en": "Hello {name},", "ru": "Здравствуйте, {name}!"}
_WORDINGS: Mapping[tuple[str, str], _Wording] = {
    ("reset", "en"): _Wording(
        "Set a new password for {service}",
        (
            "Somebody, probably you, asked for a new password for your account at {service}.",
            "The link below works once, for {minutes} minutes.",
            "If it was not you, there is nothing to do: your password stays as it is.",
        ),
        "Set a new password",
    ),
    ("reset", "ru"): _Wording(
        "Новый пароль для {service}",
        (
            "Кто-то – вероятно, вы – запросил новый пароль для вашей учётной записи в {service}.",
            "Ссылка ниже сработает один раз. Срок её действия в минутах: {minutes}.",
            "Если это были не вы, делать ничего не нужно: пароль останется прежним.",
        ),
        "Задать новый пароль",
    ),
    ("invitation", "en"): _Wording(
        "Your account at {service}",
        (
            "An account was created for you at {service}.",
            "Set a password to use it. The link below works once, for {hours} hours.",
        ),
        "Set a password",
    ),
    ("invitation", "ru"): _Wording(
        "Ваша учётная запись в {service}",
        (
            "Для вас создана учётная запись в {service}.",
            "Чтобы начать работу, задайте пароль. Ссылка ниже сработает один раз.",
            "Срок её действия в часах: {hours}.",
        ),
        "Задать пароль",
    ),
    ("password_changed", "en"): _Wording(
        "Your password for {service} was changed",
        (
            "The password of your account at {service} was just changed.",
            "Everywhere else you were signed out.",
            "If it was not you, set a new password at once and tell the people who run {service}.",
        ),
    ),
    ("password_changed", "ru"): _Wording(
        "Пароль для {service} изменён",
        (
            "Пароль вашей учётной записи в {service} только что изменён.",
            "Другие сеансы завершены.",
            "Если это были не вы, сразу задайте новый пароль и сообщите администраторам {service}.",
        ),
    ),
}


def write(
    kind: str, language: str, *, name: str, service: str, link: str = "", seconds: int = 0
) -> Letter:
    """Return the letter of this kind; ``link`` works for ``seconds``."""
    wording = _WORDINGS[kind, language]
    values = {
        "name": name,
        "service": service,
        "minutes": seconds // 60,
        "hours": seconds // 3600,
    }
    paragraphs = [_HELLO[language], *wording.paragraphs]
    filled = [paragraph.format_map(values) for paragraph in paragraphs]
    subject = wording.subject.format_map(values)
    return Letter(
        subject=subject,
        text="\n\n".join([*filled, link] if link else filled) + "\n",
        html=_html(subject, filled, language, link, wording.button),
    )


def _html(subject: str, paragraphs: list[str], language: str, link: str, button: str) -> str:
    parts = [f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs]
    if link:
        address = html.escape(link)
        parts.append(
            f'<p><a href="{address}" style="display:inline-block;padding:12px 20px;'
            'border-radius:6px;background:#1a56db;color:#ffffff;text-decoration:none">'
            f"{html.escape(button)}</a></p>"
            f'<p style="font-size:13px;color:#555555;word-break:break-all">{address}</p>'
        )
    return (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(subject)}</title>"
        '<body style="font-family:sans-serif;font-size:16px;line-height:1.5;color:#222222;'
        f'max-width:36em;margin:0 auto;padding:24px">{"".join(parts)}</body></html>'
    )
