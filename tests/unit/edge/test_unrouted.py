import pytest

from accounts.edge import unrouted
from accounts.errors import MethodNotAllowedError, RouteNotFoundError

ROUTES = (
    ("GET", "/a"),
    ("POST", "/a"),
    ("PUT", "/users/{user_id}"),
    ("DELETE", "/users/{user_id}/x/{name}"),
    ("GET", "/.well-known"),
)


@pytest.fixture(autouse=True)
def some_routes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let these be all that there are."""
    monkeypatch.setattr(unrouted, "ROUTES", ROUTES)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/a", "GET, POST"),
        ("/users/1", "PUT"),
        ("/users/x y", "PUT"),
        ("/users/1/x/2", "DELETE"),
        ("/.well-known", "GET"),
    ],
)
def test_path_of_ours_has_other_methods(path: str, allowed: str) -> None:
    with pytest.raises(MethodNotAllowedError) as raised:
        unrouted.refuse_unless_preflight("PATCH", path)

    assert raised.value.headers == {"allow": allowed}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/",
        "/A",
        "/a/",
        "//a",
        "/ab",
        "/users",
        "/users/",
        "/users/1/",
        "/users/1/2",
        "/xwell-known",
    ],
)
def test_any_other_path_is_not_found(path: str) -> None:
    for method in ("GET", "OPTIONS"):
        with pytest.raises(RouteNotFoundError):
            unrouted.refuse_unless_preflight(method, path)


def test_browser_may_ask_about_a_path_of_ours() -> None:
    unrouted.refuse_unless_preflight("OPTIONS", "/users/1")
