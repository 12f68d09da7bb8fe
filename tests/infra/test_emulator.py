"""Functions on Lambda's own runtime see what Lambda would show them, and fail as there."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.build.interpreter import nearest
from infra.local.invoke import FunctionError
from infra.local.lambdas.emulator import EmulatedFunctions, emulated
from infra.local.lambdas.runtime import Runtime, runtime
from infra.local.template.declarations import Function

HANDLERS = """
import os, sys, time

answered = 0

def tell(event, context):
    global answered
    answered += 1
    return {
        "event": event,
        "environment": dict(os.environ),
        "path": sys.path,
        "folder": os.getcwd(),
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
        "answered": answered,
    }

def fail(event, context):
    raise KeyError("nothing there")

def hang(event, context):
    time.sleep(60)

def end(event, context):
    os._exit(3)

def no_json(event, context):
    return object()
"""
# what the emulator sets of itself, beside what Lambda and the template do
EMULATORS_OWN = {
    *("AWS_LAMBDA_METADATA_API", "AWS_LAMBDA_METADATA_TOKEN", "AWS_LAMBDA_RUNTIME_API"),
    *("AWS_LAMBDA_LOG_GROUP_NAME", "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_LAMBDA_FUNCTION_VERSION"),
    *("AWS_SESSION_TOKEN", "_HANDLER"),
    # Python's own, where the locale that Lambda names is not installed
    "LC_CTYPE",
}

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Runtime:
    packages = tmp_path_factory.mktemp("packages")
    return runtime(packages, *nearest(), tmp_path_factory.mktemp("client"))


@pytest.fixture
def functions(here: Runtime, tmp_path: Path) -> Iterator[EmulatedFunctions]:
    (tmp_path / "module.py").write_text(HANDLERS)
    environment = {"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "key", "AWS_REGION": "here"}
    names = ("tell", "fail", "hang", "end", "no_json")
    seconds = {"hang": 1}
    declared = [
        Function(
            name, f"module.{name}", tmp_path, {"GREETING": "hello"}, seconds.get(name, 15), 256, ()
        )
        for name in names
    ]
    with emulated(declared, here, environment) as invoke:
        yield invoke


def test_function_sees_its_environment_and_no_other(
    functions: EmulatedFunctions, monkeypatch: pytest.MonkeyPatch, here: Runtime, tmp_path: Path
) -> None:
    monkeypatch.setenv("SETTING_OF_THE_SHELL", "yes")

    told = functions("tell", {"a": 1})

    assert isinstance(told, dict)
    environment = told["environment"]
    assert environment.keys() - EMULATORS_OWN == {
        *("GREETING", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION"),
        *("AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_NAME"),
        *("AWS_LAMBDA_FUNCTION_TIMEOUT", "AWS_LAMBDA_INITIALIZATION_TYPE"),
        *("AWS_LAMBDA_LOG_FORMAT", "AWS_LAMBDA_LOG_LEVEL"),
        *("LAMBDA_TASK_ROOT", "LANG", "PATH", "PYTHONPATH", "TZ"),
    }
    assert (environment["GREETING"], environment["AWS_REGION"]) == ("hello", "here")
    assert environment["AWS_LAMBDA_FUNCTION_NAME"] == "tell"
    assert (told["event"], told["folder"]) == ({"a": 1}, str(tmp_path))
    assert int(told["memory"]) == 256
    assert 0 < told["left"] <= 15_000


def test_nothing_but_the_layer_and_the_standard_library_is_on_the_path(
    functions: EmulatedFunctions, here: Runtime, tmp_path: Path
) -> None:
    told = functions("tell", {})

    assert isinstance(told, dict)
    assert told["path"][:3] == [str(tmp_path), str(here.packages), str(here.client)]
    rest = [Path(entry) for entry in told["path"][3:]]
    assert [entry for entry in rest if entry.name in ("site-packages", "dist-packages")] == []
    assert all(entry.is_relative_to(here.python.resolve().parents[1]) for entry in rest)


def test_environment_is_kept_between_invocations(functions: EmulatedFunctions) -> None:
    answers = [functions("tell", {}) for _ in range(3)]

    assert [answer["answered"] for answer in answers if isinstance(answer, dict)] == [1, 2, 3]
    assert [len(inits) for inits in functions.init_ms().values()] == [1]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("fail", "nothing there"),
        ("hang", "Task timed out after 1.00 seconds"),
        ("end", "exit status 3"),
        ("no_json", "not JSON serializable"),
    ],
)
def test_failure_is_a_function_error(
    name: str, complaint: str, functions: EmulatedFunctions
) -> None:
    for _ in range(2):
        with pytest.raises(FunctionError, match=complaint):
            functions(name, {})


def test_init_is_timed(functions: EmulatedFunctions) -> None:
    functions("tell", {})

    ((name, (took_ms,)),) = functions.init_ms().items()
    assert name == "tell"
    assert 1 < took_ms < 10_000


def test_no_process_is_left(here: Runtime, tmp_path: Path) -> None:
    (tmp_path / "module.py").write_text("import os\n\ndef tell(e, c): return os.getpid()\n")
    function = Function("Tell", "module.tell", tmp_path, {}, 15, 256, ())

    with emulated([function], here, {}) as invoke:
        pid = invoke("Tell", {})
        assert isinstance(pid, int)
        assert _is_running(pid)

    assert not _is_running(pid)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
