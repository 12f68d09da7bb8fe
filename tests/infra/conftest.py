"""An AWS to try the local stack's parts on."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from moto.backends import get_backend

from infra.local.aws.embedded import embedded_aws
from infra.local.mail.outbox import Outbox
from infra.local.template.pseudo_parameters import ACCOUNT_ID, REGION


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file here together: what they share takes seconds to make."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.fixture
def outbox() -> Outbox:
    """Where the mails end that the embedded AWS accepts."""
    return Outbox()


@pytest.fixture
def aws_url(outbox: Outbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The embedded AWS, which this process's AWS clients talk to."""
    with _as_before():
        monkeypatch.setenv("AWS_PROFILE", "somebody's own")
        before = dict(os.environ)
        with embedded_aws(outbox=outbox) as url:
            yield url
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _as_before() -> Iterator[None]:
    """Take away what was made: moto holds it for the process, in which other tests come after."""
    tables = get_backend("dynamodb")[ACCOUNT_ID][REGION].tables
    queues = get_backend("sqs")[ACCOUNT_ID][REGION].queues
    keys = get_backend("kms")[ACCOUNT_ID][REGION].keys
    known = set(tables) | set(queues) | set(keys)
    yield
    for made in (tables, queues, keys):
        for name in set(made) - known:
            del made[name]
