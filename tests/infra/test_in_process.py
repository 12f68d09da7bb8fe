"""The local stand-in for Lambda runs handlers as Lambda does, as far as one process can."""

import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from infra.local.invoke import FunctionError
from infra.local.lambdas.in_process import EnvironmentConflictError, Functions, shared_environment
from infra.local.template.declarations import Function

HANDLERS = """
import datetime, os, time

loaded_with = os.environ.get("GREETING")

def tell(event, context):
    return {
        "event": event,
        "name": context.function_name,
        "request": context.aws_request_id,
        "arn": context.invoked_function_arn,
        "memory": context.memory_limit_in_mb,
        "left": context.get_remaining_time_in_millis(),
        "greeting": loaded_with,
    }

def fail(event, context):
    raise KeyError("secret")

def hang(event, context):
    time.sleep(5)

def no_json(event, context):
    return datetime.datetime.now()
"""


def _function(
    code: Path, name: str, environment: Mapping[str, str] | None = None, seconds: int = 15
) -> Function:
    return Function(name.title(), f"module.{name}", code, environment or {}, seconds, 256, ())


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-north-1")
    # functions set it; this makes sure that it is unset at the end
    monkeypatch.setenv("GREETING", "")


@pytest.fixture
def code(tmp_path: Path) -> Path:
    (tmp_path / "module.py").write_text(HANDLERS)
    return tmp_path


def test_handler_gets_the_event_a_context_and_its_environment(code: Path) -> None:
    invoke = Functions([_function(code, "tell", {"GREETING": "hello"})])

    told = invoke("Tell", {"a": 1})

    assert isinstance(told, dict)
    assert 14_000 < told.pop("left") <= 15_000
    assert len(told.pop("request")) == 36
    assert told == {
        "event": {"a": 1},
        "name": "Tell",
        "arn": "arn:aws:lambda:eu-north-1:123456789012:function:Tell",
        "memory": 256,
        "greeting": "hello",
    }


def test_modules_of_one_name_in_two_folders_are_two(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "same.py").write_text(f"def handler(e, c): return {folder!r}")
    one = Function("One", "same.handler", tmp_path / "one", {}, 15, 256, ())
    two = Function("Two", "same.handler", tmp_path / "two", {}, 15, 256, ())

    invoke = Functions([one, two])

    assert (invoke("One", {}), invoke("Two", {})) == ("one", "two")


@pytest.mark.parametrize(
    ("name", "complaint"), [("fail", "KeyError: 'secret'"), ("no_json", "not JSON serializable")]
)
def test_failure_is_a_function_error(code: Path, name: str, complaint: str) -> None:
    invoke = Functions([_function(code, name)])

    with pytest.raises(FunctionError, match=complaint):
        invoke(name.title(), {})


def test_function_that_takes_too_long_is_given_up(code: Path) -> None:
    invoke = Functions([_function(code, "hang", seconds=0)])
    began = time.monotonic()

    with pytest.raises(FunctionError, match="Timed out after 0 s"):
        invoke("Hang", {})

    assert time.monotonic() - began < 1


def test_missing_module_is_told_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"module\.py"):
        Functions([_function(tmp_path, "tell")])


def test_functions_share_one_environment(tmp_path: Path) -> None:
    one = _function(tmp_path, "one", {"SAME": "1", "MADE_BY_TWO": "yes"})
    two = _function(tmp_path, "two", {"SAME": "1", "MADE_BY_TWO": "", "OWN": "2"})

    assert shared_environment([one, two]) == {"SAME": "1", "MADE_BY_TWO": "yes", "OWN": "2"}


def test_functions_that_disagree_are_named(tmp_path: Path) -> None:
    one, two = _function(tmp_path, "one", {"A": "1"}), _function(tmp_path, "two", {"A": "2"})

    with pytest.raises(EnvironmentConflictError, match=r"One and Two .* of A"):
        shared_environment([one, two])
