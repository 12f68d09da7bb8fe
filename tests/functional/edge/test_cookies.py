"""Tokens in cookies: for those who ask for it, and for them only."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from tests.support.answers import Answer
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.endpoint import Endpoint
from tests.support.people import Person
from tests.support.register import ANY_USERS, LOG_IN, LOG_OUT, PROTECTED, REFRESH, each
from tests.support.scene import Scene

ACCESS_COOKIE = "__Host-access_token"
REFRESH_COOKIE = "__Host-refresh_token"
DEVICE_COOKIE = "__Host-device"
CLEARED = tuple(
    f"{name}=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Strict"
    for name in (ACCESS_COOKIE, REFRESH_COOKIE)
)
BY_COOKIE = {"X-Token-Delivery": "cookie"}
UNREACHABLE = EndpointConnectionError(endpoint_url="https://aws.example.com")
OTHER_DELIVERIES = ("Cookie", "COOKIE", "cookies", "body", "cookie,cookie", "true", "")


def carrying(*cookies: str, **headers: str) -> Mapping[str, str]:
    """Return the headers of a browser's request with these cookies."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {**BY_COOKIE, "Cookie": "; ".join(cookies), **named}


def access(token: str) -> str:
    return f"{ACCESS_COOKIE}={token}"


def refresh(token: str) -> str:
    return f"{REFRESH_COOKIE}={token}"


def value_of(name: str, answer: Answer) -> str:
    """Return the value of the cookie that the answer sets."""
    (value,) = [
        cookie.partition("=")[2].partition(";")[0]
        for cookie in answer.cookies
        if cookie.startswith(f"{name}=")
    ]
    return value


def attributes_of(name: str, answer: Answer) -> list[str]:
    """Return what the answer says of the cookie besides its value."""
    (cookie,) = [cookie for cookie in answer.cookies if cookie.startswith(f"{name}=")]
    return cookie.split("; ")[1:]


def test_log_in_hands_both_tokens_over_in_cookies_and_not_in_the_body(
    api: Api, alice: Person
) -> None:
    answer = api.call(*LOG_IN.at(), json=alice.credentials, headers=BY_COOKIE)

    assert answer.status == 200
    assert answer.json == {
        "token_type": "Bearer",
        "expires_in": 900,
        "user": {
            "id": alice.id,
            "email": alice.email,
            "name": alice.name,
            "role": alice.role,
        },
    }
    assert len(answer.cookies) == 3
    for name in (ACCESS_COOKIE, REFRESH_COOKIE, DEVICE_COOKIE):
        assert value_of(name, answer) not in answer.text
    assert answer.headers["cache-control"] == "no-store"


def test_log_in_guards_the_cookies_with_every_attribute(api: Api, alice: Person) -> None:
    answer = api.call(*LOG_IN.at(), json=alice.credentials, headers=BY_COOKIE)

    assert attributes_of(ACCESS_COOKIE, answer) == [
        "Path=/",
        "Max-Age=900",
        "Secure",
        "HttpOnly",
        "SameSite=Strict",
    ]
    assert attributes_of(REFRESH_COOKIE, answer) == [
        "Path=/",
        "Max-Age=2592000",
        "Secure",
        "HttpOnly",
        "SameSite=Strict",
    ]


def test_no_sibling_domain_can_plant_any_of_the_cookies(api: Api, alice: Person) -> None:
    answer = api.call(*LOG_IN.at(), json=alice.credentials, headers=BY_COOKIE)

    # what a browser asks of a cookie of this prefix (RFC 6265bis section 4.1.3.2)
    for cookie in answer.cookies:
        name, *attributes = cookie.split("; ")
        assert name.startswith("__Host-")
        assert {"Path=/", "Secure"} <= set(attributes)
        assert not any(attribute.startswith("Domain") for attribute in attributes)


def test_log_in_gives_cookies_that_work(api: Api, alice: Person) -> None:
    signed_in = api.call(*LOG_IN.at(), json=alice.credentials, headers=BY_COOKIE)
    cookie = access(value_of(ACCESS_COOKIE, signed_in))

    answer = api.call(*ANY_USERS.at(), headers=carrying(cookie))

    assert answer.status == 200
    assert answer.json["user_id"] == alice.id


