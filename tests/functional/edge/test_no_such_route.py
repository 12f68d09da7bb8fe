"""What no route takes."""

import re

import pytest

from tests.support.api import Api
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ALL, ANY_USERS, HEALTH, LIST_USERS, each
from tests.support.scene import Scene

OURS = ANY_USERS.path
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.mark.parametrize(
    "path",
    [
        "//",
        "/api",
        f"{OURS}/",
        OURS.replace("any", "ANY"),
        OURS.replace("api", "API"),
        f"/{OURS}",
        OURS.replace("/v1", "//v1"),
        f"{OURS};x=1",
        f"{OURS}%00",
        OURS.replace("/any", "%2Fany%2F"),
        OURS.replace("private", "public/../private"),
        OURS.replace("private", "public/%2e%2e/private"),
        f"{OURS}%20",
        f"{LIST_USERS.path}/",
        "/docs/",
        "/openapi",
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
    assert api.call("OPTIONS", OURS.removesuffix("/any")).status == 404


@each(ALL)
def test_no_page_of_another_origin_may_read_an_answer(scene: Scene, endpoint: Endpoint) -> None:
    for origin in ("https://evil.example", "null"):
        answer = endpoint.call(scene, headers={"Origin": origin})
        assert not any(name.startswith("access-control-") for name in answer.headers)


def test_head_is_not_allowed_either(api: Api) -> None:
    answer = api.send("HEAD", HEALTH.path)

    assert (answer.status, answer.headers["allow"], answer.text) == (405, "GET", "")


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override"])
def test_method_is_not_overridden_by_a_header(api: Api, alice: Person, header: str) -> None:
    answer = api.call("GET", OURS, token=alice.token, headers={header: "PUT"})

    assert answer.status == 405


@pytest.mark.parametrize("path", [f"{OURS}?", f"{OURS}?a=1&a=2"])
def test_query_does_not_matter(api: Api, alice: Person, path: str) -> None:
    assert api.call("PUT", path, token=alice.token).status == 200


def _takes(endpoint: Endpoint, path: str) -> bool:
    return re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", endpoint.path), path) is not None
