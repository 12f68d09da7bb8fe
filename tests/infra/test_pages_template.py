"""Who is told of the pages, and where links in mails lead with and without them."""

from collections import defaultdict
from collections.abc import Mapping

import pytest
from samtranslator.yaml_helper import yaml_parse  # type: ignore[import-untyped] # ships no types

from accounts.edge import page_settings
from infra.local import ROOT
from infra.local.template.pseudo_parameters import PSEUDO_PARAMETERS
from infra.local.template.reader import Template

OF_AWS = "https://local.execute-api.us-east-1.amazonaws.com"
RESOURCES = defaultdict(lambda: defaultdict(str), {"Api": {"Ref": "local"}})


@pytest.mark.parametrize(
    ("parameters", "page"),
    [
        ({}, f"{OF_AWS}/account"),
        ({"DomainName": "users.example.com"}, "https://users.example.com/account"),
        ({"ResetPageUrl": "https://app.example.com/x"}, "https://app.example.com/x"),
        (
            {"ResetPageUrl": "https://app.example.com/x", "DomainName": "users.example.com"},
            "https://app.example.com/x",
        ),
    ],
)
def test_links_in_mails_lead_to_the_pages_unless_there_is_another(
    parameters: Mapping[str, str], page: str
) -> None:
    template = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS, parameters)

    assert template.function("SendMail", RESOURCES).environment["RESET_PAGE_URL"] == page


def test_without_pages_links_in_mails_need_another() -> None:
    document = yaml_parse((ROOT / "template.yaml").read_text(encoding="utf-8"))

    assert document["Rules"]["LinksInMailsNeedPage"] == {
        "RuleCondition": {"Fn::Equals": [{"Ref": "Pages"}, "false"]},
        "Assertions": [
            {
                "Assert": {"Fn::Not": [{"Fn::Equals": [{"Ref": "ResetPageUrl"}, ""]}]},
                "AssertDescription": "without Pages, ResetPageUrl has to name a page of yours",
            }
        ],
    }


def test_no_other_function_knows_of_the_pages() -> None:
    functions = Template.load(ROOT / "template.yaml", PSEUDO_PARAMETERS).functions(RESOURCES)

    assert {it.logical_id for it in functions if "PAGES" in it.environment} == {"ShowPages"}
    assert {it.logical_id for it in functions if it.code.name == "web"} == {"ShowPages"}


@pytest.mark.parametrize("area", ["account", "console"])
def test_source_of_a_page_has_a_place_for_what_the_deployer_says(area: str) -> None:
    page = (ROOT / "web" / f"{area}.html").read_text(encoding="utf-8")

    assert page.count(page_settings.PLACE) == 1
