"""Imports are put off to where they are used, or the build says why they cannot be."""

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from infra.build import deferring
from infra.build.deferring import DeferralError, deferred

# of Python's own, and imported by nothing else here
DEAR = "this_is_dear"
PLACES = '''\
"""What it is for."""

from __future__ import annotations

import this_is_dear
from this_is_dear import price as cost, weight


def read(of: cost = None) -> weight:
    """Return what it costs."""
    if of is None:
        return 0
    elif of == "all":
        return [cost(one) for one in ("a", "b")]
    return cost(of)


class Kept:
    @property
    def module(self):
        def inner(): return 1
        with open(__file__):
            @this_is_dear.decorated
            def other():
                return weight
        return other
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """A module that imports what it seldom needs, with that put off."""
    dear = "weight = 7\ndef price(of): return len(of)\ndef decorated(it): return it\n"
    (tmp_path / f"{DEAR}.py").write_text(dear, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    made = ModuleType("made")
    made.__file__ = __file__
    exec(deferred(PLACES, frozenset({DEAR})), vars(made))  # noqa: S102 - our own source
    yield made
    sys.modules.pop(DEAR, None)


def test_import_is_made_only_once_it_is_needed(module: ModuleType) -> None:
    assert module.read() == 0
    assert DEAR not in sys.modules

    assert module.read("four") == 4
    assert DEAR in sys.modules
    assert module.read("all") == [1, 1]
    assert module.Kept().module() == 7


def test_others_find_the_name_where_it_was(module: ModuleType) -> None:
    assert module.weight == 7
    assert module.cost("ab") == 2
    with pytest.raises(AttributeError, match="no attribute 'height'"):
        _ = module.height


def test_rest_of_an_import_stays() -> None:
    source = (
        "from collections import (\n    Counter,\n    deque,\n)\n\ndef f():\n    return deque()\n"
    )

    changed = deferred(source, frozenset({"collections.deque"}))

    assert "\nfrom collections import Counter\n" in changed
    assert "\n    from collections import deque\n    return deque()\n" in changed


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import os\n", "does not import dear"),
        ("import dear\nclass It(dear.Base): pass\n", "needs dear to be loaded"),
        ("import dear\n@dear.cached\ndef f():\n    pass\n", "needs dear to be loaded"),
        ("import dear\ndef f(it=dear.IT):\n    pass\n", "needs dear to be loaded"),
        ("import dear\ndef f(it: dear.It):\n    pass\n", "needs dear to be loaded"),
        ("import dear\ndef f() -> dear.It:\n    pass\n", "needs dear to be loaded"),
        (
            "try:\n    import dear\nexcept ImportError:\n    dear = None\n",
            "needs dear to be loaded",
        ),
        ("import dear\nimport dear.more as dear\n", "needs dear to be loaded"),
        ("import dear\ndef __getattr__(name):\n    pass\n", "needs __getattr__ to be loaded"),
        ("import dear\ndef f(dear):\n    return dear\n", "f has a dear of its own"),
        ("import dear\ndef f():\n    dear = 1\n", "f has a dear of its own"),
        ("import dear\ndef f(): return dear\n", "f uses dear within a line"),
    ],
)
def test_import_that_cannot_be_put_off_is_refused(source: str, reason: str) -> None:
    with pytest.raises(DeferralError, match=reason):
        deferred(source, frozenset({"dear"}))


def test_package_that_lacks_a_listed_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DeferralError, match=next(iter(deferring.DEFERRED))):
        deferring.defer_imports(tmp_path)
