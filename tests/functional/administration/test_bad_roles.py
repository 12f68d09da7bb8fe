"""PUT and DELETE /api/v1/server/roles/{name}: what no role can be."""

import json
from collections.abc import Mapping

import pytest

from tests.support.deployment import Deployment
from tests.support.desk import Desk
from tests.support.register import SAVE_ROLE

GOOD = {"title": {"en": "Gardener", "ru": "Садовник"}, "permissions": ["garden:write"]}


def _put(desk: Desk, name: str, body: Mapping[str, object]) -> tuple[int, list[str]]:
    answer = desk.api.call(
        *SAVE_ROLE.at(name=name),
        token=desk.token,
        body=json.dumps(body).encode(),
        headers={"Content-Type": "application/json"},
    )
    return answer.status, [detail["field"] for detail in answer.json.get("details", [])]


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ({"title": None}, ["title"]),
        ({"title": "Gardener"}, ["title"]),
        ({"title": {"en": "Gardener"}}, ["title.ru"]),
        ({"title": {"en": "Gardener", "ru": ""}}, ["title.ru"]),
        ({"title": {"en": "G" * 101, "ru": "Сад"}}, ["title.en"]),
        ({"title": {"en": "G", "ru": "Сад", "de": "G"}}, ["title.de"]),
        ({"permissions": None}, ["permissions"]),
        ({"permissions": "*"}, ["permissions"]),
        ({"permissions": {"garden:write": True}}, ["permissions"]),
        ({"permissions": [f"garden:w{'x' * number}" for number in range(31)]}, ["permissions"]),
        *(
            ({"permissions": [permission]}, ["permissions.0"])
            for permission in (
                *("", "garden", "garden:", ":write", "garden:write:all", "Garden:write"),
                *("garden:*", "*:write", "**", "garden: write", "garden:write\n", "сад:write"),
                *("a" * 33 + ":write", "garden:" + "w" * 33, "garden-bed:write", None, 1),
            )
        ),
        ({"permissions": ["garden:write", "x"]}, ["permissions.1"]),
        ({"builtin": True}, ["builtin"]),
        ({"holders": 0}, ["holders"]),
        ({"name": "gardener"}, ["name"]),
    ],
)
def test_bad_role_is_refused(
    desk: Desk, stack: Deployment, change: Mapping[str, object], fields: list[str]
) -> None:
    with stack.unchanged():
        answer = _put(desk, "gardener", {**GOOD, **change})

    assert answer == (422, fields)


@pytest.mark.parametrize("missing", GOOD)
def test_what_is_missing_is_named(desk: Desk, missing: str) -> None:
    body = {name: value for name, value in GOOD.items() if name != missing}

    assert _put(desk, "gardener", body) == (422, [missing])


@pytest.mark.parametrize("name", ["Gardener", "1st", "_x", "a-b", "a.b", "*", "g" * 65, "%20", "é"])
def test_bad_name_is_refused(desk: Desk, stack: Deployment, name: str) -> None:
    with stack.unchanged():
        assert _put(desk, name, GOOD) == (422, ["name"])
        assert desk.delete_role(name).status == 422


@pytest.mark.parametrize("permission", ["users:raed", "roles:delete", "audit:write", "seances:all"])
def test_misspelt_permission_of_our_own_is_refused(
    desk: Desk, stack: Deployment, permission: str
) -> None:
    with stack.unchanged():
        answer = desk.save_role("gardener", "garden:write", permission)

    assert answer.status == 422
    fault = {"field": "permissions.1", "message": "Is no permission of this service"}
    assert answer.json["details"] == [fault]


def test_refusal_of_a_form_says_which_it_must_be(desk: Desk) -> None:
    rules = {
        desk.save_role("gardener", "garden").json["details"][0]["message"],
        desk.save_role("Gardener", "garden:write").json["details"][0]["message"],
        desk.list_users(email="a b").json["details"][0]["message"],
    }

    assert rules == {
        "Must be *, or two words of up to 32 of a to z and _ with a colon between",
        "Must be up to 64 of a to z, 0 to 9 and _, beginning with a letter",
        "Must be up to 254 ASCII characters without spaces",
    }