def test_log_in_keeps_the_life_of_the_cookies_to_that_of_the_tokens(
    api: Api, alice: Person, setting: Callable[..., None]
) -> None:
    setting(ACCESS_TOKEN_SECONDS="61", REFRESH_IDLE_SECONDS="901")

    answer = api.call(*LOG_IN.at(), json=alice.credentials, headers=BY_COOKIE)

    assert "Max-Age=61" in attributes_of(ACCESS_COOKIE, answer)
    assert "Max-Age=901" in attributes_of(REFRESH_COOKIE, answer)


def test_log_in_without_the_header_sets_no_cookie(api: Api, alice: Person) -> None:
    answer = api.call(*LOG_IN.at(), json=alice.credentials)

    assert answer.cookies == ()
    assert answer.json["access_token"]
    assert answer.json["refresh_token"]


@pytest.mark.parametrize("delivery", OTHER_DELIVERIES)
def test_log_in_takes_no_other_value_of_the_header(api: Api, alice: Person, delivery: str) -> None:
    answer = api.call(*LOG_IN.at(), json=alice.credentials, headers={"X-Token-Delivery": delivery})

    assert answer.cookies == ()
    assert answer.json["access_token"]


@each(PROTECTED)
def test_access_cookie_without_the_header_opens_no_endpoint(
    scene: Scene, endpoint: Endpoint
) -> None:
    token = scene.token_for(endpoint)
    assert token is not None

    answer = endpoint.call(scene, token=None, headers={"Cookie": access(token)})

    assert (answer.status, answer.code) == (401, "token_missing")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.cookies == ()


@each(PROTECTED)
def test_access_cookie_with_the_header_opens_every_endpoint(
    scene: Scene, endpoint: Endpoint
) -> None:
    token = scene.token_for(endpoint)
    assert token is not None

    answer = endpoint.call(scene, token=None, headers=carrying(access(token)))

    assert answer.status == endpoint.status


@pytest.mark.parametrize("delivery", OTHER_DELIVERIES)
def test_access_cookie_counts_with_no_other_value_of_the_header(
    api: Api, alice: Person, delivery: str
) -> None:
    headers = {"X-Token-Delivery": delivery, "Cookie": access(alice.token)}

    answer = api.call(*ANY_USERS.at(), headers=headers)

    assert (answer.status, answer.code) == (401, "token_missing")


def test_access_cookie_gives_way_to_the_authorization_header(
    api: Api, alice: Person, bob: Person
) -> None:
    answer = api.call(*ANY_USERS.at(), token=bob.token, headers=carrying(access(alice.token)))

    assert answer.json["user_id"] == bob.id


@pytest.mark.parametrize(
    ("authorization", "code"),
    [
        ("Bearer not.a.token", "token_invalid"),
        ("Bearer ", "token_missing"),
        ("Basic YWxpY2U6cGFzc3dvcmQ=", "token_missing"),
    ],
)
def test_access_cookie_does_not_make_up_for_a_wrong_authorization_header(
    api: Api, alice: Person, authorization: str, code: str
) -> None:
    headers = carrying(access(alice.token), Authorization=authorization)

    answer = api.call(*ANY_USERS.at(), headers=headers)

    assert (answer.status, answer.code) == (401, code)


def test_access_cookie_does_not_make_up_for_an_empty_authorization_header(
    api: Api, alice: Person
) -> None:
    headers = {**carrying(access(alice.token)), "Authorization": ""}

    answer = api.send(*ANY_USERS.at(), headers.items())

    assert (answer.status, answer.code) == (401, "token_missing")


def test_access_cookie_of_two_counts_the_first(api: Api, alice: Person, bob: Person) -> None:
    cookies = access(alice.token), access(bob.token)

    answer = api.call(*ANY_USERS.at(), headers=carrying(*cookies))

    assert answer.json["user_id"] == alice.id


def test_access_cookie_of_two_counts_the_first_even_if_it_is_wrong(api: Api, alice: Person) -> None:
    cookies = access("not.a.token"), access(alice.token)

    answer = api.call(*ANY_USERS.at(), headers=carrying(*cookies))

    assert (answer.status, answer.code) == (401, "token_invalid")


@pytest.mark.parametrize(
    "name",
    [
        "access_token",
        "__host-access_token",
        "__Secure-access_token",
        "__Host-access-token",
        "x__Host-access_token",
    ],
)
def test_access_cookie_goes_by_no_other_name(api: Api, alice: Person, name: str) -> None:
    answer = api.call(*ANY_USERS.at(), headers=carrying(f"{name}={alice.token}"))

    assert (answer.status, answer.code) == (401, "token_missing")


