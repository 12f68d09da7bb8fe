"""Creating the accounts that a file of JSON lines, or a CSV, has."""

import json
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from accounts import invocation
from accounts.administration.roles import all_roles
from infra.manage import private_files, user_lines, user_rows
from infra.manage.census import Census
from infra.manage.deployments import Deployment
from infra.manage.newcomers import LARGEST_BATCH, Newcomer, Outcome, Storage, is_counted
from infra.manage.progress import Advance
from infra.manage.user_lines import Line, LineRefusedError, Rules


@dataclass(frozen=True)
class Pace:
    """How much to ask of DynamoDB: items in a transaction, transactions at a time.

    An account that has more is stored by itself.
    """

    batch: int = LARGEST_BATCH
    workers: int = 8


GENTLE = Pace(batch=1, workers=1)


class StoppedError(Exception):
    """The import stops before this batch was stored."""


def rules_of(deployment: Deployment, *, drop_unknown_hashes: bool) -> Rules:
    """Return what the deployment takes.

    Raises:
        UnavailableError: DynamoDB did not answer.
        BotoCoreError, ClientError: AWS does not say which keys the deployment has.
    """
    roles = all_roles()
    return Rules(
        frozenset(role.name for role in roles),
        frozenset(role.name for role in roles if role.back_end),
        deployment.password_key_ids(),
        drop_unknown_hashes,
    )


# what finds our lines in a file, with their numbers; an empty one says nothing
Form = Callable[[BinaryIO], Iterator[tuple[int, Line]]]


def form_of(path: Path) -> Form:
    """Return the form of a file of our own lines, by its name."""
    return user_rows.numbered if path.suffix.lower() == ".csv" else user_lines.numbered


def count_lines(path: Path, records: Callable[[BinaryIO], Iterator[object]]) -> int:
    """Return how many records the file has.

    Raises:
        RefusedError: it has another form.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return sum(1 for _ in records(file))


class Import:
    """One run over a file. ``outcome`` is what has become of its lines so far.

    ``census`` counts the people of the lines that could be taken, whether they were there already
    or not.
    """

    def __init__(
        self, path: Path, rules: Rules, pace: Pace | None = None, form: Form | None = None
    ) -> None:
        self.outcome = Outcome()
        self.census = Census()
        self.report_path = path.with_name(f"{path.name}.refused.jsonl")
        self._path = path
        self._form = form or form_of(path)
        self._rules = rules
        self._pace = pace or Pace()
        self._stopping = threading.Event()
        self._storage = Storage(rules.roles, self._pause)
        self._lines_by_email: dict[str, int] = {}
        self._lines_by_id: dict[int, int] = {}

    def run(self, advance: Advance) -> None:
        """Store every account of the file that is not there yet.

        Raises:
            UnavailableError: DynamoDB did not answer for long.
            OSError: the file cannot be read.
        """
        running: deque[Future[Outcome]] = deque()
        with self._path.open("rb") as file, self._threads() as threads:
            try:
                for batch in self._batches(file, advance):
                    running.append(threads.submit(self._storage.store, batch))
                    if len(running) > 2 * self._pace.workers:
                        self._take(running, advance)
                while running:
                    self._take(running, advance)
            finally:
                self._stopping.set()
                threads.shutdown(cancel_futures=True)
                self._take_finished(running)

    def report(self) -> None:
        """Leave a file that names each refused line, or none if there is none.

        Raises:
            OSError: it cannot be written.
        """
        if not self.outcome.refused:
            self.report_path.unlink(missing_ok=True)
            return
        ordered = sorted(self.outcome.refused, key=lambda refusal: refusal.line_number)
        lines = ({"line": refusal.line_number, "reason": refusal.reason} for refusal in ordered)
        private_files.replace(self.report_path, map(json.dumps, lines))

    def _threads(self) -> ThreadPoolExecutor:
        # each thread has an origin of its own, which the audit trail shows
        return ThreadPoolExecutor(
            self._pace.workers, initializer=invocation.set_origin, initargs=(invocation.origin(),)
        )

    def _pause(self, seconds: float) -> None:
        if self._stopping.wait(seconds):
            raise StoppedError

    def _take(self, running: deque[Future[Outcome]], advance: Advance) -> None:
        outcome = running[0].result()
        running.popleft()
        self.outcome.add(outcome)
        advance(outcome.imported + outcome.there_already + len(outcome.refused))

    def _take_finished(self, running: deque[Future[Outcome]]) -> None:
        for future in running:
            if not future.cancelled() and future.exception() is None:
                self.outcome.add(future.result())

    def _batches(self, file: BinaryIO, advance: Advance) -> Iterator[list[Newcomer]]:
        # a batch is counted at one role at most
        filling: defaultdict[str, list[Newcomer]] = defaultdict(list)
        for newcomer in self._newcomers(file, advance):
            lane = newcomer.user.role if is_counted(newcomer.user.role) else ""
            if sum(one.size for one in (*filling[lane], newcomer)) > self._pace.batch:
                yield filling.pop(lane)
            filling[lane].append(newcomer)
        yield from filling.values()

    def _newcomers(self, file: BinaryIO, advance: Advance) -> Iterator[Newcomer]:
        for number, line in self._form(file):
            if isinstance(line, bytes) and not line.strip():
                advance(1)
                continue
            try:
                yield self._newcomer(number, line)
            except LineRefusedError as error:
                self.outcome.refuse(number, str(error))
                advance(1)

    def _newcomer(self, number: int, line: Line) -> Newcomer:
        user, id_is_given, totp_secret = user_lines.read(line, self._rules)
        if (first := self._lines_by_email.setdefault(user.email, number)) != number:
            raise LineRefusedError(f"email: Line {first} has it already")
        if (first := self._lines_by_id.setdefault(user.id, number)) != number:
            raise LineRefusedError(f"id: Line {first} has it already")
        self.census.add(user, has_app=totp_secret is not None)
        return Newcomer(number, user, id_is_given, totp_secret)
