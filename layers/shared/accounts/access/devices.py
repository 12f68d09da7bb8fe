"""Names for devices that their owners recognise."""

import functools
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ua_parser import Parser

UNKNOWN = "Unknown device"
# a hostile text may cost the parser milliseconds a character
LONGEST_USER_AGENT = 256

_PLAIN: Mapping[str, str] = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "Mac OS X": "macOS",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
}


def label(user_agent: str) -> str:
    """Return a name such as "Chrome 126 on Windows".

    The version of the system is left out: browsers no longer tell the truth about it.
    """
    text = user_agent[:LONGEST_USER_AGENT]
    agent, system = _parser().parse_user_agent(text), _parser().parse_os(text)
    names = [
        " ".join(filter(None, (_plain(agent.family), agent.major))) if agent else "",
        _plain(system.family) if system else "",
    ]
    return " on ".join(filter(None, names)) or UNKNOWN


def _plain(family: str) -> str:
    return _PLAIN.get(family, family)


@functools.cache
def _parser() -> "Parser":
    # imported here, because one function in the whole service needs it
    from ua_parser import Parser  # noqa: PLC0415 - see above
    from ua_parser.basic import Resolver  # noqa: PLC0415 - see above
    from ua_parser.loaders import load_lazy_builtins  # noqa: PLC0415 - see above

    return Parser(Resolver(load_lazy_builtins()))
