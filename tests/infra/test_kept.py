"""What a run keeps for the next one, and who may use it."""

import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pytest

from infra.local.aws import kept as module
from infra.local.aws import moto_state
from infra.local.aws.dynamodb_local import DynamoDBLocalError
from infra.local.aws.kept import KeptError, kept, nothing_kept
from infra.local.aws.resources import OtherTableError

URL = "http://127.0.0.1:8000"

# where whatever is changed, of moto or of the environment, is as before afterwards
pytestmark = pytest.mark.usefixtures("aws_url")


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """A DynamoDB Local that starts; where it was told to keep its data."""
    started: list[Path] = []

    @contextmanager
    def dynamodb_local(*, data_directory: Path) -> Iterator[str]:
        data_directory.mkdir(exist_ok=True)
        started.append(data_directory)
        yield URL

    monkeypatch.setattr(module, "dynamodb_local", dynamodb_local)
    return started


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A DynamoDB Local that does not start."""

    def dynamodb_local(*, data_directory: Path) -> NoReturn:
        data_directory.mkdir(exist_ok=True)
        raise DynamoDBLocalError("there is no Java")

    monkeypatch.setattr(module, "dynamodb_local", dynamodb_local)


@pytest.mark.usefixtures("engine")
def test_password_stays_and_is_its_owners_alone(tmp_path: Path) -> None:
    with kept(tmp_path / "kept") as first:
        pass
    with kept(tmp_path / "kept") as second:
        pass

    files = [path for path in (tmp_path / "kept").iterdir() if path.name != "lock"]
    assert first.administrator_password == second.administrator_password
    assert stat.S_IMODE((tmp_path / "kept").stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in files if file.is_file()} == {0o600}


def test_nothing_kept_is_a_password_each_time() -> None:
    first, second = nothing_kept(), nothing_kept(URL)

    assert first.administrator_password != second.administrator_password
    assert (first.dynamodb_url, second.dynamodb_url) == (None, URL)


def test_tables_are_in_dynamodb_local_where_it_starts(tmp_path: Path, engine: list[Path]) -> None:
    with kept(tmp_path) as run:
        assert run.dynamodb_url == URL

    assert engine == [tmp_path / "dynamodb"]


@pytest.mark.usefixtures("no_engine")
def test_tables_are_in_moto_where_it_does_not(tmp_path: Path) -> None:
    with kept(tmp_path) as run:
        assert run.dynamodb_url is None

    assert not (tmp_path / "dynamodb").exists()


def test_tables_stay_in_moto_once_they_are_there(tmp_path: Path, engine: list[Path]) -> None:
    moto_state.save(tmp_path / "moto.pickle")

    with kept(tmp_path) as run:
        assert run.dynamodb_url is None

    assert engine == []


@pytest.mark.usefixtures("no_engine")
def test_tables_in_dynamodb_local_are_never_left_behind_for_moto(tmp_path: Path) -> None:
    (tmp_path / "dynamodb").mkdir()

    with pytest.raises(DynamoDBLocalError), kept(tmp_path):
        pass


def test_another_dynamodb_is_left_to_keep_its_own(tmp_path: Path, engine: list[Path]) -> None:
    with kept(tmp_path, "http://elsewhere:8000") as run:
        assert run.dynamodb_url == "http://elsewhere:8000"

    assert engine == []


@pytest.mark.usefixtures("engine")
def test_one_run_at_a_time_uses_what_is_kept(tmp_path: Path) -> None:
    with kept(tmp_path), pytest.raises(KeptError, match="Another run"), kept(tmp_path):
        pass


@pytest.mark.usefixtures("engine")
def test_how_to_begin_anew_is_told_when_what_is_kept_is_of_no_use(tmp_path: Path) -> None:
    told = f"Users is another. To begin anew, remove {tmp_path}"

    with pytest.raises(KeptError, match=re.escape(told)), kept(tmp_path):
        raise OtherTableError("Users is another")
