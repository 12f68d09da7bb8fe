"""Tokens in cookies, for browsers that ask for it, where no script can read them.

A browser asks with the header ``X-Token-Delivery: cookie``. Cookies count only in requests with
that header, which a foreign page cannot set without the gateway's consent (CORS): that, beside
``SameSite=Strict``, is the defence against cross-site request forgery (OWASP ASVS 3.5.1).
"""

from collections.abc import Mapping, Sequence

DELIVERY_HEADER = "x-token-delivery"
DELIVERY = "cookie"
ACCESS = "__Host-access_token"
# sent to every path, which __Host- asks for: a sibling domain cannot plant one (RFC 6265bis
# section 4.1.3.2), and log-out works when the access cookie has lapsed
REFRESH = "__Host-refresh_token"
DEVICE = "__Host-device"
_GUARDED = "Secure; HttpOnly; SameSite=Strict"


def deliver(access: str, access_seconds: int, refresh: str, refresh_seconds: int) -> Sequence[str]:
    """Return the ``Set-Cookie`` values that hand both tokens over (RFC 6265 section 4.1)."""
    return (
        f"{ACCESS}={access}; Path=/; Max-Age={access_seconds}; {_GUARDED}",
        f"{REFRESH}={refresh}; Path=/; Max-Age={refresh_seconds}; {_GUARDED}",
    )


def remember(device: str, seconds: int) -> str:
    """Return the ``Set-Cookie`` value by which a browser is known at the next log-in."""
    return f"{DEVICE}={device}; Path=/; Max-Age={seconds}; {_GUARDED}"


def clear() -> Sequence[str]:
    """Return the ``Set-Cookie`` values that take both tokens away; the device stays known."""
    return deliver("", 0, "", 0)


def read(cookies: Sequence[str]) -> Mapping[str, str]:
    """Return the cookies by name, as the gateway lists them; of a name twice the first counts.

    A browser sends the cookie of the longest path first (RFC 6265 section 5.4).
    """
    named = (cookie.partition("=") for cookie in reversed(cookies))
    return {name.strip(): value.strip() for name, separator, value in named if separator}
