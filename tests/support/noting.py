"""Noting with what a function is called, which goes on as it is."""

from typing import Any

import pytest


def noted_argument(
    monkeypatch: pytest.MonkeyPatch, owner: object, name: str, position: int
) -> list[Any]:
    """Return a list that grows by the argument at ``position`` with each call of ``owner``'s."""
    noted: list[Any] = []
    function = getattr(owner, name)

    def noting(*arguments: Any) -> Any:  # noqa: ANN401 - whatever the function takes
        noted.append(arguments[position])
        return function(*arguments)

    monkeypatch.setattr(owner, name, noting)
    return noted
