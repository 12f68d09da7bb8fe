"""What a page is told of its deployment, and what its browser is told of it."""

import html
import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from accounts import settings
from accounts.edge import colours
from accounts.settings import Language

# what a built page has in its head for them
PLACE = '<meta name="pages" content="">'
_WORDS = re.compile(r'\s*<link rel="modulepreload"[^>]* hreflang="([a-z]+)">')
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{logo};"
    " font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
_HEADERS: Mapping[str, str] = {
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": (
        "camera=(), geolocation=(), microphone=(), payment=(), usb=(),"
        " publickey-credentials-create=(self), publickey-credentials-get=(self)"
    ),
}


def headers() -> Mapping[str, str]:
    """Return what goes with a page: it runs and shows its own files, and the deployer's logo."""
    logo = urlsplit(settings.pages().pages_logo)
    shown = f" {logo.scheme}://{logo.netloc}" if logo.netloc else ""
    return {**_HEADERS, "content-security-policy": _POLICY.format(logo=shown)}


def written_into(page: str, host: str, language: Language) -> str:
    """Return the text of a built page, asked for at ``host``, with its script's settings in it.

    Words of other languages are not loaded ahead.
    """
    told = json.dumps(_settings(host), ensure_ascii=False, separators=(",", ":"))
    settled = page.replace(PLACE, f'<meta name="pages" content="{html.escape(told)}">')
    return _WORDS.sub(lambda link: link[0] if link[1] == language else "", settled)


def passkey_origin(host: str) -> str | None:
    """Return the origin of the pages at ``host``, if passkeys may be used there."""
    passkeys = settings.passkeys()
    known = passkeys.passkey_origins if passkeys.passkey_rp_id else ()
    return next((origin for origin in known if urlsplit(origin).netloc == host), None)


def _settings(host: str) -> Mapping[str, Any]:
    deployed, pages = settings.current(), settings.pages()
    return {
        "name": pages.pages_name or deployed.mail_service_name,
        "logo": pages.pages_logo,
        "colours": colours.readable(pages.pages_colour) if pages.pages_colour else None,
        "terms": pages.terms_url,
        "privacy": pages.privacy_url,
        "return_to": sorted(pages.return_to),
        # a check for bots is a script of somebody else's, which these pages do not run
        "sign_up": deployed.self_sign_up and not deployed.bot_check_url,
        "email_codes": deployed.email_codes,
        "passkeys": passkey_origin(host) is not None,
        "password_minimum": deployed.password_min_length,
        "own_profile": deployed.own_profile,
        "own_email": deployed.own_email,
        "own_deletion": deployed.own_deletion,
        "events": pages.events,
    }