@pytest.mark.parametrize(
    "others",
    [
        ("theme=dark", "lang=ru"),
        ("no_equals_sign", "=no_name", "=", "a=b=c"),
        tuple(f"cookie{number}=value" for number in range(50)),
        ('quoted="a; b"',),
    ],
    ids=["usual", "odd", "many", "quoted"],
)
def test_access_cookie_is_found_among_others(
    api: Api, alice: Person, others: tuple[str, ...]
) -> None:
    answer = api.call(*ANY_USERS.at(), headers=carrying(*others, access(alice.token)))

    assert answer.status == 200


@pytest.mark.parametrize("value", ["", '""', "null", "x" * 4096, "%00", "a,b"])
def test_access_cookie_with_a_value_that_is_no_token_is_refused(
    api: Api, alice: Person, value: str
) -> None:
    answer = api.call(*ANY_USERS.at(), headers=carrying(access(value)))

    assert answer.status == 401
    assert answer.code in ("token_missing", "token_invalid")
    assert answer.cookies == ()


def test_access_cookie_is_no_refresh_token(api: Api, alice: Person) -> None:
    answer = api.call(*ANY_USERS.at(), headers=carrying(access(alice.refresh_token)))

    assert (answer.status, answer.code) == (401, "token_invalid")


def test_refresh_cookie_gives_the_next_pair_in_cookies(api: Api, alice: Person) -> None:
    answer = api.call(*REFRESH.at(), headers=carrying(refresh(alice.refresh_token)))

    assert answer.status == 200
    assert answer.json == {"token_type": "Bearer", "expires_in": 900}
    assert value_of(ACCESS_COOKIE, answer) != alice.token
    assert value_of(REFRESH_COOKIE, answer) != alice.refresh_token
    who = api.call(*ANY_USERS.at(), headers=carrying(access(value_of(ACCESS_COOKIE, answer))))
    assert who.json["user_id"] == alice.id


def test_refresh_cookie_is_guarded_like_the_first(api: Api, alice: Person) -> None:
    first = api.call(*LOG_IN.at(), json=alice.credentials, headers=BY_COOKIE)

    cookie = refresh(value_of(REFRESH_COOKIE, first))
    answer = api.call(*REFRESH.at(), headers=carrying(cookie))

    for name in (ACCESS_COOKIE, REFRESH_COOKIE):
        assert attributes_of(name, answer) == attributes_of(name, first)


def test_refresh_cookie_of_a_lost_answer_gives_the_same_one_again(api: Api, alice: Person) -> None:
    headers = carrying(refresh(alice.refresh_token))

    first = api.call(*REFRESH.at(), headers=headers)
    again = api.call(*REFRESH.at(), headers=headers)

    assert value_of(REFRESH_COOKIE, again) == value_of(REFRESH_COOKIE, first)


def test_refresh_cookie_that_was_used_up_ends_the_session(
    api: Api, alice: Person, clock: Clock
) -> None:
    old = carrying(refresh(alice.refresh_token))
    pair = api.call(*REFRESH.at(), headers=old)
    clock.advance(seconds=11)

    replayed = api.call(*REFRESH.at(), headers=old)

    assert (replayed.status, replayed.code) == (401, "session_ended")
    assert replayed.cookies == CLEARED
    who = api.call(*ANY_USERS.at(), headers=carrying(access(value_of(ACCESS_COOKIE, pair))))
    assert (who.status, who.code) == (401, "session_ended")


@pytest.mark.parametrize("delivery", [None, *OTHER_DELIVERIES])
def test_refresh_cookie_without_the_header_does_not_count_and_is_not_spent(
    api: Api, alice: Person, delivery: str | None
) -> None:
    headers = {"Cookie": refresh(alice.refresh_token)}
    if delivery is not None:
        headers["X-Token-Delivery"] = delivery

    answer = api.call(*REFRESH.at(), headers=headers)

    assert (answer.status, answer.code) == (422, "validation_failed")
    assert answer.json["details"] == [
        {"field": "refresh_token", "message": "This field is required"}
    ]
    assert answer.cookies == ()
    assert [session.rotated for session in alice.sessions] == [None]


def test_refresh_cookie_that_is_gone_means_to_sign_in(api: Api) -> None:
    answer = api.call(*REFRESH.at(), headers=BY_COOKIE)

    assert (answer.status, answer.code) == (401, "token_missing")
    assert answer.cookies == ()


