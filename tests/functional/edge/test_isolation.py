"""A warm function serves one caller after the other: none sees anything of another."""

from concurrent.futures import ThreadPoolExecutor

from accounts.storage.tables import Role
from tests.support.api import Api
from tests.support.aws_calls import AwsCalls
from tests.support.clocks import Clock
from tests.support.deployment import Deployment
from tests.support.endpoint import Endpoint
from tests.support.logged import Log
from tests.support.people import Person
from tests.support.register import ALL, ANY_USERS, HEALTH, LOG_IN, each
from tests.support.scene import Scene


@each(ALL)
def test_after_a_crash_the_next_caller_sees_nothing_of_the_one_before(
    scene: Scene, bob: Person, aws_calls: AwsCalls, log: Log, endpoint: Endpoint
) -> None:
    request = endpoint.request(scene)
    aws_calls.forget()
    aws_calls.fail(2, ZeroDivisionError("midway"))
    scene.api.call(**request)
    aws_calls.forget()

    who = scene.api.call(*ANY_USERS.at(), token=bob.token)
    nobody = scene.api.call(*ANY_USERS.at())
    anonymous = scene.api.call(*HEALTH.at())

    assert who.json["user_id"] == bob.id
    assert nobody.status == 401
    assert anonymous.json == {"status": "ok"}
    of_bob, of_nobody, of_anonymous = log.named("request")[-3:]
    assert of_bob["user_id"] == bob.id
    for line, answer in ((of_nobody, nobody), (of_anonymous, anonymous)):
        assert "user_id" not in line
        assert "session_id" not in line
        assert line["request_id"] == answer.headers["x-request-id"]


def test_callers_in_parallel_get_each_their_own(
    api: Api, stack: Deployment, alice: Person, bob: Person, methodist: Person, log: Log
) -> None:
    # without the policies, which know one call at a time
    at_once = Api(stack.gateway(stack.invoke))
    callers = [alice, bob, methodist, None] * 10

    def ask(caller: Person | None) -> tuple[int, int | None, str]:
        answer = at_once.call(*ANY_USERS.at(), token=caller.token if caller else None)
        user_id = answer.json.get("user_id")
        return answer.status, user_id, answer.headers["x-request-id"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, callers))

    assert [(status, user_id) for status, user_id, _ in answers] == [
        (200, caller.id) if caller else (401, None) for caller in callers
    ]
    logged = {line["request_id"]: line.get("user_id") for line in log.named("request")}
    assert logged == {request_id: user_id for _, user_id, request_id in answers}


def test_a_role_that_was_edited_counts_in_a_warm_function(
    scene: Scene, alice: Person, admin: Person, clock: Clock
) -> None:
    assert "users:read" not in _permissions(scene, alice.sign_in())
    role = Role.get("read_only")
    role.permissions = ["users:read"]
    role.save()
    clock.advance(seconds=30)

    assert _permissions(scene, alice.sign_in()) == ["users:read"]
    assert _permissions(scene, admin) == ["*"]


def test_one_persons_failure_does_not_stop_another(
    scene: Scene, alice: Person, bob: Person
) -> None:
    for _ in range(7):
        LOG_IN.call(scene, json={"email": alice.email, "passw": "not the password"})

    assert LOG_IN.call(scene, json=bob.credentials).status == 200


def _permissions(scene: Scene, person: Person) -> list[str]:
    permissions: list[str] = ANY_USERS.call(scene, token=person.token).json["permissions"]
    return permissions
