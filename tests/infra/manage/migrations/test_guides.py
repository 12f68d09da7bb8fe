"""The guides name what is there."""

import re
import shlex

import pytest

from infra.manage.arguments import parser
from infra.manage.commands import COMMANDS
from infra.manage.migrations.migrating import SYSTEMS
from tests.infra.manage.migrations.conftest import GUIDES, guided


def test_each_system_has_a_guide() -> None:
    assert {path.stem for path in GUIDES.glob("*.md")} == {*SYSTEMS}


@pytest.mark.parametrize("system", SYSTEMS)
def test_command_is_for_the_system_of_the_guide(system: str) -> None:
    options = parser().parse_args(guided(system))

    assert (options.command, options.system, options.stack) == ("import-users", system, "users")


@pytest.mark.parametrize("system", SYSTEMS)
def test_way_back_is_a_command(system: str) -> None:
    text = (GUIDES / f"{system}.md").read_text(encoding="utf-8")
    named = [shlex.split(it) for it in re.findall(r"`([a-z-]+(?: [^`]*)?)`", text)]
    commands = [words for words in named if words[0] in COMMANDS and len(words) > 1]

    options = [parser().parse_args(words) for words in commands]

    assert [it.command for it in options] == ["delete"]
