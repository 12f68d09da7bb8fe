"""Where webhooks may lead: to public addresses of the internet, and nowhere else.

A webhook has this service call an address of somebody's choice, from where it runs (SSRF, OWASP
ASVS 13.2.4). So a name is looked up at each call, every address that it has must be public, and
the connection is made to one that was looked at: what the name leads to a moment later (DNS
rebinding) does not matter.
"""

import ipaddress
import re
import socket
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from accounts import settings

LONGEST_URL = 512
HTTPS_PORT = 443
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
# two labels at least, the last of which is no number: else it is an address in some spelling
_HOST = re.compile(
    r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])"
)
# no white space and no backslash, which readers of URLs disagree on
_CHARACTERS = re.compile(r"[!#-;=?-\[\]_a-z~]+", re.IGNORECASE)

# as IANA's registries of special-purpose addresses have them, with what is none of the internet's
_NOT_PUBLIC_IPV4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.31.196.0/24",
            "192.52.193.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "192.175.48.0/24",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
# of IPv6 what is given out at all. Outside lie 64:ff9b::/96 (NAT64), ::ffff:0:0/96 (mapped),
# fc00::/7 (private), fe80::/10 (of a link) and ff00::/8 (multicast)
_GIVEN_OUT_IPV6 = ipaddress.IPv6Network("2000::/3")
# ORCHID and Teredo, documentation, 6to4, which carries an IPv4 address, and AS112
_NOT_PUBLIC_IPV6 = tuple(
    map(
        ipaddress.IPv6Network,
        ("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20"),
    )
)


class UrlError(ValueError):
    """No webhook may have this URL; the text says why."""


class NotPublicError(Exception):
    """The host is not on the internet, or not with all of its addresses, or has none."""


class Target(NamedTuple):
    """What a URL says: whom to ask, by which protocol, and for what."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def is_loopback(self) -> bool:
        """Say whether it is this machine, which is let through only where somebody tries it."""
        return self.host in _LOOPBACK

    @property
    def authority(self) -> str:
        """Return host and port as the header Host has them."""
        return self.host if self.port == HTTPS_PORT else f"{self.host}:{self.port}"


def read(url: str) -> Target:
    """Return what the URL says, if a webhook may have it.

    Raises:
        UrlError: it may not.
    """
    if len(url) > LONGEST_URL or not _CHARACTERS.fullmatch(url):
        raise UrlError(f"Must be up to {LONGEST_URL} ASCII characters of a web address")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UrlError("Must be a web address") from error
    if parts.username is not None or parts.password is not None or "@" in parts.netloc:
        raise UrlError("Must name no user")
    if parts.fragment or url.endswith("#"):
        raise UrlError("Must have no fragment")
    host, _, _ = parts.netloc.lower().rpartition(":") if port else (parts.netloc.lower(), "", "")
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    target = Target(parts.scheme, host, port or HTTPS_PORT, path)
    if target.is_loopback and settings.events().webhooks_on_loopback:
        return target if port or parts.scheme == "https" else target._replace(port=80)
    if parts.scheme != "https" or target.port != HTTPS_PORT:
        raise UrlError("Must begin with https:// and have no port but 443")
    if not _HOST.fullmatch(host):
        raise UrlError("Must name a host of the internet, in ASCII (xn--... if it has others)")
    return target


def addresses(target: Target) -> Sequence[str]:
    """Return the addresses that the target has now, each of which is public.

    Raises:
        NotPublicError: one is not, or there is none.
    """
    try:
        found = socket.getaddrinfo(
            target.host.strip("[]"), target.port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError) as error:
        raise NotPublicError from error
    texts = [str(entry[4][0]) for entry in found]
    if target.is_loopback and settings.events().webhooks_on_loopback:
        if all(ipaddress.ip_address(text).is_loopback for text in texts):
            return texts
        raise NotPublicError
    if not texts or not all(map(is_public, texts)):
        raise NotPublicError
    return texts


def is_public(text: str) -> bool:
    """Say whether this is an address of the internet, and nothing that leads elsewhere."""
    try:
        # one with a zone is of a link
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_IPV4)
    if address.scope_id is not None or address not in _GIVEN_OUT_IPV6:
        return False
    return not any(address in network for network in _NOT_PUBLIC_IPV6)
