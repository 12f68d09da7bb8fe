"""What a team would reach for that does not want to write a users service itself.

FastAPI with fastapi-users behind Mangum, for Lambda's Python, with its bytecode and without.
"""

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from uv import find_uv_bin

from infra.build import bytecode, layer, wheels
from infra.build.target import ROOT, Target

CACHE = ROOT / ".local" / "compared"
PACKAGES = (
    *("fastapi==0.165.0", "mangum==0.22.0", "fastapi-users[sqlalchemy]==15.0.5"),
    "aiosqlite==0.22.1",
    "pydantic<2.14",  # as ours
)
APP = """
import uuid
from fastapi import FastAPI
from fastapi_users import BaseUserManager, FastAPIUsers, UUIDIDMixin, schemas
from fastapi_users.authentication import AuthenticationBackend, BearerTransport, JWTStrategy
from mangum import Mangum
{database}

class UserManager(UUIDIDMixin, BaseUserManager):
    reset_password_token_secret = verification_token_secret = "secret"

{manager}

def strategy(): return JWTStrategy(secret="s" * 32, lifetime_seconds=900)

backend = AuthenticationBackend(
    name="jwt", transport=BearerTransport(tokenUrl="login"), get_strategy=strategy
)
users = FastAPIUsers(get_user_manager, [backend])
app = FastAPI()
app.include_router(
    users.get_users_router(schemas.BaseUser[uuid.UUID], schemas.BaseUserUpdate), prefix="/users"
)
handler = Mangum(app, lifespan="off")
"""
BARE = {
    "database": "",
    "manager": "async def get_user_manager(): yield UserManager(None)",
}
SQLALCHEMY = {
    "database": """
from fastapi import Depends
from fastapi_users.db import SQLAlchemyBaseUserTableUUID, SQLAlchemyUserDatabase
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.pool import StaticPool

class Base(DeclarativeBase): pass
class User(SQLAlchemyBaseUserTableUUID, Base): pass

engine = create_async_engine("sqlite+aiosqlite://", poolclass=StaticPool)
sessions = async_sessionmaker(engine, expire_on_commit=False)

async def get_database():
    async with sessions() as session:
        yield SQLAlchemyUserDatabase(session, User)
""",
    "manager": """
async def get_user_manager(database=Depends(get_database)): yield UserManager(database)
""",
}


@dataclass(frozen=True)
class Compared:
    """Where it lies: the modules ``bare`` and ``with_sql``, and the packages they run on."""

    code: Path
    source: Path
    compiled: Path


def compared(target: Target, python: Path) -> Compared:
    """Return what to compare with, which is made once."""
    made = (PACKAGES, APP, BARE, SQLALCHEMY, target)
    folder = CACHE / hashlib.sha256(repr(made).encode()).hexdigest()[:12]
    it = Compared(folder, folder / "source", folder / "compiled")
    if not (folder / "made").exists():
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        wheels.install(_lock(folder, target), it.source, target)
        shutil.copytree(it.source, it.compiled)
        bytecode.compile_all(it.compiled, python, layer.MOUNT)
        (folder / "bare.py").write_text(APP.format(**BARE), encoding="utf-8")
        (folder / "with_sql.py").write_text(APP.format(**SQLALCHEMY), encoding="utf-8")
        (folder / "made").touch()
    return it


def _lock(folder: Path, target: Target) -> Path:
    lock = folder / "requirements.txt"
    subprocess.run(  # noqa: S603 - our own arguments
        [
            *(find_uv_bin(), "pip", "compile", "--quiet", "--generate-hashes", "-"),
            *("--python-version", target.python, "--output-file", str(lock)),
        ],
        input="\n".join(PACKAGES),
        text=True,
        check=True,
    )
    return lock
