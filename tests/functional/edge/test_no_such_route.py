"""What no route takes."""

import re

import pytest

from tests.support.api import Api
from tests.support.people import Person
from tests.support.register import ALL, Endpoint, Scene, each

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "//",
        "/api",
        "/api/v1/private/users/any/",
        "/api/v1/private/users/ANY",
        "/API/v1/private/users/any",
        "//api/v1/private/users/any",
        "/api//v1/private/users/any",
        "/api/v1/private/users/any;x=1",
        "/api/v1/private/users/any%00",
        "/api/v1/private/users%2Fany%2F",
        "/api/v1/public/../private/users/any",
        "/api/v1/public/%2e%2e/private/users/any",
        "/api/v1/private/users/any%20",
        "/api/v1/server/users/",
        "/docs",
        "/openapi.json",
        "/.env",
        "/" + "x" * 8000,
    ],
)
@pytest.mark.parametrize("method", ["GET", "PUT"])
def test_path_that_is_none_of_ours_is_not_found(
    api: Api, alice: Person, method: str, path: str
) -> None:
    answer = api.call(method, path, token=alice.token)

    assert (answer.status, answer.code) == (404, "route_not_found")
    assert answer.json == {"error": "Not Found", "message": "No such endpoint"}


@each(ALL)
def test_other_methods_are_not_allowed_and_the_right_ones_named(
    scene: Scene, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    ours = {one.method for one in ALL if _takes(one, request["path"])}

    for method in sorted(METHODS - ours):
        answer = scene.api.call(**{**request, "method": method})

        assert (answer.status, answer.code) == (405, "method_not_allowed")
        assert set(answer.headers["allow"].split(", ")) == ours
        assert answer.json == {
            "error": "Method Not Allowed",
            "message": "This endpoint has other methods",
        }


@each(ALL)
def test_browsers_may_ask_ahead_about_our_paths(scene: Scene, endpoint: Endpoint) -> None:
    request = {**endpoint.request(scene), "method": "OPTIONS"}

    answer = scene.api.call(**{**request, "headers": {"Origin": "https://evil.example"}})

    assert (answer.status, answer.text) == (204, "")
    assert not any(name.startswith("access-control-") for name in answer.headers)


def test_browsers_learn_nothing_by_asking_about_other_paths(api: Api) -> None:
    assert api.call("OPTIONS", "/api/v1/private/users").status == 404


@each(ALL)
def test_no_page_of_another_origin_may_read_an_answer(scene: Scene, endpoint: Endpoint) -> None:
    for origin in ("https://evil.example", "null"):
        answer = endpoint.call(scene, headers={"Origin": origin})
        assert not any(name.startswith("access-control-") for name in answer.headers)


def test_head_is_not_allowed_either(api: Api) -> None:
    answer = api.send("HEAD", "/api/v1/public/health")

    assert (answer.status, answer.headers["allow"], answer.text) == (405, "GET", "")


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_method_is_not_overridden_by_a_header(api: Api, alice: Person, header: str) -> None:
    answer = api.call(
        "GET", "/api/v1/private/users/any", token=alice.token, headers={header: "PUT"}
    )

    assert answer.status == 405


@pytest.mark.parametrize(
    "path", ["/api/v1/private/users/any?", "/api/v1/private/users/any?a=1&a=2"]
)
def test_query_does_not_matter(api: Api, alice: Person, path: str) -> None:
    assert api.call("PUT", path, token=alice.token).status == 200


def _takes(endpoint: Endpoint, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", endpoint.path), path) is not None
