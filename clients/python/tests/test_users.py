"""What a back-end asks of the service."""

import asyncio
import pickle

import httpx
import pytest

from tests.conftest import PASSWORD, Scene
from users_client import AsyncUsers, Fault, Users, UsersError, calls


def test_back_end_signs_a_person_up(users: Users, email: str) -> None:
    created = users.send(calls.registration_user(email=email, passw=PASSWORD, name="Name"))

    shown = users.send(calls.show_user(user_id=str(created["id"])))

    assert (shown["email"], shown["name"]) == (email, "Name")


def test_asynchronous_client_does_the_same(scene: Scene, email: str) -> None:
    async def sign_up() -> tuple[int, int]:
        async with AsyncUsers(scene.base_url, scene.service_token) as users:
            call = calls.registration_user(email=email, passw=PASSWORD, name="Name")
            first, again = await asyncio.gather(users.send(call), users.send(call))
            return first["id"], again["id"]

    first, again = asyncio.run(sign_up())

    assert first == again


def test_call_that_is_sent_twice_does_its_work_once(users: Users, email: str) -> None:
    call = calls.registration_user(email=email, passw=PASSWORD, name="Name")

    assert users.send(call) == users.send(call)


def test_another_call_has_another_key(users: Users, email: str) -> None:
    users.send(calls.registration_user(email=email, passw=PASSWORD, name="Name"))

    with pytest.raises(UsersError) as refused:
        users.send(calls.registration_user(email=email, passw=PASSWORD, name="Name"))

    assert (refused.value.status, refused.value.code) == (409, "user_exists")


def test_key_of_ones_own_holds_over_processes(users: Users, email: str) -> None:
    first, again = (
        calls.registration_user(email=email, passw=PASSWORD, name="Name", idempotency_key=email)
        for _ in range(2)
    )

    assert users.send(first) == users.send(again)


def test_fields_at_fault_are_named(users: Users) -> None:
    with pytest.raises(UsersError) as refused:
        users.send(calls.registration_user(email="nothing", passw=PASSWORD, name="Name"))

    error = refused.value
    assert error.code == "validation_failed"
    assert [fault.field for fault in error.details] == ["email"]
    assert error.request_id
    assert isinstance(error.details[0], Fault)
    assert "validation_failed" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)  # noqa: S301 - our own


def test_what_the_token_may_not_is_refused(users: Users) -> None:
    with pytest.raises(UsersError) as refused:
        users.send(calls.delete_role(name="nothing"))

    assert (refused.value.status, refused.value.code) == (403, "permission_missing")


def test_every_page_is_had(administrator: Users, users: Users, email: str) -> None:
    created = users.send(calls.registration_user(email=email, passw=PASSWORD, name="Name"))

    pages = list(administrator.pages(calls.list_users(limit=1)))

    assert len(pages) > 1
    assert created["id"] in {user["id"] for page in pages for user in page["users"]}


def test_every_page_is_had_asynchronously(scene: Scene) -> None:
    async def count() -> int:
        async with AsyncUsers(scene.base_url, scene.administrator_token) as users:
            return len([page async for page in users.pages(calls.list_users(limit=1))])

    assert asyncio.run(count()) > 1


def test_nothing_in_an_answer_is_none(administrator: Users, users: Users, email: str) -> None:
    created = users.send(calls.registration_user(email=email, passw=PASSWORD, name="Name"))

    assert administrator.send(calls.end_user_seances(user_id=str(created["id"]))) == {"ended": 0}


def test_service_that_is_away_is_an_error_of_the_transport() -> None:
    waits: list[float] = []

    with (
        Users("http://127.0.0.1:9", "token", sleep=waits.append) as users,
        pytest.raises(httpx.ConnectError),
    ):
        users.send(calls.health())

    assert len(waits) == 3
