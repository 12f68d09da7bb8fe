"""Letters: the words of a mail as text and as HTML."""

import html
import re
from dataclasses import dataclass
from string import Template

from accounts.mail import replaced
from accounts.mail.wordings import HELLO, HELLO_SOMEBODY, WORDINGS

BLANKS_OF_THE_PAGE = frozenset({"language", "subject", "body"})
# without colours of its own, so that each mail program has it light or dark
PAGE = (
    '<!doctype html><html lang="$language"><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark">'
    "<title>$subject</title>"
    '<body style="font-family:system-ui,sans-serif;font-size:16px;line-height:1.5;'
    'max-width:36em;margin:0 auto;padding:24px;overflow-wrap:anywhere">$body</body></html>'
)
# what a host name in a text is recognised by; the last three are dots to browsers (UTS 46)
_BEFORE_A_HOST = re.compile(r"(://|[.\u3002\uff0e\uff61])(?=\S)")


@dataclass(frozen=True)
class Letter:
    """A mail, ready to be sent."""

    subject: str
    text: str
    html: str


def write(  # noqa: PLR0913 - what a letter may tell
    kind: str,
    language: str,
    *,
    name: str,
    service: str,
    link: str = "",
    seconds: int = 0,
    device: str = "",
    ip_address: str = "",
    code: str = "",
    codes_left: int = 0,
) -> Letter:
    """Return the letter of this kind; ``link`` works for ``seconds``. No name greets somebody."""
    own = replaced.current()
    wording = own.wordings.get((kind, language)) or WORDINGS[kind, language]
    values = {
        "name": _unlinked(name),
        "service": service,
        "minutes": seconds // 60,
        "hours": seconds // 3600,
        "days": seconds // 86_400,
        "device": device,
        "ip_address": ip_address,
        "code": code,
        "codes_left": codes_left,
    }
    ours, theirs = (HELLO, own.greetings) if name else (HELLO_SOMEBODY, own.somebody)
    paragraphs = [theirs.get(language, ours[language]), *wording.paragraphs]
    filled = [paragraph.format_map(values) for paragraph in paragraphs]
    subject = wording.subject.format_map(values)
    return Letter(
        subject=subject,
        text="\n\n".join([*filled, link] if link else filled) + "\n",
        html=Template(own.page or PAGE).substitute(
            language=language,
            subject=html.escape(subject),
            body=_body(filled, link, wording.button),
        ),
    )


def _unlinked(name: str) -> str:
    # mail programs make links of bare host names, and others than the reader may choose a name
    return _BEFORE_A_HOST.sub(r"\1 ", name)


def _body(paragraphs: list[str], link: str, button: str) -> str:
    parts = [f"<p>{html.escape(paragraph)}</p>" for paragraph in paragraphs]
    if link:
        address = html.escape(link)
        parts.append(
            f'<p><a href="{address}" style="display:inline-block;padding:12px 20px;'
            'border-radius:6px;background:#1a56db;color:#ffffff;text-decoration:none">'
            f"{html.escape(button)}</a></p>"
            f'<p style="font-size:13px;word-break:break-all">{address}</p>'
        )
    return "".join(parts)