@pytest.mark.parametrize("name", ["refresh_token", "__Secure-refresh_token"])
def test_refresh_cookie_goes_by_no_name_that_a_sibling_domain_can_set(
    api: Api, alice: Person, name: str
) -> None:
    planted = carrying(f"{name}={alice.refresh_token}")

    assert api.call(*REFRESH.at(), headers=planted).code == "token_missing"
    assert api.call(*LOG_OUT.at(), headers=planted).code == "token_missing"
    assert [session.rotated for session in alice.sessions] == [None]


def test_refresh_cookie_gives_way_to_the_token_in_the_body(
    api: Api, alice: Person, bob: Person
) -> None:
    answer = api.call(
        *REFRESH.at(),
        json={"refresh_token": bob.refresh_token},
        headers=carrying(refresh(alice.refresh_token)),
    )

    token = value_of(ACCESS_COOKIE, answer)
    who = api.call(*ANY_USERS.at(), headers=carrying(access(token)))
    assert who.json["user_id"] == bob.id
    assert [session.rotated for session in alice.sessions] == [None]


def test_refresh_cookie_does_not_make_up_for_a_wrong_token_in_the_body(
    api: Api, alice: Person
) -> None:
    answer = api.call(
        *REFRESH.at(),
        json={"refresh_token": "not a token"},
        headers=carrying(refresh(alice.refresh_token)),
    )

    assert (answer.status, answer.code) == (401, "token_invalid")
    assert answer.cookies == ()


def test_refresh_cookie_of_two_counts_the_first(api: Api, alice: Person, bob: Person) -> None:
    cookies = refresh(alice.refresh_token), refresh(bob.refresh_token)

    answer = api.call(*REFRESH.at(), headers=carrying(*cookies))

    token = value_of(ACCESS_COOKIE, answer)
    who = api.call(*ANY_USERS.at(), headers=carrying(access(token)))
    assert who.json["user_id"] == alice.id


def test_refresh_cookie_may_be_asked_for_by_a_token_in_the_body(api: Api, alice: Person) -> None:
    body = {"refresh_token": alice.refresh_token}

    answer = api.call(*REFRESH.at(), json=body, headers=BY_COOKIE)

    assert answer.status == 200
    assert set(answer.json) == {"token_type", "expires_in"}
    assert len(answer.cookies) == 2


def test_refresh_cookie_is_not_set_for_a_client_that_keeps_tokens_itself(
    api: Api, alice: Person
) -> None:
    answer = api.call(*REFRESH.at(), json={"refresh_token": alice.refresh_token})

    assert answer.cookies == ()
    assert answer.json["access_token"]
    assert answer.json["refresh_token"]


def test_refresh_cookie_is_no_access_token(api: Api, alice: Person) -> None:
    answer = api.call(*REFRESH.at(), headers=carrying(refresh(alice.token)))

    assert (answer.status, answer.code) == (401, "token_invalid")
    assert answer.cookies == ()


def test_refresh_cookie_alone_opens_nothing_and_says_that_the_access_token_is_over(
    api: Api, alice: Person
) -> None:
    answer = api.call(*ANY_USERS.at(), headers=carrying(refresh(alice.refresh_token)))

    assert (answer.status, answer.code) == (401, "token_expired")
    assert answer.cookies == ()


def test_log_out_clears_both_cookies(api: Api, alice: Person) -> None:
    answer = api.call(*LOG_OUT.at(), headers=carrying(access(alice.token)))

    assert answer.status == 200
    assert answer.cookies == CLEARED


def test_log_out_is_content_with_the_refresh_cookie_once_the_other_has_lapsed(
    api: Api, alice: Person
) -> None:
    answer = api.call(*LOG_OUT.at(), headers=carrying(refresh(alice.refresh_token)))

    assert (answer.status, answer.cookies) == (200, CLEARED)
    assert alice.sessions == []


def test_log_out_is_content_with_a_refresh_cookie_that_was_replaced(
    api: Api, alice: Person
) -> None:
    old = carrying(refresh(alice.refresh_token))
    api.call(*REFRESH.at(), headers=old)

    assert api.call(*LOG_OUT.at(), headers=old).status == 200
    assert alice.sessions == []


@pytest.mark.parametrize("token", ["not a token", "", "rt.1.AAAAAAAAAAAAAAAAAAAAAA.x.y"])
def test_log_out_with_a_refresh_cookie_of_nothing_clears_and_ends_nothing(
    api: Api, alice: Person, token: str
) -> None:
    answer = api.call(*LOG_OUT.at(), headers=carrying(refresh(token)))

    assert (answer.status, answer.cookies) == (401, CLEARED)
    assert len(alice.sessions) == 1


