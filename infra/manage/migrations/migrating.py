"""The people of another system as lines of ours, with what of them is not taken."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, BinaryIO, NamedTuple

from infra.manage import user_rows
from infra.manage.census import Census
from infra.manage.migrations import cognito, fastapi_users, keycloak, rows, supabase
from infra.manage.migrations.people import Person, SkippedError
from infra.manage.problems import RefusedError
from infra.manage.user_lines import Line, LineRefusedError

Record = Mapping[str, Any]


class System(NamedTuple):
    """How to read the file of a system, and who a record of it is."""

    records: Callable[[BinaryIO], Iterator[tuple[int, Record | LineRefusedError]]]
    person: Callable[[Record], Person]


SYSTEMS: Mapping[str, System] = {
    "cognito": System(partial(rows.records, needed=cognito.NEEDED), cognito.person),
    "fastapi-users": System(
        partial(rows.records, needed=fastapi_users.NEEDED), fastapi_users.person
    ),
    "keycloak": System(keycloak.records, keycloak.person),
    "supabase": System(partial(rows.records, needed=supabase.NEEDED), supabase.person),
}


class Migration:
    """One reading of a file. What it does not take is counted, so that nothing is lost silently."""

    def __init__(self, system: str, role: str, roles: Mapping[str, str]) -> None:
        self._system = SYSTEMS[system]
        self._role = role
        self._roles = roles
        self.skipped: Counter[str] = Counter()
        self.left_behind: Counter[str] = Counter()
        self.roles_without: Counter[str] = Counter()

    def require_roles(self, ours: Set[str]) -> None:
        """Return if every role that people are to get is one of ours.

        Raises:
            RefusedError: one is not.
        """
        for role in (self._role, *self._roles.values()):
            if role not in ours:
                raise RefusedError(f"There is no role {role}. Save it first, or name another.")

    def records(self, file: BinaryIO) -> Iterator[tuple[int, Record | LineRefusedError]]:
        """Yield what the file has, with numbers.

        Raises:
            RefusedError: the file has another form.
        """
        return self._system.records(file)

    def lines(self, file: BinaryIO) -> Iterator[tuple[int, Line]]:
        """Yield what each record says as a line of ours, with its number; of nobody, an empty one.

        Raises:
            RefusedError: the file has another form.
        """
        for number, record in self.records(file):
            yield number, self._line(record)

    def notes(self, census: Census) -> Iterator[str]:
        """Yield what to tell of the file once it was read, in sentences."""
        yield (
            f"Of these people {census.with_password:,} have a password and"
            f" {census.without_password:,} set one by mail; {census.not_confirmed:,} have an"
            f" address that is not confirmed, {census.disabled:,} are disabled,"
            f" {census.with_app:,} keep their authenticator app."
        )
        if self.skipped:
            yield f"Skipped: {_listed(self.skipped)}."
        if self.left_behind:
            yield f"Left behind: {_listed(self.left_behind)}."
        if self.roles_without:
            yield (
                f"Roles without one of ours, so {self._role}: {_listed(self.roles_without)}."
                " To name one: --roles THEIRS=OURS"
            )

    def _line(self, record: Record | LineRefusedError) -> Line:
        if isinstance(record, LineRefusedError):
            return record
        try:
            person = self._system.person(record)
        except SkippedError as error:
            self.skipped[str(error)] += 1
            return b""
        except LineRefusedError as error:
            return error
        self.left_behind.update(person.left_behind)
        said = {name: value for name, value in person.line.items() if value is not None}
        return user_rows.written({**said, "role": self._role_for(person.roles)})

    def _role_for(self, theirs: Sequence[str]) -> str:
        for name, ours in self._roles.items():
            if name in theirs:
                return ours
        self.roles_without.update(theirs)
        return self._role


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{what} ({count:,})" for what, count in sorted(counts.items()))
