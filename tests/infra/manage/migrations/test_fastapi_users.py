"""People of fastapi-users, whose table the library itself makes and fills."""

import subprocess
from pathlib import Path

import pytest

from accounts.credentials import passwords
from accounts.storage import users
from infra.local import ROOT
from tests.infra.manage.conftest import Manage
from tests.infra.manage.migrations.conftest import Follow, LogIn, user

# of `make test`
PYTHON = ROOT / ".venv-migration" / "bin" / "python"
PASSWORD = "correct horse battery staple"
# an application's own code: it signs people up as the library's router does, then writes what the
# guide's command for SQLite does
APPLICATION = """
import asyncio, csv, sqlite3, sys
from fastapi_users import BaseUserManager, UUIDIDMixin, schemas
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from pwdlib.hashers.bcrypt import BcryptHasher
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase

class Base(DeclarativeBase): pass
class User(SQLAlchemyBaseUserTableUUID, Base): pass
class UserManager(UUIDIDMixin, BaseUserManager): pass

database, table, password = sys.argv[1:]

async def fill():
    engine = create_async_engine(f"sqlite+aiosqlite:///{database}")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with async_sessionmaker(engine, expire_on_commit=False)() as session:
        manager = UserManager(SQLAlchemyUserDatabase(session, User))
        for name, changes in {
            "argon2": {"is_verified": True},
            "bcrypt": {"is_verified": True, "hashed_password": BcryptHasher().hash(password)},
            "super": {"is_verified": True, "is_superuser": True},
            "off": {"is_active": False},
        }.items():
            made = schemas.BaseUserCreate(email=f"{name}@example.com", password=password)
            await manager.user_db.update(await manager.create(made), changes)
    await engine.dispose()

asyncio.run(fill())
connection = sqlite3.connect(database)
found = connection.execute('select * from user')
with open(table, "w", newline="") as file:
    csv.writer(file).writerows([[it[0] for it in found.description], *found])
connection.close()
"""


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The table as a CSV."""
    folder = tmp_path_factory.mktemp("fastapi-users")
    path = folder / "users.csv"
    assert PYTHON.exists(), "make .venv-migration/.ready makes the environment"
    subprocess.run(  # noqa: S603 - our own arguments
        [PYTHON, "-W", "error", "-c", APPLICATION, folder / "app.db", path, PASSWORD], check=True
    )
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["argon2", "bcrypt"])
def test_people_log_in_with_their_password(
    follow: Follow, log_in: LogIn, table: str, name: str
) -> None:
    email = f"{name}@example.com"

    ended = follow("fastapi-users", table)

    assert ended.code == 0
    assert user(email).password_hash.startswith({"argon2": "$argon2id$", "bcrypt": "$2b$"}[name])
    assert log_in(email, "not the password") == 401
    assert log_in(email, PASSWORD) == 200
    assert not passwords.is_outdated(user(email).password_hash)
    assert log_in(email, PASSWORD) == 200


def test_what_they_were_there_they_are_here(follow: Follow, log_in: LogIn, table: str) -> None:
    follow("fastapi-users", table)

    person, off = user("argon2@example.com"), user("off@example.com")
    assert (person.name, person.role, person.status) == ("argon2", "read_only", "active")
    assert users.has_confirmed_email(person)
    assert user("super@example.com").role == "methodist"
    assert not users.has_confirmed_email(off)
    assert log_in("off@example.com", PASSWORD) == 401


HEADER = "id,email,hashed_password,is_active,is_superuser,is_verified,first_name,last_name,badge"


def test_superuser_is_nobody_special_unless_a_role_is_named(
    manage: Manage, tmp_path: Path, table: str
) -> None:
    file = tmp_path / "users.csv"
    file.write_text(table, encoding="utf-8")

    ended = manage("import-users", "--from", "fastapi-users", str(file))

    assert user("super@example.com").role == "read_only"
    assert "Roles without one of ours, so read_only: superuser (1)." in ended.err
    assert "Left behind: id (4)." in ended.err


def test_numbers_stay_ids_and_postgres_booleans_are_known(follow: Follow) -> None:
    ended = follow(
        "fastapi-users", f"{HEADER}\n5,x@example.com,,t,f,t,Zoë,Doe,7\n6,y@example.com,,f,f,f,,,\n"
    )

    x, y = user("x@example.com"), user("y@example.com")
    assert (x.id, x.name, x.status, users.has_confirmed_email(x)) == (5, "Zoë Doe", "active", True)
    assert (y.id, y.name, y.status, users.has_confirmed_email(y)) == (6, "y", "disabled", False)
    assert "Left behind: badge (1).\n" in ended.err
