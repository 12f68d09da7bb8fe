"""Where the contract and its page are served: by the stage, and by two parameters."""

from collections import defaultdict
from collections.abc import Mapping

import pytest

from infra.local import ROOT
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template

CASES: Mapping[str, tuple[Mapping[str, str], str, str]] = {
    # what is given, and whether the contract and the page are then there
    "dev": ({}, "true", "false"),
    "staging": ({"Stage": "staging"}, "true", "false"),
    "prod": ({"Stage": "prod"}, "false", "false"),
    "prod, on": ({"Stage": "prod", "ServeOpenApi": "true"}, "true", "false"),
    "dev, off": ({"ServeOpenApi": "false"}, "false", "false"),
    # a page without what it shows would be none
    "the page": ({"Stage": "prod", "ServeDocs": "true"}, "true", "true"),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("function", ["ShowOpenapi", "ShowDocs"])
def test_contract_is_on_where_it_should_be(case: str, function: str) -> None:
    parameters, openapi, docs = CASES[case]
    template = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS, parameters)

    given = template.function(function, defaultdict(lambda: defaultdict(str))).environment

    assert (given["SERVE_OPENAPI"], given["SERVE_DOCS"]) == (openapi, docs)


def test_no_other_function_knows_of_it() -> None:
    template = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS)
    functions = template.functions(defaultdict(lambda: defaultdict(str)))

    knowing = {it.logical_id for it in functions if "SERVE_OPENAPI" in it.environment}

    assert knowing == {"ShowOpenapi", "ShowDocs"}
    assert knowing == {it.logical_id for it in functions if it.code.name == "contract"}
