"""The packages that every room but the edge needs, loaded before anything of ours is.

An import within imports lies deep on Python's stack, whose memory CPython 3.13 takes and gives
back piece by piece, 16 KB each: at a depth where a piece ends, with every call. That has cost up
to 25 ms of a cold start, by chance of how deep a package happened to lie. So these come first,
what others import before those others, and none of them lies deep.
"""

from importlib import import_module

for _name in (
    "email.parser",
    "http.client",
    "urllib3.util.url",
    "urllib3.connectionpool",
    "botocore.utils",
    "botocore.session",
    "pynamodb.models",
):
    import_module(_name)