def test_log_out_needs_the_secret_of_the_session_and_not_its_id_alone(
    api: Api, alice: Person, bob: Person
) -> None:
    kind, user_id, session_id, _, _ = alice.refresh_token.split(".")
    family, secret = bob.refresh_token.split(".")[3:]
    forged = f"{kind}.{user_id}.{session_id}.{family}.{secret}"

    answer = api.call(*LOG_OUT.at(), headers=carrying(refresh(forged)))

    assert (answer.status, answer.code) == (401, "session_ended")
    assert len(alice.sessions) == 1


@each(PROTECTED)
def test_ended_session_has_its_cookies_cleared_wherever_it_comes(
    scene: Scene, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene, token=None, headers=carrying(access(scene.alice.token)))
    for session in scene.alice.sessions:
        session.delete()

    answer = scene.api.call(**request)

    assert (answer.status, answer.code) == (401, "session_ended")
    assert answer.cookies == CLEARED


def test_log_in_over_a_session_of_this_browser_ends_that(
    api: Api, alice: Person, bob: Person
) -> None:
    headers = carrying(refresh(bob.refresh_token))

    answer = api.call(*LOG_IN.at(), json=alice.credentials, headers=headers)

    assert answer.status == 200
    assert bob.sessions == []
    assert len(alice.sessions) == 2


def test_log_in_that_fails_ends_no_session(api: Api, alice: Person, bob: Person) -> None:
    body = {**alice.credentials, "passw": "a wrong password"}

    answer = api.call(*LOG_IN.at(), json=body, headers=carrying(refresh(bob.refresh_token)))

    assert answer.status == 401
    assert len(bob.sessions) == 1


def test_log_in_without_the_header_ends_no_session(api: Api, alice: Person, bob: Person) -> None:
    headers = {"Cookie": refresh(bob.refresh_token)}

    assert api.call(*LOG_IN.at(), json=alice.credentials, headers=headers).status == 200
    assert len(bob.sessions) == 1


def test_log_out_leaves_cookies_that_are_worth_nothing(api: Api, alice: Person) -> None:
    api.call(*LOG_OUT.at(), headers=carrying(access(alice.token)))

    who = api.call(*ANY_USERS.at(), headers=carrying(access(alice.token)))
    pair = api.call(*REFRESH.at(), headers=carrying(refresh(alice.refresh_token)))

    assert (who.status, who.code) == (401, "session_ended")
    assert (pair.status, pair.code) == (401, "session_ended")
    assert pair.cookies == CLEARED


def test_log_out_without_the_header_sets_no_cookie(api: Api, alice: Person) -> None:
    answer = api.call(*LOG_OUT.at(), token=alice.token)

    assert answer.status == 200
    assert answer.cookies == ()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"email": "alice@example.com", "passw": "a wrong password"}, 401),
        ({"email": "nobody@example.com", "passw": "a wrong password"}, 401),
        ({"email": "alice@example.com"}, 422),
        ({"email": "alice@example.com", "passw": "x", "role": "administrator"}, 422),
        ([], 400),
    ],
    ids=["wrong", "unknown", "missing", "extra", "array"],
)
def test_failure_to_log_in_sets_no_cookie(
    api: Api, alice: Person, body: object, status: int
) -> None:
    answer = api.call(*LOG_IN.at(), json=body, headers=BY_COOKIE)

    assert answer.status == status
    assert answer.cookies == ()


@pytest.mark.parametrize("call", range(1, 13))
@each((LOG_IN, REFRESH, LOG_OUT))
def test_failure_of_aws_sets_no_cookie(
    api: Api, alice: Person, aws_calls: AwsCalls, endpoint: Endpoint, call: int
) -> None:
    cookies = carrying(access(alice.token), refresh(alice.refresh_token))
    log_in = {"json": alice.credentials, "headers": BY_COOKIE}
    request: Mapping[str, Any] = log_in if endpoint is LOG_IN else {"headers": cookies}
    aws_calls.forget()
    aws_calls.fail(call, UNREACHABLE)

    answer = api.call(*endpoint.at(), **request)

    if len(aws_calls.made) < call:
        # it is done in fewer calls
        given = {LOG_IN: 3, REFRESH: 2, LOG_OUT: 2}[endpoint]
        assert (answer.status, len(answer.cookies)) == (200, given)
    else:
        assert (answer.status, answer.cookies) == (503, ())
